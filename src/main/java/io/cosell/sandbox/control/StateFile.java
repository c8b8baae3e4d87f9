package io.cosell.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Everything the sandboxes know as one JSON document: {@code {"version": 1, "clock": {"time", "stopped"}, "systems": {name: state}}}.
 * Tokens, call logs, events on their way and faults are no part of it. While it is written or read, no system answers a call.
 */
public final class StateFile {

    /** The version that is written, and the only one that is read. */
    public static final int VERSION = 1;

    private final SandboxClock clock;
    private final List<? extends SandboxSystem> systems;

    /**
     * @param clock   the clock of all systems
     * @param systems the systems, in the order of the document
     */
    public StateFile(SandboxClock clock, List<? extends SandboxSystem> systems) {
        this.clock = clock;
        this.systems = List.copyOf(systems);
    }

    /** What the sandboxes know now. */
    public ObjectNode write() {
        return alone(0, () -> {
            ObjectNode document = SandboxSystem.JSON.createObjectNode().put("version", VERSION);
            document.putObject("clock").put("time", clock.instant().toString()).put("stopped", clock.isStopped());
            ObjectNode states = document.putObject("systems");
            systems.forEach(system -> states.set(system.name(), system.state()));
            return document;
        });
    }

    /**
     * Makes the sandboxes know what the document says, and nothing else.
     *
     * @throws IllegalArgumentException if anything in it is wrong, naming the place; nothing is changed then
     */
    public void read(JsonNode document) {
        only(document, "The document", "version", "clock", "systems");
        require(document.path("version").isInt() && document.path("version").intValue() == VERSION,
            "version is " + document.path("version") + ", but must be " + VERSION + ".");
        JsonNode clockState = document.path("clock");
        only(clockState, "clock", "time", "stopped");
        Instant time = time(clockState.path("time"));
        require(clockState.path("stopped").isBoolean(), "clock.stopped must be true or false.");
        Map<SandboxSystem, ObjectNode> states = states(document.path("systems"));
        alone(0, () -> {
            restore(states);
            clock.resume();
            clock.set(time);
            if (clockState.path("stopped").booleanValue()) {
                clock.stop();
                clock.set(time);
            }
            return null;
        });
    }

    private Map<SandboxSystem, ObjectNode> states(JsonNode given) {
        only(given, "systems", systems.stream().map(SandboxSystem::name).toArray(String[]::new));
        Map<SandboxSystem, ObjectNode> states = new LinkedHashMap<>();
        for (SandboxSystem system : systems) {
            require(given.path(system.name()).isObject(), "systems." + system.name() + " must be a JSON object.");
            states.put(system, (ObjectNode) given.get(system.name()));
        }
        return states;
    }

    /** Only a system itself can check its state. So when one refuses, those that took theirs before it get back what they knew. */
    private static void restore(Map<SandboxSystem, ObjectNode> states) {
        Map<SandboxSystem, ObjectNode> before = new LinkedHashMap<>();
        states.forEach((system, state) -> {
            ObjectNode known = system.state();
            try {
                system.restore(state);
            } catch (RuntimeException e) {
                before.forEach(SandboxSystem::restore);
                throw new IllegalArgumentException("systems." + system.name() + ": " + Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
            }
            before.put(system, known);
        });
    }

    /** Does something while no system answers a call. */
    private <T> T alone(int from, Supplier<T> work) {
        if (from == systems.size()) {
            return work.get();
        }
        synchronized (systems.get(from)) {
            return alone(from + 1, work);
        }
    }

    private static Instant time(JsonNode value) {
        try {
            return Instant.parse(value.asText());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("clock.time is " + value + ", but must be a UTC time, such as 2027-01-31T12:00:00Z.", e);
        }
    }

    private static void only(JsonNode object, String place, String... members) {
        require(object.isObject(), place + " must be a JSON object with " + String.join(", ", members) + ".");
        String unknown = object.properties().stream().map(Map.Entry::getKey).filter(name -> !List.of(members).contains(name))
            .collect(Collectors.joining(", "));
        require(unknown.isEmpty(), place + " has members that do not belong there: " + unknown + ". It may have "
            + String.join(", ", members) + ".");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
