package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All tables of one sandbox: those of {@code tables.yaml} and what its options add. */
final class Schema {

    private static final String FILE = "/sandbox/dataverse/tables.yaml";

    private final Map<String, Table> byName = new LinkedHashMap<>();
    private final Map<String, Table> bySet = new LinkedHashMap<>();
    /** Tables that have optional columns, without them. */
    private final Map<String, Table> plain = new LinkedHashMap<>();
    private final Switches switches;

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
            addSets(columns, file, entry.getValue().path("columnSets"));
            if (entry.getValue().has("optionalColumnSets")) {
                plain.put(entry.getKey(), whole(entry, columns.deepCopy(), options));
            }
            addSets(columns, file, entry.getValue().path("optionalColumnSets"));
            add(whole(entry, columns, options));
        });
        options.columns().forEach(custom -> table(custom.table()));
        options.keys().forEach(key -> key.columns().forEach(column -> {
            if (!table(key.table()).columns().containsKey(column)) {
                throw new IllegalArgumentException("An alternate key names the column " + column + ", which " + key.table() + " has not.");
            }
        }));
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

    private static void addSets(ObjectNode columns, JsonNode file, JsonNode names) {
        names.forEach(name -> columns.setAll((ObjectNode) file.path("columnSets").path(name.asText())));
    }

    private static Table table(String name, ObjectNode described, ObjectNode columns, DataverseOptions options) {
        ObjectNode whole = described.deepCopy();
        whole.remove("columnSets");
        whole.remove("optionalColumnSets");
        whole.put("name", name);
        Map<String, Column> typed = new LinkedHashMap<>();
        columns.fields().forEachRemaining(entry -> {
            ObjectNode column = entry.getValue().deepCopy();
            column.put("name", entry.getKey()).put("type", column.path("type").asText().toUpperCase());
            typed.put(entry.getKey(), SandboxSystem.JSON.convertValue(column, Column.class));
        });
        whole.remove("columns");
        Table bare = SandboxSystem.JSON.convertValue(whole, Table.class);
        var keys = options.keys().stream().filter(key -> key.table().equals(name)).map(DataverseOptions.AlternateKey::columns).toList();
        return new Table(name, bare.set(), bare.id(), bare.primaryName(), bare.changeTracking(), typed, bare.collections(),
            bare.readOnlyStates(), bare.statesByAction(), bare.duplicateColumns(), keys);
    }

    private void add(Table table) {
        byName.put(table.name(), table);
        bySet.put(table.set(), table);
    }

    /**
     * The table with this logical name.
     *
     * @throws IllegalArgumentException if there is none
     */
    Table table(String name) {
        Table table = byName.get(name);
        if (table == null) {
            throw new IllegalArgumentException("The Dataverse sandbox has no table " + name + ". It has " + byName.keySet() + ".");
        }
        return now(table);
    }

    /** The table as it is now. */
    private Table now(Table table) {
        return switches.has(DataverseSwitch.LEADS_WITHOUT_MICROSOFT_COLUMNS) ? plain.getOrDefault(table.name(), table) : table;
    }

    /** The table with this entity set name. */
    Optional<Table> set(String set) {
        return Optional.ofNullable(bySet.get(set)).map(this::now);
    }

    Collection<Table> all() {
        return byName.values().stream().map(this::now).toList();
    }

    /** A column with all that a table may ever have, as the store's document needs it; null if there is none. */
    Column anyColumn(String table, String column) {
        return byName.containsKey(table) ? byName.get(table).columns().get(column) : null;
    }
}
