package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections 2.1 and 2.2 of the contract: derived fields, links, and what an organisation may have or not. */
class OpportunityFieldsTest {

    private SalesforceOrg org = new SalesforceOrg();

    @AfterEach
    void stop() {
        org.close();
    }

    private void orgWith(SalesforceSwitch... on) {
        org.close();
        org = new SalesforceOrg(on);
    }

    private void change(String id, String body) {
        var answer = org.patch("sobjects/Opportunity/" + id, body.replace('\'', '"'));
        assertThat(answer.status()).as(answer.text()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({
        "Prospecting, false, false, Pipeline, 10",
        "Negotiation/Review, false, false, BestCase, 90",
        "Closed Won, true, true, Closed, 100",
        "Closed Lost, true, false, Omitted, 0"})
    void theStageDecidesWhatIsDerived(String stage, boolean closed, boolean won, String forecast, double probability) {
        String id = org.opportunity();
        change(id, "{'StageName':'" + stage + "'}");
        JsonNode now = org.read("Opportunity", id);
        assertThat(now.path("IsClosed").asBoolean()).isEqualTo(closed);
        assertThat(now.path("IsWon").asBoolean()).isEqualTo(won);
        assertThat(now.path("ForecastCategory").asText()).isEqualTo(forecast);
        assertThat(now.path("Probability").asDouble()).isEqualTo(probability);
    }

    @Test
    void aWrittenProbabilityStaysUntilTheStageMoves() {
        String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','Probability':33}");
        change(id, "{'NextStep':'Call'}");
        assertThat(org.read("Opportunity", id).path("Probability").asDouble()).isEqualTo(33);
        change(id, "{'StageName':'Qualification'}");
        assertThat(org.read("Opportunity", id).path("Probability").asDouble()).isEqualTo(10);
    }

    @Test
    void aStageOutsideTheTableIsTakenWhereTheOrganisationAllowsIt() {
        orgWith(SalesforceSwitch.UNLISTED_STAGES);
        String id = org.opportunity();
        change(id, "{'StageName':'Nowhere'}");
        assertThat(org.read("Opportunity", id).path("IsClosed").asBoolean()).isFalse();
        assertThat(org.read("Opportunity", id).path("Probability").asDouble()).isZero();
    }

    @Test
    void theContactIsGivenOnCreateOnlyAndBecomesThePrimaryRole() {
        String contact = org.create("Contact", "{'LastName':'Customer'}");
        String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','ContactId':'" + contact
            + "'}");
        assertThat(org.sandbox.rows("OpportunityContactRole")).singleElement().satisfies(role -> assertThat(role)
            .containsEntry("OpportunityId", id).containsEntry("ContactId", contact).containsEntry("IsPrimary", true));
        var refused = org.patch("sobjects/Opportunity/" + id, "{\"ContactId\":\"" + contact + "\"}");
        assertThat(refused.code()).isEqualTo("INVALID_FIELD_FOR_INSERT_UPDATE");
        assertThat(refused.field()).isEqualTo("ContactId");
    }

    @Test
    void oneRoleAtMostIsPrimary() {
        String contact = org.create("Contact", "{'LastName':'Customer'}");
        String other = org.create("Contact", "{'LastName':'Other'}");
        String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','ContactId':'" + contact
            + "'}");
        String role = org.create("OpportunityContactRole", "{'OpportunityId':'" + id + "','ContactId':'" + other + "','IsPrimary':true}");
        assertThat(org.sandbox.rows("OpportunityContactRole")).filteredOn("IsPrimary", true).extracting("Id").containsExactly(role);
        assertThat(org.read("Opportunity", id).path("ContactId").asText()).isEqualTo(other);
        org.delete("sobjects/OpportunityContactRole/" + role);
        assertThat(org.read("Opportunity", id).path("ContactId").isNull()).isTrue();
    }

