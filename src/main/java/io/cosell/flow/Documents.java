package io.cosell.flow;

import java.util.LinkedHashMap;
import java.util.Map;

/** Puts documents together, so that one expression can see them all. Bean {@code documents}; pure. */
public final class Documents {

    /** A document of one member. */
    public Map<String, Object> of(String name, Object value) {
        return with(Map.of(), name, value);
    }

    /** A document of two members. */
    public Map<String, Object> of(String name, Object value, String name2, Object value2) {
        return with(of(name, value), name2, value2);
    }

    /** The document with one more member; the given document stays as it is. */
    public Map<String, Object> with(Map<String, Object> document, String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(document);
        more.put(name, value);
        return more;
    }

    /** The members that are plain values: of a row that was read along with rows of other tables, what it holds itself. */
    public Map<String, Object> values(Map<String, Object> document) {
        Map<String, Object> values = new LinkedHashMap<>(document);
        values.values().removeIf(value -> value instanceof Map || value instanceof Iterable);
        return values;
    }

    /** The sum of two counts. */
    public int sum(int a, int b) {
        return a + b;
    }
}
