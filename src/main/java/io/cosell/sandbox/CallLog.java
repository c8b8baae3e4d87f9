package io.cosell.sandbox;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The newest calls of one system, and counters of all. Not thread-safe. */
final class CallLog {

    private record Sort(CallKind kind, int status, Trouble trouble) {
    }

    private final String system;
    private final int most;
    private final Deque<Call> calls = new ArrayDeque<>();
    private final Map<Sort, Long> counts = new HashMap<>();
    private long number;

    /**
     * @param most how many calls are kept; of older ones only the counters tell
     */
    CallLog(String system, int most) {
        this.system = system;
        this.most = most;
    }

    long nextNumber() {
        return ++number;
    }

    void add(Call call) {
        if (calls.size() == most) {
            calls.removeFirst();
        }
        calls.add(call);
        counts.merge(new Sort(call.kind(), call.status(), call.trouble()), 1L, Long::sum);
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    List<CallCount> counts() {
        return counts.entrySet().stream().map(entry ->
                new CallCount(system, entry.getKey().kind(), entry.getKey().status(), entry.getKey().trouble(), entry.getValue()))
            .sorted(Comparator.comparing(CallCount::kind).thenComparing(CallCount::status)
                .thenComparing(CallCount::trouble, Comparator.nullsFirst(Comparator.naturalOrder()))).toList();
    }

    void forget() {
        calls.clear();
        counts.clear();
    }
}
