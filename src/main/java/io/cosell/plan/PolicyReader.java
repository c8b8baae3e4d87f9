package io.cosell.plan;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Turns a file of field rules into a {@link Policy} and finds everything that is wrong with it. */
final class PolicyReader {

    private static final YAMLFactory YAML = YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final Map<String, Field.Travel> TRAVELS = words(Field.Travel.values());
    private static final Map<String, Field.Type> TYPES = words(Field.Type.values());

    private final String fileName;
    /** What is wrong, by line and order of finding. */
    private final List<Problem> problems = new ArrayList<>();
    /** The line on which each value stands, by JSON Pointer. */
    private final Map<String, Integer> lines = new HashMap<>();

    private record Problem(int line, String text) {
    }

    PolicyReader(String fileName) {
        this.fileName = fileName;
    }

    Policy read(Reader yaml) {
        Entry root = new Entry(tree(yaml), "");
        List<Field> fields = new ArrayList<>();
        root.entries("fields", true).forEach(entry -> fields.add(field(entry)));
        List<Requirement> requirements = new ArrayList<>();
        root.entries("required-to-share", false).forEach(entry -> requirements.add(requirement(entry)));
        root.noOther();
        checkPaths(root, fields);
        throwProblems();
        return new Policy(fields, requirements);
    }

    private JsonNode tree(Reader yaml) {
        try {
            StringWriter text = new StringWriter();
            yaml.transferTo(text);
            try (JsonParser parser = YAML.createParser(text.toString())) {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    if (token != JsonToken.END_ARRAY && token != JsonToken.END_OBJECT) {
                        lines.putIfAbsent(parser.getParsingContext().pathAsPointer().toString(), parser.currentTokenLocation().getLineNr());
                    }
                }
            }
            return new YAMLMapper(YAML).readTree(text.toString());
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            problems.add(new Problem(line, "is not readable as YAML: " + e.getOriginalMessage().lines().findFirst().orElse("")));
            throw problems();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Field field(Entry entry) {
        String path = entry.pointer("path", true);
        List<String> with = entry.texts("with");
        with.forEach(one -> checkPointer(one, entry, "with"));
        String title = entry.text("title", true);
        Field.Type type = entry.word("type", TYPES, true, Field.Type.TEXT);
        List<String> values = entry.texts("values");
        String key = entry.text("key", false);
        Field.Travel toCrm = entry.word("to-crm", TRAVELS, true, Field.Travel.NEVER);
        Field.Travel toPartnerCenter = entry.word("to-partner-center", TRAVELS, true, Field.Travel.NEVER);
        Map<String, Side> winners = new LinkedHashMap<>();
        winners.put("partner-center", Side.PARTNER_CENTER);
        winners.put("crm", Side.CRM);
        winners.put("none", null);
        Side winner = entry.word("winner", winners, false, null);
        boolean oneWay = entry.flag("one-way");
        boolean readable = entry.word("readable", Map.of("both", true, "crm", false), false, true);
        boolean neverEmpty = entry.word("never-empty", Map.of("partner-center", true), false, false);
        String description = entry.text("description", false);
        entry.noOther();

        if (entry.has("type")) {
            boolean choice = type == Field.Type.CHOICE;
            entry.require(choice == !values.isEmpty(), choice ? "type" : "values",
                choice ? "a choice needs its values" : "only a choice has values");
            boolean list = type == Field.Type.LIST;
            entry.require(list == (key != null), list ? "type" : "key",
                list ? "a list needs a key, the member by which its elements are told apart" : "only a list has a key");
            entry.require(!oneWay || type == Field.Type.SWITCH || choice, "one-way", "only a switch or a choice can be one-way");
            switch (type) {
                case STATUS -> entry.require(with.size() == 1 || with.size() == 2, "with",
                    "a status needs with: its substatus, and after it the reason if there is one");
                case MONEY -> entry.require(with.size() <= 1, "with", "money has one more path at most, its currency");
                default -> entry.require(with.isEmpty(), "with", "only money and status have further paths");
            }
            entry.require(!neverEmpty || type != Field.Type.STATUS && type != Field.Type.SWITCH, "never-empty",
                "a " + word(type) + " is never empty anyway");
            boolean contested = toCrm == Field.Travel.ALWAYS && toPartnerCenter == Field.Travel.ALWAYS
                && type != Field.Type.LIST && type != Field.Type.SWITCH && !oneWay;
            entry.require(!contested || entry.has("winner"), "path",
                "a field that always travels both ways needs a winner: partner-center, crm or none");
        }
        entry.require(readable || toCrm != Field.Travel.ALWAYS && type != Field.Type.STATUS, "readable",
            "a field that cannot be read in Partner Center cannot travel to the CRM, and a status is always readable");
        return new Field(path, with, title, type, values, key, toCrm, toPartnerCenter, winner, oneWay, readable, neverEmpty,
            description == null ? "" : description);
    }

    private Requirement requirement(Entry entry) {
        String path = entry.pointer("path", true);
        String when = entry.pointer("when", false);
        boolean nonZero = entry.flag("non-zero");
        String regex = entry.text("pattern", false);
        String reason = entry.text("reason", true);
        entry.noOther();
        Pattern pattern = null;
        if (regex != null) {
            try {
                pattern = Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                entry.problem("pattern", "\"" + regex + "\" is not a regular expression: " + e.getDescription());
            }
        }
        return new Requirement(path, when, nonZero, pattern, reason);
    }

    /** Each path belongs to one field only, and no field lies inside another, or two rules would decide about one value. */
    private void checkPaths(Entry root, List<Field> fields) {
        Map<String, String> owners = new LinkedHashMap<>();
        int statuses = 0;
        for (int i = 0; i < fields.size(); i++) {
            Entry entry = new Entry(root.node.path("fields").path(i), "/fields/" + i);
            for (String path : fields.get(i).paths()) {
                owners.forEach((other, title) -> {
                    if (path.equals(other)) {
                        entry.problem("path", path + " already belongs to the field \"" + title + "\"");
                    } else if (path.startsWith(other + "/") || other.startsWith(path + "/")) {
                        entry.problem("path", path + " and " + other + " of the field \"" + title + "\" lie inside each other");
                    }
                });
                if (!path.isEmpty()) {
                    owners.put(path, fields.get(i).title());
                }
            }
            if (fields.get(i).type() == Field.Type.STATUS && ++statuses > 1) {
                entry.problem("type", "a deal has one status only");
            }
        }
    }

    private void checkPointer(String pointer, Entry entry, String key) {
        boolean good = pointer.startsWith("/") && Arrays.stream(pointer.substring(1).split("/", -1))
            .allMatch(part -> part.matches("(?:[^~]|~[01])+") && !part.matches("\\d+|-"));
        if (!good) {
            entry.problem(key, "\"" + pointer + "\" is not a JSON Pointer to a member such as /details/dealValue");
        }
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw problems();
        }
    }

