package io.cosell.dev;

import com.bazaarvoice.jolt.Chainr;
import io.cosell.config.Finding;
import io.cosell.lane.Lanes;
import io.cosell.mapping.Watch;
import io.cosell.plan.Policy;
import io.cosell.plan.PolicyException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up saved routes and mappings while the connector runs. What is in effect is always a configuration that was checked as a whole: as
 * long as the files as they lie there have a mistake, nothing of them is taken up and what was in effect before stays; once they have none,
 * all that was saved meanwhile takes effect as one, between two runs of lanes.
 */
public final class Development implements AutoCloseable {

    /** The connector that is developed. */
    public interface Running {

        /** Its engine. */
        CamelContext camel();

        /** Its lanes. */
        Lanes lanes();

        /** The folders its routes are loaded from. */
        List<Path> routes();

        /** The folder of its mappings, and those in it whose specs it uses. */
        List<Path> mappings();

        /** The folder of {@code application.properties}. */
        Path folder();

        /** What {@code check} finds in the files as they are now, under the settings it was started with. */
        List<Finding> check();

        /** What is wrong with the settings as they are now. */
        List<Finding> checkSettings();

        /** The lines of settings as they are now, by name. */
        Map<String, String> settings();

        /** From now on deals are compared under this policy and the mappings as they are now. Returns how many rest and are tried again. */
        int use(Policy policy);
    }

    /**
     * Something to tell.
     *
     * @param good whether it says that something is in effect, and not that it isn't
     */
    public record News(boolean good, String text) {
    }

    private static final Logger LOG = LoggerFactory.getLogger(Development.class);

    private final Running running;
    private final Consumer<News> told;
    private final LiveRoutes routes;
    private final LiveSpecs specs;
    private final Watch watch;
    private final Thread thread;
    private final Set<String> known;
    private final Map<String, String> settings;
    private Map<String, String> settingsTold;
    private Configuration inEffect;
    private Map<String, Chainr> specsInEffect;
    private boolean waiting;

