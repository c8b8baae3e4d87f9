package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a read asks for, parsed (section 3.1).
 *
 * @param select  columns to answer, null for all
 * @param filter  rows to answer
 * @param order   columns to order by
 * @param expand  queries on related rows by navigation property
 * @param top     most rows to answer, {@link Integer#MAX_VALUE} without a limit
 * @param count   whether the number of rows is asked for
 * @param options the options as they were sent
 */
record Query(List<Column> select, Predicate<Row> filter, List<Order> order, Map<String, Query> expand, int top, boolean count,
             Map<String, String> options) {

    private static final Set<String> TECHNICAL = Set.of("$skiptoken", "$deltatoken");

    /**
     * One part of {@code $orderby}.
     *
     * @param column     its column
     * @param of         finds the column's value in a row
     * @param descending whether the largest comes first
     */
    record Order(Column column, Function<Row, Object> of, boolean descending) {

        Object value(Row row) {
            return of.apply(row);
        }
    }

    /** A column that stands for a table's primary key in queries. */
    static Column idColumn(Table table) {
        return new Column(table.id(), Type.UNIQUEIDENTIFIER, null, null, null, null, null, null, null, null, null, true, false, true, null,
            null, null, null, null, null, false);
    }

    /** A query for everything. */
    static Query everything() {
        return new Query(null, row -> true, List.of(), Map.of(), Integer.MAX_VALUE, false, Map.of());
    }

    /**
     * Reads query options.
     *
     * @param clock   what functions such as Today go by
     * @param options decoded, with their {@code $}; names without it are ignored, as custom parameters such as {@code tag} are
     * @throws Refusal 400 for what can't be read, names nothing known, or is {@code $skip}; 501 for what is not simulated
     */
    static Query parse(Schema schema, Store store, Clock clock, Table table, Map<String, String> options) {
        Query query = everything().withOptions(options);
        for (Map.Entry<String, String> option : options.entrySet()) {
            String value = option.getValue();
            query = switch (option.getKey()) {
                case "$select" -> query.withSelect(select(table, value));
                case "$filter" -> query.withFilter(Filter.parse(schema, store, clock, table, value));
                case "$orderby" -> query.withOrder(order(table, value));
                case "$expand" -> query.withExpand(expand(schema, store, clock, table, value));
                case "$top" -> query.withTop(number(value));
                case "$count" -> query.withCount(Boolean.parseBoolean(value));
                case "$skip" -> throw Refusal.query("Skip Clause is not supported in CRM");
                default -> {
                    if (option.getKey().startsWith("$") && !TECHNICAL.contains(option.getKey())) {
                        throw Refusal.unsupported("the query option " + option.getKey());
                    }
                    yield query;
                }
            };
        }
        return query;
    }

    private Query withOptions(Map<String, String> sent) {
        return new Query(select, filter, order, expand, top, count, Collections.unmodifiableMap(new LinkedHashMap<>(sent)));
    }

    /** The same for the answer of a write: {@code $expand} is ignored there (section 3.2). */
    Query ofWrite() {
        return new Query(select, filter, order, Map.of(), top, false, options);
    }

    private Query withSelect(List<Column> columns) {
        return new Query(columns, filter, order, expand, top, count, options);
    }

    private Query withFilter(Predicate<Row> rows) {
        return new Query(select, rows, order, expand, top, count, options);
    }

    private Query withOrder(List<Order> columns) {
        return new Query(select, filter, columns, expand, top, count, options);
    }

    private Query withExpand(Map<String, Query> related) {
        return new Query(select, filter, order, related, top, count, options);
    }

    private Query withTop(int rows) {
        return new Query(select, filter, order, expand, rows, count, options);
    }

    private Query withCount(boolean wanted) {
        return new Query(select, filter, order, expand, top, wanted, options);
    }

    private static int number(String value) {
        try {
            int number = Integer.parseInt(value.trim());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused below, as negative numbers are
        }
        throw Refusal.query("Invalid value '" + value + "' for $top: it must be a number that is not negative.");
    }

    private static List<Column> select(Table table, String list) {
        List<Column> columns = new ArrayList<>();
        for (String name : list.split(",")) {
            if (!name.trim().equals(table.id())) { // always answered
                columns.add(table.readable(name.trim()).orElseThrow(() -> Refusal.unknownProperty(name.trim(), table)));
            }
        }
        return columns;
    }

    private static List<Order> order(Table table, String list) {
        List<Order> order = new ArrayList<>();
        for (String part : list.split(",")) {
            String[] words = part.trim().split("\\s+");
            if (words.length > 2 || words.length == 2 && !Set.of("asc", "desc").contains(words[1])) {
                throw Refusal.query("Syntax error in $orderby '" + list + "'.");
            }
            boolean descending = words.length == 2 && words[1].equals("desc");
            if (words[0].equals(table.id())) {
                order.add(new Order(idColumn(table), Row::id, descending));
            } else {
                Column column = table.readable(words[0]).orElseThrow(() -> Refusal.unknownProperty(words[0], table));
                order.add(new Order(column, row -> row.get(column.name()), descending));
            }
        }
        return order;
    }

    private static Map<String, Query> expand(Schema schema, Store store, Clock clock, Table table, String list) {
        Map<String, Query> expand = new LinkedHashMap<>();
        for (String untrimmed : split(list, ',')) {
            String part = untrimmed.trim();
            int open = part.indexOf('(');
            String navigation = open < 0 ? part : part.substring(0, open).trim();
            expand.put(navigation, parse(schema, store, clock, target(schema, table, navigation), inner(part)));
        }
        return expand;
    }

    /** The options of one part of {@code $expand}: what stands in its parentheses. */
    static Map<String, String> inner(String part) {
        Map<String, String> options = new LinkedHashMap<>();
        int open = part.indexOf('(');
        if (open >= 0) {
            if (!part.endsWith(")")) {
                throw Refusal.query("Syntax error in $expand '" + part + "'.");
            }
            for (String option : split(part.substring(open + 1, part.length() - 1), ';')) {
                int equals = option.indexOf('=');
                if (equals < 0) {
                    throw Refusal.query("Syntax error in $expand '" + part + "'.");
                }
                options.put(option.substring(0, equals).trim(), option.substring(equals + 1));
            }
        }
        return options;
    }

    private static Table target(Schema schema, Table table, String navigation) {
        if (table.collections().containsKey(navigation)) {
            return schema.table(table.collections().get(navigation).table());
        }
        Table.One one = table.one(navigation).orElseThrow(() -> Refusal.unknownProperty(navigation, table));
        return schema.table(one.targets().get(0)); // an owner is read as a user; teams have no columns of their own here
    }

    /** Splits at a sign that stands outside of parentheses and quotes. */
    static List<String> split(String text, char sign) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && c == '(') {
                depth++;
            } else if (!quoted && c == ')') {
                depth--;
            } else if (!quoted && depth == 0 && c == sign) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
