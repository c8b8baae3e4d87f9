package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Trouble;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 3.5 of the contract: each error code at its place, in the documented shape. */
class ErrorsTest {

    private SalesforceOrg org = new SalesforceOrg();

    @AfterEach
    void stop() {
        org.close();
    }

    private void orgWith(SalesforceOptions options) {
        org.close();
        org = new SalesforceOrg(options);
    }

    private SalesforceOrg.Answer change(String body) {
        return org.patch("sobjects/Opportunity/" + org.opportunity(), body.replace('\'', '"'));
    }

    @Test
    void aMissingRequiredFieldIsNamed() {
        var refused = org.post("sobjects/Contact", "{\"FirstName\":\"Carla\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).isEqualTo("[{\"message\":\"Required fields are missing: [LastName]\","
            + "\"errorCode\":\"REQUIRED_FIELD_MISSING\",\"fields\":[\"LastName\"]}]");
        assertThat(org.post("sobjects/Opportunity", "{}").message())
            .isEqualTo("Required fields are missing: [Name, StageName, CloseDate]");
        assertThat(change("{'Name':null}").code()).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(change("{'Name':' '}").code()).isEqualTo("REQUIRED_FIELD_MISSING");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'Nonsense':1}                                     | INVALID_FIELD                           |",
        "{'CurrencyIsoCode':'USD'}                          | INVALID_FIELD                           |",
        "{'IsClosed':true}                                  | INVALID_FIELD_FOR_INSERT_UPDATE         | IsClosed",
        "{'SystemModstamp':'2026-01-01T00:00:00Z'}          | INVALID_FIELD_FOR_INSERT_UPDATE         | SystemModstamp",
        "{'AccountId':'4711'}                               | MALFORMED_ID                            | AccountId",
        "{'AccountId':'003SB0000000001AAA'}                 | MALFORMED_ID                            | AccountId",
        "{'Name':4711}                                      | JSON_PARSER_ERROR                       |",
        "{'Amount':'much'}                                  | JSON_PARSER_ERROR                       |",
        "{'CloseDate':'31.12.2026'}                         | JSON_PARSER_ERROR                       |",
        "{'Sync_With_Partner_Center__c':'yes'}              | JSON_PARSER_ERROR                       |",
        "{'Name':                                           | JSON_PARSER_ERROR                       |",
        "[]                                                 | JSON_PARSER_ERROR                       |",
        "{'Sync_With_Partner_Center__c':null}               | INVALID_TYPE_ON_FIELD_IN_RECORD         | Sync_With_Partner_Center__c",
        "{'How_can_Microsoft_help__c':'Money'}              | INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST | How_can_Microsoft_help__c",
        "{'StageName':'Nowhere'}                            | INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST | StageName",
        "{'Amount':10000000000000000}                       | NUMBER_OUTSIDE_VALID_RANGE              | Amount",
        "{'Probability':1000}                               | NUMBER_OUTSIDE_VALID_RANGE              | Probability"})
    void aValueThatDoesNotFitIsRefusedAndChangesNothing(String body, String code, String field) {
        int writes = org.sandbox.history().size();
        var refused = change(body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.field()).isEqualTo(field == null ? "" : field);
        assertThat(org.sandbox.history()).hasSize(writes + 1); // of the opportunity itself
    }

    @Test
    void aTextTooLongIsRefusedWithItsLimit() {
        var refused = change("{'Name':'" + "x".repeat(121) + "'}");
        assertThat(refused.code()).isEqualTo("STRING_TOO_LONG");
        assertThat(refused.message()).isEqualTo("Name: data value too large: " + "x".repeat(121) + " (max length=120)");
        assertThat(change("{'Name':'" + "x".repeat(120) + "'}").status()).isEqualTo(204);
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        var refused = org.post("sobjects/Contact", "{\"LastName\":\"Customer\",\"Email\":\"carla\"}");
        assertThat(refused.code()).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(refused.message()).isEqualTo("Email: invalid email address: carla");
    }

