package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.util.Map;

/** CRM to Partner Center: what a seller changes in a shared opportunity. */
@ForEveryCrm
@SharedStage
class CrmToPartnerCenterOutTest {

    private final Stage stage;
    private final Seller seller;

    CrmToPartnerCenterOutTest(Crm crm, Stage stage) {
        this.stage = stage;
        seller = new Seller(stage);
    }

    // ---- each field that travels

    @TestInTurn
    void changedFieldsTravelTogetherInOneCall() {
        String id = stage.sharedOpportunity("Edited deal", values -> { });
        long patches = stage.partnerCenter.count(call -> call.method().equals("PATCH"));

        seller.changes(id, Map.of(DealField.VALUE, 61234.5, DealField.CLOSING, "2027-06-30", DealField.NOTES, "New notes",
            DealField.CURRENCY, "EUR"));

        stage.eventually(() -> seller.dealValue(id) == 61234.5);
        seller.noticed();
        assertThat(seller.inReferral(id, "details", "currency")).isEqualTo("EUR");
        assertThat(seller.inReferral(id, "details", "closingDateTime").toString()).startsWith("2027-06-30");
        assertThat(seller.inReferral(id, "details", "notes")).isEqualTo("New notes");
        assertThat(stage.partnerCenter.count(call -> call.method().equals("PATCH"))).isEqualTo(patches + 1);
        assertThat(seller.audit(id)).contains("Deal value").contains("Notes").contains("Estimated closing date");
    }

    @TestInTurn
    void clearedNotesAreClearedThereToo() {
        String id = stage.sharedOpportunity("Silent deal", values -> { });

        seller.changes(id, DealField.NOTES, null);

        stage.eventually(() -> seller.inReferral(id, "details", "notes") == null);
    }

    @TestInTurn
    void aClearedDealValueStaysInPartnerCenterWithAReason() {
        String id = stage.sharedOpportunity("Cleared deal", values -> { });

        seller.changes(id, Map.of(DealField.VALUE, 0, DealField.NOTES, "Cleared"));

        stage.eventually(() -> "Cleared".equals(seller.inReferral(id, "details", "notes")));
        stage.eventually(() -> seller.told(id, "Deal value may not be empty or 0 in Partner Center") == 1);
        assertThat(seller.dealValue(id)).isEqualTo(50000);
        assertThat(seller.name(id)).isEqualTo("✖ Cleared deal");

        seller.changes(id, DealField.VALUE, 900);

        stage.eventually(() -> seller.dealValue(id) == 900 && seller.name(id).equals("✔ Cleared deal"));
    }

    @TestInTurn
    void theNameTravelsWithoutItsMark() {
        String id = stage.sharedOpportunity("Old name", values -> { });

        seller.changes(id, DealField.NAME, "New name");

        stage.eventually(() -> "New name".equals(seller.inReferral(id, "name")) && seller.name(id).equals("✔ New name"));
        seller.changes(id, DealField.NAME, "✔ Newer name");

        stage.eventually(() -> "Newer name".equals(seller.inReferral(id, "name")));
        seller.noticed();
        assertThat(seller.name(id)).isEqualTo("✔ Newer name");
    }

    // ---- help and visibility

    @TestInTurn
    void helpAskedLaterInvitesMicrosoft() {
        String id = stage.sharedOpportunity("Later co-sell deal", values -> { });
        assertThat(seller.invitationsOf(id)).isEmpty();

        seller.changes(id, Map.of(DealField.HELP, Seller.WORKLOAD, DealField.NOTES, "Please help"));

        stage.eventually(() -> seller.invitationsOf(id).size() == 1);
        stage.eventually(() -> "Please help".equals(seller.inReferral(id, "details", "notes")));
        seller.noticed();
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(stage.link(id).reason()).isNull();
        assertThat(seller.audit(id)).contains("How can Microsoft help?");
    }

    @TestInTurn
    void helpAskedLaterWithoutContactWaitsWhileTheRestTravels() {
        String id = stage.sharedOpportunity("Deal of strangers", values -> values.remove(DealField.CONTACT));

        seller.changes(id, Map.of(DealField.HELP, Seller.WORKLOAD, DealField.NOTES, "Please help"));

        stage.eventually(() -> seller.told(id, "Customer contact is missing although help is asked") == 1);
        stage.eventually(() -> "Please help".equals(seller.inReferral(id, "details", "notes")));
        stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/dealValue", 123));
        stage.eventually(() -> ((Number) stage.record(id).get(DealField.VALUE)).doubleValue() == 123);
        assertThat(seller.invitationsOf(id)).isEmpty();

        seller.changes(id, DealField.CONTACT, stage.contact(stage.record(id).text(DealField.ACCOUNT)));

        stage.eventually(() -> seller.invitationsOf(id).size() == 1 && seller.name(id).equals("✔ Deal of strangers"));
        assertThat(seller.told(id, "Customer contact is missing")).isEqualTo(1);
    }