    @Test
    void anAmountIsSilentlyIgnoredWhileProductsAreAttached() {
        String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','Amount':5000}");
        Object entry = org.sandbox.rows("PricebookEntry").get(0).get("Id");
        String item = org.create("OpportunityLineItem", "{'OpportunityId':'" + id + "','PricebookEntryId':'" + entry + "','Quantity':3}");
        assertThat(org.read("Opportunity", id).path("Amount").asDouble()).isEqualTo(300);
        assertThat(org.read("Opportunity", id).path("HasOpportunityLineItem").asBoolean()).isTrue();
        change(id, "{'Amount':7000,'NextStep':'Call'}");
        assertThat(org.read("Opportunity", id).path("Amount").asDouble()).isEqualTo(300);
        assertThat(org.read("Opportunity", id).path("NextStep").asText()).isEqualTo("Call");
        org.patch("sobjects/OpportunityLineItem/" + item, "{\"UnitPrice\":50}");
        assertThat(org.read("Opportunity", id).path("Amount").asDouble()).isEqualTo(150);
        org.delete("sobjects/OpportunityLineItem/" + item);
        change(id, "{'Amount':7000}");
        assertThat(org.read("Opportunity", id).path("Amount").asDouble()).isEqualTo(7000);
    }

    @Test
    void aProductTakesUnitPriceOrTotalPriceNotBoth() {
        String id = org.opportunity();
        Object entry = org.sandbox.rows("PricebookEntry").get(0).get("Id");
        String item = "{\"OpportunityId\":\"" + id + "\",\"PricebookEntryId\":\"" + entry + "\",\"Quantity\":2,\"TotalPrice\":90";
        assertThat(org.post("sobjects/OpportunityLineItem", item + ",\"UnitPrice\":45}").code()).isEqualTo("FIELD_INTEGRITY_EXCEPTION");
        assertThat(org.post("sobjects/OpportunityLineItem", item + "}").status()).isEqualTo(201);
        assertThat(org.sandbox.rows("OpportunityLineItem").get(0).get("UnitPrice").toString()).isEqualTo("45.0");
    }

