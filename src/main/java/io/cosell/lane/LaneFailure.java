package io.cosell.lane;

/**
 * A call to one of the systems did not do what was asked. The subclasses say what that means for the lane; the adapters throw them
 * by name from their call routes.
 */
public abstract sealed class LaneFailure extends RuntimeException
    permits TemporaryFailure, StaleFailure, RefusedFailure, NotFoundFailure {

    protected LaneFailure(String message) {
        super(message);
    }
}
