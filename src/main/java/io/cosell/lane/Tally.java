package io.cosell.lane;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The calls that one run of a lane has made and the journal has not been told of yet. Used by one thread at a time. */
public final class Tally {

    /** Variable of the lane's exchange that holds it. */
    public static final String VARIABLE = "calls";

    private final Map<String, Map<String, Integer>> calls = new TreeMap<>();

    /** Adds one call. */
    public void add(String system, String kind) {
        calls.computeIfAbsent(system, name -> new TreeMap<>()).merge(kind, 1, Integer::sum);
    }

    /** The calls since the last time, such as {@code dynamics365: 1 batch; partner-center: 1 read, 1 write}; null for none. */
    public String take() {
        String text = calls.entrySet().stream().map(system -> system.getKey() + ": " + system.getValue().entrySet().stream()
            .map(kind -> kind.getValue() + " " + kind.getKey()).collect(Collectors.joining(", "))).collect(Collectors.joining("; "));
        calls.clear();
        return text.isEmpty() ? null : text;
    }
}
