package io.cosell.store;

import java.util.Map;

/**
 * A hint that something may have changed.
 *
 * @param source     partner-center or crm
 * @param name       event name, such as referral-updated or record-changed
 * @param resourceId id of the referral or record
 * @param recordKind opportunity or lead; null for referrals
 * @param changedAt  when, as the source said it; null where it does not say
 * @param version    version tag of the changed resource; null where the source does not say
 * @param shared     whether a record that is not linked yet is to be shared; for referrals always true
 * @param row        the record as the source listed it, in its own words; null where the hint brings none, then the record is read
 */
public record Change(String source, String name, String resourceId, String recordKind, String changedAt, String version, boolean shared,
                     Map<String, Object> row) {

    /** A hint that does not tell what the record holds. */
    public Change(String source, String name, String resourceId, String recordKind, String changedAt, String version, boolean shared) {
        this(source, name, resourceId, recordKind, changedAt, version, shared, null);
    }

    /** The same hint, which makes no link for a deal that has none. */
    public Change unshared() {
        return new Change(source, name, resourceId, recordKind, changedAt, version, false, row);
    }
}
