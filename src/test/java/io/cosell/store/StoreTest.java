package io.cosell.store;

import static io.cosell.store.Store.columns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class StoreTest {

    @TempDir
    Path folder;
    private final StepClock clock = new StepClock("2026-03-01T10:00:00Z");
    private HikariDataSource dataSource;
    private Store store;

    @BeforeEach
    void open() {
        dataSource = Database.open("jdbc:sqlite:" + folder.resolve("deep/er/store.db"), "", "");
        store = new Store(dataSource, clock);
    }

    @AfterEach
    void close() {
        dataSource.close();
    }

    private static Change event(String name, String referral, String changedAt) {
        return new Change("partner-center", name, referral, null, changedAt, null, true);
    }

    private static Change row(String record, String version, boolean shared) {
        return new Change("crm", "opportunity-changed", record, "opportunity", null, version, shared);
    }

    private Store.Accepted accept(Change... changes) {
        return store.accept(List.of(changes), null, null);
    }

    private Link linkOf(String id) {
        return store.find(id).orElseThrow();
    }

    private List<Link> links() {
        return store.standings().stream().map(deal -> store.link(deal.id())).toList();
    }

    /** A link whose lane has nothing to do. */
    private Link done(String id, Object... more) {
        Link link = linkOf(id);
        return store.finish(link, columns(more), List.of());
    }

    // ---- accept

    @Test
    void anEventOfAnUnknownReferralMakesALinkAndMarksIt() {
        Store.Accepted accepted = accept(event("referral-created", "R1", "t1"));
        Link link = linkOf("R1");
        assertThat(accepted.lanes()).containsExactly(link.id());
        assertThat(accepted.unresolved()).isEmpty();
        assertThat(link.state()).isEqualTo("open");
        assertThat(link.isMarked()).isTrue();
        assertThat(link.referralMoved()).isTrue();
        assertThat(link.recordMoved()).isFalse();
        assertThat(store.markedLinks()).containsExactly(link.id());
    }

    @Test
    void anEventDeliveredAgainMarksNothing() {
        accept(event("referral-updated", "R1", "t1"));
        assertThat(accept(event("referral-updated", "R1", "t1")).lanes()).isEmpty();
        assertThat(linkOf("R1").marks()).isEqualTo(1);
        assertThat(accept(event("referral-updated", "R1", "t2")).lanes()).hasSize(1);
        assertThat(accept(event("referral-updated", "R1", "t1"), event("referral-updated", "R1", "t3")).lanes()).hasSize(1);
        assertThat(linkOf("R1").marks()).isEqualTo(3);
        assertThat(links()).hasSize(1);
    }

    @Test
    void aRowThatIsNotSharedMakesNoLink() {
        assertThat(accept(row("O1", "W/1", false)).lanes()).isEmpty();
        assertThat(links()).isEmpty();
        assertThat(accept(row("O1", "W/2", true)).lanes()).hasSize(1);
        Link link = linkOf("O1");
        assertThat(link.recordKind()).isEqualTo("opportunity");
        assertThat(link.recordMoved()).isTrue();
        assertThat(link.referralMoved()).isFalse();
    }

    @Test
    void aRowWithTheVersionLastSeenIsAnEcho() {
        accept(row("O1", "W/1", true));
        done("O1", "record", Map.of("etag", "W/5"));
        assertThat(accept(row("O1", "W/5", true)).lanes()).isEmpty();
        assertThat(linkOf("O1").isMarked()).isFalse();
        // The same version again is the same news, as long as the lane has not seen it.
        assertThat(accept(row("O1", "W/6", true)).lanes()).hasSize(1);
        assertThat(accept(row("O1", "W/6", false)).lanes()).hasSize(1);
    }

    @Test
    void aReferralWithTheVersionLastSeenIsAnEcho() {
        accept(event("referral-created", "R1", "t1"));
        done("R1", "referral", Map.of("etag", "\"1\""));
        Change listed = new Change("partner-center", "referral-listed", "R1", null, "t9", "\"1\"", true);
        assertThat(accept(listed).lanes()).isEmpty();
        assertThat(accept(new Change("partner-center", "referral-listed", "R1", null, "t9", "\"2\"", true)).lanes()).hasSize(1);
    }

    @Test
    void aPartOfARecordMarksItsLaneEvenWhenTheRowIsGone() {
        accept(row("O1", "W/1", true));
        done("O1", "record", Map.of("etag", "W/1", "parts", List.of("S1", "S2")));
        assertThat(accept(new Change("crm", "solution-deleted", "S2", null, null, null, false)).lanes()).containsExactly(linkOf("O1").id());
        assertThat(linkOf("O1").recordMoved()).isTrue();
        done("O1", "record", Map.of("etag", "W/2", "parts", List.of("S1")));
        assertThat(accept(new Change("crm", "solution-deleted", "S2", null, null, null, false)).lanes()).isEmpty();
        assertThat(accept(new Change("crm", "solution-changed", "S9", null, null, "W/1", false)).lanes()).isEmpty();
    }

    @Test
    void aPartWithTheVersionLastSeenIsAnEcho() {
        accept(row("O1", "W/1", true));
        done("O1", "record", Map.of("etag", "W/1", "parts", List.of("S1"), "partVersions", List.of("W/7")));
        assertThat(accept(new Change("crm", "solution-changed", "O1", "opportunity", null, "W/7", false)).lanes()).isEmpty();
        assertThat(accept(new Change("crm", "solution-changed", "O1", "opportunity", null, "W/8", false)).lanes()).hasSize(1);
    }

    @Test
    void anEventOfMicrosoftsReferralMarksTheDealAsRelated() {
        accept(event("referral-created", "R1", "t1"));
        done("R1", "microsoft_id", "M1");
        assertThat(accept(event("related-referral-updated", "M1", "t1")).lanes()).containsExactly(linkOf("R1").id());
        Link link = linkOf("R1");
        assertThat(link.relatedMoved()).isTrue();
        assertThat(link.referralMoved()).isFalse();
        done("R1");
        // Whatever the event is called, the id tells whose referral it is.
        accept(event("referral-updated", "M1", "t2"));
        assertThat(linkOf("R1").relatedMoved()).isTrue();
        assertThat(links()).hasSize(1);
    }

    @Test
    void aRelatedEventThatNoLinkKnowsIsKeptUntilItIsLookedUp() {
        Store.Accepted accepted = accept(event("related-referral-created", "M1", "t1"));
        assertThat(accepted.lanes()).isEmpty();
        assertThat(accepted.unresolved()).extracting(Change::resourceId).containsExactly("M1");
        assertThat(accept(event("related-referral-created", "M1", "t1")).unresolved()).isEmpty();
        assertThat(store.unresolved()).containsExactly("M1");
        assertThat(links()).isEmpty();

        store.resolved("M1", null);
        assertThat(store.unresolved()).isEmpty();

        accept(event("related-referral-updated", "M1", "t2"));
        String link = store.newLink("partner-center", "R1", null);
        store.resolved("M1", link);
        assertThat(store.unresolved()).isEmpty();
    }

    @Test
    void theCursorMovesWithItsChanges() {
        assertThat(store.cursor("crm-changes opportunity")).isNull();
        store.accept(List.of(row("O1", "W/1", true)), "crm-changes opportunity", "token=1");
        assertThat(store.cursor("crm-changes opportunity")).isEqualTo("token=1");
        store.accept(List.of(), "crm-changes opportunity", "token=2");
        assertThat(store.cursor("crm-changes opportunity")).isEqualTo("token=2");
    }

    @Test
    void changesThatCannotBeStoredMoveNoCursorAndMarkNothing() {
        Change broken = new Change("partner-center", "referral-updated", null, null, "t1", null, true);
        assertThatExceptionOfType(RuntimeException.class)
            .isThrownBy(() -> store.accept(List.of(row("O1", "W/1", true), broken), "crm-changes opportunity", "token=1"));
        assertThat(store.cursor("crm-changes opportunity")).isNull();
        assertThat(links()).isEmpty();
    }

    // ---- links

    @Test
    void marksThatComeWhileALaneRunsStayWithWhatTheySayHasMoved() {
        accept(event("referral-created", "R1", "t1"));
        Link read = linkOf("R1");
        store.mark(read.id(), Side.RECORD);
        Link finished = store.finish(read, columns("state", "linked"), List.of());
        assertThat(finished.isMarked()).isTrue();
        assertThat(finished.recordMoved()).isTrue();
        assertThat(finished.referralMoved()).as("what the lane has read itself").isFalse();
        Link again = store.finish(finished, columns(), List.of());
        assertThat(again.isMarked()).isFalse();
        assertThat(again.recordMoved() || again.referralMoved() || again.relatedMoved()).isFalse();
    }

    @Test
    void aMarkThatComesBeforeTheLaneKeepsItsProgressIsNotLost() {
        accept(event("referral-created", "R1", "t1"));
        Link read = linkOf("R1");
        accept(event("referral-updated", "R1", "t2"));

        Link progressed = store.progress(store.intend(read, null), columns("state", "linked"), List.of());
        Link finished = store.finish(progressed, columns(), List.of());

        assertThat(finished.isMarked()).as("the update came after the lane had read the referral").isTrue();
        assertThat(finished.referralMoved()).isTrue();
    }

    @Test
    void aRowThatAPollBroughtStaysUntilItIsWorkedOff() {
        accept(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "W/1", true, Map.of("n", 1)));
        Link read = linkOf("O1");
        assertThat(read.noticed()).containsEntry("n", 1);
        accept(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "W/2", true, Map.of("n", 2)));

        Link first = store.finish(read, columns("state", "linked"), List.of());
        assertThat(first.isMarked()).isTrue();
        assertThat(first.noticed()).as("the newer one").containsEntry("n", 2);

        Link second = store.finish(first, columns(), List.of());
        assertThat(second.noticed()).isNull();
        assertThat(second.recordMoved()).isFalse();
    }

    @Test
    void aHintThatTellsNothingMakesTheRecordBeRead() {
        accept(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "W/1", true, Map.of("n", 1)));
        String link = linkOf("O1").id();
        store.mark(link, Side.REFERRAL);
        assertThat(store.link(link).noticed()).as("another side").isNotNull();

        store.mark(link, Side.RECORD);
        assertThat(store.link(link).noticed()).isNull();
        accept(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "W/2", true, Map.of("n", 2)));
        assertThat(store.link(link).noticed()).as("the row does not tell what the other hint meant").isNull();
        assertThat(store.link(link).recordMoved()).isTrue();
    }

    @Test
    void aLaneThatRestsReadsTheRecordNextTime() {
        accept(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "W/1", true, Map.of("n", 1)));

        Link rested = store.rest(linkOf("O1"), columns("state", "resting"), List.of());

        assertThat(rested.recordMoved()).isTrue();
        assertThat(rested.noticed()).isNull();
    }

    @Test
    void callsAreCountedByTheDay() {
        store.count("partner-center", "read", 2);
        store.count("partner-center", "read", 3);
        store.count("crm", "batch", 1);

        assertThat(store.callsToday()).extracting(row -> row.get("system") + " " + row.get("kind") + " " + row.get("calls"))
            .containsExactly("crm batch 1", "partner-center read 5");
    }

    @Test
    void eachMarkSaysWhatMoved() {
        String link = store.newLink("partner-center", "R1", null);
        store.mark(link, Side.NEITHER);
        assertThat(store.link(link)).matches(Link::isMarked).matches(l -> !l.referralMoved() && !l.recordMoved() && !l.relatedMoved());
        store.mark(link, Side.RELATED);
        assertThat(store.link(link)).matches(l -> !l.referralMoved() && !l.recordMoved() && l.relatedMoved());
        store.mark(link, Side.BOTH);
        assertThat(store.link(link)).matches(l -> l.referralMoved() && l.recordMoved() && l.relatedMoved());
    }

    @Test
    void progressKeepsTheMarks() {
        accept(event("referral-created", "R1", "t1"));
        Link progressed = store.progress(linkOf("R1"), columns("record_id", "O1", "record_kind", "opportunity"), List.of());
        assertThat(progressed.isMarked()).isTrue();
        assertThat(progressed.referralMoved()).isTrue();
        assertThat(progressed.recordId()).isEqualTo("O1");
    }

    @Test
    void aStaleClaimKeepsNothing() {
        accept(event("referral-created", "R1", "t1"));
        Link early = linkOf("R1");
        store.intend(early, new ObjectMapper().createObjectNode().put("creating", "now"));
        assertThatExceptionOfType(StaleClaimException.class)
            .isThrownBy(() -> store.finish(early, columns("state", "linked"), List.of(Entry.of("written", "never"))));
        assertThat(linkOf("R1").state()).isEqualTo("open");
        assertThat(linkOf("R1").isMarked()).isTrue();
        assertThat(store.journal()).isEmpty();
    }

    @Test
    void documentsComeBackAsTheyWere() {
        String id = store.newLink("crm", "O1", "lead");
        Map<String, Object> record = columns("etag", "W/1", "view", columns("name", "東京 ✔", "dealValue", new BigDecimal("123456789012.34"),
            "notes", null), "solutions", List.of());
        Link link = store.finish(store.link(id), columns("record", record, "refused", Map.of("/name", "x"), "told", "why"), List.of());
        assertThat(link.record()).isEqualTo(record);
        assertThat(link.refused().get("/name").asText()).isEqualTo("x");
        assertThat(link.told()).isEqualTo("why");
        assertThat(store.finish(link, columns("record", null, "refused", null, "told", null), List.of()))
            .matches(l -> l.record() == null && l.refused().isEmpty() && l.told() == null);
    }

    @Test
    void onlyColumnsOfALaneCanBeSet() {
        Link link = store.link(store.newLink("partner-center", "R1", null));
        assertThatIllegalArgumentException().isThrownBy(() -> store.finish(link, columns("version", 7), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> store.link("nobody")).withMessageContaining("nobody");
    }

    @Test
    void theLinkOfARecordTakesOverTheOneAnEventMadeForItsReferral() {
        accept(row("O1", "W/1", true));
        accept(event("referral-created", "R1", "t1"));
        String early = linkOf("R1").id();
        Link deal = store.progress(linkOf("O1"), columns("referral_id", "R1"), List.of());
        assertThat(linkOf("R1").id()).isEqualTo(deal.id());
        assertThat(store.link(early)).matches(l -> l.referralId() == null && l.state().equals("ended") && !l.isMarked());
        assertThat(store.link(early).reason()).contains(deal.id());
    }

    @Test
    void theLinkOfAReferralTakesOverTheOneAChangeMadeForItsRecord() {
        accept(event("referral-created", "R1", "t1"));
        accept(row("O1", "W/1", true));
        String early = linkOf("O1").id();
        Link deal = store.progress(linkOf("R1"), columns("record_id", "O1", "record_kind", "opportunity"), List.of());
        assertThat(linkOf("O1").id()).isEqualTo(deal.id());
        assertThat(store.link(early)).matches(l -> l.recordId() == null && l.state().equals("ended") && !l.isMarked());
    }

    @Test
    void aLinkThatKnowsBothSidesIsNotTakenOver() {
        accept(event("referral-created", "R1", "t1"));
        done("R1", "record_id", "O1");
        accept(row("O2", "W/1", true));
        Link other = linkOf("O2");
        assertThatExceptionOfType(StaleClaimException.class)
            .isThrownBy(() -> store.progress(other, columns("referral_id", "R1"), List.of()));
        assertThat(linkOf("R1").recordId()).isEqualTo("O1");
        assertThat(linkOf("O2").referralId()).isNull();
    }

    @Test
    void twoLinksOfOneDealBecomeOne() {
        accept(event("referral-created", "R1", "t1"), row("O1", "W/1", true));
        done("O1");
        store.merge(linkOf("R1"), linkOf("O1"));
        Link deal = linkOf("O1");
        assertThat(deal.referralId()).isEqualTo("R1");
        assertThat(deal).matches(l -> l.isMarked() && l.referralMoved() && l.recordMoved());
        assertThat(links()).filteredOn(l -> l.state().equals("ended")).singleElement()
            .matches(l -> l.referralId() == null && !l.isMarked());
        assertThat(store.journalOf(deal.id())).singleElement().extracting("reason").asString().contains("R1");
    }

    @Test
    void aRecordIsHandedOverWithItsMarkOrNotAtAll() {
        accept(event("referral-created", "R1", "t1"), row("O1", "W/1", true));
        done("R1");
        Link stale = linkOf("O1");
        store.intend(stale, null);
        assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> store.handOver(stale, linkOf("R1")));
        assertThat(linkOf("R1").isMarked()).isFalse();

        store.handOver(linkOf("O1"), linkOf("R1"));
        assertThat(linkOf("R1")).matches(l -> l.isMarked() && l.recordMoved() && !l.referralMoved());
        assertThat(store.link(stale.id())).matches(l -> l.recordId() == null && l.state().equals("ended") && !l.isMarked());
    }

    @Test
    void aDealIsFoundByAnyOfItsIds() {
        accept(event("referral-created", "R1", "t1"));
        Link link = done("R1", "record_id", "O1", "engagement_id", "E1");
        assertThat(List.of(linkOf("R1"), linkOf("O1"), linkOf(link.id()), store.linkOfEngagement("E1").orElseThrow()))
            .allMatch(found -> found.id().equals(link.id()));
        assertThat(store.find("X")).isEmpty();
        assertThat(store.find(null)).isEmpty();
    }

    // ---- journal, cursors, auto-heal

    @Test
    void aRefusalAtTheDoorIsCountedWithinTheHour() {
        store.refusedAtTheDoor("partner-center", "The signature does not fit.");
        clock.forward(Duration.ofMinutes(30));
        store.refusedAtTheDoor("partner-center", "The signature does not fit.");
        store.refusedAtTheDoor("crm", "The signature does not fit.");
        store.refusedAtTheDoor("partner-center", "Too big.");
        clock.forward(Duration.ofMinutes(30));
        store.refusedAtTheDoor("partner-center", "The signature does not fit.");
        assertThat(store.journal()).extracting(row -> row.get("side") + " " + row.get("times")).containsExactly("partner-center 2", "crm 1",
            "partner-center 1", "partner-center 1");
        assertThat(store.journal().get(0)).containsEntry("at", "2026-03-01T10:30:00.000Z").containsEntry("kind", "refused");
    }

    @Test
    void theJournalNamesTheDealAndTheField() {
        Link link = store.link(store.newLink("partner-center", "R1", null));
        store.finish(link, columns("record_id", "O1"), List.of(new Entry("written", "crm", "/name", "Old", "New", "Changed in Partner Center.")));
        store.journal("received", "A validation event arrived.");
        assertThat(store.journalOf(link.id())).singleElement().satisfies(row -> assertThat(row).containsEntry("referral_id", "R1")
            .containsEntry("record_id", "O1").containsEntry("field", "/name").containsEntry("old_value", "Old").containsEntry("new_value", "New")
            .containsEntry("at", "2026-03-01T10:00:00.000Z"));
        assertThat(store.journal()).hasSize(2);
    }

    @Test
    void aRefusedCursorIsForgottenOnceAndThenOnlyTold() {
        store.putCursor("crm-changes lead", "token=1");
        store.cursorRefused("lead", "Too old.");
        assertThat(store.cursor("crm-changes lead")).isNull();
        store.cursorRefused("lead", "No right.");
        store.cursorRefused("lead", "No right.");
        assertThat(store.journal()).extracting(row -> row.get("kind") + " " + row.get("times")).containsExactly("failed 1", "failed 2");
        store.dropCursor("crm-changes lead");
        assertThat(store.cursor("crm-changes lead")).isNull();
    }

    @Test
    void aPageThatCannotBeStoredAsAWholeMovesNoCursorAndMarksNothing() {
        store.putCursor("crm-changes opportunity", "token=1");
        Change good = new Change("crm", "opportunity-changed", "O1", "opportunity", null, "1", true);
        Change broken = new Change(null, "opportunity-changed", "O2", "opportunity", null, "1", true);

        assertThatThrownBy(() -> store.accept(List.of(good, broken), "crm-changes opportunity", "token=2"))
            .isInstanceOf(NullPointerException.class);

        assertThat(store.cursor("crm-changes opportunity")).isEqualTo("token=1");
        assertThat(links()).isEmpty();
        store.accept(List.of(good), "crm-changes opportunity", "token=2");
        assertThat(store.markedLinks()).hasSize(1);
    }

    @Test
    void whatAWholeTableDoesNotListIsLookedAt() {
        store.accept(List.of(new Change("crm", "opportunity-changed", "O1", "opportunity", null, "1", true),
            new Change("crm", "opportunity-changed", "O2", "opportunity", null, "1", true),
            new Change("crm", "lead-changed", "L1", "lead", null, "1", true)), null, null);

        assertThat(store.notListed("opportunity", Set.of("O2"))).extracting(Change::resourceId).containsExactly("O1");
        assertThat(store.notListed("solution", Set.of())).isEmpty();
    }

    @Test
    void whenACursorWasLastGoodIsKnownAfterItWasRefused() {
        String good = store.now();
        store.putCursor("crm-changes lead", "token=1");
        clock.forward(Duration.ofDays(8));
        store.cursorRefused("lead", "Too old.");
        assertThat(store.lastGood("crm-changes lead")).isEqualTo(good);
    }

    private Heal round(boolean complete, int recovered) {
        return new Heal(store.now(), complete, "v1", 3, 2, recovered, 4, 7, "At " + store.now() + ": three deals.");
    }

    @Test
    void aRoundOfAutoHealIsKeptAndJournaledOnlyIfItRecoveredSomething() {
        assertThat(store.lastHeal()).isEmpty();
        assertThat(store.lastHealOfAll()).isNull();
        Heal all = round(true, 0);
        store.healed(all);
        assertThat(store.journal()).isEmpty();
        clock.forward(Duration.ofMinutes(5));
        Heal recovering = round(false, 2);
        store.healed(recovering);

        assertThat(store.lastHeal()).contains(recovering);
        assertThat(store.lastHealOfAll()).isEqualTo(all.at());
        assertThat(store.journal()).singleElement().extracting("reason").isEqualTo(recovering.statement());
        clock.forward(Duration.ofDays(91));
        store.healed(round(false, 0));
        assertThat(store.lastHealOfAll()).as("the full comparison that later rounds build on").isEqualTo(all.at());
    }

    @Test
    void onlyALaneThatWaitedForNothingCountsAsMissed() {
        assertThat(accept(event("referral-listed", "R1", "t1")).missed()).hasSize(1);
        Store.Accepted again = accept(event("referral-listed", "R1", "t2"));
        assertThat(again.lanes()).hasSize(1);
        assertThat(again.missed()).as("the lane was marked already").isEmpty();
    }

    @Test
    void autoHealForgetsEventsThatAreNotDeliveredAnyMore() {
        accept(event("referral-updated", "R1", "t1"));
        clock.forward(Duration.ofDays(29));
        store.healed(round(false, 0));
        assertThat(accept(event("referral-updated", "R1", "t1")).lanes()).isEmpty();
        clock.forward(Duration.ofDays(2));
        store.healed(round(false, 0));
        assertThat(accept(event("referral-updated", "R1", "t1")).lanes()).hasSize(1);
    }

    @Test
    void whatWasStoredIsThereAfterARestart() {
        accept(event("referral-created", "R1", "t1"));
        dataSource.close();
        open();
        assertThat(store.markedLinks()).hasSize(1);
        assertThat(accept(event("referral-created", "R1", "t1")).lanes()).isEmpty();
    }

    @Test
    void ofSeveralProcessesWithANewConfigurationOneTriesTheRestingLanes() {
        accept(event("referral-created", "R1", "t1"));
        store.rest(linkOf("R1"), columns("state", "resting"), List.of());
        assertThat(store.configuredAs("first")).isEqualTo(1);
        assertThat(store.configuredAs("first")).isZero();
        assertThat(linkOf("R1").marks()).isEqualTo(2);
        assertThat(store.configuredAs("second")).isEqualTo(1);
    }

    @Test
    void aLinkTellsOfMarksAndFailuresWithoutItsDocuments() {
        accept(event("referral-created", "r", "1"));
        Link link = linkOf("r");
        assertThat(store.isMarked(link.id())).isTrue();
        assertThat(store.failuresIfMarked(link.id())).contains(0);

        store.progress(link, columns("failures", 3), List.of());
        assertThat(store.failuresIfMarked(link.id())).contains(3);
        done("r");
        assertThat(store.isMarked(link.id())).isFalse();
        assertThat(store.failuresIfMarked(link.id())).isEmpty();
    }

    @Test
    void theHashOfALinkDoesNotLookIntoItsDocuments() {
        Map<String, Object> document = new HashMap<>() {
            @Override
            public int hashCode() {
                throw new AssertionError("the document was read");
            }
        };
        Link link = new Link("id", "r", null, "opportunity", "o", "linked", null, null, null, document, document, document, null, Map.of(), null,
            null, 0, 1, 1, false, false, false, 1);

        assertThat(link.hashCode()).isEqualTo(Link.of("id", "r", "opportunity", "o").hashCode());
    }

    @Test
    void whatIsAcknowledgedIsSyncedAndWhatOnlyCallsLanesGoesToDiskWithIt(@TempDir Path other) {
        try (HikariDataSource synced = Database.open("jdbc:sqlite:" + other.resolve("store.db"), null, null)) {
            DataSource lanes = Database.forLanes(synced);
            for (int turn = 0; turn < 2; turn++) {
                assertThat(synchronous(synced)).as("FULL").isEqualTo(2);
                assertThat(synchronous(lanes)).as("NORMAL").isEqualTo(1);
            }
            assertThat(JdbcClient.create(synced).sql("pragma journal_mode").query(String.class).single()).isEqualTo("wal");

            synced.getHikariPoolMXBean().softEvictConnections();
            assertThat(synchronous(lanes)).as("a new connection").isEqualTo(1);
            assertThat(synchronous(synced)).isEqualTo(2);
        }
    }

    private static int synchronous(DataSource source) {
        return JdbcClient.create(source).sql("pragma synchronous").query(Integer.class).single();
    }
}
