package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 1.2, the table of who sees what. */
class RolesTest {

    private TestClient client;

    @BeforeEach
    void dealsOfTwoLocationsWithAndWithoutTheUserOnTheTeam() {
        client = new TestClient();
        for (String location : List.of("111", "222")) {
            for (String member : List.of("user@contoso.com", "jane.doe@contoso.com")) {
                Map<String, Object> deal = ExampleReferrals.outbound();
                deal.put("name", location + " " + member.split("@")[0]);
                deal.put("mpnId", location);
                deal.put("team", List.of(Map.of("firstName", "A", "lastName", "B", "phoneNumber", "1", "email", member)));
                client.sandbox.partnerCreates(deal);
            }
        }
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private void role(String json) {
        client.act("set-role", json);
    }

    private List<String> names(JsonNode list) {
        return new ArrayList<>(list.get("value").findValuesAsText("name").stream().filter(name -> name.matches("\\d{3} .*")).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        {"role":"admin"}                       | 111 user, 111 jane.doe, 222 user, 222 jane.doe
        {"role":"user"}                        | 111 user, 222 user
        {"role":"admin","locations":["222"]}   | 222 user, 222 jane.doe
        {"role":"user","locations":["222"]}    | 222 user
        """)
    void theListHidesWhatTheRoleDoesNotReachAndOthersAre403(String role, String seen) {
        role(role);
        List<String> expected = List.of(seen.split(", "));
        assertThat(names(client.list().json())).isEqualTo(expected);
        for (Map<String, Object> deal : client.sandbox.referrals()) {
            boolean reached = expected.contains(deal.get("name"));
            assertThat(client.referrals("GET", "/" + deal.get("id"), null).status()).isEqualTo(reached ? 200 : 403);
            assertThat(client.referrals("PATCH", "/" + deal.get("id"), "[{\"op\":\"replace\",\"path\":\"/details/notes\",\"value\":\"x\"}]")
                .status()).isEqualTo(reached ? 204 : 403);
            String tag = (String) client.sandbox.referral((String) deal.get("id")).get("eTag");
            assertThat(client.referrals("PUT", "/" + deal.get("id"), deal, "If-Match", tag).status()).isEqualTo(reached ? 200 : 403);
        }
        JsonNode records = client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", Analytics.PATH, null).json();
        assertThat(records).hasSize(expected.size());
    }

    @Test
    void whoHasNoRoleGets403ForEverything() {
        role("{\"role\":\"none\"}");
        assertThat(client.list().status()).isEqualTo(403);
        assertThat(client.list().code()).isEqualTo("accessDenied");
        assertThat(client.referrals("POST", "", ExampleReferrals.outbound()).status()).isEqualTo(403);
    }

    @Test
    void dealsAreMadeInTheLocationsOfTheRole() {
        role("{\"role\":\"user\",\"locations\":[\"222\",\"333\"]}");
        assertThat(client.referrals("POST", "", ExampleReferrals.outbound()).json().get("mpnId").textValue()).isEqualTo("222");
        Map<String, Object> elsewhere = ExampleReferrals.outbound();
        elsewhere.put("mpnId", "111");
        assertThat(client.referrals("POST", "", elsewhere).target()).isEqualTo("mpnId");
        elsewhere.put("mpnId", "333");
        assertThat(client.referrals("POST", "", elsewhere).status()).isEqualTo(200);
    }

    @Test
    void theOtherSidesOfADealAreListedForThoseWhoSeeTheDeal() {
        JsonNode deal = SandboxSystem.JSON.valueToTree(client.sandbox.referrals().get(1));
        String engagement = deal.get("engagementId").textValue();
        client.invite(engagement);
        assertThat(client.list("$filter=engagementId eq '" + engagement + "'").json().get("value")).hasSize(2);
        role("{\"role\":\"user\"}");
        assertThat(client.list("$filter=engagementId eq '" + engagement + "'").json().get("value")).isEmpty();
    }

    @Test
    void aChangeOfRoleShowsAfterAWhile() {
        client.clock.stop();
        role("{\"role\":\"none\",\"after\":\"PT1H\"}");
        client.clock.move(Duration.ofMinutes(59));
        assertThat(client.list().status()).isEqualTo(200);
        client.clock.move(Duration.ofMinutes(1));
        assertThat(client.list().status()).isEqualTo(403);
    }

    /** Section 4.1: the registration has roles of its own, and takes the application's token. */
    @Test
    void whoMayNotRegisterGets403FromTheWebhookHost() {
        role("{\"role\":\"admin\",\"registers\":false}");
        assertThat(client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", Webhooks.BASE, null).status()).isEqualTo(403);
        assertThat(client.webhooks("GET", "", null).status()).isEqualTo(404);
    }
}
