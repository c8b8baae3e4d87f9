package io.cosell.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the project, as they lie there. */
final class Project {

    static final Path ROUTES = Path.of("routes");
    static final Path MAPPINGS = Path.of("mappings");
    static final Path MAIN = Path.of("src/main/java");
    static final Path SETTINGS = Path.of("application.properties");

    private Project() {
    }

    /** Names of the CRMs that are served: their folders of routes. */
    static List<String> crms() {
        try (Stream<Path> folders = Files.list(ROUTES)) {
            return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                .filter(name -> !name.equals("partner-center")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file below a folder whose name ends so. */
    static List<Path> files(Path folder, String ending) {
        return files(folder, ending, Integer.MAX_VALUE);
    }

    static List<Path> files(Path folder, String ending, int depth) {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> Files.isRegularFile(file) && file.getFileName().toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Places where a pattern is found, as {@code file:line: the found text}. */
    static List<String> places(List<Path> files, Pattern pattern) {
        List<String> places = new ArrayList<>();
        for (Path file : files) {
            List<String> lines = text(file).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                int line = i + 1;
                pattern.matcher(lines.get(i)).results().forEach(found -> places.add(file + ":" + line + ": " + found.group()));
            }
        }
        return places;
    }
}
