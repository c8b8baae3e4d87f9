package io.cosell.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.Route;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.quartz.SchedulerException;

/**
 * Replaces the routes of a running connector by those of saved files: all of a set of files, or none. Routes that other files make from a
 * template of these are made anew, and all routes when something is said about all.
 */
final class LiveRoutes {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final CamelContext camel;
    private final Model model;

    LiveRoutes(CamelContext camel) {
        this.camel = camel;
        model = camel.getCamelContextExtension().getContextPlugin(Model.class);
    }

    /**
     * Replaces what differs. Other routes that are at work in what is replaced are waited for.
     *
     * @param before the files in effect
     * @param after  the files to put into effect
     * @throws Refused if Camel does not take them; then all is as it was before
     */
    void replace(Map<Path, String> before, Map<Path, String> after) {
        Set<Path> affected = affected(before, after);
        if (affected.isEmpty()) {
            return;
        }
        awaitRest(parts(affected, before).stream().flatMap(file -> file.routes().stream()).toList());
        replace(affected, before, after);
    }

    /**
     * Lets no schedule start anything before this is closed, and waits for what schedules have started. It may wait for lanes, as auto-heal
     * does, so these must run meanwhile.
     */
    Pause pause() {
        Pause pause = pauseSchedules();
        try {
            awaitRest(camel.getRoutes().stream().filter(route -> route.getEndpoint().getEndpointUri().startsWith("quartz:"))
                .map(Route::getRouteId).toList());
            return pause;
        } catch (Refused e) {
            pause.close();
            throw e;
        }
    }

    private void replace(Set<Path> affected, Map<Path, String> before, Map<Path, String> after) {
        try {
            remove(affected, before);
            refuseIdsOfOthers(affected, after);
            load(affected, after);
        } catch (Exception e) {
            putBack(affected, before, after, e);
        }
    }

    /** Schedules stand still until it is closed. */
    interface Pause extends AutoCloseable {
        @Override
        void close();
    }

    /** What is due meanwhile is done after it. */
    private Pause pauseSchedules() {
        if (!(camel.hasComponent("quartz") instanceof QuartzComponent quartz)) {
            return () -> { };
        }
        try {
            quartz.getScheduler().standby();
        } catch (SchedulerException e) {
            throw new Refused("the schedules could not be paused: " + e.getMessage(), e);
        }
        return () -> {
            try {
                quartz.getScheduler().start();
            } catch (SchedulerException e) {
                throw new IllegalStateException("The schedules do not run any more. Restart the connector. " + e.getMessage(), e);
            }
        };
    }

    /** Where nothing new is started, what was started before comes to an end. */
    private void awaitRest(List<String> ids) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> busy = busy(ids);
        while (busy.isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new Refused("the route " + busy.get() + " is at work for more than " + PATIENCE.toSeconds()
                    + " seconds — save a file once more when it is done", null);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            busy = busy(ids);
        }
    }

    private Optional<String> busy(List<String> ids) {
        return ids.stream().filter(id -> camel.getInflightRepository().size(id) > 0).findFirst();
    }

    private void putBack(Set<Path> affected, Map<Path, String> before, Map<Path, String> after, Exception cause) {
        try {
            if (!(cause instanceof Refused)) {
                remove(affected, after);
            }
            remove(affected, before);
            load(affected, before);
        } catch (Exception e) {
            cause.addSuppressed(e);
            throw new IllegalStateException("The routes could not be replaced, and not be put back either. Restart the connector. "
                + reason(cause), cause);
        }
        throw cause instanceof Refused refused ? refused : new Refused(reason(cause), cause);
    }

    /** The files to load anew. */
    static Set<Path> affected(Map<Path, String> before, Map<Path, String> after) {
        Set<Path> changed = Configuration.changed(before, after);
        List<RouteFile> old = changed.stream().map(file -> RouteFile.parse(before.get(file))).toList();
        List<RouteFile> now = changed.stream().map(file -> RouteFile.parse(after.get(file))).toList();
        List<RouteFile> both = Stream.concat(old.stream(), now.stream()).toList();
        Set<String> others = both.stream().flatMap(file -> file.others().stream()).collect(Collectors.toCollection(TreeSet::new));
        if (!others.isEmpty()) {
            throw new Refused(names(changed) + ": " + String.join(", ", others) + " — this takes effect at a restart only", null);
        }
        if (both.stream().anyMatch(RouteFile::configures)) {
            Set<Path> all = new TreeSet<>(before.keySet());
            all.addAll(after.keySet());
            return all;
        }
        Set<String> templates = both.stream().flatMap(file -> file.templates().stream()).collect(Collectors.toSet());
        Set<Path> affected = new TreeSet<>(changed);
        after.forEach((file, text) -> {
            if (RouteFile.parse(text).uses().stream().anyMatch(templates::contains)) {
                affected.add(file);
            }
        });
        return affected;
    }

    private void refuseIdsOfOthers(Set<Path> affected, Map<Path, String> after) {
        List<String> taken = parts(affected, after).stream().flatMap(file -> file.routes().stream())
            .filter(id -> camel.getRoute(id) != null).toList();
        if (!taken.isEmpty()) {
            throw new Refused(names(affected) + ": another file has a route " + String.join(", ", taken) + " already", null);
        }
    }

    private void remove(Set<Path> affected, Map<Path, String> texts) throws Exception {
        for (RouteFile file : parts(affected, texts)) {
            for (String id : file.routes()) {
                if (camel.getRoute(id) != null) {
                    camel.getRouteController().stopRoute(id);
                    camel.removeRoute(id);
                }
                RouteDefinition definition = model.getRouteDefinition(id);
                if (definition != null) {
                    model.removeRouteDefinition(definition);
                }
            }
            for (String id : file.templates()) {
                model.removeRouteTemplateDefinitions(id);
            }
            if (file.configures()) {
                for (var configuration : List.copyOf(model.getRouteConfigurationDefinitions())) {
                    model.removeRouteConfiguration(configuration);
                }
            }
        }
    }

    private void load(Set<Path> affected, Map<Path, String> texts) throws Exception {
        List<Resource> resources = new ArrayList<>();
        texts.forEach((file, text) -> {
            if (affected.contains(file)) {
                resources.add(ResourceHelper.fromString("file:" + file, text));
            }
        });
        PluginHelper.getRoutesLoader(camel).loadRoutes(resources);
    }

    private static List<RouteFile> parts(Collection<Path> files, Map<Path, String> texts) {
        return files.stream().map(file -> RouteFile.parse(texts.get(file))).toList();
    }

    private static String names(Collection<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** The place, if it is known, and what Camel says: each exception repeats the message of the one in it; the innermost says it all. */
    private static String reason(Throwable failure) {
        String place = "";
        Throwable told = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FailedToCreateRouteException route) {
                place = (route.getLocation() == null ? "route " + route.getRouteId() : route.getLocation().replaceFirst("^file:", "")) + ": ";
            }
            if (!(told instanceof ResolveEndpointFailedException)) {
                told = cause;
            }
        }
        return place + String.valueOf(told.getMessage()).replaceAll("\\s+", " ").strip();
    }
}
