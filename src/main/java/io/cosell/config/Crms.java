package io.cosell.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The CRMs that a folder of routes serves: each folder in it, but for the one of Partner Center, is one and gives it its name. */
final class Crms {

    static final String PARTNER_CENTER = "partner-center";
    /** A name that settings, environment variables and addresses of routes can hold. */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private Crms() {
    }

    /** Their names in order; none when the folder can't be read. */
    static List<String> in(Path routes) {
        try (Stream<Path> folders = Files.list(routes)) {
            return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString().replace("/", ""))
                .filter(name -> NAME.matcher(name).matches() && !name.equals(PARTNER_CENTER)).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
