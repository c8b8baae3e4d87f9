package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** An organisation with a caller that is signed in: what the tests of queries and of several calls in one share. */
final class Contoso implements AutoCloseable {

    static final String ROOT = "/services/data/v60.0";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final SandboxClock clock = new SandboxClock();
    final SalesforceSandbox sandbox;
    private String token;

    /** An answer with its body read as JSON, missing where there is none. */
    record Answer(int status, JsonNode json, String text) {

        String code() {
            return json.at("/0/errorCode").asText();
        }

        String message() {
            return json.at("/0/message").asText();
        }
    }

    Contoso(SalesforceSwitch... on) {
        clock.set(Instant.parse("2026-11-20T10:00:00Z"));
        clock.stop();
        sandbox = new SalesforceSandbox(clock, SalesforceOptions.defaults().with(on));
        sandbox.start(0);
        signIn();
    }

    /** Gets a new token. */
    void signIn() {
        token = null;
        token = send("POST", "/services/oauth2/token", "grant_type=client_credentials&client_id=sandbox-client"
            + "&client_secret=sandbox-secret", "Content-Type", "application/x-www-form-urlencoded").json().path("access_token").asText();
    }

    /** Sends to a path; one that does not begin with {@code /services} is below {@link #ROOT}. */
    Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.address() + (path.startsWith("/services") ? "" : ROOT) + path))
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body().isEmpty() ? MissingNode.getInstance()
                : SandboxSystem.JSON.readTree(answer.body()), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer post(String path, Object body, String... headers) {
        return send("POST", path, json(body), headers);
    }

    Answer patch(String path, Object body) {
        return send("PATCH", path, json(body));
    }

    /** Asks a query, its text encoded with %20 as jsforce does. */
    Answer query(String soql, String... headers) {
        return get("/query?q=" + encode(soql), headers);
    }

    /** The records a query answers. */
    List<JsonNode> records(String soql) {
        Answer answer = query(soql);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return list(answer.json().path("records"));
    }

    /** One field of each record a query answers, as text with semicolons. */
    String values(String soql, String field) {
        return String.join(";", records(soql).stream().map(record -> record.path(field).asText()).toList());
    }

    static List<JsonNode> list(JsonNode json) {
        return StreamSupport.stream(json.spliterator(), false).toList();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String json(Object body) {
        return body instanceof String text ? text : SandboxSystem.JSON.valueToTree(body).toString();
    }

    /** Makes an opportunity as the seller. */
    String opportunity(String name, Map<String, Object> more) {
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("Name", name, "StageName", "Prospecting", "CloseDate",
            "2026-12-31"));
        fields.putAll(more);
        return sandbox.create("Opportunity", fields);
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
