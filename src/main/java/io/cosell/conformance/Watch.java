package io.cosell.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.Connector;
import io.cosell.store.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Stands where verbs hand over what changed (beans {@code intake} and {@code healing}). It keeps what they say of the records under test
 * and hands only that on: what else is in the CRM is nobody's business here.
 */
public final class Watch {

    private final Set<String> ids = new HashSet<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> cursors = new ArrayList<>();
    private Connector connector;
    private boolean broken;

    /** The beans of a connector that is watched. */
    Map<String, Object> beans() {
        return Map.of("intake", new Intake(), "healing", new Healing());
    }

    void over(Connector watched) {
        connector = watched;
    }

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

    /** Bean {@code intake}, as far as verbs use it. */
    public final class Intake {

        /** As io.cosell.flow.Intake has it. */
        public Set<String> listing(String cursorValue) {
            return cursorValue == null || cursorValue.isEmpty() ? new HashSet<>() : null;
        }

        /** As io.cosell.flow.Intake has it, for the records under test alone. */
        public void page(List<?> told, String cursorName, String cursorValue, Set<String> listing, String kind, List<?> rowIds) {
            List<Change> ours = take(told);
            boolean last = cursorValue != null && !cursorValue.isEmpty();
            cursors.add(last ? cursorValue : "");
            connector.lanes().accept(ours, last ? cursorName : null, last ? cursorValue : null);
        }

        /** For an adapter that hands over single changes, as one for announcements does. */
        public void accept(List<?> told, String cursorName, String cursorValue) {
            page(told, cursorName, cursorValue, null, null, List.of());
        }
    }

    /** Bean {@code healing}, as far as verbs use it. */
    public final class Healing {

        /** Where the first listing of a table begins: nothing was ever lost here. */
        public String lookAgainSince(String cursorName) {
            return "";
        }

        /** A page of what changed since a time. */
        public void page(Exchange exchange) {
            take(Optional.ofNullable(exchange.getMessage().getBody(List.class)).orElse(List.of()));
        }
    }
}
