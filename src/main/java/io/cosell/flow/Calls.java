package io.cosell.flow;

import io.cosell.lane.Tally;
import io.cosell.store.Store;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * Counts the calls to each system: for the change whose lane makes them, and for the day. Bean {@code calls}. The day's count is kept
 * in the store now and then, not with each call; a process that dies loses a few seconds of it.
 */
public final class Calls {

    private record Kind(String system, String kind) {
    }

    private final Store store;
    private Map<Kind, Long> notKept = new HashMap<>();

    public Calls(Store store) {
        this.store = store;
    }

    /** A call is about to be made. It counts even if no answer comes: the other side counts it too. */
    public void count(String system, String kind, Exchange exchange) {
        Tally tally = exchange.getVariable(Tally.VARIABLE, Tally.class);
        if (tally != null) {
            tally.add(system, kind);
        }
        synchronized (this) {
            notKept.merge(new Kind(system, kind), 1L, Long::sum);
        }
    }

    /** Adds to the day's count in the store what was counted since the last time. */
    public void keep() {
        Map<Kind, Long> now;
        synchronized (this) {
            now = notKept;
            notKept = new HashMap<>();
        }
        now.forEach((kind, calls) -> store.count(kind.system(), kind.kind(), calls));
    }
}
