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
 */
public record Entry(String kind, String side, String field, String oldValue, String newValue, String reason) {

    /** An entry that speaks of the whole deal. */
    public static Entry of(String kind, String reason) {
        return new Entry(kind, null, null, null, null, reason);
    }
}
