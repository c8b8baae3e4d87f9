package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The fields that the shipped settings name are there in an organisation with the package, and can be asked for in one query. */
class MappedFieldsTest {

    private static Settings settings() throws IOException {
        try (InputStream packed = Files.newInputStream(Path.of("application.properties"))) {
            return Settings.load(packed, Optional.of(Path.of("routes")), Optional.empty(), Map.of("COSELL_CRM", "salesforce"));
        }
    }

    @Test
    void anOpportunityIsReadWithAllThatBelongsToIt() throws IOException {
        Settings settings = settings();
        String soql = "SELECT " + settings.get("cosell.salesforce.opportunity-fields") + ","
            + settings.get("cosell.salesforce.opportunity-relations") + " FROM Opportunity";
        try (Contoso contoso = new Contoso()) {
            SalesforceSandbox sandbox = contoso.sandbox;
            String account = sandbox.create("Account", Map.of("Name", "Fabrikam", "BillingCountry", "US"));
            String sue = sandbox.create("Contact", Map.of("LastName", "Smith", "AccountId", account));
            String deal = sandbox.create("Opportunity", Map.of("Name", "Deal", "StageName", "Prospecting", "CloseDate", "2027-01-31",
                "AccountId", account, "ContactId", sue));
            String detail = (String) sandbox.rows("Microsoft_Solution_Detail__c").get(0).get("Id");
            sandbox.create("Microsoft_Solutions__c", Map.of("Opportunity__c", deal, "Solution__c", detail));
            sandbox.create("OpportunityTeamMember", Map.of("OpportunityId", deal, "UserId", Seed.OTHER_SELLER));

            JsonNode record = contoso.records(soql).get(0);

            assertThat(record.path("Id").asText()).isEqualTo(deal);
            assertThat(record.at("/Account/BillingCountry").asText()).isEqualTo("US");
            assertThat(record.at("/OpportunityContactRoles/records/0/Contact/LastName").asText()).isEqualTo("Smith");
            assertThat(record.at("/Opportunity_To_Microsoft_Solutions__r/records/0/Solution__r/Solution_Identifier__c").asText()).isNotEmpty();
            assertThat(record.at("/OpportunityTeamMembers/records/0/User/Id").asText()).isEqualTo(Seed.OTHER_SELLER);
            assertThat(record.at("/Owner/Id").asText()).isNotEmpty();
        }
    }

    @Test
    void aLeadIsReadWithAllThatBelongsToIt() throws IOException {
        try (Contoso contoso = new Contoso()) {
            contoso.sandbox.create("Lead", Map.of("Company", "Fabrikam", "LastName", "Smith"));
            assertThat(contoso.values("SELECT " + settings().get("cosell.salesforce.lead-fields") + " FROM Lead", "Company"))
                .isEqualTo("Fabrikam");
        }
    }
}
