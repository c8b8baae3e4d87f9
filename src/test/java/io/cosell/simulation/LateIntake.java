package io.cosell.simulation;

import io.cosell.flow.Intake;
import io.cosell.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;

/** An intake that keeps events in memory until the lanes run next; what a process that dies had in memory is gone. For sabotage. */
public final class LateIntake {

    private final List<Exchange> kept = new ArrayList<>();
    private Intake intake;

    void goesTo(Intake other) {
        intake = other;
    }

    /** As {@link Intake#event}, but not yet. */
    public void event(Exchange exchange) {
        kept.add(exchange.copy());
    }

    /** As {@link Intake#resolved}. */
    public void resolved(String resourceId, String engagementId) {
        intake.resolved(resourceId, engagementId);
    }

    /** As {@link Intake#accept}. */
    public Store.Accepted accept(List<?> changes, String cursorName, String cursorValue) {
        return intake.accept(changes, cursorName, cursorValue);
    }

    /** As {@link Intake#listing}. */
    public Set<String> listing(String cursorValue) {
        return intake.listing(cursorValue);
    }

    /** As {@link Intake#page}. */
    public Store.Accepted page(List<?> changes, String cursorName, String cursorValue, Set<String> listing, String kind, List<?> ids) {
        return intake.page(changes, cursorName, cursorValue, listing, kind, ids);
    }

    void storeNow() {
        List<Exchange> now = List.copyOf(kept);
        kept.clear();
        now.forEach(intake::event);
    }

    void forget() {
        kept.clear();
    }
}
