package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Create Co-sell Referral - CRM to Partner Center. */
@ForEveryCrm
@SharedStage
class CreateCosellReferralTest {

    private final Stage stage;
    private final Seller seller;

    CreateCosellReferralTest(Crm crm, Stage stage) {
        this.stage = stage;
        seller = new Seller(stage);
    }

    // ---- the three kinds of deals

    @TestInTurn
    void withoutHelpAndNotVisibleItIsThePartnersOwn() {
        String id = stage.sharedOpportunity("Private deal", values -> { });

        Map<String, Object> referral = seller.referral(id);
        assertThat(referral).containsEntry("type", "Independent").containsEntry("name", "Private deal").containsEntry("status", "Active")
            .containsEntry("substatus", "Accepted").containsEntry("externalReferenceId", id);
        assertThat(stage.at(referral, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(false);
        assertThat(stage.at(referral, "details", "currency")).isEqualTo("USD");
        assertThat(seller.dealValue(id)).isEqualTo(50000);
        assertThat(stage.at(referral, "details", "closingDateTime").toString()).startsWith("2027-03-31");
        assertThat(stage.at(referral, "details", "notes")).isEqualTo("Notes on Private deal");
        assertThat(stage.at(referral, "customerProfile", "name")).isEqualTo("Customer of Private deal");
        assertThat(stage.at(referral, "customerProfile", "address", "country")).isEqualTo("US");
        assertThat(referral.get("team").toString()).contains("sam.seller@contoso.example");
        assertThat(seller.solutions(id)).containsExactly("SOL-34104-EBB");
        assertThat(seller.invitationsOf(id)).isEmpty();
    }

    @TestInTurn
    void theRecordLearnsItsIdentifierLinkAuditAndMark() {
        String id = stage.sharedOpportunity("Told deal", values -> { });

        String referral = stage.link(id).referralId();
        assertThat(stage.record(id).values()).containsEntry(DealField.IDENTIFIER, referral).containsEntry(DealField.NAME, "✔ Told deal");
        assertThat(stage.record(id).text(DealField.LINK)).contains(referral);
        assertThat(seller.audit(id)).contains("CRM to Partner Center Referral sync success").doesNotContain("failed");
        assertThat(seller.journal(id, "linked")).hasSize(1);
    }

    @TestInTurn
    void visibleWithoutHelpIsPartnerLed() {
        String id = stage.sharedOpportunity("Partner-led deal", values -> values.put(DealField.VISIBLE, true));

        assertThat(seller.referral(id)).containsEntry("type", "Independent");
        assertThat(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(true);
        assertThat(seller.invitationsOf(id)).isEmpty();
    }

    @TestInTurn
    void helpMakesItACosellDealAndInvitesMicrosoftOnce() {
        String id = stage.sharedOpportunity("Co-sell deal", values -> values.put(DealField.HELP, Seller.WORKLOAD));

        Map<String, Object> own = seller.referral(id);
        assertThat(own).containsEntry("type", "Shared");
        assertThat(stage.at(own, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(true);
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(seller.invitationsOf(id)).singleElement().satisfies(invitation -> {
            assertThat(invitation).containsEntry("organizationId", "msft").containsEntry("type", "Shared")
                .containsEntry("engagementId", own.get("engagementId")).containsEntry("status", "New");
            assertThat(stage.at(invitation, "inviteContext", "assistanceRequestCode")).isEqualTo("WorkloadSpecificValueProposition");
            assertThat(invitation.get("customerProfile").toString()).contains("carla@customer.example");
        });
        // Help asked makes the deal visible, and the record shows it.
        stage.eventually(() -> Boolean.TRUE.equals(seller.sees(id, DealField.VISIBLE)));
        assertThat(stage.link(id).reason()).isNull();
    }

    // ---- what is missing

    static Stream<Arguments> whatIsMissing() {
        return Stream.of(
            Arguments.of("no value", DealField.VALUE, null, "Deal value is missing"),
            Arguments.of("value of zero", DealField.VALUE, 0, "Deal value is missing"),
            Arguments.of("no closing date", DealField.CLOSING, null, "closing date is missing"),
            Arguments.of("no currency", DealField.CURRENCY, null, "currency is missing"));
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsMissing")
    void whatIsMissingIsSaidOnceAndSharedOnceItIsThere(String what, DealField field, Object value, String reason) {
        assumeTrue(stage.seller.mayBeEmpty(field), "this CRM never lets it be empty");
        String name = "Deal with " + what;
        String id = stage.opportunity(name, values -> {
            assertThat(values.put(field, value)).isNotNull();
            // The base currency fills an empty one as soon as there is an amount.
            if (field == DealField.CURRENCY) {
                values.remove(DealField.VALUE);
            }
        });
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, reason) == 1);
        seller.noticed();
        assertThat(seller.name(id)).isEqualTo("✖ " + name);
        assertThat(seller.told(id, "Sync failed")).isEqualTo(1);
        assertThat(stage.link(id).state()).isEqualTo("resting");
        assertThat(seller.sees(id, DealField.IDENTIFIER)).isNull();
        assertThat(seller.referralsOf(id)).isEmpty();
        assertThat(seller.journal(id, "resting")).hasSize(1);

        seller.changes(id, Map.of(DealField.VALUE, 777, DealField.CLOSING, "2027-05-01", DealField.CURRENCY, "USD"));

        stage.eventually(() -> seller.name(id).equals("✔ " + name) && stage.isLinked(id));
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(stage.link(id).reason()).isNull();
    }

    @TestInTurn
    void withoutSolutionItIsNotSharedUntilOneIsAdded() {
        String id = stage.opportunity("Deal without solution", values -> { });
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Solution ID is required") == 1);
        seller.noticed();
        assertThat(seller.told(id, "Solution ID is required")).isEqualTo(1);
        assertThat(seller.name(id)).isEqualTo("✖ Deal without solution");

        stage.solution(id, "SOL-15974-MQF");

        // A row of another table: its opportunity is asked for again, although it did not change itself.
        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Deal without solution"));
        assertThat(seller.solutions(id)).containsExactly("SOL-15974-MQF");
    }

    @TestInTurn
    void aCountryInWordsIsNamedWithTheFix() {
        String account = stage.seller.makesAccount(new Customer("Wordy", "1 Street", "Berlin", null, null, "Germany"));
        String id = stage.opportunity("Deal in words", values -> values.put(DealField.ACCOUNT, account));
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer account country code is missing") == 1);
        assertThat(seller.audit(id)).contains("two letters");
        stage.seller.editsAccount(account, new Customer("Wordy", "1 Street", "Berlin", null, null, "DE"));
        // Nobody is told of an account's change; the seller saves the deal, as the reason asks for.
        seller.changes(id, DealField.NOTES, "Country corrected");

        stage.eventually(() -> stage.isLinked(id));
        assertThat(seller.inReferral(id, "customerProfile", "address", "country")).isEqualTo("DE");
    }

    @TestInTurn
    void helpNeedsACustomerContact() {
        String id = stage.opportunity("Deal without contact", values -> {
            values.remove(DealField.CONTACT);
            values.put(DealField.HELP, Seller.GENERAL);
        });
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer contact is missing although help is asked") == 1);
        assertThat(seller.referralsOf(id)).isEmpty();

        seller.changes(id, DealField.CONTACT, stage.contact(stage.record(id).text(DealField.ACCOUNT)));

        stage.eventually(() -> stage.isLinked(id) && seller.invitationsOf(id).size() == 1);
        assertThat(seller.referralsOf(id)).hasSize(1);
    }

    @TestInTurn
    void anotherCauseIsToldToo() {
        String id = stage.opportunity("Deal with two gaps", values -> values.remove(DealField.VALUE));
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Solution ID is required") == 1);
        assertThat(seller.told(id, "Deal value is missing")).isEqualTo(1);
        seller.changes(id, DealField.VALUE, 1);

        stage.eventually(() -> seller.told(id, "Solution ID is required") == 2);
        assertThat(seller.told(id, "Deal value is missing")).isEqualTo(1);
        assertThat(seller.name(id)).isEqualTo("✖ Deal with two gaps");
    }

    // ---- crashes on the way

    private String withFaults(String name, Consumer<Map<DealField, Object>> changes, Fault... faults) {
        String id = stage.opportunity(name, changes);
        stage.solution(id, "SOL-34104-EBB");
        for (Fault fault : faults) {
            stage.partnerCenter.fail(fault);
        }
        stage.share(id);
        return id;
    }

    @TestInTurn
    void aLostAnswerOfTheCreationLeavesOneReferral() {
        String id = withFaults("Lost answer", values -> values.put(DealField.HELP, Seller.WORKLOAD),
            Fault.answerLost("POST", "/referrals"));

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Lost answer"));
        stage.settled();
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(stage.link(id).referralId()).isEqualTo(seller.referralsOf(id).get(0).get("id"));
        assertThat(stage.link(id).referral().get("etag")).as("its guard").isNotNull();
    }

    @TestInTurn
    void aLostAnswerOfTheInvitationLeavesOneInvitation() {
        String id = withFaults("Lost invitation", values -> values.put(DealField.HELP, Seller.WORKLOAD), Seller.answerOfInvitationLost());

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Lost invitation"));
        stage.settled();
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(seller.invitationsOf(id)).hasSize(1);
    }

    @TestInTurn
    void aFailedWriteBackIsMadeUpFor() {
        stage.system.fail(stage.nextWriteFails());
        String id = withFaults("Late write-back", values -> { });

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Late write-back"));
        assertThat(seller.sees(id, DealField.IDENTIFIER)).isEqualTo(stage.link(id).referralId());
        assertThat(seller.referralsOf(id)).hasSize(1);
    }

    @TestInTurn
    void aStopBetweenTheStepsLeavesNothingHalf(@TempDir Path own) {
        try (Stage other = Stage.open(stage.which, own, Map.of("cosell.lanes.first-pause", "3s"))) {
            Seller there = new Seller(other);
            other.partnerCenter.fail(Fault.answerLost("POST", "/referrals"));
            String id = other.opportunity("Stopped deal", values -> values.put(DealField.HELP, Seller.WORKLOAD));
            other.solution(id, "SOL-34104-EBB");
            other.share(id);
            other.eventually(() -> other.link(id).failures() == 1);
            assertThat(other.link(id).intent()).as("kept before it was sent").isNotNull();

            other.stopConnector();
            other.partnerCenter.fail(Seller.answerOfInvitationLost());
            other.startConnector();
            other.eventually(() -> other.link(id).failures() == 1 && other.link(id).referralId() != null);
            other.stopConnector();
            other.system.fail(other.nextWriteFails());
            other.startConnector();

            other.eventually(() -> other.isLinked(id) && there.name(id).equals("✔ Stopped deal"));
            assertThat(there.referralsOf(id)).hasSize(1);
            assertThat(there.invitationsOf(id)).hasSize(1);
            assertThat(List.of(there.sees(id, DealField.IDENTIFIER))).containsExactly(there.referralsOf(id).get(0).get("id"));
        }
    }
}