    @TestInTurn
    void helpOnceAskedIsPutBack() {
        String id = stage.sharedOpportunity("Steadfast deal", values -> values.put(DealField.HELP, Seller.WORKLOAD));

        seller.changes(id, DealField.HELP, Seller.GENERAL);

        stage.eventually(() -> seller.told(id, "How can Microsoft help? cannot be undone") == 1);
        stage.eventually(() -> Seller.WORKLOAD.equals(seller.sees(id, DealField.HELP)));
        seller.noticed();
        seller.changes(id, DealField.HELP, null);

        stage.eventually(() -> Seller.WORKLOAD.equals(seller.sees(id, DealField.HELP)));
        seller.noticed();
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(seller.journal(id, "refused")).hasSize(2);
    }

    @TestInTurn
    void visibilityIsPutBackToo() {
        String id = stage.sharedOpportunity("Seen deal", values -> { });
        seller.changes(id, DealField.VISIBLE, true);
        stage.eventually(() -> Boolean.TRUE.equals(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")));
        seller.noticed();

        seller.changes(id, DealField.VISIBLE, false);

        stage.eventually(() -> seller.told(id, "Visible to Microsoft sellers cannot be undone") == 1);
        stage.eventually(() -> Boolean.TRUE.equals(seller.sees(id, DealField.VISIBLE)));
        assertThat(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(true);
    }

    // ---- closing

    @TestInTurn
    void wonIsWon() {
        String id = stage.sharedOpportunity("Won deal", values -> { });

        stage.seller.wins(id);

        stage.eventually(() -> "Won".equals(seller.referral(id).get("substatus")));
        assertThat(seller.referral(id)).containsEntry("status", "Closed");
        stage.settled();
        assertThat(stage.link(id).reason()).isNull();
    }

    @TestInTurn
    void lostIsLostWithItsReasonIfTheCrmHasOne() {
        String reason = stage.seller.lossReasons().stream().reduce((first, last) -> last).orElse(null);
        String id = stage.sharedOpportunity("Lost deal", values -> { });

        stage.seller.loses(id, reason);

        stage.eventually(() -> "Lost".equals(seller.referral(id).get("substatus")));
        assertThat(seller.referral(id)).containsEntry("status", "Closed");
        assertThat(seller.referral(id).get("statusReason")).isEqualTo(reason);
    }

    @TestInTurn
    void aDealClosedInPartnerCenterTakesNoEdit() {
        String id = stage.sharedOpportunity("Closed deal", values -> { });
        stage.partnerCenter.partnerCloses(stage.link(id).referralId(), "Lost", "No budget");
        stage.eventually(() -> stage.record(id).status().equals("Closed/Lost"));
        seller.noticed();
        long writes = seller.writesToPartnerCenter();

        stage.seller.reopens(id);
        seller.changes(id, DealField.NOTES, "Once more");

        stage.eventually(() -> seller.told(id, "closed in Partner Center") + seller.told(id, "cannot be reopened") > 0);
        seller.noticed();
        assertThat(seller.referral(id)).containsEntry("substatus", "Lost");
        assertThat(seller.writesToPartnerCenter()).as("tries").isEqualTo(writes);
        assertThat(seller.name(id)).isEqualTo("✖ Closed deal");
        assertThat(stage.record(id).values()).containsEntry(DealField.NOTES, "Once more");
    }

    // ---- what stands in the way

    @TestInTurn
    void anEditInBetweenIsReadAndPlannedAgain() {
        String id = stage.sharedOpportunity("Contended deal", values -> { });
        String referral = stage.link(id).referralId();
        stage.partnerCenter.holdWebhooks(true);
        try {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "From the portal"));
            seller.changes(id, DealField.VALUE, 4711);

            stage.eventually(() -> seller.dealValue(id) == 4711);
            stage.eventually(() -> "From the portal".equals(stage.record(id).get(DealField.NOTES)));
            assertThat(stage.partnerCenter.count(call -> call.path().contains(referral) && call.status() == 412)).isEqualTo(1);
            assertThat(seller.inReferral(id, "details", "notes")).isEqualTo("From the portal");
        } finally {
            stage.partnerCenter.holdWebhooks(false);
        }
        seller.noticed();
        assertThat(stage.link(id).reason()).isNull();
    }

    @TestInTurn
    void aBusyPartnerCenterIsWaitedFor() {
        String id = stage.sharedOpportunity("Throttled deal", values -> { });
        stage.partnerCenter.fail(Fault.instead("PATCH", stage.link(id).referralId(),
            Reply.json(429, Map.of("error", Map.of("code", "TooManyRequests"))).with("Retry-After", "3")));
        long started = System.nanoTime();

        seller.changes(id, DealField.VALUE, 4290);

        stage.eventually(() -> stage.link(id).failures() == 1);
        stage.eventually(() -> seller.dealValue(id) == 4290);
        assertThat(System.nanoTime() - started).as("the first pause is 1 s, the asked one 3 s").isGreaterThan(3_000_000_000L);
        stage.settled();
        assertThat(stage.link(id).failures()).isZero();
        assertThat(stage.link(id).reason()).isNull();
        assertThat(seller.name(id)).isEqualTo("✔ Throttled deal");
    }
}
