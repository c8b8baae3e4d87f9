package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRM to Partner Center: what a seller changes in a shared opportunity. */
class CrmToPartnerCenterOutTest {

    @TempDir
    static Path folder;
    static Stage stage;
    static Seller seller;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, Map.of());
        seller = new Seller(stage);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    // ---- each field that travels

    @Test
    void changedFieldsTravelTogetherInOneCall() {
        String id = stage.sharedOpportunity("Edited deal", columns -> { });
        long patches = stage.partnerCenter.count(call -> call.method().equals("PATCH"));

        stage.crm.update("opportunity", id, Map.of("estimatedvalue", 61234.5, "estimatedclosedate", "2027-06-30",
            "description", "New notes", "transactioncurrencyid@odata.bind", "/transactioncurrencies(" + stage.currency("EUR") + ")"));

        stage.eventually(() -> seller.dealValue(id) == 61234.5);
        seller.noticed();
        assertThat(seller.inReferral(id, "details", "currency")).isEqualTo("EUR");
        assertThat(seller.inReferral(id, "details", "closingDateTime").toString()).startsWith("2027-06-30");
        assertThat(seller.inReferral(id, "details", "notes")).isEqualTo("New notes");
        assertThat(stage.partnerCenter.count(call -> call.method().equals("PATCH"))).isEqualTo(patches + 1);
        assertThat(seller.audit(id)).contains("Deal value").contains("Notes").contains("Estimated closing date");
    }

    @Test
    void clearedNotesAreClearedThereToo() {
        String id = stage.sharedOpportunity("Silent deal", columns -> { });

        seller.changes(id, "description", null);

        stage.eventually(() -> seller.inReferral(id, "details", "notes") == null);
    }

    @Test
    void aClearedDealValueStaysInPartnerCenterWithAReason() {
        String id = stage.sharedOpportunity("Cleared deal", columns -> { });

        stage.crm.update("opportunity", id, Map.of("estimatedvalue", 0, "description", "Cleared"));

        stage.eventually(() -> "Cleared".equals(seller.inReferral(id, "details", "notes")));
        stage.eventually(() -> seller.told(id, "Deal value may not be empty or 0 in Partner Center") == 1);
        assertThat(seller.dealValue(id)).isEqualTo(50000);
        assertThat(seller.name(id)).isEqualTo("✖ Cleared deal");

        seller.changes(id, "estimatedvalue", 900);

        stage.eventually(() -> seller.dealValue(id) == 900 && seller.name(id).equals("✔ Cleared deal"));
    }

    @Test
    void theNameTravelsWithoutItsMark() {
        String id = stage.sharedOpportunity("Old name", columns -> { });

        seller.changes(id, "name", "New name");

        stage.eventually(() -> "New name".equals(seller.inReferral(id, "name")) && seller.name(id).equals("✔ New name"));
        seller.changes(id, "name", "✔ Newer name");

        stage.eventually(() -> "Newer name".equals(seller.inReferral(id, "name")));
        seller.noticed();
        assertThat(seller.name(id)).isEqualTo("✔ Newer name");
    }

    // ---- help and visibility

    @Test
    void helpAskedLaterInvitesMicrosoft() {
        String id = stage.sharedOpportunity("Later co-sell deal", columns -> { });
        assertThat(seller.invitationsOf(id)).isEmpty();

        stage.crm.update("opportunity", id, Map.of(Seller.HELP, Seller.WORKLOAD, "description", "Please help"));

        stage.eventually(() -> seller.invitationsOf(id).size() == 1);
        stage.eventually(() -> "Please help".equals(seller.inReferral(id, "details", "notes")));
        seller.noticed();
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(stage.link(id).reason()).isNull();
        assertThat(seller.audit(id)).contains("How can Microsoft help?");
    }

    @Test
    void helpAskedLaterWithoutContactWaitsWhileTheRestTravels() {
        String id = stage.sharedOpportunity("Deal of strangers", columns -> columns.remove("parentcontactid@odata.bind"));

        stage.crm.update("opportunity", id, Map.of(Seller.HELP, Seller.WORKLOAD, "description", "Please help"));

        stage.eventually(() -> seller.told(id, "Customer contact is missing although help is asked") == 1);
        stage.eventually(() -> "Please help".equals(seller.inReferral(id, "details", "notes")));
        stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/dealValue", 123));
        stage.eventually(() -> ((Number) stage.opportunityRow(id).get("estimatedvalue")).doubleValue() == 123);
        assertThat(seller.invitationsOf(id)).isEmpty();

        seller.changes(id, "parentcontactid@odata.bind",
            "/contacts(" + stage.contact((String) stage.opportunityRow(id).get("_customerid_value")) + ")");

        stage.eventually(() -> seller.invitationsOf(id).size() == 1 && seller.name(id).equals("✔ Deal of strangers"));
        assertThat(seller.told(id, "Customer contact is missing")).isEqualTo(1);
    }

    @Test
    void helpOnceAskedIsPutBack() {
        String id = stage.sharedOpportunity("Steadfast deal", columns -> columns.put(Seller.HELP, Seller.WORKLOAD));

        seller.changes(id, Seller.HELP, Seller.GENERAL);

        stage.eventually(() -> seller.told(id, "How can Microsoft help? cannot be undone") == 1);
        stage.eventually(() -> Integer.valueOf(Seller.WORKLOAD).equals(stage.opportunityRow(id).get(Seller.HELP)));
        seller.noticed();
        seller.changes(id, Seller.HELP, null);

        stage.eventually(() -> Integer.valueOf(Seller.WORKLOAD).equals(stage.opportunityRow(id).get(Seller.HELP)));
        seller.noticed();
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(seller.journal(id, "refused")).hasSize(2);
    }

    @Test
    void visibilityIsPutBackToo() {
        String id = stage.sharedOpportunity("Seen deal", columns -> { });
        seller.changes(id, Seller.VISIBLE, true);
        stage.eventually(() -> Boolean.TRUE.equals(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")));
        seller.noticed();

        seller.changes(id, Seller.VISIBLE, false);

        stage.eventually(() -> seller.told(id, "Visible to Microsoft sellers cannot be undone") == 1);
        stage.eventually(() -> Boolean.TRUE.equals(stage.opportunityRow(id).get(Seller.VISIBLE)));
        assertThat(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(true);
    }

    // ---- closing

    @Test
    void wonIsWon() {
        String id = stage.sharedOpportunity("Won deal", columns -> { });

        stage.crm.winOpportunity(id);

        stage.eventually(() -> "Won".equals(seller.referral(id).get("substatus")));
        assertThat(seller.referral(id)).containsEntry("status", "Closed");
        stage.settled();
        assertThat(stage.link(id).reason()).isNull();
    }

    @Test
    void lostIsLostWithItsReason() {
        String id = stage.sharedOpportunity("Lost deal", columns -> { });

        stage.crm.loseOpportunity(id, 5);

        stage.eventually(() -> "Lost".equals(seller.referral(id).get("substatus")));
        assertThat(seller.referral(id)).containsEntry("status", "Closed").containsEntry("statusReason", "Out-Sold");
    }

    @Test
    void aDealClosedInPartnerCenterTakesNoEdit() {
        String id = stage.sharedOpportunity("Closed deal", columns -> { });
        stage.partnerCenter.partnerCloses(stage.link(id).referralId(), "Lost", "No budget");
        stage.eventually(() -> Integer.valueOf(2).equals(stage.opportunityRow(id).get("statecode")));
        seller.noticed();
        long writes = seller.writesToPartnerCenter();

        stage.crm.reopenOpportunity(id);
        seller.changes(id, "description", "Once more");

        stage.eventually(() -> seller.told(id, "closed in Partner Center") + seller.told(id, "cannot be reopened") > 0);
        seller.noticed();
        assertThat(seller.referral(id)).containsEntry("substatus", "Lost");
        assertThat(seller.writesToPartnerCenter()).as("tries").isEqualTo(writes);
        assertThat(seller.name(id)).isEqualTo("✖ Closed deal");
        assertThat(stage.opportunityRow(id)).containsEntry("description", "Once more");
    }

    // ---- what stands in the way

    @Test
    void anEditInBetweenIsReadAndPlannedAgain() {
        String id = stage.sharedOpportunity("Contended deal", columns -> { });
        String referral = stage.link(id).referralId();
        stage.partnerCenter.holdWebhooks(true);
        try {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "From the portal"));
            seller.changes(id, "estimatedvalue", 4711);

            stage.eventually(() -> seller.dealValue(id) == 4711);
            stage.eventually(() -> "From the portal".equals(stage.opportunityRow(id).get("description")));
            assertThat(stage.partnerCenter.count(call -> call.path().contains(referral) && call.status() == 412)).isEqualTo(1);
            assertThat(seller.inReferral(id, "details", "notes")).isEqualTo("From the portal");
        } finally {
            stage.partnerCenter.holdWebhooks(false);
        }
        seller.noticed();
        assertThat(stage.link(id).reason()).isNull();
    }

    @Test
    void aBusyPartnerCenterIsWaitedFor() {
        String id = stage.sharedOpportunity("Throttled deal", columns -> { });
        stage.partnerCenter.fail(Fault.instead("PATCH", stage.link(id).referralId(),
            Reply.json(429, Map.of("error", Map.of("code", "TooManyRequests"))).with("Retry-After", "3")));
        long started = System.nanoTime();

        seller.changes(id, "estimatedvalue", 4290);

        stage.eventually(() -> stage.link(id).failures() == 1);
        stage.eventually(() -> seller.dealValue(id) == 4290);
        assertThat(System.nanoTime() - started).as("the first pause is 1 s, the asked one 3 s").isGreaterThan(3_000_000_000L);
        stage.settled();
        assertThat(stage.link(id).failures()).isZero();
        assertThat(stage.link(id).reason()).isNull();
        assertThat(seller.name(id)).isEqualTo("✔ Throttled deal");
    }
}
