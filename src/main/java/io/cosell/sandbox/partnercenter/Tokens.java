package io.cosell.sandbox.partnercenter;

import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Account;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The directory (section 1.2): signs the user in, gives out access tokens for one hour and knows them again. Two editions of its
 * addresses: v1 takes {@code resource}, v2.0 takes {@code scope}. Not thread-safe.
 */
final class Tokens {

    /** Audience of the referral host. */
    static final String REFERRALS = "https://api.partner.microsoft.com";
    /** Audience of the webhook host. */
    static final String WEBHOOKS = "https://api.partnercenter.microsoft.com";

    private static final Pattern ADDRESS = Pattern.compile("/([^/]+)/oauth2(/v2\\.0)?/(token|authorize|devicecode)");
    private static final Pattern HTML = Pattern.compile("[&<>\"']");
    private static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration CODE_LIFE = Duration.ofMinutes(10);
    private static final Duration DEVICE_LIFE = Duration.ofMinutes(15);

    /** What an access token stands for. */
    private record Grant(String audience, boolean appOnly, Instant expires) {
    }

    /** What an authorization code stands for; its nonce goes into the id token. */
    private record Code(String redirectUri, Instant expires) {
    }

    /**
     * A sign-in on another device.
     *
     * @param scope    what the token is asked for
     * @param signedIn null while the user has done nothing, true once signed in, false if the user said no
     */
    private record Device(String userCode, String scope, Instant expires, Boolean signedIn) {
    }

    /** An error answer of the directory. */
    private static final class Denial extends RuntimeException {
        private final int status;
        private final String error;
        private final int code;

        Denial(int status, String error, int code, String description) {
            super("AADSTS" + code + ": " + description);
            this.status = status;
            this.error = error;
            this.code = code;
        }
    }

    private final Account account;
    private final Switches switches;
    private final Clock clock;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Map<String, Code> codes = new HashMap<>();
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private int devicesSoFar;
    private int deviceInterval = 5;
    /** Refresh tokens, each with whether it was given to a public client, which has no secret. */
    private final Map<String, Boolean> refreshTokens = new HashMap<>();

    Tokens(Account account, Switches switches, Clock clock) {
        this.account = account;
        this.switches = switches;
        this.clock = clock;
        refreshTokens.put(account.refreshToken(), false);
    }

    static boolean isAddress(String path) {
        return ADDRESS.matcher(path).matches();
    }

    /** Answers a call to the directory. */
    Reply answer(Request request) {
        Matcher address = ADDRESS.matcher(request.path());
        if (!address.matches()) {
            throw new IllegalArgumentException(request.path() + " is no address of the directory");
        }
        boolean v2 = address.group(2) != null;
        String method = address.group(3).equals("authorize") ? "GET" : "POST";
        if (!request.method().equals(method)) {
            return Reply.empty(405).with("Allow", method);
        }
        try {
            checkTenant(address.group(1));
            return switch (address.group(3)) {
                case "authorize" -> authorize(request.query());
                case "devicecode" -> device(v2, form(request), address.group(1));
                default -> give(v2, form(request));
            };
        } catch (Denial e) {
            return denial(e);
        }
    }

