package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.Stream;

/** Runs one query against the records as they are now: finds rows and shows them (section 3.2). */
final class QueryRun implements Filters.Values {

    /** A fraction of the rows that is worth to be found without sorting all. */
    private static final int FEW = 4;

    private final Org org;
    private final boolean deletedToo;
    private final Query query;
    private final Map<SObject.Child, Map<String, List<Row>>> children = new HashMap<>();

    /**
     * Makes a query ready.
     *
     * @param deletedToo whether deleted records are found, as {@code /queryAll} does
     */
    QueryRun(Org org, SoqlText text, Soql soql, boolean deletedToo) {
        this.org = org;
        this.deletedToo = deletedToo;
        this.query = new QueryResolver(org.schema(), text, this).resolve(soql);
    }

    /** True for {@code COUNT()}. */
    boolean counts() {
        return query.shown() == null;
    }

    /** The rows that fit, in order. */
    List<Row> rows() {
        return rows(query, all(query.object().name()));
    }

    private List<Row> rows(Query of, List<Row> all) {
        List<Row> fitting = new ArrayList<>();
        for (Row row : all) {
            if (of.where().test(row)) {
                fitting.add(row);
            }
        }
        return sorted(of, fitting).skip(of.offset()).limit(of.limit()).toList();
    }

    private List<Row> all(String table) {
        List<Row> rows = org.store().rows(table);
        if (!deletedToo) {
            return rows;
        }
        return Stream.concat(rows.stream(), org.store().deletedSince(table, 0).stream().map(deletion -> deleted(deletion.row())))
            .sorted(Comparator.comparingLong(Row::sequence)).toList();
    }

    private static Row deleted(Row row) {
        Map<String, Object> values = new LinkedHashMap<>(row.values());
        values.put("IsDeleted", true);
        return new Row(row.table(), row.id(), row.sequence(), row.version(), values);
    }

    /** A row with what it is sorted by, so that it is looked up once only. */
    private record Sorted(Row row, Object[] keys) {
    }

