package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Writing into a JSON document by pointer. */
final class ObjectNodes {

    private ObjectNodes() {
    }

    static TextNode text(String value) {
        return TextNode.valueOf(value);
    }

    /**
     * Sets the value at a JSON pointer, replacing what is there. Missing objects on the way are made; a last segment {@code -}
     * appends to the array, which is made if it is missing.
     *
     * @throws Refusal if the way leads through something that is no object, or to an array item that does not exist
     */
    static void put(ObjectNode document, String pointer, JsonNode value) {
        String[] names = pointer.substring(1).split("/");
        JsonNode at = document;
        for (int i = 0; i < names.length - 1; i++) {
            String following = names[i + 1];
            JsonNode next = at.isArray() ? at.path(Integer.parseInt(names[i])) : at.path(names[i]);
            boolean absent = next.isMissingNode() || next.isNull();
            if (absent && at instanceof ObjectNode object && !following.matches("\\d+")) {
                next = following.equals("-") ? object.putArray(names[i]) : object.putObject(names[i]);
            }
            at = next;
        }
        String last = names[names.length - 1];
        if (at instanceof ArrayNode array && last.equals("-")) {
            array.add(value);
        } else if (at instanceof ObjectNode object) {
            object.set(last, value);
        } else {
            throw Refusal.invalid(pointer.substring(1).replace('/', '.'), pointer + " leads to nothing in this referral.");
        }
    }
}
