package io.cosell.flow;

import static io.cosell.store.Store.columns;
import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.flow.Telling.News;
import io.cosell.store.Link;
import io.cosell.store.StepClock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TellingTest {

    private static final String AT = "2026-03-01 10:00 - ";
    private static final News NOTHING = new News("", "", null, null);

    private static Telling telling(boolean marks, boolean successes, int length) {
        return new Telling(new StepClock("2026-03-01T10:00:00Z"), marks ? 120 : 0, successes, length, "https://partner.example/deal?id=");
    }

    private final Telling telling = telling(true, true, 4000);

    /** A link of referral R1 whose record was last told something. */
    private static Link link(String told) {
        Link link = Link.of("L1", "R1", "opportunity", "O1");
        return new Link(link.id(), link.referralId(), null, link.recordKind(), link.recordId(), "linked", null, null, null, null, null, null,
            null, Map.of(), null, told, 0, 0, 0, false, false, false, 0);
    }

    /** A record in step with its referral. */
    private static Map<String, Object> record(Object... more) {
        Map<String, Object> record = columns("kind", "opportunity", "id", "O1", "etag", "W/1", "sync", true, "referralId", "R1",
            "displayName", "✔ Deal", "audit", "older line", "view", columns("name", "Deal", "status", "Active"));
        record.putAll(columns(more));
        return record;
    }

    private static Map<String, Object> closed() {
        return record("view", columns("name", "Deal", "status", "Closed"));
    }

    private static News failure(String why) {
        return new News("", "", why, null);
    }

    // ---- the mark

    @ParameterizedTest
    @CsvSource({"118, true", "119, false", "120, false"})
    void aMarkThatDoesNotFitIsLeftOff(int length, boolean marked) {
        String name = "N".repeat(length);
        Map<String, Object> document = telling.create("R1", "opportunity", columns("name", name));
        assertThat(document).containsEntry("mark", marked ? "✔ " : "");

        Map<String, Object> plain = record("displayName", name, "view", columns("name", name, "status", "Active"));
        assertThat(telling.update(link(null), plain, Map.of(), NOTHING) != null).as("written for the mark alone").isEqualTo(marked);
    }

    // ---- whether anything is written

    @Test
    void aRecordInStepIsNotWritten() {
        assertThat(telling.update(link(null), record(), Map.of(), NOTHING)).isNull();
    }

    @Test
    void whatWasToldBeforeIsNotToldAgain() {
        Map<String, Object> marked = record("displayName", "✖ Deal");
        assertThat(telling.update(link("Why."), marked, Map.of(), failure("Why."))).isNull();
        assertThat(telling.update(link("Why."), marked, Map.of(), failure("Another cause."))).containsKey("audit");
    }

    @Test
    void aClosedRecordIsReadOnlySoTheJournalTellsInstead() {
        assertThat(telling.update(link(null), closed(), Map.of(), failure("Why."))).isNull();
        assertThat(telling.update(link(null), closed(), Map.of(), new News("", "Deal name", null, "Microsoft accepted the deal."))).isNull();
        assertThat(telling.update(link(null), closed(), Map.of("status", "Active"), NOTHING)).isNotNull();
    }

    @Test
    void changesAreWrittenWithVersionAndSolutionsOfTheRecord() {
        List<?> solutions = List.of(Map.of("rowId", "1", "id", "SOL-1"));
        Map<String, Object> document = telling.update(link(null), record("solutions", solutions), Map.of("details", Map.of("notes", "x")),
            new News("Notes", "", null, null));
        assertThat(document).containsEntry("kind", "opportunity").containsEntry("id", "O1").containsEntry("etag", "W/1")
            .containsEntry("solutions", solutions).containsEntry("view", Map.of("details", Map.of("notes", "x"))).containsEntry("mark", "✔ ")
            .doesNotContainKeys("referralId", "referralLink", "sync");
        assertThat(telling.update(link(null), record(), Map.of("name", "New"), NOTHING)).containsEntry("solutions", List.of());
    }

    // ---- audit lines

    @Test
    void eachKindOfNewsHasItsLine() {
        assertThat(line(link(null), record(), new News("Deal name, Notes", "", null, null)))
            .isEqualTo("Partner Center Referral to CRM sync success: Deal name, Notes.");
        assertThat(line(link(null), record(), new News("", "Deal value", null, null)))
            .isEqualTo("CRM to Partner Center Referral sync success: Deal value.");
        assertThat(line(link(null), record(), failure("Deal value is missing."))).isEqualTo("Sync failed: Deal value is missing.");
        assertThat(line(link(null), record(), new News("", "", null, "Microsoft accepted the deal."))).isEqualTo("Microsoft accepted the deal.");
        assertThat(line(link("Why."), record(), NOTHING)).as("recovered").isEqualTo("CRM to Partner Center Referral sync success.");
        assertThat(line(link("Why."), record(), new News("Notes", "Deal value", "Closed.", "Microsoft declined the deal.")))
            .isEqualTo("Partner Center Referral to CRM sync success: Notes. CRM to Partner Center Referral sync success: Deal value."
                + " Microsoft declined the deal. Sync failed: Closed.");
        assertThat(line(link("Why."), record(), new News("", "Deal value", null, null)))
            .as("recovered by what went out").isEqualTo("CRM to Partner Center Referral sync success: Deal value.");
    }

    private String line(Link link, Map<String, Object> record, News news) {
        String audit = (String) telling.update(link, record, Map.of(), news).get("audit");
        assertThat(audit).startsWith(AT).endsWith("\nolder line");
        return audit.substring(AT.length(), audit.length() - "\nolder line".length());
    }

    @Test
    void successesAreNotAuditedWhereTheyAreSwitchedOff() {
        Telling quiet = telling(true, false, 4000);
        assertThat(quiet.update(link(null), record(), Map.of(), new News("", "Deal value", null, null))).isNull();
        assertThat(quiet.update(link(null), record(), Map.of(), failure("Why."))).containsKey("audit");
    }

    @Test
    void theOldestLinesGoWhereTheAuditGetsTooLong() {
        Telling small = telling(true, true, 60);
        assertThat(small.append("second\nthird", "first")).isEqualTo(AT + "first\nsecond\nthird");
        assertThat(small.append("second line that is\nlonger than the rest of it", "first")).isEqualTo(AT + "first\nsecond line that is");
        assertThat(small.append("x".repeat(35), "first")).as("exactly as long as may be").hasSize(60);
        assertThat(small.append("x".repeat(36), "first")).isEqualTo(AT + "first");
        assertThat(small.append("second", "f".repeat(100))).isEqualTo(AT + "f".repeat(41));
        assertThat(small.append(null, "first")).isEqualTo(AT + "first");
        assertThat(small.append("  ", "first")).isEqualTo(AT + "first");
    }

    // ---- mark and identity

    @Test
    void theMarkTellsHowItWentAndIsNeverDoubled() {
        assertThat(telling.update(link(null), record("displayName", "Deal"), Map.of(), NOTHING)).containsEntry("mark", "✔ ")
            .containsEntry("view", Map.of("name", "Deal")).doesNotContainKey("audit");
        assertThat(telling.update(link(null), record(), Map.of(), failure("Why."))).containsEntry("mark", "✖ ")
            .containsEntry("view", Map.of("name", "Deal"));
        assertThat(telling.update(link(null), record(), Map.of("name", "New name"), NOTHING)).containsEntry("mark", "✔ ")
            .containsEntry("view", Map.of("name", "New name"));
    }

    @Test
    void namesAreLeftAloneWhereTheMarkIsSwitchedOff() {
        Telling plain = telling(false, true, 4000);
        assertThat(plain.update(link(null), record("displayName", "Deal"), Map.of(), NOTHING)).isNull();
        assertThat(plain.update(link(null), record("displayName", "Deal"), Map.of(), failure("Why."))).containsEntry("mark", "")
            .containsEntry("view", Map.of());
        assertThat(plain.create("R1", "opportunity", Map.of("name", "Deal"))).containsEntry("mark", "");
    }

    @Test
    void aRecordWithoutANameGetsNoMark() {
        for (Object name : new Object[] {null, "", "  "}) {
            Map<String, Object> nameless = record("displayName", name, "view", columns("name", name, "status", "Active"));
            assertThat(telling.update(link(null), nameless, Map.of(), NOTHING)).isNull();
            assertThat(telling.update(link(null), nameless, Map.of(), failure("Deal name is missing."))).containsEntry("mark", "")
                .containsEntry("view", Map.of());
            assertThat(telling.update(link(null), record(), columns("name", name), NOTHING)).containsEntry("mark", "");
        }
        assertThat(telling.update(link(null), record("displayName", null, "view", columns("status", "Active")), Map.of(), NOTHING)).isNull();
        assertThat(telling.create("R1", "opportunity", Map.of())).containsEntry("mark", "");
    }

    @Test
    void aRecordThatLacksTheIdentifierGetsItWithSync() {
        for (Map<String, Object> record : List.of(record("referralId", null), record("referralId", "R0"))) {
            Map<String, Object> document = telling.update(link(null), record, Map.of(), NOTHING);
            assertThat(document).containsEntry("referralId", "R1").containsEntry("referralLink", "https://partner.example/deal?id=R1")
                .containsEntry("sync", true).containsEntry("audit", AT + "CRM to Partner Center Referral sync success.\nolder line");
        }
    }

    @Test
    void aSyncThatTheSellerSwitchedOffIsNotSwitchedOn() {
        assertThat(telling.update(link(null), record("sync", false), Map.of(), NOTHING)).isNull();
    }

    @Test
    void aMappingWithoutIdentifierIsNotAskedForIt() {
        Map<String, Object> lead = new LinkedHashMap<>(record("kind", "lead", "sync", false));
        lead.remove("referralId");
        assertThat(telling.update(link(null), lead, Map.of(), NOTHING)).isNull();
    }

    @Test
    void aNewRecordSaysWhereItComesFrom() {
        assertThat(telling.create("R1", "lead", Map.of("name", "Deal"))).containsEntry("kind", "lead").containsEntry("mark", "✔ ")
            .containsEntry("view", Map.of("name", "Deal")).containsEntry("referralId", "R1").containsEntry("sync", true)
            .containsEntry("referralLink", "https://partner.example/deal?id=R1")
            .containsEntry("audit", AT + "Partner Center Referral to CRM sync success. Made from the referral.");
        assertThat(telling.filling(Map.of("kind", "opportunity", "audit", "Told before"), "R1"))
            .containsOnlyKeys("kind", "audit", "referralId", "referralLink", "sync")
            .containsEntry("audit", AT + "The lead goes on as this opportunity, filled from the referral.\nTold before");
    }

    // ---- Microsoft's answers

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "New|Pending||Microsoft is invited and has 14 days to answer.",
        "New|Received||Microsoft is invited and has 14 days to answer.",
        "Active|Accepted||Microsoft accepted the deal. Microsoft sellers: Ann Lee, Bo.",
        "Closed|Declined|No capacity|Microsoft declined the deal. Reason: No capacity.",
        "Closed|Declined||Microsoft declined the deal.",
        "Closed|Expired||Microsoft did not answer in time; its referral expired.",
        "Closed|Won|Done|Microsoft's referral is now Closed/Won. Reason: Done.",
        "Paused|Waiting||Microsoft's referral is now Paused/Waiting."})
    void microsoftsAnswerIsToldInWords(String status, String substatus, String reason, String words) {
        assertThat(telling.microsoft(columns("status", status, "substatus", substatus, "statusReason", reason,
            "contacts", List.of("Ann Lee", "Bo")))).isEqualTo(words);
    }

    @Test
    void microsoftMayNameNobody() {
        assertThat(telling.microsoft(columns("status", "Active", "substatus", "Accepted", "contacts", List.of())))
            .isEqualTo("Microsoft accepted the deal.");
        assertThat(telling.microsoft(columns("status", "Active", "substatus", "Accepted"))).isEqualTo("Microsoft accepted the deal.");
    }
}
