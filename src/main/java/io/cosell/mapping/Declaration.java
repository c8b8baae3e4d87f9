package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What round-trips.yaml says about a path that does not come back as it was. Without any of {@code values}, {@code pattern} and
 * {@code never-emptied} it may come back as anything or not at all.
 *
 * @param path         JSON Pointer of the path, which holds for all below; {@code *} is any item of a list, {@code 1-} any but the first
 * @param values       what a value comes back as; missing if not given
 * @param pattern      parts of a text that come back as the replacement
 * @param neverEmptied whether an empty value is not written, so that the one before stays
 * @param whenEmpty    holds only where the value at this path is empty
 * @param why          the reason, for people
 */
record Declaration(String path, JsonNode values, Optional<Pattern> pattern, String replacement, boolean neverEmptied, String whenEmpty,
                   String why) {

    private static final Pattern INDEX = Pattern.compile("\\d+");

    static Declaration of(String file, JsonNode node) {
        if (!node.path("path").isTextual() || !node.path("why").isTextual()) {
            throw new IllegalArgumentException(file + ": a declaration needs path and why: " + node);
        }
        return new Declaration(node.get("path").asText(), node.path("values"),
            node.has("pattern") ? Optional.of(Pattern.compile(node.get("pattern").asText())) : Optional.empty(),
            node.path("replacement").asText(), node.path("never-emptied").asBoolean(), node.path("when-empty").asText(),
            node.get("why").asText());
    }

    boolean covers(String leaf, JsonNode document) {
        if (!whenEmpty.isEmpty() && !Leaves.isBlank(document.at(whenEmpty))) {
            return false;
        }
        String[] declared = path.split("/");
        String[] parts = leaf.split("/");
        if (parts.length < declared.length) {
            return false;
        }
        for (int i = 0; i < declared.length; i++) {
            boolean any = declared[i].equals("*") || declared[i].equals("1-") && !parts[i].equals("0");
            boolean fits = declared[i].equals(parts[i]) || any && INDEX.matcher(parts[i]).matches();
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    boolean isOneWay() {
        return values.isMissingNode() && pattern.isEmpty() && !neverEmptied;
    }

    /** What must come back for what was written; nothing if this declaration does not say. */
    Optional<JsonNode> expected(JsonNode written, JsonNode before) {
        String text = written.isNull() ? "null" : written.asText();
        if (values.has(text)) {
            return Optional.of(values.get(text));
        }
        if (pattern.isPresent() && written.isTextual()) {
            String left = pattern.get().matcher(text).replaceAll(replacement);
            return Optional.of(left.isBlank() ? NullNode.getInstance() : TextNode.valueOf(left));
        }
        return neverEmptied && Leaves.isBlank(written) ? Optional.of(before) : Optional.empty();
    }
}