    private Stream<Row> sorted(Query of, List<Row> rows) {
        if (of.order().isEmpty()) {
            return rows.stream();
        }
        List<Function<Row, Object>> readers = of.order().stream().map(part -> reader(part.column())).toList();
        Comparator<Sorted> inOrder = (a, b) -> compare(of.order(), a.keys, b.keys);
        inOrder = inOrder.thenComparingLong(one -> one.row.sequence());
        List<Sorted> all = new ArrayList<>();
        for (Row row : rows) {
            Object[] keys = new Object[readers.size()];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = Filters.key(readers.get(i).apply(row));
            }
            all.add(new Sorted(row, keys));
        }
        long wanted = Math.max(1, (long) of.offset() + of.limit());
        List<Sorted> few = wanted < all.size() / FEW ? first((int) wanted, all, inOrder) : all;
        few.sort(inOrder);
        return few.stream().map(Sorted::row);
    }

    /** The first of many, still without order: what a poll asks for, without sorting the others. */
    private static List<Sorted> first(int wanted, List<Sorted> all, Comparator<Sorted> inOrder) {
        PriorityQueue<Sorted> lastOnTop = new PriorityQueue<>(inOrder.reversed());
        for (Sorted one : all) {
            if (lastOnTop.size() < wanted) {
                lastOnTop.add(one);
            } else if (inOrder.compare(one, lastOnTop.peek()) < 0) {
                lastOnTop.remove();
                lastOnTop.add(one);
            }
        }
        return new ArrayList<>(lastOnTop);
    }

    private static int compare(List<Query.Sort> order, Object[] a, Object[] b) {
        for (int i = 0; i < a.length; i++) {
            int compared = compare(order.get(i), a[i], b[i]);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static int compare(Query.Sort part, Object a, Object b) {
        if (a == null || b == null) {
            int emptyFirst = Boolean.compare(a != null, b != null);
            return part.nullsLast() ? -emptyFirst : emptyFirst;
        }
        return part.descending() ? Filters.compare(b, a) : Filters.compare(a, b);
    }

    @Override
    public Function<Row, Object> reader(Query.Column column) {
        Function<Row, Object> read = value(column.field());
        for (int i = column.lookups().size() - 1; i >= 0; i--) {
            Field lookup = column.lookups().get(i);
            Function<Row, Object> next = read;
            read = row -> {
                Row parent = parent(row, lookup);
                return parent == null ? null : next.apply(parent);
            };
        }
        return read;
    }

    private static Function<Row, Object> value(Field field) {
        return switch (field.type()) {
            case ID -> row -> new Ref(row.table(), row.id());
            case CHECKBOX -> row -> Boolean.TRUE.equals(row.get(field.name()));
            default -> row -> row.get(field.name());
        };
    }

    private Row parent(Row row, Field lookup) {
        if (!(row.get(lookup.name()) instanceof Ref ref)) {
            return null;
        }
        Row found = org.store().find(ref.table(), ref.id());
        Store.Deleted deletion = found == null && deletedToo ? org.store().deletion(ref.table(), ref.id()) : null;
        return deletion == null ? found : deleted(deletion.row());
    }

    @Override
    public List<Object> select(SoqlText text, Soql soql) {
        if (soql.items().size() != 1 || !(soql.items().get(0) instanceof Soql.Path path)) {
            throw new Refusal(400, "MALFORMED_QUERY", "A query inside of a condition selects one field.");
        }
        QueryRun inner = new QueryRun(org, text, soql, deletedToo);
        Query.Column column = inner.column(text, soql, path);
        if (column.field().type() != Type.ID && column.field().type() != Type.LOOKUP) {
            throw text.refusal("INVALID_FIELD", path.at(), "The selected field '" + path.text()
                + "' in a query inside of a condition must be an ID or a reference");
        }
        Function<Row, Object> read = reader(column);
        List<Object> values = new ArrayList<>();
        inner.rows().stream().map(read).filter(value -> value != null).forEach(values::add);
        return values;
    }

    private Query.Column column(SoqlText text, Soql soql, Soql.Path path) {
        return new QueryResolver(org.schema(), text, this).column(soql, query.object(), path);
    }

    @Override
    public LocalDate today() {
        return LocalDate.now(org.clock());
    }

    /**
     * A row as the answer shows it.
     *
     * @param root such as {@code /services/data/v60.0}
     */
    Map<String, Object> json(String root, Row row) {
        return json(root, query.object(), query.shown(), row);
    }

    private Map<String, Object> json(String root, SObject object, List<Query.Shown> shown, Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("attributes", View.attributes(root, object, row.id()));
        for (Query.Shown one : shown) {
            if (one instanceof Query.Value value) {
                json.put(value.name(), View.value(root, object, row, value.field()));
            } else if (one instanceof Query.Parent above) {
                Row parent = parent(row, above.lookup());
                json.put(above.name(), parent == null ? null : json(root, above.object(), above.shown(), parent));
            } else if (one instanceof Query.Children below) {
                json.put(below.name(), list(root, below, row));
            }
        }
        return json;
    }

    /** Children of a row in the shape of an answer; null where there is none. */
    private Map<String, Object> list(String root, Query.Children below, Row row) {
        Query of = below.query();
        List<Row> found = rows(of, children(below.relationship()).getOrDefault(row.id(), List.of()));
        if (found.isEmpty()) {
            return null;
        }
        return answer(found.size(), null, found.stream().map(child -> json(root, of.object(), of.shown(), child)).toList());
    }

    /** Children by the id they point to, found once for all rows. */
    private Map<String, List<Row>> children(SObject.Child relationship) {
        return children.computeIfAbsent(relationship, one -> {
            Map<String, List<Row>> byParent = new HashMap<>();
            for (Row row : all(one.object())) {
                if (row.get(one.field().name()) instanceof Ref ref) {
                    byParent.computeIfAbsent(ref.id(), id -> new ArrayList<>()).add(row);
                }
            }
            return byParent;
        });
    }

    /** The shape of every answer to a query. */
    static Map<String, Object> answer(int total, String next, List<?> records) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("totalSize", total);
        json.put("done", next == null);
        if (next != null) {
            json.put("nextRecordsUrl", next);
        }
        json.put("records", records);
        return json;
    }
}
