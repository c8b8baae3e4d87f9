package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cosell.store.Link;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A row that a poll brought, in place of a reading. */
class NoticedTest {

    private final Noticed noticed = new Noticed();

    /** A document from names and values in turn. */
    private static Map<String, Object> document(Object... namesAndValues) {
        Map<String, Object> document = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            document.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return document;
    }

    /** The view of a record; what its row alone can't tell is empty there, as the mapping's defaults have it. */
    private static Map<String, Object> view(String name, Object value, String currency, String... solutions) {
        return document("name", name, "details", document("dealValue", value, "currency", currency,
            "requirements", document("solutions", Arrays.asList(solutions))), "inviteContext", document("assistanceRequestCode", null));
    }

    private static Map<String, Object> seen() {
        return document("kind", "opportunity", "id", "O1", "etag", "W/5", "revision", 5, "status", "Active", "sync", true, "audit", "old",
            "lookups", Map.of("customer", "A1"), "parts", List.of("P1"), "view", view("Deal", 100, "USD", "SOL-1"),
            "row", view("Deal", 100, null));
    }

    private static Map<String, Object> row(Object... changes) {
        Map<String, Object> row = document("kind", "opportunity", "id", "O1", "etag", "W/6", "revision", 6, "status", "Active",
            "sync", true, "audit", "new", "lookups", Map.of("customer", "A1"), "parts", List.of(), "view", view("Deal", 200, null));
        row.putAll(document(changes));
        return row;
    }

    private static Link link(Map<String, Object> record, String state, String told) {
        return new Link("L1", "R1", null, "opportunity", "O1", state, told, JsonNodeFactory.instance.objectNode(), null, Map.of(), record,
            Map.of("a", 1), null, Map.of(), null, told, 0, 1, 0, false, true, false, 1);
    }

    private Map<String, Object> noticed(Map<String, Object> row) {
        return noticed.record(link(seen(), "linked", null), row);
    }

    @Test
    void theRowsOwnValuesAreNewAndAllElseIsAsLastSeen() {
        Map<String, Object> record = noticed(row());

        assertThat(record).containsEntry("etag", "W/6").containsEntry("revision", 6).containsEntry("audit", "new")
            .containsEntry("parts", List.of("P1")).containsEntry("view", view("Deal", 200, "USD", "SOL-1"))
            .containsEntry("row", view("Deal", 200, null));
    }

    @Test
    void anEmptiedValueIsEmpty() {
        assertThat(noticed(row("view", view(null, 100, null)))).containsEntry("view", view(null, 100, "USD", "SOL-1"));
    }

    @Test
    void theRowThatIsKnownAlreadyChangesNothing() {
        assertThat(noticed(row("etag", "W/5", "revision", 5))).isEqualTo(seen());
    }

    @Test
    void anOlderRowIsNotBelieved() {
        assertThat(noticed(row("etag", "W/4", "revision", 4))).isNull();
        assertThat(noticed(row("revision", null))).isNull();
        Map<String, Object> withoutRevision = seen();
        withoutRevision.remove("revision");
        assertThat(noticed.record(link(withoutRevision, "linked", null), row())).isNull();
    }

    @Test
    void aRowThatPointsElsewhereIsRead() {
        assertThat(noticed(row("lookups", Map.of("customer", "A2")))).isNull();
        assertThat(noticed(row("lookups", null))).isNull();
        assertThat(noticed(row("opportunityId", "O9"))).isNull();
    }

    @Test
    void helpAskedIsRead() {
        Map<String, Object> asking = view("Deal", 100, null);
        asking.put("inviteContext", Map.of("assistanceRequestCode", "GeneralOrOther"));

        assertThat(noticed(row("view", asking))).isNull();
    }

    @Test
    void aColumnThatThePollDoesNotBringIsRead() {
        Map<String, Object> less = view("Deal", 100, null);
        less.remove("name");

        assertThat(noticed(row("view", less))).isNull();
    }

    @Test
    void aValueMadeOfMoreThanTheRowIsRead() {
        Map<String, Object> seen = seen();
        seen.put("view", view("Deal in EMEA", 100, "USD", "SOL-1"));

        assertThat(noticed.record(link(seen, "linked", null), row("view", view("Trade", 100, null)))).isNull();
        assertThat(noticed.record(link(seen, "linked", null), row())).containsEntry("view", view("Deal in EMEA", 200, "USD", "SOL-1"));
    }

    @Test
    void aRecordThatWasSeenWithoutItsRowIsRead() {
        Map<String, Object> seen = seen();
        seen.remove("row");

        assertThat(noticed.record(link(seen, "linked", null), row())).isNull();
    }

    @Test
    void onlyADealInStepIsServedByARow() {
        assertThat(noticed.mayServe(link(seen(), "linked", null))).isTrue();
        assertThat(noticed.mayServe(link(seen(), "resting", null))).isFalse();
        assertThat(noticed.mayServe(link(seen(), "linked", "Customer contact is missing."))).isFalse();
        assertThat(noticed.mayServe(link(null, "linked", null))).isFalse();
        assertThat(noticed.mayServe(link(document("kind", "lead"), "linked", null))).isFalse();
        assertThat(noticed.mayServe(link(seen(), "linked", null).moved())).isFalse();
    }
}
