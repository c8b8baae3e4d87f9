package io.cosell.sandbox.dataverse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Rows in memory, with versions, deletions and nested transactions. Knows no rule. Not thread-safe: guarded by the sandbox's monitor.
 */
final class Store {

    /**
     * A deletion, for change tracking.
     *
     * @param id      the row that was
     * @param version version of the deletion
     */
    record Deleted(String id, long version) {
    }

    /** A pending change: a write or a deletion within a transaction that has not ended. */
    record Pending(Caller by, String message, Row row, Map<String, Object> written) {
    }

    private final Map<String, LinkedHashMap<String, Row>> rows = new HashMap<>();
    private final Map<String, LinkedHashMap<String, Deleted>> deleted = new HashMap<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Consumer<List<Pending>> committed;
    private int depth;
    private long version = 470_000;
    private long sequence;

    /**
     * @param committed told of every outermost transaction that ends well, with its changes in order
     */
    Store(Consumer<List<Pending>> committed) {
        this.committed = committed;
    }

    /** Runs work that is undone as a whole when it throws; inner transactions end with the outermost one. */
    <T> T transaction(Supplier<T> work) {
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
                List<Pending> changes = List.copyOf(pending);
                undo.clear();
                pending.clear();
                if (!changes.isEmpty()) {
                    committed.accept(changes);
                }
            }
        }
    }

    /** The row, or null. */
    Row find(String table, String id) {
        return table(table).get(id);
    }

    /** All rows in order of creation. */
    List<Row> rows(String table) {
        return table(table).values().stream().sorted(Comparator.comparingLong(Row::sequence)).toList();
    }

    /** Deletions in order. */
    Collection<Deleted> deletions(String table) {
        return deleted.computeIfAbsent(table, name -> new LinkedHashMap<>()).values();
    }

    /** Version of the last write. */
    long version() {
        return version;
    }

    /** Writes a new version of a row, or its first. */
    Row put(Table table, String id, Map<String, Object> values) {
        Map<String, Row> all = table(table.name());
        Map<String, Deleted> gone = deleted.computeIfAbsent(table.name(), name -> new LinkedHashMap<>());
        Row before = all.get(id);
        Map<String, Object> whole = new LinkedHashMap<>(values);
        whole.put("versionnumber", ++version);
        Row after = new Row(table.name(), id, before == null ? ++sequence : before.sequence(), version, whole);
        all.put(id, after);
        Deleted deletion = gone.remove(id);
        undo.push(() -> {
            if (before == null) {
                all.remove(id);
            } else {
                all.put(id, before);
            }
            if (deletion != null) {
                gone.put(id, deletion);
            }
        });
        return after;
    }

    void remove(Row row) {
        Map<String, Row> all = table(row.table());
        Map<String, Deleted> gone = deleted.computeIfAbsent(row.table(), name -> new LinkedHashMap<>());
        all.remove(row.id());
        gone.put(row.id(), new Deleted(row.id(), ++version));
        undo.push(() -> {
            gone.remove(row.id());
            all.put(row.id(), row);
        });
    }

    /** Notes a change to be told of when the outermost transaction ends. */
    void note(Pending change) {
        pending.add(change);
    }

    private LinkedHashMap<String, Row> table(String name) {
        return rows.computeIfAbsent(name, table -> new LinkedHashMap<>());
    }
}
