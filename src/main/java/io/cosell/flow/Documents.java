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
}
