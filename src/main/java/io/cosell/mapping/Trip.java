package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import io.cosell.plan.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One round trip: a document is written to a new record and read back; then another one is written to the same record. */
final class Trip {

    private static final JsonNode NOTHING = MissingNode.getInstance();
    private static final Pattern FURTHER_ITEM = Pattern.compile("/[1-9]\\d*(?=/|$)");

    private final Specs specs;
    private final Pair pair;
    private final Policy policy;
    private final Documentation documentation = new Documentation();
    private final List<Outcome> outcomes = new ArrayList<>();

    /**
     * What came of one value.
     *
     * @param path    its path; items of lists are {@code 0} or {@code 1-}
     * @param note    in which form it comes back, or why it does not; empty if lossless
     */
    record Outcome(String path, Verdict verdict, String note, JsonNode written, JsonNode back) {
    }

    /** What was written, made and read on the way, for a counterexample. */
    static final class Documentation {
        final Map<String, JsonNode> steps = new LinkedHashMap<>();
    }

    private Trip(Specs specs, Pair pair, Policy policy) {
        this.specs = specs;
        this.pair = pair;
        this.policy = policy;
    }

    /**
     * A case.
     *
     * @param first what a new record is made of
     * @param later what is written to it afterwards; empty for nothing
     * @param mark  the mark before the name
     */
    record Case(ObjectNode first, ObjectNode later, String mark) {
    }

    /** What came of each value; {@code shown} gets what was written, made and read. */
    static List<Outcome> run(Specs specs, Pair pair, Policy policy, Case given, Map<String, JsonNode> shown) {
        Trip trip = new Trip(specs, pair, policy);
        try {
            trip.run(given);
        } catch (Specs.SpecFailure e) {
            trip.outcomes.add(new Outcome("", Verdict.LOSSY, e.getMessage(), NOTHING, NOTHING));
        }
        shown.putAll(trip.documentation.steps);
        return trip.outcomes;
    }

    private void run(Case given) {
        ObjectNode first = travelling(given.first(), false);
        Pair.Written made = pair.write(specs, pair.create(), pair.row(), first, mark(first, given.mark()));
        JsonNode back = read(made.row());
        show("written to a new record", first, made, back);
        compare(first, given.first(), back, NOTHING);
        if (outcomes.stream().anyMatch(outcome -> outcome.verdict() == Verdict.NORMALISED)) {
            stable(first, back, given.mark());
        }
        if (pair.update().isEmpty()) {
            return;
        }
        ObjectNode later = travelling(given.later(), true);
        if (later.isEmpty()) {
            return;
        }
        withoutStepsBack(back, later);
        Pair.Written changed = pair.write(specs, pair.update(), made.row(), later, mark(later, given.mark()));
        JsonNode after = read(changed.row());
        show("then written to it", later, changed, after);
        compare(later, given.later(), after, back);
        rest(later, back, after);
    }

    private void show(String what, JsonNode view, Pair.Written made, JsonNode back) {
        documentation.steps.put(what, view);
        documentation.steps.put((what.startsWith("then") ? "then " : "") + "made by " + last(what.startsWith("then") ? pair.update()
            : pair.create()), made.made());
        documentation.steps.put((what.startsWith("then") ? "then " : "") + "read back by " + pair.read(), back);
    }

    private static String last(List<String> names) {
        return names.get(names.size() - 1);
    }

    private JsonNode read(ObjectNode row) {
        return specs.run(pair.read(), row).path("view");
    }

    /** A record without a name gets no mark. */
    private static String mark(JsonNode view, String mark) {
        return Leaves.isBlank(view.path("name")) ? "" : mark;
    }

    /** The fields that are written, in the form in which the connector hands them over. */
    private ObjectNode travelling(ObjectNode view, boolean update) {
        ObjectNode written = Specs.JSON.createObjectNode();
        policy.fields().stream().filter(field -> (!update || pair.writes(field, true)) && isWhole(field, view)).forEach(field ->
            Leaves.handOver(field, view, written));
        return written;
    }

