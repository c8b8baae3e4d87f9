package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All tables of one sandbox: those of {@code tables.yaml}, what its options add, and what callers made. Switches may be turned at any time,
 * and tables and columns made: ask for a table anew for each call.
 */
final class Schema {

    private static final String FILE = "/sandbox/dataverse/tables.yaml";
    private static final String MICROSOFT = "microsoft";

    /**
     * What was made at run time.
     *
     * @param table      logical name of the table
     * @param made       the table itself; null for a column
     * @param column     the column; null for a table
     * @param collection name of the list at the other end of a lookup; null for others
     */
    record Made(String table, Table made, Column column, String collection) {
    }

    private final Map<String, Table> described = new LinkedHashMap<>();
    /** Tables that have optional columns, without them. */
    private final Map<String, Table> plain = new LinkedHashMap<>();
    /** Tables that have columns of Microsoft's solution, without them. */
    private final Map<String, Table> bare = new LinkedHashMap<>();
    /** Tables of Microsoft's solution. */
    private final Set<String> microsofts = new LinkedHashSet<>();
    private final List<Made> made = new ArrayList<>();
    private final Switches switches;
    private boolean wasEmpty;
    private boolean hadBareLeads;
    private boolean hadUntrackedLeads;
    private Map<String, Table> byName;

    /**
     * Reads the tables.
     *
     * @param switches says whether tables have their optional columns
     * @throws IllegalArgumentException if an option names a table or column that is not there
     */
    Schema(DataverseOptions options, Switches switches) {
        this.switches = switches;
        JsonNode file = read();
        file.path("tables").fields().forEachRemaining(entry -> {
            ObjectNode columns = SandboxSystem.JSON.createObjectNode();
            ObjectNode others = SandboxSystem.JSON.createObjectNode();
            addSets(columns, file, entry.getValue().path("columnSets"), true);
            addSets(others, file, entry.getValue().path("columnSets"), false);
            if (entry.getValue().has("optionalColumnSets")) {
                plain.put(entry.getKey(), whole(entry, columns.deepCopy(), options));
            }
            addSets(columns, file, entry.getValue().path("optionalColumnSets"), true);
            addSets(others, file, entry.getValue().path("optionalColumnSets"), false);
            if (others.size() < columns.size()) {
                bare.put(entry.getKey(), whole(entry, others, options));
            }
            if (entry.getValue().path("solution").asText().equals(MICROSOFT)) {
                microsofts.add(entry.getKey());
            }
            described.put(entry.getKey(), whole(entry, columns, options));
        });
        options.columns().forEach(custom -> known(custom.table()));
        options.keys().forEach(key -> key.columns().forEach(column -> {
            if (!known(key.table()).columns().containsKey(column)) {
                throw new IllegalArgumentException("An alternate key names the column " + column + ", which " + key.table() + " has not.");
            }
        }));
    }

    private Table known(String name) {
        return found(described.get(name), name, described);
    }

    private static Table whole(Map.Entry<String, JsonNode> described, ObjectNode columns, DataverseOptions options) {
        columns.setAll((ObjectNode) described.getValue().path("columns"));
        options.columns().stream().filter(custom -> custom.table().equals(described.getKey())).forEach(custom ->
            columns.putObject(custom.name()).put("type", custom.type()).put("required", custom.required()));
        return table(described.getKey(), (ObjectNode) described.getValue(), columns, options);
    }

