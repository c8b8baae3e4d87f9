package io.cosell.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One request to the control address, after its names were checked. Values that can't be read are refused with 400 and a reason.
 *
 * @param path    the parts of the path that vary, by name
 * @param members what was sent: the JSON body, or the query parameters as text
 */
record Asked(Map<String, String> path, ObjectNode members) {

    /** Refuses names that are not declared, and declared ones that are missing or null and do not end in {@code ?}. */
    static void check(Map<String, String> declared, ObjectNode members, String what) {
        if (declared.containsKey(Resource.ANYTHING)) {
            return;
        }
        Set<String> known = declared.keySet().stream().map(Asked::plain).collect(Collectors.toCollection(TreeSet::new));
        Set<String> unknown = new TreeSet<>();
        members.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new ControlRefusal(400, what + " does not take " + String.join(", ", unknown) + ". "
                + (known.isEmpty() ? "It takes nothing." : "It takes " + String.join(", ", declared.keySet()) + "."));
        }
        declared.forEach((name, meaning) -> {
            if (!name.endsWith("?") && !members.hasNonNull(name)) {
                throw new ControlRefusal(400, what + " needs " + name + ": " + meaning + ".");
            }
        });
    }

    private static String plain(String name) {
        return name.endsWith("?") ? name.substring(0, name.length() - 1) : name;
    }

    Optional<JsonNode> member(String name) {
        return Optional.ofNullable(members.get(name)).filter(value -> !value.isNull());
    }

    Optional<String> text(String name) {
        return member(name).map(value -> {
            if (!value.isTextual()) {
                throw wrong(name, value, "a text");
            }
            return value.textValue();
        });
    }

    /** True or false, as JSON or, in a query, as text. */
    Optional<Boolean> flag(String name) {
        return member(name).map(value -> switch (value.asText()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, value, "true or false");
        });
    }

    /** A whole number from a least one, as JSON or, in a query, as text. */
    Optional<Integer> number(String name, int least) {
        return member(name).map(value -> whole(name, value, least));
    }

    /** A list of whole numbers from 1. */
    Optional<List<Integer>> numbers(String name) {
        return member(name).map(value -> {
            if (!value.isArray()) {
                throw wrong(name, value, "a list of whole numbers");
            }
            List<Integer> numbers = new ArrayList<>();
            value.forEach(number -> numbers.add(whole(name, number, 1)));
            return numbers;
        });
    }

    private static int whole(String name, JsonNode value, int least) {
        if (!value.asText().matches("0|[1-9][0-9]{0,8}") || value.asInt() < least) {
            throw wrong(name, value, "a whole number from " + least);
        }
        return Integer.parseInt(value.asText());
    }

    Optional<Instant> time(String name) {
        return parsed(name, Instant::parse, "a UTC time, such as 2027-01-31T12:00:00Z");
    }

    Optional<Duration> duration(String name) {
        return parsed(name, Duration::parse, "a duration as in ISO 8601, such as P14D, PT30M or -PT1H");
    }

    /** One of the constants of an enum, by its name. */
    <E extends Enum<E>> Optional<E> choice(String name, Class<E> kind) {
        return parsed(name, text -> Enum.valueOf(kind, text), "one of "
            + Arrays.stream(kind.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", ")));
    }

    private <T> Optional<T> parsed(String name, Function<String, T> parser, String expected) {
        return text(name).map(text -> {
            try {
                return parser.apply(text);
            } catch (DateTimeParseException | IllegalArgumentException e) {
                throw wrong(name, members.get(name), expected);
            }
        });
    }

    private static ControlRefusal wrong(String name, JsonNode value, String expected) {
        return new ControlRefusal(400, name + " is " + value + ", but must be " + expected + ".");
    }
}
