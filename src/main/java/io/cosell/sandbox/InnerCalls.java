package io.cosell.sandbox;

/** Told of the operations inside a call that holds several. */
@FunctionalInterface
public interface InnerCalls {

    /**
     * An operation was answered.
     *
     * @param operation the operation, as if it had come alone
     * @param reply     its answer
     * @param kept      false if what it wrote was undone, because another operation failed
     */
    void answered(Request operation, Reply reply, boolean kept);
}
