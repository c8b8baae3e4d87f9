package io.cosell.sandbox;

/** What a record of a CRM says about its deal, in words that fit every CRM. */
public enum DealField {
    /** Name of the deal, as text; with the connector's mark where it is read. */
    NAME,
    /** Deal value, a number. */
    VALUE,
    /** Currency of the deal value, an ISO code. */
    CURRENCY,
    /** Estimated closing date, ISO text without a time. */
    CLOSING,
    /** Notes, text. */
    NOTES,
    /** How can Microsoft help?, one of Partner Center's codes such as {@code GeneralOrOther}. */
    HELP,
    /** Microsoft Partner Center Referral Visibility, true or false. */
    VISIBLE,
    /** Sync with Partner Center, true or false. */
    SYNC,
    /** Referral Identifier, text. */
    IDENTIFIER,
    /** Referral Link, text. */
    LINK,
    /** Microsoft CRM Identifier, text. */
    MSX_ID,
    /** Audit, text, newest line first. */
    AUDIT,
    /** The customer, id of an account. */
    ACCOUNT,
    /** The customer's person, id of a contact. */
    CONTACT
}
