package io.cosell.plan;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Reading and writing referral views by JSON Pointer. */
final class Views {

    private Views() {
    }

    /** The value at a path; a missing node if the view is null or has no such member. */
    static JsonNode at(JsonNode view, String path) {
        return view == null ? JsonNodeFactory.instance.missingNode() : view.at(path);
    }

    /** The value at a path, a null node standing for a missing one. */
    static JsonNode valueAt(JsonNode view, String path) {
        JsonNode value = at(view, path);
        return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
    }

    /** Sets the value at a path, making the objects on the way. */
    static void set(ObjectNode view, String path, JsonNode value) {
        JsonPointer pointer = JsonPointer.compile(path);
        view.withObject(pointer.head(), JsonNode.OverwriteMode.ALL, false).set(pointer.last().getMatchingProperty(), value);
    }

    /** A deep copy of a view; an empty object if there is none. */
    static ObjectNode copy(JsonNode view) {
        return view instanceof ObjectNode object ? object.deepCopy() : JsonNodeFactory.instance.objectNode();
    }

    /** Whether nothing is there: missing, null, blank text, or an empty array or object. */
    static boolean isBlank(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isTextual() && value.textValue().isBlank()
            || value.isContainerNode() && value.isEmpty();
    }
}
