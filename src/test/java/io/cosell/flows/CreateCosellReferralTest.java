package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Create Co-sell Referral - CRM to Partner Center. */
class CreateCosellReferralTest {

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

    // ---- the three kinds of deals

    @Test
    void withoutHelpAndNotVisibleItIsThePartnersOwn() {
        String id = stage.sharedOpportunity("Private deal", columns -> { });

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

    @Test
    void theRecordLearnsItsIdentifierLinkAuditAndMark() {
        String id = stage.sharedOpportunity("Told deal", columns -> { });

        String referral = stage.link(id).referralId();
        assertThat(stage.opportunityRow(id)).containsEntry(Seller.IDENTIFIER, referral).containsEntry("name", "✔ Told deal");
        assertThat(stage.opportunityRow(id).get(Seller.LINK).toString()).contains(referral);
        assertThat(seller.audit(id)).contains("CRM to Partner Center Referral sync success").doesNotContain("failed");
        assertThat(seller.journal(id, "linked")).hasSize(1);
    }

    @Test
    void visibleWithoutHelpIsPartnerLed() {
        String id = stage.sharedOpportunity("Partner-led deal", columns -> columns.put(Seller.VISIBLE, true));

        assertThat(seller.referral(id)).containsEntry("type", "Independent");
        assertThat(seller.inReferral(id, "consent", "consentToShareReferralWithMicrosoftSellers")).isEqualTo(true);
        assertThat(seller.invitationsOf(id)).isEmpty();
    }

    @Test
    void helpMakesItACosellDealAndInvitesMicrosoftOnce() {
        String id = stage.sharedOpportunity("Co-sell deal", columns -> columns.put(Seller.HELP, Seller.WORKLOAD));

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
        stage.eventually(() -> Boolean.TRUE.equals(stage.opportunityRow(id).get(Seller.VISIBLE)));
        assertThat(stage.link(id).reason()).isNull();
    }

    // ---- what is missing

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', value = {
        "no value; estimatedvalue; ; Deal value is missing",
        "value of zero; estimatedvalue; 0; Deal value is missing",
        "no closing date; estimatedclosedate; ; closing date is missing",
        "no currency; transactioncurrencyid@odata.bind; ; currency is missing"})
    void whatIsMissingIsSaidOnceAndSharedOnceItIsThere(String what, String column, String value, String reason) {
        String name = "Deal with " + what;
        String id = stage.opportunity(name, columns -> {
            Object full = columns.remove(column);
            assertThat(full).isNotNull();
            if (value != null) {
                columns.put(column, new BigDecimal(value));
            }
            // The base currency fills an empty one as soon as there is an amount.
            if (column.startsWith("transactioncurrencyid")) {
                columns.remove("estimatedvalue");
            }
        });
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, reason) == 1);
        seller.noticed();
        assertThat(seller.name(id)).isEqualTo("✖ " + name);
        assertThat(seller.told(id, "Sync failed")).isEqualTo(1);
        assertThat(stage.link(id).state()).isEqualTo("resting");
        assertThat(stage.opportunityRow(id).get(Seller.IDENTIFIER)).isNull();
        assertThat(seller.referralsOf(id)).isEmpty();
        assertThat(seller.journal(id, "resting")).hasSize(1);

        Map<String, Object> repaired = new HashMap<>(Map.of("estimatedvalue", 777, "estimatedclosedate", "2027-05-01",
            "transactioncurrencyid@odata.bind", "/transactioncurrencies(" + stage.currency("USD") + ")"));
        stage.crm.update("opportunity", id, repaired);

        stage.eventually(() -> seller.name(id).equals("✔ " + name) && stage.isLinked(id));
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(stage.link(id).reason()).isNull();
    }

    @Test
    void withoutSolutionItIsNotSharedUntilOneIsAdded() {
        String id = stage.opportunity("Deal without solution", columns -> { });
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

    @Test
    void aCountryInWordsIsNamedWithTheFix() {
        String id = stage.opportunity("Deal in words", columns -> columns.put("customerid_account@odata.bind",
            "/accounts(" + stage.crm.create("account", Map.of("name", "Wordy", "address1_line1", "1 Street", "address1_city", "Berlin",
                "address1_country", "Germany")) + ")"));
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer account country code is missing") == 1);
        assertThat(seller.audit(id)).contains("two letters");
        String account = (String) stage.opportunityRow(id).get("_customerid_value");
        stage.crm.update("account", account, Map.of("address1_country", "DE"));
        // Nobody is told of an account's change; the seller saves the deal, as the reason asks for.
        seller.changes(id, "description", "Country corrected");

        stage.eventually(() -> stage.isLinked(id));
        assertThat(seller.inReferral(id, "customerProfile", "address", "country")).isEqualTo("DE");
    }

    @Test
    void helpNeedsACustomerContact() {
        String id = stage.opportunity("Deal without contact", columns -> {
            columns.remove("parentcontactid@odata.bind");
            columns.put(Seller.HELP, Seller.GENERAL);
        });
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer contact is missing although help is asked") == 1);
        assertThat(seller.referralsOf(id)).isEmpty();

        String contact = stage.contact((String) stage.opportunityRow(id).get("_customerid_value"));
        seller.changes(id, "parentcontactid@odata.bind", "/contacts(" + contact + ")");

        stage.eventually(() -> stage.isLinked(id) && seller.invitationsOf(id).size() == 1);
        assertThat(seller.referralsOf(id)).hasSize(1);
    }

    @Test
    void anotherCauseIsToldToo() {
        String id = stage.opportunity("Deal with two gaps", columns -> columns.remove("estimatedclosedate"));
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Solution ID is required") == 1);
        assertThat(seller.told(id, "closing date is missing")).isEqualTo(1);
        seller.changes(id, "estimatedclosedate", "2027-05-01");

        stage.eventually(() -> seller.told(id, "Solution ID is required") == 2);
        assertThat(seller.told(id, "closing date is missing")).isEqualTo(1);
        assertThat(seller.name(id)).isEqualTo("✖ Deal with two gaps");
    }

    // ---- crashes on the way

    private String withFaults(String name, Consumer<Map<String, Object>> changes, Fault... faults) {
        String id = stage.opportunity(name, changes);
        stage.solution(id, "SOL-34104-EBB");
        for (Fault fault : faults) {
            stage.partnerCenter.fail(fault);
        }
        stage.share(id);
        return id;
    }

    @Test
    void aLostAnswerOfTheCreationLeavesOneReferral() {
        String id = withFaults("Lost answer", columns -> columns.put(Seller.HELP, Seller.WORKLOAD),
            Fault.answerLost("POST", "/referrals"));

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Lost answer"));
        stage.settled();
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(seller.invitationsOf(id)).hasSize(1);
        assertThat(stage.link(id).referralId()).isEqualTo(seller.referralsOf(id).get(0).get("id"));
        assertThat(stage.link(id).referral().get("etag")).as("its guard").isNotNull();
    }

    @Test
    void aLostAnswerOfTheInvitationLeavesOneInvitation() {
        String id = withFaults("Lost invitation", columns -> columns.put(Seller.HELP, Seller.WORKLOAD), Seller.answerOfInvitationLost());

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Lost invitation"));
        stage.settled();
        assertThat(seller.referralsOf(id)).hasSize(1);
        assertThat(seller.invitationsOf(id)).hasSize(1);
    }

    @Test
    void aFailedWriteBackIsMadeUpFor() {
        stage.crm.fail(Seller.unavailable("POST", "/$batch"));
        String id = withFaults("Late write-back", columns -> { });

        stage.eventually(() -> stage.isLinked(id) && seller.name(id).equals("✔ Late write-back"));
        assertThat(stage.opportunityRow(id).get(Seller.IDENTIFIER)).isEqualTo(stage.link(id).referralId());
        assertThat(seller.referralsOf(id)).hasSize(1);
    }

    @Test
    void aStopBetweenTheStepsLeavesNothingHalf(@TempDir Path own) {
        try (Stage other = Stage.open(own, Map.of("cosell.lanes.first-pause", "3s"))) {
            Seller there = new Seller(other);
            other.partnerCenter.fail(Fault.answerLost("POST", "/referrals"));
            String id = other.opportunity("Stopped deal", columns -> columns.put(Seller.HELP, Seller.WORKLOAD));
            other.solution(id, "SOL-34104-EBB");
            other.share(id);
            other.eventually(() -> other.link(id).failures() == 1);
            assertThat(other.link(id).intent()).as("kept before it was sent").isNotNull();

            other.stopConnector();
            other.partnerCenter.fail(Seller.answerOfInvitationLost());
            other.startConnector();
            other.eventually(() -> other.link(id).failures() == 1 && other.link(id).referralId() != null);
            other.stopConnector();
            other.crm.fail(Seller.unavailable("POST", "/$batch"));
            other.startConnector();

            other.eventually(() -> other.isLinked(id) && there.name(id).equals("✔ Stopped deal"));
            assertThat(there.referralsOf(id)).hasSize(1);
            assertThat(there.invitationsOf(id)).hasSize(1);
            assertThat(List.of(other.opportunityRow(id).get(Seller.IDENTIFIER))).containsExactly(there.referralsOf(id).get(0).get("id"));
        }
    }
}
