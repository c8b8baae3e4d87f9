package io.cosell.simulation;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What a person sees of a deal on one side, field by field in words that fit both sides. Written from the documents, not from the mappings:
 * the referee compares with it.
 *
 * @param id     id of the referral or record
 * @param deal   the same through the whole life of a deal on this side: the id, or that of the lead an opportunity came from
 * @param other  id of the other side's part that this one carries, null if none
 * @param kind   referral, opportunity or lead
 * @param shared whether this side wants the deal to be in step; always true for a referral
 * @param fields value by field; a field that this side does not keep is absent, an empty one is ""
 */
record Sight(String id, String deal, String other, String kind, boolean shared, Map<String, String> fields) {

    static final String NAME = "name";
    static final String VALUE = "value";
    static final String CLOSING = "closing date";
    static final String NOTES = "notes";
    static final String STATUS = "status";
    static final String VISIBLE = "visible";
    static final String MSX = "Microsoft CRM identifier";
    /** Followed by the id of a solution; its value is "yes" where the deal has it and absent where it has not. */
    static final String SOLUTION = "solution ";

    /** An amount as both sides are compared: without idle zeros, with its currency. */
    static String money(BigDecimal amount, String currency) {
        return amount == null ? "" : amount.stripTrailingZeros().toPlainString() + " " + currency;
    }

    static String text(Object value) {
        return value == null ? "" : value.toString();
    }

    /** Whether an opportunity waits for the seller's answer. A CRM that makes leads of offers has none. */
    boolean waits() {
        return kind.equals("opportunity") && fields.get(STATUS).equals("New");
    }

    boolean isOpen() {
        return fields.get(STATUS).equals("New") || fields.get(STATUS).equals("Active");
    }
}
