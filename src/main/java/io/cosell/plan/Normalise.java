package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The canonical form of values, so that two ways of writing the same thing are never taken for a change.
 *
 * <ul>
 * <li>text: line ends are LF, blanks around it are gone, blank is empty
 * <li>money: a number or a numeric string, compared by value; currency three capital letters; without an amount it is empty
 * <li>date: the calendar date in UTC, written {@code YYYY-MM-DDT00:00:00Z}; from a plain date or a date-time with an offset
 * <li>status: one of the pairs of contract partner-center 2.3, New/Received being New/Pending
 * <li>switch: true or false, also from "Yes" and "No"; empty is false
 * <li>choice: one of the given values without regard to case
 * <li>list: the set of its elements' keys, without regard to case and order; other members are carried, not compared
 * <li>document: as a whole, empty members left out, numbers by value
 * </ul>
 */
public final class Normalise {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** RFC 3339, and the offset without a colon that some systems write. */
    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
        .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendPattern("[XXX][XX]").toFormatter(Locale.ROOT);
    /** More digits than any amount of money has; without a limit "1E999999999" would be written out in full. */
    private static final int MOST_DIGITS = 30;

    private Normalise() {
    }

    /** A value that cannot be understood; the message says what is expected. */
    static final class BadValue extends Exception {
        private final transient JsonNode value;

        BadValue(JsonNode value, String expected) {
            super(expected);
            this.value = value;
        }

        JsonNode value() {
            return value;
        }
    }

    /**
     * The canonical form of one field of a view, as a view that holds this field only.
     *
     * @param field the field
     * @param view  the document to read it from; an absent member counts as empty
     * @throws IllegalArgumentException if the value cannot be understood; the message says what is expected
     */
    public static JsonNode canonical(Field field, JsonNode view) {
        try {
            ObjectNode result = NODES.objectNode();
            read(field, view, field.comparedPaths()).members().forEach((path, value) -> Views.set(result, path, value));
            return result;
        } catch (BadValue e) {
            throw new IllegalArgumentException(field.title() + ": " + e.value() + " is not " + e.getMessage(), e);
        }
    }

    /** Whether a CRM holds a field, as its view shows. */
    public static boolean isHeld(Field field, JsonNode crm) {
        return !held(field, crm).isEmpty();
    }

    /**
     * Whether a field is the same in two views, in what the CRM's view holds of it. A value that can't be understood is not.
     *
     * @param field the field
     * @param view  any view; an absent member counts as empty
     * @param crm   the CRM's view
     */
    public static boolean isSame(Field field, JsonNode view, JsonNode crm) {
        try {
            List<String> held = held(field, crm);
            return held.isEmpty() || read(field, view, held).same(read(field, crm, held));
        } catch (BadValue e) {
            return false;
        }
    }

    /** The compared paths of a field that a CRM's view holds; none of them means that this CRM does not have the field. */
    static List<String> held(Field field, JsonNode crm) {
        List<String> held = field.comparedPaths().stream().filter(path -> !Views.at(crm, path).isMissingNode()).toList();
        // Half a status means nothing, so it is read as a whole and found wanting.
        return field.type() == Field.Type.STATUS && !held.isEmpty() ? field.comparedPaths() : held;
    }

    /** Reads a field, of which only {@code paths} are looked at; an absent member counts as empty. */
    static Value read(Field field, JsonNode view, List<String> paths) throws BadValue {
        JsonNode node = Views.valueAt(view, paths.get(0));
        return switch (field.type()) {
            case TEXT -> {
                String text = text(node);
                yield Value.of(text, paths.get(0), textNode(text));
            }
            case MONEY -> money(field, view, paths);
            case DATE -> date(node, paths.get(0));
            case STATUS -> status(field, node, Views.valueAt(view, paths.get(1)));
            case SWITCH -> {
                boolean on = on(node);
                yield Value.of(on, paths.get(0), NODES.booleanNode(on));
            }
            case CHOICE -> {
                String choice = choice(field, node);
                yield Value.of(choice, paths.get(0), textNode(choice));
            }
            case LIST -> list(field, elements(field, node).values());
            case DOCUMENT -> {
                JsonNode pruned = prune(node);
                yield Value.of(pruned, paths.get(0), pruned == null ? NODES.nullNode() : node);
            }
        };
    }

