package io.cosell.lane;

/** The system refuses this for good (400, 403, closed deal): the lane rests until record, referral or mapping changes. */
public final class RefusedFailure extends LaneFailure {

    /** @param message what happened, in plain words, without personal data or addresses */
    public RefusedFailure(String message) {
        super(message);
    }
}
