package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 2.6 and 3.2: POST, alone and as the two steps of a shared deal. */
class ReferralCreateTest {

    private static TestClient client;

    @BeforeAll
    static void start() {
        client = new TestClient();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"create-referral-shared.request.json", "create-referral-private-2024.request.json"})
    void takesTheOfficialSamplesAsAcceptedDeals(String sample) {
        Answer answer = client.referrals("POST", "", TestClient.sample(sample));
        assertThat(answer.status()).isEqualTo(200);
        JsonNode deal = answer.json();
        assertThat(deal.get("status").textValue() + deal.get("substatus").textValue()).isEqualTo("ActiveAccepted");
        assertThat(deal.get("direction").textValue()).isEqualTo("Outgoing");
        assertThat(deal.get("acceptedDateTime")).isEqualTo(deal.get("createdDateTime"));
        assertThat(deal.get("updatedDateTime")).isEqualTo(deal.get("createdDateTime"));
        assertThat(deal.get("createdDateTime").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{7}Z");
        assertThat(deal.get("expirationDateTime").isNull()).isTrue();
        assertThat(deal.get("eTag").textValue()).isEqualTo(answer.header("ETag"));
        assertThat(deal.at("/details/dealValue").decimalValue()).isEqualByComparingTo("50000");
        assertThat(deal.at("/consent/consentToContact").booleanValue()).isTrue();
        assertThat(deal.get("consent").has("ConsentToContact")).isFalse();
        assertThat(client.referrals("GET", "/" + deal.get("id").textValue(), null).json().get("name")).isEqualTo(deal.get("name"));
    }

    @Test
    void theAnswerHoldsEveryMemberOfTheOfficialAnswer() {
        JsonNode deal = client.referrals("POST", "", TestClient.sample("create-referral-shared.request.json")).json();
        TestClient.sample("create-referral-shared.response.json").fieldNames()
            .forEachRemaining(name -> assertThat(deal.has(name)).as(name).isTrue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "absent", textBlock = """
        /type | "Secret"
        /type | absent
        /qualification | "MarketQualified"
        /customerProfile | absent
        /customerProfile/name | " "
        /customerProfile/address/addressLine1 | absent
        /customerProfile/address/city | ""
        /customerProfile/address/country | "USA"
        /customerProfile/address/country | "us"
        /customerProfile/size | "huge"
        /consent | absent
        /consent/consentToToShareInfoWithOthers | false
        /consent/consentToContact | absent
        /details | absent
        /details/dealValue | 0
        /details/dealValue | "much"
        /details/currency | "EURO"
        /details/closingDateTime | "soon"
        /details/requirements/solutions | []
        /team | []
        /team | [{"firstName":"Jane","lastName":"Doe","email":"jane.doe@contoso.com"}]
        /inviteContext/assistanceRequestCode | "Unknown"
        /customerProfile/team | []
        /target | [{"type":"Nowhere","id":"x"}]
        """)
    void refusesWhatTheRulesForbidAndNamesTheMember(String pointer, String value) throws Exception {
        ObjectNode deal = SandboxSystem.JSON.valueToTree(ExampleReferrals.outbound());
        ObjectNode parent = (ObjectNode) deal.at(pointer.substring(0, pointer.lastIndexOf('/')));
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        if (value == null) {
            parent.remove(name);
        } else {
            parent.set(name, SandboxSystem.JSON.readTree(value));
        }
        deal.put("externalReferenceId", pointer + value);
        Answer answer = client.referrals("POST", "", deal);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalidRequest");
        assertThat(answer.target()).isEqualTo(pointer.substring(1).replace('/', '.'));
        assertThat(answer.json().at("/error/message").textValue()).hasSizeBetween(10, 1024);
        assertThat(client.sandbox.referrals()).noneMatch(made -> (pointer + value).equals(made.get("externalReferenceId")));
    }

    @Test
    void ignoresWhatOnlyTheServiceSetsAndKeepsWhatItDoesNotKnow() {
        Map<String, Object> deal = ExampleReferrals.outbound();
        deal.putAll(Map.of("id", "mine", "status", "Closed", "substatus", "Won", "eTag", "x", "organizationId", "other",
            "SolutionPlay", Map.of("Id", "FY27"), "EXTERNALREFERENCEID", "crm-1"));
        JsonNode made = client.referrals("POST", "", deal).json();
        assertThat(made.get("id").textValue()).isNotEqualTo("mine");
        assertThat(made.get("status").textValue()).isEqualTo("Active");
        assertThat(made.get("organizationId").textValue()).isEqualTo(client.sandbox.options().account().organizationId());
        assertThat(made.at("/solutionPlay/id").textValue()).isEqualTo("FY27");
        assertThat(made.get("externalReferenceId").textValue()).isEqualTo("crm-1");
    }

    @Test
    void refusesWhatIsNoReferralAtAll() {
        assertThat(client.referrals("POST", "", "[]").status()).isEqualTo(400);
        assertThat(client.referrals("POST", "", "{").target()).isEqualTo("body");
    }

    @Test
    void storesNumbersAsNumbersAndTimesInUtc() {
        Map<String, Object> deal = ExampleReferrals.outbound();
        @SuppressWarnings("unchecked")
        Map<String, Object> details = (Map<String, Object>) deal.get("details");
        details.put("dealValue", "10000.50");
        details.put("closingDateTime", "2027-06-30T02:00:00+02:00");
        JsonNode made = client.referrals("POST", "", deal).json().get("details");
        assertThat(made.get("dealValue").isNumber()).isTrue();
        assertThat(made.get("dealValue").decimalValue()).isEqualByComparingTo("10000.5");
        assertThat(made.get("closingDateTime").textValue()).isEqualTo("2027-06-30T00:00:00Z");
    }

    /** Invites Microsoft to a deal as the constructed sample does; returns the answer. */
    private static Answer invite(TestClient to, String engagement) {
        ObjectNode invitation = (ObjectNode) TestClient.sample("constructed-create-microsoft-connected-referral.request.json");
        return to.referrals("POST", "", invitation.put("engagementId", engagement));
    }

    private static List<String> owners(Answer list) {
        List<String> owners = new ArrayList<>();
        list.json().get("value").forEach(referral -> owners.add(referral.get("organizationId").textValue()));
        return owners;
    }

    @Test
    void theSecondReferralOfADealIsMicrosofts() {
        String engagement = client.referrals("POST", "", ExampleReferrals.outbound()).json().get("engagementId").textValue();
        Answer answer = invite(client, engagement);
        assertThat(answer.status()).isEqualTo(200);
        JsonNode other = answer.json();
        assertThat(other.get("organizationId").textValue()).isEqualTo("msft");
        assertThat(other.get("status").textValue() + other.get("substatus").textValue()).isEqualTo("NewPending");
        assertThat(other.get("expirationDateTime").textValue()).endsWith("T00:00:00Z");
        String id = other.get("id").textValue();
        assertThat(client.referrals("GET", "/" + id, null).status()).isEqualTo(404);
        assertThat(client.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(404);
        assertThat(owners(client.list("$filter=engagementId eq '" + engagement + "'"))).hasSize(2).contains("msft");
        assertThat(owners(client.list("$filter=engagementId eq " + engagement))).hasSize(2);
        assertThat(owners(client.list())).doesNotContain("msft");
        assertThat(client.sandbox.microsoftReferrals()).anySatisfy(known -> assertThat(known).containsEntry("id", id));
    }

    @Test
    void microsoftIsInvitedToAnOpenDealOfOnesOwnOnly() {
        assertThat(invite(client, "0000").target()).isEqualTo("engagementId");
        Map<String, Object> alone = ExampleReferrals.outbound();
        alone.put("engagementId", "0000");
        assertThat(client.referrals("POST", "", alone).target()).isEqualTo("engagementId");
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        client.sandbox.partnerCloses(id, "Lost", "budget");
        assertThat(invite(client, (String) client.sandbox.referral(id).get("engagementId")).status()).isEqualTo(400);
    }

    @Test
    void microsoftAcceptsOrDeclines() {
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        String engagement = (String) client.sandbox.referral(id).get("engagementId");
        invite(client, engagement);
        client.sandbox.microsoftAccepts(engagement, "7-ABCDEF", List.of(Map.of("firstName", "Ann", "email", "ann@microsoft.com")));
        assertThat(client.sandbox.referral(id)).containsEntry("trackingInfo", Map.of("microsoftMsxId", "7-ABCDEF"));
        JsonNode other = client.list("$filter=engagementId eq '" + engagement + "' and status eq 'Active'", "$orderby=createdDateTime desc")
            .json().at("/value/0");
        assertThat(other.at("/team/0/email").textValue()).isEqualTo("ann@microsoft.com");
        assertThat(other.get("expirationDateTime").isNull()).isTrue();
        client.sandbox.microsoftCloses(engagement, "Won", "signed");
        invite(client, engagement);
        client.sandbox.microsoftDeclines(engagement, "No Microsoft seller manages this customer");
        assertThat(client.sandbox.microsoftReferrals()).filteredOn(referral -> referral.get("engagementId").equals(engagement))
            .extracting(referral -> referral.get("substatus")).containsExactly("Won", "Declined");
        assertThatThrownBy(() -> client.sandbox.microsoftDeclines(engagement, "again")).hasMessageContaining(engagement);
    }

    @Test
    void switchesAnswerTheOpenPointsTheOtherWay() {
        PartnerCenterOptions options = PartnerCenterOptions.defaults().with(Switch.CREATED_STATUS_201, Switch.SERVICE_INVITES_MICROSOFT,
            Switch.MICROSOFT_REFERRAL_READABLE, Switch.IDEMPOTENT_REQUEST_IDS, Switch.ZERO_DEAL_VALUE);
        try (TestClient own = new TestClient(options)) {
            Map<String, Object> deal = ExampleReferrals.outbound();
            @SuppressWarnings("unchecked")
            Map<String, Object> details = (Map<String, Object>) deal.get("details");
            details.put("dealValue", 0);
            Answer first = own.referrals("POST", "", deal, "MS-RequestId", "one");
            assertThat(first.status()).isEqualTo(201);
            assertThat(own.sandbox.microsoftReferrals()).hasSize(1);
            String id = (String) own.sandbox.microsoftReferrals().get(0).get("id");
            assertThat(own.referrals("GET", "/" + id, null).status()).isEqualTo(200);
            assertThat(own.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(403);
            assertThat(own.referrals("POST", "", deal, "MS-RequestId", "one").json()).isEqualTo(first.json());
            assertThat(own.sandbox.referrals()).hasSize(1);
            own.referrals("POST", "", deal, "MS-RequestId", "two");
            assertThat(own.sandbox.referrals()).hasSize(2);
        }
    }

    @Test
    void withoutTheSwitchARepeatedPostMakesASecondDeal() {
        try (TestClient own = new TestClient()) {
            Arrays.asList(1, 2).forEach(time -> own.referrals("POST", "", ExampleReferrals.outbound(), "MS-RequestId", "one"));
            assertThat(own.sandbox.referrals()).hasSize(2);
        }
    }

    @Test
    void whatNobodyAnsweredExpiresAfterFourteenDays() {
        try (TestClient own = new TestClient()) {
            String inbound = own.sandbox.microsoftInvites(ExampleReferrals.inbound());
            String outbound = own.sandbox.partnerCreates(ExampleReferrals.outbound());
            invite(own, (String) own.sandbox.referral(outbound).get("engagementId"));
            own.clock.move(Duration.ofDays(12));
            own.sandbox.tick();
            assertThat(own.sandbox.referral(inbound)).containsEntry("status", "New");
            own.clock.move(Duration.ofDays(2));
            JsonNode expired = own.referrals("GET", "/" + inbound, null).json();
            assertThat(expired.get("status").textValue() + expired.get("substatus").textValue()).isEqualTo("ClosedExpired");
            assertThat(expired.has("closedDateTime")).isTrue();
            assertThat(own.sandbox.microsoftReferrals().get(0)).containsEntry("substatus", "Expired");
            assertThat(own.sandbox.referral(outbound)).containsEntry("status", "Active");
        }
    }

    @Test
    void anInboundReferralIsPendingAndMicrosofts() {
        JsonNode inbound = SandboxSystem.JSON.valueToTree(client.sandbox.referral(client.sandbox.microsoftInvites(Map.of("name", "bare"))));
        assertThat(inbound.get("direction").textValue()).isEqualTo("Incoming");
        assertThat(inbound.get("engagementId").textValue()).hasSize(36);
        assertThat(inbound.at("/inviteContext/invitedBy/organizationId").textValue()).isEqualTo("msft");
        assertThat(inbound.get("expirationDateTime").textValue()).endsWith("T00:00:00Z");
    }
}
