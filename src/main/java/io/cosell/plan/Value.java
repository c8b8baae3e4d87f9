package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A field's value in canonical form.
 *
 * @param key     what is compared: equal keys are equal values; null if the field is empty
 * @param members what is written, by path, in the order of the field's paths
 */
record Value(Object key, Map<String, JsonNode> members) {

    boolean same(Value other) {
        return Objects.equals(key, other.key);
    }

    /** The value as one JSON node for people and for the journal: itself, or an object if the field has several paths. */
    JsonNode json() {
        if (members.size() == 1) {
            return members.values().iterator().next();
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        members.forEach((path, value) -> object.set(path.substring(path.lastIndexOf('/') + 1), value));
        return object;
    }

    static Value of(Object key, String path, JsonNode member) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        members.put(path, member);
        return new Value(key, members);
    }
}
