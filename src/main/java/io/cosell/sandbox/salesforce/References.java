package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cosell.sandbox.SandboxSystem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the parts of a composite answered so far, and {@code @{ref.field}} in later ones (section 3.3). */
final class References {

    private static final Pattern REFERENCE = Pattern.compile("@\\{(\\w+)((?:\\.\\w+|\\[\\d+])*)}");

    private final Map<String, JsonNode> answers = new LinkedHashMap<>();

    /** Notes the answer of a part that went well. */
    void add(String referenceId, JsonNode body) {
        answers.put(referenceId, body);
    }

    /** The parts that a part refers to, in its address and its body. */
    static Set<String> of(Subrequest part) {
        Set<String> names = new LinkedHashSet<>();
        Matcher reference = REFERENCE.matcher(part.url() + " " + part.body());
        while (reference.find()) {
            names.add(reference.group(1));
        }
        return names;
    }

    /**
     * A part with values in place of its references.
     *
     * @throws Refusal 400 PROCESSING_HALTED if one has no value
     */
    Subrequest fill(Subrequest part) {
        return new Subrequest(part.method(), text(part.url(), value -> URLEncoder.encode(value, StandardCharsets.UTF_8)
            .replace("+", "%20")), json(part.body()), part.headers(), part.referenceId());
    }

    private JsonNode json(JsonNode json) {
        if (json.isObject()) {
            ObjectNode filled = SandboxSystem.JSON.createObjectNode();
            json.fields().forEachRemaining(entry -> filled.set(entry.getKey(), json(entry.getValue())));
            return filled;
        }
        if (json.isArray()) {
            ArrayNode filled = SandboxSystem.JSON.createArrayNode();
            json.forEach(element -> filled.add(json(element)));
            return filled;
        }
        if (!json.isTextual()) {
            return json;
        }
        Matcher whole = REFERENCE.matcher(json.textValue());
        return whole.matches() ? value(whole) : TextNode.valueOf(text(json.textValue(), UnaryOperator.identity()));
    }

    private String text(String text, UnaryOperator<String> written) {
        return REFERENCE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(written.apply(value(found).asText())));
    }

    private JsonNode value(MatchResult reference) {
        String pointer = reference.group(2).replaceAll("[.\\[]", "/").replace("]", "");
        JsonNode value = answers.containsKey(reference.group(1)) ? answers.get(reference.group(1)).at(pointer) : null;
        if (value == null || value.isMissingNode()) {
            throw new Refusal(400, "PROCESSING_HALTED", "Invalid reference specified. No value for " + reference.group(1)
                + reference.group(2) + " found in " + reference.group(1));
        }
        return value;
    }
}
