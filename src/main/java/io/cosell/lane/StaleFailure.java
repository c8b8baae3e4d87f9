package io.cosell.lane;

/** A guard refused a write because its target changed since it was read (412): the lane reads and plans again. */
public final class StaleFailure extends LaneFailure {

    /** @param message what happened, in plain words, without personal data or addresses */
    public StaleFailure(String message) {
        super(message);
    }
}
