package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Person;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;

/** Partner Center to CRM - Helper, and [Customize]: one referral becomes one record, whatever exists already and whatever fails. */
@ForEveryCrm
@SharedStage
class HelperTest {

    private final Stage stage;

    HelperTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    @TestInTurn
    void anAcceptedReferralBecomesAnOpportunityWithAllThatBelongsToIt() {
        String referral = stage.receivedDeal("Cold chain");

        CrmRecord record = stage.record(referral);
        assertThat(record.values())
            .containsEntry(DealField.NAME, "✔ Cold chain")
            .containsEntry(DealField.NOTES, "Adventure Works has to prove the temperature of every delivery from next year on.")
            .containsEntry(DealField.CLOSING, "2027-06-30")
            .containsEntry(DealField.CURRENCY, "EUR")
            .containsEntry(DealField.SYNC, true)
            .containsEntry(DealField.VISIBLE, true)
            .containsEntry(DealField.IDENTIFIER, referral)
            .containsEntry(DealField.LINK, "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral);
        assertThat(record.status()).isEqualTo("Active/Accepted");
        assertThat(record.text(DealField.VALUE)).startsWith("48000.5");
        assertThat(record.text(DealField.AUDIT)).contains("Partner Center Referral to CRM sync success");

        assertThat(stage.seller.account(record.text(DealField.ACCOUNT)))
            .isEqualTo(new Customer("Customer of Cold chain", "Lindenstrasse 12", "Berlin", null, "10969", "DE"));
        assertThat(stage.seller.contact(record.text(DealField.CONTACT))).satisfies(contact -> {
            assertThat(contact.firstName()).isEqualTo("Joe");
            assertThat(contact.lastName()).isEqualTo("Hansen");
            assertThat(contact.email()).isEqualToIgnoringCase("Cold.chain@customer.example");
        });
        assertThat(record.solutions()).containsExactly(Stage.SOLUTION);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", record.id());
        assertThat(stage.reasons(referral, "linked"))
            .contains("Made in the CRM from the referral.", "The CRM id was written to the referral.");
        stage.comesToRest();
    }

    @TestInTurn
    void theAccountIsFoundByNameAndPostalCodeAndTheContactByAddress() {
        String name = "Customer of O'Hara & Söhne";
        stage.seller.makesAccount(new Customer(name, null, null, null, "10000", null));
        String account = stage.seller.makesAccount(new Customer(name, null, null, null, "10969", null));
        String contact = stage.seller.makesContact(null, new Person(null, "Known", "O.Hara...S.hne@customer.example", null));
        int contacts = stage.seller.contacts();

        String referral = stage.receivedDeal("O'Hara & Söhne");

        assertThat(stage.record(referral).values()).containsEntry(DealField.ACCOUNT, account).containsEntry(DealField.CONTACT, contact);
        assertThat(stage.seller.accountsNamed(name)).hasSize(2);
        assertThat(stage.seller.contacts()).isEqualTo(contacts);
    }

    @TestInTurn
    void twoDealsOfOneCustomerShareItsAccount() {
        String first = stage.receivedDeal("Twice sold");
        String second = stage.deal("Twice sold", referral -> referral.put("name", "Twice sold, second part"));
        stage.eventually(() -> stage.isLinked(second));

        assertThat(stage.record(second).get(DealField.ACCOUNT)).isEqualTo(stage.record(first).get(DealField.ACCOUNT));
        assertThat(stage.record(second).get(DealField.CONTACT)).isEqualTo(stage.record(first).get(DealField.CONTACT));
        assertThat(stage.seller.accountsNamed("Customer of Twice sold")).hasSize(1);
    }

    @TestInTurn
    void solutionsThatTheListDoesNotKnowAreAddedToIt() {
        String referral = stage.deal("New solutions", changes -> solutions(changes, "SOL-15974-MQF", "SOL-NEW-A", "SOL-NEW-B"));
        stage.eventually(() -> stage.isLinked(referral));

        assertThat(stage.record(referral).solutions()).containsExactlyInAnyOrder("SOL-15974-MQF", "SOL-NEW-A", "SOL-NEW-B");
        assertThat(stage.seller.listed("SOL-NEW-B")).containsExactly("Name of SOL-NEW-B");
        assertThat(stage.seller.listed("SOL-15974-MQF")).hasSize(1);
        stage.comesToRest();
    }

    private static void solutions(Map<String, Object> referral, String... ids) {
        Stage.part(Stage.part(referral, "details"), "requirements").put("solutions",
            List.of(ids).stream().map(id -> Map.of("id", id, "name", "Name of " + id, "type", "Name")).toList());
    }

    @TestInTurn
    void anEventDeliveredAgainMakesNoSecondRecord() throws Exception {
        String referral = stage.receivedDeal("Told twice");
        var created = stage.partnerCenter.deliveries().stream().filter(delivery -> delivery.text().contains(referral)).findFirst()
            .orElseThrow();
        List<Long> writes = stage.writes();

        stage.partnerCenter.redeliver(created, 3);
        stage.partnerCenter.awaitDelivered();
        stage.settled();

        assertThat(stage.writes()).isEqualTo(writes);
        assertThat(stage.recordsOf(referral)).hasSize(1);
    }

    @TestInTurn
    void anAnswerLostWhenTheRecordIsMadeMakesNoSecondRecord() {
        stage.system.fail(new Fault(stage.makesOpportunity(), Fault.When.AFTER, null));

        String referral = stage.receivedDeal("Lost on the way back");

        assertThat(stage.recordsOf(referral)).hasSize(1);
        assertThat(stage.reasons(referral, "linked")).doesNotContain("Made in the CRM from the referral.");
        assertThat(stage.record(referral).solutions()).containsExactly("SOL-34104-EBB");
        stage.comesToRest();
    }

    @TestInTurn
    void aWriteBackThatFailsIsDoneLaterWithoutASecondRecord() {
        for (Fault.When when : Fault.When.values()) {
            stage.partnerCenter.holdWebhooks(true);
            String referral = stage.deal("Write back " + when, changes -> { });
            stage.partnerCenter.fail(new Fault(writesBack(referral), when, when == Fault.When.AFTER ? null : Reply.empty(500)));
            stage.partnerCenter.holdWebhooks(false);
            stage.eventually(() -> stage.isLinked(referral));
            stage.settled();

            assertThat(stage.recordsOf(referral)).hasSize(1);
            assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId());
            assertThat(stage.reasons(referral, "failed")).singleElement()
                .satisfies(why -> assertThat(why).contains("tries again by itself"));
        }
        stage.comesToRest();
    }

