package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import io.cosell.plan.Policy;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Makes documents that fit a JSON schema, the same ones for the same seed. Each place of the schema deals its kinds of values (absent, null,
 * empty, each enum value, lists of no, one and many items, long and foreign texts, signs, days at both ends of the time zones, cents, amounts
 * below zero) from a shuffled stack of its own, so that none is left out by chance.
 *
 * <p>Reads of the schema: type, properties, required, items, minItems, maxItems, enum, const, oneOf (one of its members is laid over the
 * object, or none), pattern, minLength, format date-time, minimum, maximum, examples.
 */
final class Documents {

    private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(false);
    private static final int TRIES = 50;
    private static final int LONGEST = 5000;
    /** The end of the characters of Latin-1, the control characters among them. */
    private static final int LATIN = 0x100;
    private static final List<Integer> SIZES = List.of(0, 1, 2, 3, 7);
    private static final List<String> WORDS = List.of("Fabrikam", "Données d'été", "数据平台", "Платформа", "منصة البيانات", "डेटा", "データ基盤",
        "🚀 👩‍💻", "e\u0301\u0302", "00123", "true", "null", "a \"quote\", a \\ and a 'tick'", "{}[]().*+?^$|@#&-_/:,;%", "<b>&amp;</b>", "{{name}}");
    private static final List<String> CURRENCIES = List.of("USD", "EUR", "JPY", "CHF", "KWD");
    private static final List<String> TIMES = List.of("", "T00:00:00Z", "T23:30:00+14:00", "T00:30:00-12:00", "T23:59:59.9999999Z",
        "T00:00:00+05:30");
    private static final List<String> AMOUNTS = List.of("0", "0.01", "0.1", "1", "99.99", "1234567.89", "125000.00", "999999999999.99", "-0.01",
        "-1000000000000.00");
    /** Signs that mean something to JSON, JOLT or regular expressions. */
    private static final String SIGNS = " \"'\\{}[]().*+?^$|@#&-_/:,;\n\t";

    private final JsonNode schema;
    private final Random random;
    private final Map<String, Deque<Integer>> stacks = new HashMap<>();
    private final Map<String, Pattern> patterns = new HashMap<>();

    Documents(JsonNode schema, long seed) {
        this.schema = schema;
        random = new Random(seed);
    }

    /** The next document. */
    ObjectNode next() {
        return (ObjectNode) value(schema, "");
    }

    /** One of the values, each as often as the others. */
    <T> T pick(String place, List<T> values) {
        Deque<Integer> stack = stacks.computeIfAbsent(place + " of " + values.size(), any -> new ArrayDeque<>());
        if (stack.isEmpty()) {
            List<Integer> all = new ArrayList<>(IntStream.range(0, values.size()).boxed().toList());
            Collections.shuffle(all, random);
            stack.addAll(all);
        }
        return values.get(stack.pop());
    }

    /**
     * A schema in which every field of a policy has its place; those that the schema does not describe are described by their type.
     *
     * @param schema what is known of the view beside fields.yaml; left as it is
     */
    static ObjectNode withFields(JsonNode schema, Policy policy) {
        ObjectNode whole = schema.deepCopy();
        for (Field field : policy.fields()) {
            if (field.type() != Field.Type.STATUS) {
                field.paths().forEach(path -> place(whole, path, path.equals(field.path()) ? ofType(field) : currency()));
            }
        }
        return whole;
    }

    private static void place(ObjectNode schema, String path, Optional<ObjectNode> described) {
        String[] names = path.substring(1).split("/");
        ObjectNode at = schema;
        for (int i = 0; i < names.length; i++) {
            ObjectNode properties = at.withObject("/properties");
            if (i == names.length - 1) {
                if (!properties.has(names[i])) {
                    described.ifPresent(one -> properties.set(path.substring(path.lastIndexOf('/') + 1), one));
                }
            } else {
                if (!properties.has(names[i])) {
                    properties.putObject(names[i]).put("type", "object");
                }
                at = (ObjectNode) properties.get(names[i]);
            }
        }
    }

    private static Optional<ObjectNode> ofType(Field field) {
        ObjectNode described = NODES.objectNode();
        ArrayNode types = described.putArray("type");
        switch (field.type()) {
            case TEXT -> types.add("string");
            case MONEY -> types.add("number");
            case DATE -> {
                types.add("string");
                described.put("format", "date-time");
            }
            case SWITCH -> types.add("boolean");
            case CHOICE -> {
                field.values().forEach(described.putArray("enum")::add);
                described.withArray("/enum").addNull();
            }
            default -> {
                return Optional.empty();
            }
        }
        types.add("null");
        return Optional.of(described);
    }

    private static Optional<ObjectNode> currency() {
        ObjectNode described = NODES.objectNode();
        CURRENCIES.forEach(described.putArray("enum")::add);
        return Optional.of(described);
    }

    private JsonNode value(JsonNode schema, String place) {
        if (schema.has("const")) {
            return schema.get("const");
        }
        if (schema.has("enum")) {
            return pick(place, list(schema.get("enum")));
        }
        List<String> types = schema.path("type").isArray() ? list(schema.get("type")).stream().map(JsonNode::asText).toList()
            : List.of(schema.path("type").asText("object"));
        if (types.contains("null") && (types.size() == 1 || pick(place + " null", IntStream.range(0, 6).boxed().toList()) == 0)) {
            return NODES.nullNode();
        }
        return switch (types.get(0)) {
            case "object" -> object(schema, place);
            case "array" -> array(schema, place);
            case "boolean" -> NODES.booleanNode(pick(place, List.of(true, false)));
            case "number", "integer" -> number(schema, place);
            case "string" -> NODES.textNode(schema.path("format").asText().equals("date-time") ? date(place) : text(schema, place));
            default -> throw new IllegalArgumentException("The schema of the view has the type " + types + " at " + place
                + "; it must be object, array, string, number, integer, boolean or null.");
        };
    }

