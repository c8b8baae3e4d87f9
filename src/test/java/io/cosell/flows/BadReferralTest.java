package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.util.Map;
import java.util.UUID;

/** Referrals that no contract foresees: each ends with a reason, holds up no other deal, and goes on once it is corrected. */
@ForEveryCrm
@SharedStage
class BadReferralTest {

    private final Stage stage;

    BadReferralTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    @TestInTurn
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
        assertThat(stage.record(referral).values()).containsEntry(DealField.NOTES, "Awake");
    }

    @TestInTurn
    void anUnknownStatusOfADealInStepLeavesItsOtherFieldsTravelling() {
        String referral = stage.receivedDeal("Dormant later");
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Travels all the same"));
        readsAs(referral, "substatus", "Dozing");
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> "Travels all the same".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();

        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why).contains("Active/Dozing"));
        assertThat(stage.record(referral).text(DealField.AUDIT)).contains("Active/Dozing");
        assertThat(stage.record(referral).status()).isEqualTo("Active/Accepted");
    }

    @TestInTurn
    void aDateWithoutZoneIsNotGuessed() {
        String referral = stage.receivedDeal("No zone");
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "With a date that is none"));
        Map<String, Object> details = Stage.part(stage.partnerCenter.referral(referral), "details");
        details.put("closingDateTime", "2027-03-31T00:00:00");
        readsAs(referral, "details", details);
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> !stage.reasons(referral, "refused").isEmpty());
        stage.settled();

        assertThat(stage.record(referral).values()).containsEntry(DealField.CLOSING, "2027-06-30");
        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why)
            .contains("Estimated closing date").contains("2027-03-31T00:00:00").contains("offset"));
        assertThat(stage.record(referral).text(DealField.AUDIT)).contains("Estimated closing date");
        stage.comesToRest();
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/closingDateTime", "2027-04-01T00:00:00Z"));
        stage.eventually(() -> "2027-04-01".equals(stage.record(referral).get(DealField.CLOSING)));
    }

    @TestInTurn
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

    @TestInTurn
    void aReferralWithoutCustomerBecomesAnOfferAndAnOpportunityWithoutAccount() {
        String offer = stage.offer("Nameless offer", changes -> changes.remove("customerProfile"));
        stage.eventually(() -> stage.isLinked(offer));
        assertThat(stage.record(offer).kind()).isEqualTo(stage.seller.offers().kind());
        assertThat(stage.record(offer).isMarked()).isTrue();

        stage.partnerCenter.holdWebhooks(true);
        String deal = stage.offer("Nameless deal", changes -> Stage.part(changes, "customerProfile").remove("name"));
        stage.partnerCenter.partnerAccepts(deal);
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.isLinked(deal) || stage.link(deal).state().equals("resting"));

        assertThat(stage.link(deal).state()).isEqualTo("linked");
        assertThat(stage.record(deal).values()).containsEntry(DealField.NAME, "✔ Nameless deal");
        stage.comesToRest();
    }

    @TestInTurn
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

        assertThat(stage.record(referral).values()).containsEntry(DealField.NAME, "✔ " + name);
        assertThat(stage.record(referral).text(DealField.NOTES)).isEqualToNormalizingNewlines(notes);
        assertThat(stage.seller.account(stage.record(referral).text(DealField.ACCOUNT)).name())
            .isEqualTo("Söhne & \"Töchter\" 'GmbH' #1 + 100%");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("name", name);
        stage.comesToRest();
    }

    @TestInTurn
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
    private void readsAs(String referral, String member, Object value) {
        Map<String, Object> shown = stage.partnerCenter.referral(referral);
        shown.put(member, value);
        stage.partnerCenter.fail(Fault.instead("GET", referral, Reply.json(200, shown)));
    }
}
