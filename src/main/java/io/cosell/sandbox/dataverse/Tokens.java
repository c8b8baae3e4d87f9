package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Token endpoint for client credentials, and the check of tokens (section 1.1). */
final class Tokens {

    private static final Duration LIFE = Duration.ofSeconds(3600);

    private final DataverseOptions options;
    private final Clock clock;
    private final Map<String, Instant> ends = new HashMap<>();

    Tokens(DataverseOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
    }

    static boolean isTokenRequest(Request request) {
        return request.path().matches("/[^/]+/oauth2/v2\\.0/token");
    }

    /** Answers a request to the token endpoint. */
    Reply answer(Request request) {
        if (!request.method().equals("POST")) {
            return refuse(400, "invalid_request", 900561, "The endpoint only accepts POST requests. Received a " + request.method()
                + " request.");
        }
        Map<String, String> form = form(request.text());
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refuse(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + form.get("grant_type")
                + "'.");
        }
        if (!options.clientId().equals(form.get("client_id"))) {
            return refuse(400, "unauthorized_client", 700016, "Application with identifier '" + form.get("client_id")
                + "' was not found in the directory.");
        }
        if (form.containsKey("client_assertion")) {
            return refuse(501, "unsupported", 0, "The Dataverse sandbox does not simulate client assertions: use the client secret.");
        }
        if (!options.clientSecret().equals(form.get("client_secret"))) {
            return refuse(401, "invalid_client", 7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client"
                + " secret value, not the client secret ID, for a secret added to app '" + options.clientId() + "'.");
        }
        if (!form.getOrDefault("scope", "").endsWith("/.default")) {
            return refuse(400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid. The scope '"
                + form.getOrDefault("scope", "") + "' is not valid: it is the organisation's address followed by /.default.");
        }
        String token = "sandbox-" + UUID.randomUUID();
        ends.put(token, clock.instant().plus(LIFE));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("token_type", "Bearer");
        json.put("expires_in", LIFE.toSeconds() - 1);
        json.put("ext_expires_in", LIFE.toSeconds() - 1);
        json.put("access_token", token);
        return Reply.json(200, json);
    }

    private Reply refuse(int status, String error, int code, String text) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("error", error);
        json.put("error_description", "AADSTS" + code + ": " + text);
        json.put("error_codes", List.of(code));
        json.put("timestamp", clock.instant().toString());
        json.put("trace_id", UUID.randomUUID().toString());
        json.put("correlation_id", UUID.randomUUID().toString());
        return Reply.json(status, json);
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new HashMap<>();
        for (String pair : body.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    /** True if the request carries a token that is valid now. */
    boolean accepts(Request request) {
        String header = request.header("Authorization").orElse("");
        Instant end = header.startsWith("Bearer ") ? ends.get(header.substring("Bearer ".length())) : null;
        return end != null && clock.instant().isBefore(end);
    }

    /** The answer to a request without a valid token. */
    static Reply challenge(Request request) {
        return new Refusal(401, "0x80072560",
            "The access token is missing, has expired or was revoked: get a new one from the token endpoint.").reply()
            .with("WWW-Authenticate", "Bearer authorization_uri=http://" + request.header("Host").orElse("") + "/common/oauth2/authorize");
    }

    /** Makes the token of this request invalid. */
    void revoke(Request request) {
        ends.remove(request.header("Authorization").orElse("").replaceFirst("^Bearer ", ""));
    }

    /** Makes all tokens invalid. */
    void revokeAll() {
        ends.clear();
    }
}
