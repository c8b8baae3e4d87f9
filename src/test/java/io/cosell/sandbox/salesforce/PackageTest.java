package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 2.3 to 2.7 of the contract: Microsoft's co-sell package. */
class PackageTest {

    private SalesforceOrg org = new SalesforceOrg();

    @AfterEach
    void stop() {
        org.close();
    }

    private void orgWith(SalesforceSwitch... on) {
        org.close();
        org = new SalesforceOrg(on);
    }

    private String detail(String identifier) {
        return org.sandbox.rows("Microsoft_Solution_Detail__c").stream().filter(row -> row.get("Solution_Identifier__c").equals(identifier))
            .map(row -> (String) row.get("Id")).findFirst().orElseThrow();
    }

    private String named(String object, String name) {
        return org.sandbox.rows(object).stream().filter(row -> row.get("Name").equals(name)).map(row -> (String) row.get("Id")).findFirst()
            .orElseThrow();
    }

    private String solution(String opportunity) {
        return org.create("Microsoft_Solutions__c", "{'Opportunity__c':'" + opportunity + "','Solution__c':'" + detail("SOL-34104-EBB")
            + "','Price__c':100,'Quantity__c':2}");
    }

    private SalesforceOrg.Answer change(String id, String body) {
        return org.patch("sobjects/Opportunity/" + id, body.replace('\'', '"'));
    }

    // ---- 2.4, 2.5

    @Test
    void anOpportunityBeginsWithThePackagesDefaults() {
        var answer = org.get("sobjects/Opportunity/" + org.opportunity());
        JsonNode deal = answer.json();
        assertThat(deal.path("Sync_With_Partner_Center__c").asBoolean(true)).isFalse();
        assertThat(deal.path("Referral_visible_to_Microsoft_sellers__c").asBoolean(true)).isFalse();
        assertThat(deal.path("Co_sell_Type__c").asText()).isEqualTo("IP Co-sell");
        assertThat(answer.text()).contains("\"Solution_Count__c\":0.0,");
        assertThat(deal.path("How_can_Microsoft_help__c").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Workload Specific Value Proposition", "Customer Technical Architecture", "Proof Of Concept or Demo",
        "Quotes or Licensing", "Post Sales Customer Success", "General or Other"})
    void helpIsOneOfSixValues(String help) {
        assertThat(change(org.opportunity(), "{'How_can_Microsoft_help__c':'" + help + "'}").status()).isEqualTo(204);
    }

