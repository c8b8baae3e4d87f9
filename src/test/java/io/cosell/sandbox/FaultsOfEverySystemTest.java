package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cosell.sandbox.Delivery.State;
import io.cosell.sandbox.FaultPlan.Rule;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One plan for all systems: rules go by the systems' names, and the events of each go through it. */
class FaultsOfEverySystemTest {

    private static final Map<Trouble, Integer> STATUSES = Map.of(Trouble.THROTTLED, 429, Trouble.UNAVAILABLE, 503,
        Trouble.SERVER_ERROR, 500, Trouble.SESSION_EXPIRED, 401, Trouble.PRECONDITION_FAILED, 412);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Sandboxes sandboxes = Sandboxes.start();
    private final PartnerCenterSandbox partnerCenter = sandboxes.partnerCenter();
    private final DataverseSandbox crm = sandboxes.dynamics365();

    @AfterEach
    void stop() {
        sandboxes.close();
    }

    private HttpResponse<String> call(String address, String... headers) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(address)).headers(headers)
            .method("PATCH", HttpRequest.BodyPublishers.ofString("{}")).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void eachRefusalOfAPlanHasTheStatusOfTheContract() throws Exception {
        for (Map.Entry<Trouble, Integer> trouble : STATUSES.entrySet()) {
            FaultPlan plan = FaultPlan.of(1, Rule.everyNth(null, null, trouble.getKey(), 1));
            for (SandboxSystem system : List.of(partnerCenter, crm)) {
                system.plan(plan);
                String path = system == crm ? "/api/data/v9.2/accounts(0a0b0c0d-0000-4000-8000-000000000009)"
                    : PartnerCenterSandbox.REFERRALS + "/1";
                HttpResponse<String> answer = call(system.address() + path, "If-Match", "1", "Authorization", "Bearer x");
                assertThat(answer.statusCode()).as(system.name() + " " + trouble.getKey()).isEqualTo(trouble.getValue());
                assertThat(system.calls().get(system.calls().size() - 1).trouble()).isEqualTo(trouble.getKey());
            }
        }
    }

    @Test
    void aRuleForOneSystemLeavesTheOthersAlone() throws Exception {
        FaultPlan plan = FaultPlan.of(1, Rule.everyNth(crm.name(), null, Trouble.UNAVAILABLE, 1));
        partnerCenter.plan(plan);
        crm.plan(plan);
        assertThat(call(crm.address() + "/x", "x", "y").statusCode()).isEqualTo(503);
        assertThat(call(partnerCenter.address() + "/x", "x", "y").statusCode()).isNotEqualTo(503);
    }

    /** Contract partner-center.md, section 4: events are lost and doubled on their way. */
    @Test
    void eventsOfPartnerCenterGoThroughThePlan() throws Exception {
        try (Listener listener = new Listener()) {
            register(listener.url());
            partnerCenter.plan(FaultPlan.of(1, Rule.everyNthEvent("partner-center", "referral-created", Trouble.EVENT_LOST, 2),
                Rule.everyNthEvent("partner-center", "referral-updated", Trouble.EVENT_DOUBLED, 1)));
            partnerCenter.microsoftInvites(ExampleReferrals.inbound());
            String second = partnerCenter.microsoftInvites(ExampleReferrals.inbound());
            partnerCenter.partnerAccepts(second);
            partnerCenter.awaitDelivered();
            assertThat(partnerCenter.deliveries()).extracting(Delivery::state)
                .containsExactly(State.DELIVERED, State.DROPPED, State.DELIVERED, State.DELIVERED);
            assertThat(listener.bodies).hasSize(3).filteredOn(body -> body.contains("referral-updated")).hasSize(2)
                .allMatch(body -> body.contains(second));
        }
    }

    private void register(String url) throws Exception {
        var account = partnerCenter.options().account();
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("client_id", account.clientId());
        form.put("client_secret", account.clientSecret());
        form.put("resource", "https://api.partnercenter.microsoft.com");
        String body = String.join("&", form.entrySet().stream().map(field -> field.getKey() + "=" + field.getValue()).toList());
        String token = post(partnerCenter.address() + "/" + account.tenant() + "/oauth2/token", "application/x-www-form-urlencoded", body,
            "none");
        post(partnerCenter.address() + "/webhooks/v1/registration", "application/json", "{\"WebhookUrl\":\"" + url
            + "\",\"WebhookEvents\":[\"referral-created\",\"referral-updated\"]}", accessToken(token));
    }

    private static String accessToken(String answer) throws JsonProcessingException {
        return SandboxSystem.JSON.readTree(answer).get("access_token").textValue();
    }

    private String post(String address, String mediaType, String body, String token) throws Exception {
        HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create(address)).header("Content-Type", mediaType)
            .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Contract dataverse.md, section 3.7; the event's name is the message. */
    @Test
    void webhooksOfDataverseGoThroughThePlan() throws Exception {
        try (Listener listener = new Listener()) {
            crm.registerWebhook(listener.url(), "x-secret", "s", Set.of("lead"));
            crm.plan(FaultPlan.of(1, Rule.everyNthEvent("dynamics365", "Create", Trouble.EVENT_DOUBLED, 1),
                Rule.everyNthEvent("dynamics365", "Delete", Trouble.EVENT_LOST, 1)));
            String id = crm.create("lead", Map.of("lastname", "Fox"));
            crm.delete("lead", id);
            crm.events().awaitDelivered(Duration.ofSeconds(30));
            assertThat(listener.bodies).hasSize(2).allMatch(body -> body.contains("\"MessageName\":\"Create\""));
            assertThat(crm.events().deliveries()).extracting(Delivery::trouble)
                .containsExactly(Trouble.EVENT_DOUBLED, Trouble.EVENT_DOUBLED, Trouble.EVENT_LOST);
        }
    }
}
