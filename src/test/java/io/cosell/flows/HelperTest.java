package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partner Center to CRM - Helper, and [Customize]: one referral becomes one record, whatever exists already and whatever fails. */
class HelperTest {

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
    void anAcceptedReferralBecomesAnOpportunityWithAllThatBelongsToIt() {
        String referral = stage.receivedDeal("Cold chain");

        Map<String, Object> opportunity = stage.opportunityOf(referral);
        String id = (String) opportunity.get("opportunityid");
        assertThat(opportunity)
            .containsEntry("name", "✔ Cold chain")
            .containsEntry("description", "Adventure Works has to prove the temperature of every delivery from next year on.")
            .containsEntry("estimatedclosedate", "2027-06-30")
            .containsEntry("_transactioncurrencyid_value", stage.currency("EUR"))
            .containsEntry("isrevenuesystemcalculated", false)
            .containsEntry("statecode", 0)
            .containsEntry("msft_microsoftpartnercenterreferralsync", true)
            .containsEntry("msft_microsoftpartnercenterreferralvisible", true)
            .containsEntry("msft_microsoftpartnercenterreferralidentifier", referral)
            .containsEntry("msft_microsoftpartnercenterreferrallink", "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral);
        assertThat(opportunity.get("estimatedvalue").toString()).startsWith("48000.5");
        assertThat((String) opportunity.get("msft_microsoftpartnercenterreferralsyncaudit"))
            .contains("Partner Center Referral to CRM sync success");

        assertThat(stage.crm.row("account", (String) opportunity.get("_customerid_value")))
            .containsEntry("name", "Customer of Cold chain").containsEntry("address1_line1", "Lindenstrasse 12")
            .containsEntry("address1_city", "Berlin").containsEntry("address1_postalcode", "10969").containsEntry("address1_country", "DE");
        assertThat(stage.crm.row("contact", (String) opportunity.get("_parentcontactid_value")))
            .containsEntry("firstname", "Joe").containsEntry("lastname", "Hansen")
            .containsEntry("emailaddress1", "Cold.chain@customer.example")
            .containsEntry("_parentcustomerid_value", opportunity.get("_customerid_value"));
        assertThat(stage.solutionsOf(id)).containsExactly("SOL-34104-EBB");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", id);
        assertThat(stage.reasons(referral, "linked"))
            .contains("Made in the CRM from the referral.", "The CRM id was written to the referral.");
        stage.comesToRest();
    }

    @Test
    void theAccountIsFoundByNameAndPostalCodeAndTheContactByAddress() {
        Map<String, Object> columns = new HashMap<>(Map.of("name", "Customer of O'Hara & Söhne", "address1_postalcode", "10000"));
        stage.crm.create("account", columns);
        columns.put("address1_postalcode", "10969");
        String account = stage.crm.create("account", columns);
        String contact = stage.crm.create("contact", Map.of("lastname", "Known", "emailaddress1", "O.Hara...S.hne@customer.example"));
        int accounts = stage.crm.rows("account").size();
        int contacts = stage.crm.rows("contact").size();

        String referral = stage.receivedDeal("O'Hara & Söhne");

        assertThat(stage.opportunityOf(referral)).containsEntry("_customerid_value", account)
            .containsEntry("_parentaccountid_value", account)
            .containsEntry("_parentcontactid_value", contact);
        assertThat(stage.crm.rows("account")).hasSize(accounts);
        assertThat(stage.crm.rows("contact")).hasSize(contacts);
    }

    @Test
    void twoDealsOfOneCustomerShareItsAccount() {
        String first = stage.receivedDeal("Twice sold");
        String second = stage.deal("Twice sold", referral -> referral.put("name", "Twice sold, second part"));
        stage.eventually(() -> stage.isLinked(second));

        assertThat(stage.opportunityOf(second)).containsEntry("_customerid_value", stage.opportunityOf(first).get("_customerid_value"))
            .containsEntry("_parentcontactid_value", stage.opportunityOf(first).get("_parentcontactid_value"));
        assertThat(stage.rows("account", "name", "Customer of Twice sold")).hasSize(1);
    }

    @Test
    void solutionsThatTheListDoesNotKnowAreAddedToIt() {
        String referral = stage.deal("New solutions", changes -> solutions(changes, "SOL-15974-MQF", "SOL-NEW-A", "SOL-NEW-B"));
        stage.eventually(() -> stage.isLinked(referral));

        assertThat(stage.solutionsOf(stage.link(referral).recordId())).containsExactlyInAnyOrder("SOL-15974-MQF", "SOL-NEW-A", "SOL-NEW-B");
        assertThat(stage.rows("msft_microsoftsolutiondetail", "msft_solutionidentifier", "SOL-NEW-B")).singleElement()
            .satisfies(row -> assertThat(row).containsEntry("msft_solutionname", "Name of SOL-NEW-B"));
        assertThat(stage.rows("msft_microsoftsolutiondetail", "msft_solutionidentifier", "SOL-15974-MQF")).hasSize(1);
        stage.comesToRest();
    }

    private static void solutions(Map<String, Object> referral, String... ids) {
        Stage.part(Stage.part(referral, "details"), "requirements").put("solutions",
            List.of(ids).stream().map(id -> Map.of("id", id, "name", "Name of " + id, "type", "Name")).toList());
    }

    @Test
    void anEventDeliveredAgainMakesNoSecondRecord() throws Exception {
        String referral = stage.receivedDeal("Told twice");
        var created = stage.partnerCenter.deliveries().stream().filter(delivery -> delivery.text().contains(referral)).findFirst()
            .orElseThrow();
        List<Long> writes = stage.writes();

        stage.partnerCenter.redeliver(created, 3);
        stage.partnerCenter.awaitDelivered();
        stage.settled();

        assertThat(stage.writes()).isEqualTo(writes);
        assertThat(opportunities(referral)).hasSize(1);
    }

    @Test
    void anAnswerLostWhenTheRecordIsMadeMakesNoSecondRecord() {
        stage.crm.fail(new Fault(makesRecord(), Fault.When.AFTER, null));

        String referral = stage.receivedDeal("Lost on the way back");

        assertThat(opportunities(referral)).hasSize(1);
        assertThat(stage.reasons(referral, "linked")).doesNotContain("Made in the CRM from the referral.");
        assertThat(stage.solutionsOf(stage.link(referral).recordId())).containsExactly("SOL-34104-EBB");
        stage.comesToRest();
    }

    @Test
    void aWriteBackThatFailsIsDoneLaterWithoutASecondRecord() {
        for (Fault.When when : Fault.When.values()) {
            stage.partnerCenter.holdWebhooks(true);
            String referral = stage.deal("Write back " + when, changes -> { });
            stage.partnerCenter.fail(new Fault(writesBack(referral), when, when == Fault.When.AFTER ? null : Reply.empty(500)));
            stage.partnerCenter.holdWebhooks(false);
            stage.eventually(() -> stage.isLinked(referral));
            stage.settled();

            assertThat(opportunities(referral)).hasSize(1);
            assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId());
            assertThat(stage.reasons(referral, "failed")).singleElement()
                .satisfies(why -> assertThat(why).contains("tries again by itself"));
        }
        stage.comesToRest();
    }

