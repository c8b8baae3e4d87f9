package io.cosell.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds everything wrong in settings, routes and mappings at once, before the connector starts. Reads files only; calls no system. */
public final class Preflight {

    private Preflight() {
    }

    /**
     * Checks everything that is loaded together.
     *
     * @param settings     the settings, already read
     * @param routeFolders folders whose {@code *.camel.yaml} files are loaded. Folders inside them are not looked into: name those too. One
     *                     folder for each adapter that is in use, so that the verbs of two CRMs don't meet
     * @param mappings     folder the {@code mapping:} scheme reads from; its specs are checked at any depth, apart from {@code examples/}
     *                     and the folders of CRMs that are not served
     * @return every finding, in the order of files and lines; empty when all is well
     */
    public static List<Finding> run(Settings settings, List<Path> routeFolders, Path mappings) {
        List<Finding> findings = new ArrayList<>(settings.findings());
        findings.addAll(RouteChecks.run(settings, routeFolders, mappings));
        findings.addAll(MappingChecks.run(settings, mappings));
        return findings.stream().distinct().sorted(Finding.BY_PLACE).toList();
    }

    /**
     * The folder a location of Camel's kind names, for {@link #run}.
     *
     * @param location {@code file:routes}, {@code classpath:routes} or a plain path. A folder in a jar is opened as a file system, which
     *                 stays open as long as the program runs
     * @throws IllegalArgumentException when there is no such folder on the class path
     */
    public static Path folder(String location) {
        if (!location.startsWith("classpath:")) {
            return Path.of(location.startsWith("file:") ? location.substring("file:".length()) : location);
        }
        URL found = Preflight.class.getClassLoader().getResource(location.substring("classpath:".length()).replaceFirst("^/", ""));
        if (found == null) {
            throw new IllegalArgumentException("There is no " + location + " in the program.");
        }
        try {
            URI address = found.toURI();
            return address.getScheme().equals("jar") ? jar(address).provider().getPath(address) : Path.of(address);
        } catch (URISyntaxException | IOException e) {
            throw new IllegalArgumentException("The folder " + location + " can't be read: " + e.getMessage(), e);
        }
    }

    private static FileSystem jar(URI address) throws IOException {
        try {
            return FileSystems.newFileSystem(address, Map.of());
        } catch (FileSystemAlreadyExistsException e) {
            return FileSystems.getFileSystem(address);
        }
    }
}
