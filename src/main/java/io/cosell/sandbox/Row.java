package io.cosell.sandbox;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One version of one row of a sandbox's {@link Store}. Immutable.
 *
 * @param table    name of its table, as the system calls it
 * @param id       primary key
 * @param sequence place in the order of creation; the order of answers that nobody asked to sort
 * @param version  grows with every write in the system
 * @param values   values by column name, without empty ones: String, BigDecimal, Integer, Long, Boolean, LocalDate, Instant,
 *                 {@link Ref}, or a JSON node
 */
public record Row(String table, String id, long sequence, long version, Map<String, Object> values) {

    public Row {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The value of a column, null if it is empty. */
    public Object get(String column) {
        return values.get(column);
    }

    /** True if this column points to that row. */
    public boolean pointsTo(String column, Row other) {
        return new Ref(other.table, other.id).equals(values.get(column));
    }
}
