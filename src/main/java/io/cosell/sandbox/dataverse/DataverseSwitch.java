package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Switch;

/** The points that contract dataverse.md leaves open, or on which its sources disagree. */
public enum DataverseSwitch implements Switch {

    /** Status of a found duplicate. */
    DUPLICATES_ANSWER_500("4.2", "a duplicate found by a rule answers 500", "it answers 412"),
    /** Code of the refusal of a stale version tag. */
    STALE_ETAG_WITHOUT_CODE("3.4", "the refusal of a stale If-Match has an empty code, as in the documents' samples",
        "it has the code 0x80060882, as in the SDK"),
    /** Status of the refusal of an old delta token. */
    EXPIRED_DELTA_ANSWERS_410("3.6", "a delta token older than 7 days answers 410", "it answers 400"),
    /** Order inside a delta. */
    DELETIONS_COME_FIRST("3.6", "a delta lists deletions before rows", "it lists rows before deletions, the usual order"),
    /** Microsoft's columns on leads. */
    LEADS_WITHOUT_MICROSOFT_COLUMNS("5.4", "leads have none of Microsoft's msft_ columns", "they have all that opportunities have"),
    /** Microsoft's tables and columns as a whole. */
    WITHOUT_MICROSOFT_SOLUTION("5.1", "the organisation has none of Microsoft's msft_ tables and columns; they can be made", "it has them"),
    /** Change tracking of leads. */
    LEADS_NOT_TRACKED("3.6", "change tracking is off for leads", "it is on"),
    /** Code of the refusal for a missing privilege. */
    MISSING_PRIVILEGE_IS_80048306("4.2", "a missing privilege has the code 0x80048306", "it has the code 0x80040220"),
    /** Alternate keys in addresses. */
    KEYS_TAKE_ANY_CHARACTER("3.3", "an alternate key in an address may hold / < > * % & : \\ ? and +", "such an address answers 400"),
    /** Columns of what QualifyLead answers. */
    QUALIFY_ANSWERS_KEYS_ONLY("2.4", "QualifyLead answers each new row with its type and key alone", "it answers all columns"),
    /** Service protection limits. */
    SERVICE_PROTECTION("4.1", "more than 6000 requests in 300 seconds of sandbox time answer 429",
        "requests are not counted, so that large tests can run");

    private final Point point;

    DataverseSwitch(String section, String on, String off) {
        point = new Point(section, on, off);
    }

    @Override
    public Point point() {
        return point;
    }
}
