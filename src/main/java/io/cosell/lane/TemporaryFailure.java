package io.cosell.lane;

/** The system can't answer now (429, 5xx, network): the lane waits and tries again; no other lane is held up. */
public final class TemporaryFailure extends LaneFailure {

    /** @param message what happened, in plain words, without personal data or addresses */
    public TemporaryFailure(String message) {
        super(message);
    }
}