    private Reply denial(Denial e) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", e.error);
        body.put("error_description", e.getMessage());
        body.put("error_codes", List.of(e.code));
        body.put("timestamp", clock.instant().toString());
        body.put("trace_id", UUID.randomUUID().toString());
        body.put("correlation_id", UUID.randomUUID().toString());
        return Reply.json(e.status, body).with("Cache-Control", "no-store");
    }

    /** How the directory answers when something is wrong with it. */
    Reply refusal(Trouble trouble, int retryAfter) {
        return switch (trouble) {
            case THROTTLED -> denial(new Denial(429, "temporarily_unavailable", 90055, "The server is terminating the request: too many."))
                .with("Retry-After", String.valueOf(retryAfter));
            case UNAVAILABLE -> denial(new Denial(503, "temporarily_unavailable", 90033, "A transient error has occurred. Try again."))
                .with("Retry-After", String.valueOf(retryAfter));
            case SESSION_EXPIRED -> denial(new Denial(400, "invalid_grant", 700082, "The refresh token has expired due to inactivity."));
            default -> denial(new Denial(500, "server_error", 90020, "The directory failed."));
        };
    }

    private void checkTenant(String tenant) {
        if (!Set.of(account.tenant(), "common", "organizations").contains(tenant)) {
            throw new Denial(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found. The sandbox has " + account.tenant() + ".");
        }
    }

    private void checkClient(Map<String, String> form, boolean secret) {
        if (!account.clientId().equals(form.get("client_id"))) {
            throw new Denial(401, "invalid_client", 700016, "Application '" + form.get("client_id") + "' was not found in the directory.");
        }
        if (secret && !form.containsKey("client_secret")) {
            throw new Denial(401, "invalid_client", 7000218, "The request body must contain client_secret.");
        }
        if (form.containsKey("client_secret") && !account.clientSecret().equals(form.get("client_secret"))) {
            throw new Denial(401, "invalid_client", 7000215, "Invalid client secret provided.");
        }
    }

    /** Step 1 of the Secure Application Model: the user consents at once, and the browser carries a code back. */
    private Reply authorize(Map<String, String> query) {
        checkClient(query, false);
        List<String> types = List.of(query.getOrDefault("response_type", "").split(" "));
        String uri = query.getOrDefault("redirect_uri", "");
        if (!types.contains("code") || uri.isEmpty()) {
            throw new Denial(400, "invalid_request", 900144, "Send response_type with code, and redirect_uri.");
        }
        String code = "code-" + UUID.randomUUID();
        codes.put(code, new Code(uri, clock.instant().plus(CODE_LIFE)));
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("code", code);
        if (types.contains("id_token")) {
            answer.put("id_token", idToken(query.get("nonce")));
        }
        if (query.containsKey("state")) {
            answer.put("state", query.get("state"));
        }
        return switch (query.getOrDefault("response_mode", types.contains("id_token") ? "fragment" : "query")) {
            case "form_post" -> Reply.text(200, "text/html; charset=utf-8", "<html><body onload=\"document.forms[0].submit()\">"
                + "<form method=\"POST\" action=\"" + html(uri) + "\">" + answer.entrySet().stream().map(field ->
                "<input type=\"hidden\" name=\"" + field.getKey() + "\" value=\"" + html(field.getValue()) + "\"/>")
                .collect(Collectors.joining()) + "</form></body></html>");
            case "fragment" -> Reply.empty(302).with("Location", uri + "#" + encoded(answer));
            case "query" -> Reply.empty(302).with("Location", uri + (uri.contains("?") ? "&" : "?") + encoded(answer));
            default -> throw new Denial(400, "invalid_request", 900144, "response_mode is query, fragment or form_post.");
        };
    }

    private static String html(String text) {
        return HTML.matcher(text).replaceAll(found -> "&#" + (int) found.group().charAt(0) + ";");
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream().map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    }

    private Reply device(boolean v2, Map<String, String> form, String tenant) {
        if (!v2) {
            throw new Denial(501, "unsupported_grant_type", 70003, "The sandbox knows device codes at /oauth2/v2.0/devicecode only.");
        }
        checkClient(form, false);
        String scope = form.getOrDefault("scope", "");
        audienceOfScope(scope);
        String code = "device-" + UUID.randomUUID();
        String userCode = String.format("SBX%06d", ++devicesSoFar);
        devices.put(code, new Device(userCode, scope, clock.instant().plus(DEVICE_LIFE), null));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("user_code", userCode);
        answer.put("device_code", code);
        answer.put("verification_uri", "https://microsoft.com/devicelogin");
        answer.put("expires_in", DEVICE_LIFE.toSeconds());
        answer.put("interval", deviceInterval);
        answer.put("message", "To sign in, let the user of the sandbox enter the code " + userCode + " for " + tenant
            + ": act user-signs-in.");
        return Reply.json(200, answer).with("Cache-Control", "no-store");
    }

    /**
     * The user enters the code of a device, and signs in or says no.
     *
     * @throws IllegalArgumentException if no device shows this code
     */
    void signInDevice(String userCode, boolean agrees) {
        String code = devices.entrySet().stream().filter(device -> device.getValue().userCode().equals(userCode)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("No device shows the code " + userCode + ".")).getKey();
        devices.compute(code, (same, device) -> new Device(userCode, device.scope(), device.expires(), agrees));
    }

    /** How many seconds a device has to wait between two questions. */
    void deviceInterval(int seconds) {
        deviceInterval = seconds;
    }

    private Reply give(boolean v2, Map<String, String> form) {
        String grant = form.getOrDefault("grant_type", "");
        boolean publicClient = grant.equals(DEVICE_CODE) || grant.equals("password")
            || grant.equals("refresh_token") && refreshTokens.getOrDefault(form.getOrDefault("refresh_token", ""), false);
        checkClient(form, !publicClient);
        Runnable used = switch (grant) {
            case "client_credentials" -> () -> { };
            case "refresh_token" -> refresh(form.getOrDefault("refresh_token", ""));
            case "authorization_code" -> redeem(form);
            case DEVICE_CODE -> poll(form.getOrDefault("device_code", ""));
            case "password" -> password(form);
            default -> throw new Denial(400, "unsupported_grant_type", 70003, "The sandbox takes the grants client_credentials, "
                + "refresh_token, authorization_code, password and " + DEVICE_CODE + ".");
        };
        Device device = devices.get(form.getOrDefault("device_code", "")); // its scope was named when its code was asked for
        String audience = v2 ? audienceOfScope(form.getOrDefault("scope", device == null ? "" : device.scope())) : audience(form.getOrDefault("resource", ""));
        used.run();
        if (device != null) {
            form.putIfAbsent("scope", device.scope());
        }
        return Reply.json(200, token(v2, audience, grant.equals("client_credentials"), publicClient, form))
            .with("Cache-Control", "no-store");
    }

    private Runnable refresh(String token) {
        if (!refreshTokens.containsKey(token)) {
            throw new Denial(400, "invalid_grant", 70008, "The refresh token is unknown, expired or revoked. Sign in again.");
        }
        return () -> {
            if (switches.has(Switch.REFRESH_TOKENS_ONCE)) {
                refreshTokens.remove(token);
            }
        };
    }

    private Runnable redeem(Map<String, String> form) {
        Code code = codes.get(form.getOrDefault("code", ""));
        if (code == null) {
            throw new Denial(400, "invalid_grant", 54005, "The code is unknown or was already redeemed; ask for a new one.");
        }
        if (!code.expires().isAfter(clock.instant())) {
            throw new Denial(400, "invalid_grant", 70008, "The code has expired; ask for a new one.");
        }
        if (form.containsKey("redirect_uri") && !form.get("redirect_uri").equals(code.redirectUri())) {
            throw new Denial(400, "invalid_grant", 50011, "The redirect URI is not the one the code was asked with.");
        }
        return () -> codes.remove(form.get("code"));
    }

    private Runnable poll(String code) {
        Device device = devices.get(code);
        if (device == null) {
            throw new Denial(400, "bad_verification_code", 70018, "The device code is unknown or was already used.");
        }
        if (!device.expires().isAfter(clock.instant())) {
            throw new Denial(400, "expired_token", 70020, "The device code has expired.");
        }
        if (device.signedIn() == null) {
            throw new Denial(400, "authorization_pending", 70016, "The user has not signed in yet. Ask again.");
        }
        if (!device.signedIn()) {
            throw new Denial(400, "authorization_declined", 70019, "The user said no.");
        }
        return () -> devices.remove(code);
    }

    private Runnable password(Map<String, String> form) {
        if (!switches.has(Switch.PASSWORD_GRANT)) {
            throw new Denial(400, "invalid_grant", 50076, "The user must use multi-factor authentication; a password alone does not do.");
        }
        if (!account.user().equals(form.get("username")) || !account.password().equals(form.get("password"))) {
            throw new Denial(400, "invalid_grant", 50126, "Invalid username or password.");
        }
        return () -> { };
    }

    private static String audienceOfScope(String scope) {
        return Arrays.stream(scope.trim().split("\\s+")).filter(word -> word.startsWith("https://"))
            .map(word -> audience(word.replaceAll("/(\\.default|user_impersonation)$", ""))).findFirst()
            .orElseThrow(() -> new Denial(400, "invalid_scope", 70011,
                "The scope names no resource, such as " + REFERRALS + "/.default."));
    }

    private static String audience(String resource) {
        String address = resource.replaceAll("/$", "");
        if (!Set.of(REFERRALS, WEBHOOKS).contains(address)) {
            throw new Denial(400, "invalid_resource", 500011, "The resource '" + resource + "' was not found; there are " + REFERRALS
                + " and " + WEBHOOKS + ".");
        }
        return address;
    }

    /** In the order of the samples. Numbers are strings of digits in v1. */
    private Map<String, Object> token(boolean v2, String audience, boolean appOnly, boolean publicClient, Map<String, String> form) {
        Instant now = clock.instant();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token_type", "Bearer");
        if (!appOnly) {
            answer.put("scope", v2 ? audience + "/user_impersonation" : "user_impersonation");
        }
        answer.put("expires_in", v2 ? LIFE.toSeconds() : String.valueOf(LIFE.toSeconds()));
        answer.put("ext_expires_in", v2 ? LIFE.toSeconds() : String.valueOf(LIFE.toSeconds()));
        if (!v2) {
            answer.put("expires_on", String.valueOf(now.plus(LIFE).getEpochSecond()));
            answer.put("not_before", String.valueOf(now.minusSeconds(300).getEpochSecond()));
            answer.put("resource", audience);
        }
        String access = "access-" + UUID.randomUUID();
        grants.put(access, new Grant(audience, appOnly, now.plus(LIFE)));
        answer.put("access_token", access);
        if (!appOnly) {
            answer.put("refresh_token", newRefreshToken(publicClient));
            boolean openId = List.of(form.getOrDefault("scope", "").split(" ")).contains("openid");
            if (openId || form.getOrDefault("grant_type", "").equals("authorization_code")) {
                answer.put("id_token", idToken(null));
            }
        }
        return answer;
    }

    /** An unsigned JSON web token; clients only read names from it. */
    private String idToken(String nonce) {
        long now = clock.instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>(Map.of("aud", account.clientId(), "tid", account.tenant(), "iat", now, "exp",
            now + LIFE.toSeconds(), "sub", "sandbox-user", "name", "Sandbox User", "upn", account.user()));
        if (nonce != null) {
            claims.put("nonce", nonce);
        }
        return Stream.of(Map.of("typ", "JWT", "alg", "none"), claims)
            .map(part -> Base64.getUrlEncoder().withoutPadding().encodeToString(Reply.json(200, part).body()))
            .collect(Collectors.joining(".", "", "."));
    }

    /**
     * Checks the bearer token of an API call.
     *
     * @param audience the host that was called
     * @return true if the token stands for the application alone, false if for a user
     * @throws Refusal 401 if the token is missing, unknown, expired or for another host
     */
    boolean isAppOnly(Request request, String audience) {
        Grant grant = grants.get(bearer(request));
        String wrong = grant == null ? "The access token is missing or unknown; get one from the token address."
            : !grant.expires().isAfter(clock.instant()) ? "The access token has expired; get a new one."
            : !grant.audience().equals(audience) ? "The access token is for " + grant.audience() + "; this address needs " + audience + "."
            : null;
        if (wrong != null) {
            throw new Refusal(401, "unauthenticated", "referral", wrong);
        }
        return grant.appOnly();
    }

    private static String bearer(Request request) {
        String header = request.header("Authorization").orElse("");
        return header.startsWith("Bearer ") ? header.substring(7).trim() : "";
    }

    /** From now on the token of this request is not known. */
    void forget(Request request) {
        grants.remove(bearer(request));
    }

    /** A refresh token of the user, as a sign-in gives it. */
    String newRefreshToken() {
        return newRefreshToken(false);
    }

    private String newRefreshToken(boolean publicClient) {
        String token = "refresh-" + UUID.randomUUID();
        refreshTokens.put(token, publicClient);
        return token;
    }

    /** From now on no access token given so far is known. */
    void revokeAccessTokens() {
        grants.clear();
    }

    /** From now on no refresh token is valid, as after a change of the user's password. */
    void revokeRefreshTokens() {
        refreshTokens.clear();
    }

    /** The form of a token request; client id and secret may stand in an HTTP Basic header instead. */
    private static Map<String, String> form(Request request) {
        Map<String, String> form = new HashMap<>();
        for (String pair : request.text().split("&")) {
            String[] parts = pair.split("=", 2);
            form.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
        }
        request.header("Authorization").filter(header -> header.startsWith("Basic ")).ifPresent(header -> {
            String[] parts = new String(Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8).split(":", 2);
            form.put("client_id", decode(parts[0]));
            form.put("client_secret", parts.length == 2 ? decode(parts[1]) : "");
        });
        return form;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
