package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Referrals that no contract foresees: each ends with a reason, holds up no other deal, and goes on once it is corrected. */
class BadReferralTest {

    @TempDir
    static Path folder;
    private static Stage stage;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, Map.of());
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @Test
    void anUnknownStatusOfANewReferralIsNamed() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Dormant from the start", changes -> { });
        readsAs(referral, "status", "Dormant");
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        assertThat(stage.link(referral).reason()).contains("'Dormant'").contains("New, Active and Closed");
        assertThat(stage.reasons(referral, "resting")).hasSize(1);

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Awake"));
        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.opportunityOf(referral)).containsEntry("description", "Awake");
    }

    @Test
    void anUnknownStatusOfADealInStepLeavesItsOtherFieldsTravelling() {
        String referral = stage.receivedDeal("Dormant later");
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Travels all the same"));
        readsAs(referral, "substatus", "Dozing");
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> "Travels all the same".equals(stage.opportunityOf(referral).get("description")));
        stage.settled();

        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why).contains("Active/Dozing"));
        assertThat((String) stage.opportunityOf(referral).get("msft_microsoftpartnercenterreferralsyncaudit")).contains("Active/Dozing");
        assertThat(stage.opportunityOf(referral)).containsEntry("statecode", 0);
    }

    @Test
    void aDateWithoutZoneIsNotGuessed() {
        String referral = stage.offer("No zone", changes -> Stage.part(changes, "details").put("closingDateTime", "2027-03-31T00:00:00"));

        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.leadOf(referral).get("estimatedclosedate")).isNull();
        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why)
            .contains("Estimated closing date").contains("2027-03-31T00:00:00").contains("offset"));
        assertThat((String) stage.leadOf(referral).get("msft_microsoftpartnercenterreferralsyncaudit")).contains("Estimated closing date");
        stage.comesToRest();
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/closingDateTime", "2027-04-01T00:00:00Z"));
        stage.eventually(() -> "2027-04-01".equals(stage.leadOf(referral).get("estimatedclosedate")));
    }

    @Test
    void aReferralThatIsNotThereEndsWithAReasonAndOnce() {
        String nowhere = UUID.randomUUID().toString();
        byte[] event = Stage.event("referral-updated", nowhere);

        assertThat(stage.partnerCenter.deliver(event, false)).isEqualTo(202);
        stage.eventually(() -> stage.link(nowhere).state().equals("ended"));
        assertThat(stage.partnerCenter.deliver(event, false)).isEqualTo(202);
        stage.settled();

        assertThat(stage.reasons(nowhere, "ended")).singleElement().satisfies(why -> assertThat(why).contains("not in Partner Center"));
        assertThat(stage.partnerCenter.count(call -> call.path().contains(nowhere))).isEqualTo(1);
    }

    @Test
    void aReferralWithoutCustomerBecomesALeadAndAnOpportunityWithoutAccount() {
        String offer = stage.offer("Nameless offer", changes -> changes.remove("customerProfile"));
        stage.eventually(() -> stage.isLinked(offer));
        assertThat(stage.leadOf(offer)).containsEntry("subject", "✔ Nameless offer");

        stage.partnerCenter.holdWebhooks(true);
        String deal = stage.offer("Nameless deal", changes -> Stage.part(changes, "customerProfile").remove("name"));
        stage.partnerCenter.partnerAccepts(deal);
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.isLinked(deal) || stage.link(deal).state().equals("resting"));

        assertThat(stage.link(deal).state()).isEqualTo("linked");
        assertThat(stage.opportunityOf(deal)).containsEntry("name", "✔ Nameless deal");
        stage.comesToRest();
    }

    @Test
    void textIsTakenAsItIs() {
        String name = "A\tdeal with \"quotes\", 'apostrophes', ${body} {{cosell.crm}} </script> %2F \\ and 🙂";
        String notes = "First\r\nsecond\nthird\u0007 bell and \u00a0 space"
            + "\r\n\r\n--batch\r\nContent-Type: application/http\r\n\r\nDELETE /accounts";
        String referral = stage.deal("Odd text", changes -> {
            changes.put("name", name);
            Stage.part(changes, "details").put("notes", notes);
            Stage.part(changes, "customerProfile").put("name", "Söhne & \"Töchter\" 'GmbH' #1 + 100%");
        });

        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.opportunityOf(referral)).containsEntry("name", "✔ " + name);
        assertThat((String) stage.opportunityOf(referral).get("description")).isEqualToNormalizingNewlines(notes);
        assertThat(stage.crm.row("account", (String) stage.opportunityOf(referral).get("_customerid_value")))
            .containsEntry("name", "Söhne & \"Töchter\" 'GmbH' #1 + 100%");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("name", name);
        stage.comesToRest();
    }

    @Test
    void anAnswerThatIsNotJsonIsTakenForAFailureOfTheMoment() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Behind a proxy page", changes -> { });
        stage.partnerCenter.fail(Fault.instead("GET", referral, Reply.text(502, "text/html", "<html>Bad gateway</html>")));
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.reasons(referral, "failed")).singleElement()
            .satisfies(why -> assertThat(why).contains("(502)").doesNotContain("html"));
    }

    /** The next read of this referral shows another value. */
    private static void readsAs(String referral, String member, Object value) {
        Map<String, Object> shown = stage.partnerCenter.referral(referral);
        shown.put(member, value);
        stage.partnerCenter.fail(Fault.instead("GET", referral, Reply.json(200, shown)));
    }
}
