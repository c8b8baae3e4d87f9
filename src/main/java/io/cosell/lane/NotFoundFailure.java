package io.cosell.lane;

/** What was asked for is not there (404). */
public final class NotFoundFailure extends LaneFailure {

    /** @param message what happened, in plain words, without personal data or addresses */
    public NotFoundFailure(String message) {
        super(message);
    }
}
