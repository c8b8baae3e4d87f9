package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Section 1.2: sign-in. */
class TokensTest {

    private static TestClient client;

    @BeforeAll
    static void start() {
        client = new TestClient();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    private static Answer refresh(String refreshToken, String resource) {
        return client.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", refreshToken, "resource", resource,
            "scope", "openid");
    }

    @Test
    void aRefreshTokenGivesATokenInTheShapeOfTheSample() {
        JsonNode answer = refresh("sandbox-refresh-token", Tokens.WEBHOOKS).json();
        TestClient.sample("token-refresh-token.response.json").fieldNames()
            .forEachRemaining(name -> assertThat(answer.has(name)).as(name).isTrue());
        assertThat(answer.get("expires_in").textValue()).isEqualTo("3600");
        assertThat(answer.get("resource").textValue()).isEqualTo(Tokens.WEBHOOKS);
    }

    @Test
    void everyAnswerHasANewRefreshTokenAndTheOldOneStaysValid() {
        String second = refresh("sandbox-refresh-token", Tokens.REFERRALS).json().get("refresh_token").textValue();
        assertThat(second).isNotEqualTo("sandbox-refresh-token");
        assertThat(refresh(second, Tokens.REFERRALS).status()).isEqualTo(200);
        assertThat(refresh("sandbox-refresh-token", Tokens.REFERRALS).status()).isEqualTo(200);
    }

    @Test
    void theV2AddressTakesAScopeAndAnswersWithNumbers() {
        Answer answer = client.token("/oauth2/v2.0/token", "grant_type", "client_credentials", "scope", Tokens.WEBHOOKS + "/.default");
        assertThat(answer.json().get("expires_in").intValue()).isEqualTo(3600);
        assertThat(answer.json().has("refresh_token")).isFalse();
        String token = answer.json().get("access_token").textValue();
        assertThat(client.callWith(token, "GET", Webhooks.BASE + "/events", null).status()).isEqualTo(200);
    }

    @Test
    void wrongSignInsGetTheErrorsOfTheDirectory() {
        assertError(refresh("stolen", Tokens.REFERRALS), 400, "invalid_grant");
        assertError(client.token("/oauth2/token", "client_secret", "wrong", "grant_type", "client_credentials"), 401, "invalid_client");
        assertError(client.token("/oauth2/token", "client_id", "wrong", "grant_type", "client_credentials"), 401, "invalid_client");
        assertError(client.token("/oauth2/token", "grant_type", "password"), 400, "invalid_grant");
        assertError(client.token("/oauth2/token", "grant_type", "magic"), 400, "unsupported_grant_type");
        assertError(refresh("sandbox-refresh-token", "https://graph.microsoft.com"), 400, "invalid_resource");
        assertError(client.token("/oauth2/v2.0/token", "grant_type", "client_credentials", "scope", "openid"), 400, "invalid_scope");
    }

    private static void assertError(Answer answer, int status, String error) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("error").textValue()).isEqualTo(error);
        assertThat(answer.json().get("error_description").textValue()).startsWith("AADSTS");
        assertThat(answer.json().get("error_codes").get(0).isInt()).isTrue();
    }

    @Test
    void tokensAreCheckedForTheirAudienceAndTheirKind() {
        assertThat(client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(401);
        assertThat(client.callWith(client.userToken(Tokens.REFERRALS), "GET", Webhooks.BASE, null).status()).isEqualTo(401);
        assertThat(client.callWith(client.appToken(Tokens.WEBHOOKS), "GET", Webhooks.BASE, null).status()).isEqualTo(404);
        assertThat(client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", Webhooks.BASE, null).status()).isEqualTo(404);
        Answer appOnly = client.callWith(client.appToken(Tokens.REFERRALS), "GET", PartnerCenterSandbox.REFERRALS, null);
        assertThat(appOnly.status()).isEqualTo(403);
        assertThat(appOnly.code()).isEqualTo("accessDenied");
    }

    @Test
    void missingUnknownAndExpiredTokensGet401InTheShapeOfTheHost() {
        Answer missing = client.callWith(null, "GET", PartnerCenterSandbox.REFERRALS, null);
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.code()).isEqualTo("unauthenticated");
        assertThat(client.callWith("nonsense", "GET", Webhooks.BASE, null).json().has("description")).isTrue();
        try (TestClient own = new TestClient()) {
            String token = own.userToken(Tokens.REFERRALS);
            own.clock.move(Duration.ofSeconds(3599));
            assertThat(own.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(200);
            own.clock.move(Duration.ofSeconds(2));
            assertThat(own.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(401);
        }
    }

    @Test
    void aUserWhosePasswordChangedSignsInAgain() {
        try (TestClient own = new TestClient()) {
            own.sandbox.revokeRefreshTokens();
            assertThat(own.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", "sandbox-refresh-token", "resource",
                Tokens.REFERRALS).status()).isEqualTo(400);
            assertThat(own.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", own.sandbox.signIn(), "resource",
                Tokens.REFERRALS).status()).isEqualTo(200);
        }
    }
}
