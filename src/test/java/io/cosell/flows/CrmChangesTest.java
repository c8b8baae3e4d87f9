package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRM Opportunity to Partner Center: what change tracking notices, and what it leaves alone. */
class CrmChangesTest {

    @TempDir
    Path folder;
    private Stage stage;
    private Seller seller;

    @BeforeEach
    void open() {
        stage = Stage.open(folder, Map.of());
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
        seller.changes(quiet, "description", "Still at home");
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
        stage.eventually(() -> ((Number) stage.opportunityRow(id).get("estimatedvalue")).doubleValue() == 4321);
        seller.noticed();

        assertThat(stage.readsOf(id)).as("the write comes back through change tracking and is known by its version tag").isEqualTo(reads);
        assertThat(stage.partnerCenter.count(call -> call.method().equals("GET") && call.path().contains("/referrals/")))
            .as("one read for the one event").isEqualTo(referralReads + 1);
    }

    @Test
    void nothingIsWrittenWhenNobodyEdits() {
        String id = stage.sharedOpportunity("Deal at rest", values -> values.put(Seller.HELP, Seller.WORKLOAD));
        seller.noticed();
        long toCrm = seller.writesToCrm();
        long toPartnerCenter = seller.writesToPartnerCenter();

        seller.changes(id, "actualvalue", 1);
        seller.noticed();

        assertThat(seller.writesToCrm()).isEqualTo(toCrm);
        assertThat(seller.writesToPartnerCenter()).isEqualTo(toPartnerCenter);
    }

    @Test
    void aCursorThatIsTooOldLeadsToOneFullReading() {
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
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(stage.store().links()).hasSize(1);
        assertThat(stage.crm.rows("opportunity")).hasSize(1);
    }

    private long fullReadings() {
        return stage.crm.count(call -> call.method().equals("GET") && call.path().endsWith("/opportunities") && call.status() == 200);
    }

    @Test
    void aDeletedRecordEndsTheLinkAndNothingIsMadeAnew() {
        String id = stage.sharedOpportunity("Deleted deal", values -> { });
        String referral = stage.link(id).referralId();
        for (Map<String, Object> row : stage.crm.rows("msft_microsoftsolution")) {
            stage.crm.delete("msft_microsoftsolution", (String) row.get("msft_microsoftsolutionid"));
        }
        stage.crm.delete("opportunity", id);

        stage.eventually(() -> stage.link(id).state().equals("ended"));
        assertThat(stage.link(id).reason()).contains("The record was deleted in the CRM");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 17));
        seller.noticed();

        assertThat(stage.link(id).state()).isEqualTo("ended");
        assertThat(stage.crm.rows("opportunity")).isEmpty();
        assertThat(stage.partnerCenter.referrals()).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("status", "Active");
    }

    @Test
    void aPollThatFailsIsMadeUpFor() {
        String id = stage.sharedOpportunity("Polled deal", values -> { });
        stage.crm.fail(Seller.unavailable("GET", "/opportunities"));
        stage.crm.fail(Seller.unavailable("GET", "/opportunities"));
        seller.changes(id, "estimatedvalue", 313);

        stage.eventually(() -> seller.dealValue(id) == 313);
    }
}