    @Test
    void aLookupNeedsARecordThatIsThere() {
        assertThat(change("{'AccountId':'" + Ids.of("001", 4711) + "'}").code()).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
        String account = org.create("Account", "{'Name':'Contoso'}");
        org.delete("sobjects/Account/" + account);
        var refused = change("{'AccountId':'" + account + "'}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("ENTITY_IS_DELETED");
    }

    @Test
    void anIdInAnAddressMustBeOneOfItsObject() {
        var refused = org.get("sobjects/Opportunity/" + Ids.of("001", 1));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("MALFORMED_ID");
        assertThat(org.get("sobjects/Opportunity/4711").code()).isEqualTo("MALFORMED_ID");
    }

    @Test
    void whatOnlyAdministratorsChangeIsRefused() {
        var refused = org.patch("sobjects/User/" + Seed.SELLER, "{\"Phone\":\"1\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("INSUFFICIENT_ACCESS_OR_READONLY");
    }

    @Test
    void aSecondRecordWithAUniqueValueIsRefusedWithTheFirstOnesId() {
        orgWith(SalesforceOptions.defaults().withField(new SalesforceOptions.OwnField("Account", "Key__c", "text", false, true, true)));
        String first = org.create("Account", "{'Name':'Contoso','Key__c':'a'}");
        var refused = org.post("sobjects/Account", "{\"Name\":\"Fabrikam\",\"Key__c\":\"A\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("DUPLICATE_VALUE");
        assertThat(refused.message()).isEqualTo("duplicate value found: Key__c duplicates value on record with id: " + first);
    }

    @Test
    void anOwnFieldMayBeRequired() {
        orgWith(SalesforceOptions.defaults().withField(new SalesforceOptions.OwnField("Account", "Region__c", "text", true, false, false)));
        assertThat(org.post("sobjects/Account", "{\"Name\":\"Contoso\"}").message()).isEqualTo("Required fields are missing: [Region__c]");
        org.create("Account", "{'Name':'Contoso','Region__c':'North'}");
    }

    private static final String ACCOUNT = "{'Name':'Contoso','BillingPostalCode':'98052'}";

    @Test
    void aDuplicateAnswersWithTheMisspelledMember() {
        orgWith(SalesforceOptions.defaults().with(SalesforceSwitch.DUPLICATE_RULE));
        String first = org.create("Account", ACCOUNT);
        var refused = org.post("sobjects/Account", ACCOUNT.replace('\'', '"').replace("Contoso", "CONTOSO"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).isEqualTo("[{\"duplicateResut\":{\"allowSave\":true,"
            + "\"duplicateRule\":\"Standard_Account_Duplicate_Rule\",\"duplicateRuleEntityType\":\"Account\","
            + "\"errorMessage\":\"Use one of these records?\",\"matchResults\":[{\"entityType\":\"Account\",\"errors\":[],"
            + "\"matchEngine\":\"FuzzyMatchEngine\",\"matchRecords\":[{\"additionalInformation\":[],\"fieldDiffs\":[],"
            + "\"matchConfidence\":96.0,\"record\":{\"attributes\":{\"type\":\"Account\",\"url\":\"/services/data/v60.0/sobjects/Account/"
            + first + "\"},\"Id\":\"" + first + "\"}}],\"rule\":\"Standard_Account_Match_Rule_v1_0\",\"size\":1,\"success\":true}]},"
            + "\"message\":\"Use one of these records?\",\"errorCode\":\"DUPLICATES_DETECTED\"}]");
        assertThat(org.sandbox.rows("Account")).hasSize(1);
        org.create("Account", ACCOUNT.replace("98052", "10115"));
    }

    @Test
    void aDuplicateIsSavedWhereTheHeaderSaysSoOrNoRuleIsOn() {
        orgWith(SalesforceOptions.defaults().with(SalesforceSwitch.DUPLICATE_RULE));
        org.create("Account", ACCOUNT);
        assertThat(org.post("sobjects/Account", ACCOUNT.replace('\'', '"'), "Sforce-Duplicate-Rule-Header", "allowSave=true").status())
            .isEqualTo(201);
        var detailed = org.post("sobjects/Account", ACCOUNT.replace('\'', '"'), "Sforce-Duplicate-Rule-Header",
            "allowSave=false; includeRecordDetails=true");
        assertThat(detailed.json().at("/0/duplicateResut/matchResults/0/matchRecords/0/record/Name").asText()).isEqualTo("Contoso");
        org.sandbox.switches().turn(SalesforceSwitch.DUPLICATE_RULE, false);
        org.create("Account", ACCOUNT);
    }

    @Test
    void aRecordHeldBySomebodyElseIsRefusedAsOftenAsWanted() {
        String id = org.opportunity();
        act("lock-record", Map.of("id", id, "writes", 2));
        for (int i = 0; i < 2; i++) {
            var refused = org.patch("sobjects/Opportunity/" + id, "{\"NextStep\":\"Call\"}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo("UNABLE_TO_LOCK_ROW");
            assertThat(refused.message()).isEqualTo("unable to obtain exclusive access to this record or 1 records: " + id);
        }
        assertThat(org.patch("sobjects/Opportunity/" + id, "{\"NextStep\":\"Call\"}").status()).isEqualTo(204);
    }

    private void act(String name, Map<String, Object> parameters) {
        org.sandbox.acts().stream().filter(act -> act.name().equals(name)).findFirst().orElseThrow().does()
            .apply(SalesforceSandbox.JSON.valueToTree(parameters));
    }

    @Test
    void theDaysCallsMayBeUsedUpByOthers() {
        act("use-up-calls", Map.of("left", 1));
        assertThat(org.get("sobjects").status()).isEqualTo(200);
        assertThat(org.get("sobjects").code()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
    }

    @Test
    void aMethodThatAnAddressDoesNotKnowAnswers405() {
        var refused = org.send("PUT", "sobjects/Opportunity/" + org.opportunity(), "{}");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.code()).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(refused.message()).isEqualTo("HTTP Method 'PUT' not allowed. Allowed are GET,PATCH,DELETE");
    }

    @Test
    void aBodyThatIsNoJsonAnswers415() {
        var refused = org.post("sobjects/Account", "<Account/>", "Content-Type", "application/xml");
        assertThat(refused.status()).isEqualTo(415);
        assertThat(refused.code()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @EnumSource(value = Trouble.class, names = {"THROTTLED", "UNAVAILABLE", "SERVER_ERROR", "SESSION_EXPIRED", "PRECONDITION_FAILED"})
    void troubleIsToldInSalesforcesOwnWords(Trouble trouble) throws Exception {
        Map<Trouble, String> expected = Map.of(Trouble.THROTTLED, "403 REQUEST_LIMIT_EXCEEDED", Trouble.UNAVAILABLE,
            "503 SERVER_UNAVAILABLE", Trouble.SERVER_ERROR, "500 UNKNOWN_EXCEPTION", Trouble.SESSION_EXPIRED, "401 INVALID_SESSION_ID",
            Trouble.PRECONDITION_FAILED, "412 PRECONDITION_FAILED");
        var request = new Request("GET", "/services/data/v60.0/sobjects", Map.of(),
            Map.of("Authorization", "Bearer " + org.token()), new byte[0]);
        var reply = org.sandbox.refusal(trouble, request, 5);
        JsonNode body = SalesforceSandbox.JSON.readTree(reply.body());
        assertThat(reply.status() + " " + body.at("/0/errorCode").asText()).isEqualTo(expected.get(trouble));
        assertThat(org.get("sobjects").status()).isEqualTo(trouble == Trouble.SESSION_EXPIRED ? 401 : 200);
    }
}
