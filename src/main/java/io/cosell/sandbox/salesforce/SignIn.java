package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens: who gets one, and whose session a call belongs to (section 1). Sessions end after some time without a call, or on demand. */
final class SignIn {

    private static final String OAUTH = "/services/oauth2/";
    private static final List<String> LOGIN_HOSTS = List.of("https://login.salesforce.com", "https://test.salesforce.com");
    private static final Duration ASSERTION_AHEAD = Duration.ofMinutes(5);
    private static final Duration ASSERTION_AHEAD_STRICT = Duration.ofMinutes(3);

    /** No token: an error object, always with 400 (section 1). */
    private static final class Denied extends RuntimeException {
        private final String error;

        Denied(String error, String description) {
            super(description, null, false, false);
            this.error = error;
        }

        Reply reply() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("error", error);
            json.put("error_description", getMessage());
            return Reply.json(400, json);
        }
    }

    /** One signed-in user. */
    private record Session(String user, Instant lastCall) {
    }

    private final SalesforceOptions options;
    private final Switches switches;
    private final Store store;
    private final Clock clock;
    private final Map<String, Session> sessions = new HashMap<>();
    private boolean refreshTokenRevoked;
    /** The grants, each with what finds the user. */
    private final Map<String, Function<Grant, Row>> grants = Map.of(
        "client_credentials", this::clientCredentials,
        "urn:ietf:params:oauth:grant-type:jwt-bearer", this::assertion,
        "password", this::password,
        "refresh_token", this::refreshToken);

    /** A request for a token. */
    private record Grant(Request request, Map<String, String> form) {
        String get(String name) {
            return form.getOrDefault(name, "");
        }
    }

    SignIn(SalesforceOptions options, Switches switches, Store store, Clock clock) {
        this.options = options;
        this.switches = switches;
        this.store = store;
        this.clock = clock;
    }

    static boolean isTokenRequest(Request request) {
        return request.path().equals(OAUTH + "token");
    }

    /** The answer, if the address is one of sign-in. */
    Optional<Reply> answer(Request request) {
        if (isTokenRequest(request)) {
            return Optional.of(token(request));
        }
        if (request.path().equals(OAUTH + "revoke")) {
            return Optional.of(revoke(request));
        }
        if (request.path().equals(OAUTH + "userinfo") || request.path().startsWith("/id/")) {
            return Optional.of(caller(request).map(caller -> userInfo(request, caller)).orElseGet(() ->
                Reply.text(403, "text/html; charset=UTF-8", "Bad_OAuth_Token")));
        }
        return Optional.empty();
    }

    // ---- tokens

    private Reply token(Request request) {
        try {
            if (!request.method().equals("POST")) {
                throw new Denied("invalid_request", "must use HTTP POST");
            }
            Grant grant = new Grant(request, form(request));
            Function<Grant, Row> find = grants.get(grant.get("grant_type"));
            if (find == null) {
                throw new Denied("unsupported_grant_type", "grant type not supported");
            }
            Row user = find.apply(grant);
            if (!Boolean.TRUE.equals(user.get("IsActive"))) {
                throw new Denied("inactive_user", "user is inactive");
            }
            return Reply.json(200, issue(request, user.id()));
        } catch (Denied denied) {
            return denied.reply();
        }
    }

    private Map<String, Object> issue(Request request, String user) {
        String instance = "http://" + request.header("Host").orElse("");
        String id = instance + "/id/" + organisation() + "/" + user;
        String issued = Long.toString(clock.instant().toEpochMilli());
        String token = organisation().substring(0, 15) + "!AQ" + UUID.randomUUID().toString().replace("-", "");
        sessions.put(token, new Session(user, clock.instant()));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("access_token", token);
        json.put("signature", signature(id + issued));
        json.put("scope", "api");
        json.put("instance_url", instance);
        json.put("id", id);
        json.put("token_type", "Bearer");
        json.put("issued_at", issued);
        return json;
    }

    String organisation() {
        return store.rows("Organization").get(0).id();
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(options.app().clientSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> form(Request request) {
        Map<String, String> form = new HashMap<>(request.query());
        for (String pair : request.text().split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        request.header("Authorization").filter(value -> value.startsWith("Basic ")).ifPresent(value -> {
            String[] both = new String(decode(value.substring("Basic ".length())), StandardCharsets.UTF_8).split(":", 2);
            form.put("client_id", both[0]);
            form.put("client_secret", both.length > 1 ? both[1] : "");
        });
        return form;
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
        } catch (IllegalArgumentException e) {
            throw new Denied("invalid_request", "this is no Base64: " + text);
        }
    }

    // ---- grants

    private void requireApp(Grant grant, boolean secretToo) {
        if (!grant.get("client_id").equals(options.app().clientId())) {
            throw new Denied("invalid_client_id", "client identifier invalid");
        }
        if (secretToo && !grant.get("client_secret").equals(options.app().clientSecret())) {
            throw new Denied("invalid_client", "invalid client credentials");
        }
    }

    private Row clientCredentials(Grant grant) {
        String host = "https://" + grant.request().header("Host").orElse("");
        if (LOGIN_HOSTS.contains(host)) {
            throw new Denied("invalid_grant", "request not supported on this domain");
        }
        requireApp(grant, true);
        return user(options.app().username());
    }

    private Row password(Grant grant) {
        requireApp(grant, true);
        if (!switches.has(SalesforceSwitch.PASSWORD_GRANT) || !grant.get("username").equalsIgnoreCase(options.app().username())
            || !grant.get("password").equals(options.app().password())) {
            throw new Denied("invalid_grant", "authentication failure");
        }
        return user(options.app().username());
    }

    private Row refreshToken(Grant grant) {
        requireApp(grant, false);
        if (refreshTokenRevoked || !grant.get("refresh_token").equals(options.app().refreshToken())) {
            throw new Denied("invalid_grant", "expired access/refresh token");
        }
        return user(options.app().username());
    }

    private Row assertion(Grant grant) {
        String[] parts = grant.get("assertion").split("\\.");
        if (parts.length != 3 || options.key() == null || !isSigned(parts)) {
            throw new Denied("invalid_grant", "invalid assertion");
        }
        JsonNode claims = json(parts[1]);
        if (!claims.path("iss").asText().equals(options.app().clientId())) {
            throw new Denied("invalid_client_id", "client identifier invalid");
        }
        String aud = claims.path("aud").asText();
        if (!LOGIN_HOSTS.contains(aud) && !aud.equals("http://" + grant.request().header("Host").orElse(""))) {
            throw new Denied("invalid_grant", "audience is invalid");
        }
        Instant end = Instant.ofEpochSecond(claims.path("exp").asLong());
        Duration ahead = switches.has(SalesforceSwitch.ASSERTION_OF_THREE_MINUTES) ? ASSERTION_AHEAD_STRICT : ASSERTION_AHEAD;
        if (!end.isAfter(clock.instant()) || end.isAfter(clock.instant().plus(ahead))) {
            throw new Denied("invalid_grant", "expired authorization code");
        }
        return user(claims.path("sub").asText());
    }

    private boolean isSigned(String[] parts) {
        try {
            if (!json(parts[0]).path("alg").asText().equals("RS256")) {
                return false;
            }
            Signature rsa = Signature.getInstance("SHA256withRSA");
            rsa.initVerify(options.key());
            rsa.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return rsa.verify(decode(parts[2]));
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static JsonNode json(String part) {
        try {
            return SandboxSystem.JSON.readTree(decode(part));
        } catch (IOException e) {
            throw new Denied("invalid_grant", "invalid assertion");
        }
    }

    private Row user(String name) {
        return store.rows("User").stream().filter(row -> name.equalsIgnoreCase((String) row.get("Username"))).findFirst()
            .orElseThrow(() -> new Denied("invalid_grant", "user hasn't approved this consumer"));
    }

    // ---- sessions

    /** Whose session a request belongs to; empty without a valid token. The call keeps the session alive. */
    Optional<Caller> caller(Request request) {
        String token = token(request.header("Authorization").orElse("")).orElse("");
        Session session = sessions.get(token);
        if (session == null || !clock.instant().isBefore(session.lastCall().plus(options.sessionLife()))) {
            sessions.remove(token);
            return Optional.empty();
        }
        sessions.put(token, new Session(session.user(), clock.instant()));
        return Optional.of(new Caller(session.user(), null));
    }

    /** Whether a token is good; a subscription is no call that keeps the session alive. */
    boolean isSession(String token) {
        Session session = sessions.get(token);
        return session != null && clock.instant().isBefore(session.lastCall().plus(options.sessionLife()));
    }

    private static Optional<String> token(String header) {
        return List.of("Bearer ", "OAuth ").stream().filter(header::startsWith)
            .map(scheme -> header.substring(scheme.length())).findFirst();
    }

    /** The answer to a call without a valid session. */
    static Refusal expired() {
        return new Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
    }

    /** Ends the session of one request. */
    void expire(Request request) {
        token(request.header("Authorization").orElse("")).ifPresent(sessions::remove);
    }

    /** Ends all sessions. */
    void expireAll() {
        sessions.clear();
    }

    private Reply revoke(Request request) {
        String token = form(request).getOrDefault("token", "");
        if (token.equals(options.app().refreshToken())) {
            refreshTokenRevoked = true;
            sessions.clear();
        } else if (sessions.remove(token) == null) {
            return new Denied("unsupported_token_type", "this token is not supported").reply();
        }
        return Reply.empty(200);
    }

    private Reply userInfo(Request request, Caller caller) {
        Row user = store.find("User", caller.user());
        String instance = "http://" + request.header("Host").orElse("");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sub", instance + "/id/" + organisation() + "/" + user.id());
        json.put("user_id", user.id());
        json.put("organization_id", organisation());
        json.put("preferred_username", user.get("Username"));
        json.put("name", user.get("Name"));
        json.put("given_name", user.get("FirstName"));
        json.put("family_name", user.get("LastName"));
        json.put("email", user.get("Email"));
        json.put("active", user.get("IsActive"));
        json.put("urls", Map.of("rest", instance + "/services/data/v{version}/", "sobjects", instance
            + "/services/data/v{version}/sobjects/", "query", instance + "/services/data/v{version}/query/"));
        return Reply.json(200, json);
    }
}
