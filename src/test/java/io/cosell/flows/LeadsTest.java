package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deals that are not accepted yet are leads; what becomes of the lead becomes of the deal, and the other way round. */
class LeadsTest {

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
    void anOfferBecomesALead() {
        String referral = stage.receivedOffer("Fleet telemetry");

        assertThat(stage.leadOf(referral))
            .containsEntry("subject", "✔ Fleet telemetry").containsEntry("companyname", "Customer of Fleet telemetry")
            .containsEntry("firstname", "Sue").containsEntry("lastname", "Smith")
            .containsEntry("emailaddress1", "Fleet.telemetry@customer.example")
            .containsEntry("address1_line1", "1 Harbour Road").containsEntry("address1_postalcode", "98101")
            .containsEntry("address1_country", "US")
            .containsEntry("description", "Fabrikam wants live data of 400 trucks and asks for a partner who has done it before.")
            .containsEntry("estimatedclosedate", "2027-03-31").containsEntry("_transactioncurrencyid_value", stage.currency("USD"))
            .containsEntry("leadsourcecode", 4).containsEntry("statecode", 0)
            .containsEntry("msft_microsoftpartnercenterreferralidentifier", referral)
            .containsEntry("msft_microsoftpartnercenterreferralsync", true);
        assertThat(stage.leadOf(referral).get("estimatedamount").toString()).startsWith("120000");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId())
            .containsEntry("status", "New");
        assertThat(stage.rows("opportunity", "msft_microsoftpartnercenterreferralidentifier", referral)).isEmpty();
        stage.comesToRest();
    }

    @Test
    void editsOfAnOfferTravelBothWays() {
        String referral = stage.receivedOffer("Edited offer");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 130000));
        stage.eventually(() -> stage.leadOf(referral).get("estimatedamount").toString().startsWith("130000"));
        stage.settled();
        stage.crm.update("lead", stage.link(referral).recordId(), Map.of("description", "The seller's notes"));

        stage.eventually(() -> "The seller's notes".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
        stage.comesToRest();
    }

    @Test
    void aLeadThatTheSellerQualifiesAcceptsTheOffer() {
        String referral = stage.receivedOffer("Qualified by the seller");

        String opportunity = stage.crm.qualifyLead(stage.link(referral).recordId());
        stage.eventually(() -> "Active".equals(stage.partnerCenter.referral(referral).get("status")));
        stage.eventually(() -> opportunity.equals(stage.link(referral).recordId()) && stage.solutionsOf(opportunity).size() == 1);
        stage.settled();

        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Accepted")
            .containsEntry("externalReferenceId", opportunity);
        assertThat(stage.link(referral).recordKind()).isEqualTo("opportunity");
        assertFilled(referral, opportunity, "Qualified by the seller");
        stage.comesToRest();
    }

    @Test
    void anOfferAcceptedInPartnerCenterQualifiesTheLead() {
        String referral = stage.receivedOffer("Accepted over there");
        String lead = stage.link(referral).recordId();

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));
        stage.settled();

        assertThat(stage.crm.row("lead", lead)).containsEntry("statecode", 1).containsEntry("statuscode", 3);
        String opportunity = stage.link(referral).recordId();
        assertThat(stage.opportunityOf(referral)).containsEntry("_originatingleadid_value", lead);
        assertFilled(referral, opportunity, "Accepted over there");
        assertThat(stage.rows("account", "name", "Customer of Accepted over there")).hasSize(1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", opportunity);
        stage.comesToRest();
    }

    @Test
    void anOfferWonWithoutBeingAcceptedQualifiesTheLeadAndWinsItsOpportunity() {
        String referral = stage.receivedOffer("Won at once");

        stage.partnerCenter.partnerCloses(referral, "Won", "Other");
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));
        stage.settled();

        assertThat(stage.opportunityOf(referral)).containsEntry("statecode", 1);
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Won");
        stage.comesToRest();
    }

    @Test
    void aQualifiedLeadGoesToTheCustomersAccountIfThereIsOne() {
        String account = stage.crm.create("account", Map.of("name", "Customer of Known customer", "address1_postalcode", "98101"));
        String referral = stage.receivedOffer("Known customer");

        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()));

        assertThat(stage.opportunityOf(referral)).containsEntry("_customerid_value", account);
        assertThat(stage.rows("account", "name", "Customer of Known customer")).hasSize(1);
    }

    private static void assertFilled(String referral, String opportunity, String name) {
        Map<String, Object> row = stage.crm.row("opportunity", opportunity);
        assertThat(row).containsEntry("name", "✔ " + name)
            .containsEntry("msft_microsoftpartnercenterreferralidentifier", referral)
            .containsEntry("msft_microsoftpartnercenterreferrallink", "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral)
            .containsEntry("msft_microsoftpartnercenterreferralsync", true)
            .containsEntry("estimatedclosedate", "2027-03-31").containsEntry("_transactioncurrencyid_value", stage.currency("USD"));
        assertThat(row.get("estimatedvalue").toString()).startsWith("120000");
        assertThat((String) row.get("description")).startsWith("Fabrikam wants");
        assertThat(stage.crm.row("account", (String) row.get("_customerid_value"))).containsEntry("name", "Customer of " + name);
        assertThat(stage.solutionsOf(opportunity)).containsExactly("SOL-34104-EBB");
        Map<String, Object> details = Stage.part(stage.partnerCenter.referral(referral), "details");
        assertThat(details.get("dealValue").toString()).startsWith("120000");
        assertThat(Stage.part(details, "requirements").get("solutions")).asList().hasSize(1);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({"4, Lost", "5, Cannot contact", "6, No longer interested", "7, Canceled"})
    void aLeadThatTheSellerDisqualifiesDeclinesTheOffer(int status, String reason) {
        String referral = stage.receivedOffer("Disqualified as " + reason);

        stage.crm.disqualifyLead(stage.link(referral).recordId(), status);
        stage.eventually(() -> "Closed".equals(stage.partnerCenter.referral(referral).get("status")));

        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Declined").containsEntry("statusReason", reason);
    }

    @Test
    void anOfferDeclinedInPartnerCenterDisqualifiesTheLead() {
        String referral = stage.receivedOffer("Declined over there");

        stage.partnerCenter.partnerDeclines(referral, "No time");

        stage.eventually(() -> Integer.valueOf(2).equals(stage.leadOf(referral).get("statecode")));
        stage.comesToRest();
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("substatus", "Declined").containsEntry("statusReason", "No time");
    }

    @Test
    void anOfferThatExpiresDisqualifiesTheLeadAndIsAtRest(@TempDir Path own) {
        try (Stage late = Stage.open(own, Map.of())) {
            String referral = late.receivedOffer("Never answered");

            late.sandboxes.clock().move(Duration.ofDays(15));
            late.partnerCenter.tick();

            late.eventually(() -> Integer.valueOf(2).equals(late.leadOf(referral).get("statecode")));
            late.comesToRest();
            assertThat(late.partnerCenter.referral(referral)).containsEntry("substatus", "Expired");
            assertThat(late.link(referral).state()).isEqualTo("linked");
        }
    }

    @Test
    void withOpportunitiesOnlyAnOfferWaitsUntilItIsAccepted(@TempDir Path own) {
        try (Stage only = Stage.open(own, Map.of("cosell.cosell-opportunities-only", "Yes"))) {
            String referral = only.offer("Only opportunities", changes -> { });
            only.eventually(() -> only.link(referral).state().equals("skipped"));
            only.settled();
            assertThat(only.crm.rows("lead")).isEmpty();
            assertThat(only.crm.rows("opportunity")).isEmpty();
            assertThat(only.link(referral).reason()).contains("cosell.cosell-opportunities-only is Yes");
            assertThat(only.partnerCenter.referral(referral).get("externalReferenceId")).isNull();

            only.partnerCenter.partnerAccepts(referral);
            only.eventually(() -> only.isLinked(referral));

            assertThat(only.crm.rows("lead")).isEmpty();
            assertThat(only.opportunityOf(referral)).containsEntry("name", "✔ Only opportunities");
            only.comesToRest();
        }
    }

    @Test
    void withoutMicrosoftsColumnsOnLeadsTheReasonNamesThem(@TempDir Path own) {
        try (Stage bare = Stage.open(own, PartnerCenterOptions.defaults(), DataverseOptions.defaults().withMicrosoftColumnsOnLead(false),
            Map.of())) {
            String referral = bare.offer("No columns", changes -> { });

            bare.eventually(() -> bare.link(referral).state().equals("resting"));
            bare.settled();

            assertThat(bare.link(referral).reason()).startsWith("Dynamics 365 refuses it (400).")
                .contains("msft_microsoftpartnercenterreferral");
            assertThat(bare.crm.rows("lead")).isEmpty();

            String deal = bare.deal("Deals go on", changes -> { });
            bare.eventually(() -> bare.isLinked(deal));
            bare.partnerCenter.partnerAccepts(referral);
            bare.eventually(() -> bare.isLinked(referral));
            assertThat(List.of(bare.link(referral).recordKind(), bare.link(deal).recordKind())).containsOnly("opportunity");
        }
    }

    /** What docs/adapter.md tells to do where leads have none of Microsoft's columns. */
    @Test
    void withoutMicrosoftsColumnsInTheLeadMappingLeadsTravelAllTheSame(@TempDir Path own) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("mappings"))) {
            for (Path file : files.toList()) {
                if (Files.isDirectory(file)) {
                    Files.createDirectories(own.resolve(file.toString()));
                } else {
                    Files.copy(file, own.resolve(file.toString()));
                }
            }
        }
        for (String name : List.of("lead-in.json", "lead-out.json")) {
            Path file = own.resolve("mappings/dynamics365/" + name);
            Files.write(file, Files.readAllLines(file).stream().filter(line -> !line.contains("msft_")).toList());
        }
        try (Stage bare = Stage.open(own, PartnerCenterOptions.defaults(), DataverseOptions.defaults().withMicrosoftColumnsOnLead(false),
            Map.of())) {
            String referral = bare.receivedOffer("Without columns");
            assertThat(bare.leadOf(referral)).containsEntry("subject", "✔ Without columns");
            bare.comesToRest();

            String opportunity = bare.crm.qualifyLead(bare.link(referral).recordId());
            bare.eventually(() -> "Active".equals(bare.partnerCenter.referral(referral).get("status")));
            bare.eventually(() -> bare.solutionsOf(opportunity).size() == 1);
            assertThat(bare.crm.row("opportunity", opportunity)).containsEntry("msft_microsoftpartnercenterreferralidentifier", referral);
            bare.comesToRest();
        }
    }
}
