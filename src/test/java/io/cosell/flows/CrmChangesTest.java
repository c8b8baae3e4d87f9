package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** CRM Opportunity to Partner Center: what polling notices, and what it leaves alone. */
@ForEveryCrm
class CrmChangesTest {

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;
    private Stage stage;
    private Seller seller;

    @BeforeEach
    void open() {
        stage = Stage.open(crm, folder, Map.of());
        seller = new Seller(stage);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void onlySharedOpportunitiesAreNoticed() {
        String quiet = stage.opportunity("Kept at home", values -> { });
        stage.solution(quiet, "SOL-34104-EBB");
        seller.noticed();
        seller.changes(quiet, DealField.NOTES, "Still at home");
        seller.noticed();

        assertThat(stage.store().find(quiet)).isEmpty();
        assertThat(stage.readsOf(quiet)).isZero();
        assertThat(stage.partnerCenter.referrals()).isEmpty();

        stage.share(quiet);
        stage.eventually(() -> stage.isLinked(quiet));
    }

    @Test
    void ownWritesAreNoChange() {
        String id = stage.sharedOpportunity("Echoing deal", values -> { });
        seller.noticed();
        long reads = stage.readsOf(id);
        long referralReads = stage.partnerCenter.count(call -> call.method().equals("GET") && call.path().contains("/referrals/"));

        stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/dealValue", 4321));
        stage.eventually(() -> ((Number) stage.record(id).get(DealField.VALUE)).doubleValue() == 4321);
        seller.noticed();

        assertThat(stage.readsOf(id)).as("the write comes back with the polls and is known by its version tag").isEqualTo(reads);
        assertThat(stage.partnerCenter.count(call -> call.method().equals("GET") && call.path().contains("/referrals/")))
            .as("one read for the one event").isEqualTo(referralReads + 1);
    }

    @Test
    void nothingIsWrittenWhenNobodyEdits() {
        String id = stage.sharedOpportunity("Deal at rest", values -> values.put(Seller.HELP, Seller.WORKLOAD));
        seller.noticed();
        long toCrm = seller.writesToCrm();
        long toPartnerCenter = seller.writesToPartnerCenter();

        stage.seller.touches(id);
        seller.noticed();

        assertThat(seller.writesToCrm()).isEqualTo(toCrm);
        assertThat(seller.writesToPartnerCenter()).isEqualTo(toPartnerCenter);
    }

    @Test
    void whatChangedWhileTheConnectorWasDownForLongIsFound() {
        String id = stage.sharedOpportunity("Old deal", values -> { });
        seller.noticed();
        stage.stopConnector();
        seller.changes(id, DealField.VALUE, 808);
        stage.sandboxes.clock().move(Duration.ofDays(8));
        stage.startConnector();

        stage.eventually(() -> seller.dealValue(id) == 808);
        seller.noticed();

        assertThat(seller.referralsOf(id)).hasSize(1);
        // A poll may see the record before its link says so, and make a link that ends at once.
        assertThat(stage.links()).filteredOn(link -> !link.state().equals("ended")).hasSize(1);
        assertThat(stage.seller.records()).hasSize(1);
    }

    @Test
    void aDeletedRecordEndsTheLinkAndNothingIsMadeAnew() {
        String id = stage.sharedOpportunity("Deleted deal", values -> { });
        String referral = stage.link(id).referralId();
        stage.seller.deletes(id);

        stage.eventually(() -> stage.link(id).state().equals("ended"));
        assertThat(stage.link(id).reason()).contains("The record was deleted in the CRM");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 17));
        seller.noticed();

        assertThat(stage.link(id).state()).isEqualTo("ended");
        assertThat(stage.seller.records()).isEmpty();
        assertThat(stage.partnerCenter.referrals()).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("status", "Active");
    }

    @Test
    void aPollThatFailsIsMadeUpFor() {
        String id = stage.sharedOpportunity("Polled deal", values -> { });
        for (int i = 0; i < 2; i++) {
            stage.system.fail(new Fault(stage.asksForOpportunities(), Fault.When.INSTEAD, stage.system.refusal(Trouble.UNAVAILABLE, null, 1)));
        }
        seller.changes(id, DealField.VALUE, 313);

        stage.eventually(() -> seller.dealValue(id) == 313);
    }
}
