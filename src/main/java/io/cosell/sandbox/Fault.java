package io.cosell.sandbox;

import java.util.function.Predicate;

/**
 * Something that goes wrong once: the next request that fits is hit, then the fault is used up.
 *
 * @param hits  which request it waits for
 * @param when  whether the system still does the work
 * @param reply what the caller gets; null cuts the connection without an answer
 */
public record Fault(Predicate<Request> hits, When when, Reply reply) {

    /** Whether the write of a faulty call happens. */
    public enum When {
        /** The request never arrives: nothing is done. */
        INSTEAD,
        /** The work is done and the answer is lost or replaced. */
        AFTER
    }

    /** The next call with this method and a path that contains {@code part} gets {@code reply}; nothing is done. */
    public static Fault instead(String method, String part, Reply reply) {
        return new Fault(fits(method, part), When.INSTEAD, reply);
    }

    /** The next call with this method and a path that contains {@code part} is done, and its answer is lost. */
    public static Fault answerLost(String method, String part) {
        return new Fault(fits(method, part), When.AFTER, null);
    }

    /** What happens to the call that is hit. */
    public Trouble trouble() {
        if (reply != null) {
            return Trouble.ANSWER_REPLACED;
        }
        return when == When.INSTEAD ? Trouble.REQUEST_LOST : Trouble.ANSWER_LOST;
    }

    private static Predicate<Request> fits(String method, String part) {
        return request -> request.method().equals(method) && request.path().contains(part);
    }
}