    /** A status as a field's value. */
    static Value status(Field field, Status status) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        members.put(field.comparedPaths().get(0), NODES.textNode(status.status()));
        members.put(field.comparedPaths().get(1), NODES.textNode(status.substatus()));
        return new Value(status, members);
    }

    /** A list as a field's value; its elements are known to have keys. */
    static Value list(Field field, Iterable<JsonNode> elements) {
        ArrayNode array = NODES.arrayNode();
        LinkedHashSet<String> keys = new LinkedHashSet<>();
        elements.forEach(element -> {
            array.add(element);
            keys.add(element.get(field.key()).asText().strip().toLowerCase(Locale.ROOT));
        });
        return Value.of(keys, field.path(), array);
    }

    /** The elements of a list by their canonical keys, in their order; of two with the same key the first. */
    static Map<String, JsonNode> elements(Field field, JsonNode list) throws BadValue {
        Map<String, JsonNode> elements = new LinkedHashMap<>();
        if (list.isNull()) {
            return elements;
        }
        if (!list.isArray()) {
            throw new BadValue(list, "a list");
        }
        for (JsonNode element : list) {
            JsonNode key = element.path(field.key());
            if (!key.isValueNode() || Views.isBlank(key)) {
                throw new BadValue(element, "an object with the member \"" + field.key() + "\"");
            }
            elements.putIfAbsent(key.asText().strip().toLowerCase(Locale.ROOT), element);
        }
        return elements;
    }

    private static Value money(Field field, JsonNode view, List<String> paths) throws BadValue {
        List<Object> key = new ArrayList<>();
        Map<String, JsonNode> members = new LinkedHashMap<>();
        boolean amountMissing = false;
        for (String path : paths) {
            JsonNode node = Views.valueAt(view, path);
            if (path.equals(field.path())) {
                BigDecimal amount = amount(node);
                key.add(amount);
                members.put(path, amountNode(amount));
                amountMissing = amount == null;
            } else {
                String currency = currency(node);
                key.add(currency);
                members.put(path, textNode(currency));
            }
        }
        boolean empty = amountMissing || key.stream().allMatch(Objects::isNull);
        return new Value(empty ? null : key, members);
    }

    private static BigDecimal amount(JsonNode node) throws BadValue {
        if (Views.isBlank(node)) {
            return null;
        }
        if (!node.isNumber() && !node.isTextual()) {
            throw new BadValue(node, "an amount such as 1500.00");
        }
        try {
            BigDecimal amount = new BigDecimal(node.asText().strip()).stripTrailingZeros();
            if (amount.precision() > MOST_DIGITS || Math.abs((long) amount.scale()) > MOST_DIGITS) {
                throw new BadValue(node, "an amount such as 1500.00");
            }
            return amount.scale() < 0 ? amount.setScale(0) : amount;
        } catch (NumberFormatException e) {
            throw new BadValue(node, "an amount such as 1500.00");
        }
    }

    /** The node that a parser would make of the number, so that whole amounts are equal to parsed ones. */
    private static JsonNode amountNode(BigDecimal amount) {
        if (amount == null) {
            return NODES.nullNode();
        }
        if (amount.scale() > 0 || amount.precision() > 18) {
            return NODES.numberNode(amount);
        }
        long whole = amount.longValueExact();
        return whole == (int) whole ? NODES.numberNode((int) whole) : NODES.numberNode(whole);
    }

    private static String currency(JsonNode node) throws BadValue {
        String currency = text(node);
        if (currency == null) {
            return null;
        }
        String upper = currency.toUpperCase(Locale.ROOT);
        if (!upper.matches("[A-Z]{3}")) {
            throw new BadValue(node, "a currency code of three letters such as USD");
        }
        return upper;
    }

    private static Value date(JsonNode node, String path) throws BadValue {
        String text = text(node);
        if (text == null) {
            return Value.of(null, path, NODES.nullNode());
        }
        try {
            LocalDate date = text.indexOf('T') < 0 ? LocalDate.parse(text)
                : OffsetDateTime.parse(text, DATE_TIME).withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
            return Value.of(date, path, NODES.textNode(date + "T00:00:00Z"));
        } catch (DateTimeException e) {
            throw new BadValue(node, "a date such as 2026-01-31, or a date and time with its offset such as 2026-01-31T00:00:00Z");
        }
    }

    private static Value status(Field field, JsonNode status, JsonNode substatus) throws BadValue {
        JsonNode both = NODES.textNode(words(status) + "/" + words(substatus));
        return status(field, Status.of(text(status), text(substatus)).orElseThrow(() -> new BadValue(both,
            "a status with its substatus: New/Pending, New/Received, Active/Accepted, "
                + "or Closed with Won, Lost, Declined, Expired or Error")));
    }

    private static String words(JsonNode node) {
        return Views.isBlank(node) ? "(empty)" : node.asText();
    }

    private static boolean on(JsonNode node) throws BadValue {
        if (Views.isBlank(node)) {
            return false;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return switch (node.asText().strip().toLowerCase(Locale.ROOT)) {
            case "yes", "true" -> true;
            case "no", "false" -> false;
            default -> throw new BadValue(node, "Yes or No");
        };
    }

    private static String choice(Field field, JsonNode node) throws BadValue {
        String text = text(node);
        if (text == null) {
            return null;
        }
        return field.values().stream().filter(text::equalsIgnoreCase).findFirst()
            .orElseThrow(() -> new BadValue(node, "one of " + String.join(", ", field.values())));
    }

    private static String text(JsonNode node) throws BadValue {
        if (node.isContainerNode()) {
            throw new BadValue(node, "plain text");
        }
        String text = node.isNull() ? "" : node.asText().replace("\r\n", "\n").replace('\r', '\n').strip();
        return text.isEmpty() ? null : text;
    }

    private static JsonNode textNode(String text) {
        return text == null ? NODES.nullNode() : NODES.textNode(text);
    }

    /** A document without its empty members, texts and numbers in one spelling; null if nothing is left. */
    private static JsonNode prune(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode pruned = NODES.objectNode();
            object.properties().forEach(member -> {
                JsonNode value = prune(member.getValue());
                if (value != null) {
                    pruned.set(member.getKey(), value);
                }
            });
            return pruned.isEmpty() ? null : pruned;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode pruned = NODES.arrayNode();
            array.forEach(element -> {
                JsonNode value = prune(element);
                if (value != null) {
                    pruned.add(value);
                }
            });
            return pruned.isEmpty() ? null : pruned;
        }
        if (node.isNumber()) {
            return NODES.numberNode(node.decimalValue().stripTrailingZeros());
        }
        if (Views.isBlank(node)) {
            return null;
        }
        return node.isTextual() ? NODES.textNode(node.textValue().replace("\r\n", "\n").replace('\r', '\n').strip()) : node;
    }
}
