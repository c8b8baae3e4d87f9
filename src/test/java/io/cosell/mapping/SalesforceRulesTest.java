package io.cosell.mapping;

import static io.cosell.mapping.Mappings.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/mappings.md says of Salesforce, one test each. {@link RulesTest} holds the same rules for Dynamics 365. */
class SalesforceRulesTest {

    private static final String OPPORTUNITY = "salesforce/opportunity";
    private static final String LEAD = "salesforce/lead";
    private static Mappings mappings;

    @BeforeAll
    static void start() {
        mappings = Mappings.shipped();
    }

    @AfterAll
    static void stop() {
        mappings.close();
    }

    private static JsonNode out(String kind, String view) {
        return mappings.run(kind + "-out", json("{\"mark\": \"\", \"view\": " + view.replace('\'', '"') + "}")).path("record");
    }

    private static JsonNode view(String kind, String fields) {
        return mappings.run(kind + "-in", json(fields.replace('\'', '"'))).path("view");
    }

    private static ObjectNode afterWriting(String kind, String view) {
        JsonNode document = json("{\"mark\": \"\", \"currencyCode\": \"EUR\", \"view\": " + view.replace('\'', '"') + "}");
        SalesforceRow row = (kind.equals(LEAD) ? SalesforceRow.lead() : SalesforceRow.opportunity())
            .write(mappings.run(kind + "-out", document), document);
        return (ObjectNode) mappings.run(kind + "-in", row.read()).path("view");
    }

    // ---- absent, null, empty

    @ParameterizedTest
    @ValueSource(strings = {OPPORTUNITY, LEAD})
    void whatIsAbsentIsNotTouched(String kind) {
        assertThat(out(kind, "{}")).isEmpty();
        assertThat(out(kind, "{'details': {}, 'consent': {}, 'inviteContext': {}, 'trackingInfo': {}}")).isEmpty();
        assertThat(out(kind, "{'details': {'notes': 'x'}}")).isEqualTo(json("{\"Description\": \"x\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        OPPORTUNITY + "|{'details': {'dealValue': null}}|Amount",
        OPPORTUNITY + "|{'details': {'notes': null}}|Description",
        OPPORTUNITY + "|{'trackingInfo': {'microsoftMsxId': null}}|Microsoft_CRM_Identifier__c",
        LEAD + "|{'details': {'notes': null}}|Description",
        LEAD + "|{'customerProfile': {'address': {'city': null}}}|City"})
    void whatIsNullEmptiesItsField(String kind, String view, String field) {
        assertThat(out(kind, view)).isEqualTo(json("{\"" + field + "\": null}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        OPPORTUNITY + "|{'name': null}",
        OPPORTUNITY + "|{'details': {'closingDateTime': null}}",
        OPPORTUNITY + "|{'consent': {'consentToShareReferralWithMicrosoftSellers': null}}",
        LEAD + "|{'customerProfile': {'name': null, 'team': [{'lastName': null}]}}"})
    void whatSalesforceDemandsIsNeverEmptied(String kind, String view) {
        assertThat(out(kind, view)).isEmpty();
    }

    @Test
    void whatLeadsDoNotHoldIsAbsent() {
        JsonNode view = view(LEAD, "{'Id': '1', 'Company': 'Fabrikam', 'Description': null}");
        assertThat(view.has("name") || view.has("inviteContext") || view.has("consent") || view.has("trackingInfo")).isFalse();
        assertThat(view.path("details")).isEqualTo(json("{\"notes\": null}"));
    }

    // ---- lists

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7})
    void listsStayLists(int size) {
        JsonNode expected = json(IntStream.range(0, size)
            .mapToObj(i -> "{\"id\": \"SOL-" + i + "\", \"name\": \"Solution " + i + "\", \"type\": \"Name\"}").toList().toString());
        String view = "{\"details\": {\"requirements\": {\"solutions\": " + expected + "}}}";
        assertThat(afterWriting(OPPORTUNITY, view).at("/details/requirements/solutions")).isEqualTo(expected);
    }

    @Test
    void theOwnerWhoIsAlsoInTheTeamCountsOnce() {
        JsonNode team = view(OPPORTUNITY, """
            {'Owner': {'Id': '1', 'LastName': 'Seller'}, 'OpportunityTeamMembers': {'records': [
              {'User': {'Id': '2', 'LastName': 'Other'}}, {'User': {'Id': '1', 'LastName': 'Seller'}}]}}""").path("team");
        assertThat(team).isEqualTo(json("[{\"lastName\": \"Seller\"}, {\"lastName\": \"Other\"}]"));
    }

    // ---- dates, numbers, texts

