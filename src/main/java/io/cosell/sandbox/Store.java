package io.cosell.sandbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Everything of one table, in the three orders it is asked for. */
    private static final class Rows {
        private final Map<String, Row> byId = new HashMap<>();
        private final TreeMap<Long, Row> bySequence = new TreeMap<>();
        private final TreeMap<Long, Row> byVersion = new TreeMap<>();
        private final TreeMap<Long, Deleted> deleted = new TreeMap<>();
        private final Map<String, Deleted> deletedById = new HashMap<>();

        private void set(Row row) {
            unset(row.id());
            byId.put(row.id(), row);
            bySequence.put(row.sequence(), row);
            byVersion.put(row.version(), row);
        }

        private void unset(String id) {
            Row row = byId.remove(id);
            if (row != null) {
                bySequence.remove(row.sequence());
                byVersion.remove(row.version());
            }
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

    private Rows table(String name) {
        return tables.computeIfAbsent(name, table -> new Rows());
    }
}
