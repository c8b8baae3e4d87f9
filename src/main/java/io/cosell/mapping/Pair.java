package io.cosell.mapping;

import com.bazaarvoice.jolt.Chainr;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Specs that write a kind of record and the one that reads it, with what stands between them: how the system keeps what is written.
 *
 * @param name         folder and kind, such as {@code dynamics365/opportunity}
 * @param toCrm        whether it writes to the CRM; to Partner Center otherwise
 * @param create       specs that make a new record, one after the other
 * @param update       specs that change one; none if the pair only makes new ones
 * @param read         the spec that reads
 * @param given        operations that make the first spec's input of view and mark
 * @param row          what the system answers for a record in which nothing was filled
 * @param kept         operations that make of {@code document} and {@code out} the members of the row that change
 * @param keepsEmpty   whether the system tells an empty text from none
 * @param declarations what is known not to come back
 */
record Pair(String name, boolean toCrm, List<String> create, List<String> update, String read, Optional<Chainr> given, ObjectNode row,
            Optional<Chainr> kept, boolean keepsEmpty, List<Declaration> declarations) {

    static Pair of(String folder, String name, String file, JsonNode node) {
        List<Declaration> declarations = new ArrayList<>();
        node.path("declared").forEach(one -> declarations.add(Declaration.of(file, one)));
        if (!node.path("read").isTextual() || node.path("create").isEmpty()) {
            throw new IllegalArgumentException(file + ": the pair " + name + " needs create and read: the specs that write and read it.");
        }
        return new Pair(folder + "/" + name, !folder.equals("partner-center"), names(folder, node.path("create")),
            names(folder, node.path("update")), folder + "/" + node.get("read").asText(), chain(file, name, node, "given"),
            node.path("row") instanceof ObjectNode row ? row : Specs.JSON.createObjectNode(), chain(file, name, node, "kept"),
            node.path("keeps-empty-texts").asBoolean(true), List.copyOf(declarations));
    }

    private static List<String> names(String folder, JsonNode specs) {
        List<String> names = new ArrayList<>();
        specs.forEach(spec -> names.add(folder + "/" + spec.asText()));
        return List.copyOf(names);
    }

    private static Optional<Chainr> chain(String file, String name, JsonNode node, String key) {
        return node.has(key) ? Optional.of(Specs.chain(file + ": " + key + " of " + name, node.get(key))) : Optional.empty();
    }

    /** Every spec of the pair. */
    List<String> specs() {
        List<String> specs = new ArrayList<>(create);
        specs.addAll(update);
        specs.add(read);
        return specs;
    }

    /** Whether a field is written to the system of this pair: into new records, and with changes. */
    boolean writes(Field field, boolean update) {
        Field.Travel travel = toCrm ? field.toCrm() : field.toPartnerCenter();
        return travel == Field.Travel.ALWAYS || travel == Field.Travel.CREATE && !update;
    }

    /** Why fields.yaml does not ask for a field to come back; nothing if it does. */
    Optional<String> oneWay(Field field) {
        if (!writes(field, false)) {
            return Optional.of("fields.yaml: " + (toCrm ? "to-crm" : "to-partner-center") + ": never");
        }
        if (!toCrm && field.toCrm() == Field.Travel.NEVER) {
            return Optional.of(field.readable() ? "fields.yaml: to-crm: never" : "fields.yaml: readable: crm");
        }
        return Optional.empty();
    }

    /**
     * What a written view makes of a row.
     *
     * @param made what the last spec made
     * @param row  the row afterwards
     */
    record Written(JsonNode made, ObjectNode row) {
    }

    Written write(Specs specs, List<String> chain, ObjectNode before, JsonNode view, String mark) {
        ObjectNode document = Specs.JSON.createObjectNode().put("mark", mark);
        document.set("view", view);
        JsonNode at = given.map(operations -> Specs.run(operations, "given of " + name, document)).orElse(document);
        for (String spec : chain) {
            at = specs.run(spec, at);
        }
        ObjectNode both = Specs.JSON.createObjectNode();
        both.set("document", document);
        both.set("out", at);
        JsonNode made = at;
        JsonNode changed = kept.map(operations -> Specs.run(operations, "kept of " + name, both)).orElse(made);
        ObjectNode row = before.deepCopy();
        if (changed instanceof ObjectNode members) {
            row.setAll(keepsEmpty ? members : (ObjectNode) withoutEmptyTexts(members));
        }
        return new Written(made, row);
    }

    private static JsonNode withoutEmptyTexts(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(member -> member.setValue(withoutEmptyTexts(member.getValue())));
        }
        return node.isTextual() && node.textValue().isBlank() ? NullNode.getInstance() : node;
    }
}
