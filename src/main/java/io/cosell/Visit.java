package io.cosell;

import io.cosell.config.Finding;
import io.cosell.config.Setting;
import io.cosell.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A connector that calls the systems for a person who is still setting things up: no lane runs, its store is a file that is deleted in the
 * end, and wrong or missing settings do not keep it from starting. Whoever uses it leaves out what these settings are needed for.
 */
public final class Visit implements AutoCloseable {

    /** Where nothing answers: stands for an address that is not set. */
    private static final String NOWHERE = "http://127.0.0.1:9";
    private static final String NOT_SET = "not-set";

    private final Settings settings;
    private final Path scratch;
    private final Connector connector;
    private boolean needsLogin;

    /**
     * Starts a connector; nothing is called yet.
     *
     * @param folder    working folder with routes, mappings and application.properties, where it has them
     * @param overrides settings that win over all others
     * @param clock     what time it is on this machine
     * @throws ConfigurationException if it can't start: routes or mappings are broken, or there is no such CRM
     */
    public Visit(Path folder, Map<String, String> overrides, Clock clock) {
        settings = Connector.settings(folder, overrides);
        try {
            scratch = Files.createTempDirectory("cosell-visit");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> all = new HashMap<>(standIns());
        all.putAll(overrides);
        wrong().forEach(name -> all.put(name, standIn(name)));
        all.put("cosell.store.url", "jdbc:sqlite:" + scratch.resolve("cosell.db"));
        try {
            connector = Connector.start(folder, all, Connector.Purpose.LOOK, surroundings(clock));
        } catch (RuntimeException e) {
            delete();
            throw e;
        }
    }

    private Surroundings surroundings(Clock clock) {
        return new Surroundings() {
            @Override
            public Clock clock() {
                return clock;
            }

            @Override
            public boolean tolerates(Finding finding) {
                boolean login = finding.message().startsWith("nobody has signed in");
                needsLogin |= login;
                return login || settings.findings().contains(finding);
            }
        };
    }

    /** Values for settings that have none, so that routes can be loaded. */
    private Map<String, String> standIns() {
        Map<String, String> values = new HashMap<>();
        settings.catalog().stream().map(Setting::name).filter(name -> !settings.catalogued(name).optional())
            .filter(name -> settings.resolve(name).filter(Predicate.not(String::isEmpty)).isEmpty())
            .filter(name -> !settings.catalogued(name).condition().isPresent())
            .forEach(name -> values.put(name, standIn(name)));
        return values;
    }

    private String standIn(String name) {
        Setting setting = settings.catalogued(name);
        if (!setting.defaultValue().isEmpty() && !setting.defaultValue().contains("{{") && setting.type().accepts(setting.defaultValue())) {
            return setting.defaultValue();
        }
        return setting.type().accepts(NOT_SET) ? NOT_SET : NOWHERE;
    }

    /** Settings that have a value of a wrong type. */
    private List<String> wrong() {
        return settings.catalog().stream().filter(setting -> settings.resolve(setting.name())
            .filter(value -> !value.isEmpty() && !setting.type().accepts(value)).isPresent()).map(Setting::name).toList();
    }

    /** The settings as they are, with what is wrong with them. */
    public Settings settings() {
        return settings;
    }

    /** What is wrong with the settings of a group, or missing among them: {@code cosell.<group>.*}. */
    public List<Finding> wrongWith(String group) {
        String prefix = "cosell." + group + ".";
        List<Finding> found = new ArrayList<>(settings.findings());
        found.removeIf(finding -> !finding.isError() || !finding.message().startsWith(prefix));
        return found;
    }

    /** Whether nobody has signed in to Partner Center so far. */
    public boolean needsLogin() {
        return needsLogin;
    }

    /** The connector. */
    public Connector connector() {
        return connector;
    }

    @Override
    public void close() {
        connector.close();
        delete();
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(scratch)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
