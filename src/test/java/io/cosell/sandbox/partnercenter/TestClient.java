package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A Partner Center sandbox with its clock, and calls to it over real HTTP as a program makes them. */
final class TestClient implements AutoCloseable {

    static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() { };

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final SandboxClock clock = new SandboxClock();
    final PartnerCenterSandbox sandbox;

    TestClient(PartnerCenterOptions options) {
        sandbox = new PartnerCenterSandbox(clock, options);
        sandbox.start(0);
    }

    TestClient() {
        this(PartnerCenterOptions.defaults());
    }

    /** One answer. */
    record Answer(HttpResponse<String> http) {

        int status() {
            return http.statusCode();
        }

        JsonNode json() {
            return parse(http.body());
        }

        String header(String name) {
            return http.headers().firstValue(name).orElse(null);
        }

        /** The error target of the referral host. */
        String target() {
            return json().at("/error/target").asText();
        }

        String code() {
            return json().at("/error/code").asText();
        }
    }

    /** Posts a form to a token address of the sandbox's tenant; pairs of name and value. */
    Answer token(String path, String... pairs) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", sandbox.options().account().clientId());
        form.put("client_secret", sandbox.options().account().clientSecret());
        for (int i = 0; i < pairs.length; i += 2) {
            form.put(pairs[i], pairs[i + 1]);
        }
        return post(path, form);
    }

    /** Posts a form of only these pairs, as a client without a secret does. */
    Answer form(String path, String... pairs) {
        Map<String, String> form = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            form.put(pairs[i], pairs[i + 1]);
        }
        return post(path, form);
    }

    private Answer post(String path, Map<String, String> form) {
        String body = form.entrySet().stream().map(pair -> encode(pair.getKey()) + "=" + encode(pair.getValue()))
            .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(URI.create(sandbox.address() + "/" + sandbox.options().account().tenant() + path))
            .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Signs the user in in the browser; returns the code that comes back to this address. */
    String code(String redirectUri) {
        Answer answer = get("/oauth2/authorize", "client_id", sandbox.options().account().clientId(), "response_type", "code",
            "redirect_uri", redirectUri, "state", "mine");
        return answer.header("Location").replaceAll(".*[?&]code=([^&]+).*", "$1");
    }

    /** Opens an address of the directory as a browser; pairs of name and value. */
    Answer get(String path, String... pairs) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            query.append(i == 0 ? "?" : "&").append(encode(pairs[i])).append("=").append(encode(pairs[i + 1]));
        }
        return send(HttpRequest.newBuilder(URI.create(sandbox.address() + "/" + sandbox.options().account().tenant() + path + query)));
    }

    String userToken(String audience) {
        return token("/oauth2/token", "grant_type", "refresh_token", "refresh_token", sandbox.options().account().refreshToken(),
            "resource", audience).json().get("access_token").textValue();
    }

    String appToken(String audience) {
        return token("/oauth2/token", "grant_type", "client_credentials", "resource", audience).json().get("access_token").textValue();
    }

    /** Calls with any token; body null for none; headers in pairs. */
    Answer callWith(String token, String method, String path, Object body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.address() + path))
            .header("Content-Type", "application/json")
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(text(body)));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    /** Calls the referrals as the user; {@code path} follows the address of the referrals. */
    Answer referrals(String method, String path, Object body, String... headers) {
        return callWith(userToken(Tokens.REFERRALS), method, PartnerCenterSandbox.REFERRALS + path, body, headers);
    }

    /** Calls the registration as the application; {@code path} follows the address of the registration. */
    Answer webhooks(String method, String path, Object body) {
        return callWith(appToken(Tokens.WEBHOOKS), method, Webhooks.BASE + path, body);
    }

    Answer list(String... options) {
        String query = Arrays.stream(options).map(option -> option.split("=", 2)).map(pair -> encode(pair[0]) + "=" + encode(pair[1]))
            .collect(Collectors.joining("&"));
        return referrals("GET", query.isEmpty() ? "" : "?" + query, null);
    }

    /** Registers an address for all referral events and the test event. */
    void register(String url, boolean msSignatureHeader) {
        webhooks("POST", "", Map.of("WebhookUrl", url, "WebhookEvents", List.of("referral-created", "referral-updated",
            "related-referral-created", "related-referral-updated", "test-created"),
            "SignatureTokenToMsSignatureHeader", msSignatureHeader));
    }

    /** Invites Microsoft to a deal as the constructed sample does. */
    Answer invite(String engagement) {
        return referrals("POST", "", ((ObjectNode) sample("constructed-create-microsoft-connected-referral.request.json"))
            .put("engagementId", engagement));
    }

    /** Does an act by its name, with its parameters as JSON. */
    JsonNode act(String name, String parameters) {
        Act act = sandbox.acts().stream().filter(candidate -> candidate.name().equals(name)).findFirst().orElseThrow();
        return SandboxSystem.JSON.valueToTree(act.does().apply(parse(parameters)));
    }

    /** An official sample. */
    static JsonNode sample(String name) {
        try (InputStream in = TestClient.class.getResourceAsStream("/contracts/partner-center/" + name)) {
            return SandboxSystem.JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode parse(String json) {
        try {
            return SandboxSystem.JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Object body) {
        return body instanceof String text ? text : SandboxSystem.JSON.valueToTree(body).toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
