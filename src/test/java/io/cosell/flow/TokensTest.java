package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.store.StepClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

    @TempDir
    Path folder;
    private final StepClock clock = new StepClock("2026-03-01T10:00:00Z");
    private final Properties settings = new Properties();
    private Exchange exchange;
    private Tokens tokens;

    @BeforeEach
    void prepare() {
        settings.setProperty("cosell.partner-center.client-id", "app id&1");
        settings.setProperty("cosell.partner-center.client-secret", "s+e=c%r e&t/ü");
        settings.setProperty("cosell.partner-center.refresh-token", "configured");
        settings.setProperty("cosell.dynamics365.client-id", "crm-app");
        settings.setProperty("cosell.dynamics365.client-secret", "crm-secret");
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setInitialProperties(settings);
        exchange = new DefaultExchange(camel);
        tokens = new Tokens(clock, new RefreshTokenFile(folder));
    }

    @Test
    void anAccountWithoutRefreshTokenSignsInForTheAppItself() {
        assertThat(tokens.form("dynamics365", "scope=https://contoso.crm.dynamics.com/.default", exchange)).isEqualTo(
            "grant_type=client_credentials&client_id=crm-app&client_secret=crm-secret"
                + "&scope=https%3A%2F%2Fcontoso.crm.dynamics.com%2F.default");
    }

    @Test
    void signsOfSecretsAreEncoded() {
        assertThat(tokens.form("partner-center", "resource=https://api.partner.microsoft.com?a=b", exchange)).isEqualTo(
            "grant_type=refresh_token&client_id=app+id%261&client_secret=s%2Be%3Dc%25r+e%26t%2F%C3%BC&refresh_token=configured"
                + "&scope=openid&resource=https%3A%2F%2Fapi.partner.microsoft.com%3Fa%3Db");
    }

    @Test
    void theRenewedRefreshTokenIsSentNextTime() {
        tokens.keep("partner-center", "partner-center", Map.of("access_token", "a", "expires_in", 3600, "refresh_token", "renewed"), exchange);
        assertThat(tokens.form("partner-center", "resource=x", exchange)).contains("refresh_token=renewed&");
        settings.setProperty("cosell.partner-center.refresh-token", "set anew");
        assertThat(tokens.form("partner-center", "resource=x", exchange)).contains("refresh_token=set+anew&");
    }

    @Test
    void tellsWhoSignedIn() {
        String claims = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"upn\":\"user@contoso.com\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(tokens.user("partner-center")).isEmpty();
        tokens.keep("partner-center", "partner-center", Map.of("access_token", "a", "id_token", "x." + claims + "."), exchange);
        assertThat(tokens.user("partner-center")).contains("user@contoso.com");
        tokens.keep("crm", "dynamics365", Map.of("access_token", "a", "id_token", "no token"), exchange);
        assertThat(tokens.user("dynamics365")).isEmpty();
    }

    @Test
    void aTokenIsGoodUntilShortlyBeforeItRunsOut() {
        assertThat(tokens.current("crm")).isNull();
        assertThat(tokens.keep("crm", "dynamics365", Map.of("access_token", "a", "expires_in", "3599"), exchange)).isEqualTo("a");
        assertThat(tokens.current("crm")).isEqualTo("a");
        assertThat(tokens.current("other")).isNull();
        clock.forward(Duration.ofSeconds(3599).minus(Duration.ofMinutes(2)));
        assertThat(tokens.current("crm")).isEqualTo("a");
        clock.forward(Duration.ofSeconds(1));
        assertThat(tokens.current("crm")).isNull();
    }

    @Test
    void aTokenWithoutEndIsUsedForAnHour() {
        assertThat(tokens.keep("crm", "dynamics365", Map.of("access_token", "a"), exchange)).isEqualTo("a");
        clock.forward(Duration.ofMinutes(57));
        assertThat(tokens.current("crm")).isEqualTo("a");
        clock.forward(Duration.ofMinutes(2));
        assertThat(tokens.current("crm")).isNull();
    }

    @Test
    void aTokenThatWasNotAcceptedIsForgotten() {
        tokens.keep("crm", "dynamics365", Map.of("access_token", "a", "expires_in", 3600), exchange);
        tokens.forget("crm");
        assertThat(tokens.current("crm")).isNull();
    }
}