    /**
     * Begins to look at what is saved.
     *
     * @param told hears of everything that was taken up, and of what was not and why
     */
    public Development(Running running, Consumer<News> told) {
        this.running = running;
        this.told = told;
        routes = new LiveRoutes(running.camel());
        specs = new LiveSpecs(running.camel(), running.mappings().get(0));
        List<Path> trees = Stream.of(running.routes().get(0), running.mappings().get(0)).filter(Development::isOwn).toList();
        try {
            watch = new Watch(trees, List.of(running.folder()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        inEffect = Configuration.read(running.routes(), running.mappings());
        specsInEffect = specs.compile(inEffect.mappings());
        specs.use(specsInEffect);
        settings = running.settings();
        settingsTold = settings;
        List<Finding> findings = running.check();
        known = findings.stream().map(Development::key).collect(Collectors.toCollection(HashSet::new));
        told.accept(new News(true, "Development mode, not for production: what is saved in "
            + trees.stream().map(Path::toString).collect(Collectors.joining(" and ")) + " takes effect at once."));
        List<Finding> errors = findings.stream().filter(Finding::isError).toList();
        if (!errors.isEmpty()) {
            told.accept(new News(false, "The command check finds mistakes in the files in effect:" + lines(errors)));
        }
        thread = new Thread(this::look, "development");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether a folder is one of files, which can be saved, and not one in the jar. */
    public static boolean isOwn(Path folder) {
        return folder.getFileSystem() == FileSystems.getDefault();
    }

    /** Tells the log. */
    public static void log(News news) {
        if (news.good()) {
            LOG.info(news.text());
        } else {
            LOG.warn(news.text());
        }
    }

    private void look() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Set<Path> saved = watch.next();
                try {
                    lookAtSettings();
                    lookAtFiles(saved);
                } catch (RuntimeException e) {
                    told.accept(new News(false, "The saved files could not be taken up. " + e.getMessage()));
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (IOException e) {
            told.accept(new News(false, "What is saved is not noticed any more: " + e.getMessage()));
        }
    }

    private void lookAtSettings() {
        Map<String, String> now = running.settings();
        if (now.equals(settingsTold)) {
            return;
        }
        settingsTold = now;
        Set<String> changed = new TreeSet<>(settings.keySet());
        changed.addAll(now.keySet());
        changed.removeIf(name -> Objects.equals(settings.get(name), now.get(name)));
        List<Finding> findings = unknown(running.checkSettings());
        told.accept(changed.isEmpty() ? new News(true, "The settings are again those in effect.")
            : new News(false, "Settings are read at the start only. Restart the connector for " + String.join(", ", changed) + "."
                + (findings.isEmpty() ? "" : " Before that, mend:" + lines(findings))));
    }

    private void lookAtFiles(Set<Path> saved) {
        Configuration now = Configuration.read(running.routes(), running.mappings());
        Set<Path> changed = inEffect.changed(now);
        tellOfUnused(saved, now);
        if (changed.isEmpty()) {
            if (waiting) {
                told.accept(new News(true, "The files are again those in effect."));
            }
            waiting = false;
            return;
        }
        List<Finding> findings = unknown(running.check());
        if (findings.stream().anyMatch(Finding::isError)) {
            notInEffect(changed, lines(findings));
            return;
        }
        boolean ofRoutes = !Configuration.changed(inEffect.routes(), now.routes()).isEmpty();
        try (LiveRoutes.Pause schedules = ofRoutes ? routes.pause() : () -> { }) {
            running.lanes().whileNoneRuns(() -> takeUp(now, changed, findings));
        } catch (Refused e) {
            notInEffect(changed, "\n  " + e.getMessage());
        }
    }

    private void notInEffect(Set<Path> changed, String why) {
        waiting = true;
        told.accept(new News(false, "Not in effect: " + names(changed) + ". What was in effect before stays. Why:" + why));
    }

    private void takeUp(Configuration now, Set<Path> changed, List<Finding> warnings) {
        Map<String, Chainr> compiled = specs.compile(now.mappings());
        Policy policy = policy(now);
        try {
            routes.replace(inEffect.routes(), now.routes());
        } catch (Refused e) {
            specs.use(specsInEffect);
            throw e;
        }
        specs.use(compiled);
        inEffect = now;
        specsInEffect = compiled;
        waiting = false;
        int retried = running.use(policy);
        told.accept(new News(true, "In effect: " + names(changed) + "."
            + (retried == 0 ? "" : " Deals that rested and are tried again: " + retried + ".") + lines(warnings)));
    }

    private Policy policy(Configuration now) {
        Path file = running.mappings().get(0).resolve("fields.yaml");
        byte[] yaml = now.mappings().getOrDefault(file, "").getBytes(StandardCharsets.UTF_8);
        try {
            return Policy.parse(new ByteArrayInputStream(yaml), file.toString());
        } catch (PolicyException e) {
            throw new Refused(String.join("\n  ", e.problems()), e);
        }
    }

    /** Somebody who edits the files of another CRM should not wait for something to happen. */
    private void tellOfUnused(Set<Path> saved, Configuration now) {
        Path examples = running.mappings().get(0).resolve("examples");
        Set<Path> unused = saved.stream().filter(file -> !now.holds(file) && !inEffect.holds(file) && !file.startsWith(examples)
                && !file.toString().endsWith(".properties")
                && Stream.of(running.routes().get(0), running.mappings().get(0)).anyMatch(file::startsWith))
            .collect(Collectors.toCollection(TreeSet::new));
        if (!unused.isEmpty()) {
            told.accept(new News(false, "This process does not use " + names(unused) + ": its CRM is another one, or the name does not end"
                + " in .camel.yaml."));
        }
    }

    /** Those that were not there at the start. */
    private List<Finding> unknown(List<Finding> findings) {
        return findings.stream().filter(finding -> !known.contains(key(finding))).toList();
    }

    private static String key(Finding finding) {
        return finding.file() + ": " + finding.message();
    }

    private static String names(Collection<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    private static String lines(List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        findings.forEach(finding -> lines.add("\n  " + finding));
        return String.join("", lines);
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            thread.interrupt();
        }
    }
}
