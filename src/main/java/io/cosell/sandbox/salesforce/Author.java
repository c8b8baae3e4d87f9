package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Caller;

/**
 * Who writes, and what the call says about the rules that apply to it.
 *
 * @param caller        the user
 * @param administrator whether objects that only administrators change are open
 * @param allowSave     {@code Sforce-Duplicate-Rule-Header: allowSave=true}: found duplicates do not stop the write (section 3.5)
 * @param recordDetails {@code includeRecordDetails=true}: the refusal shows the records found with all their fields
 */
record Author(Caller caller, boolean administrator, boolean allowSave, boolean recordDetails) {

    /** A user without further wishes. */
    static Author user(String id) {
        return new Author(new Caller(id, null), false, false, false);
    }

    /** The organisation's administrator. */
    static Author administrator(String id) {
        return new Author(new Caller(id, null), true, true, false);
    }
}
