package io.cosell.sandbox;

import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * How stubbornly a system delivers its events.
 *
 * @param attempts most attempts
 * @param success  which answers mean that the receiver has taken the event
 * @param again    after which other answers the next attempt is made
 * @param pause    real time before the next attempt, by the number of attempts made so far
 * @param timeOut  how long a receiver may take to answer
 * @param inOrder  whether first attempts are made one after another, in the order of the events; otherwise all at once
 */
public record EventPolicy(int attempts, Predicate<Answer> success, Predicate<Answer> again, IntFunction<Duration> pause, Duration timeOut,
                          boolean inOrder) {

    /** Any 2xx is success; one attempt. */
    public static final EventPolicy ONCE = new EventPolicy(1, Answer::is2xx, answer -> false, made -> Duration.ZERO,
        Duration.ofSeconds(30), false);

    /**
     * What a receiver answered.
     *
     * @param status HTTP status; 0 if there was no answer
     * @param body   the body of the answer
     */
    public record Answer(int status, String body) {

        /** True for a 2xx status. */
        public boolean is2xx() {
            return status / 100 == 2;
        }
    }
}
