package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.store.Heal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors never pass a change that is not stored: pages, equal times, clocks that differ, answers that are lost, tokens that expire. */
class CursorTest {

    private static final Map<String, String> UNPOLLED = Map.of("cosell.crm-changes.schedule", Stage.NEVER);

    @TempDir
    Path folder;
    private Stage stage;

    @AfterEach
    void close() {
        stage.close();
    }

    private void open(int pageSize, Map<String, String> settings) {
        stage = Stage.open(folder, PartnerCenterOptions.defaults().withPageSize(pageSize), DataverseOptions.defaults(), settings);
    }

    private static boolean isList(Request request) {
        return request.method().equals("GET") && request.path().endsWith("/referrals");
    }

    @Test
    void aReferralThatSlidesOverTheEdgeOfAPageIsNotLost() {
        open(3, UNPOLLED);
        stage.heal("changed");
        stage.partnerCenter.dropWebhooks(true);
        String open = stage.deal("Edited while the list is read", changes -> { });
        List<String> deals = IntStream.range(0, 6).mapToObj(i -> stage.deal("Deal " + i, changes -> { })).toList();
        AtomicInteger pages = new AtomicInteger();
        // Between the first page and the second a referral of the first moves to the end of the list, and all others move up by one.
        stage.partnerCenter.fail(new Fault(request -> {
            if (isList(request) && pages.incrementAndGet() == 2) {
                stage.partnerCenter.partnerEdits(open, Map.of("/details/notes", "Moved"));
            }
            return false;
        }, Fault.When.INSTEAD, null));

        Heal round = stage.heal("changed");

        assertThat(pages.get()).isGreaterThan(2);
        assertThat(round.referrals()).isEqualTo(7);
        assertThat(deals).allMatch(stage::isLinked);
        assertThat(stage.opportunityOf(open).get("description")).as(() -> stage.link(open) + "\n" + stage.journal(open) + "\n"
            + stage.partnerCenter.referral(open) + "\n" + stage.partnerCenter.calls()).isEqualTo("Moved");
    }

    @Test
    void equalTimesOverTheEdgesOfPagesLoseNothing() {
        open(3, UNPOLLED);
        stage.heal("changed");
        stage.partnerCenter.dropWebhooks(true);
        stage.sandboxes.clock().stop();
        List<String> sameTime = dealsOfOneTime(5);
        stage.sandboxes.clock().resume();
        List<String> later = List.of(stage.deal("Later one", changes -> { }), stage.deal("Later two", changes -> { }));

        Heal round = stage.heal("changed");

        assertThat(round.referrals()).isEqualTo(7);
        assertThat(sameTime).allMatch(stage::isLinked);
        assertThat(later).allMatch(stage::isLinked);
        assertThat(stage.heal("changed").recovered()).as("listed again because of the overlap, and known").isZero();
    }

    private List<String> dealsOfOneTime(int number) {
        List<String> deals = IntStream.range(0, number).mapToObj(i -> stage.deal("Same time " + i, changes -> { })).toList();
        assertThat(deals.stream().map(deal -> stage.partnerCenter.referral(deal).get("updatedDateTime")).distinct()).hasSize(1);
        return deals;
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT30M", "-PT30M"})
    void clocksThatDifferLoseNothing(String ahead) {
        open(100, UNPOLLED);
        stage.stopConnector();
        // Half an hour is more than the overlap.
        stage.startConnector(Clock.offset(stage.sandboxes.clock(), Duration.parse(ahead)));
        String referral = stage.receivedDeal("Skewed");
        stage.heal("changed");
        stage.heal("changed");
        stage.partnerCenter.dropWebhooks(true);
        stage.sandboxes.clock().move(Duration.ofMinutes(15));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Stamped by another clock"));
        stage.crm.update("opportunity", stage.link(referral).recordId(), Map.of("estimatedclosedate", "2031-01-01"));

        Heal round = stage.heal("changed");

        assertThat(stage.opportunityOf(referral)).containsEntry("description", "Stamped by another clock");
        assertThat((String) stage.at(stage.partnerCenter.referral(referral), "details", "closingDateTime")).startsWith("2031-01-01");
        assertThat(round.recovered()).isEqualTo(1);
        assertThat(round.allInStep()).as(round.statement()).isTrue();
    }

    @Test
    void anAnswerThatIsLostBetweenReadingAndStoringMovesNoCursor() {
        open(100, Map.of());
        String id = stage.sharedOpportunity("Lost answer", values -> { });
        Seller seller = new Seller(stage);
        seller.noticed();
        AtomicInteger lost = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            stage.crm.fail(new Fault(request -> request.path().endsWith("/opportunities")
                && request.query().containsKey("$deltatoken") && lost.incrementAndGet() > 0, Fault.When.AFTER, null));
        }
        seller.changes(id, "estimatedvalue", 717);

        stage.eventually(() -> seller.dealValue(id) == 717);
        assertThat(lost.get()).as("answers lost").isGreaterThanOrEqualTo(2);
    }

    @Test
    void aTokenThatIsTooOldLeadsToOneFullReading() {
        open(100, Map.of());
        Seller seller = new Seller(stage);
        String id = stage.sharedOpportunity("Old deal", values -> { });
        seller.noticed();
        stage.stopConnector();
        seller.changes(id, "estimatedvalue", 808);
        long full = fullReadings();
        stage.sandboxes.clock().move(Duration.ofDays(8));
        stage.startConnector();

        stage.eventually(() -> seller.dealValue(id) == 808);
        seller.noticed();

        assertThat(fullReadings()).as("full readings of opportunities").isEqualTo(full + 1);
        assertThat(stage.store().journal()).filteredOn(entry -> String.valueOf(entry.get("reason")).contains("everything is read once more")
            && String.valueOf(entry.get("reason")).contains("in opportunity")).hasSize(1);
    }

    private long fullReadings() {
        return stage.crm.count(call -> call.method().equals("GET") && call.path().endsWith("/opportunities") && call.status() == 200);
    }

    @Test
    void whatWasDeletedWhileATokenExpiredIsFoundAndNothingElseIsRead() {
        open(100, Map.of());
        String gone = stage.sharedOpportunity("Deleted meanwhile", values -> { });
        String fewer = stage.sharedOpportunity("Fewer solutions", values -> { });
        stage.solution(fewer, "SOL-EXTRA");
        String untouched = stage.sharedOpportunity("Untouched", values -> { });
        Seller seller = new Seller(stage);
        stage.eventually(() -> seller.solutions(fewer).contains("SOL-EXTRA"));
        // What is within the overlap of the last good token is looked at again.
        stage.sandboxes.clock().move(Duration.ofMinutes(20));
        seller.noticed();
        stage.stopConnector();
        // Events of long ago are forgotten, so that nothing but the marks can tell what is known.
        stage.sandboxes.clock().move(Duration.ofDays(40));
        stage.seller.deletes(gone);
        stage.seller.removesSolution(fewer, "SOL-EXTRA");
        long reads = stage.readsOf(untouched);
        stage.startConnector();
        stage.heal("changed");

        stage.eventually(() -> stage.link(gone).state().equals("ended"));
        stage.eventually(() -> seller.solutions(fewer).equals(List.of("SOL-34104-EBB")));
        seller.noticed();
        assertThat(stage.readsOf(untouched)).as("reads of a deal that nobody touched").isEqualTo(reads);
        assertThat(stage.link(gone).reason()).contains("The record was deleted in the CRM");
        assertThat(stage.store().journal()).filteredOn(entry -> String.valueOf(entry.get("reason")).contains("everything is read once more")).hasSize(3);
    }
}
