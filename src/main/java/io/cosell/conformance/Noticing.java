package io.cosell.conformance;

import static io.cosell.conformance.Suite.OPPORTUNITY;
import static io.cosell.conformance.Suite.applies;
import static io.cosell.conformance.Suite.equal;
import static io.cosell.conformance.Suite.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import io.cosell.store.Change;
import io.cosell.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Checks of {@code crm-changes}, {@code crm-row} and {@code crm-changed-since}: what happened in the CRM is noticed, once. */
final class Noticing {

    private static final String CHANGES = "crm-changes";
    private static final String ROW = "crm-row";
    private static final String SINCE = "crm-changed-since";
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Suite suite;
    private final Store store;
    private final boolean leads;
    private final Duration patience;
    private JsonNode record;
    private String link;
    private Change last;

    /**
     * @param record   an open opportunity, switched on
     * @param patience how much later than it was made the CRM may tell of a change
     */
    Noticing(Suite suite, JsonNode record, boolean leads, Duration patience) {
        this.suite = suite;
        this.record = record;
        this.leads = leads;
        this.patience = patience;
        this.store = suite.connector.store();
    }

    void check() {
        link = store.newLink("crm", record.path("id").asText(), OPPORTUNITY);
        first();
        own();
        others();
        cursor();
        quiet();
        switchedOff();
        solutions();
        row();
        since();
        if (leads) {
            leads();
        }
    }

    private void first() {
        suite.check(CHANGES, "without a cursor everything is listed, and the cursor is kept", () -> {
            for (String table : tables()) {
                poll(table);
                List<String> cursors = suite.watch.cursors();
                if (table.equals(OPPORTUNITY)) {
                    require(!cursors.isEmpty() && !cursors.get(cursors.size() - 1).isEmpty(), "The last page of " + table + " has no value for the "
                        + "cursor: everything would be listed with each poll.");
                    require(store.cursor("crm-changes " + table) != null, "The cursor must be named crm-changes " + table + ".");
                }
                List<Change> told = suite.watch.take();
                require(!table.equals(OPPORTUNITY) || told.stream().anyMatch(this::isOurs), "The record that was made is not listed.");
            }
            return "";
        });
    }

    private List<String> tables() {
        return leads ? List.of(OPPORTUNITY, Suite.LEAD, "solution") : List.of(OPPORTUNITY, "solution");
    }

    private void poll(String table) {
        suite.verbs.use(CHANGES, table);
    }

    private boolean isOurs(Change change) {
        return change.resourceId().equals(record.path("id").asText());
    }

    /** Polls until a change of the record is told that is as new as the given version; null if none is. */
    private Change told(JsonNode asRead) {
        return until(() -> {
            poll(OPPORTUNITY);
            return suite.watch.take().stream().filter(this::isOurs)
                .filter(change -> change.version() == null || change.version().equals(asRead.path("etag").asText())).findFirst();
        }).orElseThrow(() -> new Suite.Failed("A change is not told with the version that the record is read with (" + asRead.path("etag").asText() + ")."));
    }

    /** Tries until there is an answer, or patience ends. */
    private <T> Optional<T> until(Supplier<Optional<T>> trial) {
        long end = System.nanoTime() + patience.toNanos();
        Optional<T> answer = trial.get();
        while (answer.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = trial.get();
        }
        return answer;
    }

    private List<Change> toldOf(String table, JsonNode other) {
        poll(table);
        return suite.watch.take().stream().filter(change -> change.resourceId().equals(other.path("id").asText())).toList();
    }

    private void keep(JsonNode asSeen) {
        store.finish(store.link(link), Map.of("record", Verbs.copy(asSeen)), List.of());
    }

    private void own() {
        suite.check(CHANGES, "the connector's own write is told with the version of its answer, and marks nothing", () -> {
            JsonNode answer = suite.update(suite.read(record), name());
            keep(answer);
            Change told = told(answer);
            isWellFormed(told);
            require(!store.link(link).isMarked(), "The connector's own write would make its lane run.");
            record = answer;
            return "";
        });
    }

    private static void isWellFormed(Change change) {
        equal("source", "crm", change.source());
        equal("recordKind", OPPORTUNITY, change.recordKind());
        require(change.version() != null || change.changedAt() != null, "A change tells neither version nor time, so it would mark again and "
            + "again.");
        require(change.shared(), "The change of a record that is switched on is not shared: it would never be taken up.");
    }

    private void others() {
        suite.check(CHANGES, "a seller's change marks its lane; the same page once more marks nothing", () -> {
            JsonNode changed = suite.read(suite.update(suite.read(record), name()));
            last = told(changed);
            require(store.link(link).isMarked(), "The lane is not marked.");
            keep(changed);
            poll(OPPORTUNITY);
            poll(OPPORTUNITY);
            suite.watch.take();
            require(!store.link(link).isMarked(), "The lane is marked again, though nothing has changed since.");
            record = changed;
            return "";
        });
    }

    private void cursor() {
        suite.check(CHANGES, "the cursor does not pass a page that could not be stored", () -> {
            poll(OPPORTUNITY);
            suite.watch.take();
            JsonNode changed = suite.read(suite.update(suite.read(record), name()));
            String before = store.cursor("crm-changes " + OPPORTUNITY);
            suite.watch.breaks(true);
            boolean failed = false;
            try {
                poll(OPPORTUNITY);
            } catch (RuntimeException e) {
                failed = true;
            } finally {
                suite.watch.breaks(false);
            }
            require(failed, "The verb goes on as if the page were stored.");
            equal("The cursor", before, store.cursor("crm-changes " + OPPORTUNITY));
            told(changed);
            keep(changed);
            record = changed;
            return "";
        });
    }

