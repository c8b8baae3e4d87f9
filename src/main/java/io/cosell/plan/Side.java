package io.cosell.plan;

import com.fasterxml.jackson.annotation.JsonValue;

/** One of the two systems that are kept the same. */
public enum Side {
    /** Microsoft Partner Center, where the referral lives. */
    PARTNER_CENTER("partnerCenter", "Partner Center"),
    /** The CRM, where the record lives. */
    CRM("crm", "the CRM");

    private final String key;
    private final String label;

    Side(String key, String label) {
        this.key = key;
        this.label = label;
    }

    /** The name used in documents that are stored: {@code partnerCenter} or {@code crm}. */
    @JsonValue
    public String key() {
        return key;
    }

    /** The name used in sentences for people: "Partner Center" or "the CRM". */
    public String label() {
        return label;
    }

    /** The opposite side. */
    public Side other() {
        return this == CRM ? PARTNER_CENTER : CRM;
    }

    @Override
    public String toString() {
        return key;
    }
}
