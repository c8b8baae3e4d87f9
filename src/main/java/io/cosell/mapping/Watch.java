package io.cosell.mapping;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Tells which files of some folders were saved. */
public final class Watch implements AutoCloseable {

    /** Editors save a file in several steps; they count as one. */
    private static final long SETTLED_MILLIS = 200;
    private static final String EXAMPLES = "examples/";

    private final WatchService service;
    private final Map<WatchKey, Path> folders = new HashMap<>();
    private final List<Path> trees;

    /** Watches a folder and all below it. */
    public Watch(Path folder) throws IOException {
        this(List.of(folder), List.of());
    }

    /**
     * Watches some folders.
     *
     * @param trees  folders with all below them; they need not be there for ever
     * @param single folders without those below them
     */
    public Watch(List<Path> trees, List<Path> single) throws IOException {
        this.trees = trees;
        service = FileSystems.getDefault().newWatchService();
        for (Path folder : trees) {
            register(folder);
        }
        for (Path folder : single) {
            registerAlone(folder);
        }
    }

    /** Returns what is in the folder by now: nobody may have been told of that. */
    private List<Path> register(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> found = all.toList();
            for (Path one : found) {
                if (Files.isDirectory(one)) {
                    registerAlone(one);
                }
            }
            return found;
        }
    }

    private void registerAlone(Path folder) throws IOException {
        // The current folder has no name to watch it by.
        Path named = folder.toString().isEmpty() ? folder.toAbsolutePath() : folder;
        folders.put(named.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE), folder);
    }

    /** Waits until files are saved, and returns them. */
    public Set<Path> next() throws IOException, InterruptedException {
        Set<Path> changed = new TreeSet<>();
        while (changed.isEmpty()) {
            collect(service.take(), changed);
        }
        for (WatchKey key = service.poll(SETTLED_MILLIS, TimeUnit.MILLISECONDS); key != null;
             key = service.poll(SETTLED_MILLIS, TimeUnit.MILLISECONDS)) {
            collect(key, changed);
        }
        return changed;
    }

    private void collect(WatchKey key, Set<Path> changed) throws IOException {
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.context() instanceof Path name) {
                Path file = folders.get(key).resolve(name);
                if (Files.isDirectory(file)) {
                    if (trees.stream().anyMatch(file::startsWith)) {
                        register(file).stream().filter(Watch::counts).forEach(changed::add);
                    }
                } else if (counts(file)) {
                    changed.add(file);
                }
            } else {
                changed.add(folders.get(key)); // so much was saved at once that the names are lost
            }
        }
        key.reset();
    }

    private static boolean counts(Path file) {
        return List.of(".json", ".yaml", ".properties").stream().anyMatch(ending -> file.toString().endsWith(ending));
    }

    /** The specs to test again after a change: the changed one, or that of a changed example; all after any other change. */
    public static Predicate<String> specs(Path folder, Set<Path> changed) {
        Set<String> specs = new TreeSet<>();
        for (Path file : changed) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            boolean example = name.startsWith(EXAMPLES);
            if (!name.endsWith(".json")) {
                return any -> true;
            }
            specs.add(example ? name.substring(EXAMPLES.length(), Math.max(EXAMPLES.length(), name.lastIndexOf('/')))
                : name.replaceFirst("\\.json$", ""));
        }
        return specs::contains;
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
