package io.cosell.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One event of a sandbox and what became of it; a snapshot.
 *
 * @param number   running number in order of events, from 1
 * @param at       sandbox time it was raised
 * @param event    event name, such as {@code referral-updated}
 * @param about    the record it tells of, in words of the system; empty if none
 * @param url      address it went to last, without its query, which may hold secrets; empty before the first attempt
 * @param body     the exact bytes that are sent
 * @param attempts the attempts so far, oldest first
 * @param state    where it stands
 * @param trouble  the fault that hit it on its way, null for none
 */
public record Delivery(int number, Instant at, String event, String about, String url, byte[] body, List<Attempt> attempts, State state,
                       Trouble trouble) {

    /** Where a delivery stands. */
    public enum State {
        /** Kept back by {@link EventSender#hold}. */
        HELD,
        /** To be sent, or to be tried again. */
        WAITING,
        /** Taken by the receiver. */
        DELIVERED,
        /** Every attempt failed, or nobody is registered any more. Not tried again. */
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
    }

    public Delivery {
        attempts = List.copyOf(attempts);
    }

    /** The body as text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    Delivery in(State other) {
        return new Delivery(number, at, event, about, url, body, attempts, other, trouble);
    }

    Delivery hitBy(Trouble other) {
        return new Delivery(number, at, event, about, url, body, attempts, state, other);
    }

    Delivery after(String address, Attempt attempt) {
        List<Attempt> more = new ArrayList<>(attempts);
        more.add(attempt);
        return new Delivery(number, at, event, about, address, body, more, state, trouble);
    }

    @Override
    public String toString() {
        return "#" + number + " " + event + " " + state + " " + attempts.stream().map(Attempt::status).toList() + " " + text();
    }
}
