package io.cosell.sandbox.dataverse;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One table of the sandbox.
 *
 * @param name             logical name
 * @param set              entity set name, as in URLs
 * @param id               name of the primary key column
 * @param primaryName      column that names a row to people
 * @param changeTracking   whether delta links are to be had (section 3.6)
 * @param columns          all columns but the primary key, by logical name
 * @param collections      one-to-many navigation properties
 * @param readOnlyStates   states in which a row takes no change but reopening
 * @param statesByAction   states that only an action may set, with the action's name
 * @param duplicateColumns columns of the default duplicate rule
 * @param keys             alternate keys, each a list of column names
 */
record Table(String name, String set, String id, String primaryName, boolean changeTracking, Map<String, Column> columns,
             Map<String, Many> collections, List<Integer> readOnlyStates, Map<Integer, String> statesByAction,
             List<String> duplicateColumns, List<List<String>> keys) {

    /**
     * The many side of a relationship.
     *
     * @param table  table of the related rows
     * @param column their lookup that points back
     */
    record Many(String table, String column) {
    }

    /**
     * A navigation property that leads to one row.
     *
     * @param column  the lookup behind it
     * @param targets tables it may lead to
     */
    record One(Column column, List<String> targets) {
    }

    Table {
        collections = collections == null ? Map.of() : collections;
        readOnlyStates = readOnlyStates == null ? List.of() : readOnlyStates;
        statesByAction = statesByAction == null ? Map.of() : statesByAction;
        duplicateColumns = duplicateColumns == null ? List.of() : duplicateColumns;
        keys = keys == null ? List.of() : keys;
    }

    /** The same without change tracking. */
    Table untracked() {
        return new Table(name, set, id, primaryName, false, columns, collections, readOnlyStates, statesByAction, duplicateColumns, keys);
    }

    /** Names the primary key has in addresses: users and teams share the key of their common type too (section 2.5). */
    List<String> keyNames() {
        return List.of("systemuser", "team").contains(name) ? List.of(id, "ownerid") : List.of(id);
    }

    /** The single-valued navigation property of this name; case matters (section 2.1). */
    Optional<One> one(String navigation) {
        return columns.values().stream().filter(column -> column.type().isLookup() && column.navigations().containsKey(navigation))
            .map(column -> new One(column, column.navigations().get(navigation))).findFirst();
    }

    /** The column that is read under this name, such as {@code _ownerid_value}. */
    Optional<Column> readable(String readName) {
        Column direct = columns.get(readName);
        if (direct != null && !direct.type().isLookup()) {
            return Optional.of(direct);
        }
        return columns.values().stream().filter(column -> column.type().isLookup() && column.readName().equals(readName)).findFirst();
    }

    Optional<Column> state() {
        return Optional.ofNullable(columns.get("statecode"));
    }
}
