package io.cosell.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switch;
import io.cosell.sandbox.Switches;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * What can be asked of the control address: {@link #resources} is the table, each entry one method of this class. The overview at
 * {@code GET /} is that table again. No system is known here by name.
 */
public final class Control {

    private final SandboxClock clock;
    private final List<? extends SandboxSystem> systems;
    private final IntFunction<Object> examples;
    private final StateFile state;

    /**
     * @param clock    the clock of all systems
     * @param systems  the systems that are started
     * @param examples puts that many example deals into the systems and says what it made
     */
    public Control(SandboxClock clock, List<? extends SandboxSystem> systems, IntFunction<Object> examples) {
        this.clock = clock;
        this.systems = List.copyOf(systems);
        this.examples = examples;
        state = new StateFile(clock, systems);
    }

    /** Every resource, in the order to show them. */
    List<Resource> resources() {
        return List.of(
            new Resource("GET", "/", "The systems with their addresses, and this table.", Map.of(), this::overview),
            new Resource("GET", "/clock", "The time that all systems have.", Map.of(), this::clock),
            new Resource("PUT", "/clock", "Sets, stops or starts the clock; deadlines that it passes are carried out.",
                ordered("time?", "UTC time to set it to", "stopped?", "true to stop it, false to let it go on"), this::setClock),
            new Resource("POST", "/clock/move", "Moves the clock; deadlines that it passes are carried out.",
                Map.of("by", "ISO 8601 duration, such as P14D, or -PT1H for back"), this::moveClock),
            new Resource("POST", "/examples", "Puts example deals into the systems.",
                Map.of("deals", "how many each system gets"), this::addExamples),
            new Resource("GET", "/state", "Everything the systems know, as one document.", Map.of(), asked -> state.write()),
            new Resource("PUT", "/state", "Makes the systems know what such a document says, and nothing else. All or nothing.",
                ordered("version", "1", "clock", "its time and whether it is stopped", "systems", "what each knows"), this::setState),
            new Resource("GET", "/systems/{system}/acts", "What people and other machines can do in a system.", Map.of(),
                asked -> Map.of("acts", system(asked).acts().stream().map(Control::shown).toList())),
            new Resource("POST", "/systems/{system}/acts/{act}", "Does one of these; answers its result.",
                Map.of(Resource.ANYTHING, "the parameters of the act"), this::act),
            new Resource("GET", "/systems/{system}/history", "Every write in a system so far, by whomever, oldest first.", Map.of(),
                asked -> null),
            new Resource("GET", "/systems/{system}/calls", "The calls a system answered, oldest first.",
                ordered("kind?", "only calls of this kind", "writes?", "true for only those that can change something",
                    "since?", "only those answered at this sandbox time or later", "last?", "at most so many, the newest"), this::calls),
            new Resource("DELETE", "/systems/{system}/calls", "Forgets the calls and sets the counters of a system to 0.", Map.of(),
                this::forgetCalls),
            new Resource("GET", "/systems/{system}/switches", "The points that the contract leaves open, and how they are answered now.",
                Map.of(), asked -> shown(system(asked).switches())),
            new Resource("PUT", "/systems/{system}/switches", "Turns switches; those that are not named stay.",
                Map.of(Resource.ANYTHING, "names of switches, each true or false"), this::turn));
    }

    private Object overview(Asked asked) {
        return ordered("systems", systems.stream().map(system -> ordered("name", system.name(), "address", system.address())).toList(),
            "resources", resources().stream().map(resource -> ordered("method", resource.method(), "path", resource.path(),
                "says", resource.says(), "parameters", resource.parameters())).toList());
    }

    private SandboxSystem system(Asked asked) {
        String name = asked.path().get("system");
        return systems.stream().filter(system -> system.name().equals(name)).findFirst().orElseThrow(() -> new ControlRefusal(404,
            "There is no system " + name + ". There are " + names(systems.stream().map(SandboxSystem::name).toList()) + "."));
    }

    // ---- clock

    private Object clock(Asked asked) {
        return ordered("time", clock.instant(), "stopped", clock.isStopped());
    }

    private Object setClock(Asked asked) {
        Optional<Instant> time = asked.time("time");
        asked.flag("stopped").ifPresent(stopped -> {
            if (stopped) {
                clock.stop();
            } else {
                clock.resume();
            }
        });
        time.ifPresent(clock::set);
        return ticked(asked);
    }

    private Object moveClock(Asked asked) {
        asked.duration("by").ifPresent(clock::move);
        return ticked(asked);
    }

    private Object ticked(Asked asked) {
        systems.forEach(SandboxSystem::tick);
        return clock(asked);
    }

    // ---- what the systems know

    private Object addExamples(Asked asked) {
        return examples.apply(asked.count("deals").orElse(1));
    }

    private Object setState(Asked asked) {
        try {
            state.read(asked.members());
            return null;
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(400, e.getMessage());
        }
    }

    // ---- acts

    private static Object shown(Act act) {
        return ordered("name", act.name(), "as", act.as(), "says", act.says(), "parameters", act.parameters());
    }

    private Object act(Asked asked) {
        SandboxSystem system = system(asked);
        String name = asked.path().get("act");
        Act act = system.acts().stream().filter(candidate -> candidate.name().equals(name)).findFirst().orElseThrow(() ->
            new ControlRefusal(404, "There is no act " + name + " in " + system.name() + ". There are "
                + names(system.acts().stream().map(Act::name).toList()) + "."));
        Asked.check(act.parameters(), asked.members().properties().stream().map(Map.Entry::getKey).toList(), name);
        try {
            synchronized (system) {
                Object result = act.does().apply(asked.members());
                return result == null ? null : Map.of("result", result);
            }
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(400, e.getMessage());
        } catch (NullPointerException | ClassCastException | IndexOutOfBoundsException e) {
            throw e; // mistakes of the sandbox, which are no refusals
        } catch (RuntimeException e) {
            throw new ControlRefusal(409, e.getMessage());
        }
    }

    // ---- calls

    private Object calls(Asked asked) {
        return null;
    }

    private Object forgetCalls(Asked asked) {
        system(asked).forgetCalls();
        return null;
    }

    // ---- switches

    private static Object shown(Switches switches) {
        return Map.of("switches", switches.all().stream().map(which -> ordered("name", which.name(), "section", which.section(),
            "isOn", switches.has(which), "on", which.on(), "off", which.off())).toList());
    }

    private Object turn(Asked asked) {
        Switches switches = system(asked).switches();
        Map<Switch, Boolean> wanted = new LinkedHashMap<>();
        asked.members().properties().forEach(member -> {
            try {
                wanted.put(switches.named(member.getKey()), asked.flag(member.getKey()).orElseThrow(() ->
                    new ControlRefusal(400, member.getKey() + " is null, but must be true or false.")));
            } catch (IllegalArgumentException e) {
                throw new ControlRefusal(400, e.getMessage());
            }
        });
        wanted.forEach(switches::turn);
        return shown(switches);
    }

    // ---- words

    private static String names(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** A map that keeps this order. */
    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> ordered(Object... namesAndValues) {
        Map<String, T> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], (T) namesAndValues[i + 1]);
        }
        return map;
    }
}
