package io.cosell.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.Connector;
import io.cosell.conformance.Check.Outcome;
import io.cosell.lane.LaneFailure;
import io.cosell.plan.Field;
import io.cosell.plan.Normalise;
import io.cosell.plan.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What all checks share: the verbs, the sample, the rules of the fields, and the book of what was found. */
final class Suite {

    static final String OPPORTUNITY = "opportunity";
    static final String LEAD = "lead";

    final Connector connector;
    final Verbs verbs;
    final Watch watch;
    final Sample sample;
    private final Consumer<Check> told;
    private final List<Check> checks = new ArrayList<>();
    /** Records that were made, by id. */
    private final Map<String, String> made = new LinkedHashMap<>();
    private final Set<String> closed = new LinkedHashSet<>();

    Suite(Connector connector, Watch watch, Sample sample, Consumer<Check> told) {
        this.connector = connector;
        this.verbs = new Verbs(connector.camel());
        this.watch = watch;
        this.sample = sample;
        this.told = told;
    }

    /** Something to try. */
    @FunctionalInterface
    interface Trial {
        /** Returns what is worth knowing of a success; empty for nothing. */
        String run();
    }

    /** What was tried did not hold. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /** The CRM does not have what a check is about. */
    static final class NotApplicable extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotApplicable(String message) {
            super(message);
        }
    }

    /** Tries something, and keeps how it went. */
    void check(String verb, String tried, Trial trial) {
        Outcome outcome = Outcome.FAILED;
        String reason;
        try {
            reason = trial.run();
            outcome = Outcome.PASSED;
        } catch (NotApplicable e) {
            reason = e.getMessage();
            outcome = Outcome.NOT_APPLICABLE;
        } catch (Failed e) {
            reason = e.getMessage();
        } catch (LaneFailure e) {
            reason = name(e) + ": " + e.getMessage();
        } catch (RuntimeException e) {
            reason = e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        Check check = new Check(verb, tried, outcome, reason, Verbs.words(verbs.take()));
        checks.add(check);
        told.accept(check);
    }

    List<Check> checks() {
        return checks;
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new Failed(otherwise);
        }
    }

    static void applies(boolean applies, String otherwise) {
        if (!applies) {
            throw new NotApplicable(otherwise);
        }
    }

    static void equal(String what, Object expected, Object found) {
        require(Objects.equals(expected, found), what + " is " + found + " instead of " + expected + ".");
    }

    /** Requires that something ends with a failure of this kind, and returns it. */
    static <F extends LaneFailure> F fails(Class<F> kind, Runnable what) {
        try {
            what.run();
        } catch (LaneFailure failure) {
            require(kind.isInstance(failure), "It ended as " + name(failure) + " instead of " + kind.getSimpleName() + ": "
                + failure.getMessage());
            return kind.cast(failure);
        }
        throw new Failed("It was done, instead of ending as " + kind.getSimpleName() + ".");
    }

    static String name(LaneFailure failure) {
        return failure.getClass().getSimpleName();
    }

    // ---- the verbs, as flows use them

    JsonNode find(Map<String, Object> body) {
        return verbs.use("crm-find", body);
    }

    /** As make-record does it: look first, then make. */
    JsonNode make(String kind, String referralId, JsonNode view) {
        return make(kind, referralId, view, true);
    }

    JsonNode make(String kind, String referralId, JsonNode view, boolean sync) {
        Map<String, Object> deal = new LinkedHashMap<>(Map.of("kind", kind, "view", view, "mark", mark(), "audit", "Made by the conformance suite.",
            "referralId", referralId, "referralLink", "https://partner.microsoft.com/referrals/v2/inbox?id=" + referralId, "sync", sync));
        JsonNode found = find(deal);
        JsonNode record = verbs.use("customize", deal, Map.of("found", Verbs.copy(found)));
        made(record);
        return record;
    }

    /** The mark before names, where the settings ask for one. */
    String mark() {
        return connector.settings().isYes("cosell.show-check-mark-in-name") ? "✔ " : "";
    }

    private void made(JsonNode record) {
        String id = record.path("id").asText();
        if (!id.isEmpty()) {
            made.put(id, record.path("kind").asText());
            watch.add(id);
        }
    }

    JsonNode read(JsonNode record) {
        return read(record.path("kind").asText(), record.path("id").asText());
    }

    JsonNode read(String kind, String id) {
        return verbs.use("crm-read", Map.of("kind", kind, "id", id));
    }

    /** A change, as {@code synchronise} asks for it. */
    static Map<String, Object> change(JsonNode record, JsonNode view) {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("kind", record.path("kind").asText());
        change.put("id", record.path("id").asText());
        change.put("etag", record.path("etag").isMissingNode() || record.path("etag").isNull() ? null : record.path("etag").asText());
        change.put("solutions", record.path("solutions").isMissingNode() ? List.of() : record.path("solutions"));
        change.put("view", view);
        return change;
    }

    JsonNode update(JsonNode record, JsonNode view) {
        return update(change(record, view), Map.of());
    }

    JsonNode update(Map<String, Object> change, Map<String, Object> variables) {
        JsonNode updated = verbs.use("crm-update", change, variables);
        made(updated);
        return updated;
    }

    // ---- fields

    /** The fields that go into a new record and are part of its sample. */
    List<Field> fieldsAtCreation(JsonNode view) {
        return connector.planning().policy().fields().stream()
            .filter(field -> field.creates(Side.CRM) && !view.at(field.path()).isMissingNode()).toList();
    }

    /** The fields whose changes go to the CRM. */
    List<Field> fieldsThatTravel() {
        return connector.planning().policy().fields().stream().filter(field -> field.updates(Side.CRM)).toList();
    }

    /** Requires that a record holds the same as a view; documents are compared in the members that both have. */
    static void holds(Field field, JsonNode view, JsonNode record) {
        JsonNode found = record.path("view");
        boolean same = field.type() == Field.Type.DOCUMENT ? isPart(found.at(field.path()), view.at(field.path()))
            : Normalise.isSame(field, view, found);
        require(same, field.title() + " was given as " + words(field, view) + " and is read as " + words(field, found) + ".");
    }

    private static String words(Field field, JsonNode view) {
        return field.paths().stream().map(view::at).filter(value -> !value.isMissingNode()).map(JsonNode::toString)
            .collect(Collectors.joining(" ", "", ""));
    }

    /** Whether each value of a document is the one of another, as far as that has one there. */
    private static boolean isPart(JsonNode part, JsonNode whole) {
        if (part.isContainerNode() && part.getNodeType() == whole.getNodeType()) {
            if (part.isArray()) {
                for (int i = 0; i < part.size(); i++) {
                    if (!isPart(part.get(i), whole.path(i))) {
                        return false;
                    }
                }
                return true;
            }
            return part.properties().stream().allMatch(member -> isPart(member.getValue(), whole.path(member.getKey())));
        }
        return whole.isMissingNode() || part.equals(whole);
    }

    static boolean isHeld(Field field, JsonNode record) {
        return field.type() == Field.Type.DOCUMENT ? !record.path("view").at(field.path()).isMissingNode()
            : Normalise.isHeld(field, record.path("view"));
    }

    /** Requires that a record is as it was, in everything that travels. */
    void isUnchanged(JsonNode before, JsonNode after) {
        equal("The version tag", before.path("etag"), after.path("etag"));
        for (Field field : fieldsThatTravel()) {
            if (isHeld(field, before)) {
                holds(field, before.path("view"), after);
            }
        }
    }

    /** A view of one field. */
    static ObjectNode only(Field field, JsonNode view) {
        ObjectNode only = Verbs.JSON.createObjectNode();
        for (String path : field.paths()) {
            JsonNode value = view.at(path);
            if (!value.isMissingNode()) {
                int last = path.lastIndexOf('/');
                ObjectNode parent = only;
                for (String step : path.substring(1, Math.max(1, last)).split("/")) {
                    parent = step.isEmpty() ? parent : parent.withObject("/" + step);
                }
                parent.set(path.substring(last + 1), value);
            }
        }
        return only;
    }

    // ---- the end

    void isClosed(JsonNode record) {
        closed.add(record.path("id").asText());
    }

    /** Closes what is still open; verbs can't delete. Returns what is left, in words. */
    List<String> cleanUp() {
        List<String> left = new ArrayList<>();
        made.forEach((id, kind) -> {
            String state = closed.contains(id) ? "closed" : close(kind, id);
            left.add(kind + " " + id + " (" + state + ")");
        });
        verbs.take();
        return left;
    }

    private String close(String kind, String id) {
        try {
            JsonNode record = read(kind, id);
            if (!record.path("id").asText().equals(id)) {
                return "it has become an opportunity";
            }
            if (!record.path("status").asText().equals("Closed")) {
                update(record, Verbs.JSON.createObjectNode().put("status", "Closed").put("substatus", "Lost"));
            }
            return "closed";
        } catch (LaneFailure e) {
            return "still open: " + e.getMessage();
        }
    }
}
