package io.cosell.sandbox.dataverse;

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

/** A running sandbox with a caller that has a token; what all tests of this package share. */
final class Organisation implements AutoCloseable {

    static final String API = "/api/data/v9.2/";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final SandboxClock clock = new SandboxClock();
    final DataverseSandbox sandbox;
    private String token;

    /** An answer with its body read as JSON, missing where there is none. */
    record Answer(int status, JsonNode json, String text, HttpResponse<String> http) {
        String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }

        String code() {
            return json.at("/error/code").asText();
        }

        String message() {
            return json.at("/error/message").asText();
        }
    }

    Organisation() {
        this(DataverseOptions.defaults());
    }

    Organisation(DataverseOptions options) {
        clock.set(Instant.parse("2026-11-20T10:00:00Z"));
        clock.stop();
        sandbox = new DataverseSandbox(clock, options);
        sandbox.start(0);
        token = token("sandbox-client", "sandbox-secret").json().path("access_token").asText();
    }

    Answer token(String id, String secret) {
        return raw("POST", sandbox.address() + "/contoso/oauth2/v2.0/token", "grant_type=client_credentials&client_id=" + id
            + "&client_secret=" + secret
            + "&scope=" + URLEncoder.encode(sandbox.address() + "/.default", StandardCharsets.UTF_8), "Content-Type",
            "application/x-www-form-urlencoded");
    }

    void use(String newToken) {
        token = newToken;
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer patch(String path, String body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    Answer delete(String path, String... headers) {
        return send("DELETE", path, null, headers);
    }

    /** Sends to a path below the service root, or to a whole address. Spaces and quotes in queries are encoded here. */
    Answer send(String method, String path, String body, String... headers) {
        String address = path.startsWith("http") ? path : sandbox.address() + API + path.replace(" ", "%20");
        String[] all = new String[headers.length + (token == null ? 0 : 2)];
        System.arraycopy(headers, 0, all, 0, headers.length);
        if (token != null) {
            all[headers.length] = "Authorization";
            all[headers.length + 1] = "Bearer " + token;
        }
        return raw(method, address, body, all);
    }

    private static Answer raw(String method, String address, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean isJson = answer.headers().firstValue("Content-Type").orElse("").contains("json") && !answer.body().isEmpty();
            return new Answer(answer.statusCode(), isJson ? SandboxSystem.JSON.readTree(answer.body()) : MissingNode.getInstance(),
                answer.body(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a row over HTTP and answers its id. */
    String create(String set, String body) {
        Answer answer = post(set, body);
        if (answer.status() != 204) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return answer.header("OData-EntityId").replaceAll(".*\\((.*)\\)", "$1");
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
