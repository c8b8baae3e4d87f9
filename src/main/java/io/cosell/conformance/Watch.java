package io.cosell.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.flow.Healing;
import io.cosell.flow.Intake;
import io.cosell.flow.Rules;
import io.cosell.lane.Lanes;
import io.cosell.store.Change;
import io.cosell.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Stands where verbs hand over what changed (beans {@code intake} and {@code healing}). It keeps what they say of the records under test
 * and hands only that on: what else is in the CRM is nobody's business here.
 */
final class Watch {

    private final Set<String> ids = new HashSet<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> cursors = new ArrayList<>();
    private boolean broken;

    /** From now on changes of this record, or of this part of one, are kept. */
    void add(String id) {
        ids.add(id);
    }

    /** The next pages are not taken, as if the disk were full. */
    void breaks(boolean nowBroken) {
        broken = nowBroken;
    }

    /** What was told since the last time. */
    List<Change> take() {
        List<Change> taken = List.copyOf(changes);
        changes.clear();
        cursors.clear();
        return taken;
    }

    /** Values that the cursor was to get since the last time; an empty one for a page that is not the last. */
    List<String> cursors() {
        return List.copyOf(cursors);
    }

    private List<Change> take(List<?> told) {
        if (broken) {
            throw new IllegalStateException("This page is not stored.");
        }
        List<Change> ours = new ArrayList<>();
        for (Object change : told) {
            JsonNode document = Verbs.JSON.valueToTree(change);
            if (ids.contains(document.path("resourceId").asText())) {
                ours.add(Verbs.JSON.convertValue(document, Change.class));
            }
        }
        changes.addAll(ours);
        return ours;
    }

    /** Bean {@code intake}: stores what is told of the records under test alone. */
    Intake intake(Lanes lanes, Store store) {
        return new Intake(lanes, store) {

            @Override
            public Store.Accepted accept(List<?> told, String cursorName, String cursorValue) {
                return super.accept(take(told), cursorName, cursorValue);
            }

            @Override
            public Store.Accepted page(List<?> told, String cursorName, String cursorValue, Set<String> listing, String kind, List<?> rowIds) {
                List<Change> ours = take(told);
                cursors.add(cursorValue == null ? "" : cursorValue);
                return super.page(ours, cursorName, cursorValue, listing, kind, rowIds);
            }
        };
    }

    /** Bean {@code healing}: keeps what is told, and marks nothing. */
    Healing healing(Store store, Lanes lanes, Rules rules) {
        return new Healing(store, lanes, Clock.systemUTC(), Duration.ZERO, Duration.ZERO, rules) {

            @Override
            public void page(Exchange exchange) {
                take(exchange.getMessage().getBody(List.class));
            }
        };
    }
}
