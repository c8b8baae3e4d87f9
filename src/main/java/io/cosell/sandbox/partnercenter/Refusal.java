package io.cosell.sandbox.partnercenter;

/**
 * Partner Center does not do what was asked; becomes the error answer of an HTTP call (section 1.5), or reaches the test that acted
 * as a person.
 */
public final class Refusal extends RuntimeException {

    private final int status;
    private final String code;
    private final String target;

    /**
     * @param status  HTTP status
     * @param code    one of the codes of section 1.5, such as {@code invalidRequest}
     * @param target  dotted path of the member or name of the thing that was refused, such as {@code details.dealValue}
     * @param message what is wrong and what would be right
     */
    Refusal(int status, String code, String target, String message) {
        super(message);
        this.status = status;
        this.code = code;
        this.target = target;
    }

    /** A 400 with code {@code invalidRequest}. */
    static Refusal invalid(String target, String message) {
        return new Refusal(400, "invalidRequest", target, message);
    }

    /** The 403 of somebody whose role or location does not reach this (section 1.2). */
    static Refusal denied(String target, String message) {
        return new Refusal(403, "accessDenied", target, message);
    }

    /** HTTP status of the refusal. */
    public int status() {
        return status;
    }

    /** Error code of section 1.5. */
    public String code() {
        return code;
    }

    /** Dotted path of the refused member, or the name of the refused thing. */
    public String target() {
        return target;
    }
}
