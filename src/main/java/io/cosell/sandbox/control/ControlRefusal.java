package io.cosell.sandbox.control;

/** A request that the control address refuses, with the reason in words. */
final class ControlRefusal extends RuntimeException {

    private final int status;

    /**
     * @param status HTTP status of the answer
     * @param reason what is wrong, one or two sentences
     */
    ControlRefusal(int status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