    @ParameterizedTest
    @CsvSource({"2026-06-30, 2026-06-30", "2026-06-30T00:00:00Z, 2026-06-30", "2026-06-30T23:59:59.9999999Z, 2026-06-30"})
    void theCrmGetsTheDayOfADate(String date, String day) {
        assertThat(afterWriting(OPPORTUNITY, "{'details': {'closingDateTime': '" + date + "'}}").at("/details/closingDateTime").asText())
            .isEqualTo(day);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "-1", "0.01", "123456789012.34", "1000000000000"})
    void numbersKeepEveryDigit(String number) {
        JsonNode value = afterWriting(OPPORTUNITY, "{'details': {'dealValue': " + number + ", 'currency': 'EUR'}}").path("details");
        assertThat(value.path("dealValue").decimalValue()).isEqualByComparingTo(number);
        assertThat(value.path("currency").asText()).isEqualTo("EUR");
    }

    @Test
    void textsAreNotCut() {
        String notes = "Lörem ipsüm 東京 \\n ".repeat(3000);
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            assertThat(afterWriting(kind, "{'details': {'notes': '" + notes + "'}}").at("/details/notes"))
                .isEqualTo(json("\"" + notes + "\""));
        }
    }

    @ParameterizedTest
    @CsvSource({"2026-01-02T03:04:05.000+0000, 2026-01-02T03:04:06.000+0000", "2025-12-31T23:59:59.999+0000, 2026-01-01T00:00:00.000+0000"})
    void aLaterVersionHasAHigherNumber(String earlier, String later) {
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            List<Long> revisions = List.of(earlier, later).stream()
                .map(time -> mappings.run(kind + "-in", json("{\"SystemModstamp\": \"" + time + "\"}")).path("revision").longValue()).toList();
            assertThat(revisions.get(0)).isPositive().isLessThan(revisions.get(1));
        }
    }

    // ---- addresses

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {"1 Main Street|null", "1 Main Street|Suite 200", "千代田区1-1|東京ビル"})
    void bothLinesOfAnAddressAreInTheStreet(String line1, String line2) {
        ObjectNode address = Mappings.JSON.createObjectNode().put("addressLine1", line1);
        if (line2 != null) {
            address.put("addressLine2", line2);
        }
        for (String kind : List.of(OPPORTUNITY, LEAD)) {
            JsonNode read = afterWriting(kind, "{\"customerProfile\": {\"name\": \"Fabrikam\", \"address\": " + address + "}}")
                .at("/customerProfile/address");
            assertThat(read.path("addressLine1")).isEqualTo(address.path("addressLine1"));
            assertThat(read.path("addressLine2")).isEqualTo(address.path("addressLine2"));
        }
    }

    // ---- values of lists

    @ParameterizedTest
    @ValueSource(strings = {"WorkloadSpecificValueProposition", "CustomerTechnicalArchitecture", "ProofOfConceptOrDemo",
        "QuotesOrLicensing", "PostSalesCustomerSuccess", "GeneralOrOther"})
    void everyKindOfHelpIsKnownInEverySpelling(String help) throws IOException {
        assertThat(Files.readString(Mappings.FOLDER.resolve("fields.yaml"))).contains("      - " + help + "\n");
        String label = out(OPPORTUNITY, "{'inviteContext': {'assistanceRequestCode': '" + help + "'}}").path("How_can_Microsoft_help__c").asText();
        assertThat(label).isNotEmpty();
        for (String spelling : List.of(label, label.toLowerCase(), label.toUpperCase(), label.charAt(0) + label.substring(1).toLowerCase())) {
            assertThat(view(OPPORTUNITY, "{'How_can_Microsoft_help__c': '" + spelling + "'}").at("/inviteContext/assistanceRequestCode").asText())
                .isEqualTo(help);
        }
    }

    @Test
    void aKindOfHelpThatIsNotKnownIsHandedOnAsItIsAndNeverWritten() {
        assertThat(view(OPPORTUNITY, "{'How_can_Microsoft_help__c': 'Something New'}").at("/inviteContext/assistanceRequestCode").asText())
            .isEqualTo("Something New");
        assertThat(out(OPPORTUNITY, "{'inviteContext': {'assistanceRequestCode': 'SomethingNew'}}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Closed, Won, Closed, Won", "Closed, Lost, Closed, Lost", "Closed, Declined, Closed, Lost", "Closed, Expired, Closed, Lost",
        "Closed, Error, Closed, Lost", "Active, Accepted, Active, Accepted", "New, Pending, New, Pending", "New, Received, New, Pending",
        "Paused, Waiting, Active, Accepted"})
    void everyStatusHasItsStage(String status, String substatus, String readStatus, String readSubstatus) {
        JsonNode read = afterWriting(OPPORTUNITY, "{'status': '" + status + "', 'substatus': '" + substatus + "'}");
        assertThat(read.path("status").asText() + " " + read.path("substatus").asText()).isEqualTo(readStatus + " " + readSubstatus);
    }

    @ParameterizedTest
    @CsvSource({"New, Pending, New, Pending", "Closed, Declined, Closed, Declined", "Closed, Won, Closed, Declined",
        "Paused, Waiting, New, Pending"})
    void everyStatusHasItsStatusInALead(String status, String substatus, String readStatus, String readSubstatus) {
        JsonNode read = afterWriting(LEAD, "{'status': '" + status + "', 'substatus': '" + substatus + "'}");
        assertThat(read.path("status").asText() + " " + read.path("substatus").asText()).isEqualTo(readStatus + " " + readSubstatus);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Id. Decision Makers", "Proposal/Price Quote", "On hold (Microsoft)", "保留", "50% sure, more"})
    void stagesAreSettings(String stage) {
        try (Mappings other = Mappings.with(Map.of("cosell.salesforce.on-hold-stage-name", stage, "cosell.salesforce.won-stage-name",
            "Signed", "cosell.salesforce.declined-lead-status", "Unsuited"))) {
            ObjectNode row = Mappings.JSON.createObjectNode().put("StageName", stage).put("IsClosed", false);
            assertThat(other.run(OPPORTUNITY + "-in", row).path("status").asText()).isEqualTo("New");
            assertThat(other.run(OPPORTUNITY + "-in", row.put("StageName", "On Hold")).path("status").asText()).isEqualTo("Active");
            assertThat(other.run(OPPORTUNITY + "-out", json("{\"view\": {\"status\": \"New\"}}")).at("/record/StageName").asText())
                .isEqualTo(stage);
            assertThat(other.run(OPPORTUNITY + "-out", json("{\"view\": {\"substatus\": \"Won\"}}")).at("/record/StageName").asText())
                .isEqualTo("Signed");
            assertThat(other.run(LEAD + "-in", json("{\"Status\": \"Unsuited\", \"IsConverted\": false}")).path("status").asText())
                .isEqualTo("Closed");
        }
    }

    // ---- settings inside specs

    @Test
    void theFieldsOfTheDealAreSettings() {
        try (Mappings other = Mappings.with(Map.of("cosell.deal-value-field", "Our_Value__c", "cosell.deal-currency-field", "Our_Code__c",
            "cosell.customer-country-field", "BillingCountryCode"))) {
            JsonNode out = other.run(OPPORTUNITY + "-out", json("""
                {"mark": "", "currencyCode": "EUR", "view": {"details": {"dealValue": 7, "currency": "EUR"},
                 "customerProfile": {"address": {"country": "DE"}}}}"""));
            assertThat(out.path("record")).isEqualTo(json("{\"Our_Code__c\": \"EUR\", \"Our_Value__c\": 7}"));
            assertThat(out.path("account")).isEqualTo(json("{\"BillingCountryCode\": \"DE\"}"));
            JsonNode view = other.run(OPPORTUNITY + "-in", json("""
                {"Our_Value__c": 7, "Amount": 8, "Our_Code__c": "EUR", "CurrencyIsoCode": "USD",
                 "Account": {"BillingCountryCode": "DE", "BillingCountry": "Germany"}}""")).path("view");
            assertThat(view.at("/details/dealValue").asInt()).isEqualTo(7);
            assertThat(view.at("/details/currency").asText()).isEqualTo("EUR");
            assertThat(view.at("/customerProfile/address/country").asText()).isEqualTo("DE");
        }
    }

    @Test
    void anOrganisationWithOneCurrencyHasNoFieldForIt() {
        try (Mappings other = Mappings.with(Map.of("cosell.salesforce.organisation-currency", "JPY"))) {
            assertThat(other.run(OPPORTUNITY + "-in", json("{\"Amount\": 7}")).at("/view/details"))
                .isEqualTo(json("{\"dealValue\": 7, \"currency\": \"JPY\", \"requirements\": {\"solutions\": []}}"));
        }
    }

    // ---- the mark

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {"✔ Deal|Deal", "✖ Deal|Deal", "✔Deal|Deal",
        "✖ ✔ Deal|Deal", "Deal ✔|Deal ✔", "D✖l|D✖l", "✔ |''", "✖|''"})
    void marksInFrontAreNotPartOfTheName(String name, String expected) {
        assertThat(view(OPPORTUNITY, "{\"Name\": \"" + name + "\"}").path("name").asText()).isEqualTo(expected);
        assertThat(mappings.run(OPPORTUNITY + "-in", json("{\"Name\": \"" + name + "\"}")).path("displayName").asText()).isEqualTo(name);
    }
}
