package io.cosell.store;

/**
 * One line of the journal, before it has a time.
 *
 * @param kind     what happened: received, refused, linked, written, conflict, failed, resting, skipped, ended, healed
 * @param side     partner-center or crm, or null
 * @param field    the field as a JSON Pointer into the referral view, or null
 * @param oldValue what stood there before, or the value that lost a conflict; null for none
 * @param newValue what was written or refused; null for none
 * @param reason   why, in plain words
 * @param calls    the calls that led to it, null for none or where another entry of the same change has them
 */
public record Entry(String kind, String side, String field, String oldValue, String newValue, String reason, String calls) {

    public Entry(String kind, String side, String field, String oldValue, String newValue, String reason) {
        this(kind, side, field, oldValue, newValue, reason, null);
    }

    /** An entry that speaks of the whole deal. */
    public static Entry of(String kind, String reason) {
        return new Entry(kind, null, null, null, null, reason);
    }

    /** The entry with the calls that led to it. */
    public Entry costing(String calls) {
        return new Entry(kind, side, field, oldValue, newValue, reason, calls);
    }
}
