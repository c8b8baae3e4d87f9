package io.cosell.sandbox;

import java.time.Instant;
import java.util.Set;

/**
 * One call a sandbox answered, as its call log keeps it. Bodies and tokens are not kept.
 *
 * @param at     sandbox time of the answer
 * @param system name of the sandbox, such as {@code partner-center}
 * @param method HTTP method
 * @param path   path with query, decoded
 * @param status HTTP status answered; 0 where a fault cut the connection
 */
public record Call(Instant at, String system, String method, String path, int status) {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    /** True for calls that can change something: everything but reads and the token endpoint. */
    public boolean isWrite() {
        return !READS.contains(method) && !isToken();
    }

    /** True for calls to a token endpoint. */
    public boolean isToken() {
        return path.contains("/oauth2/");
    }

    @Override
    public String toString() {
        return system + " " + method + " " + path + " -> " + status;
    }
}
