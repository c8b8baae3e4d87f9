package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;

/** Records that can't be shared: each ends with a reason, and no other deal waits for it. */
@ForEveryCrm
@SharedStage
class BadRecordTest {

    private final Stage stage;
    private final Seller seller;

    BadRecordTest(Crm crm, Stage stage) {
        this.stage = stage;
        seller = new Seller(stage);
    }

    @TestInTurn
    void aRecordWithoutAccountIsToldSo() {
        String id = stage.opportunity("Nobody's deal", values -> values.remove(DealField.ACCOUNT));
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer name is missing. Choose the customer's account") == 1);
        assertThat(seller.told(id, "Sync failed")).isEqualTo(1);
        assertThat(seller.referralsOf(id)).isEmpty();
    }

    @TestInTurn
    void aDealClosedBeforeItIsSharedIsLeftOut() {
        String id = stage.opportunity("Late deal", values -> values.put(DealField.SYNC, true));
        String quick = stage.opportunity("Closed before it was shared", values -> { });
        stage.solution(quick, "SOL-34104-EBB");
        stage.stopConnector();
        try {
            stage.share(quick);
            stage.seller.wins(quick);
        } finally {
            stage.startConnector();
        }

        stage.eventually(() -> stage.link(quick).state().equals("skipped"));
        assertThat(stage.link(quick).reason()).isEqualTo("The record was closed before it was shared.");
        assertThat(seller.journal(quick, "skipped")).hasSize(1);
        assertThat(seller.referralsOf(quick)).isEmpty();
        stage.eventually(() -> stage.link(id).state().equals("resting"));
    }

    @TestInTurn
    void aLaneThatWaitsHoldsNoOtherUp() {
        String slow = stage.sharedOpportunity("Slow deal", values -> { });
        String fast = stage.sharedOpportunity("Fast deal", values -> { });
        for (int i = 0; i < 3; i++) {
            stage.partnerCenter.fail(Seller.unavailable("PATCH", stage.link(slow).referralId()));
        }
        seller.changes(slow, DealField.VALUE, 11);
        stage.eventually(() -> stage.link(slow).failures() > 0);

        seller.changes(fast, DealField.VALUE, 22);

        stage.eventually(() -> seller.dealValue(fast) == 22);
        stage.eventually(() -> seller.dealValue(slow) == 11);
        assertThat(seller.told(slow, "Sync failed")).as("a passing failure is no news for the seller").isZero();
    }
}
