package io.cosell.sandbox;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One write of a {@link Store}, told when its transaction has ended well.
 *
 * @param by      who wrote
 * @param message what happened, in the system's word, such as {@code Create}
 * @param before  the row before the write, null where it was not there
 * @param row     the row after the write; as it was, for a deletion
 * @param written columns written, cleared ones as null; empty for a deletion
 */
public record Change(Caller by, String message, Row before, Row row, Map<String, Object> written) {

    public Change {
        written = Collections.unmodifiableMap(new LinkedHashMap<>(written)); // Map.copyOf takes no null
    }

    /** A write whose system needs no look at the row as it was. */
    public Change(Caller by, String message, Row row, Map<String, Object> written) {
        this(by, message, null, row, written);
    }
}
