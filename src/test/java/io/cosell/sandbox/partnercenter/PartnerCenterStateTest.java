package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Partner Center tells every other part of the sandboxes: kinds of calls, refusals, acts, history, its whole state. */
class PartnerCenterStateTest {

    private TestClient client;

    @BeforeEach
    void start() {
        client = new TestClient();
        client.clock.stop();
        client.clock.set(Instant.parse("2026-01-10T10:00:00Z"));
    }

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void theStateOfOneIsTheStateOfAnother() {
        client.register("http://127.0.0.1:1/x", true);
        String inbound = client.sandbox.microsoftInvites(ExampleReferrals.inbound());
        String deal = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        String engagement = (String) client.sandbox.referral(deal).get("engagementId");
        client.sandbox.microsoftAnswers(engagement, MicrosoftAnswer.accepts(Duration.ofDays(1)));
        client.invite(engagement);
        client.sandbox.switches().turn(Switch.NAME_FROZEN, true);
        client.act("set-role", "{\"role\":\"user\",\"locations\":[\"1\"],\"after\":\"PT30M\"}");
        ObjectNode state = client.sandbox.state();
        try (TestClient other = new TestClient(PartnerCenterOptions.defaults().with(Switch.ZERO_DEAL_VALUE))) {
            other.clock.stop();
            other.clock.set(client.clock.instant());
            other.sandbox.partnerCreates(ExampleReferrals.outbound());
            other.sandbox.restore((ObjectNode) TestClient.parse(state.toString()));
            assertThat(TestClient.parse(other.sandbox.state().toString())).isEqualTo(TestClient.parse(state.toString()));
            assertThat(other.sandbox.deliveries()).isEmpty();
            assertThat(other.referrals("PATCH", "/" + deal, "[{\"op\":\"replace\",\"path\":\"/details/notes\",\"value\":\"x\"}]").status())
                .isEqualTo(204);
            assertThat(other.sandbox.deliveries()).hasSize(1);
            other.clock.move(Duration.ofDays(1));
            assertThat(other.list().json().get("value")).isEmpty();
            assertThat(other.sandbox.microsoftReferrals().get(0)).containsEntry("substatus", "Accepted");
            other.clock.move(Duration.ofDays(13));
            other.sandbox.tick();
            assertThat(other.sandbox.referral(inbound)).containsEntry("substatus", "Expired");
        }
    }

    @Test
    void aStrangeStateIsRefusedAndChangesNothing() {
        client.sandbox.partnerCreates(ExampleReferrals.outbound());
        ObjectNode before = client.sandbox.state();
        assertThatThrownBy(() -> client.sandbox.restore(PartnerCenterSandbox.JSON.createObjectNode().put("system", "dataverse")))
            .isInstanceOf(IllegalArgumentException.class);
        ObjectNode broken = client.sandbox.state();
        broken.withArray("referral").addObject().put("document", "x");
        assertThatThrownBy(() -> client.sandbox.restore(broken)).isInstanceOf(IllegalArgumentException.class);
        ObjectNode unknown = client.sandbox.state();
        unknown.withArray("switches").add("NO_SUCH_SWITCH");
        assertThatThrownBy(() -> client.sandbox.restore(unknown)).hasMessageContaining("NO_SUCH_SWITCH");
        assertThat(TestClient.parse(client.sandbox.state().toString())).isEqualTo(TestClient.parse(before.toString()));
    }

    private static Request request(String method, String path) {
        return new Request(method, path, Map.of(), Map.of(), new byte[0]);
    }

    @ParameterizedTest
    @CsvSource({"POST, /common/oauth2/token, SIGN_IN", "GET, /v1.0/engagements/referrals, LIST",
        "POST, /v1.0/engagements/referrals, CREATE",
        "GET, /v1.0/engagements/referrals/1, READ", "PATCH, /v1.0/engagements/referrals/1//, UPDATE",
        "PUT, /engagements/v1/referrals/1, UPDATE", "DELETE, /v1.0/engagements/referrals/1, DELETE",
        "GET, /partner/v1/analytics/referrals, LIST", "PUT, /webhooks/v1/registration, REGISTRATION", "GET, /nowhere, OTHER"})
    void eachCallIsOfAKind(String method, String path, CallKind kind) {
        assertThat(client.sandbox.kind(request(method, path))).isEqualTo(kind);
    }

