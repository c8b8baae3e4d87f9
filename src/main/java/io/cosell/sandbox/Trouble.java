package io.cosell.sandbox;

/** What can go wrong between a caller and a system, or between a system and a receiver of its events. */
public enum Trouble {
    /** The request never arrives; the connection is cut and nothing is done. */
    REQUEST_LOST(false),
    /** The work is done, the answer is lost: the connection is cut. */
    ANSWER_LOST(false),
    /** The work is done and the answer comes late. */
    ANSWER_DELAYED(false),
    /** 429 with Retry-After, or what this system says instead; nothing is done. */
    THROTTLED(false),
    /** 503; nothing is done. */
    UNAVAILABLE(false),
    /** 500; nothing is done. */
    SERVER_ERROR(false),
    /** 401: the token of this call is no longer valid, now and later. */
    SESSION_EXPIRED(false),
    /** 412: as if somebody had just changed the record; nothing is done. Hits only calls that carry a condition. */
    PRECONDITION_FAILED(false),
    /** Another answer than the system's own, whatever it may be. Only by {@link Fault}, never by a plan. */
    ANSWER_REPLACED(false),
    /** The event comes late. */
    EVENT_DELAYED(true),
    /** The event comes twice. */
    EVENT_DOUBLED(true),
    /** The event comes after the next one. */
    EVENT_REORDERED(true),
    /** The event never comes. */
    EVENT_LOST(true),
    /** The event comes before the answer to the call that raised it. */
    EVENT_BEFORE_ANSWER(true);

    private final boolean ofEvents;

    Trouble(boolean ofEvents) {
        this.ofEvents = ofEvents;
    }

    /** True for what happens to events on their way, false for what happens to calls. */
    public boolean isOfEvents() {
        return ofEvents;
    }

    /** True if the system still does the work of a call this happens to. */
    boolean leavesTheWorkDone() {
        return this == ANSWER_LOST || this == ANSWER_DELAYED;
    }

    /** True if a call or event this happens to goes on after a while. */
    boolean isDelay() {
        return this == ANSWER_DELAYED || this == EVENT_DELAYED || this == EVENT_REORDERED;
    }

    /** True if the answer may tell a caller when to try again. */
    boolean tellsWhenToTryAgain() {
        return this == THROTTLED || this == UNAVAILABLE;
    }

    /** True if this can happen to such a call at all: a sign-in has no token, and without a condition none can fail. */
    boolean canHit(CallKind kind, Request request) {
        return switch (this) {
            case SESSION_EXPIRED -> kind != CallKind.SIGN_IN;
            case PRECONDITION_FAILED -> request.isConditional();
            default -> !ofEvents;
        };
    }
}
