package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 2.3, 2.4, 2.8 and 3.3: what a patch may do. */
class ReferralPatchTest {

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
    void aDeal() {
        id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
    }

    private static Map<String, Object> op(String op, String path, Object value) {
        return Map.of("op", op, "path", path, "value", value);
    }

    private Answer patch(Object patch, String... headers) {
        return client.referrals("PATCH", "/" + id, patch, headers);
    }

    private JsonNode deal() {
        return SandboxSystem.JSON.valueToTree(client.sandbox.referral(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"patch-add-team-member", "patch-deal-value-and-notes", "patch-deal-value-and-team", "patch-won"})
    void takesTheOfficialSamples(String sample) {
        JsonNode before = deal();
        Answer answer = patch(TestClient.sample(sample + ".request.json"));
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.http().body()).isEmpty();
        JsonNode after = deal();
        assertThat(after.get("eTag")).isNotEqualTo(before.get("eTag"));
        assertThat(after.get("eTag").textValue()).isEqualTo(answer.header("ETag"));
        assertThat(after.get("updatedDateTime").textValue()).isGreaterThan(before.get("updatedDateTime").textValue());
        assertThat(after.get("createdDateTime")).isEqualTo(before.get("createdDateTime"));
    }

    @Test
    void givesTheReferralBackIfAsked() {
        Answer answer = patch(TestClient.sample("patch-deal-value-and-team.request.json"), "Prefer", "return=representation");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/details/dealValue").isNumber()).isTrue();
        assertThat(answer.json().at("/details/dealValue").decimalValue()).isEqualByComparingTo("10000");
        assertThat(answer.json().at("/team/1/email").textValue()).isEqualTo("jane.doe@contoso.com");
        assertThat(answer.json().get("eTag").textValue()).isEqualTo(answer.header("ETag"));
        assertThat(answer.json().has("links")).isTrue();
    }

    @Test
    void tagsAreCheckedIfSent() {
        String tag = deal().get("eTag").textValue();
        List<Object> patch = List.of(op("replace", "/details/notes", "x"));
        assertThat(patch(patch, "If-Match", tag).status()).isEqualTo(204);
        Answer stale = patch(patch, "If-Match", tag);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.code()).isEqualTo("preconditionFailed");
        assertThat(patch(patch, "If-Match", "*").status()).isEqualTo(204);
        assertThat(patch(patch).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        remove  | /details/notes             | "x"      | op
        test    | /details/notes             | "x"      | op
        replace | /customerProfile/name      | "x"      | customerProfile.name
        replace | /inviteContext/notes       | "x"      | inviteContext.notes
        replace | /mpnId                     | "1"      | mpnId
        replace | /details/dealValue         | "much"   | details.dealValue
        replace | /details/dealValue         | 0        | details.dealValue
        replace | /details/currency          | "EURO"   | details.currency
        replace | /details/closingDateTime   | "soon"   | details.closingDateTime
        replace | /details/requirements/solutions | [] | details.requirements.solutions
        replace | /team                      | []       | team
        replace | /team/-                    | {}       | team.-
        add     | /team/-                    | {"firstName":"Jane"} | team
        replace | /substatus                 | "Won"    | substatus
        replace | /status                    | "Engaged" | substatus
        replace | /consent/consentToShareReferralWithMicrosoftSellers | "yes" | consent.consentToShareReferralWithMicrosoftSellers
        replace | /consent/consentToShareReferralWithMicrosoftSellers | false | consent.consentToShareReferralWithMicrosoftSellers
        replace | /customerProfile/team      | []       | customerProfile.team
        add     | /registrations/-           | {}       | registrations
        """)
    void refusesWhatIsNotAllowedAndLeavesTheReferralAlone(String op, String path, String value, String target) throws Exception {
        JsonNode before = deal();
        Answer answer = patch(List.of(op("replace", "/details/notes", "half a patch"), op(op, path, SandboxSystem.JSON.readTree(value))));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalidRequest");
        assertThat(answer.target()).isEqualTo(target);
        assertThat(deal()).isEqualTo(before);
    }

    @Test
    void takesTheNameUnlessASwitchSaysNo() {
        List<Object> patch = List.of(op("replace", "/Name", "new name"));
        assertThat(patch(patch).status()).isEqualTo(204);
        assertThat(deal().get("name").textValue()).isEqualTo("new name");
        try (TestClient own = new TestClient(PartnerCenterOptions.defaults().with(Switch.NAME_FROZEN))) {
            String other = own.sandbox.partnerCreates(ExampleReferrals.outbound());
            assertThat(own.referrals("PATCH", "/" + other, patch).target()).isEqualTo("name");
            own.sandbox.partnerEdits(other, Map.of("/name", "by hand"));
            assertThat(own.sandbox.referral(other)).containsEntry("name", "by hand");
        }
    }

    @Test
    void aPrivateDealIsSharedLaterAndItsContactsAreFrozenThen() {
        id = client.referrals("POST", "", TestClient.sample("create-referral-private-2024.request.json")).json().get("id").textValue();
        Map<String, Object> contact = Map.of("firstName", "Ida", "lastName", "Hall", "phoneNumber", "1", "email", "ida@contoso.com");
        assertThat(patch(List.of(op("add", "/customerProfile/team/-", contact))).status()).isEqualTo(204);
        assertThat(patch(List.of(op("replace", ReferralRules.SHARE_FLAG, true))).status()).isEqualTo(204);
        assertThat(patch(List.of(op("add", "/customerProfile/team/-", contact))).target()).isEqualTo("customerProfile.team");
        assertThat(patch(List.of(op("replace", ReferralRules.SHARE_FLAG, false))).status()).isEqualTo(400);
    }

    /** Brings a referral into a state, inbound for New and the deal of this test otherwise. */
    private void bring(TestClient to, String state) {
        if (state.startsWith("New")) {
            id = to.sandbox.microsoftInvites(ExampleReferrals.inbound());
        }
        if (state.equals("New/Received")) {
            to.sandbox.partnerEdits(id, Map.of("/substatus", "Received"));
        }
        if (state.startsWith("Closed")) {
            to.sandbox.partnerCloses(id, state.substring(7), "because");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        New/Pending     | New/Received    | 204
        New/Pending     | Active/Accepted | 204
        New/Pending     | Closed/Declined | 204
        New/Pending     | Closed/Error    | 204
        New/Pending     | Closed/Won      | 204
        New/Pending     | Closed/Expired  | 400
        New/Received    | Active/Accepted | 204
        New/Received    | Closed/Declined | 204
        New/Pending     | Active/Pending  | 400
        Active/Accepted | Active/Accepted | 204
        Active/Accepted | Closed/Won      | 204
        Active/Accepted | Closed/Lost     | 204
        Active/Accepted | Closed/Error    | 204
        Active/Accepted | Closed/Declined | 400
        Active/Accepted | Closed/Expired  | 400
        Active/Accepted | New/Pending     | 400
        Closed/Won      | Closed/Won      | 400
        Closed/Won      | Closed/Lost     | 400
        Closed/Lost     | Active/Accepted | 400
        Closed/Error    | Active/Accepted | 400
        """)
    void stepsFollowTheTable(String from, String to, int status) {
        bring(client, from);
        String[] words = to.split("/");
        Answer answer = patch(List.of(op("replace", "/status", words[0]), op("replace", "/substatus", words[1])));
        assertThat(answer.status()).isEqualTo(status);
        JsonNode after = deal();
        String reached = status == 204 ? to : from;
        assertThat(after.get("status").textValue() + "/" + after.get("substatus").textValue()).isEqualTo(reached);
        assertThat(after.has("closedDateTime")).isEqualTo(reached.startsWith("Closed"));
        assertThat(after.path("expirationDateTime").isNull()).isEqualTo(!from.startsWith("New") || reached.startsWith("Active"));
    }

