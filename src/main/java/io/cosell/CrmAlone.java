package io.cosell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A connector for work with the CRM alone: it needs no settings of Partner Center, no lane runs, and its store is a file that is deleted in
 * the end, so that a connector which serves the same CRM is not disturbed.
 */
public final class CrmAlone implements AutoCloseable {

    /** Settings that the connector asks for and that nothing here uses. */
    private static final List<String> NOT_USED = List.of("tenant-id", "client-id", "client-secret", "refresh-token");

    private final Path folder;
    private final Connector connector;

    /**
     * Starts the connector; nothing is called yet.
     *
     * @param working      working folder with routes, mappings and application.properties, where it has them
     * @param overrides    settings that win over all others
     * @param surroundings what it stands on besides its settings
     * @throws ConfigurationException if settings, routes or mappings are not right
     */
    public CrmAlone(Path working, Map<String, String> overrides, Surroundings surroundings) {
        try {
            folder = Files.createTempDirectory("cosell-crm");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        NOT_USED.forEach(name -> settings.put("cosell.partner-center." + name, "not used"));
        settings.putAll(overrides);
        settings.put("cosell.store.url", "jdbc:sqlite:" + folder.resolve("cosell.db"));
        try {
            connector = Connector.start(working, settings, Connector.Purpose.LOOK, surroundings);
        } catch (RuntimeException e) {
            deleteFolder();
            throw e;
        }
    }

    /** The connector. */
    public Connector connector() {
        return connector;
    }

    @Override
    public void close() {
        connector.close();
        deleteFolder();
    }

    private void deleteFolder() {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
