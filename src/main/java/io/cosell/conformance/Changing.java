package io.cosell.conformance;

import static io.cosell.conformance.Suite.OPPORTUNITY;
import static io.cosell.conformance.Suite.applies;
import static io.cosell.conformance.Suite.equal;
import static io.cosell.conformance.Suite.fails;
import static io.cosell.conformance.Suite.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.lane.LaneFailure;
import io.cosell.lane.NotFoundFailure;
import io.cosell.lane.RefusedFailure;
import io.cosell.lane.StaleFailure;
import io.cosell.plan.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks of {@code crm-update}: each field, the guard, solutions, what the seller is told, how a deal ends and how it is accepted. */
final class Changing {

    private static final String VERB = "crm-update";
    private static final String NO_CURRENCY = "XXX";

    private final Suite suite;
    private JsonNode record;

    /** @param record an open opportunity that was just read */
    Changing(Suite suite, JsonNode record) {
        this.suite = suite;
        this.record = record;
    }

    void check(Kinds kinds) {
        for (Field field : suite.fieldsThatTravel()) {
            if (field.type() != Field.Type.STATUS) {
                suite.check(VERB, "changes one field and leaves the others: " + field.title(), () -> changeOne(field));
            }
        }
        empty();
        solutions();
        tell();
        nothing();
        guard();
        refuse();
        end("Won", "Won");
        end("Lost", "Lost");
        end("Declined", null);
        for (String kind : kinds.kindsOfNew()) {
            accept(kind, kinds.typeOf(kind));
            decline(kind);
        }
        leads(kinds);
    }

    private String changeOne(Field field) {
        applies(Suite.isHeld(field, record), "The CRM does not hold it.");
        JsonNode before = suite.read(record);
        ObjectNode change = Suite.only(field, other(field, before.path("view")));
        JsonNode answer = suite.update(before, change);
        Suite.holds(field, change, answer);
        JsonNode read = suite.read(record);
        Suite.holds(field, change, read);
        require(!before.path("etag").equals(read.path("etag")), "The version tag did not change with the record.");
        for (Field other : suite.fieldsThatTravel()) {
            if (other != field && Suite.isHeld(other, before)) {
                Suite.holds(other, before.path("view"), read);
            }
        }
        record = read;
        return "";
    }

    /** A view in which a field has another value. */
    private JsonNode other(Field field, JsonNode view) {
        ObjectNode other = view.deepCopy();
        int last = field.path().lastIndexOf('/');
        ObjectNode parent = last == 0 ? other : (ObjectNode) other.at(field.path().substring(0, last));
        String name = field.path().substring(last + 1);
        switch (field.type()) {
            case TEXT -> parent.put(name, name.equals("name") ? suite.sample.name() : Sample.PREFIX + " 2");
            case MONEY -> parent.put(name, parent.path(name).decimalValue().add(java.math.BigDecimal.valueOf(1050)));
            case DATE -> parent.put(name, "2031-06-30T00:00:00Z");
            case SWITCH -> parent.put(name, !parent.path(name).asBoolean());
            case LIST -> parent.set(name, Sample.solutions(Sample.SOLUTION, Sample.OTHER_SOLUTION));
            case CHOICE -> parent.put(name, field.values().get(field.values().size() - 1));
            default -> throw new Suite.NotApplicable("What another value of it would be is not known here.");
        }
        return other;
    }

    private void empty() {
        suite.check(VERB, "null empties a text; lines and letters of other scripts come back as they went", () -> {
            Field notes = suite.fieldsThatTravel().stream().filter(field -> field.type() == Field.Type.TEXT
                && !field.neverEmpty() && Suite.isHeld(field, record)).findFirst().orElseThrow(() ->
                new Suite.NotApplicable("The CRM holds no text that may be empty."));
            ObjectNode change = Suite.only(notes, record.path("view"));
            ObjectNode parent = (ObjectNode) change.at(notes.path().substring(0, notes.path().lastIndexOf('/')));
            String name = notes.path().substring(notes.path().lastIndexOf('/') + 1);
            parent.put(name, "Größe & \"Ziel\" <b>\n次の行 – третья");
            Suite.holds(notes, change, suite.update(suite.read(record), change));
            parent.putNull(name);
            record = suite.update(suite.read(record), change);
            Suite.holds(notes, change, record);
            require(record.path("view").at(notes.path()).isNull(), notes.title() + " is emptied, but it is read as absent, not as null: it would "
                + "not be compared any more.");
            parent.put(name, "Made by the conformance suite; it may be deleted.");
            record = suite.update(suite.read(record), change);
            return "";
        });
    }

    private void solutions() {
        suite.check(VERB, "adds a solution and takes one out, by the rows as read", () -> {
            Field list = suite.fieldsThatTravel().stream().filter(field -> field.type() == Field.Type.LIST).findFirst().orElseThrow(() ->
                new Suite.NotApplicable("No list travels."));
            applies(Suite.isHeld(list, record), "The CRM does not hold solutions.");
            require(record.path("solutions").isArray(), "The record has no solutions, as rows.");
            solutions(list, Sample.SOLUTION, Sample.OTHER_SOLUTION);
            solutions(list, Sample.OTHER_SOLUTION);
            solutions(list, Sample.SOLUTION);
            return "";
        });
    }