    private PolicyException problems() {
        return new PolicyException(problems.stream().sorted(Comparator.comparingInt(Problem::line))
            .map(problem -> fileName + ":" + problem.line() + ": " + problem.text()).toList());
    }

    private static <E extends Enum<E>> Map<String, E> words(E[] constants) {
        Map<String, E> words = new LinkedHashMap<>();
        Arrays.stream(constants).forEach(constant -> words.put(word(constant), constant));
        return words;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** One mapping of the file; remembers which keys were asked for, so that the others can be reported. */
    private final class Entry {
        private final JsonNode node;
        private final String pointer;
        private final Set<String> known = new TreeSet<>();

        Entry(JsonNode node, String pointer) {
            this.node = node;
            this.pointer = pointer;
            if (!node.isObject()) {
                problems.add(new Problem(line(""), "keys with values are expected here"));
            }
        }

        boolean has(String key) {
            return node.has(key);
        }

        List<Entry> entries(String key, boolean required) {
            JsonNode list = get(key, required);
            List<Entry> entries = new ArrayList<>();
            if (list instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    entries.add(new Entry(array.get(i), pointer + "/" + key + "/" + i));
                }
            } else if (list != null) {
                problem(key, key + " must be a list");
            }
            return entries;
        }

        String text(String key, boolean required) {
            JsonNode value = get(key, required);
            if (value != null && (!value.isValueNode() || Views.isBlank(value))) {
                problem(key, key + " must be text");
                return "";
            }
            return value == null ? required ? "" : null : value.asText().strip();
        }

        String pointer(String key, boolean required) {
            String path = text(key, required);
            if (path != null && !path.isEmpty()) {
                checkPointer(path, this, key);
            }
            return path;
        }

        List<String> texts(String key) {
            JsonNode value = get(key, false);
            List<String> texts = new ArrayList<>();
            if (value instanceof ArrayNode array) {
                array.forEach(text -> texts.add(text.asText()));
            }
            if (value != null && (!value.isArray() || texts.stream().anyMatch(String::isBlank))) {
                problem(key, key + " must be a list of texts");
            }
            return texts;
        }

        boolean flag(String key) {
            JsonNode value = get(key, false);
            if (value != null && !value.isBoolean()) {
                problem(key, key + " must be true or false");
            }
            return value != null && value.asBoolean();
        }

        <T> T word(String key, Map<String, T> words, boolean required, T otherwise) {
            JsonNode value = get(key, required);
            if (value == null) {
                return otherwise;
            }
            if (!value.isTextual() || !words.containsKey(value.textValue())) {
                problem(key, key + ": \"" + value.asText() + "\" is unknown; one of "
                    + String.join(", ", new TreeSet<>(words.keySet())) + " is expected");
                return otherwise;
            }
            return words.get(value.textValue());
        }

        void require(boolean holds, String key, String otherwise) {
            if (!holds) {
                problem(key, otherwise);
            }
        }

        void noOther() {
            node.fieldNames().forEachRemaining(name -> {
                if (!known.contains(name)) {
                    problem(name, "unknown key \"" + name + "\"; known here are " + String.join(", ", known));
                }
            });
        }

        void problem(String key, String text) {
            problems.add(new Problem(line("/" + key), text));
        }

        private JsonNode get(String key, boolean required) {
            known.add(key);
            JsonNode value = node.get(key);
            if (value == null && required && node.isObject()) {
                problem(key, key + " is missing");
            }
            return value;
        }

        /** The line of a key, or of the whole entry if it has no such key. */
        private int line(String below) {
            return lines.getOrDefault(pointer + below, lines.getOrDefault(pointer, 1));
        }
    }
}