    private static JsonNode read() {
        try (InputStream in = Schema.class.getResourceAsStream(FILE)) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addSets(ObjectNode columns, JsonNode file, JsonNode names, boolean microsoft) {
        names.forEach(name -> {
            if (microsoft || !name.asText().equals(MICROSOFT)) {
                columns.setAll((ObjectNode) file.path("columnSets").path(name.asText()));
            }
        });
    }

    private static Table table(String name, ObjectNode described, ObjectNode columns, DataverseOptions options) {
        ObjectNode whole = described.deepCopy();
        whole.remove("columnSets");
        whole.remove("optionalColumnSets");
        whole.remove("solution");
        whole.put("name", name);
        Map<String, Column> typed = new LinkedHashMap<>();
        columns.fields().forEachRemaining(entry -> typed.put(entry.getKey(), column(entry.getKey(), (ObjectNode) entry.getValue())));
        whole.remove("columns");
        Table bare = SandboxSystem.JSON.convertValue(whole, Table.class);
        var keys = options.keys().stream().filter(key -> key.table().equals(name)).map(DataverseOptions.AlternateKey::columns).toList();
        return new Table(name, bare.set(), bare.id(), bare.primaryName(), bare.changeTracking(), typed, bare.collections(),
            bare.readOnlyStates(), bare.statesByAction(), bare.duplicateColumns(), keys);
    }

    /**
     * The table with this logical name.
     *
     * @throws IllegalArgumentException if there is none
     */
    Table table(String name) {
        Map<String, Table> all = now();
        return found(all.get(name), name, all);
    }

    private static Table found(Table table, String name, Map<String, Table> all) {
        if (table == null) {
            throw new IllegalArgumentException("The Dataverse sandbox has no table " + name + ". It has " + all.keySet() + ".");
        }
        return table;
    }

    /** Whether there is a table with this logical name now. */
    boolean has(String name) {
        return now().containsKey(name);
    }

    /** The table with this entity set name. */
    Optional<Table> set(String set) {
        return now().values().stream().filter(table -> table.set().equals(set)).findFirst();
    }

    Collection<Table> all() {
        return now().values();
    }

    /** A column with all that a table may ever have, as the store's document needs it; null if there is none. */
    Column anyColumn(String table, String column) {
        Table whole = now().getOrDefault(table, described.get(table));
        Column found = whole == null ? null : whole.columns().get(column);
        return found == null && described.containsKey(table) ? described.get(table).columns().get(column) : found;
    }

    /** Adds a table or a column. */
    synchronized void make(Made one) {
        made.add(one);
        byName = null;
    }

    /** Forgets all that was made. */
    synchronized void forgetMade() {
        made.clear();
        byName = null;
    }

    /** The tables as they are now. */
    private synchronized Map<String, Table> now() {
        boolean empty = switches.has(DataverseSwitch.WITHOUT_MICROSOFT_SOLUTION);
        boolean bareLeads = switches.has(DataverseSwitch.LEADS_WITHOUT_MICROSOFT_COLUMNS);
        boolean untracked = switches.has(DataverseSwitch.LEADS_NOT_TRACKED);
        if (byName == null || empty != wasEmpty || bareLeads != hadBareLeads || untracked != hadUntrackedLeads) {
            wasEmpty = empty;
            hadBareLeads = bareLeads;
            hadUntrackedLeads = untracked;
            byName = build(empty, bareLeads);
            if (untracked) {
                byName.computeIfPresent("lead", (name, lead) -> lead.untracked());
            }
        }
        return byName;
    }

    private Map<String, Table> build(boolean empty, boolean bareLeads) {
        Map<String, Table> all = new LinkedHashMap<>();
        described.forEach((name, table) -> {
            if (!empty || !microsofts.contains(name)) {
                all.put(name, empty ? bare.getOrDefault(name, table)
                    : bareLeads ? plain.getOrDefault(name, table) : table);
            }
        });
        made.stream().filter(one -> one.made() != null).forEach(one -> all.put(one.table(), one.made()));
        Map<String, Map<String, Column>> columns = new LinkedHashMap<>();
        Map<String, Map<String, Table.Many>> collections = new LinkedHashMap<>();
        all.forEach((name, table) -> {
            columns.put(name, new LinkedHashMap<>(table.columns()));
            collections.put(name, new LinkedHashMap<>(table.collections()));
        });
        made.stream().filter(one -> one.column() != null && all.containsKey(one.table())).forEach(one -> {
            columns.get(one.table()).put(one.column().name(), one.column());
            if (one.collection() != null) {
                collections.get(one.column().targets().get(0)).put(one.collection(), new Table.Many(one.table(), one.column().name()));
            }
        });
        columns.values().forEach(some -> some.replaceAll((name, column) -> column.leadingTo(all.keySet())));
        collections.values().forEach(some -> some.values().removeIf(many -> !columns.containsKey(many.table())
            || !columns.get(many.table()).containsKey(many.column())));
        all.replaceAll((name, table) -> new Table(name, table.set(), table.id(), table.primaryName(), table.changeTracking(), columns.get(name),
            collections.get(name), table.readOnlyStates(), table.statesByAction(), table.duplicateColumns(), table.keys()));
        return all;
    }

    /** The columns of a set of {@code tables.yaml}, as rows of a made table have them too. */
    static ObjectNode columnSets(String... names) {
        JsonNode file = read();
        ObjectNode columns = SandboxSystem.JSON.createObjectNode();
        for (String name : names) {
            columns.setAll((ObjectNode) file.path("columnSets").path(name));
        }
        return columns;
    }

    /** A column as {@code tables.yaml} would describe it. */
    static Column column(String name, ObjectNode described) {
        ObjectNode column = described.deepCopy();
        column.put("name", name).put("type", column.path("type").asText().toUpperCase(Locale.ROOT));
        return SandboxSystem.JSON.convertValue(column, Column.class);
    }
}
