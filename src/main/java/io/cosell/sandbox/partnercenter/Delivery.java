package io.cosell.sandbox.partnercenter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One event and what became of it; a snapshot.
 *
 * @param number   running number in order of events
 * @param event    event name, such as {@code referral-updated}
 * @param body     the exact bytes that are signed and sent
 * @param attempts the attempts so far, oldest first
 * @param state    where it stands
 */
public record Delivery(int number, String event, byte[] body, List<Attempt> attempts, State state) {

    /** Where a delivery stands. */
    public enum State {
        /** Kept back by {@link PartnerCenterSandbox#holdWebhooks}. */
        HELD,
        /** To be sent, or to be tried again. */
        WAITING,
        /** Answered with a 2xx status. */
        DELIVERED,
        /** Ten attempts without success, or nobody registered any more. Not tried again. */
        FAILED,
        /** Lost on purpose. */
        DROPPED
    }

    /**
     * One attempt.
     *
     * @param at      sandbox time
     * @param status  HTTP status of the receiver's answer; 0 if there was none
     * @param message why there was no answer; empty otherwise
     */
    public record Attempt(Instant at, int status, String message) {

        /** True for a 2xx status. */
        public boolean succeeded() {
            return status / 100 == 2;
        }
    }

    public Delivery {
        attempts = List.copyOf(attempts);
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    Delivery in(State other) {
        return new Delivery(number, event, body, attempts, other);
    }

    Delivery after(Attempt attempt) {
        List<Attempt> more = new ArrayList<>(attempts);
        more.add(attempt);
        return new Delivery(number, event, body, more, state);
    }

    @Override
    public String toString() {
        return "#" + number + " " + event + " " + state + " " + attempts.stream().map(Attempt::status).toList() + " " + text();
    }
}
