package io.cosell.flow;

import com.fasterxml.jackson.core.type.TypeReference;
import io.cosell.lane.Lanes;
import io.cosell.store.Change;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.Store;
import io.cosell.webhook.WebhookEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;

/** Takes hints of change from the routes to the lanes. Bean {@code intake}. */
public class Intake {

    private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() { };
    private static final TypeReference<List<String>> NAMES = new TypeReference<>() { };

    private final Lanes lanes;
    private final Store store;

    public Intake(Lanes lanes, Store store) {
        this.lanes = lanes;
        this.store = store;
    }

    /**
     * Stores a verified event of Partner Center (variable {@code webhookEvent}). Sets variable {@code unresolved} to true if it names a
     * referral that no link knows and that is not the partner's own.
     */
    public final void event(Exchange exchange) {
        WebhookEvent event = exchange.getVariable("webhookEvent", WebhookEvent.class);
        if (event.isTest()) {
            store.journal("received", "A validation event of Partner Center arrived: the webhook works.");
            return;
        }
        Store.Accepted accepted = lanes.accept(List.of(new Change("partner-center", event.eventName(), event.resourceId(), null,
            event.changedAt().toString(), null, true)), null, null);
        exchange.setVariable("unresolved", !accepted.unresolved().isEmpty());
    }

    /**
     * A referral of somebody else was looked up: its engagement tells whose deal it belongs to.
     *
     * @param resourceId   the referral that an event named
     * @param engagementId its engagement, null if it can't be seen
     */
    public final void resolved(String resourceId, String engagementId) {
        String link = engagementId == null ? null : store.linkOfEngagement(engagementId).map(Link::id).orElse(null);
        store.resolved(resourceId, link);
        if (link != null) {
            lanes.mark(link, Side.RELATED);
        }
    }

    /**
     * Stores hints and marks the lanes of their deals. When it returns, nothing of it can get lost.
     *
     * @param changes     documents with the members of {@link Change}
     * @param cursorName  cursor that moves with them, null or empty for none
     * @param cursorValue its new value
     * @return the marked lanes, and related events that no link knows
     */
    public Store.Accepted accept(List<?> changes, String cursorName, String cursorValue) {
        boolean moves = cursorName != null && !cursorName.isEmpty() && cursorValue != null && !cursorValue.isEmpty();
        return lanes.accept(Planning.JSON.convertValue(changes, CHANGES), moves ? cursorName : null, moves ? cursorValue : null);
    }

    /**
     * Whether a table is listed as a whole, because there is no cursor to go on from: then all that the list does not show is gone.
     *
     * @param cursorValue the cursor as stored
     * @return a book of the rows that the list shows; null if only changes are listed
     */
    public final Set<String> listing(String cursorValue) {
        return cursorValue == null || cursorValue.isEmpty() ? new HashSet<>() : null;
    }

    /**
     * As {@link #accept}, for one page of a table. With the last page of a whole table go the deals whose record or part was not listed:
     * nobody told that it was deleted while there was no cursor.
     *
     * @param listing the book of {@link #listing}, null if only changes are listed
     * @param kind    opportunity, lead or solution
     * @param ids     ids of the rows on this page
     */
    public Store.Accepted page(List<?> changes, String cursorName, String cursorValue, Set<String> listing, String kind, List<?> ids) {
        List<Change> all = new ArrayList<>(Planning.JSON.convertValue(changes, CHANGES));
        boolean last = cursorValue != null && !cursorValue.isEmpty();
        if (listing != null) {
            listing.addAll(Planning.JSON.convertValue(ids, NAMES));
            if (last) {
                all.addAll(store.notListed(kind, listing));
            }
        }
        return lanes.accept(all, last ? cursorName : null, last ? cursorValue : null);
    }
}
