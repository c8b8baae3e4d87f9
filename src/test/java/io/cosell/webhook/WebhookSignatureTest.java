package io.cosell.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.cosell.config.HostPatterns;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WebhookSignatureTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final byte[] BODY = "{\"EventName\":\"referral-created\",\"Name\":\"Grüße\"}".getBytes(UTF_8);
    private static final TestAuthority ROOT = TestAuthority.root("CN=Test Root, O=Microsoft Corporation, C=US");
    private static final TestAuthority MIDDLE = ROOT.issueAuthority("CN=Issuing CA 01, O=Microsoft Corporation");
    private static final TestAuthority LEAF = ROOT.issue("CN=pcnotifications-dispatch.microsoft.com");
    private static final TestAuthority SERVER = ROOT.issue("CN=localhost");

    @TempDir
    private static Path folder;
    private static Path trustStore;

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> hits = new ConcurrentHashMap<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ExecutorService serverThreads = Executors.newCachedThreadPool();
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private HttpsServer server;
    private WebhookSignature signature;

    @BeforeAll
    static void writeTrustStore() {
        trustStore = ROOT.trustStore(folder, "PKCS12", "changeit");
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(SERVER.serverContext(ROOT.certificate())));
        server.setExecutor(serverThreads);
        server.createContext("/", exchange -> {
            String name = exchange.getRequestURI().getPath().substring(1);
            hits.computeIfAbsent(name, key -> new AtomicInteger()).incrementAndGet();
            if (name.startsWith("redirect")) {
                exchange.getResponseHeaders().set("Location", address("leaf.cer"));
                exchange.sendResponseHeaders(302, -1);
            } else if (name.startsWith("stalled") || name.startsWith("gated")) {
                exchange.sendResponseHeaders(200, LEAF.der().length);
                exchange.getResponseBody().write(LEAF.der(), 0, 10);
                exchange.getResponseBody().flush();
                awaitGate();
                exchange.getResponseBody().write(LEAF.der(), 10, LEAF.der().length - 10);
            } else if (files.containsKey(name)) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(files.get(name));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
            exchange.close();
        });
        server.start();
        files.put("leaf.cer", LEAF.der());
        signature = new WebhookSignature(config(Duration.ofSeconds(20)), clock());
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.stop(0);
        serverThreads.shutdownNow();
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }

    private WebhookConfig config(Duration readTimeout) {
        return new WebhookConfig(HostPatterns.of("localhost:" + server.getAddress().getPort()),
                HostPatterns.parse(WebhookConfig.PARTNER_CENTER_HOSTS), Optional.of(trustStore), "changeit", Duration.ofHours(1),
                Duration.ofSeconds(10), readTimeout);
    }

    private String address(String file) {
        return "https://localhost:" + server.getAddress().getPort() + "/" + file;
    }

    private int hits(String file) {
        return hits.getOrDefault(file, new AtomicInteger()).get();
    }

    private Map<String, String> headers(String file, TestAuthority signer) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Authorization", "Signature " + signer.sign(BODY, "SHA256withRSA"));
        headers.put("X-MS-Certificate-Url", address(file));
        headers.put("X-MS-Signature-Algorithm", "rsa-sha256");
        return headers;
    }

    private Verdict verify(Map<String, String> headers) {
        return signature.verify(BODY, headers::get);
    }

    private static void assertRefused(Verdict verdict, int status, String code) {
        assertThat(verdict.code()).as(verdict.toString()).isEqualTo(code);
        assertThat(verdict.status()).isEqualTo(status);
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.reason()).endsWith(".").doesNotContain("referral-created");
    }

    @ParameterizedTest
    @CsvSource({"rsa-sha256,SHA256withRSA", "rsa-sha384,SHA384withRSA", "rsa-sha512,SHA512withRSA", "RSA-SHA256,SHA256withRSA"})
    void acceptsEachAlgorithm(String name, String algorithm) {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.put("Authorization", "Signature " + LEAF.sign(BODY, algorithm));
        headers.put("X-MS-Signature-Algorithm", name);
        assertThat(verify(headers)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void acceptsTheSecondHeaderForm() {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.put("x-ms-signature", headers.remove("Authorization"));
        assertThat(verify(headers).ok()).isTrue();
        headers.put("Authorization", "Basic cHJveHk6cHJveHk=");
        assertThat(verify(headers).ok()).as("beside another Authorization").isTrue();
    }

    @Test
    void acceptsPemAndChains() {
        TestAuthority chained = MIDDLE.issue("CN=chained");
        files.put("leaf.pem", LEAF.pem().getBytes(UTF_8));
        files.put("chain.pem", (chained.pem() + ROOT.pem() + MIDDLE.pem()).getBytes(UTF_8));
        files.put("alone.cer", chained.der());
        assertThat(verify(headers("leaf.pem", LEAF)).ok()).isTrue();
        assertThat(verify(headers("chain.pem", chained)).ok()).isTrue();
        assertRefused(verify(headers("alone.cer", chained)), 401, "certificate-untrusted");
    }

    @Test
    void findsAnIssuerTheCertificateNames() {
        TestAuthority chained = MIDDLE.issueNamingIssuer("CN=chained", address("middle.crt").replace("https:", "http:"));
        files.put("alone.cer", chained.der());
        files.put("middle.crt", MIDDLE.der());
        assertThat(verify(headers("alone.cer", chained)).ok()).isTrue();
    }

    @Test
    void asksNoForeignHostForAnIssuer() {
        TestAuthority chained = MIDDLE.issueNamingIssuer("CN=chained", "http://certificates.example.com/middle.crt");
        files.put("alone.cer", chained.der());
        assertRefused(verify(headers("alone.cer", chained)), 401, "certificate-untrusted");
    }

    @Test
    void readsJksTrustStores() {
        WebhookConfig jks = new WebhookConfig(HostPatterns.of("localhost:" + server.getAddress().getPort()), HostPatterns.of(),
                Optional.of(ROOT.trustStore(folder, "JKS", "secret")), "secret", Duration.ofHours(1), Duration.ofSeconds(10),
                Duration.ofSeconds(20));
        assertThat(new WebhookSignature(jks, clock()).verify(BODY, headers("leaf.cer", LEAF)::get).ok()).isTrue();
    }

    @Test
    void namesATrustStoreItCannotRead() {
        WebhookConfig broken = new WebhookConfig(HostPatterns.of(), HostPatterns.of(), Optional.of(folder.resolve("none.p12")), "",
                Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThatThrownBy(() -> new WebhookSignature(broken, clock())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.p12");
    }

    @Test
    void refusesAChangedBody() {
        assertRefused(signature.verify("{}".getBytes(UTF_8), headers("leaf.cer", LEAF)::get), 401, "signature-wrong");
        assertRefused(verify(headers("leaf.cer", ROOT.issue("CN=another key"))), 401, "signature-wrong");
    }

    @Test
    void refusesASignatureOfAnotherLength() {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.put("Authorization", "Signature AAAA");
        assertRefused(verify(headers), 401, "signature-wrong");
        headers.put("Authorization", "Signature not base64!");
        assertRefused(verify(headers), 401, "signature-malformed");
    }

    @ParameterizedTest
    @CsvSource({"Authorization,401,signature-missing", "X-MS-Certificate-Url,400,certificate-url-missing",
        "X-MS-Signature-Algorithm,400,algorithm-missing"})
    void refusesMissingHeaders(String name, int status, String code) {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.remove(name);
        assertRefused(verify(headers), status, code);
        headers.put(name, " ");
        assertRefused(verify(headers), status, code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-md5", "rsa-sha1", "none", "SHA256withRSA", "hmac-sha256"})
    void refusesUnknownAlgorithms(String name) {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.put("X-MS-Signature-Algorithm", name);
        assertRefused(verify(headers), 400, "algorithm-unknown");
        assertThat(hits).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:PORT/leaf.cer", "https://user@localhost:PORT/leaf.cer", "https://localhost:PORT/leaf.cer#x",
        "https://localhost/leaf.cer", "https://127.0.0.1:PORT/leaf.cer", "https://localhost:PORT.example.com/leaf.cer",
        "https://localhost:PORT@example.com/leaf.cer", "https://example.com:PORT/leaf.cer", "file:///etc/passwd",
        "//localhost:PORT/leaf.cer",
        "https://localhost:PORT\\leaf.cer", "nothing", "https:leaf.cer"})
    void refusesAddresses(String address) {
        Map<String, String> headers = headers("leaf.cer", LEAF);
        headers.put("X-MS-Certificate-Url", address.replace("PORT", "" + server.getAddress().getPort()));
        assertRefused(verify(headers), 400, "certificate-url-refused");
        assertThat(hits).isEmpty();
    }

    @Test
    void refusesARootNobodyTrusts() {
        TestAuthority foreign = TestAuthority.root("CN=Test Root, O=Microsoft Corporation, C=US").issue("CN=x");
        files.put("foreign.cer", foreign.der());
        assertRefused(verify(headers("foreign.cer", foreign)), 401, "certificate-untrusted");
    }

    @Test
    void refusesAnIssuerThatOnlyContainsTheWords() {
        TestAuthority other = ROOT.issueAuthority("CN=\"A, O=Microsoft Corporation\", O=Microsoft Corporation Ltd");
        TestAuthority leaf = other.issue("CN=x, O=Microsoft Corporation");
        files.put("other.pem", (leaf.pem() + other.pem()).getBytes(UTF_8));
        assertRefused(verify(headers("other.pem", leaf)), 401, "certificate-issuer");
    }

    @Test
    void refusesAChainWhoseMiddleIsNoAuthority() {
        TestAuthority forged = LEAF.issue("CN=forged");
        files.put("forged.pem", (forged.pem() + LEAF.pem()).getBytes(UTF_8));
        assertRefused(verify(headers("forged.pem", forged)), 401, "certificate-untrusted");
    }

    @Test
    void checksTheTimeForEveryDelivery() {
        TestAuthority brief = ROOT.issue("CN=x", NOW.minusSeconds(60), NOW.plusSeconds(60));
        files.put("brief.cer", brief.der());
        assertThat(verify(headers("brief.cer", brief)).ok()).isTrue();
        now.set(NOW.plusSeconds(61));
        assertRefused(verify(headers("brief.cer", brief)), 401, "certificate-expired");
        now.set(NOW.minusSeconds(61));
        assertRefused(verify(headers("brief.cer", brief)), 401, "certificate-expired");
        assertThat(hits("brief.cer")).isEqualTo(1);
    }

    @Test
    void followsNoRedirect() {
        assertRefused(verify(headers("redirect.cer", LEAF)), 401, "certificate-unavailable");
        assertThat(hits("redirect.cer")).isEqualTo(1);
        assertThat(hits("leaf.cer")).isZero();
    }

    @Test
    void takesNoLargeFile() {
        files.put("large.pem", LEAF.pem().repeat(CertificateSource.LARGEST_FILE / LEAF.pem().length() + 1).getBytes(UTF_8));
        Verdict verdict = verify(headers("large.pem", LEAF));
        assertRefused(verdict, 401, "certificate-unavailable");
        assertThat(verdict.reason()).contains("larger than 65536 bytes");
    }

    @Test
    void givesUpOnAStalledAnswer() {
        Verdict verdict = new WebhookSignature(new WebhookConfig(config(Duration.ofSeconds(1)).certificateHosts(), HostPatterns.of(),
                Optional.of(trustStore), "changeit", Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofMillis(500)), clock())
                .verify(BODY, headers("stalled.cer", LEAF)::get);
        assertRefused(verdict, 401, "certificate-unavailable");
        assertThat(verdict.reason()).contains("in time");
    }

    @Test
    void refusesFilesThatAreNoCertificate() {
        files.put("page.cer", "<html>hello</html>".getBytes(UTF_8));
        files.put("empty.cer", new byte[0]);
        assertRefused(verify(headers("page.cer", LEAF)), 401, "certificate-unavailable");
        assertRefused(verify(headers("empty.cer", LEAF)), 401, "certificate-unavailable");
        assertRefused(verify(headers("missing.cer", LEAF)), 401, "certificate-unavailable");
    }

    @Test
    void keepsACertificateForItsTime() {
        for (int i = 0; i < 5; i++) {
            assertThat(verify(headers("leaf.cer", LEAF)).ok()).isTrue();
        }
        assertThat(hits("leaf.cer")).isEqualTo(1);
        now.set(NOW.plus(Duration.ofHours(1)));
        assertThat(verify(headers("leaf.cer", LEAF)).ok()).isTrue();
        assertThat(hits("leaf.cer")).isEqualTo(2);
    }

    @Test
    void keepsAFailureOnlyBriefly() {
        assertRefused(verify(headers("late.cer", LEAF)), 401, "certificate-unavailable");
        assertRefused(verify(headers("late.cer", LEAF)), 401, "certificate-unavailable");
        assertThat(hits("late.cer")).isEqualTo(1);
        files.put("late.cer", LEAF.der());
        now.set(NOW.plus(CertificateSource.FAILURE_TIME));
        assertThat(verify(headers("late.cer", LEAF)).ok()).isTrue();
    }

    @Test
    void keepsABoundedNumberOfCertificates() {
        assertThat(verify(headers("leaf.cer", LEAF)).ok()).isTrue();
        for (int i = 0; i < CertificateSource.MOST_ENTRIES; i++) {
            verify(headers("leaf.cer?" + i, LEAF));
        }
        int before = hits("leaf.cer");
        assertThat(verify(headers("leaf.cer", LEAF)).ok()).isTrue();
        assertThat(hits("leaf.cer")).isEqualTo(before + 1);
    }

    @Test
    void downloadsOnceForManyAtTheSameTime() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch started = new CountDownLatch(8);
            List<Future<Verdict>> verdicts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                verdicts.add(callers.submit(() -> {
                    started.countDown();
                    return verify(headers("gated.cer", LEAF));
                }));
            }
            started.await();
            gate.countDown();
            for (Future<Verdict> verdict : verdicts) {
                assertThat(verdict.get().ok()).isTrue();
            }
            assertThat(hits("gated.cer")).isEqualTo(1);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void theBeanSetsVariablesAndKeepsTheBody() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            WebhookVerifier verifier = new WebhookVerifier(config(Duration.ofSeconds(20)), clock());
            Exchange exchange = new DefaultExchange(camel);
            exchange.getMessage().setBody(new ByteArrayInputStream(BODY));
            headers("leaf.cer", LEAF).forEach((name, value) -> exchange.getMessage().setHeader(name.toLowerCase(), value));
            verifier.verify(exchange);
            assertThat(exchange.getVariable("webhookStatus")).isEqualTo(202);
            assertThat(exchange.getVariable("webhookCode")).isEqualTo("accepted");
            assertThat(exchange.getMessage().getBody()).isEqualTo(BODY);

            exchange.getMessage().removeHeader("Authorization");
            verifier.verify(exchange);
            assertThat(exchange.getVariable("webhookStatus")).isEqualTo(401);
            assertThat(exchange.getVariable("webhookCode")).isEqualTo("signature-missing");
            assertThat(exchange.getVariable("webhookReason", String.class)).isNotBlank();
            assertThat(exchange.getMessage().getBody()).isEqualTo(BODY);

            exchange.getMessage().setBody(null);
            verifier.verify(exchange);
            assertThat(exchange.getVariable("webhookStatus")).isEqualTo(401);
        }
    }

    @Test
    void theDocumentedDeliveryIsOneOfItsShape() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/contracts/partner-center/webhook-delivery-example.json")) {
            var headers = new ObjectMapper().readTree(file).path("headers");
            WebhookSignature nothingReachable = new WebhookSignature(new WebhookConfig(HostPatterns.of("certificates.invalid"),
                    HostPatterns.of(), Optional.empty(), "", Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1)), clock());
            Verdict verdict = nothingReachable.verify(BODY, name -> headers.path(name).textValue());
            assertThat(verdict.code()).as("everything before the address passes").isEqualTo("certificate-url-refused");
            assertThat(WebhookConfig.defaults().certificateHosts().allows(URI.create(headers.path("X-MS-Certificate-Url").asText())))
                    .isTrue();
        }
    }
}
