package io.cosell.flow;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;

/**
 * Access tokens of the systems, in memory, and the form that asks for a new one (OAuth 2.0; contracts partner-center.md 1.2 and
 * dataverse.md 1.1). The calls themselves are in routes/sign-in.camel.yaml. Bean {@code tokens}.
 */
public final class Tokens {

    /** A token is renewed this long before it runs out, so that it does not run out on its way. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    private record Token(String value, Instant until) {
    }

    private final Clock clock;
    private final RefreshTokenFile refreshTokens;
    private final Map<String, Token> tokens = new ConcurrentHashMap<>();

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

    /** Forgets the token of a system, because it did not accept it. */
    public void forget(String system) {
        tokens.remove(system);
    }

    /**
     * The form that asks for a token, URL-encoded. The settings {@code cosell.<account>.client-id}, {@code .client-secret} and, where
     * the account signs in for a person, {@code .refresh-token} are read here, so that no secret stands in a route.
     *
     * @param account  name of the settings group
     * @param audience {@code resource=...} or {@code scope=...}
     */
    public String form(String account, String audience, Exchange exchange) {
        CamelContext camel = exchange.getContext();
        Map<String, String> form = new LinkedHashMap<>();
        String refreshToken = refreshTokens.newest(setting(camel, account, "refresh-token"));
        form.put("grant_type", refreshToken.isEmpty() ? "client_credentials" : "refresh_token");
        form.put("client_id", setting(camel, account, "client-id"));
        form.put("client_secret", setting(camel, account, "client-secret"));
        if (!refreshToken.isEmpty()) {
            form.put("refresh_token", refreshToken);
        }
        String[] nameAndValue = audience.split("=", 2);
        form.put(nameAndValue[0], nameAndValue[1]);
        return form.entrySet().stream().filter(entry -> !entry.getValue().isEmpty())
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    }

    private static String setting(CamelContext camel, String account, String name) {
        return camel.resolvePropertyPlaceholders("{{cosell." + account + "." + name + ":}}").strip();
    }

    /**
     * Keeps the answer of the sign-in service.
     *
     * @param system  whose token it is
     * @param account settings group, for a renewed refresh token
     * @param answer  the answer: {@code access_token}, {@code expires_in} in seconds (number or digits), maybe {@code refresh_token}
     * @return the access token
     */
    public String keep(String system, String account, Map<String, Object> answer, Exchange exchange) {
        String token = (String) answer.get("access_token");
        long seconds = Long.parseLong(String.valueOf(answer.getOrDefault("expires_in", "0")));
        tokens.put(system, new Token(token, clock.instant().plusSeconds(seconds)));
        if (answer.get("refresh_token") instanceof String renewed) {
            refreshTokens.keep(setting(exchange.getContext(), account, "refresh-token"), renewed);
        }
        return token;
    }
}
