package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Service protection limits (section 4.1): the three refusals, and the count of requests in a sliding window of sandbox time. */
final class ServiceProtection {

    /** The three limits with their codes and words. */
    enum Limit {
        REQUESTS("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds."),
        TIME("0x80072321", "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300"
            + " seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."),
        CONCURRENCY("0x80072326", "Number of concurrent requests exceeded the limit of 52.");

        private final String code;
        private final String message;

        Limit(String code, String message) {
            this.code = code;
            this.message = message;
        }

        /** 429 for this limit. */
        Reply reply(int retryAfter) {
            return new Refusal(429, code, message).reply().with("Retry-After", Integer.toString(retryAfter));
        }
    }

    static final int MOST_REQUESTS = 6000;
    private static final Duration WINDOW = Duration.ofSeconds(300);

    private final Clock clock;
    private final Deque<Instant> taken = new ArrayDeque<>();
    private int pushes;

    ServiceProtection(Clock clock) {
        this.clock = clock;
    }

    /**
     * Counts one request.
     *
     * @return 429 if there were too many; null if the request may go on. Retry-After grows with each request made in spite of it
     */
    Reply count() {
        forgetOld();
        if (taken.size() < MOST_REQUESTS) {
            taken.add(clock.instant());
            pushes = 0;
            return null;
        }
        long free = Duration.between(clock.instant(), taken.peek().plus(WINDOW)).toSeconds() + 1;
        return Limit.REQUESTS.reply((int) Math.min(free, WINDOW.toSeconds()) + pushes++);
    }

    /** How many requests are still free in this window. */
    int remaining() {
        forgetOld();
        return MOST_REQUESTS - taken.size();
    }

    private void forgetOld() {
        Instant start = clock.instant().minus(WINDOW);
        while (!taken.isEmpty() && !taken.peek().isAfter(start)) {
            taken.remove();
        }
    }
}
