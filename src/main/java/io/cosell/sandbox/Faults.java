package io.cosell.sandbox;

import io.cosell.sandbox.FaultPlan.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Says of each call to one system, and of each event, what goes wrong with it: single faults first, then the plan. Thread-safe. */
final class Faults {

    /**
     * What goes wrong with one call.
     *
     * @param trouble what happens
     * @param done    whether the system does the work first
     * @param reply   what is answered instead of the system's own answer; null if that is lost or only late, or if the system has its
     *                own words for the trouble
     * @param rule    the rule that says so; null for a {@link Fault}
     */
    record Hit(Trouble trouble, boolean done, Reply reply, Rule rule) {

        static Hit of(Fault fault) {
            return new Hit(fault.trouble(), fault.when() == Fault.When.AFTER, fault.reply(), null);
        }

        static Hit of(Rule rule) {
            return new Hit(rule.trouble(), rule.trouble().leavesTheWorkDone(), null, rule);
        }

        /** True if the caller gets no answer. */
        boolean isCut() {
            return trouble == Trouble.REQUEST_LOST || trouble == Trouble.ANSWER_LOST;
        }
    }

    /** Something counted: a trouble's chances for one sort of call, or how often a rule (by its place) has hit one. */
    private record Counter(Object what, String sort) {
    }

    private final String system;
    /** Something that goes wrong once, with the next call that fits. */
    private record Single(BiPredicate<CallKind, Request> fits, Hit hit) {
    }

    private final List<Single> single = new ArrayList<>();
    private final Map<Counter, Long> counters = new HashMap<>();
    private FaultPlan plan = FaultPlan.NONE;

    Faults(String system) {
        this.system = system;
    }

    synchronized void add(Fault fault) {
        single.add(new Single((kind, request) -> fault.hits().test(request), Hit.of(fault)));
    }

    synchronized void add(Rule rule, Predicate<Request> hits) {
        if (rule.trouble().isOfEvents()) {
            throw new IllegalArgumentException(rule.trouble() + " happens to events: a plan can let it go wrong, with most for how often.");
        }
        single.add(new Single((kind, request) -> rule.trouble().canHit(kind, request) && rule.isFor(system, kind.name())
            && hits.test(request), Hit.of(rule)));
    }

    /** Forgets the single faults that have hit nothing yet. */
    synchronized void forgetSingle() {
        single.clear();
    }

    synchronized void set(FaultPlan other) {
        plan = other;
        counters.clear();
    }

    synchronized FaultPlan plan() {
        return plan;
    }

    /** What goes wrong with this call; null for nothing. Counts the call. */
    synchronized Hit onCall(CallKind kind, Request request) {
        Rule rule = draw(kind.name(), trouble -> trouble.canHit(kind, request));
        Single once = single.stream().filter(candidate -> candidate.fits().test(kind, request)).findFirst().orElse(null);
        if (once != null) {
            single.remove(once);
            return once.hit();
        }
        return rule == null ? null : Hit.of(rule);
    }

    /** What goes wrong with this event; null for nothing. Counts the event. */
    synchronized Rule onEvent(String name) {
        return draw(name, Trouble::isOfEvents);
    }

    private Rule draw(String sort, Predicate<Trouble> can) {
        Map<Trouble, Long> turns = new HashMap<>();
        Rule drawn = null;
        for (int place = 0; place < plan.rules().size(); place++) {
            Rule rule = plan.rules().get(place);
            if (can.test(rule.trouble()) && rule.isFor(system, sort)) {
                long n = turns.computeIfAbsent(rule.trouble(), trouble -> count(trouble, sort));
                Counter hits = new Counter(place, sort);
                if (drawn == null && (rule.most() == null || counters.getOrDefault(hits, 0L) < rule.most())
                    && rule.hits(plan.seed(), system, sort, n)) {
                    counters.merge(hits, 1L, Long::sum);
                    drawn = rule;
                }
            }
        }
        return drawn;
    }

    private long count(Object what, String sort) {
        return counters.merge(new Counter(what, sort), 1L, Long::sum);
    }
}