    /** A reason without a status is none, and an element without its key none either; no system sends them. */
    private static boolean isWhole(Field field, JsonNode view) {
        if (field.type() == Field.Type.STATUS) {
            return field.paths().stream().limit(2).anyMatch(path -> !view.at(path).isMissingNode());
        }
        if (field.type() == Field.Type.LIST) {
            for (JsonNode element : view.at(field.path())) {
                if (Leaves.isBlank(element.path(field.key()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What is closed stays closed, and what is accepted is not offered again: the planner writes neither. */
    private void withoutStepsBack(JsonNode back, ObjectNode later) {
        for (Field field : policy.fields()) {
            if (field.type() == Field.Type.STATUS) {
                String before = back.at(field.path()).asText();
                String now = later.at(field.path()).asText();
                if (before.equals("Closed") || before.equals("Active") && now.equals("New")) {
                    field.paths().forEach(path -> remove(later, path));
                }
            }
        }
    }

    private static void remove(ObjectNode view, String path) {
        int slash = path.lastIndexOf('/');
        if (view.at(path.substring(0, slash)) instanceof ObjectNode parent) {
            parent.remove(path.substring(slash + 1));
        }
    }

    // ---- what was written against what is read

    private void compare(JsonNode written, JsonNode raw, JsonNode back, JsonNode before) {
        for (Field field : policy.fields()) {
            Optional<String> oneWay = pair.oneWay(field);
            // Where nothing comes back, nothing was to; what does come back must be right all the same.
            if (oneWay.isPresent() && Leaves.isBlank(back.at(field.path()))) {
                outcomes.add(new Outcome(field.path(), Verdict.ONE_WAY, oneWay.get(), NOTHING, NOTHING));
            } else if (field.type() == Field.Type.LIST) {
                list(field, written, back);
            } else {
                for (String path : field.paths()) {
                    Leaves.of(path, written.at(path)).forEach((leaf, value) ->
                        leaf(field, leaf, value, raw.at(leaf), back.at(leaf), written, before));
                    if (raw.at(path) instanceof ArrayNode items && back.at(path).size() > items.size()) {
                        lossy(path, "more items come back than were written", raw.at(path), back.at(path));
                    }
                }
            }
        }
    }

    private void list(Field field, JsonNode written, JsonNode back) {
        JsonNode items = written.at(field.path());
        if (items.isMissingNode()) {
            return;
        }
        JsonNode found = back.at(field.path());
        Map<String, JsonNode> byKey = byKey(field, found);
        Map<String, JsonNode> wanted = byKey(field, items);
        if (found.isMissingNode()) {
            verdict(field, field.path(), items, found, written, NOTHING);
        } else if (!byKey.keySet().equals(wanted.keySet())) {
            verdict(field, field.path(), items, found, written, NOTHING);
        } else {
            boolean ordered = List.copyOf(byKey.keySet()).equals(List.copyOf(wanted.keySet())) && wanted.size() == found.size();
            outcomes.add(new Outcome(field.path(), ordered ? Verdict.LOSSLESS : Verdict.NORMALISED,
                ordered ? "" : "items come back in another order, or once instead of twice", items, found));
            List<String> keys = List.copyOf(wanted.keySet());
            wanted.forEach((key, item) -> Leaves.of("", item).forEach((member, value) ->
                leaf(field, field.path() + "/" + keys.indexOf(key) + member, value, value, byKey.get(key).at(member), written, NOTHING)));
        }
    }

    private static Map<String, JsonNode> byKey(Field field, JsonNode items) {
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        items.forEach(item -> byKey.putIfAbsent(item.path(field.key()).asText().strip().toLowerCase(Locale.ROOT), item));
        return byKey;
    }

    private void leaf(Field field, String path, JsonNode value, JsonNode raw, JsonNode back, JsonNode written, JsonNode before) {
        if (Difference.none(raw.isMissingNode() ? value : raw, back)) {
            outcomes.add(new Outcome(general(path), Verdict.LOSSLESS, "", value, back));
        } else if (field.type() == Field.Type.STATUS && field.paths().indexOf(path) == 2) {
            outcomes.add(new Outcome(general(path), Verdict.ONE_WAY, "fields.yaml: the reason of a status is never compared", raw, back));
        } else if (Leaves.same(field, path, value, back)) {
            outcomes.add(new Outcome(general(path), Verdict.NORMALISED, form(raw, back), raw, back));
        } else if (before.isMissingNode() && Leaves.isBlank(value) && !Leaves.isBlank(back)) {
            outcomes.add(new Outcome(general(path), Verdict.NORMALISED, "empty is filled in a new record", raw, back));
        } else {
            verdict(field, path, value, back, written, before.at(path));
        }
    }

    private void verdict(Field field, String path, JsonNode value, JsonNode back, JsonNode written, JsonNode before) {
        for (Declaration declared : pair.declarations()) {
            if (declared.covers(path, written)) {
                Optional<JsonNode> expected = declared.expected(value, before);
                if (declared.isOneWay()) {
                    outcomes.add(new Outcome(general(path), Verdict.ONE_WAY, declared.why(), value, back));
                    return;
                }
                if (expected.isPresent() && (Difference.none(expected.get(), back) || Leaves.same(field, path, expected.get(), back)
                    || Leaves.isBlank(expected.get()) && Leaves.isBlank(back))) {
                    outcomes.add(new Outcome(general(path), Verdict.NORMALISED, declared.why(), value, back));
                    return;
                }
            }
        }
        lossy(path, form(value, back), value, back);
    }

    private void lossy(String path, String note, JsonNode value, JsonNode back) {
        outcomes.add(new Outcome(general(path), Verdict.LOSSY, note, value, back));
    }

    /** What came back in another form must not change again when it is written once more. */
    private void stable(JsonNode first, JsonNode back, String mark) {
        ObjectNode again = Specs.JSON.createObjectNode();
        for (Field field : policy.fields()) {
            ObjectNode own = Specs.JSON.createObjectNode();
            field.paths().stream().filter(path -> !first.at(path).isMissingNode() && !back.at(path).isMissingNode())
                .forEach(path -> Leaves.set(own, path, back.at(path)));
            try {
                if (isWhole(field, own)) {
                    Leaves.handOver(field, own, again);
                }
            } catch (IllegalArgumentException e) {
                // What can't be understood is lost already, and is not written again.
                continue;
            }
        }
        JsonNode second = read(pair.write(specs, pair.create(), pair.row(), again, mark(again, mark)).row());
        List<Outcome> changed = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome.verdict() == Verdict.NORMALISED && !outcome.path().contains("1-")) {
                JsonNode once = back.at(outcome.path());
                JsonNode twice = second.at(outcome.path());
                if (!Leaves.same(fieldOf(outcome.path()), outcome.path(), once, twice)) {
                    changed.add(new Outcome(outcome.path(), Verdict.LOSSY, "changes with every trip: " + form(outcome.written(), once)
                        + ", then " + show(twice), outcome.written(), twice));
                }
            }
        }
        outcomes.addAll(changed);
    }

    private Field fieldOf(String leaf) {
        return policy.fields().stream().filter(field -> field.paths().stream().anyMatch(path -> leaf.equals(path) || leaf.startsWith(path + "/")))
            .findFirst().orElseThrow();
    }

    /** What was not written must stay as it was. */
    private void rest(JsonNode later, JsonNode back, JsonNode after) {
        for (Field field : policy.fields()) {
            boolean whole = field.type() == Field.Type.LIST || field.type() == Field.Type.DOCUMENT || field.type() == Field.Type.STATUS;
            boolean written = field.paths().stream().anyMatch(path -> !later.at(path).isMissingNode());
            for (String path : field.paths()) {
                if (whole && written || !later.at(path).isMissingNode()) {
                    continue;
                }
                if (!Difference.none(back.at(path), after.at(path))) {
                    lossy(path, "changes although only other fields are written: " + form(back.at(path), after.at(path)), back.at(path),
                        after.at(path));
                }
            }
        }
    }

    /** The path with {@code 0} for the first item of a list and {@code 1-} for the others. */
    private static String general(String path) {
        return FURTHER_ITEM.matcher(path).replaceAll("/1-");
    }

    private static String form(JsonNode written, JsonNode back) {
        return show(written) + " comes back as " + show(back);
    }

    static String show(JsonNode value) {
        String text = value.isMissingNode() ? "nothing" : value.toString();
        return text.length() > 60 ? text.substring(0, 50) + "… (" + text.length() + " characters)" : text;
    }
}
