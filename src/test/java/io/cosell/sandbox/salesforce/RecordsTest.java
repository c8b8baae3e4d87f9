package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.1 and 3.6 of the contract: single records, and what every answer tells. */
class RecordsTest {

    private SalesforceOrg org = new SalesforceOrg();

    @AfterEach
    void stop() {
        org.close();
    }

    @Test
    void aNewRecordAnswers201WithItsIdAndPlace() {
        var made = org.post("sobjects/Opportunity", "{\"Name\":\"Deal\",\"StageName\":\"Prospecting\",\"CloseDate\":\"2026-12-31\"}");
        assertThat(made.status()).isEqualTo(201);
        String id = made.json().path("id").asText();
        assertThat(id).matches("006[0-9A-Za-z]{15}");
        assertThat(made.text()).isEqualTo("{\"id\":\"" + id + "\",\"success\":true,\"errors\":[]}");
        assertThat(made.header("Location")).isEqualTo("/services/data/v60.0/sobjects/Opportunity/" + id);
    }

    @Test
    void aRecordIsReadWithAttributesAndTheFieldsAskedFor() {
        String id = org.create("Opportunity", "{'Name':'Deal','StageName':'Prospecting','CloseDate':'2026-12-31','Amount':1000}");
        assertThat(org.get("sobjects/Opportunity/" + id + "?fields=Name,Amount").text()).isEqualTo(
            "{\"attributes\":{\"type\":\"Opportunity\",\"url\":\"/services/data/v60.0/sobjects/Opportunity/" + id
                + "\"},\"Name\":\"Deal\",\"Amount\":1000.0,\"Id\":\"" + id + "\"}");
        var whole = org.read("Opportunity", id);
        assertThat(whole.path("CreatedDate").asText()).isEqualTo("2026-11-20T10:00:00.000+0000");
        assertThat(whole.path("CloseDate").asText()).isEqualTo("2026-12-31");
        assertThat(whole.path("OwnerId").asText()).isEqualTo(Seed.INTEGRATION_USER);
        assertThat(whole.path("AccountId").isNull()).isTrue();
        assertThat(org.get("sobjects/Opportunity/" + id + "?fields=Nonsense").code()).isEqualTo("INVALID_FIELD");
    }

    @Test
    void anIdOfFifteenCharactersIsTheSameRecord() {
        String id = org.opportunity();
        assertThat(org.get("sobjects/Opportunity/" + id.substring(0, 15)).json().path("Id").asText()).isEqualTo(id);
        String account = org.create("Account", "{'Name':'Contoso'}");
        assertThat(org.patch("sobjects/Opportunity/" + id, "{\"AccountId\":\"" + account.substring(0, 15) + "\"}").status()).isEqualTo(204);
        assertThat(org.read("Opportunity", id).path("AccountId").asText()).isEqualTo(account);
    }

    @Test
    void theLastThreeCharactersOfAnIdSayWhichLettersAreBig() {
        assertThat(Ids.full("001D000000IqhSL")).contains("001D000000IqhSLIAZ");
        assertThat(Ids.full("001D000000IqhSLIAZ")).contains("001D000000IqhSLIAZ");
        assertThat(Ids.full("001D000000IqhSLIAA")).isEmpty();
    }

    @Test
    void aChangeAnswers204AndMovesItsTimesAndUser() {
        String id = org.opportunity();
        org.clock.move(Duration.ofSeconds(90));
        var changed = org.patch("sobjects/Opportunity/" + id, "{\"NextStep\":\"Call\",\"Description\":\"\"}");
        assertThat(changed.status()).isEqualTo(204);
        assertThat(changed.text()).isEmpty();
        var now = org.read("Opportunity", id);
        assertThat(now.path("NextStep").asText()).isEqualTo("Call");
        assertThat(now.path("SystemModstamp").asText()).isEqualTo("2026-11-20T10:01:30.000+0000");
        assertThat(now.path("LastModifiedDate").asText()).isEqualTo("2026-11-20T10:01:30.000+0000");
        assertThat(now.path("CreatedDate").asText()).isEqualTo("2026-11-20T10:00:00.000+0000");
        org.sandbox.update("Opportunity", id, Map.of("NextStep", "Write"));
        assertThat(org.read("Opportunity", id).path("LastModifiedById").asText()).isEqualTo(Seed.SELLER);
    }

