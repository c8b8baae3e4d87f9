package io.cosell.sandbox.partnercenter;

import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The directory: gives out access tokens for one hour and knows them again (section 1.2). Not thread-safe. */
final class Tokens {

    /** Audience of the referral host. */
    static final String REFERRALS = "https://api.partner.microsoft.com";
    /** Audience of the webhook host. */
    static final String WEBHOOKS = "https://api.partnercenter.microsoft.com";

    private static final Pattern ADDRESS = Pattern.compile("/([^/]+)/oauth2(/v2\\.0)?/token");
    private static final Duration LIFE = Duration.ofHours(1);

    /** What an access token stands for. */
    private record Grant(String audience, boolean appOnly, Instant expires) {
    }

    /** An error answer of the directory. */
    private static final class Denial extends RuntimeException {
        private final int status;
        private final String error;

        Denial(int status, String error, String description) {
            super(description);
            this.status = status;
            this.error = error;
        }
    }

    private final PartnerCenterOptions.Account account;
    private final Clock clock;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Set<String> refreshTokens = new HashSet<>();

    Tokens(PartnerCenterOptions.Account account, Clock clock) {
        this.account = account;
        this.clock = clock;
        refreshTokens.add(account.refreshToken());
    }

    static boolean isTokenAddress(String path) {
        return ADDRESS.matcher(path).matches();
    }

    /** Answers a call to a token endpoint, v1 (with {@code resource}) or v2.0 (with {@code scope}). */
    Reply answer(Request request) {
        Matcher address = ADDRESS.matcher(request.path());
        if (!address.matches()) {
            throw new IllegalArgumentException(request.path() + " is no token address");
        }
        try {
            return give(address.group(1), address.group(2) != null, form(request));
        } catch (Denial e) {
            return Reply.json(e.status, Map.of("error", e.error, "error_description", e.getMessage(), "error_codes",
                List.of(Integer.parseInt(e.getMessage().replaceAll("AADSTS(\\d+).*", "$1"))), "timestamp", clock.instant().toString(),
                "trace_id", UUID.randomUUID().toString(), "correlation_id", UUID.randomUUID().toString()));
        }
    }

    private Reply give(String tenant, boolean v2, Map<String, String> form) {
        if (!Set.of(account.tenant(), "common", "organizations").contains(tenant)) {
            throw new Denial(400, "invalid_request",
                "AADSTS90002: Tenant '" + tenant + "' not found. The sandbox has " + account.tenant() + ".");
        }
        if (!account.clientId().equals(form.get("client_id"))) {
            throw new Denial(401, "invalid_client",
                "AADSTS700016: Application '" + form.get("client_id") + "' was not found in the directory.");
        }
        if (!account.clientSecret().equals(form.get("client_secret"))) {
            throw new Denial(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        }
        boolean appOnly = switch (form.getOrDefault("grant_type", "")) {
            case "client_credentials" -> true;
            case "refresh_token" -> false;
            default -> throw new Denial(400, "unsupported_grant_type",
                "AADSTS70003: The sandbox takes the grants refresh_token and client_credentials.");
        };
        if (!appOnly && !refreshTokens.contains(form.getOrDefault("refresh_token", ""))) {
            throw new Denial(400, "invalid_grant", "AADSTS70008: The refresh token is unknown, expired or revoked. Sign in again.");
        }
        String audience = v2 ? audienceOfScope(form.getOrDefault("scope", "")) : audience(form.getOrDefault("resource", ""));
        return Reply.json(200, v2 ? tokenV2(audience, appOnly, form) : tokenV1(audience, appOnly, form)).with("Cache-Control", "no-store");
    }

    private static String audienceOfScope(String scope) {
        return Arrays.stream(scope.trim().split("\\s+")).filter(word -> word.startsWith("https://"))
            .map(word -> audience(word.replaceAll("/(\\.default|user_impersonation)$", ""))).findFirst()
            .orElseThrow(() -> new Denial(400, "invalid_scope",
                "AADSTS70011: The scope names no resource, such as " + REFERRALS + "/.default."));
    }

    private static String audience(String resource) {
        String address = resource.replaceAll("/$", "");
        if (!Set.of(REFERRALS, WEBHOOKS).contains(address)) {
            throw new Denial(400, "invalid_resource", "AADSTS500011: The resource '" + resource + "' was not found; there are " + REFERRALS
                + " and " + WEBHOOKS + ".");
        }
        return address;
    }

    /** All numbers are strings of digits, as in the official samples. */
    private Map<String, Object> tokenV1(String audience, boolean appOnly, Map<String, String> form) {
        Instant now = clock.instant();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token_type", "Bearer");
        answer.put("expires_in", String.valueOf(LIFE.toSeconds()));
        answer.put("ext_expires_in", String.valueOf(LIFE.toSeconds()));
        answer.put("expires_on", String.valueOf(now.plus(LIFE).getEpochSecond()));
        answer.put("not_before", String.valueOf(now.minusSeconds(300).getEpochSecond()));
        answer.put("resource", audience);
        return withTokens(answer, audience, appOnly, form);
    }

    private Map<String, Object> tokenV2(String audience, boolean appOnly, Map<String, String> form) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token_type", "Bearer");
        answer.put("expires_in", LIFE.toSeconds());
        answer.put("ext_expires_in", LIFE.toSeconds());
        return withTokens(answer, audience, appOnly, form);
    }

    private Map<String, Object> withTokens(Map<String, Object> answer, String audience, boolean appOnly, Map<String, String> form) {
        String access = "access-" + UUID.randomUUID();
        grants.put(access, new Grant(audience, appOnly, clock.instant().plus(LIFE)));
        answer.put("access_token", access);
        if (!appOnly) {
            answer.put("scope", form.containsKey("resource") ? "user_impersonation" : audience + "/user_impersonation");
            answer.put("refresh_token", newRefreshToken());
            if (List.of(form.getOrDefault("scope", "").split(" ")).contains("openid")) {
                answer.put("id_token", idToken());
            }
        }
        return answer;
    }

    /** An unsigned JSON web token; clients only read names from it. */
    private String idToken() {
        long now = clock.instant().getEpochSecond();
        return Stream.of(Map.of("typ", "JWT", "alg", "none"), Map.of("aud", account.clientId(), "tid", account.tenant(), "iat", now, "exp",
                now + LIFE.toSeconds(), "sub", "sandbox-user", "name", "Sandbox User", "upn", "user@contoso.com"))
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
        String header = request.header("Authorization").orElse("");
        Grant grant = header.startsWith("Bearer ") ? grants.get(header.substring(7).trim()) : null;
        String wrong = grant == null ? "The access token is missing or unknown; get one from the token address."
            : !grant.expires().isAfter(clock.instant()) ? "The access token has expired; get a new one."
            : !grant.audience().equals(audience) ? "The access token is for " + grant.audience() + "; this address needs " + audience + "."
            : null;
        if (wrong != null) {
            throw new Refusal(401, "unauthenticated", "referral", wrong);
        }
        return grant.appOnly();
    }

    /** A refresh token of the user, as a sign-in gives it; the older ones stay valid. */
    String newRefreshToken() {
        String token = "refresh-" + UUID.randomUUID();
        refreshTokens.add(token);
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
