package io.cosell.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The store layer of every sandbox: rows in memory, with versions, deletions and nested transactions. Knows no rule of any system. Not
 * thread-safe: guarded by the sandbox's monitor.
 */
public final class Store {

    /**
     * A deletion, for those who ask what changed.
     *
     * @param row     the row as it was
     * @param version version of the deletion
     */
    public record Deleted(Row row, long version) {

        public String id() {
            return row.id();
        }
    }

    /** Knows the types of a system's columns, which JSON does not keep apart. */
    @FunctionalInterface
    public interface Types {

        /**
         * Reads a value that {@link Store#state()} wrote.
         *
         * @throws IllegalArgumentException if there is no such table or column, or the value does not fit it
         */
        Object read(String table, String column, JsonNode json);
    }

    /** Everything of one table, in the orders it is asked for. */
    private static final class Rows {
        private final Map<String, Row> byId = new HashMap<>();
        private final TreeMap<Long, Row> bySequence = new TreeMap<>();
        private final TreeMap<Long, Row> byVersion = new TreeMap<>();
        private final TreeMap<Long, Deleted> deleted = new TreeMap<>();
        private final Map<String, Deleted> deletedById = new HashMap<>();
        /** Rows by the value of a column, for each column that was ever asked for. */
        private final Map<String, Map<Object, TreeMap<Long, Row>>> byValue = new HashMap<>();

        private void set(Row row) {
            unset(row.id());
            byId.put(row.id(), row);
            byValue.forEach((column, index) -> addTo(index, column, row));
            bySequence.put(row.sequence(), row);
            byVersion.put(row.version(), row);
        }

        private void unset(String id) {
            Row row = byId.remove(id);
            if (row != null) {
                bySequence.remove(row.sequence());
                byVersion.remove(row.version());
                byValue.forEach((column, index) -> index.getOrDefault(comparable(row.get(column)), new TreeMap<>()).remove(row.sequence()));
            }
        }

        private List<Row> with(String column, Object value) {
            Map<Object, TreeMap<Long, Row>> index = byValue.computeIfAbsent(column, name -> {
                Map<Object, TreeMap<Long, Row>> all = new HashMap<>();
                bySequence.values().forEach(row -> addTo(all, name, row));
                return all;
            });
            return List.copyOf(index.getOrDefault(comparable(value), new TreeMap<>()).values());
        }

        private static void addTo(Map<Object, TreeMap<Long, Row>> index, String column, Row row) {
            if (row.get(column) != null) {
                index.computeIfAbsent(comparable(row.get(column)), value -> new TreeMap<>()).put(row.sequence(), row);
            }
        }

        private static Object comparable(Object value) {
            if (value instanceof String text) {
                return text.toLowerCase(Locale.ROOT);
            }
            return value instanceof Number number ? new BigDecimal(number.toString()).stripTrailingZeros() : value;
        }

        private void bury(Deleted deletion) {
            deleted.put(deletion.version(), deletion);
            deletedById.put(deletion.id(), deletion);
        }

        private Deleted unbury(String id) {
            Deleted deletion = deletedById.remove(id);
            if (deletion != null) {
                deleted.remove(deletion.version());
            }
            return deletion;
        }
    }

    private final Map<String, Rows> tables = new LinkedHashMap<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final List<Change> pending = new ArrayList<>();
    private final Consumer<List<Change>> committed;
    private final String versionColumn;
    private int depth;
    private long version;
    private long sequence;

    /**
     * @param versionColumn column that shows the version of each row, null if the system shows none
     * @param firstVersion  the version before the first write
     * @param committed     told of every outermost transaction that ends well, with its changes in order
     */
    public Store(String versionColumn, long firstVersion, Consumer<List<Change>> committed) {
        this.versionColumn = versionColumn;
        this.version = firstVersion;
        this.committed = committed;
    }

    /** Runs work that is undone as a whole when it throws; inner transactions end with the outermost one. */
    public <T> T transaction(Supplier<T> work) {
        int undoMark = undo.size();
        int pendingMark = pending.size();
        depth++;
        boolean done = false;
        try {
            T result = work.get();
            done = true;
            return result;
        } finally {
            depth--;
            if (!done) {
                while (undo.size() > undoMark) {
                    undo.pop().run();
                }
                pending.subList(pendingMark, pending.size()).clear();
            }
            if (depth == 0) {
                List<Change> changes = List.copyOf(pending);
                undo.clear();
                pending.clear();
                if (!changes.isEmpty()) {
                    committed.accept(changes);
                }
            }
        }
    }

    /** The row, or null. */
    public Row find(String table, String id) {
        return table(table).byId.get(id);
    }

    /** All rows in order of creation. */
    public List<Row> rows(String table) {
        return List.copyOf(table(table).bySequence.values());
    }

    /**
     * The rows whose column has this value, in order of creation, without a look at all the others. Text is compared without regard to
     * case and numbers by value; a system that is stricter looks at the rows again.
     */
    public List<Row> rowsWith(String table, String column, Object value) {
        return value == null ? List.of() : table(table).with(column, value);
    }

    /** Rows whose last write came after this version, in order of their last write. */
    public List<Row> changedSince(String table, long since) {
        return List.copyOf(table(table).byVersion.tailMap(since, false).values());
    }

