package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.lane.TemporaryFailure;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PublicKey;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing in with an assertion, as the Salesforce sandbox takes it with its strictest limit. */
class AssertionTest {

    @TempDir
    private static Path folder;
    private static Path keyStore;

    @BeforeAll
    static void keyAsKeytoolMakesIt() throws Exception {
        keyStore = folder.resolve("key.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
            "cosell", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=cosell", "-storetype", "PKCS12", "-keystore", keyStore.toString(),
            "-storepass", "changeit").redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private static PublicKey publicKey() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keyStore)) {
            store.load(in, "changeit".toCharArray());
        }
        return store.getCertificate("cosell").getPublicKey();
    }

    private static Exchange settings(String user, String alias, String password) {
        Properties settings = new Properties();
        settings.setProperty("cosell.salesforce.sign-in", "jwt-bearer");
        settings.setProperty("cosell.salesforce.client-id", "sandbox-client");
        settings.setProperty("cosell.salesforce.user-name", user);
        settings.setProperty("cosell.salesforce.key-store", keyStore.toString());
        settings.setProperty("cosell.salesforce.key-store-password", password);
        settings.setProperty("cosell.salesforce.key-alias", alias);
        CamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setInitialProperties(settings);
        return new DefaultExchange(camel);
    }

    @Test
    void theAppVouchesForItsUser() throws Exception {
        SandboxClock clock = new SandboxClock();
        try (SalesforceSandbox salesforce = new SalesforceSandbox(clock, SalesforceOptions.defaults().withKey(publicKey())
            .with(SalesforceSwitch.ASSERTION_OF_THREE_MINUTES))) {
            salesforce.start(0);
            Tokens tokens = new Tokens(clock, new RefreshTokenFile(folder));
            for (String alias : new String[] {"", "cosell"}) {
                String form = tokens.form("salesforce", "aud=" + salesforce.address(),
                    settings("integration@contoso.example", alias, "changeit"));
                assertThat(form).startsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");
                assertThat(signIn(salesforce, form)).contains("\"access_token\"");
            }
            assertThat(signIn(salesforce, tokens.form("salesforce", "aud=" + salesforce.address(),
                settings("nobody@contoso.example", "", "changeit")))).contains("user hasn't approved this consumer");
        }
    }

    private static String signIn(SalesforceSandbox salesforce, String form) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(salesforce.address() + "/services/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)).build(),
            HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void aKeyThatCantBeUsedIsToldWithWhatToDo() {
        Tokens tokens = new Tokens(new SandboxClock(), new RefreshTokenFile(folder));
        assertThatThrownBy(() -> tokens.form("salesforce", "aud=x", settings("a", "other", "changeit"))).isInstanceOf(TemporaryFailure.class)
            .hasMessageContaining("has no private key named other");
        assertThatThrownBy(() -> tokens.form("salesforce", "aud=x", settings("a", "", "wrong"))).isInstanceOf(TemporaryFailure.class)
            .hasMessageContaining("Check the file and its password");
    }
}
