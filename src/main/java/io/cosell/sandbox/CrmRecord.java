package io.cosell.sandbox;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * An opportunity or a lead as a seller sees it.
 *
 * @param id        the record
 * @param kind      opportunity or lead
 * @param leadId    the lead an opportunity was made from, null if there was none or the CRM keeps none
 * @param status    as {@code Active/Accepted}
 * @param solutions ids of its solutions; null where the CRM keeps none, as on leads
 * @param values    value by field; a field that the CRM does not keep for this kind is absent, an empty one is null
 */
public record CrmRecord(String id, String kind, String leadId, String status, List<String> solutions, Map<DealField, Object> values) {

    private static final String MARKS = "^([✔✖] ?)+";

    public CrmRecord {
        values = Collections.unmodifiableMap(new EnumMap<>(values));
    }

    /** The value of a field; null if it is empty or not kept. */
    public Object get(DealField field) {
        return values.get(field);
    }

    /** The value of a field as text; empty if it has none. */
    public String text(DealField field) {
        return values.get(field) == null ? "" : values.get(field).toString();
    }

    /** The referral identifier, null if it is empty. */
    public String referralId() {
        return (String) values.get(DealField.IDENTIFIER);
    }

    public boolean isShared() {
        return Boolean.TRUE.equals(values.get(DealField.SYNC));
    }

    /** Whether its name carries the mark of a good synchronisation, or can't carry one. */
    public boolean isMarked() {
        return !values.containsKey(DealField.NAME) || text(DealField.NAME).startsWith("✔");
    }

    /** What it says of the deal; the name without its mark. */
    public Deal deal() {
        Object closing = values.get(DealField.CLOSING);
        return new Deal(text(DealField.NAME).replaceFirst(MARKS, ""), (BigDecimal) values.get(DealField.VALUE),
            (String) values.get(DealField.CURRENCY), closing == null ? null : LocalDate.parse((String) closing),
            (String) values.get(DealField.NOTES), status, solutions);
    }
}
