package io.cosell.sandbox.control;

import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.EventSender;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switch;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.Trouble;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;

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
            new Resource("GET", "/systems/{system}/history", "Every write in a system so far, by whomever, oldest first.",
                ordered("last?", "at most so many, the newest"), this::history),
            new Resource("GET", "/systems/{system}/calls", "The calls a system answered, oldest first.",
                ordered("kind?", "only calls of this kind", "writes?", "true for only those that changed something, false for the others",
                    "since?", "only those after the call with this number", "last?", "at most so many, the newest"), this::calls),
            new Resource("DELETE", "/systems/{system}/calls", "Forgets the calls and the counters of a system.", Map.of(),
                this::forgetCalls),
            new Resource("GET", "/counters", "How many calls each system answered, by kind, status and fault.", Map.of(), this::counters),
            new Resource("GET", "/systems/{system}/switches", "The points that the contract leaves open, and how they are answered now.",
                Map.of(), asked -> shown(system(asked).switches())),
            new Resource("PUT", "/systems/{system}/switches", "Turns switches; those that are not named stay.",
                Map.of(Resource.ANYTHING, "names of switches, each true or false"), this::turn),
            new Resource("GET", "/faults", "What goes wrong by plan.", Map.of(), asked -> systems.get(0).plan()),
            new Resource("PUT", "/faults", "Lets go wrong from now on what this plan says, in all systems; counting starts anew.",
                ordered("seed?", "a whole number; the same seed gives the same faults, 0 without it",
                    "rules", "what goes wrong how often"), this::setFaults),
            new Resource("POST", "/systems/{system}/faults", "Lets the next call go wrong that fits.",
                ordered("trouble", "what happens, such as ANSWER_LOST", "kind?", "only a call of this kind", "method?", "only this method",
                    "path?", "only a path that contains this", "retryAfter?", "seconds the caller is told to wait",
                    "delayMillis?", "how late a late answer comes"), this::failNext),
            new Resource("GET", "/systems/{system}/events", "The events of a system and what became of them, oldest first.",
                ordered("state?", "only those that stand so", "last?", "at most so many, the newest"), this::events),
            new Resource("POST", "/systems/{system}/events/hold", "Keeps new events back until they are released.", Map.of(), this::hold),
            new Resource("POST", "/systems/{system}/events/drop", "Loses new events until they are released.", Map.of(), this::drop),
            new Resource("POST", "/systems/{system}/events/release", "Sends the events that were kept back, and new ones again.",
                ordered("numbers?", "their numbers in the order to send; one left out is lost, one named twice is sent twice"),
                this::release),
            new Resource("POST", "/systems/{system}/events/redeliver", "Sends an event once more.",
                ordered("number", "the event", "times?", "how often, 1 without it"), this::redeliver));
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
        return examples.apply(asked.number("deals", 1).orElseThrow());
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
        Asked.check(act.parameters(), asked.members(), name);
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

    // ---- what happened

    private Object history(Asked asked) {
        return Map.of("history", newest(asked, system(asked).history().stream()));
    }

    private Object calls(Asked asked) {
        Optional<CallKind> kind = asked.choice("kind", CallKind.class);
        Optional<Boolean> writes = asked.flag("writes");
        int since = asked.number("since", 0).orElse(0);
        return Map.of("calls", newest(asked, system(asked).calls().stream().filter(call -> call.number() > since)
            .filter(call -> kind.isEmpty() || call.kind() == kind.get())
            .filter(call -> writes.isEmpty() || call.wrote() == writes.get())));
    }

    private Object forgetCalls(Asked asked) {
        system(asked).forgetCalls();
        return null;
    }

    private Object counters(Asked asked) {
        return Map.of("counters", systems.stream().flatMap(system -> system.counts().stream()).toList());
    }

    private static <T> List<T> newest(Asked asked, Stream<T> all) {
        List<T> list = all.toList();
        return asked.number("last", 1).map(last -> list.subList(Math.max(0, list.size() - last), list.size())).orElse(list);
    }

    // ---- what goes wrong

    private Object setFaults(Asked asked) {
        try {
            FaultPlan plan = FaultPlan.of(asked.members(), systems.stream().map(SandboxSystem::name).toList());
            systems.forEach(system -> system.plan(plan));
            return plan;
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(400, e.getMessage());
        }
    }

    private Object failNext(Asked asked) {
        SandboxSystem system = system(asked);
        Trouble trouble = asked.choice("trouble", Trouble.class).orElseThrow();
        CallKind kind = asked.choice("kind", CallKind.class).orElse(null);
        Optional<String> method = asked.text("method");
        Optional<String> path = asked.text("path");
        try {
            FaultPlan.Rule once = new FaultPlan.Rule(null, kind, null, trouble, null, 1, 1, asked.number("delayMillis", 0).orElse(null),
                asked.number("retryAfter", 0).orElse(null));
            system.fail(once, request -> (method.isEmpty() || request.method().equals(method.get()))
                && (path.isEmpty() || request.path().contains(path.get())));
            return null;
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(400, e.getMessage());
        }
    }

    // ---- events on their way

    private Object events(Asked asked) {
        Optional<Delivery.State> state = asked.choice("state", Delivery.State.class);
        return Map.of("events", newest(asked, system(asked).events().deliveries().stream()
            .filter(delivery -> state.isEmpty() || delivery.state() == state.get())).stream().map(Control::shown).toList());
    }

    private static Object shown(Delivery delivery) {
        return ordered("number", delivery.number(), "at", delivery.at(), "event", delivery.event(), "about", delivery.about(),
            "url", delivery.url(), "state", delivery.state(), "trouble", delivery.trouble(), "attempts", delivery.attempts(),
            "body", delivery.text());
    }

    private Object hold(Asked asked) {
        system(asked).events().drop(false);
        system(asked).events().hold(true);
        return null;
    }

    private Object drop(Asked asked) {
        system(asked).events().drop(true);
        return null;
    }

    private Object release(Asked asked) {
        EventSender events = system(asked).events();
        Optional<List<Integer>> numbers = asked.numbers("numbers");
        numbers.ifPresent(wanted -> {
            Map<Integer, Delivery> held = new LinkedHashMap<>();
            events.deliveries().stream().filter(delivery -> delivery.state() == Delivery.State.HELD)
                .forEach(delivery -> held.put(delivery.number(), delivery));
            wanted.stream().filter(number -> !held.containsKey(number)).findFirst().ifPresent(number -> {
                throw new ControlRefusal(400, "Event " + number + " is not kept back. These are: " + held.keySet() + ".");
            });
            events.deliverHeld(all -> wanted.stream().map(held::get).toList());
        });
        events.drop(false);
        events.hold(false);
        return null;
    }

    private Object redeliver(Asked asked) {
        EventSender events = system(asked).events();
        try {
            events.redeliver(events.delivery(asked.number("number", 1).orElseThrow()), asked.number("times", 1).orElse(1));
            return null;
        } catch (IllegalArgumentException e) {
            throw new ControlRefusal(400, e.getMessage());
        }
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
