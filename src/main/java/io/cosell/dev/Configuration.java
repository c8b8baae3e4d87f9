package io.cosell.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The texts of all files that a connector works with, as they were at one moment.
 *
 * @param routes   the route files, in the order in which they are loaded
 * @param mappings specs, and the files beside them
 */
record Configuration(Map<Path, String> routes, Map<Path, String> mappings) {

    /** Reads the files of some folders; what is in folders below them is not looked at. */
    static Configuration read(List<Path> routes, List<Path> mappings) {
        return new Configuration(texts(routes, ".camel.yaml"), texts(mappings, ".json", ".yaml"));
    }

    private static Map<Path, String> texts(List<Path> folders, String... endings) {
        Map<Path, String> texts = new LinkedHashMap<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> Stream.of(endings).anyMatch(path.toString()::endsWith)).sorted().toList()) {
                    text(file, texts);
                }
            } catch (NoSuchFileException | NotDirectoryException e) {
                continue; // the check says so
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    /** A file that was deleted since it was listed is none. */
    private static void text(Path file, Map<Path, String> texts) throws IOException {
        try {
            texts.put(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            texts.remove(file);
        }
    }

    /** The files that are not the same in another configuration. */
    Set<Path> changed(Configuration other) {
        Set<Path> changed = changed(routes, other.routes);
        changed.addAll(changed(mappings, other.mappings));
        return changed;
    }

    static Set<Path> changed(Map<Path, String> before, Map<Path, String> after) {
        Set<Path> changed = new TreeSet<>();
        Stream.concat(before.keySet().stream(), after.keySet().stream())
            .filter(file -> !Objects.equals(before.get(file), after.get(file))).forEach(changed::add);
        return changed;
    }

    boolean holds(Path file) {
        return routes.containsKey(file) || mappings.containsKey(file);
    }
}
