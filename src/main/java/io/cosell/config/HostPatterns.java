package io.cosell.config;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An allow-list of hosts. A pattern is an exact host ({@code api.example.com}), or every host below a suffix ({@code *.example.com},
 * which does not allow {@code example.com} itself), optionally with a port ({@code localhost:8443}). Without a port, only the default
 * port of the address's scheme is allowed: 443 for https, 80 for http. Case does not matter.
 */
public final class HostPatterns {

    private static final String LABEL = "[a-z0-9]([a-z0-9_-]*[a-z0-9])?";
    private static final Pattern SYNTAX =
            Pattern.compile("(?<wild>\\*\\.)?(?<host>" + LABEL + "(\\." + LABEL + ")*|\\[[0-9a-f:.]+])(:(?<port>[0-9]{1,5}))?");

    private final List<HostPattern> patterns;

    private HostPatterns(List<HostPattern> patterns) {
        this.patterns = patterns;
    }

    private record HostPattern(boolean wild, String host, int port) {

        static HostPattern parse(String text) {
            Matcher matcher = SYNTAX.matcher(text.toLowerCase(Locale.ROOT));
            // "*.com" would open the list to half the Internet; a suffix has at least two labels.
            if (!matcher.matches() || matcher.group("wild") != null && !matcher.group("host").contains(".")) {
                throw new IllegalArgumentException("\"" + text
                        + "\" is not a host such as api.example.com, *.example.com or localhost:8443");
            }
            int port = matcher.group("port") == null ? -1 : Integer.parseInt(matcher.group("port"));
            if (port == 0 || port > 65535) {
                throw new IllegalArgumentException("\"" + text + "\" has a port outside 1 to 65535");
            }
            return new HostPattern(matcher.group("wild") != null, matcher.group("host"), port);
        }

        boolean allows(String otherHost, int otherPort, int defaultPort) {
            boolean sameHost = wild ? otherHost.endsWith("." + host) : otherHost.equals(host);
            return sameHost && otherPort == (port == -1 ? defaultPort : port);
        }
    }

    /**
     * Reads the patterns.
     *
     * @param patterns one pattern each, blanks around them ignored; no pattern at all allows nothing
     * @throws IllegalArgumentException when one is not a host pattern; the message names it
     */
    public static HostPatterns of(String... patterns) {
        return new HostPatterns(Arrays.stream(patterns).map(String::strip).map(HostPattern::parse).toList());
    }

    /**
     * Reads a comma-separated list, as settings give it.
     *
     * @throws IllegalArgumentException when one entry is not a host pattern; the message names it
     */
    public static HostPatterns parse(String commaSeparated) {
        return commaSeparated.isBlank() ? of() : of(commaSeparated.split(",", -1));
    }

    /** True when the address is http or https, has a host, and this list allows that host and port. */
    public boolean allows(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        int defaultPort = switch (scheme) {
            case "https" -> 443;
            case "http" -> 80;
            default -> -1;
        };
        if (defaultPort == -1 || address.getHost() == null) {
            return false;
        }
        String host = address.getHost().toLowerCase(Locale.ROOT);
        int port = address.getPort() == -1 ? defaultPort : address.getPort();
        return patterns.stream().anyMatch(pattern -> pattern.allows(host, port, defaultPort));
    }

    @Override
    public String toString() {
        return String.join(",", patterns.stream()
                .map(p -> (p.wild() ? "*." : "") + p.host() + (p.port() == -1 ? "" : ":" + p.port())).toList());
    }
}