    @Test
    void aRestartInTheMiddleGoesOnWhereItStopped() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Restarted", changes -> { });
        stage.partnerCenter.fail(new Fault(writesBack(referral), Fault.When.INSTEAD, Reply.empty(503).with("Retry-After", "2")));
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.link(referral).failures() == 1);

        stage.stopConnector();
        stage.startConnector();
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(opportunities(referral)).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId());
    }

    @Test
    void aDealMadeWhileTheConnectorIsDownArrivesWithTheNextDelivery() {
        stage.stopConnector();
        String referral = stage.deal("While down", changes -> { });
        stage.eventually(() -> stage.partnerCenter.deliveries().stream()
            .anyMatch(delivery -> delivery.text().contains(referral) && !delivery.attempts().isEmpty()));
        stage.startConnector();
        stage.partnerCenter.redeliver(stage.partnerCenter.deliveries().stream()
            .filter(delivery -> delivery.text().contains(referral)).findFirst().orElseThrow(), 1);

        stage.eventually(() -> stage.isLinked(referral));
        assertThat(opportunities(referral)).hasSize(1);
    }

    @Test
    void aReferralWithAnUnknownCrmIdIsLeftAlone() {
        int before = stage.crm.rows("opportunity").size();

        String referral = stage.deal("Of another CRM", changes -> changes.put("externalReferenceId", UUID.randomUUID().toString()));
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));

        assertThat(stage.link(referral).reason()).contains("CRM id that this CRM does not know");
        assertThat(stage.reasons(referral, "skipped")).singleElement().satisfies(why -> assertThat(why).contains("left alone"));
        assertThat(stage.crm.rows("opportunity")).hasSize(before);
    }

    @Test
    void aReferralThatNamesAnOpportunityIsTakenUpByIt() {
        String opportunity = stage.opportunity("Named by the referral", columns -> { });

        String referral = stage.deal("Named by the referral", changes -> changes.put("externalReferenceId", opportunity));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.link(referral).recordId()).isEqualTo(opportunity);
        assertThat(opportunities(referral)).singleElement().satisfies(row -> assertThat(row).containsEntry("opportunityid", opportunity)
            .containsEntry("msft_microsoftpartnercenterreferralsync", true));
        assertThat(stage.reasons(referral, "linked")).contains("The record was there already; it is taken up.");
        stage.comesToRest();
    }

    @Test
    void anOpportunityThatCarriesTheIdentifierIsTakenUp() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Carries the identifier", changes -> { });
        String opportunity = stage.opportunity("Carries the identifier",
            columns -> columns.putAll(Map.of("msft_microsoftpartnercenterreferralidentifier", referral,
                "msft_microsoftpartnercenterreferralsync", true)));
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.link(referral).recordId()).isEqualTo(opportunity);
        assertThat(opportunities(referral)).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", opportunity);
        stage.comesToRest();
    }

    @Test
    void anOpportunityThatCarriesTheIdentifierButIsSwitchedOffIsLeftAlone() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Switched off long ago", changes -> { });
        String opportunity = stage.opportunity("Switched off long ago",
            columns -> columns.put("msft_microsoftpartnercenterreferralidentifier", referral));
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));
        stage.settled();

        assertThat(stage.link(referral).reason()).startsWith("Sync with Partner Center is set to No in the record.");
        assertThat(opportunities(referral)).singleElement().satisfies(row -> assertThat(row).containsEntry("opportunityid", opportunity)
            .containsEntry("name", "Switched off long ago").containsEntry("msft_microsoftpartnercenterreferralsync", false));
    }

    @Test
    void aReferralThatIsClosedAlreadyMakesNothing() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Over already", changes -> { });
        stage.partnerCenter.partnerCloses(referral, "Lost", "Too late");
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));
        stage.settled();

        assertThat(stage.link(referral).reason()).isEqualTo("The referral was closed before it had a record.");
        assertThat(opportunities(referral)).isEmpty();
        assertThat(stage.rows("account", "name", "Customer of Over already")).isEmpty();
    }

    private static List<Map<String, Object>> opportunities(String referral) {
        return stage.rows("opportunity", "msft_microsoftpartnercenterreferralidentifier", referral);
    }

    private static Predicate<Request> makesRecord() {
        return request -> request.path().endsWith("$batch") && request.text().contains("If-None-Match");
    }

    private static Predicate<Request> writesBack(String referral) {
        return request -> request.method().equals("PATCH") && request.path().endsWith(referral);
    }
}
