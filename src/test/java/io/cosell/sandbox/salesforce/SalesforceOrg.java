package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;

/** A running sandbox with a caller that has a session; what all tests of this package share. */
final class SalesforceOrg implements AutoCloseable {

    static final String API = "/services/data/v60.0/";
    static final String CREDENTIALS = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final SandboxClock clock = new SandboxClock();
    final SalesforceSandbox sandbox;
    private String token;

    /** An answer with its body read as JSON, missing where there is none. */
    record Answer(int status, JsonNode json, String text, HttpResponse<String> http) {
        String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }

        /** errorCode of the first error. */
        String code() {
            return json.at("/0/errorCode").asText();
        }

        String message() {
            return json.at("/0/message").asText();
        }

        /** First field of the first error. */
        String field() {
            return json.at("/0/fields/0").asText();
        }
    }

    SalesforceOrg(SalesforceSwitch... on) {
        this(SalesforceOptions.defaults().with(on));
    }

    SalesforceOrg(SalesforceOptions options) {
        clock.set(Instant.parse("2026-11-20T10:00:00Z"));
        clock.stop();
        sandbox = new SalesforceSandbox(clock, options);
        sandbox.start(0);
        signIn();
    }

    void signIn() {
        token = token(CREDENTIALS).json().path("access_token").asText();
    }

    Answer token(String form, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/x-www-form-urlencoded";
        return raw("POST", sandbox.address() + "/services/oauth2/token", form, all);
    }

    void use(String newToken) {
        token = newToken;
    }

    String token() {
        return token;
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

    /** Sends to a path below the version of the API, or below the host if it begins with a slash. JSON where there is a body. */
    Answer send(String method, String path, String body, String... headers) {
        String address = sandbox.address() + (path.startsWith("/") ? path : API + path).replace(" ", "%20");
        boolean typed = body == null || String.join(" ", headers).contains("Content-Type");
        String[] all = new String[headers.length + (token == null ? 0 : 2) + (typed ? 0 : 2)];
        System.arraycopy(headers, 0, all, 0, headers.length);
        int next = headers.length;
        if (token != null) {
            all[next++] = "Authorization";
            all[next++] = "Bearer " + token;
        }
        if (!typed) {
            all[next++] = "Content-Type";
            all[next] = "application/json";
        }
        return raw(method, address, body, all);
    }

    /** Posts what is no JSON. */
    Answer post(String path, byte[] body, String contentType) {
        return raw("POST", sandbox.address() + API + path, HttpRequest.BodyPublishers.ofByteArray(body), "Authorization", "Bearer " + token,
            "Content-Type", contentType);
    }

    private static Answer raw(String method, String address, String body, String... headers) {
        return raw(method, address, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body), headers);
    }

    private static Answer raw(String method, String address, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address)).method(method, body);
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

    /** Creates a record over HTTP and answers its id. */
    String create(String object, String body) {
        Answer answer = post("sobjects/" + object, body.replace('\'', '"'));
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return answer.json().path("id").asText();
    }

    /** An opportunity with what is required. */
    String opportunity() {
        return create("Opportunity", "{'Name':'Contoso deal','StageName':'Prospecting','CloseDate':'2026-12-31'}");
    }

    /** A record over HTTP. */
    JsonNode read(String object, String id) {
        return get("sobjects/" + object + "/" + id).json();
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
