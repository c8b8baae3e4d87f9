package io.cosell.flow;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/**
 * Access tokens of the systems, in memory, and the form that asks for a new one (OAuth 2.0; contracts partner-center.md 1.2,
 * dataverse.md 1.1 and salesforce.md 1). The calls themselves are in routes/sign-in.camel.yaml. Bean {@code tokens}.
 */
public final class Tokens {

    /** A token is renewed this long before it runs out, so that it does not run out on its way. */
    private static final Duration MARGIN = Duration.ofMinutes(2);
    /** How long a token is used that comes without a time. */
    private static final Duration USUAL_LIFE = Duration.ofHours(1);
    /** The strictest of the documented limits, less what clocks may differ. */
    private static final Duration ASSERTION_LIFE = Duration.ofSeconds(150);

    private record Token(String value, Instant until, String identity) {
    }

    private final Clock clock;
    private final RefreshTokenFile refreshTokens;
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();
    private final Map<String, String> users = new ConcurrentHashMap<>();

    /**
     * @param clock         tells when tokens run out
     * @param refreshTokens where renewed refresh tokens are kept
     */
    public Tokens(Clock clock, RefreshTokenFile refreshTokens) {
        this.clock = clock;
        this.refreshTokens = refreshTokens;
    }

    /** The token of a system, null if there is none that is good for a while. */
    public String current(String system) {
        Token token = tokens.get(system);
        return token == null || token.until().isBefore(clock.instant().plus(MARGIN)) ? null : token.value();
    }

    /** Whose the present token of a system is, as the answer that brought it said in {@code id}; null where it said nothing. */
    public String identity(String system) {
        Token token = tokens.get(system);
        return token == null ? null : token.identity();
    }

    /** The person that an account last signed in, as far as the sign-in service told. */
    public Optional<String> user(String account) {
        return Optional.ofNullable(users.get(account));
    }

    /** Forgets the token of a system, because it did not accept it. */
    public void forget(String system) {
        tokens.remove(system);
    }

    /**
     * The form that asks for a token, URL-encoded. The settings {@code cosell.<account>.client-id}, {@code .client-secret} and, where
     * the account signs in for a person, {@code .refresh-token} are read here, so that no secret stands in a route.
     *
     * <p>With {@code .sign-in} being {@code jwt-bearer} it holds an assertion instead (RFC 7523; contract salesforce.md 1): the app vouches for
     * the user {@code .user-name} by signing with the key in {@code .key-store}.
     *
     * @param account  name of the settings group
     * @param audience {@code resource=...} or {@code scope=...}; {@code aud=...} stands in an assertion only, and in no form
     */
    public String form(String account, String audience, Exchange exchange) {
        CamelContext camel = exchange.getContext();
        String[] nameAndValue = audience.split("=", 2);
        Map<String, String> form = new LinkedHashMap<>();
        if (setting(camel, account, "sign-in").equals("jwt-bearer")) {
            form.put("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            form.put("assertion", assertion(camel, account, nameAndValue[1]));
            return encoded(form);
        }
        String refreshToken = refreshTokens.newest(account, setting(camel, account, "refresh-token"));
        form.put("grant_type", refreshToken.isEmpty() ? "client_credentials" : "refresh_token");
        form.put("client_id", setting(camel, account, "client-id"));
        form.put("client_secret", setting(camel, account, "client-secret"));
        if (!refreshToken.isEmpty()) {
            form.put("refresh_token", refreshToken);
        }
        if (nameAndValue[0].equals("resource")) {
            form.put("scope", "openid"); // the answer then tells who signed in (contract partner-center.md 1.2)
        }
        if (!nameAndValue[0].equals("aud")) {
            form.put(nameAndValue[0], nameAndValue[1]);
        }
        return encoded(form);
    }

    /**
     * The form that asks for a code which a person enters in a browser (RFC 8628).
     *
     * @param account name of the settings group
     * @param scope   what the tokens shall be for
     */
    public String deviceForm(String account, String scope, Exchange exchange) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", setting(exchange.getContext(), account, "client-id"));
        form.put("scope", scope);
        return encoded(form);
    }

    /** The form that asks whether the person has signed in, with the code that came with the one to enter. */
    public String deviceTokenForm(String account, String deviceCode, Exchange exchange) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        form.put("client_id", setting(exchange.getContext(), account, "client-id"));
        form.put("client_secret", setting(exchange.getContext(), account, "client-secret"));
        form.put("device_code", deviceCode);
        return encoded(form);
    }

    /**
     * Keeps the refresh token of a person's sign-in. Tokens in memory are forgotten: the next ones are those of this person.
     *
     * @return the file it is in
     */
    public Path signedIn(String account, String refreshToken, CamelContext camel) {
        refreshTokens.signedIn(account, setting(camel, account, "refresh-token"), refreshToken);
        tokens.clear();
        return refreshTokens.file(account);
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream().filter(entry -> !entry.getValue().isEmpty())
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    }

    private String assertion(CamelContext camel, String account, String audience) {
        return Assertion.signed(setting(camel, account, "client-id"), setting(camel, account, "user-name"), audience,
            clock.instant().plus(ASSERTION_LIFE),
            Assertion.key(Path.of(setting(camel, account, "key-store")), setting(camel, account, "key-store-password"),
                setting(camel, account, "key-alias")));
    }

    private static String setting(CamelContext camel, String account, String name) {
        return camel.resolvePropertyPlaceholders("{{cosell." + account + "." + name + ":}}").strip();
    }

    /**
     * Keeps the answer of the sign-in service.
     *
     * @param system  whose token it is
     * @param account settings group, for a renewed refresh token
     * @param answer  the answer: {@code access_token}, {@code expires_in} in seconds (number or digits; Salesforce sends none: an hour then, which
     *                is less than its sessions live; contract salesforce.md 4.1), maybe {@code refresh_token}, maybe {@code id}
     * @return the access token
     */
    public String keep(String system, String account, Map<String, Object> answer, Exchange exchange) {
        String token = (String) answer.get("access_token");
        Object seconds = answer.get("expires_in");
        tokens.put(system, new Token(token, clock.instant().plus(seconds == null ? USUAL_LIFE
            : Duration.ofSeconds(Long.parseLong(String.valueOf(seconds)))), (String) answer.get("id")));
        IdToken.user(answer.get("id_token")).ifPresent(user -> users.put(account, user));
        if (answer.get("refresh_token") instanceof String renewed) {
            refreshTokens.keep(account, setting(exchange.getContext(), account, "refresh-token"), renewed);
        }
        return token;
    }
}