    @Test
    void helpMayBeWrittenInSentenceCaseAsIn2020() {
        orgWith(SalesforceSwitch.HELP_IN_SENTENCE_CASE);
        String id = org.opportunity();
        assertThat(change(id, "{'How_can_Microsoft_help__c':'Proof of concept or demo'}").status()).isEqualTo(204);
        assertThat(change(id, "{'How_can_Microsoft_help__c':'Proof Of Concept or Demo'}").code())
            .isEqualTo("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
        assertThat(change(id, "{'How_can_Microsoft_help__c':'Workload specific value proposition'}").status()).isEqualTo(204);
    }

    @Test
    void thePurchaseIntentDependsOnTheCoSellType() {
        String id = org.opportunity();
        assertThat(change(id, "{'Customer_purchase_intent__c':'HaveNotDecided'}").status()).isEqualTo(204);
        var refused = change(id, "{'Co_sell_Type__c':'Services Co-sell'}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.field()).isEqualTo("Customer_purchase_intent__c");
        assertThat(change(id, "{'Co_sell_Type__c':'Services Co-sell','Customer_purchase_intent__c':null}").status()).isEqualTo(204);
    }

    @Test
    void aPartnerRoleIsForServicesCoSellOnly() {
        String id = org.opportunity();
        String role = named("Partner_Role__c", "Implementation");
        var refused = change(id, "{'Partner_Role__c':'" + role + "'}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).isEqualTo("Partner Role can be added for Services Co-sell only.");
        assertThat(change(id, "{'Co_sell_Type__c':'Services Co-sell','Partner_Role__c':'" + role + "'}").status()).isEqualTo(204);
        assertThat(change(id, "{'Co_sell_Type__c':'IP Co-sell'}").status()).isEqualTo(400);
    }

    @Test
    void lookupsTakeActiveRecordsOfTheSameAreaOnly() {
        String id = org.opportunity();
        String area = named("Solution_Area__c", "Infrastructure");
        String other = named("Solution_Area__c", "Data and AI");
        String play = named("Solution_Play__c", "Migrate and Modernize");
        assertThat(change(id, "{'Solution_Area__c':'" + other + "','Solution_Play__c':'" + play + "'}").field())
            .isEqualTo("Solution_Play__c");
        assertThat(change(id, "{'Solution_Area__c':'" + area + "','Solution_Play__c':'" + play + "'}").status()).isEqualTo(204);
        org.patch("sobjects/Solution_Area__c/" + area, "{\"Active__c\":false}");
        assertThat(change(id, "{'NextStep':'Call'}").status()).isEqualTo(204); // what was chosen before stays
        assertThat(change(org.opportunity(), "{'Solution_Area__c':'" + area + "'}").field()).isEqualTo("Solution_Area__c");
    }

    @Test
    void thePackageOf2023HasNoCoSellType() {
        orgWith(SalesforceSwitch.PACKAGE_OF_2023);
        assertThat(change(org.opportunity(), "{'Co_sell_Type__c':'IP Co-sell'}").code()).isEqualTo("INVALID_FIELD");
        assertThat(org.get("sobjects/Solution_Area__c/describe").status()).isEqualTo(404);
        solution(org.opportunity());
    }

    @Test
    void theProgramMayBeOnLeadsOnly() {
        String id = org.opportunity();
        assertThat(change(id, "{'Referral_Program__c':'x'}").status()).isEqualTo(204);
        orgWith(SalesforceSwitch.PROGRAM_ON_LEADS_ONLY);
        assertThat(change(org.opportunity(), "{'Referral_Program__c':'x'}").code()).isEqualTo("INVALID_FIELD");
        org.create("Lead", "{'LastName':'C','Company':'F','Referral_Program__c':'x'}");
    }

    // ---- 2.6

    @Test
    void aSolutionLineIsNumberedByDate() {
        String id = org.opportunity();
        assertThat(org.read("Microsoft_Solutions__c", solution(id)).path("Name").asText()).isEqualTo("112026-1");
        assertThat(org.read("Microsoft_Solutions__c", solution(id)).path("Name").asText()).isEqualTo("112026-2");
    }

    @Test
    void aSolutionLineStaysWithItsOpportunityAndHoldsItsDetail() {
        String id = org.opportunity();
        String line = solution(id);
        assertThat(org.patch("sobjects/Microsoft_Solutions__c/" + line, "{\"Opportunity__c\":\"" + org.opportunity() + "\"}").code())
            .isEqualTo("INVALID_FIELD_FOR_INSERT_UPDATE");
        var refused = org.delete("sobjects/Microsoft_Solution_Detail__c/" + detail("SOL-34104-EBB"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("DELETE_FAILED");
        assertThat(org.delete("sobjects/Opportunity/" + id).status()).isEqualTo(204);
        assertThat(org.sandbox.row("Microsoft_Solutions__c", line)).isNull();
        assertThat(org.delete("sobjects/Microsoft_Solution_Detail__c/" + detail("SOL-34104-EBB")).status()).isEqualTo(204);
    }

    @Test
    void aSolutionLineNeedsItsDetail() {
        assertThat(org.post("sobjects/Microsoft_Solutions__c", "{\"Opportunity__c\":\"" + org.opportunity() + "\"}").message())
            .isEqualTo("Required fields are missing: [Solution__c]");
    }

    // ---- 2.7

    @Test
    void theTriggerCountsSolutionsAndEndsTheSyncAtZero() {
        String id = org.opportunity();
        change(id, "{'Sync_With_Partner_Center__c':true}");
        String one = solution(id);
        String other = solution(id);
        assertThat(org.read("Opportunity", id).path("Solution_Count__c").asInt()).isEqualTo(2);
        org.clock.move(Duration.ofMinutes(1));
        org.delete("sobjects/Microsoft_Solutions__c/" + one);
        JsonNode left = org.read("Opportunity", id);
        assertThat(left.path("Solution_Count__c").asInt()).isEqualTo(1);
        assertThat(left.path("Sync_With_Partner_Center__c").asBoolean()).isTrue();
        assertThat(left.path("SystemModstamp").asText()).isEqualTo("2026-11-20T10:01:00.000+0000");
        org.delete("sobjects/Microsoft_Solutions__c/" + other);
        assertThat(org.read("Opportunity", id).path("Sync_With_Partner_Center__c").asBoolean()).isFalse();
    }

    private static final String SYNC = "{'Sync_With_Partner_Center__c':true";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CANNOT_SYNC_WITHOUT_SOLUTION      | {'Sync_With_Partner_Center__c':true} | Sync_With_Partner_Center__c",
        "CANNOT_UPDATE_THE_COSELL_TYPE     | {'Co_sell_Type__c':'Services Co-sell'} | Co_sell_Type__c",
        "REQUIRED_CO_SELL_TYPE             | {'Sync_With_Partner_Center__c':true,'Co_sell_Type__c':null} | Co_sell_Type__c",
        "REQUIRED_CUSTOMER_PURCHASE_INTENT | {'Sync_With_Partner_Center__c':true} | Customer_purchase_intent__c",
        "REQUIRED_PARTNER_ROLE | {'Sync_With_Partner_Center__c':true,'Co_sell_Type__c':'Services Co-sell'} | Partner_Role__c",
        "REQUIRED_SOLUTION_AREA            | {'Sync_With_Partner_Center__c':true} | Solution_Area__c",
        "REQUIRED_SOLUTION_PLAY            | {'Sync_With_Partner_Center__c':true} | Solution_Play__c"})
    void aRuleOfThePackageRefusesOnceItIsActive(SalesforceSwitch rule, String body, String field) {
        assertThat(change(org.opportunity(), body).status()).isEqualTo(204);
        org.sandbox.switches().turn(rule, true);
        var refused = change(org.opportunity(), body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json()).hasSize(1);
        assertThat(refused.code()).isEqualTo("FIELD_CUSTOM_VALIDATION_EXCEPTION");
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused.message()).isNotEmpty();
    }

    @Test
    void activeRulesLetACompleteDealSync() {
        orgWith(SalesforceSwitch.CANNOT_SYNC_WITHOUT_SOLUTION, SalesforceSwitch.CANNOT_UPDATE_THE_COSELL_TYPE,
            SalesforceSwitch.REQUIRED_CO_SELL_TYPE, SalesforceSwitch.REQUIRED_CUSTOMER_PURCHASE_INTENT,
            SalesforceSwitch.REQUIRED_PARTNER_ROLE, SalesforceSwitch.REQUIRED_SOLUTION_AREA, SalesforceSwitch.REQUIRED_SOLUTION_PLAY);
        String id = org.opportunity();
        solution(id);
        assertThat(change(id, SYNC + "}").json()).hasSize(3); // intent, area and play
        assertThat(change(id, SYNC + ",'Customer_purchase_intent__c':'Yes','Solution_Area__c':'" + named("Solution_Area__c",
            "Infrastructure") + "','Solution_Play__c':'" + named("Solution_Play__c", "Migrate and Modernize") + "'}").status())
            .isEqualTo(204);
        assertThat(change(id, "{'Co_sell_Type__c':'Services Co-sell','Referral_Identifier__c':'r-2','Customer_purchase_intent__c':null,"
            + "'Partner_Role__c':'" + named("Partner_Role__c", "Implementation") + "'}").status()).isEqualTo(204);
    }

    @Test
    void theSeedHasTwoSolutionsAndTheirSellers() {
        assertThat(org.sandbox.rows("Microsoft_Solution_Detail__c")).extracting("Solution_Identifier__c")
            .isEqualTo(List.of("SOL-34104-EBB", "SOL-15974-MQF"));
        assertThat(org.sandbox.row("User", Seed.SELLER)).containsAllEntriesOf(Map.of("Name", "Sam Seller", "IsActive", true));
    }
}
