package io.cosell.store;

/** Somebody else changed a link since the lane read it; what this lane wanted to keep is not kept. */
public final class StaleClaimException extends RuntimeException {

    public StaleClaimException(String linkId) {
        super("The link " + linkId + " was changed by somebody else in the meantime; its lane runs again.");
    }
}
