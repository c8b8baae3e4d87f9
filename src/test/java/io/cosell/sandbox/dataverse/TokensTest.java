package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Section 1.1 of the contract. */
class TokensTest {

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    @Test
    void aTokenLivesAnHourOfSandboxTime() {
        var token = org.token("sandbox-client", "sandbox-secret");
        assertThat(token.status()).isEqualTo(200);
        assertThat(token.json().path("token_type").asText()).isEqualTo("Bearer");
        assertThat(token.json().path("expires_in").asInt()).isEqualTo(3599);
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        org.clock.move(Duration.ofSeconds(3599));
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        org.clock.move(Duration.ofSeconds(1));
        var refused = org.get("WhoAmI");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).startsWith("Bearer ");
    }

    @Test
    void aWrongSecretIsRefusedAsEntraDoes() {
        var refused = org.token("sandbox-client", "wrong");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.json().path("error").asText()).isEqualTo("invalid_client");
        assertThat(refused.json().path("error_description").asText()).startsWith("AADSTS7000215: ");
        assertThat(refused.json().path("error_codes").get(0).asInt()).isEqualTo(7000215);
        assertThat(org.token("somebody", "sandbox-secret").json().path("error").asText()).isEqualTo("unauthorized_client");
    }

    @Test
    void noTokenAndARevokedTokenAreRefused() {
        org.sandbox.revokeTokens();
        assertThat(org.get("accounts").status()).isEqualTo(401);
        org.use(null);
        assertThat(org.get("accounts").status()).isEqualTo(401);
        assertThat(org.post("accounts", "{\"name\":\"Contoso\"}").status()).isEqualTo(401);
        assertThat(org.sandbox.rows("account")).isEmpty();
    }

    @Test
    void whoAmINamesTheApplicationUserOrTheUserItActsFor() {
        assertThat(org.get("WhoAmI").json().path("UserId").asText()).isEqualTo(DataverseSandbox.APPLICATION_USER);
        assertThat(org.get("WhoAmI", "MSCRMCallerID", DataverseSandbox.SELLER).json().path("UserId").asText())
            .isEqualTo(DataverseSandbox.SELLER);
        assertThat(org.get("WhoAmI", "CallerObjectId", "11111111-1111-1111-1111-111111111111").status()).isEqualTo(403);
    }

    /** Section 1.1 names client assertions; the sandbox can't check them, and says so. */
    @Test
    void aClientAssertionIs501() {
        org.use(null);
        var refused = org.post(org.sandbox.address() + "/contoso/oauth2/v2.0/token",
            "grant_type=client_credentials&client_id=sandbox-client&client_assertion=x&scope=x/.default");
        assertThat(refused.status()).isEqualTo(501);
        assertThat(refused.json().path("error_description").asText()).contains("client assertions");
    }
}