    private void solutions(Field list, String... wanted) {
        ObjectNode view = suite.sample.view("Active", "Accepted");
        ((ObjectNode) view.at("/details/requirements")).set("solutions", Sample.solutions(wanted));
        record = suite.update(suite.read(record), Suite.only(list, view));
        Suite.holds(list, view, record);
        List<String> rows = new ArrayList<>();
        record.path("solutions").forEach(row -> rows.add(row.path("id").asText()));
        require(rows.size() == wanted.length && rows.containsAll(List.of(wanted)), "The rows of solutions are " + rows + " instead of "
            + List.of(wanted) + ".");
    }

    private void tell() {
        suite.check(VERB, "writes identifier, link, switch, audit text and mark, without a field of the deal", () -> {
            JsonNode before = suite.read(record);
            String referral = Sample.referralId();
            Map<String, Object> change = Suite.change(before, Verbs.JSON.createObjectNode().set("name", before.path("view").path("name")));
            change.putAll(Map.of("mark", "✖ ", "audit", "First line.\nSecond line: äöü ✔", "referralId", referral, "referralLink",
                "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral, "sync", true));
            record = suite.update(change, Map.of());
            equal("displayName", "✖ " + before.path("view").path("name").asText(), record.path("displayName").asText());
            equal("The name in the view", before.path("view").path("name"), record.path("view").path("name"));
            equal("audit", "First line.\nSecond line: äöü ✔", record.path("audit").asText().replace("\r\n", "\n"));
            equal("sync", true, record.path("sync").asBoolean());
            applies(record.has("referralId"), "The CRM keeps no identifier; all else was written.");
            equal("referralId", referral, record.path("referralId").asText());
            return "";
        });
    }

    private void nothing() {
        suite.check(VERB, "what is absent is not touched", () -> {
            JsonNode before = suite.read(record);
            Map<String, Object> change = Suite.change(before, Verbs.JSON.createObjectNode());
            change.put("mark", "");
            change.put("audit", "Only this changes.");
            record = suite.update(change, Map.of());
            for (Field field : suite.fieldsThatTravel()) {
                if (Suite.isHeld(field, before)) {
                    Suite.holds(field, before.path("view"), record);
                }
            }
            equal("sync", before.path("sync"), record.path("sync"));
            equal("referralId", before.path("referralId"), record.path("referralId"));
            equal("audit", "Only this changes.", record.path("audit").asText());
            return "";
        });
    }

    private void guard() {
        suite.check(VERB, "a version tag that is not the current one ends as Stale, and nothing is written", () -> {
            JsonNode old = suite.read(record);
            suite.update(old, name(suite.sample.name()));
            JsonNode current = suite.read(record);
            fails(StaleFailure.class, () -> suite.update(old, name(suite.sample.name())));
            JsonNode after = suite.read(record);
            suite.isUnchanged(current, after);
            record = after;
            return "";
        });
        suite.check(VERB, "without a version tag it is not guarded", () -> {
            ObjectNode change = name(suite.sample.name());
            Map<String, Object> unguarded = Suite.change(record, change);
            unguarded.put("etag", null);
            record = suite.update(unguarded, Map.of());
            equal("The name", change.path("name"), record.path("view").path("name"));
            return "";
        });
        suite.check(VERB, "a record that is not there ends as NotFound or Stale, with a message for people", () -> {
            Map<String, Object> change = Suite.change(record, name(suite.sample.name()));
            change.put("id", Sample.unknownId(record.path("id").asText()));
            try {
                suite.update(change, Map.of());
            } catch (NotFoundFailure | StaleFailure e) {
                Messages.forPeople(suite, e);
                return Suite.name(e);
            } catch (LaneFailure e) {
                throw new Suite.Failed("It ended as " + Suite.name(e) + ": " + e.getMessage());
            }
            throw new Suite.Failed("It was done.");
        });
    }

    private static ObjectNode name(String name) {
        return Verbs.JSON.createObjectNode().put("name", name);
    }

    private void refuse() {
        suite.check(VERB, "a currency that is not set up ends as Refused, with a message for people, and nothing is written", () -> {
            applies(!Making.isBlank(record.path("view").path("details").path("currency")), "The CRM does not hold the currency.");
            ObjectNode change = Verbs.JSON.createObjectNode();
            change.putObject("details").put("dealValue", 777).put("currency", NO_CURRENCY);
            return refused(change);
        });
        suite.check(VERB, "a name longer than cosell.name-length ends as Refused, with a message for people, and nothing is written", () -> {
            int longest = Integer.parseInt(suite.connector.settings().get("cosell.name-length"));
            return refused(name((suite.sample.name() + " ").concat("x".repeat(longest))));
        });
    }

    private String refused(ObjectNode change) {
        JsonNode before = suite.read(record);
        RefusedFailure refused = fails(RefusedFailure.class, () -> suite.update(before, change));
        Messages.forPeople(suite, refused);
        suite.isUnchanged(before, suite.read(record));
        return refused.getMessage();
    }

    /** The substatus is told apart by the CRM only if it is asked for. */
    private void end(String substatus, String readAs) {
        suite.check(VERB, "closes a deal as " + substatus + ", along with another field", () -> {
            JsonNode open = suite.read(suite.make(OPPORTUNITY, Sample.referralId(), suite.sample.view("Active", "Accepted"), false));
            ObjectNode change = name(suite.sample.name()).put("status", "Closed").put("substatus", substatus);
            JsonNode closed = suite.update(open, change);
            equal("status", "Closed", closed.path("status").asText());
            JsonNode read = suite.read(closed);
            equal("status as read", "Closed", read.path("view").path("status").asText());
            require(substatus.equals("Won") == read.path("view").path("substatus").asText().equals("Won"), "It is read as "
                + read.path("view").path("substatus") + ".");
            equal("substatus as read", readAs == null ? read.path("view").path("substatus").asText() : readAs,
                read.path("view").path("substatus").asText());
            equal("The name", change.path("name"), read.path("view").path("name"));
            suite.isClosed(read);
            return "read as Closed/" + read.path("view").path("substatus").asText();
        });
    }

    private void accept(String kind, String type) {
        suite.check(VERB, kind.equals(OPPORTUNITY) ? "an opportunity on hold whose referral is accepted becomes active"
            : "a lead whose referral is accepted goes on as an opportunity", () -> {
                String referral = Sample.referralId();
                JsonNode offered = suite.sample.view("New", "Pending");
                JsonNode waiting = suite.read(suite.make(kind, referral, offered));
                equal("kind", kind, waiting.path("kind").asText());
                equal("status before", "New", waiting.path("status").asText());
                ObjectNode accepted = offered.deepCopy();
                ((ObjectNode) accepted).put("status", "Active").put("substatus", "Accepted");
                ObjectNode change = Verbs.JSON.createObjectNode().put("status", "Active").put("substatus", "Accepted");
                JsonNode now = suite.update(Suite.change(waiting, change), Map.of("referral", Sample.referral(referral, type, accepted)));
                equal("kind of the record that goes on", OPPORTUNITY, now.path("kind").asText());
                equal("status", "Active", now.path("status").asText());
                JsonNode read = suite.read(now);
                for (Field field : suite.fieldsThatTravel()) {
                    if (Suite.isHeld(field, read)) {
                        Suite.holds(field, accepted, read);
                    }
                }
                if (read.has("referralId")) {
                    equal("referralId", referral, read.path("referralId").asText());
                }
                return "";
            });
    }

    private void decline(String kind) {
        suite.check(VERB, (kind.equals(OPPORTUNITY) ? "an opportunity on hold" : "a lead") + " whose referral is declined is closed", () -> {
            JsonNode waiting = suite.read(suite.make(kind, Sample.referralId(), suite.sample.view("New", "Pending")));
            JsonNode closed = suite.update(waiting, Verbs.JSON.createObjectNode().put("status", "Closed").put("substatus", "Declined"));
            equal("status", "Closed", closed.path("status").asText());
            equal("status as read", "Closed", suite.read(closed).path("view").path("status").asText());
            suite.isClosed(closed);
            return "";
        });
    }

    private void leads(Kinds kinds) {
        suite.check(VERB, "each field of a lead is given back and can be changed", () -> {
            applies(kinds.hasLeads(), "crm-kind declares no leads.");
            JsonNode view = suite.sample.view("New", "Pending");
            JsonNode lead = suite.read(suite.make(Suite.LEAD, Sample.referralId(), view, false));
            Map<String, String> held = new LinkedHashMap<>();
            for (Field field : suite.fieldsAtCreation(view)) {
                if (Suite.isHeld(field, lead)) {
                    Suite.holds(field, view, lead);
                }
            }
            for (Field field : suite.fieldsThatTravel()) {
                if (Suite.isHeld(field, lead) && field.type() != Field.Type.STATUS) {
                    ObjectNode change = Suite.only(field, other(field, lead.path("view")));
                    lead = suite.read(suite.update(lead, change));
                    Suite.holds(field, change, lead);
                    held.put(field.title(), "");
                }
            }
            return held.isEmpty() ? "" : "changed: " + String.join(", ", held.keySet());
        });
        suite.check(VERB, "a lead is guarded too", () -> {
            applies(kinds.hasLeads(), "crm-kind declares no leads.");
            JsonNode old = suite.read(suite.make(Suite.LEAD, Sample.referralId(), suite.sample.view("New", "Pending"), false));
            Map<String, Object> change = Suite.change(old, Verbs.JSON.createObjectNode());
            change.putAll(Map.of("mark", "", "audit", "Changed."));
            suite.update(change, Map.of());
            JsonNode current = suite.read(old);
            fails(StaleFailure.class, () -> suite.update(change, Map.of()));
            equal("The version tag", current.path("etag"), suite.read(old).path("etag"));
            return "";
        });
    }

    /** The record as it is in the end: open, and switched on. */
    JsonNode record() {
        return record;
    }
}