    /** Section 1.5: the error of the referral host, of the webhook host, and of the directory. */
    @ParameterizedTest
    @CsvSource(nullValues = "none", value = {
        "THROTTLED, 429, 7, none, none, temporarily_unavailable",
        "UNAVAILABLE, 503, 7, serviceNotAvailable, serviceNotAvailable, temporarily_unavailable",
        "SERVER_ERROR, 500, none, generalException, generalException, server_error",
        "SESSION_EXPIRED, 401, none, unauthenticated, unauthenticated, invalid_grant",
        "PRECONDITION_FAILED, 412, none, preconditionFailed, preconditionFailed, none"})
    void troublesAreToldInTheShapeOfTheHost(Trouble trouble, int status, String retryAfter, String code, String webhookCode, String error) {
        Reply referral = client.sandbox.refusal(trouble, request("GET", PartnerCenterSandbox.REFERRALS), 7);
        assertThat(referral.status()).isEqualTo(status);
        assertThat(referral.headers().get("Retry-After")).isEqualTo(retryAfter);
        assertThat(referral.headers()).containsKey("Request-ID");
        assertThat(TestClient.parse(referral.text()).at("/error/code").textValue()).isEqualTo(code);
        Reply webhook = client.sandbox.refusal(trouble, request("GET", Webhooks.BASE), 7);
        assertThat(TestClient.parse(webhook.text()).path("code").textValue()).isEqualTo(webhookCode);
        if (error != null) {
            assertThat(TestClient.parse(client.sandbox.refusal(trouble, request("POST", "/common/oauth2/token"), 7).text()).get("error")
                .textValue()).isEqualTo(error);
        }
    }

    @Test
    void aSessionThatExpiredIsGone() {
        String token = client.userToken(Tokens.REFERRALS);
        assertThat(client.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(200);
        client.sandbox.refusal(Trouble.SESSION_EXPIRED, new Request("GET", PartnerCenterSandbox.REFERRALS, Map.of(),
            Map.of("Authorization", "Bearer " + token), new byte[0]), 0);
        assertThat(client.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(401);
    }

    @Test
    void actsHaveNamesOfTheirOwnAndSayWhatTheyNeed() {
        List<Act> acts = client.sandbox.acts();
        assertThat(acts).extracting(Act::name).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
        acts.stream().filter(act -> act.parameters().keySet().stream().anyMatch(name -> name.equals("id") || name.equals("referral")))
            .forEach(act -> assertThatThrownBy(() -> client.act(act.name(), "{}")).as(act.name())
                .isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void peopleActByName() {
        String inbound = client.act("microsoft-sends-referral", "{\"referral\":{\"name\":\"a\"}}").get("id").textValue();
        client.act("partner-accepts", "{\"id\":\"" + inbound + "\"}");
        client.act("partner-edits", "{\"id\":\"" + inbound + "\",\"values\":{\"/details/notes\":\"called\"}}");
        client.act("partner-closes", "{\"id\":\"" + inbound + "\",\"substatus\":\"Won\"}");
        assertThat(client.sandbox.referral(inbound)).containsEntry("substatus", "Won").containsEntry("details", Map.of("notes", "called"));
        String declined = client.act("microsoft-sends-referral", "{\"referral\":{}}").get("id").textValue();
        client.act("partner-declines", "{\"id\":\"" + declined + "\",\"reason\":\"Not a customer\"}");
        assertThat(client.sandbox.referral(declined)).containsEntry("statusReason", "Not a customer");
        String deal = client.act("partner-creates", "{\"referral\":"
            + PartnerCenterSandbox.JSON.valueToTree(ExampleReferrals.outbound()) + "}")
            .get("id").textValue();
        String engagement = (String) client.sandbox.referral(deal).get("engagementId");
        client.invite(engagement);
        client.act("microsoft-accepts", "{\"engagementId\":\"" + engagement + "\",\"msxId\":\"7-X\",\"sellers\":[{\"email\":\"a@b\"}]}");
        client.act("microsoft-closes", "{\"engagementId\":\"" + engagement + "\",\"substatus\":\"Won\"}");
        client.invite(engagement);
        client.act("microsoft-declines", "{\"engagementId\":\"" + engagement + "\"}");
        assertThat(client.sandbox.microsoftReferrals()).extracting(referral -> referral.get("substatus"))
            .containsExactly("Won", "Declined");
        client.act("revoke-refresh-tokens", "{}");
        String token = client.act("user-signs-in", "{}").get("refreshToken").textValue();
        assertThat(client.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", token, "resource", Tokens.REFERRALS)
            .status()).isEqualTo(200);
        client.act("revoke-access-tokens", "{}");
    }

    @Test
    void theHistoryTellsWhoWroteWhat() {
        JsonNode deal = client.referrals("POST", "", ExampleReferrals.outbound()).json();
        String id = deal.get("id").textValue();
        client.referrals("PATCH", "/" + id, TestClient.sample("patch-deal-value-and-notes.request.json"));
        client.sandbox.partnerEdits(id, Map.of("/campaignId", "c"));
        client.invite(deal.get("engagementId").textValue());
        client.sandbox.microsoftAccepts(deal.get("engagementId").textValue(), "7-X", List.of());
        assertThat(client.sandbox.history()).extracting(RowChange::user).containsExactly("application", "application", "partner",
            "application", "microsoft", "microsoft");
        assertThat(client.sandbox.history()).extracting(RowChange::message).containsExactly("Create", "Update", "Update", "Create",
            "Update", "Update");
        assertThat(client.sandbox.history().get(1).written().keySet()).containsExactly("/details/dealValue", "/details/notes");
        assertThat(client.sandbox.history().get(0).written()).containsKey("customerProfile");
        assertThat(client.sandbox.history().get(3).table()).isEqualTo("microsoft-referral");
    }
}
