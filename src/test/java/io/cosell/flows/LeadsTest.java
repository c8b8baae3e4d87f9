package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;

/** Deals that are not accepted yet are leads; what becomes of the lead becomes of the deal, and the other way round. */
@ForEveryCrm
@SharedStage(offersAsLeads = true)
class LeadsTest {

    private final Stage stage;

    LeadsTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    @TestInTurn
    void anOfferBecomesALead() {
        String referral = stage.receivedOffer("Fleet telemetry");

        CrmRecord lead = stage.record(referral);
        assertThat(lead.kind()).isEqualTo("lead");
        assertThat(lead.status()).isEqualTo("New/Pending");
        assertThat(lead.isMarked()).isTrue();
        // A field that the CRM's leads don't have is no difference.
        assertThat(lead.values()).containsEntry(DealField.IDENTIFIER, referral).containsEntry(DealField.SYNC, true)
            .containsEntry(DealField.CURRENCY, "USD")
            .containsEntry(DealField.NOTES, "Fabrikam wants live data of 400 trucks and asks for a partner who has done it before.");
        assertThat(lead.values().getOrDefault(DealField.NAME, "✔ Fleet telemetry")).isEqualTo("✔ Fleet telemetry");
        assertThat(lead.values().getOrDefault(DealField.CLOSING, "2027-03-31")).isEqualTo("2027-03-31");
        assertThat(lead.values().getOrDefault(DealField.VALUE, "120000").toString()).startsWith("120000");
        assertThat(stage.seller.customer(lead.id())).isEqualTo(new Customer("Customer of Fleet telemetry", "1 Harbour Road", "Seattle", "WA",
            "98101", "US"));
        assertThat(stage.seller.person(lead.id())).satisfies(person -> {
            assertThat(person.firstName()).isEqualTo("Sue");
            assertThat(person.lastName()).isEqualTo("Smith");
            assertThat(person.email()).isEqualToIgnoringCase("Fleet.telemetry@customer.example");
        });
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId())
            .containsEntry("status", "New");
        assertThat(stage.recordsOf(referral)).hasSize(1);
        stage.comesToRest();
    }

    @TestInTurn
    void editsOfAnOfferTravelBothWays() {
        String referral = stage.receivedOffer("Edited offer");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Microsoft's notes"));
        stage.eventually(() -> "Microsoft's notes".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        stage.seller.edits(stage.link(referral).recordId(), DealField.NOTES, "The seller's notes");

        stage.eventually(() -> "The seller's notes".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
        stage.comesToRest();
    }

    @TestInTurn
    void aLeadThatTheSellerQualifiesAcceptsTheOffer() {
        String referral = stage.receivedOffer("Qualified by the seller");

        String opportunity = stage.seller.qualifies(stage.link(referral).recordId());
        stage.eventually(() -> "Active".equals(stage.partnerCenter.referral(referral).get("status")));
        stage.eventually(() -> opportunity.equals(stage.link(referral).recordId()) && stage.record(opportunity).solutions().size() == 1);
        stage.settled();

        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Accepted")
            .containsEntry("externalReferenceId", opportunity);
        assertThat(stage.link(referral).recordKind()).isEqualTo("opportunity");
        assertFilled(referral, opportunity, "Qualified by the seller");
        stage.comesToRest();
    }

    /** The connector has read the referral, and is about to accept the lead that is a lead no more. */
    @TestInTurn
    void whatThePartnerEnteredSurvivesThatTheSellerQualifiesInTheMomentInWhichTheConnectorDoes() {
        String referral = stage.receivedOffer("Qualified at once");
        String lead = stage.link(referral).recordId();
        AtomicBoolean qualified = new AtomicBoolean();
        stage.partnerCenter.fail(FaultPlan.Rule.byChance("partner-center", CallKind.READ, Trouble.UNAVAILABLE, 1), request -> {
            if (request.path().contains(referral) && qualified.compareAndSet(false, true)) {
                stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "The partner's notes"));
                stage.seller.qualifies(lead);
            }
            return false;
        });

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> stage.link(referral).recordKind().equals("opportunity")
            && "The partner's notes".equals(stage.record(referral).get(DealField.NOTES)));
        stage.comesToRest();

        assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "notes")).isEqualTo("The partner's notes");
        assertThat(stage.record(referral).status()).isEqualTo("Active/Accepted");
        assertThat(stage.record(referral).solutions()).containsExactly(Stage.SOLUTION);
    }

    /** Where leads do not keep a name, nothing tells what a seller has entered from what the CRM has filled in. */
    @TestInTurn
    void whatASellerEntersRightAfterQualifyingTravelsOrIsKept() {
        String referral = stage.receivedOffer("Named by the seller");

        String opportunity = stage.seller.qualifies(stage.link(referral).recordId());
        stage.seller.edits(opportunity, DealField.NAME, "As the seller calls it");
        stage.eventually(() -> opportunity.equals(stage.link(referral).recordId())
            && "Active".equals(stage.partnerCenter.referral(referral).get("status")));
        stage.settled();

        if (!"As the seller calls it".equals(stage.partnerCenter.referral(referral).get("name"))) {
            assertThat(stage.journal(referral)).anySatisfy(entry -> assertThat(entry).containsEntry("kind", "conflict")
                .containsEntry("old_value", "As the seller calls it").containsEntry("new_value", "Named by the seller"));
        }
        stage.comesToRest();
    }

    @TestInTurn
    void anOfferAcceptedInPartnerCenterQualifiesTheLead() {
        String referral = stage.receivedOffer("Accepted over there");
        String lead = stage.link(referral).recordId();

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));
        stage.settled();

        String opportunity = stage.link(referral).recordId();
        if (stage.seller.letsProgramsQualify()) {
            assertThat(stage.seller.record(opportunity).leadId()).isEqualTo(lead);
            assertThat(stage.seller.record(lead).status()).isEqualTo("Active/Accepted");
        } else {
            assertThat(stage.seller.record(lead).text(DealField.AUDIT)).contains("the deal goes on as an opportunity. Close this lead");
        }
        assertFilled(referral, opportunity, "Accepted over there");
        assertThat(stage.seller.accountsNamed("Customer of Accepted over there")).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", opportunity);
        stage.comesToRest();
    }

    @TestInTurn
    void anOfferWonWithoutBeingAcceptedQualifiesTheLeadAndWinsItsOpportunity() {
        String referral = stage.receivedOffer("Won at once");

        stage.partnerCenter.partnerCloses(referral, "Won", "Other");
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));
        stage.settled();

        assertThat(stage.record(referral).status()).isEqualTo("Closed/Won");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Won");
        stage.comesToRest();
    }

    @TestInTurn
    void aQualifiedLeadGoesToTheCustomersAccountIfThereIsOne() {
        String account = stage.seller.makesAccount(new Customer("Customer of Known customer", null, null, null, "98101", null));
        String referral = stage.receivedOffer("Known customer");

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));

        assertThat(stage.record(referral).values()).containsEntry(DealField.ACCOUNT, account);
        assertThat(stage.seller.accountsNamed("Customer of Known customer")).hasSize(1);
    }

    private void assertFilled(String referral, String opportunity, String name) {
        CrmRecord record = stage.record(opportunity);
        assertThat(record.values()).containsEntry(DealField.NAME, "✔ " + name)
            .containsEntry(DealField.IDENTIFIER, referral)
            .containsEntry(DealField.LINK, "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral)
            .containsEntry(DealField.SYNC, true)
            .containsEntry(DealField.CLOSING, "2027-03-31").containsEntry(DealField.CURRENCY, "USD");
        assertThat(record.text(DealField.VALUE)).startsWith("120000");
        assertThat(record.text(DealField.NOTES)).startsWith("Fabrikam wants");
        assertThat(stage.seller.account(record.text(DealField.ACCOUNT)).name()).isEqualTo("Customer of " + name);
        assertThat(record.solutions()).containsExactly(Stage.SOLUTION);
        Map<String, Object> details = Stage.part(stage.partnerCenter.referral(referral), "details");
        assertThat(details.get("dealValue").toString()).startsWith("120000");
        assertThat(Stage.part(details, "requirements").get("solutions")).asList().hasSize(1);
    }

    /** For each reason the CRM offers, or once if it asks for none. */
    @TestInTurn
    void aLeadThatTheSellerDisqualifiesDeclinesTheOffer() {
        List<String> reasons = stage.seller.disqualifications();
        for (String reason : reasons.isEmpty() ? List.of("") : reasons) {
            String referral = stage.receivedOffer("Disqualified as " + reason);

            stage.seller.disqualifies(stage.link(referral).recordId(), reason.isEmpty() ? null : reason);
            stage.eventually(() -> "Closed".equals(stage.partnerCenter.referral(referral).get("status")));

            assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Declined");
            assertThat(stage.partnerCenter.referral(referral).get("statusReason")).isEqualTo(reason.isEmpty() ? null : reason);
        }
    }

    @TestInTurn
    void anOfferDeclinedInPartnerCenterDisqualifiesTheLead() {
        String referral = stage.receivedOffer("Declined over there");

        stage.partnerCenter.partnerDeclines(referral, "No time");

        stage.eventually(() -> stage.record(referral).status().equals("Closed/Declined"));
        stage.comesToRest();
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Declined").containsEntry("statusReason", "No time");
    }

    @TestInTurn
    void anOfferThatExpiresDisqualifiesTheLeadAndIsAtRest(@TempDir Path own) {
        try (Stage late = Stage.open(stage.which, own, Stage.offersAsLeads(stage.which))) {
            String referral = late.receivedOffer("Never answered");

            late.sandboxes.clock().move(Duration.ofDays(15));
            late.partnerCenter.tick();

            late.eventually(() -> late.record(referral).status().equals("Closed/Declined"));
            late.comesToRest();
            assertThat(late.partnerCenter.referral(referral)).containsEntry("substatus", "Expired");
            assertThat(late.link(referral).state()).isEqualTo("linked");
        }
    }

    @TestInTurn
    void withOpportunitiesOnlyAnOfferWaitsUntilItIsAccepted(@TempDir Path own) {
        Map<String, String> settings = new HashMap<>(Stage.offersAsLeads(stage.which));
        settings.put("cosell.cosell-opportunities-only", "Yes");
        try (Stage only = Stage.open(stage.which, own, settings)) {
            String referral = only.offer("Only opportunities", changes -> { });
            only.eventually(() -> only.link(referral).state().equals("skipped"));
            only.settled();
            assertThat(only.seller.records()).isEmpty();
            assertThat(only.link(referral).reason()).contains("cosell.cosell-opportunities-only is Yes");
            assertThat(only.partnerCenter.referral(referral).get("externalReferenceId")).isNull();

            only.partnerCenter.partnerAccepts(referral);
            only.eventually(() -> only.isLinked(referral));

            assertThat(only.seller.records()).singleElement().satisfies(record -> {
                assertThat(record.kind()).isEqualTo("opportunity");
                assertThat(record.values()).containsEntry(DealField.NAME, "✔ Only opportunities");
            });
            only.comesToRest();
        }
    }
}
