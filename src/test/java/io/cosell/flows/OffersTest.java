package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.DealField;
import java.util.Map;

/** What Microsoft offers, as each CRM shows it with its usual settings: it waits for an answer, and the answer travels both ways. */
@ForEveryCrm
@SharedStage
class OffersTest {

    private final Stage stage;

    OffersTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    private String status(String referral) {
        Map<String, Object> now = stage.partnerCenter.referral(referral);
        return now.get("status") + "/" + now.get("substatus");
    }

    private Object notes(String referral) {
        return stage.at(stage.partnerCenter.referral(referral), "details", "notes");
    }

    @TestInTurn
    void anOfferWaitsForItsAnswer() {
        String referral = stage.receivedOffer("Waits");

        CrmRecord offer = stage.record(referral);
        assertThat(offer.kind()).isEqualTo(stage.seller.offers().kind());
        assertThat(offer.status()).isEqualTo("New/Pending");
        assertThat(offer.values()).containsEntry(DealField.IDENTIFIER, referral).containsEntry(DealField.SYNC, true);
        assertThat(stage.recordsOf(referral)).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", offer.id());
        stage.comesToRest();
        assertThat(status(referral)).startsWith("New/");
    }

    @TestInTurn
    void whatIsEditedInAnOfferIsInPartnerCenterAtTheLatestWhenItIsAccepted() {
        String referral = stage.receivedOffer("Edited while it waits");
        String record = stage.link(referral).recordId();
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Microsoft's notes"));
        stage.eventually(() -> "Microsoft's notes".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();

        stage.seller.edits(record, DealField.NOTES, "The seller's notes");
        stage.polls(2);
        stage.comesToRest();
        assertThat(notes(referral)).isEqualTo(stage.seller.offers().travels() ? "The seller's notes" : "Microsoft's notes");
        assertThat(status(referral)).startsWith("New/");

        stage.seller.accepts(record);
        stage.eventually(() -> status(referral).equals("Active/Accepted") && "The seller's notes".equals(notes(referral)));
        stage.comesToRest();
        assertThat(stage.record(referral).kind()).isEqualTo("opportunity");
        assertThat(stage.record(referral).status()).isEqualTo("Active/Accepted");
        assertThat(stage.record(referral).get(DealField.NOTES)).isEqualTo("The seller's notes");
    }

    @TestInTurn
    void anOfferAcceptedInPartnerCenterIsAnOpenOpportunity() {
        String referral = stage.receivedOffer("Accepted over there");

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> stage.record(referral).kind().equals("opportunity")
            && stage.record(referral).status().equals("Active/Accepted"));
        stage.comesToRest();
        assertThat(status(referral)).isEqualTo("Active/Accepted");
        assertThat(stage.record(referral).deal().name()).isEqualTo("Accepted over there");
    }

    @TestInTurn
    void anOfferThatTheSellerDeclinesIsDeclined() {
        String referral = stage.receivedOffer("Declined by the seller");

        stage.seller.declines(stage.link(referral).recordId());
        stage.eventually(() -> status(referral).equals("Closed/Declined"));
        stage.comesToRest();
    }

    @TestInTurn
    void anOfferDeclinedInPartnerCenterIsGivenUpInTheCrm() {
        String referral = stage.receivedOffer("Declined over there");

        stage.partnerCenter.partnerDeclines(referral, "No time");
        stage.eventually(() -> stage.record(referral).status().startsWith("Closed/"));
        stage.comesToRest();
        assertThat(status(referral)).isEqualTo("Closed/Declined");
    }

    @TestInTurn
    void whatIsEditedInAnOfferThatIsDeclinedInPartnerCenterIsThereOrListedAsRefused() {
        String referral = stage.receivedOffer("Edited and declined over there");
        stage.seller.edits(stage.link(referral).recordId(), DealField.NOTES, "Too late");
        stage.polls(2);
        stage.settled();

        stage.partnerCenter.partnerDeclines(referral, "No time");
        stage.eventually(() -> stage.record(referral).status().startsWith("Closed/"));
        stage.comesToRest();
        if (stage.seller.offers().travels()) {
            assertThat(notes(referral)).isEqualTo("Too late");
        } else {
            assertThat(notes(referral)).isNotEqualTo("Too late");
            assertThat(stage.link(referral).reason()).contains("Notes \"Too late\" stays in the CRM only");
        }
    }

    /** Two answers that are at odds. A lead that is disqualified can't be qualified; a lost opportunity was accepted and lost. */
    @TestInTurn
    void anOfferThatTheSellerDeclinesWhileItIsAcceptedInPartnerCenterIsAConflict() {
        String referral = stage.receivedOffer("Declined and accepted");
        boolean isLead = stage.record(referral).kind().equals("lead");
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerAccepts(referral);

        stage.seller.declines(stage.link(referral).recordId());
        stage.eventually(() -> isLead ? stage.link(referral).state().equals("resting") : status(referral).equals("Closed/Lost"));
        stage.partnerCenter.holdWebhooks(false);
        stage.comesToRest();

        assertThat(status(referral)).isEqualTo(isLead ? "Active/Accepted" : stage.record(referral).status());
        assertThat(stage.link(referral).state()).isEqualTo(isLead ? "resting" : "linked");
        assertThat(stage.journal(referral).stream().filter(entry -> entry.get("kind").equals("conflict"))).singleElement()
            .satisfies(entry -> {
                assertThat(entry).containsEntry("field", "/status").containsEntry("side", isLead ? "partner-center" : "crm");
                assertThat((String) entry.get("old_value")).contains(isLead ? "Declined" : "Accepted");
                assertThat((String) entry.get("new_value")).contains(isLead ? "Accepted" : "Lost");
            });
    }

    @TestInTurn
    void anOfferWonAtOnceIsAWonOpportunity() {
        String referral = stage.receivedOffer("Won at once");

        stage.partnerCenter.partnerCloses(referral, "Won", "Other");
        stage.eventually(() -> stage.record(referral).status().equals("Closed/Won"));
        stage.comesToRest();
        assertThat(status(referral)).isEqualTo("Closed/Won");
    }
}
