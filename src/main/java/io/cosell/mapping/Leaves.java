package io.cosell.mapping;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import io.cosell.plan.Normalise;
import java.util.LinkedHashMap;
import java.util.Map;

/** The single values of a view, and whether two of them mean the same. */
final class Leaves {

    private Leaves() {
    }

    /** Every value below a node that has none below itself, by its path: an empty list or object is one. */
    static Map<String, JsonNode> of(String path, JsonNode node) {
        Map<String, JsonNode> leaves = new LinkedHashMap<>();
        collect(path, node, leaves);
        return leaves;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isMissingNode()) {
            return;
        }
        if (!node.isContainerNode() || node.isEmpty()) {
            leaves.put(path, node);
        } else if (node.isObject()) {
            node.properties().forEach(member -> collect(path + "/" + member.getKey(), member.getValue(), leaves));
        } else {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "/" + i, node.get(i), leaves);
            }
        }
    }

    static boolean isBlank(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isTextual() && value.textValue().isBlank()
            || value.isContainerNode() && value.isEmpty();
    }

    /** Equal in meaning, as the planner compares the field; a list's or document's members as texts and numbers, empty ones like absent. */
    static boolean same(Field field, String path, JsonNode one, JsonNode other) {
        if (field.type() == Field.Type.DOCUMENT || field.type() == Field.Type.LIST) {
            return isBlank(one) ? isBlank(other) : one.isTextual() && other.isTextual() ? text(one).equals(text(other))
                : Difference.none(one, other);
        }
        // Absent is not empty: a CRM that does not tell a field any more is one that does not have it.
        if (one.isMissingNode() || other.isMissingNode()) {
            return one.isMissingNode() && other.isMissingNode();
        }
        if (field.type() == Field.Type.STATUS) {
            return isBlank(one) && isBlank(other) || text(one).equals(text(other))
                // A deal that was read but not answered is as good as pending.
                || text(one).equals("Received") && text(other).equals("Pending");
        }
        try {
            return canonical(field, path, one).equals(canonical(field, path, other));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode canonical(Field field, String path, JsonNode value) {
        return Normalise.canonical(field, set(Specs.JSON.createObjectNode(), path, value)).at(path);
    }

    /**
     * Adds a field in the form in which the connector hands it over; a list, a document and a status are handed over as they are.
     *
     * @throws IllegalArgumentException if no system would send such a value
     */
    static void handOver(Field field, ObjectNode view, ObjectNode target) {
        boolean asItIs = field.type() == Field.Type.DOCUMENT || field.type() == Field.Type.LIST;
        JsonNode known = asItIs ? view : Normalise.canonical(field, view);
        JsonNode canonical = asItIs || field.type() == Field.Type.STATUS ? view : known;
        field.paths().stream().filter(path -> !view.at(path).isMissingNode()).forEach(path -> set(target, path, canonical.at(path)));
    }

    /** Sets the value at a path, making the objects on the way. */
    static ObjectNode set(ObjectNode view, String path, JsonNode value) {
        JsonPointer pointer = JsonPointer.compile(path);
        view.withObject(pointer.head(), JsonNode.OverwriteMode.ALL, false).set(pointer.last().getMatchingProperty(), value);
        return view;
    }

    private static String text(JsonNode node) {
        return node.asText().replace("\r\n", "\n").replace('\r', '\n').strip();
    }
}
