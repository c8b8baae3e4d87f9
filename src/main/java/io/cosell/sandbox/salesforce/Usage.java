package io.cosell.sandbox.salesforce;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** The calls of the last 24 hours (section 3.6). */
final class Usage {

    private static final Duration WINDOW = Duration.ofHours(24);

    private final Clock clock;
    private final int most;
    private final Deque<Instant> calls = new ArrayDeque<>();

    Usage(Clock clock, int most) {
        this.clock = clock;
        this.most = most;
    }

    /**
     * Counts one call.
     *
     * @throws Refusal 403 REQUEST_LIMIT_EXCEEDED if it is one too many
     */
    void count() {
        if (used() >= most) {
            throw exceeded();
        }
        calls.add(clock.instant());
    }

    /** 403, as Salesforce answers when the day's calls are used up. */
    static Refusal exceeded() {
        return new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }

    /** Makes as many calls as leave this many. */
    void useUp(int left) {
        while (used() < most - left) {
            calls.add(clock.instant());
        }
    }

    int used() {
        Instant now = clock.instant();
        Instant begin = now.minus(WINDOW);
        // The clock may have been set back to an earlier day: calls that are still to come were not made.
        while (!calls.isEmpty() && calls.peekLast().isAfter(now)) {
            calls.removeLast();
        }
        while (!calls.isEmpty() && !calls.peek().isAfter(begin)) {
            calls.remove();
        }
        return calls.size();
    }

    int most() {
        return most;
    }

    /** Value of the header Sforce-Limit-Info. */
    String header() {
        return "api-usage=" + used() + "/" + most;
    }
}