    @Test
    void aClosedDealTakesNoEditAtAll() {
        bring(client, "Closed/Lost");
        Answer answer = patch(List.of(op("replace", "/externalReferenceId", "crm-1")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.target()).isEqualTo("status");
        assertThatThrownBy(() -> client.sandbox.partnerEdits(id, Map.of("/details/dealValue", 1))).isInstanceOf(Refusal.class);
    }

    @Test
    void illegalStepsAreAnsweredAsTheOptionsSay() {
        try (TestClient own = new TestClient(PartnerCenterOptions.defaults().withRefusalStatus(409).with(Switch.ACCEPT_BEFORE_WON))) {
            bring(own, "New/Pending");
            assertThat(own.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(409);
            own.sandbox.partnerAccepts(id);
            assertThat(own.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(204);
            assertThat(own.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(409);
        }
    }

    /** Section 2.7: both forms are kept as they were sent. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "Develop" | 204 | Develop
        "40"      | 204 | 40
        60        | 204 | 60
        "45"      | 400 |
        "Dream"   | 400 |
        """)
    void salesStagesAreNamesOrPercentages(String value, int status, String stored) throws Exception {
        assertThat(patch(List.of(op("replace", "/salesStage", SandboxSystem.JSON.readTree(value)))).status()).isEqualTo(status);
        assertThat(deal().path("salesStage").textValue()).isEqualTo(stored);
    }

    @Test
    void peopleDeclineAndClearMembers() {
        Map<String, Object> edit = new LinkedHashMap<>();
        edit.put("/externalReferenceId", null);
        client.sandbox.partnerEdits(id, edit);
        assertThat(deal().get("externalReferenceId").isNull()).isTrue();
        bring(client, "New/Pending");
        client.sandbox.partnerDeclines(id, "Timeline too short");
        assertThat(deal().get("statusReason").textValue()).isEqualTo("Timeline too short");
    }

    @Test
    void refusesABodyThatIsNoPatch() {
        assertThat(patch("{}").status()).isEqualTo(400);
        assertThat(patch("[]").status()).isEqualTo(400);
        assertThat(patch("[{\"op\":\"replace\",\"path\":\"/name\"}]").target()).isEqualTo("name");
    }
}
