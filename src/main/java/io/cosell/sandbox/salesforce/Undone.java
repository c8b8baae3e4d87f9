package io.cosell.sandbox.salesforce;

/** Ends a transaction whose writes must not stay, though the call goes on to answer (section 3.3). */
final class Undone extends RuntimeException {

    Undone() {
        super(null, null, false, false);
    }
}
