package io.cosell.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * The schema of Camel's YAML routes, as camel-yaml-dsl brings it, with answers for people.
 *
 * <p>The schema knows most steps as a choice of forms, so that one slip makes dozens of errors, one set for each form it does not fit. Of
 * these only the ones that name the slip are kept: the deepest, and among those unknown names before missing ones before wrong kinds.
 */
final class RouteSchema {

    private static final String FILE = "/schema/camelYamlDsl.json";
    private static final String OR_PLACEHOLDER = "|.*\\{\\{.*)$";

    private static final int MOST_NAMES = 12;

    private final JsonNode definition;
    private final Schema schema;

    private RouteSchema(JsonNode definition) {
        this.definition = definition;
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4).getSchema(definition);
    }

    /** The schema, read once: that takes longer than to check all routes against it. */
    private static final class Once {
        private static final RouteSchema SCHEMA = read();
    }

    static RouteSchema load() {
        return Once.SCHEMA;
    }

    private static RouteSchema read() {
        try (InputStream in = RouteSchema.class.getResourceAsStream(FILE)) {
            JsonNode definition = new ObjectMapper().readTree(in);
            loosen(definition);
            return new RouteSchema(definition);
        } catch (IOException e) {
            throw new UncheckedIOException("The schema of Camel's YAML routes can't be read from its jar", e);
        }
    }

    /** Camel converts scalars, and any of them may be a placeholder; a quoted number or a setting in a flag's place is no mistake. */
    private static void loosen(JsonNode node) {
        if (node.path("deprecated").isBoolean()) {
            ((ObjectNode) node).remove("deprecated"); // no keyword of this draft; the validator would warn of it
        }
        if (node instanceof ObjectNode object && object.path("type").isTextual()) {
            switch (object.path("type").asText()) {
                case "string" -> {
                    object.putArray("type").add("string").add("number").add("boolean");
                    JsonNode words = object.remove("enum");
                    if (words != null) {
                        object.put("pattern", "^(" + StreamSupport.stream(words.spliterator(), false)
                                .map(word -> Pattern.quote(word.asText())).collect(Collectors.joining("|")) + OR_PLACEHOLDER);
                    }
                }
                case "boolean" -> {
                    object.putArray("type").add("boolean").add("string");
                    object.put("pattern", "^(true|false" + OR_PLACEHOLDER);
                }
                case "number", "integer" -> {
                    object.putArray("type").add("number").add("string");
                    object.put("pattern", "^(-?[0-9.]+" + OR_PLACEHOLDER);
                }
                default -> {
                    // objects and lists are what they are
                }
            }
        }
        node.forEach(RouteSchema::loosen);
    }

    /** What is wrong with a file of routes, one finding for each slip. */
    List<Finding> check(YamlFile file) {
        List<Error> errors = schema.validate(file.data());
        Map<NodePath, List<Error>> byPlace = new LinkedHashMap<>();
        errors.forEach(error -> byPlace.computeIfAbsent(error.getInstanceLocation(), place -> new ArrayList<>()).add(error));
        List<Finding> findings = new ArrayList<>();
        byPlace.forEach((place, here) -> {
            int best = here.stream().mapToInt(RouteSchema::rank).min().orElseThrow();
            boolean explainedBelow = best > 1 && byPlace.keySet().stream().anyMatch(other -> isBelow(other, place));
            if (!explainedBelow) {
                Comparator<Error> byText = Comparator.comparing(Error::getMessage);
                List<Error> kept = here.stream().filter(error -> rank(error) == best).sorted(byText).toList();
                // Unknown and missing names are each a slip of their own; other errors of one rank tell the same one again.
                kept.stream().limit(best > 1 ? 1 : kept.size()).map(error -> finding(file, error)).distinct().forEach(findings::add);
            }
        });
        return findings;
    }

    private static int rank(Error error) {
        boolean alternative = isAlternative(error);
        return switch (error.getKeyword()) {
            case "additionalProperties" -> 0;
            case "required" -> alternative ? 3 : 1;
            case "oneOf", "anyOf", "not" -> 4;
            default -> 2;
        };
    }

    /** True for an error that only says that one of several forms does not fit. */
    private static boolean isAlternative(Error error) {
        NodePath path = error.getEvaluationPath();
        int count = path.getNameCount();
        return count >= 3 && path.getElement(count - 2) instanceof Integer && List.of("oneOf", "anyOf").contains(path.getName(count - 3));
    }

    private static boolean isBelow(NodePath path, NodePath ancestor) {
        return path.getNameCount() > ancestor.getNameCount() && path.startsWith(ancestor);
    }

    private Finding finding(YamlFile file, Error error) {
        if (error.getInstanceLocation().getNameCount() == 0) {
            return Finding.error(file.name(), 1, "this is not a list of routes", "begin the file with \"- route:\"");
        }
        List<Object> path = new ArrayList<>(IntStream.range(0, error.getInstanceLocation().getNameCount())
                .mapToObj(i -> error.getInstanceLocation().getElement(i)).toList());
        String where = path.stream().filter(String.class::isInstance).map(String.class::cast).reduce((first, last) -> last)
                .map(name -> name + ": ").orElse("");
        return switch (rank(error)) {
            case 0 -> {
                path.add(error.getProperty());
                List<String> known = knownNames(error);
                String otherwise = known.size() > MOST_NAMES || known.isEmpty() ? "see Camel's YAML DSL for what is"
                        : "known are " + String.join(", ", known);
                yield Finding.error(file.name(), file.line(path), where + "\"" + error.getProperty() + "\" is not known here",
                        Names.didYouMean(error.getProperty(), known, otherwise));
            }
            case 1 -> Finding.error(file.name(), file.line(path), where + "\"" + error.getProperty() + "\" is missing", "add it");
            case 2 -> Finding.error(file.name(), file.line(path), where + wrongValue(error), "see Camel's YAML DSL for what this takes");
            default -> Finding.error(file.name(), file.line(path), where + "something is missing, or there is too much of it",
                    "see Camel's YAML DSL for what this takes");
        };
    }

    private static String wrongValue(Error error) {
        JsonNode value = error.getInstanceNode();
        if (value == null || value.isNull()) {
            return "the value is missing";
        }
        return value.isValueNode() ? "\"" + value.asText() + "\" can't stand here"
                : value.isArray() ? "a list can't stand here" : error.getMessage().replaceAll("\\s+", " ");
    }

    /** The names the schema knows in the place of an unknown one. */
    private List<String> knownNames(Error error) {
        String pointer = error.getSchemaLocation().getFragment().toString();
        JsonNode properties = definition.at(pointer.substring(0, pointer.lastIndexOf('/'))).path("properties");
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
