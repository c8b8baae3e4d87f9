package io.cosell.dev;

/** Saved files were not taken up; what was in effect before still is. The message says why. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    Refused(String message, Throwable cause) {
        super(message, cause);
    }
}