    @Test
    void currenciesExistInMultiCurrencyOrganisationsOnly() {
        assertThat(org.get("sobjects/CurrencyType/describe").status()).isEqualTo(404);
        String before = org.opportunity();
        org.sandbox.switches().turn(SalesforceSwitch.MULTI_CURRENCY, true);
        assertThat(org.read("Opportunity", before).path("CurrencyIsoCode").asText()).isEqualTo("USD");
        change(before, "{'CurrencyIsoCode':'EUR'}");
        assertThat(org.read("Opportunity", before).path("CurrencyIsoCode").asText()).isEqualTo("EUR");
        assertThat(org.patch("sobjects/Opportunity/" + before, "{\"CurrencyIsoCode\":\"XXX\"}").code())
            .isEqualTo("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
        assertThat(org.sandbox.rows("CurrencyType")).extracting("IsoCode").containsExactly("USD", "EUR", "GBP");
    }

    @Test
    void countriesAreFreeTextUnlessPicklistsAreOn() {
        org.create("Account", "{'Name':'Contoso','BillingCountry':'Wherever','BillingState':'Somewhere'}");
        assertThat(org.post("sobjects/Account", "{\"Name\":\"Contoso\",\"BillingCountryCode\":\"US\"}").code()).isEqualTo("INVALID_FIELD");
        orgWith(SalesforceSwitch.COUNTRY_PICKLISTS);
        var refused = org.post("sobjects/Account", "{\"Name\":\"Contoso\",\"BillingCountry\":\"Wherever\"}");
        assertThat(refused.code()).isEqualTo("FIELD_INTEGRITY_EXCEPTION");
        assertThat(refused.field()).isEqualTo("BillingCountry");
        assertThat(org.post("sobjects/Account", "{\"Name\":\"C\",\"BillingCountry\":\"Germany\",\"BillingState\":\"Texas\"}").code())
            .isEqualTo("FIELD_INTEGRITY_EXCEPTION");
        JsonNode byLabel = org.read("Account", org.create("Account", "{'Name':'C','BillingCountry':'Germany'}"));
        assertThat(byLabel.path("BillingCountryCode").asText()).isEqualTo("DE");
        String id = org.create("Account", "{'Name':'C','BillingCountryCode':'US','BillingStateCode':'TX'}");
        JsonNode byCode = org.read("Account", id);
        assertThat(byCode.path("BillingCountry").asText()).isEqualTo("United States");
        assertThat(byCode.path("BillingState").asText()).isEqualTo("Texas");
        assertThat(org.patch("sobjects/Account/" + id, "{\"BillingCountryCode\":null,\"BillingStateCode\":null}").status()).isEqualTo(204);
        assertThat(org.read("Account", id).path("BillingCountry").isNull()).isTrue();
        assertThat(org.post("sobjects/Account", "{\"Name\":\"C\",\"BillingCountryCode\":\"XX\"}").status()).isEqualTo(400);
    }

    @Test
    void teamMembersExistWhereTeamsAreOn() {
        String id = org.opportunity();
        String member = "{'OpportunityId':'" + id + "','UserId':'" + Seed.SELLER + "','TeamMemberRole':'Sales Rep'}";
        assertThat(org.read("OpportunityTeamMember", org.create("OpportunityTeamMember", member)).path("Name").asText())
            .isEqualTo("Sam Seller");
        org.sandbox.switches().turn(SalesforceSwitch.TEAMS_OFF, true);
        assertThat(org.post("sobjects/OpportunityTeamMember", member.replace('\'', '"')).status()).isEqualTo(404);
    }

    @Test
    void aConvertedLeadIsReadOnlyAndPointsToWhatWasMadeOfIt() {
        String lead = org.create("Lead", "{'LastName':'Customer','FirstName':'Carla','Company':'Fabrikam','Email':'carla@fabrikam.example',"
            + "'Country':'DE','Referral_Identifier__c':'r-1','Sync_With_Partner_Center__c':true}");
        assertThat(org.read("Lead", lead).path("Status").asText()).isEqualTo("Open - Not Contacted");
        String opportunity = org.sandbox.convertLead(lead);
        JsonNode converted = org.read("Lead", lead);
        assertThat(converted.path("IsConverted").asBoolean()).isTrue();
        assertThat(converted.path("Status").asText()).isEqualTo("Closed - Converted");
        assertThat(converted.path("ConvertedDate").asText()).isEqualTo("2026-11-20");
        assertThat(converted.path("ConvertedOpportunityId").asText()).isEqualTo(opportunity);
        JsonNode made = org.read("Opportunity", opportunity);
        assertThat(made.path("Referral_Identifier__c").asText()).isEqualTo("r-1");
        assertThat(made.path("CloseDate").asText()).isEqualTo("2026-12-31");
        assertThat(made.path("AccountId").asText()).isEqualTo(converted.path("ConvertedAccountId").asText());
        assertThat(made.path("ContactId").asText()).isEqualTo(converted.path("ConvertedContactId").asText());
        assertThat(org.read("Account", made.path("AccountId").asText()).path("Name").asText()).isEqualTo("Fabrikam");
        assertThat(org.patch("sobjects/Lead/" + lead, "{\"Phone\":\"1\"}").code()).isEqualTo("CANNOT_UPDATE_CONVERTED_LEAD");
        assertThatThrownBy(() -> org.sandbox.convertLead(lead)).hasMessageContaining("CANNOT_UPDATE_CONVERTED_LEAD");
        assertThat(org.patch("sobjects/Lead/" + lead, "{\"IsConverted\":false}").code()).isEqualTo("INVALID_FIELD_FOR_INSERT_UPDATE");
    }

    @Test
    void peopleAndMachinesActByName() {
        JsonNode parameters = SalesforceSandbox.JSON.valueToTree(Map.of("object", "Account", "fields", Map.of("Name", "Contoso"), "as",
            "automation"));
        Map<?, ?> made = (Map<?, ?>) org.sandbox.acts().stream().filter(act -> act.name().equals("create")).findFirst().orElseThrow()
            .does().apply(parameters);
        assertThat(org.read("Account", (String) made.get("id")).path("CreatedById").asText()).isEqualTo(Seed.AUTOMATION);
        assertThat(org.sandbox.history()).singleElement().satisfies(change -> assertThat(change.user()).isEqualTo(Seed.AUTOMATION));
    }

    @Test
    void whatBelongsToADeletedRecordGoesWithIt() {
        String account = org.create("Account", "{'Name':'Contoso'}");
        String id = org.create("Opportunity", "{'Name':'D','StageName':'Prospecting','CloseDate':'2026-12-31','AccountId':'" + account
            + "'}");
        String note = org.create("Note", "{'ParentId':'" + id + "','Title':'Call'}");
        org.delete("sobjects/Account/" + account);
        assertThat(org.get("sobjects/Opportunity/" + id).code()).isEqualTo("ENTITY_IS_DELETED");
        assertThat(org.get("sobjects/Note/" + note).code()).isEqualTo("ENTITY_IS_DELETED");
    }
}