    private ObjectNode object(JsonNode schema, String place) {
        ObjectNode object = NODES.objectNode();
        List<String> required = list(schema.path("required")).stream().map(JsonNode::asText).toList();
        members(object, schema, place, required);
        if (schema.has("oneOf")) {
            List<JsonNode> some = new ArrayList<>(list(schema.get("oneOf")));
            some.add(NODES.objectNode());
            members(object, pick(place + " oneOf", some), place, null);
        }
        return object;
    }

    /** @param required members that are always there; null if all are */
    private void members(ObjectNode object, JsonNode schema, String place, List<String> required) {
        schema.path("properties").properties().forEach(member -> {
            String path = place + "/" + member.getKey();
            if (required == null || required.contains(member.getKey()) || pick(path + " there", List.of(true, true, true, true, false))) {
                object.set(member.getKey(), value(member.getValue(), path));
            }
        });
    }

    private ArrayNode array(JsonNode schema, String place) {
        ArrayNode array = NODES.arrayNode();
        int least = schema.path("minItems").asInt(0);
        int most = schema.path("maxItems").asInt(Integer.MAX_VALUE);
        int size = Math.min(most, Math.max(least, pick(place + " size", SIZES)));
        for (int i = 0; i < size; i++) {
            array.add(value(schema.path("items"), place + "/*"));
        }
        return array;
    }

    private JsonNode number(JsonNode schema, String place) {
        List<Supplier<BigDecimal>> kinds = new ArrayList<>();
        AMOUNTS.forEach(amount -> kinds.add(() -> new BigDecimal(amount)));
        kinds.add(() -> BigDecimal.valueOf(random.nextLong(1_000_000_000_000L), 2));
        kinds.add(() -> BigDecimal.valueOf(random.nextLong(100_000L), 2));
        BigDecimal number = pick(place, kinds).get();
        if (schema.has("minimum")) {
            number = number.max(schema.get("minimum").decimalValue());
        }
        if (schema.has("maximum")) {
            number = number.min(schema.get("maximum").decimalValue());
        }
        return schema.path("type").toString().contains("integer") ? NODES.numberNode(number.toBigInteger()) : NODES.numberNode(number);
    }

    private String date(String place) {
        List<Supplier<LocalDate>> days = List.of(() -> LocalDate.of(2026, 12, 31), () -> LocalDate.of(2027, 1, 1), () -> LocalDate.of(2028, 2, 29),
            () -> LocalDate.of(2000, 1, 1).plusDays(random.nextInt(36_500)));
        return pick(place + " day", days).get() + pick(place + " time", TIMES);
    }

    private String text(JsonNode schema, String place) {
        Pattern pattern = schema.has("pattern") ? patterns.computeIfAbsent(schema.get("pattern").asText(), Pattern::compile) : null;
        int least = schema.path("minLength").asInt(0);
        List<JsonNode> examples = list(schema.path("examples"));
        for (int i = 0; i < TRIES; i++) {
            String text = anyText(place, examples);
            if (text.length() >= least && (pattern == null || pattern.matcher(text).find())) {
                return text;
            }
        }
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("The schema of the view has a pattern at " + place + " that no usual text fits: " + pattern
                + ". Add texts that fit it to its examples.");
        }
        return pick(place + " example", examples).asText();
    }

    private String anyText(String place, List<JsonNode> examples) {
        List<Supplier<String>> kinds = new ArrayList<>();
        kinds.add(() -> "");
        kinds.add(() -> "  " + word(place) + " ");
        kinds.add(() -> word(place) + "\n" + word(place) + "\r\n" + number());
        kinds.add(() -> (word(place) + " ").repeat(1 + random.nextInt(LONGEST / 12)).strip());
        kinds.add(() -> characters(() -> ' ' + random.nextInt(95)));
        kinds.add(() -> characters(() -> SIGNS.charAt(random.nextInt(SIGNS.length()))));
        kinds.add(() -> characters(() -> random.nextInt(random.nextBoolean() ? LATIN : Character.MIN_SURROGATE)));
        kinds.add(() -> "abcdefghijklmnopqrstuvwxyz".substring(0, 1 + random.nextInt(26)));
        kinds.add(() -> word(place) + " " + number());
        kinds.add(() -> word(place) + " " + number());
        examples.forEach(example -> kinds.add(example::asText));
        return pick(place, kinds).get();
    }

    /** Some characters and a letter, so that the text is not blank. */
    private String characters(IntSupplier each) {
        return IntStream.generate(each).limit(1 + random.nextInt(12)).collect(StringBuilder::new, StringBuilder::appendCodePoint,
            StringBuilder::append).append((char) ('a' + random.nextInt(26))).toString();
    }

    private String word(String place) {
        return pick(place + " word", WORDS);
    }

    private int number() {
        return random.nextInt(100_000);
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> list = new ArrayList<>();
        array.forEach(list::add);
        return list;
    }
}
