package io.cosell.sandbox;

/** What sort of call a request is, the same words for every system: faults and counters go by them. */
public enum CallKind {
    /** Asks for a token. */
    SIGN_IN,
    /** Reads one record. */
    READ,
    /** Lists or queries records. */
    LIST,
    /** Asks what has changed: change tracking, updated and deleted records. */
    CHANGES,
    /** Makes a record, also by an upsert that may make one. */
    CREATE,
    /** Changes a record. */
    UPDATE,
    /** Deletes a record. */
    DELETE,
    /** Runs an action of the system, such as to win an opportunity, or changes its tables and columns. */
    ACTION,
    /** Several calls in one. */
    BATCH,
    /** Reads or sets who is told of events. */
    REGISTRATION,
    /** Anything else: limits, reads of metadata, addresses that do not exist. */
    OTHER
}