    /** Deletions after this version, in order. Rows made again under their old id are no longer among them. */
    public List<Deleted> deletedSince(String table, long since) {
        return List.copyOf(table(table).deleted.tailMap(since, false).values());
    }

    /** The deletion of a row with this id, or null. */
    public Deleted deletion(String table, String id) {
        return table(table).deletedById.get(id);
    }

    /** Version of the last write. */
    public long version() {
        return version;
    }

    /** Writes a new version of a row, or its first. */
    public Row put(String table, String id, Map<String, Object> values) {
        Rows all = table(table);
        Row before = all.byId.get(id);
        version++;
        Map<String, Object> whole = new LinkedHashMap<>(values);
        if (versionColumn != null) {
            whole.put(versionColumn, version);
        }
        Row after = new Row(table, id, before == null ? ++sequence : before.sequence(), version, whole);
        all.set(after);
        Deleted deletion = all.unbury(id);
        undo.push(() -> {
            if (before == null) {
                all.unset(id);
            } else {
                all.set(before);
            }
            if (deletion != null) {
                all.bury(deletion);
            }
        });
        return after;
    }

    /** Deletes a row. */
    public void remove(Row row) {
        Rows all = table(row.table());
        all.unset(row.id());
        all.bury(new Deleted(row, ++version));
        undo.push(() -> {
            all.unbury(row.id());
            all.set(row);
        });
    }

    /** Notes a change to be told of when the outermost transaction ends. */
    public void note(Change change) {
        pending.add(change);
    }

    // ---- as one document

    /** Everything here as JSON: each row under its table, with its values as people write them. {@link #restore} reads it. */
    public ObjectNode state() {
        ObjectNode state = SandboxSystem.JSON.createObjectNode().put("version", version).put("sequence", sequence);
        ObjectNode all = state.putObject("tables");
        tables.forEach((name, rows) -> {
            ObjectNode table = all.putObject(name);
            ArrayNode living = table.putArray("rows");
            rows.bySequence.values().forEach(row -> living.add(toJson(row)));
            ArrayNode deleted = table.putArray("deleted");
            rows.deleted.values().forEach(one -> deleted.add(toJson(one.row()).put("deletedVersion", one.version())));
        });
        return state;
    }

    private ObjectNode toJson(Row row) {
        ObjectNode json = SandboxSystem.JSON.createObjectNode().put("id", row.id()).put("sequence", row.sequence())
            .put("version", row.version());
        ObjectNode values = json.putObject("values");
        row.values().forEach((column, value) -> {
            if (!column.equals(versionColumn)) {
                values.set(column, value instanceof Instant || value instanceof LocalDate ? values.textNode(value.toString())
                    : SandboxSystem.JSON.valueToTree(value));
            }
        });
        return json;
    }

    /**
     * Makes this store hold what {@link #state()} gave, and nothing else. Tells nobody.
     *
     * @throws IllegalArgumentException if the document is no such state; nothing is changed then
     */
    public void restore(JsonNode state, Types types) {
        long wantedVersion = number(state, "version");
        long wantedSequence = number(state, "sequence");
        Map<String, Rows> wanted = new LinkedHashMap<>();
        if (!(state.get("tables") instanceof ObjectNode all)) {
            throw new IllegalArgumentException("The state of a store has a member tables, an object.");
        }
        all.properties().forEach(table -> {
            Rows rows = new Rows();
            for (JsonNode json : table.getValue().path("rows")) {
                Row row = fromJson(table.getKey(), json, types);
                if (rows.byId.containsKey(row.id()) || rows.bySequence.containsKey(row.sequence())
                    || rows.byVersion.containsKey(row.version()) || row.sequence() > wantedSequence || row.version() > wantedVersion) {
                    throw new IllegalArgumentException("The row " + row.id() + " of " + table.getKey()
                        + " shares its id, sequence or version with another, or lies beyond those of the whole store.");
                }
                rows.set(row);
            }
            for (JsonNode json : table.getValue().path("deleted")) {
                rows.bury(new Deleted(fromJson(table.getKey(), json, types), number(json, "deletedVersion")));
            }
            wanted.put(table.getKey(), rows);
        });
        tables.clear();
        tables.putAll(wanted);
        version = wantedVersion;
        sequence = wantedSequence;
    }

    private Row fromJson(String table, JsonNode json, Types types) {
        Map<String, Object> values = new LinkedHashMap<>();
        json.path("values").properties().forEach(value ->
            values.put(value.getKey(), types.read(table, value.getKey(), value.getValue())));
        long rowVersion = number(json, "version");
        if (versionColumn != null) {
            values.put(versionColumn, rowVersion);
        }
        if (!json.path("id").isTextual()) {
            throw new IllegalArgumentException("A row of " + table + " has no id.");
        }
        return new Row(table, json.path("id").textValue(), number(json, "sequence"), rowVersion, values);
    }

    private static long number(JsonNode json, String member) {
        if (!json.path(member).isIntegralNumber()) {
            throw new IllegalArgumentException("The state of a store has no number '" + member + "' where it should.");
        }
        return json.path(member).longValue();
    }

    private Rows table(String name) {
        return tables.computeIfAbsent(name, table -> new Rows());
    }
}
