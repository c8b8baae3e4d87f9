package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 1 of the contract. */
class SignInTest {

    private static final KeyPair KEYS = keys();
    private static final String JWT = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";

    private SalesforceOrg org = new SalesforceOrg(SalesforceOptions.defaults().withKey(KEYS.getPublic()));

    @AfterEach
    void stop() {
        org.close();
    }

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void orgWith(SalesforceSwitch... on) {
        org.close();
        org = new SalesforceOrg(SalesforceOptions.defaults().withKey(KEYS.getPublic()).with(on));
    }

    @Test
    void clientCredentialsAnswerAsDocumentedWithoutAnEnd() {
        var token = org.token(SalesforceOrg.CREDENTIALS);
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.json().fieldNames()).toIterable()
            .containsExactly("access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at");
        assertThat(token.json().path("token_type").asText()).isEqualTo("Bearer");
        assertThat(token.json().path("access_token").asText()).matches("00D\\w{12}!AQ\\w+");
        assertThat(token.json().path("id").asText()).matches("http://[^/]+/id/00D\\w{15}/005\\w{15}");
        assertThat(token.json().path("issued_at").asText()).isEqualTo(Long.toString(org.clock.instant().toEpochMilli()));
    }

    @Test
    void theInstanceIsTheHostTheCallerUsed() {
        String port = org.sandbox.address().replaceAll(".*:", "");
        assertThat(org.token(SalesforceOrg.CREDENTIALS).json().path("instance_url").asText()).isEqualTo("http://127.0.0.1:" + port);
    }

    @ParameterizedTest
    @CsvSource({
        "client_credentials, sandbox-client, wrong, invalid_client",
        "client_credentials, somebody, sandbox-secret, invalid_client_id",
        "authorization_code, sandbox-client, sandbox-secret, unsupported_grant_type"})
    void whatIsWrongIsToldByAnErrorObjectWith400(String grant, String id, String secret, String error) {
        var refused = org.token("grant_type=" + grant + "&client_id=" + id + "&client_secret=" + secret);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("error").asText()).isEqualTo(error);
        assertThat(refused.json().path("error_description").asText()).isNotEmpty();
    }

    @Test
    void clientCredentialsMayComeInABasicHeader() {
        String basic = Base64.getEncoder().encodeToString("sandbox-client:sandbox-secret".getBytes(StandardCharsets.UTF_8));
        assertThat(org.token("grant_type=client_credentials", "Authorization", "Basic " + basic).status()).isEqualTo(200);
    }

    @Test
    void aUserWhoIsNotActiveGetsNoToken() {
        act("update", Map.of("object", "User", "id", Seed.INTEGRATION_USER, "fields", Map.of("IsActive", false), "as", "administrator"));
        assertThat(org.token(SalesforceOrg.CREDENTIALS).json().path("error").asText()).isEqualTo("inactive_user");
    }

    private void act(String name, Map<String, Object> parameters) {
        org.sandbox.acts().stream().filter(act -> act.name().equals(name)).findFirst().orElseThrow().does()
            .apply(SalesforceSandbox.JSON.valueToTree(parameters));
    }

    @Test
    void passwordsAreBlockedUnlessTheOrganisationAllowsThem() {
        String form = SalesforceOrg.CREDENTIALS.replace("client_credentials", "password")
            + "&username=integration%40contoso.example&password=sandbox-passwordTOKEN";
        var blocked = org.token(form);
        assertThat(blocked.status()).isEqualTo(400);
        assertThat(blocked.json().path("error").asText()).isEqualTo("invalid_grant");
        assertThat(blocked.json().path("error_description").asText()).isEqualTo("authentication failure");
        orgWith(SalesforceSwitch.PASSWORD_GRANT);
        assertThat(org.token(form).status()).isEqualTo(200);
        assertThat(org.token(form + "x").json().path("error").asText()).isEqualTo("invalid_grant");
    }

    @Test
    void aRefreshTokenGivesSessionsUntilItIsRevoked() {
        String form = "grant_type=refresh_token&client_id=sandbox-client&refresh_token=sandbox-refresh-token";
        assertThat(org.token(form).json().has("refresh_token")).isFalse();
        assertThat(org.token(form).status()).isEqualTo(200);
        assertThat(org.send("POST", "/services/oauth2/revoke", "token=sandbox-refresh-token", "Content-Type",
            "application/x-www-form-urlencoded").status()).isEqualTo(200);
        assertThat(org.token(form).json().path("error").asText()).isEqualTo("invalid_grant");
    }

    // ---- JWT bearer

    private String assertion(String iss, String sub, String aud, Duration ahead, KeyPair keys) {
        try {
            String claims = "{\"iss\":\"" + iss + "\",\"sub\":\"" + sub + "\",\"aud\":\"" + aud + "\",\"exp\":"
                + org.clock.instant().plus(ahead).getEpochSecond() + "}";
            String signed = base64("{\"alg\":\"RS256\"}") + "." + base64(claims);
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initSign(keys.getPrivate());
            rsa.update(signed.getBytes(StandardCharsets.US_ASCII));
            return JWT + URLEncoder.encode(signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(rsa.sign()),
                StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"https://login.salesforce.com", "https://test.salesforce.com", "own"})
    void anAssertionSignedWithTheAppsKeyGivesASessionOfItsSubject(String aud) {
        String audience = aud.equals("own") ? org.sandbox.address() : aud;
        var token = org.token(assertion("sandbox-client", "sam.seller@contoso.example", audience, Duration.ofMinutes(2), KEYS));
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.json().path("id").asText()).endsWith("/" + Seed.SELLER);
    }

    @ParameterizedTest
    @CsvSource({
        "somebody, sam.seller@contoso.example, https://login.salesforce.com, 2, invalid_client_id, client identifier invalid",
        "sandbox-client, nobody@contoso.example, https://login.salesforce.com, 2, invalid_grant, user hasn't approved this consumer",
        "sandbox-client, sam.seller@contoso.example, https://example.com, 2, invalid_grant, audience is invalid",
        "sandbox-client, sam.seller@contoso.example, https://login.salesforce.com, 0, invalid_grant, expired authorization code",
        "sandbox-client, sam.seller@contoso.example, https://login.salesforce.com, 6, invalid_grant, expired authorization code"})
    void anAssertionWithAWrongClaimIsRefused(String iss, String sub, String aud, int minutes, String error, String description) {
        var refused = org.token(assertion(iss, sub, aud, Duration.ofMinutes(minutes), KEYS));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("error").asText()).isEqualTo(error);
        assertThat(refused.json().path("error_description").asText()).isEqualTo(description);
    }

    @Test
    void anAssertionSignedWithAnotherKeyIsRefused() {
        var refused = org.token(assertion("sandbox-client", "sam.seller@contoso.example", "https://login.salesforce.com",
            Duration.ofMinutes(2), keys()));
        assertThat(refused.json().path("error_description").asText()).isEqualTo("invalid assertion");
        assertThat(org.token(JWT + "abc").json().path("error").asText()).isEqualTo("invalid_grant");
    }

    @Test
    void theAssertionsEndMayBeHeldToThreeMinutes() {
        String assertion = assertion("sandbox-client", "sam.seller@contoso.example", "https://login.salesforce.com", Duration.ofMinutes(4),
            KEYS);
        assertThat(org.token(assertion).status()).isEqualTo(200);
        orgWith(SalesforceSwitch.ASSERTION_OF_THREE_MINUTES);
        assertThat(org.token(assertion).status()).isEqualTo(400);
    }

    // ---- sessions

    @Test
    void aSessionThatIsExpiredOnDemandAnswers401AndANewOneWorks() {
        assertThat(org.get("sobjects").status()).isEqualTo(200);
        org.sandbox.expireSessions();
        var refused = org.get("sobjects");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text()).isEqualTo("[{\"message\":\"Session expired or invalid\",\"errorCode\":\"INVALID_SESSION_ID\"}]");
        org.signIn();
        assertThat(org.get("sobjects").status()).isEqualTo(200);
    }

    @Test
    void aSessionEndsTwoHoursAfterItsLastCall() {
        org.clock.move(Duration.ofMinutes(119));
        assertThat(org.get("sobjects").status()).isEqualTo(200);
        org.clock.move(Duration.ofMinutes(119));
        assertThat(org.get("sobjects").status()).isEqualTo(200);
        org.clock.move(Duration.ofMinutes(120));
        assertThat(org.get("sobjects").status()).isEqualTo(401);
    }

    @Test
    void aCallWithoutATokenIsRefused() {
        org.use(null);
        assertThat(org.get("sobjects").code()).isEqualTo("INVALID_SESSION_ID");
        assertThat(org.get("/services/oauth2/userinfo").status()).isEqualTo(403);
    }

    @Test
    void aRevokedTokenIsNoneAnyMore() {
        String form = "token=" + URLEncoder.encode(org.token(), StandardCharsets.UTF_8);
        assertThat(org.send("POST", "/services/oauth2/revoke", form, "Content-Type", "application/x-www-form-urlencoded").status())
            .isEqualTo(200);
        assertThat(org.get("sobjects").status()).isEqualTo(401);
        assertThat(org.send("POST", "/services/oauth2/revoke", form, "Content-Type", "application/x-www-form-urlencoded").status())
            .isEqualTo(400);
    }

    @Test
    void userInfoAndIdentityNameTheUser() {
        var info = org.get("/services/oauth2/userinfo");
        assertThat(info.json().path("user_id").asText()).isEqualTo(Seed.INTEGRATION_USER);
        assertThat(info.json().path("preferred_username").asText()).isEqualTo("integration@contoso.example");
        String identity = info.json().path("sub").asText().substring(org.sandbox.address().length());
        assertThat(org.get(identity).json()).isEqualTo(info.json());
    }
}
