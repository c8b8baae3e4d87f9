package io.cosell.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;

/**
 * Where two documents differ. Strict: null is not absent, order of lists counts, a text is not a number; only numbers are compared by
 * value, and the order of members does not count.
 */
final class Difference {

    private static final int CONTEXT = 2;
    private static final DefaultIndenter INDENT = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter PRETTY = Specs.JSON.writer(new DefaultPrettyPrinter()
        .withSeparators(Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
        .withObjectIndenter(INDENT).withArrayIndenter(INDENT));

    private Difference() {
    }

    /** Whether both are the same. */
    static boolean none(JsonNode expected, JsonNode actual) {
        return expected.equals((one, other) -> one.isNumber() && other.isNumber() ? one.decimalValue().compareTo(other.decimalValue())
            : one.equals(other) ? 0 : 1, actual);
    }

    /** Lines as {@code diff -u} prints them; empty if both are the same. */
    static List<String> lines(String expectedName, JsonNode expected, String actualName, JsonNode actual) {
        if (none(expected, actual)) {
            return List.of();
        }
        List<String> before = pretty(expected).lines().toList();
        return UnifiedDiffUtils.generateUnifiedDiff(expectedName, actualName, before,
            DiffUtils.diff(before, pretty(like(expected, actual)).lines().toList()), CONTEXT);
    }

    /** The actual document with its members in the order of the expected one, and numbers written as there where they are the same. */
    static JsonNode like(JsonNode expected, JsonNode actual) {
        if (expected instanceof ObjectNode wanted && actual instanceof ObjectNode found) {
            ObjectNode ordered = Specs.JSON.createObjectNode();
            wanted.properties().stream().filter(member -> found.has(member.getKey()))
                .forEach(member -> ordered.set(member.getKey(), like(member.getValue(), found.get(member.getKey()))));
            found.properties().stream().filter(member -> !wanted.has(member.getKey()))
                .forEach(member -> ordered.set(member.getKey(), member.getValue()));
            return ordered;
        }
        if (expected instanceof ArrayNode wanted && actual instanceof ArrayNode found) {
            ArrayNode ordered = Specs.JSON.createArrayNode();
            for (int i = 0; i < found.size(); i++) {
                ordered.add(like(wanted.path(i), found.get(i)));
            }
            return ordered;
        }
        return none(expected, actual) ? expected : actual;
    }

    /** A document as the files of examples are written. */
    static String pretty(JsonNode document) {
        try {
            return PRETTY.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
