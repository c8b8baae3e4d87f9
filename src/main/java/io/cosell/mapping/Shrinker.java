package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing case small: leaves out members and items and shortens texts one by one, as long as it still fails. */
final class Shrinker {

    private static final int MOST_TRIES = 3000;

    private final Predicate<Trip.Case> fails;
    private int tries;

    private Shrinker(Predicate<Trip.Case> fails) {
        this.fails = fails;
    }

    /** The smallest case found; the given one must fail. */
    static Trip.Case shrink(Trip.Case failing, Predicate<Trip.Case> fails) {
        Shrinker shrinker = new Shrinker(fails);
        Trip.Case smallest = failing;
        for (Trip.Case next = shrinker.smaller(smallest); next != null; next = shrinker.smaller(smallest)) {
            smallest = next;
        }
        return smallest;
    }

    /** A smaller case that fails too; null if there is none. */
    private Trip.Case smaller(Trip.Case from) {
        List<Trip.Case> candidates = new ArrayList<>();
        ObjectNode nothing = Specs.JSON.createObjectNode();
        candidates.add(new Trip.Case(from.first(), nothing, from.mark()));
        if (!from.later().isEmpty()) {
            candidates.add(new Trip.Case(from.later(), nothing, from.mark()));
        }
        candidates.add(new Trip.Case(nothing, from.later(), from.mark()));
        candidates.add(new Trip.Case(from.first(), from.later(), ""));
        documents(from.first()).forEach(one -> candidates.add(new Trip.Case((ObjectNode) one, from.later(), from.mark())));
        documents(from.later()).forEach(one -> candidates.add(new Trip.Case(from.first(), (ObjectNode) one, from.mark())));
        return candidates.stream().filter(candidate -> !candidate.equals(from) && tries++ < MOST_TRIES && fails.test(candidate)).findFirst()
            .orElse(null);
    }

    /** Documents that are one step smaller; the larger steps come first. */
    private static List<JsonNode> documents(JsonNode node) {
        List<JsonNode> smaller = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> smaller.add(object.deepCopy().without(name)));
            // Some belong together, such as a status and its substatus.
            names.forEach(name -> names.stream().filter(other -> other.compareTo(name) > 0)
                .forEach(other -> smaller.add(object.deepCopy().without(List.of(name, other)))));
            object.properties().forEach(member -> documents(member.getValue()).forEach(one ->
                smaller.add(object.deepCopy().set(member.getKey(), one))));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                ArrayNode fewer = array.deepCopy();
                fewer.remove(i);
                smaller.add(fewer);
            }
            for (int i = 0; i < array.size(); i++) {
                for (JsonNode one : documents(array.get(i))) {
                    ArrayNode changed = array.deepCopy();
                    changed.set(i, one);
                    smaller.add(changed);
                }
            }
        } else if (node.isTextual() && node.textValue().length() > 1) {
            String text = node.textValue();
            int half = text.offsetByCodePoints(0, Math.max(1, text.codePointCount(0, text.length()) / 2));
            if (half < text.length()) {
                smaller.add(Specs.JSON.valueToTree(text.substring(0, half)));
                smaller.add(Specs.JSON.valueToTree(text.substring(half)));
                smaller.add(Specs.JSON.valueToTree(text.substring(0, text.offsetByCodePoints(text.length(), -1))));
            }
        }
        return smaller;
    }
}
