package io.cosell.sandbox.dataverse;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One version of one row.
 *
 * @param table    logical name of its table
 * @param id       primary key, lower case, without braces
 * @param sequence place in the order of creation; the order of answers without {@code $orderby}
 * @param version  grows with every write in the organisation; feeds the etag
 * @param values   values by logical column name, without empty ones: String, BigDecimal, Integer, Long, Boolean, LocalDate, Instant,
 *                 {@link Ref}
 */
record Row(String table, String id, long sequence, long version, Map<String, Object> values) {

    Row {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    String etag() {
        return "W/\"" + version + "\"";
    }

    Object get(String column) {
        return values.get(column);
    }

    boolean pointsTo(String column, Row other) {
        return new Ref(other.table, other.id).equals(values.get(column));
    }
}
