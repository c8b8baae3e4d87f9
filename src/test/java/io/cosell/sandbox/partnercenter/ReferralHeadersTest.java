package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sections 1.3 and 1.5: headers of both hosts and the status codes of calls that are wrong in themselves; 4.1: other addresses. */
class ReferralHeadersTest {

    private static TestClient client;

    @BeforeAll
    static void start() {
        client = new TestClient();
    }

    @AfterAll
    static void stop() {
        client.close();
    }

    @Test
    void idsOfTheCallerAreEchoedAndEachAnswerHasItsOwn() {
        Answer first = client.referrals("GET", "", null, "client-request-id", "a", "MS-CorrelationId", "b", "MS-RequestId", "c");
        assertThat(first.header("client-request-id")).isEqualTo("a");
        assertThat(first.header("MS-CorrelationId")).isEqualTo("b");
        assertThat(first.header("MS-RequestId")).isEqualTo("c");
        assertThat(first.header("Request-ID")).isNotEqualTo(client.list().header("Request-ID"));
        assertThat(first.header("timestamp")).isNotBlank();
        assertThat(first.header("x-ms-ags-diagnostic")).isNotBlank();
        assertThat(client.list().header("MS-RequestId")).isNull();
    }

    @Test
    void whatTheCallerCannotReadIs406() {
        assertThat(client.referrals("GET", "", null, "Accept", "text/html").status()).isEqualTo(406);
        assertThat(client.referrals("GET", "", null, "Accept", "text/html, application/json;q=0.5").status()).isEqualTo(200);
    }

    @Test
    void aBodyOfAnotherTypeIs415AndATooLongOne413() {
        String token = client.userToken(Tokens.REFERRALS);
        assertThat(client.callWith(token, "POST", PartnerCenterSandbox.REFERRALS, "\"" + "x".repeat(1024 * 1024) + "\"").status())
            .isEqualTo(413);
        assertThat(raw("POST", token, "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}")).startsWith("HTTP/1.1 415");
    }

    @Test
    void aWriteWithoutALengthIs411() {
        assertThat(raw("POST", client.userToken(Tokens.REFERRALS), "Content-Type: application/json\r\n", "")).startsWith("HTTP/1.1 411");
    }

    /** A call as no HTTP client makes it. */
    private static String raw(String method, String token, String headers, String body) {
        URI address = URI.create(client.sandbox.address());
        try (Socket socket = new Socket(address.getHost(), address.getPort()); InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write((method + " " + PartnerCenterSandbox.REFERRALS
                + " HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
                + "Authorization: Bearer " + token + "\r\n" + headers + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void otherMethodsAre405WithThoseThatAreAllowed() {
        assertThat(client.referrals("PUT", "", "{}").header("Allow")).isEqualTo("GET, POST");
        Answer registration = client.webhooks("DELETE", "", null);
        assertThat(registration.status()).isEqualTo(405);
        assertThat(registration.header("Allow")).isEqualTo("GET, POST, PUT");
        assertThat(registration.json().has("description")).isTrue();
        assertThat(client.webhooks("PUT", "/events", "{}").status()).isEqualTo(405);
        assertThat(client.webhooks("GET", "/validationEvents", null).status()).isEqualTo(405);
    }

    @Test
    void whatTheContractSaysDoesNotExistIs404() {
        assertThat(client.webhooks("GET", "/certificate", null).status()).isEqualTo(404);
    }

    @Test
    void errorsOfTheReferralHostHaveItsShape() {
        JsonNode error = client.referrals("GET", "/nobody", null).json();
        assertThat(error.fieldNames()).toIterable().containsExactly("error");
        assertThat(error.get("error").fieldNames()).toIterable().containsExactly("code", "message", "target");
        JsonNode webhook = client.webhooks("POST", "", Map.of("WebhookUrl", "nowhere", "WebhookEvents", List.of("x".repeat(2000)))).json();
        assertThat(webhook.fieldNames()).toIterable().containsExactly("code", "description", "data", "source");
        Answer post = client.webhooks("POST", "", Map.of("WebhookUrl", "http://127.0.0.1:1/", "WebhookEvents", List.of("x".repeat(2000))));
        assertThat(post.json().get("description").textValue()).hasSize(1024);
    }

    @Test
    void theInternalAddressOfTheRegistrationIsTheSame() {
        try (TestClient own = new TestClient()) {
            String token = own.appToken(Tokens.WEBHOOKS);
            Map<String, Object> body = Map.of("webhookUrl", "http://127.0.0.1:1/x", "webhookEvents", List.of("test-created"));
            assertThat(own.callWith(token, "POST", "/v1/internalApp/registration", body).status()).isEqualTo(200);
            assertThat(own.webhooks("GET", "", null).json().get("WebhookUrl").textValue()).isEqualTo("http://127.0.0.1:1/x");
            assertThat(own.callWith(token, "GET", "/webhooks/v1/internalApp/registration/events", null).json()).hasSize(7);
        }
    }
}
