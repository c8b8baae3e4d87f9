package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 3: PUT, obsolete but there, also at the third address, which events name (section 1.1). */
class ReferralPutTest {

    private static TestClient client;
    private String id;

    @BeforeAll
    static void start() {
        client = new TestClient();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    @BeforeEach
    void aPrivateDeal() {
        Map<String, Object> deal = ExampleReferrals.outbound();
        deal.put("consent", Map.of("consentToToShareInfoWithOthers", true, "consentToContact", true));
        id = client.sandbox.partnerCreates(deal);
    }

    /** What GET answers, as a client sends it back: without links. */
    private ObjectNode read() {
        ObjectNode read = (ObjectNode) client.referrals("GET", "/" + id, null).json();
        return read.without(List.of("links", "@odata.context"));
    }

    private Answer put(JsonNode body, String tag) {
        return tag == null ? client.referrals("PUT", "/" + id, body) : client.referrals("PUT", "/" + id, body, "If-Match", tag);
    }

    private Answer put(JsonNode body) {
        return put(body, read().get("eTag").textValue());
    }

    @Test
    void replacesTheReferralAndLeavesOutWhatTheBodyLeavesOut() {
        client.sandbox.partnerEdits(id, Map.of("/campaignId", "c-1"));
        ObjectNode body = read();
        body.remove("campaignId");
        body.put("externalReferenceId", "crm-1");
        ((ObjectNode) body.get("details")).put("dealValue", "77000");
        Answer answer = put(body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("eTag").textValue()).isEqualTo(answer.header("ETag")).isNotEqualTo(body.get("eTag").textValue());
        assertThat(answer.json().has("links")).isTrue();
        Map<String, Object> stored = client.sandbox.referral(id);
        assertThat(stored).containsEntry("externalReferenceId", "crm-1").doesNotContainKey("campaignId");
        assertThat(stored.get("createdDateTime")).isEqualTo(body.get("createdDateTime").textValue());
        assertThat(SandboxSystem.JSON.valueToTree(stored).at("/details/dealValue").decimalValue()).isEqualByComparingTo("77000");
    }

    @Test
    void ifMatchIsMandatoryAndChecked() {
        ObjectNode body = read();
        assertThat(put(body, null).target()).isEqualTo("If-Match");
        assertThat(put(body, "\"old\"").status()).isEqualTo(412);
        assertThat(put(body, "*").status()).isEqualTo(200);
    }

    @Test
    void linksMustBeTakenOut() {
        assertThat(put(client.referrals("GET", "/" + id, null).json()).target()).isEqualTo("links");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /customerProfile/name             | "Other"            | customerProfile.name
        /customerProfile/address/city     | "Bonn"             | customerProfile.address
        /customerProfile/ids              | [{"profileType":"Duns","id":"1"}] | customerProfile.ids
        /consent/consentToContact         | false              | consent.consentToContact
        /mpnId                            | "1"                | mpnId
        /type                             | "Independent"      | type
        /details/currency                 | "EURO"             | details.currency
        /substatus                        | "Won"              | substatus
        """)
    void whatIsFrozenOrWrongIsRefusedAndNothingIsChanged(String pointer, String value, String target) throws Exception {
        ObjectNode body = read();
        ObjectNode before = body.deepCopy();
        ObjectNodes.put(body, pointer, SandboxSystem.JSON.readTree(value));
        Answer answer = put(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.target()).isEqualTo(target);
        assertThat(read()).isEqualTo(before);
    }

    /** Section 2.6: what Microsoft was told stays once the deal is shared. */
    @Test
    void theHelpThatWasAskedForIsFrozenOnceTheDealIsShared() {
        ObjectNode body = read();
        ObjectNodes.put(body, "/inviteContext/notes", ObjectNodes.text("other"));
        assertThat(put(body).status()).isEqualTo(200);
        client.sandbox.partnerEdits(id, Map.of(ReferralRules.SHARE_FLAG, true));
        body = read();
        ObjectNodes.put(body, "/inviteContext/notes", ObjectNodes.text("third"));
        assertThat(put(body).target()).isEqualTo("inviteContext.notes");
    }

    @Test
    void aClosedDealTakesNone() {
        client.sandbox.partnerCloses(id, "Lost", "budget");
        assertThat(put(read()).target()).isEqualTo("status");
    }

    @Test
    void theAddressOfEventsAnswersGetAndPutWithATokenForItsHost() {
        String address = "/engagements/v1/referrals/" + id;
        String token = client.userToken(Tokens.WEBHOOKS);
        assertThat(client.callWith(client.userToken(Tokens.REFERRALS), "GET", address, null).status()).isEqualTo(401);
        ObjectNode body = (ObjectNode) client.callWith(token, "GET", address, null).json();
        assertThat(body.get("id").textValue()).isEqualTo(id);
        body.remove("links");
        Answer answer = client.callWith(token, "PUT", address, body.put("externalReferenceId", "crm-2"), "If-Match",
            body.get("eTag").textValue());
        assertThat(answer.json().get("externalReferenceId").textValue()).isEqualTo("crm-2");
        Answer patch = client.callWith(token, "PATCH", address, "[]");
        assertThat(patch.status()).isEqualTo(405);
        assertThat(patch.header("Allow")).isEqualTo("GET, PUT");
    }
}
