package io.cosell.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * One call a sandbox answered, as its call log keeps it. Bodies and tokens are not kept.
 *
 * @param number  running number in its system, from 1; 0 for an inner call
 * @param at      sandbox time of the answer
 * @param system  name of the sandbox, such as {@code partner-center}
 * @param kind    what sort of call it was
 * @param method  HTTP method
 * @param path    path with query, decoded
 * @param status  HTTP status answered; 0 where a fault cut the connection
 * @param trouble the fault that hit it, null for none
 * @param wrote   whether it changed something in the system, even if the caller was not told
 * @param inner   the operations it held, if it was several in one; they count as no calls of their own
 */
public record Call(long number, Instant at, String system, CallKind kind, String method, String path, int status, Trouble trouble,
                   boolean wrote, List<Call> inner) {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    public Call {
        inner = List.copyOf(inner);
    }

    /** True for calls that can change something: everything but reads and the token endpoint. */
    public boolean isWrite() {
        return !READS.contains(method) && !isToken();
    }

    /** True for calls to a token endpoint. */
    public boolean isToken() {
        return kind == CallKind.SIGN_IN || path.contains("/oauth2/");
    }

    @Override
    public String toString() {
        return system + " " + method + " " + path + " -> " + status + (trouble == null ? "" : " (" + trouble + ")");
    }
}
