package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 1.2: the ways a user signs in, and what the directory says when it does not like one. */
class SignInTest {

    private static final String BACK = "https://app.contoso.com/back";

    private TestClient client;

    @BeforeEach
    void start() {
        client = new TestClient();
        client.clock.stop();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private Answer redeem(String code, String redirectUri) {
        return client.token("/oauth2/token", "grant_type", "authorization_code", "code", code, "redirect_uri", redirectUri, "resource",
            Tokens.REFERRALS);
    }

    private static void assertRefused(Answer answer, String error, int code) {
        assertThat(answer.json().get("error").textValue()).isEqualTo(error);
        assertThat(answer.json().at("/error_codes/0").intValue()).isEqualTo(code);
        assertThat(answer.json().get("error_description").textValue()).startsWith("AADSTS" + code + ": ");
    }

    @Test
    void aCodeFromTheBrowserIsRedeemedOnce() {
        String code = client.code(BACK);
        Answer answer = redeem(code, BACK);
        assertThat(answer.json().get("scope").textValue()).isEqualTo("user_impersonation");
        assertThat(answer.json().get("expires_on").textValue()).matches("\\d+");
        String token = answer.json().get("access_token").textValue();
        assertThat(client.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(200);
        assertRefused(redeem(code, BACK), "invalid_grant", 54005);
    }

    @Test
    void aCodeIsBoundToItsAddressAndLivesTenMinutes() {
        String code = client.code(BACK);
        assertRefused(redeem(code, "https://elsewhere.contoso.com"), "invalid_grant", 50011);
        client.clock.move(Duration.ofMinutes(10));
        assertRefused(redeem(code, BACK), "invalid_grant", 70008);
    }

    @Test
    void theBrowserMayCarryTheCodeInAFormAsTheSecureApplicationModelAsks() {
        Answer page = client.get("/oauth2/authorize", "client_id", client.sandbox.options().account().clientId(), "response_type",
            "code id_token", "response_mode", "form_post", "redirect_uri", BACK + "?a=\"b\"", "nonce", "n-1", "state", "<mine>");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.http().body()).contains("action=\"" + BACK + "?a=&#34;b&#34;\"", "name=\"code\"", "name=\"id_token\"",
            "value=\"&#60;mine&#62;\"");
        String token = page.http().body().replaceAll(".*name=\"id_token\" value=\"([^\"]+)\".*", "$1");
        assertThat(TestClient.parse(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]))).get("nonce").textValue())
            .isEqualTo("n-1");
        Answer fragment = client.get("/oauth2/v2.0/authorize", "client_id", client.sandbox.options().account().clientId(), "response_type",
            "code id_token", "redirect_uri", BACK);
        assertThat(fragment.status()).isEqualTo(302);
        assertThat(fragment.header("Location")).startsWith(BACK + "#code=");
        assertThat(client.get("/oauth2/authorize", "client_id", "nobody").status()).isEqualTo(401);
    }

    @Test
    void aDeviceWaitsUntilTheUserSignsInWithoutASecret() {
        JsonNode device = device();
        assertThat(device.get("message").textValue()).contains(device.get("user_code").textValue());
        assertRefused(poll(device), "authorization_pending", 70016);
        client.sandbox.signInDevice(device.get("user_code").textValue(), true);
        JsonNode answer = poll(device).json();
        assertThat(client.callWith(answer.get("access_token").textValue(), "GET", PartnerCenterSandbox.REFERRALS, null).status())
            .isEqualTo(200);
        assertRefused(poll(device), "bad_verification_code", 70018);
        Answer renewed = client.form("/oauth2/v2.0/token", "client_id", client.sandbox.options().account().clientId(), "grant_type",
            "refresh_token", "refresh_token", answer.get("refresh_token").textValue(), "scope", Tokens.REFERRALS + "/.default");
        assertThat(renewed.status()).isEqualTo(200);
    }

    @Test
    void aDeviceIsTurnedDownOrRunsOut() {
        JsonNode declined = device();
        client.sandbox.signInDevice(declined.get("user_code").textValue(), false);
        assertRefused(poll(declined), "authorization_declined", 70019);
        JsonNode late = device();
        client.clock.move(Duration.ofMinutes(15));
        assertRefused(poll(late), "expired_token", 70020);
        assertThatThrownBy(() -> client.sandbox.signInDevice("nothing", true)).hasMessageContaining("nothing");
    }

    private JsonNode device() {
        return client.form("/oauth2/v2.0/devicecode", "client_id", client.sandbox.options().account().clientId(), "scope",
            Tokens.REFERRALS + "/.default offline_access").json();
    }

    /** Without a scope: that was named when the code was asked for. */
    private Answer poll(JsonNode device) {
        return client.form("/oauth2/v2.0/token", "client_id", client.sandbox.options().account().clientId(), "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code", "device_code", device.get("device_code").textValue());
    }

    @Test
    void deviceCodesOfTheFirstEditionAreNotThere() {
        assertThat(client.form("/oauth2/devicecode", "client_id", client.sandbox.options().account().clientId()).status()).isEqualTo(501);
    }

    @Test
    void aPasswordAloneDoesOnlyWithASwitch() {
        assertRefused(password("sandbox-password"), "invalid_grant", 50076);
        client.sandbox.switches().turn(Switch.PASSWORD_GRANT, true);
        assertThat(password("sandbox-password").status()).isEqualTo(200);
        assertRefused(password("wrong"), "invalid_grant", 50126);
    }

    private Answer password(String password) {
        return client.token("/oauth2/token", "grant_type", "password", "username", "user@contoso.com", "password", password, "scope",
            "openid", "resource", Tokens.REFERRALS);
    }

    @Test
    void aRefreshTokenIsUsedOnceOnlyWithASwitch() {
        client.sandbox.switches().turn(Switch.REFRESH_TOKENS_ONCE, true);
        String first = client.sandbox.signIn();
        Answer answer = refresh(first);
        assertRefused(refresh(first), "invalid_grant", 70008);
        assertThat(refresh(answer.json().get("refresh_token").textValue()).status()).isEqualTo(200);
    }

    private Answer refresh(String token) {
        return client.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", token, "resource", Tokens.REFERRALS);
    }

    @Test
    void aSecretIsNeededWhereThereIsOne() {
        assertRefused(client.form("/oauth2/token", "client_id", client.sandbox.options().account().clientId(), "grant_type",
            "client_credentials", "resource", Tokens.WEBHOOKS), "invalid_client", 7000218);
    }

    @Test
    void anApplicationsTokenReachesReferralsOnlyWithASwitch() {
        String token = client.appToken(Tokens.REFERRALS);
        assertThat(client.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(403);
        client.sandbox.switches().turn(Switch.APP_ONLY_REFERRALS, true);
        assertThat(client.callWith(token, "GET", PartnerCenterSandbox.REFERRALS, null).status()).isEqualTo(200);
    }

    @Test
    void conditionalAccessIsA403OfInsufficientClaims() {
        client.sandbox.switches().turn(Switch.CONDITIONAL_ACCESS, true);
        Answer answer = client.list();
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().at("/error/innerError/code").textValue()).isEqualTo("insufficientClaims");
    }
}
