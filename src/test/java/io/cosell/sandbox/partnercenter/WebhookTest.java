package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Delivery.State;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.Receiver.Received;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4: registration, events, signature, attempts. */
class WebhookTest {

    private TestClient client;

    @BeforeEach
    void start() {
        client = new TestClient(PartnerCenterOptions.defaults().withRetryPause(Duration.ofMillis(5)));
    }

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void thereIsOneRegistrationMadeByPostAndReplacedByPut() {
        JsonNode sample = TestClient.parse(TestClient.sample("webhook-registration.request.json").toString()
            .replace("{{YourCallbackUrl}}", "https://hooks.contoso.com/pc"));
        assertThat(client.webhooks("GET", "", null).status()).isEqualTo(404);
        assertThat(client.webhooks("PUT", "", sample).status()).isEqualTo(404);
        Answer made = client.webhooks("POST", "", sample);
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.json().fieldNames()).toIterable().containsExactly("SubscriberId", "WebhookUrl", "WebhookEvents");
        assertThat(made.header("MS-CorrelationId")).isNotBlank();
        assertThat(made.header("MS-RequestId")).isNotBlank();
        assertThat(made.header("X-Locale")).isEqualTo("en-US");
        assertThat(client.webhooks("POST", "", sample).status()).isEqualTo(409);
        assertThat(client.webhooks("GET", "", null).json()).isEqualTo(sample);
        Answer replaced = client.webhooks("PUT", "",
            Map.of("webhookUrl", "http://127.0.0.1:1/x", "webhookEvents", List.of("referral-created")));
        assertThat(replaced.json().get("SubscriberId")).isEqualTo(made.json().get("SubscriberId"));
        assertThat(client.webhooks("GET", "", null).json().get("WebhookUrl").textValue()).isEqualTo("http://127.0.0.1:1/x");
        assertThat(client.webhooks("GET", "/events", null).json()).extracting(JsonNode::textValue)
            .contains("referral-created", "test-created");
        assertThat(client.webhooks("DELETE", "", null).status()).isEqualTo(405);
    }

    @Test
    void refusesRegistrationsThatCannotWork() {
        assertThat(register("http://hooks.contoso.com/pc", "test-created").json().get("source").textValue()).isEqualTo("WebhookUrl");
        assertThat(register("nowhere at all", "test-created").status()).isEqualTo(400);
        Answer unknown = register("https://hooks.contoso.com/pc", "referral-deleted");
        assertThat(unknown.json().get("source").textValue()).isEqualTo("WebhookEvents");
    }

    private Answer register(String url, String event) {
        return client.webhooks("POST", "", Map.of("WebhookUrl", url, "WebhookEvents", List.of(event)));
    }

    @Test
    void aValidationEventIsSentAndItsStateCanBeRead() throws Exception {
        try (Receiver receiver = new Receiver(500)) {
            client.register(receiver.url(), false);
            String id = client.webhooks("POST", "/validationEvents", null).json().get("correlationId").textValue();
            client.sandbox.awaitDelivered();
            JsonNode event = TestClient.parse(new String(receiver.received.get(1).body(), StandardCharsets.UTF_8));
            assertThat(event.fieldNames()).toIterable()
                .containsExactlyElementsOf(() -> TestClient.sample("event-test-created.json").fieldNames());
            assertThat(event.get("ResourceUri").textValue()).endsWith("/validationEvents/" + id);
            JsonNode state = client.webhooks("GET", "/validationEvents/" + id, null).json();
            assertThat(state.get("status").textValue()).isEqualTo("completed");
            assertThat(state.get("callbackUrl").textValue()).isEqualTo(receiver.url());
            assertThat(state.get("results").findValuesAsText("responseCode")).containsExactly("InternalServerError", "OK");
            client.webhooks("POST", "/validationEvents", null);
            Answer third = client.webhooks("POST", "/validationEvents", null);
            assertThat(third.status()).isEqualTo(429);
            assertThat(Integer.parseInt(third.header("Retry-After"))).isBetween(1, 60);
            client.clock.move(Duration.ofMinutes(1));
            assertThat(client.webhooks("POST", "/validationEvents", null).status()).isEqualTo(200);
            client.clock.move(Duration.ofDays(8));
            assertThat(client.webhooks("GET", "/validationEvents/" + id, null).status()).isEqualTo(404);
        }
    }

    @Test
    void aValidationEventNeedsARegistrationForIt() {
        assertThat(client.webhooks("POST", "/validationEvents", null).status()).isEqualTo(404);
        register("https://hooks.contoso.com/pc", "referral-created");
        assertThat(client.webhooks("POST", "/validationEvents", null).status()).isEqualTo(400);
    }

    private static String event(Delivery delivery) {
        return delivery.event();
    }

    @Test
    void writesRaiseTheEventsOfTheContract() throws Exception {
        try (Receiver receiver = new Receiver()) {
            client.register(receiver.url(), false);
            JsonNode deal = client.referrals("POST", "", ExampleReferrals.outbound()).json();
            String id = deal.get("id").textValue();
            String engagement = deal.get("engagementId").textValue();
            client.referrals("PATCH", "/" + id, TestClient.sample("patch-deal-value-and-notes.request.json"));
            JsonNode other = client.referrals("POST", "", ((ObjectNode) TestClient.sample(
                "constructed-create-microsoft-connected-referral.request.json")).put("engagementId", engagement)).json();
            client.sandbox.microsoftAccepts(engagement, "7-ABC", List.of());
            client.sandbox.awaitDelivered();
            List<Delivery> sent = client.sandbox.deliveries();
            assertThat(sent).extracting(WebhookTest::event).containsExactly("referral-created", "referral-updated",
                "related-referral-created",
                "related-referral-updated", "referral-updated");
            assertThat(sent.get(0).text()).contains("https://api.partnercenter.microsoft.com/engagements/v1/referrals/" + id);
            assertThat(sent.get(3).text()).contains(other.get("id").textValue());
            JsonNode first = TestClient.parse(sent.get(0).text());
            assertThat(first.fieldNames()).toIterable()
                .containsExactlyElementsOf(() -> TestClient.sample("event-referral-created.json").fieldNames());
            assertThat(first.get("AuditUri").isNull()).isTrue();
            assertThat(first.get("ResourceChangeUtcDate").textValue()).matches(".*\\.\\d{7}\\+00:00");
            assertThat(receiver.received).extracting(Received::body).containsExactlyElementsOf(sent.stream().map(Delivery::body).toList());
        }
    }

    @Test
    void switchesChangeTheEvents() throws Exception {
        PartnerCenterOptions options = PartnerCenterOptions.defaults().with(Switch.PATCH_RAISES_NO_EVENT,
            Switch.RELATED_EVENTS_CARRY_OWN_ID, Switch.SERVICE_INVITES_MICROSOFT);
        try (Receiver receiver = new Receiver(); TestClient own = new TestClient(options)) {
            own.register(receiver.url(), false);
            String id = own.referrals("POST", "", ExampleReferrals.outbound()).json().get("id").textValue();
            own.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json"));
            own.sandbox.awaitDelivered();
            assertThat(own.sandbox.deliveries()).extracting(WebhookTest::event)
                .containsExactly("referral-created", "related-referral-created");
            assertThat(own.sandbox.deliveries().get(1).text()).contains(id);
        }
    }

    @Test
    void onlyRegisteredEventsAreSent() {
        client.sandbox.partnerCreates(ExampleReferrals.outbound());
        register("http://127.0.0.1:1/x", "referral-updated");
        client.sandbox.microsoftInvites(ExampleReferrals.inbound());
        assertThat(client.sandbox.deliveries()).isEmpty();
    }

    @Test
    void theClockExpiresReferralsAndSaysSo() throws Exception {
        try (Receiver receiver = new Receiver()) {
            client.register(receiver.url(), false);
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            client.clock.move(Duration.ofDays(14));
            client.sandbox.tick();
            client.sandbox.tick();
            client.sandbox.awaitDelivered();
            assertThat(receiver.received).hasSize(2);
        }
    }

    /** Fetches a certificate over https, trusting only the written trust store. */
    private X509Certificate fetch(String address, Path directory) throws Exception {
        KeyStore trusted = KeyStore.getInstance(client.sandbox.writeTrustStore(directory).toFile(), "sandbox".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        byte[] der = HttpClient.newBuilder().sslContext(tls).build()
            .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofByteArray()).body();
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private void validate(X509Certificate certificate) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(client.sandbox.trustStore());
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
            .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    private static boolean verifies(X509Certificate certificate, byte[] body, String header) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(certificate);
        signature.update(body);
        return signature.verify(Base64.getDecoder().decode(header.split(" ")[1]));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deliveriesAreSignedInTheHeaderThatWasRegistered(boolean msHeader, @TempDir Path directory) throws Exception {
        try (Receiver receiver = new Receiver()) {
            client.register(receiver.url(), msHeader);
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            client.sandbox.awaitDelivered();
            Received received = receiver.received.get(0);
            String header = received.header(msHeader ? "X-ms-signature" : "Authorization");
            assertThat(header).startsWith("Signature ");
            assertThat(received.header(msHeader ? "Authorization" : "X-ms-signature")).isNull();
            assertThat(received.header("X-ms-signature-algorithm")).isEqualTo("rsa-sha256");
            String address = received.header("X-ms-certificate-url");
            assertThat(address).isEqualTo(client.sandbox.certificateAddress().toString())
                .endsWith("/cert/pcnotifications-dispatch.microsoft.com.cer");
            X509Certificate certificate = fetch(address, directory);
            validate(certificate);
            assertThat(certificate.getIssuerX500Principal().getName()).contains("O=Microsoft Corporation");
            assertThat(verifies(certificate, received.body(), header)).isTrue();
        }
    }

    @Test
    void brokenSignaturesDoNotVerify() throws Exception {
        try (Receiver receiver = new Receiver(401)) {
            client.register(receiver.url(), false);
            byte[] body = "{\"EventName\":\"referral-updated\"}".getBytes(StandardCharsets.UTF_8);
            assertThat(client.sandbox.deliver(body, true)).isEqualTo(401);
            assertThat(client.sandbox.deliver(body, false)).isEqualTo(200);
            X509Certificate certificate = client.sandbox.certificates().certificate(Signer.TRUSTED);
            assertThat(verifies(certificate, body, receiver.received.get(0).header("Authorization"))).isFalse();
            assertThat(verifies(certificate, body, receiver.received.get(1).header("Authorization"))).isTrue();
            assertThat(client.sandbox.deliveries()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Signer.class)
    void badSignersFailOneCheckEach(Signer signer, @TempDir Path directory) throws Exception {
        try (Receiver receiver = new Receiver()) {
            client.register(receiver.url(), false);
            client.sandbox.deliver(new byte[] {1}, signer);
            X509Certificate certificate = fetch(receiver.received.get(0).header("X-ms-certificate-url"), directory);
            assertThat(verifies(certificate, new byte[] {1}, receiver.received.get(0).header("Authorization"))).isTrue();
            String issuer = certificate.getIssuerX500Principal().getName();
            assertThat(issuer.contains("O=Microsoft Corporation")).isEqualTo(signer != Signer.WRONG_ISSUER);
            if (signer == Signer.UNTRUSTED) {
                assertThatThrownBy(() -> validate(certificate)).isInstanceOf(CertPathValidatorException.class);
            } else {
                validate(certificate);
            }
        }
    }

    @Test
    void triesTenTimesAndGivesUp() throws Exception {
        Integer[] errors = Stream.generate(() -> 500).limit(10).toArray(Integer[]::new);
        try (Receiver receiver = new Receiver(errors)) {
            client.register(receiver.url(), false);
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            client.sandbox.awaitDelivered();
            Delivery failed = client.sandbox.deliveries().get(0);
            assertThat(failed.state()).isEqualTo(State.FAILED);
            assertThat(failed.attempts()).hasSize(10).allMatch(attempt -> attempt.status() == 500);
            client.sandbox.redeliver(failed, 2);
            client.sandbox.awaitDelivered();
            assertThat(client.sandbox.deliveries()).extracting(Delivery::state)
                .containsExactly(State.FAILED, State.DELIVERED, State.DELIVERED);
            assertThat(client.sandbox.deliveries()).extracting(delivery -> delivery.attempts().size()).containsExactly(10, 1, 1);
            assertThat(receiver.received).hasSize(12).extracting(received -> new String(received.body(), StandardCharsets.UTF_8))
                .containsOnly(failed.text());
        }
    }

    @Test
    void aReceiverThatIsNotThereIsAnAttemptWithoutStatus() throws Exception {
        Receiver gone = new Receiver();
        client.register(gone.url(), false);
        gone.close();
        client.sandbox.microsoftInvites(ExampleReferrals.inbound());
        client.sandbox.awaitDelivered();
        assertThat(client.sandbox.deliveries().get(0).attempts()).hasSize(10)
            .allMatch(attempt -> attempt.status() == 0 && !attempt.message().isEmpty());
        assertThat(client.sandbox.deliver(new byte[0], false)).isZero();
    }

    @Test
    void eventsCanBeHeldReorderedDoubledAndLost() throws Exception {
        try (Receiver receiver = new Receiver()) {
            client.register(receiver.url(), false);
            client.sandbox.holdWebhooks(true);
            for (int i = 0; i < 4; i++) {
                client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            }
            client.sandbox.awaitDelivered();
            assertThat(receiver.received).isEmpty();
            client.sandbox.deliverHeld(held -> {
                List<Delivery> order = new ArrayList<>(held.subList(1, 4));
                Collections.reverse(order);
                order.add(order.get(0));
                return order;
            });
            client.sandbox.awaitDelivered();
            List<Delivery> deliveries = client.sandbox.deliveries();
            assertThat(receiver.received).extracting(Received::body).containsExactly(deliveries.get(3).body(), deliveries.get(2).body(),
                deliveries.get(1).body(), deliveries.get(3).body());
            assertThat(deliveries.get(0).state()).isEqualTo(State.DROPPED);
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            client.sandbox.holdWebhooks(false);
            client.sandbox.awaitDelivered();
            assertThat(receiver.received).hasSize(5);
            client.sandbox.dropWebhooks(true);
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            client.sandbox.dropWebhooks(false);
            client.sandbox.awaitDelivered();
            assertThat(receiver.received).hasSize(5);
        }
    }
}
