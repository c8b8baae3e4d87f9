package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.store.Heal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Auto-heal of synchronization details: what events and polls missed is found and repaired, and said so. */
@ForEveryCrm
class AutoHealTest {

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;
    private Stage stage;

    @BeforeEach
    void open() {
        // The CRM is never polled here, so that only auto-heal can notice its changes.
        stage = Stage.open(crm, folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Heal heal() {
        return heal("changed");
    }

    private Heal heal(String what) {
        return stage.heal(what);
    }

    private long reads() {
        return stage.partnerCenter.count(call -> call.method().equals("GET") && call.path().contains("/referrals/"))
            + stage.links().stream().mapToLong(link -> stage.readsOf(link.recordId())).sum();
    }

    private List<String> healed() {
        return stage.store().journal().stream().filter(entry -> "healed".equals(entry.get("kind")))
            .map(entry -> (String) entry.get("reason")).toList();
    }

    @Test
    void whatEventsMissedIsRepairedAndCounted() {
        String changed = stage.receivedDeal("Changed unheard");
        String untouched = stage.receivedDeal("Untouched");
        heal();
        int before = healed().size();
        stage.partnerCenter.dropWebhooks(true);
        stage.partnerCenter.partnerEdits(changed, Map.of("/details/notes", "Nobody was told"));
        String made = stage.deal("Made unheard", changes -> { });
        stage.seller.edits(stage.link(untouched).recordId(), DealField.CLOSING, "2029-05-05");

        Heal round = heal();

        assertThat(stage.record(changed).values()).containsEntry(DealField.NOTES, "Nobody was told");
        assertThat(stage.isLinked(made)).isTrue();
        assertThat((String) stage.at(stage.partnerCenter.referral(untouched), "details", "closingDateTime")).startsWith("2029-05-05");
        assertThat(round.recovered()).isEqualTo(3);
        assertThat(round.linked()).isEqualTo(3);
        assertThat(round.allInStep()).as(round.statement()).isTrue();
        assertThat(round.statement()).contains("3 linked deals, all equal under mapping version " + round.mappingVersion() + "; "
            + "3 deals with changes recovered that events had missed.");
        assertThat(healed()).hasSize(before + 1).last().isEqualTo(round.statement());
    }

    @Test
    void aRoundWithNothingToDoWritesNothingAndSaysNothing() {
        stage.receivedDeal("All in step");
        stage.receivedOffer("All in step too");
        List<Long> writes = stage.writes();

        heal();
        Heal round = heal();

        assertThat(stage.writes()).isEqualTo(writes);
        assertThat(healed()).isEmpty();
        assertThat(round.statement()).contains("2 linked deals, all equal under mapping version ", "; 0 deals with changes recovered",
            "all were never compared at once");
        assertThat(stage.store().lastHeal()).contains(round);
    }

    @Test
    void aRoundThatCouldNotFinishStartsFromTheSameMark() {
        String referral = stage.receivedDeal("Healed at the second try");
        heal();
        String mark = stage.store().cursor("auto-heal partner-center");
        stage.partnerCenter.dropWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Found at the second try"));
        stage.partnerCenter.fail(Fault.instead("GET", "/referrals", Reply.empty(503)));

        heal();
        assertThat(stage.store().cursor("auto-heal partner-center")).isEqualTo(mark);
        assertThat(stage.record(referral).get(DealField.NOTES)).isNotEqualTo("Found at the second try");

        heal();
        assertThat(stage.record(referral).values()).containsEntry(DealField.NOTES, "Found at the second try");
        assertThat(stage.store().cursor("auto-heal partner-center")).isGreaterThan(mark);
    }

    @Test
    void changesThatAnEventHadToldOfAreNotCountedAsRecovered() {
        String referral = stage.receivedDeal("Told by an event");
        heal();
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Told"));
        stage.settled();

        Heal round = heal();

        assertThat(round.recovered()).isZero();
        assertThat(round.referrals()).as("listed, and known by its version").isEqualTo(1);
    }

    @Test
    void dealsThatAreNotInStepAreNamedWithTheReason() {
        String fine = stage.receivedDeal("Fine");
        String rests = stage.receivedDeal("Emptied");
        stage.seller.edits(stage.link(rests).recordId(), DealField.VALUE, 0);

        Heal round = heal();

        assertThat(round.linked()).isEqualTo(2);
        assertThat(round.inStep()).isEqualTo(1);
        assertThat(round.statement()).contains("2 linked deals, all equal under mapping version ", ", except these 1: referral "
            + rests + " (" + stage.link(rests).reason().replaceFirst("\\.$", "") + ")").doesNotContain(fine);
    }

    @Test
    void aFullComparisonListsAllDealsInPagesAndReadsNoneThatIsInStep() {
        for (int i = 0; i < 5; i++) {
            stage.receivedDeal("Deal " + i);
        }
        heal();
        long reads = reads();
        stage.sandboxes.clock().move(Duration.ofDays(3));

        Heal all = heal("all");

        assertThat(all.complete()).isTrue();
        assertThat(all.referrals()).isEqualTo(5);
        assertThat(all.records()).isEqualTo(5);
        assertThat(reads()).isEqualTo(reads);
        assertThat(all.statement()).contains("5 linked deals, all equal", "Compared: all, by the version tags of 5 referrals and 5 records; "
            + "0 of the deals were read.");
        assertThat(heal().statement()).contains("all were last compared at " + all.at());
    }

    @Test
    void aFullComparisonFindsWhatNoListOfChangesShows() {
        String changed = stage.receivedDeal("Changed long ago");
        String deleted = stage.receivedDeal("Deleted unseen");
        stage.partnerCenter.dropWebhooks(true);
        stage.partnerCenter.partnerEdits(changed, Map.of("/details/notes", "Changed before the mark"));
        stage.seller.deletes(stage.link(deleted).recordId());
        // As if a clock had jumped and come back: the marks stand behind the change.
        stage.sandboxes.clock().move(Duration.ofDays(1));
        stage.store().moveCursors("auto-heal partner-center", stage.store().now(), "auto-heal crm", stage.store().now());
        assertThat(heal().recovered()).isZero();
        assertThat(stage.record(changed).get(DealField.NOTES)).isNotEqualTo("Changed before the mark");

        Heal all = heal("all");

        assertThat(stage.record(changed).values()).containsEntry(DealField.NOTES, "Changed before the mark");
        assertThat(stage.link(deleted).state()).isEqualTo("ended");
        assertThat(all.linked()).isEqualTo(1);
        assertThat(all.allInStep()).isTrue();
        assertThat(all.statement()).contains("Beside them, 1 deal without a counterpart: referral " + deleted + " (The record was deleted");
    }

    @Test
    void aFullComparisonTakesUpNoOldDeals() {
        stage.partnerCenter.dropWebhooks(true);
        stage.deal("From before the connector", changes -> { });
        stage.sandboxes.clock().move(Duration.ofDays(30));
        stage.store().moveCursors("auto-heal partner-center", stage.store().now(), "auto-heal crm", stage.store().now());
        stage.deal("Of today", changes -> { });
        heal();
        assertThat(stage.links()).hasSize(1);

        heal("all");

        assertThat(stage.links()).hasSize(1);
    }

    @Test
    void underAnotherMappingEveryDealIsReadOnceMoreBeforeItCountsAsEqual() {
        stage.receivedDeal("Compared under two mappings");
        Heal before = heal("all");
        stage.stopConnector();
        stage.settings.putAll(crm == Crm.DYNAMICS_365 ? Map.of("cosell.customer-country-field", "address2_country")
            : Map.of("cosell.salesforce.lost-stage-name", "Lost"));
        stage.startConnector();

        Heal changed = heal();
        assertThat(changed.mappingVersion()).isNotEqualTo(before.mappingVersion());
        assertThat(changed.statement()).contains("1 linked deal, 0 equal under mapping version " + changed.mappingVersion()
            + ", 1 equal under an earlier one and not compared since");
        assertThat(changed.allInStep()).isFalse();

        Heal all = heal("all");
        assertThat(all.statement()).contains("1 linked deal, all equal under mapping version " + changed.mappingVersion(), "1 of the deals were read");
        assertThat(all.allInStep()).isTrue();
    }
}