    private void quiet() {
        suite.check(CHANGES, "if nothing has changed it takes one call a table, or none", () -> {
            // Behind "solution" stand all tables whose rows belong to a record; how many, the adapter knows.
            tables().forEach(this::poll);
            suite.verbs.take();
            List<String> taken = new ArrayList<>();
            for (String table : tables()) {
                int before = suite.verbs.callsSoFar();
                poll(table);
                int calls = suite.verbs.callsSoFar() - before;
                require(calls <= 1 || table.equals("solution"), calls + " calls for the table " + table + ".");
                taken.add(table + " " + calls);
            }
            suite.watch.take();
            return String.join(", ", taken);
        });
    }

    private void switchedOff() {
        suite.check(CHANGES, "a record that is not switched on is told as not shared", () -> {
            JsonNode other = suite.read(suite.make(OPPORTUNITY, Sample.referralId(), suite.sample.view("Active", "Accepted"), false));
            List<Change> told = until(() -> Optional.of(toldOf(OPPORTUNITY, other)).filter(changes -> !changes.isEmpty())).orElse(List.of());
            require(told.stream().noneMatch(Change::shared), "It is told as shared: the connector would make a referral of it.");
            return told.isEmpty() ? "it is not told at all" : "";
        });
    }

    private void solutions() {
        suite.check(CHANGES, "a solution that is added or taken out marks the lane of its opportunity", () -> {
            JsonNode before = suite.read(record);
            applies(Making.isBlank(before.path("solutions")) || before.path("solutions").isArray(), "The CRM does not hold solutions.");
            keep(before);
            ObjectNode view = Verbs.JSON.createObjectNode();
            view.putObject("details").putObject("requirements").set("solutions", Sample.solutions(Sample.SOLUTION, Sample.OTHER_SOLUTION));
            JsonNode changed = suite.update(before, view);
            changed.path("parts").forEach(part -> suite.watch.add(part.asText()));
            until(() -> {
                poll("solution");
                poll(OPPORTUNITY);
                return store.link(link).isMarked() ? Optional.of(link) : Optional.empty();
            }).orElseThrow(() -> new Suite.Failed("The lane is not marked."));
            suite.watch.take();
            JsonNode seen = suite.read(record);
            keep(seen);
            for (String table : List.of("solution", OPPORTUNITY)) {
                poll(table);
            }
            suite.watch.take();
            require(!store.link(link).isMarked(), "The lane is marked again by rows that came with the record (partVersions).");
            record = seen;
            return "";
        });
    }

    private void row() {
        suite.check(ROW, "a row that crm-changes brings says the same as the record that is read", () -> {
            JsonNode seen = suite.read(suite.update(suite.read(record), name()));
            Change told = told(seen);
            Map<String, Object> brought = told.row() != null ? told.row() : until(() -> toldOf(OPPORTUNITY, seen).stream().map(Change::row)
                .filter(Objects::nonNull).findFirst()).orElse(null);
            record = seen;
            keep(seen);
            applies(brought != null, "crm-changes brings no rows; a change costs one call more.");
            int before = suite.verbs.callsSoFar();
            JsonNode row = suite.verbs.use(ROW, Map.of("kind", OPPORTUNITY, "row", brought));
            require(suite.verbs.callsSoFar() == before, "It makes calls.");
            for (String member : List.of("id", "etag", "revision", "status", "sync")) {
                equal(member, seen.path(member), row.path(member));
            }
            require(row.has("lookups") && row.path("lookups").equals(seen.path("lookups")), "lookups differ from those of the record: "
                + row.path("lookups") + " instead of " + seen.path("lookups") + "; the row would never serve.");
            require(seen.has("row"), "A record that is read has no row beside its view; the row would never serve.");
            equal("the view of the row", seen.path("row"), row.path("view"));
            for (Field field : suite.fieldsThatTravel()) {
                if (field.paths().stream().allMatch(path -> seen.path("row").at(path).equals(seen.path("view").at(path)))) {
                    Suite.holds(field, seen.path("view"), row);
                }
            }
            return "";
        });
    }

    private void since() {
        suite.check(SINCE, "lists what changed, with the version that the record is read with", () -> {
            JsonNode seen = suite.read(record);
            String at = last != null && last.changedAt() != null ? last.changedAt() : Instant.now().minus(Duration.ofHours(1)).toString();
            Change change = until(() -> {
                suite.verbs.use(SINCE, null, Map.of("since", at, "round", "a round of the conformance suite"));
                return suite.watch.take().stream().filter(this::isOurs).reduce((first, second) -> second);
            }).orElseThrow(() -> new Suite.Failed("A linked record that changed since " + at + " is not listed."));
            equal("source", "crm", change.source());
            require(change.changedAt() != null && !change.changedAt().isBlank(), "It does not tell when the record changed.");
            Instant.parse(change.changedAt());
            equal("version", seen.path("etag").asText(), change.version());
            return "";
        });
    }

    private void leads() {
        suite.check(CHANGES, "a changed lead is told, and starts no deal of its own", () -> {
            JsonNode lead = suite.read(suite.make(Suite.LEAD, Sample.referralId(), suite.sample.view("New", "Pending")));
            List<Change> told = until(() -> Optional.of(toldOf(Suite.LEAD, lead)).filter(changes -> !changes.isEmpty()))
                .orElseThrow(() -> new Suite.Failed("The lead is not told."));
            equal("recordKind", Suite.LEAD, told.get(0).recordKind());
            require(!told.get(0).shared(), "It is told as shared; a lead is taken up only by its referral.");
            require(told.stream().anyMatch(change -> change.version() == null || change.version().equals(lead.path("etag").asText())),
                "It is not told with the version that the lead is read with.");
            return "";
        });
    }

    private ObjectNode name() {
        return Verbs.JSON.createObjectNode().put("name", suite.sample.name());
    }
}
