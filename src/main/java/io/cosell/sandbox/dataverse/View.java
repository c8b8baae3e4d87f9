package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rows as one answer shows them (sections 2.1, 3.1).
 *
 * @param root   address of the service the caller used, such as {@code http://localhost:4711/api/data/v9.2/}
 * @param prefer what the caller prefers, for annotations
 */
record View(Schema schema, Store store, String root, Prefer prefer) {

    String address(Table table, String id) {
        return root + table.set() + "(" + id + ")";
    }

    /** Context of a list, without what follows for single rows and deltas. */
    String context(Table table, Query query) {
        List<String> names = new ArrayList<>();
        if (query.select() != null) {
            query.select().forEach(column -> names.add(column.readName()));
        }
        query.expand().forEach((navigation, inner) -> names.add(navigation + "("
            + (inner.select() == null ? "" : inner.select().stream().map(Column::readName).collect(Collectors.joining(","))) + ")"));
        return root + "$metadata#" + table.set() + (names.isEmpty() ? "" : "(" + String.join(",", names) + ")");
    }

    /** One row as the whole answer. */
    Map<String, Object> entity(Table table, Row row, Query query) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", context(table, query) + "/$entity");
        json.putAll(row(table, row, query));
        return json;
    }

    /** One row of a list. */
    Map<String, Object> row(Table table, Row row, Query query) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.etag", View.etag(row));
        List<Column> columns = query.select() == null ? List.copyOf(table.columns().values()) : query.select();
        columns.forEach(column -> column(json, row, column));
        Column currency = table.columns().get("transactioncurrencyid");
        if (currency != null && columns.stream().anyMatch(column -> column.type() == Type.MONEY)) {
            column(json, row, currency);
        }
        json.put(table.id(), row.id());
        query.expand().forEach((navigation, inner) -> expand(json, table, row, navigation, inner));
        return json;
    }

    private void column(Map<String, Object> json, Row row, Column column) {
        Object value = row.get(column.name());
        if (value != null) {
            annotate(json, row, column, value);
        }
        json.put(column.readName(), Values.toJson(value));
    }

    private void annotate(Map<String, Object> json, Row row, Column column, Object value) {
        String name = column.readName() + "@";
        if (value instanceof Ref ref) {
            if (prefer.wants(Prefer.LOOKUP_TABLE)) {
                json.put(name + Prefer.LOOKUP_TABLE, ref.table());
            }
            if (prefer.wants(Prefer.NAVIGATION)) {
                json.put(name + Prefer.NAVIGATION, column.navigation(ref.table()));
            }
        }
        if (prefer.wants(Prefer.FORMATTED)) {
            String text = value instanceof Ref ref ? nameOf(ref) : Values.forPeople(column, value, symbol(row));
            if (text != null) {
                json.put(name + Prefer.FORMATTED, text);
            }
        }
    }

    private String nameOf(Ref ref) {
        return (String) store.find(ref.table(), ref.id()).get(schema.table(ref.table()).primaryName());
    }

    private String symbol(Row row) {
        return row.get("transactioncurrencyid") instanceof Ref currency
            ? (String) store.find(currency.table(), currency.id()).get("currencysymbol") : "";
    }

    private void expand(Map<String, Object> json, Table table, Row row, String navigation, Query inner) {
        if (table.collections().containsKey(navigation)) {
            List<Map<String, Object>> related = new ArrayList<>();
            Table target = schema.table(table.collections().get(navigation).table());
            Pages.Slice slice = Pages.slice(related(table, row, navigation), target, inner, null,
                Math.min(inner.top(), prefer.pageSize().orElse(Prefer.LARGEST_PAGE)));
            slice.rows().forEach(child -> related.add(row(target, child, inner)));
            json.put(navigation, related);
            if (slice.more() && related.size() < inner.top()) {
                json.put(navigation + "@odata.nextLink", Pages.nextLink(inner.options(), address(table, row.id()) + "/" + navigation,
                    1, Pages.placeOf(inner, slice.last()), store.version(), false));
            }
            return;
        }
        Table.One one = table.one(navigation).orElseThrow();
        Row target = row.get(one.column().name()) instanceof Ref ref && one.targets().contains(ref.table())
            ? store.find(ref.table(), ref.id()) : null;
        json.put(navigation, target == null ? null : row(schema.table(target.table()), target, inner));
    }

    /** Rows at the other end of a one-to-many navigation property. */
    List<Row> related(Table table, Row row, String navigation) {
        Table.Many many = table.collections().get(navigation);
        return store.rowsWith(many.table(), many.column(), new Ref(table.name(), row.id()));
    }

    /** The weak version tag of a row (section 3.4). */
    static String etag(Row row) {
        return "W/\"" + row.version() + "\"";
    }
}