    @TestInTurn
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

        assertThat(stage.recordsOf(referral)).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId());
    }

    @TestInTurn
    void aDealMadeWhileTheConnectorIsDownArrivesWithTheNextDelivery() {
        stage.stopConnector();
        String referral = stage.deal("While down", changes -> { });
        stage.eventually(() -> stage.partnerCenter.deliveries().stream()
            .anyMatch(delivery -> delivery.text().contains(referral) && !delivery.attempts().isEmpty()));
        stage.startConnector();
        stage.partnerCenter.redeliver(stage.partnerCenter.deliveries().stream()
            .filter(delivery -> delivery.text().contains(referral)).findFirst().orElseThrow(), 1);

        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.recordsOf(referral)).hasSize(1);
    }

    @TestInTurn
    void aReferralWithAnUnknownCrmIdIsLeftAlone() {
        int before = stage.seller.records().size();

        String referral = stage.deal("Of another CRM", changes -> changes.put("externalReferenceId", UUID.randomUUID().toString()));
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));

        assertThat(stage.link(referral).reason()).contains("CRM id that this CRM does not know");
        assertThat(stage.reasons(referral, "skipped")).singleElement().satisfies(why -> assertThat(why).contains("left alone"));
        assertThat(stage.seller.records()).hasSize(before);
    }

    @TestInTurn
    void aReferralThatNamesAnOpportunityIsTakenUpByIt() {
        String opportunity = stage.opportunity("Named by the referral", values -> { });

        String referral = stage.deal("Named by the referral", changes -> changes.put("externalReferenceId", opportunity));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.link(referral).recordId()).isEqualTo(opportunity);
        assertThat(stage.recordsOf(referral)).singleElement().satisfies(record -> {
            assertThat(record.id()).isEqualTo(opportunity);
            assertThat(record.isShared()).isTrue();
        });
        assertThat(stage.reasons(referral, "linked")).contains("The record was there already; it is taken up.");
        stage.comesToRest();
    }

    @TestInTurn
    void anOpportunityThatCarriesTheIdentifierIsTakenUp() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Carries the identifier", changes -> { });
        String opportunity = stage.opportunity("Carries the identifier",
            values -> values.putAll(Map.of(DealField.IDENTIFIER, referral, DealField.SYNC, true)));
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.link(referral).recordId()).isEqualTo(opportunity);
        assertThat(stage.recordsOf(referral)).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", opportunity);
        stage.comesToRest();
    }

    @TestInTurn
    void anOpportunityThatCarriesTheIdentifierButIsSwitchedOffIsLeftAlone() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Switched off long ago", changes -> { });
        String opportunity = stage.opportunity("Switched off long ago",
            values -> values.put(DealField.IDENTIFIER, referral));
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));
        stage.settled();

        assertThat(stage.link(referral).reason()).startsWith("Sync with Partner Center is set to No in the record.");
        assertThat(stage.recordsOf(referral)).singleElement().satisfies(record -> {
            assertThat(record.id()).isEqualTo(opportunity);
            assertThat(record.values()).containsEntry(DealField.NAME, "Switched off long ago").containsEntry(DealField.SYNC, false);
        });
    }

    @TestInTurn
    void aReferralThatIsClosedAlreadyMakesNothing() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Over already", changes -> { });
        stage.partnerCenter.partnerCloses(referral, "Lost", "Too late");
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.link(referral).state().equals("skipped"));
        stage.settled();

        assertThat(stage.link(referral).reason()).isEqualTo("The referral was closed before it had a record.");
        assertThat(stage.recordsOf(referral)).isEmpty();
        assertThat(stage.seller.accountsNamed("Customer of Over already")).isEmpty();
    }

    private static Predicate<Request> writesBack(String referral) {
        return request -> request.method().equals("PATCH") && request.path().endsWith(referral);
    }
}