    @Test
    void aDeletedRecordIsTellablyDeleted() {
        String id = org.opportunity();
        assertThat(org.delete("sobjects/Opportunity/" + id).status()).isEqualTo(204);
        for (var gone : new SalesforceOrg.Answer[] {org.get("sobjects/Opportunity/" + id), org.delete("sobjects/Opportunity/" + id),
            org.patch("sobjects/Opportunity/" + id, "{}")}) {
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.code()).isEqualTo("ENTITY_IS_DELETED");
        }
        var never = org.get("sobjects/Opportunity/" + Ids.of("006", 4711));
        assertThat(never.status()).isEqualTo(404);
        assertThat(never.text()).isEqualTo("[{\"message\":\"The requested resource does not exist\",\"errorCode\":\"NOT_FOUND\"}]");
        assertThat(org.get("sobjects/Nonsense__c/" + id).code()).isEqualTo("NOT_FOUND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v20.0", "v60.0", "v68.0"})
    void anyVersionIsTakenAndAddressesNameIt(String version) {
        String id = org.opportunity();
        var read = org.get("/services/data/" + version + "/sobjects/Opportunity/" + id + "?fields=Id");
        assertThat(read.json().at("/attributes/url").asText()).isEqualTo("/services/data/" + version + "/sobjects/Opportunity/" + id);
    }

    // ---- by external id

    private String withReferral(String referral) {
        return org.create("Opportunity", "{'Name':'Deal','StageName':'Prospecting','CloseDate':'2026-12-31','Referral_Identifier__c':'"
            + referral + "'}");
    }

    private static final String BODY = "{\"Name\":\"Deal\",\"StageName\":\"Prospecting\",\"CloseDate\":\"2026-12-31\"}";
    private static final String KEY = "sobjects/Opportunity/Referral_Identifier__c/";

    @Test
    void anUpsertCreatesAndThenChanges() {
        var made = org.patch(KEY + "r-1", BODY);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().path("created").asBoolean()).isTrue();
        String id = made.json().path("id").asText();
        assertThat(org.read("Opportunity", id).path("Referral_Identifier__c").asText()).isEqualTo("r-1");
        var changed = org.patch(KEY + "R-1", "{\"NextStep\":\"Call\"}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text()).isEqualTo("{\"id\":\"" + id + "\",\"success\":true,\"errors\":[],\"created\":false}");
        assertThat(org.get(KEY + "r-1").json().path("NextStep").asText()).isEqualTo("Call");
        assertThat(org.sandbox.rows("Opportunity")).hasSize(1);
    }

    @Test
    void beforeVersion46AnUpsertThatChangesAnswers204() {
        withReferral("r-1");
        assertThat(org.patch("/services/data/v45.0/" + KEY + "r-1", "{\"NextStep\":\"Call\"}").status()).isEqualTo(204);
        assertThat(org.patch("/services/data/v46.0/" + KEY + "r-1", "{\"NextStep\":\"Call\"}").status()).isEqualTo(200);
        assertThat(org.patch("/services/data/v45.0/" + KEY + "r-2", BODY).status()).isEqualTo(201);
    }

    @Test
    void severalHitsAnswer300WithTheirAddressesAndChangeNothing() {
        String one = withReferral("r-1");
        String other = withReferral("r-1");
        var upsert = org.patch(KEY + "r-1", "{\"NextStep\":\"Call\"}");
        assertThat(upsert.status()).isEqualTo(300);
        assertThat(upsert.text()).isEqualTo("[\"/services/data/v60.0/sobjects/Opportunity/" + one
            + "\",\"/services/data/v60.0/sobjects/Opportunity/" + other + "\"]");
        assertThat(org.read("Opportunity", one).path("NextStep").isNull()).isTrue();
        assertThat(org.get(KEY + "r-1").status()).isEqualTo(300);
    }

    @Test
    void updateOnlyNeverCreates() {
        assertThat(org.patch(KEY + "r-1?updateOnly=true", BODY).status()).isEqualTo(404);
        assertThat(org.sandbox.rows("Opportunity")).isEmpty();
        withReferral("r-1");
        assertThat(org.patch(KEY + "r-1?updateOnly=true", "{\"NextStep\":\"Call\"}").status()).isEqualTo(200);
    }

    @Test
    void aFieldThatIsNoExternalIdAnswers404() {
        for (String field : new String[] {"Nonsense__c", "Microsoft_CRM_Identifier__c"}) {
            var refused = org.patch("sobjects/Opportunity/" + field + "/x", BODY);
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.code()).isEqualTo("NOT_FOUND");
        }
        assertThat(org.get(KEY + "nobody").code()).isEqualTo("NOT_FOUND");
    }

    @Test
    void theKeyAndTheIdAreNotRepeatedInTheBody() {
        var key = org.patch(KEY + "r-1", BODY.replace("}", ",\"Referral_Identifier__c\":\"r-1\"}"));
        assertThat(key.status()).isEqualTo(400);
        assertThat(key.code()).isEqualTo("INVALID_FIELD");
        assertThat(org.patch(KEY + "r-1", BODY.replace("}", ",\"Id\":\"" + Ids.of("006", 1) + "\"}")).code()).isEqualTo("INVALID_FIELD");
        String id = org.opportunity();
        assertThat(org.patch("sobjects/Opportunity/" + id, "{\"Id\":\"" + id + "\"}").code()).isEqualTo("INVALID_FIELD");
        assertThat(org.sandbox.rows("Opportunity")).hasSize(1);
    }

    @Test
    void aKeyMayHoldAnEncodedSlash() {
        assertThat(org.patch(KEY + "a%2Fb", BODY).status()).isEqualTo(201);
        assertThat(org.get(KEY + "a%2Fb").json().path("Referral_Identifier__c").asText()).isEqualTo("a/b");
    }

    @Test
    void aLookupMayBeGivenByAnExternalIdOfTheOtherRecord() {
        org.close();
        org = new SalesforceOrg(SalesforceOptions.defaults()
            .withField(new SalesforceOptions.OwnField("Account", "Key__c", "text", false, true, true)));
        String account = org.create("Account", "{'Name':'Contoso','Key__c':'4711'}");
        String id = org.create("Opportunity", "{'Name':'Deal','StageName':'Prospecting','CloseDate':'2026-12-31',"
            + "'Account':{'Key__c':'4711'}}");
        assertThat(org.read("Opportunity", id).path("AccountId").asText()).isEqualTo(account);
        assertThat(org.patch("sobjects/Opportunity/" + id, "{\"Account\":{\"Key__c\":\"0815\"}}").code()).isEqualTo("INVALID_FIELD");
    }

    // ---- metadata and limits

    @Test
    void describeTellsFieldsPicklistsAndChildren() {
        var describe = org.get("sobjects/opportunity/describe").json();
        assertThat(describe.path("name").asText()).isEqualTo("Opportunity");
        assertThat(describe.path("keyPrefix").asText()).isEqualTo("006");
        Map<String, JsonNode> fields = new HashMap<>();
        describe.path("fields").forEach(field -> fields.put(field.path("name").asText(), field));
        assertThat(fields.get("Referral_Identifier__c").path("externalId").asBoolean()).isTrue();
        assertThat(fields.get("Referral_Identifier__c").path("unique").asBoolean()).isFalse();
        assertThat(fields.get("IsClosed").path("updateable").asBoolean()).isFalse();
        assertThat(fields.get("ContactId").path("createable").asBoolean()).isTrue();
        assertThat(fields.get("ContactId").path("updateable").asBoolean()).isFalse();
        assertThat(fields.get("StageName").at("/picklistValues/0/value").asText()).isEqualTo("Prospecting");
        assertThat(describe.path("childRelationships").findValuesAsText("relationshipName"))
            .contains("Opportunity_To_Microsoft_Solutions__r", "OpportunityContactRoles");
        assertThat(org.get("sobjects").json().path("sobjects").findValuesAsText("name")).contains("Account", "Microsoft_Solutions__c");
        assertThat(org.get("sobjects/Nonsense/describe").status()).isEqualTo(404);
    }

    @Test
    void versionsAreToldWithoutASession() {
        org.use(null);
        var versions = org.get("/services/data/").json();
        assertThat(versions.get(versions.size() - 1).toString())
            .isEqualTo("{\"label\":\"Spring '26\",\"url\":\"/services/data/v66.0\",\"version\":\"66.0\"}");
        assertThat(versions.get(0).path("label").asText()).isEqualTo("Summer '19");
    }

    @Test
    void theVersionListsItsResourcesAndRecentRecords() {
        assertThat(org.get("").json().path("query").asText()).isEqualTo("/services/data/v60.0/query");
        String id = org.opportunity();
        assertThat(org.get("recent?limit=1").json().at("/0/Id").asText()).isEqualTo(id);
        assertThat(org.get("sobjects/Opportunity").json().at("/recentItems/0/Name").asText()).isEqualTo("Contoso deal");
    }

    @Test
    void everyAnswerTellsTheCallsOfTheDay() {
        assertThat(org.get("sobjects").header("Sforce-Limit-Info")).isEqualTo("api-usage=1/15000");
        assertThat(org.get("nonsense").header("Sforce-Limit-Info")).isEqualTo("api-usage=2/15000");
        org.clock.move(Duration.ofHours(1));
        assertThat(org.get("sobjects").header("Sforce-Limit-Info")).isEqualTo("api-usage=3/15000");
        org.clock.move(Duration.ofHours(23));
        org.signIn();
        assertThat(org.get("sobjects").header("Sforce-Limit-Info")).isEqualTo("api-usage=2/15000");
    }

    @Test
    void whenTheCallsAreUsedUpTheNextIsRefusedUntilSomeAreADayOld() {
        org.close();
        org = new SalesforceOrg(SalesforceOptions.defaults().withDailyCalls(2));
        org.opportunity();
        org.opportunity();
        var refused = org.post("sobjects/Opportunity", BODY);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).isEqualTo("[{\"message\":\"TotalRequests Limit exceeded.\",\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\"}]");
        assertThat(refused.header("Sforce-Limit-Info")).isEqualTo("api-usage=2/2");
        assertThat(org.sandbox.rows("Opportunity")).hasSize(2);
        org.clock.move(Duration.ofHours(24));
        org.signIn();
        assertThat(org.post("sobjects/Opportunity", BODY).status()).isEqualTo(201);
    }

    @Test
    void filesAreReadAtTheAddressTheRecordNames() {
        String opportunity = org.opportunity();
        String note = org.create("ContentNote", "{'Title':'Call','Content':'SGVsbG8='}");
        org.create("ContentDocumentLink", "{'LinkedEntityId':'" + opportunity + "','ContentDocumentId':'" + note + "'}");
        String content = org.read("ContentNote", note).path("Content").asText();
        assertThat(content).isEqualTo("/services/data/v60.0/sobjects/ContentNote/" + note + "/Content");
        assertThat(org.get(content).text()).isEqualTo("Hello");
    }

    @Test
    void whatIsNotThereAnswers501() {
        String id = org.opportunity();
        assertThat(org.get("sobjects/Opportunity/" + id + "/Account").status()).isEqualTo(501);
        assertThat(org.get("tooling/query").status()).isEqualTo(501);
        assertThat(org.get("/services/Soap/u/60.0").status()).isEqualTo(501);
    }
}
