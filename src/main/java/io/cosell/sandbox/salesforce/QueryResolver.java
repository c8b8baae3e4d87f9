package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Looks up the names of a query in the schema and makes it ready to run (section 3.2). What it refuses, it refuses with the codes of
 * section 3.5.
 */
final class QueryResolver {

    private static final int FIELDS_LIMIT = 200;
    private static final int OFFSET_LIMIT = 2000;
    private static final int SORTABLE_TEXT = 255;
    private static final String DESCRIBED =
        " Please reference your WSDL or the describe call for the appropriate names.";

    private final Schema schema;
    private final SoqlText text;
    private final Filters filters;

    /**
     * @param text   the query's text, for errors
     * @param values what reads fields and runs queries inside of conditions
     */
    QueryResolver(Schema schema, SoqlText text, Filters.Values values) {
        this.schema = schema;
        this.text = text;
        this.filters = new Filters(this, text, values);
    }

    /** Makes a query ready. */
    Query resolve(Soql soql) {
        String name = soql.from().text();
        return resolve(soql, schema.object(name).orElseThrow(() -> text.refusal("INVALID_TYPE", soql.from().at(), "sObject type '" + name
            + "' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
            + DESCRIBED)));
    }

    private Query resolve(Soql soql, SObject object) {
        if (soql.offset() > OFFSET_LIMIT) {
            throw new Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is " + OFFSET_LIMIT);
        }
        boolean count = soql.items().stream().anyMatch(Soql.Count.class::isInstance);
        if (count && (soql.items().size() > 1 || !soql.order().isEmpty())) {
            throw new Refusal(400, "MALFORMED_QUERY", "COUNT() stands alone: without fields beside it and without ORDER BY");
        }
        Predicate<Row> where = soql.where() == null ? row -> true : filters.test(soql, object, soql.where());
        List<Query.Sort> order = soql.order().stream().map(part -> {
            Query.Column column = column(soql, object, part.path());
            if (isLong(column.field())) {
                throw text.refusal("INVALID_FIELD", part.path().at(), "field '" + part.path().text()
                    + "' can not be sorted in a query call");
            }
            return new Query.Sort(column, part.descending(), part.nullsLast());
        }).toList();
        return new Query(object, count ? null : shown(soql, object), where, order, soql.limit() == null ? Integer.MAX_VALUE : soql.limit(),
            soql.offset());
    }

    /** True for texts too long to filter and sort by. */
    static boolean isLong(Field field) {
        return field.type() == Type.BASE64 || field.type() == Type.TEXTAREA && field.length() > SORTABLE_TEXT;
    }

    /** What one record of the answer shows, while it is put together: parents by relationship, so that two paths meet in one. */
    private static final class Building {
        private final Map<String, Query.Shown> leaves = new LinkedHashMap<>();
        private final Map<String, Building> parents = new LinkedHashMap<>();
        private final Map<String, Field> lookups = new LinkedHashMap<>();
        private final Set<String> order = new LinkedHashSet<>();
    }

    private List<Query.Shown> shown(Soql soql, SObject object) {
        Building building = new Building();
        for (Soql.Item item : soql.items()) {
            if (item instanceof Soql.Path path) {
                add(building, column(soql, object, path), path);
            } else if (item instanceof Soql.Fields fields) {
                fields(soql, object, fields).forEach(field ->
                    add(building, new Query.Column(List.of(), field), new Soql.Path(List.of(field.name()), fields.at())));
            } else if (item instanceof Soql.Child child) {
                Query.Children children = children(object, child.query());
                leaf(building, children, child.query().from());
            }
        }
        return built(building);
    }

    private void add(Building building, Query.Column column, Soql.Path path) {
        Building at = building;
        for (Field lookup : column.lookups()) {
            at.order.add(lookup.relationship());
            at.lookups.put(lookup.relationship(), lookup);
            at = at.parents.computeIfAbsent(lookup.relationship(), name -> new Building());
        }
        leaf(at, new Query.Value(column.field()), path);
    }

    private void leaf(Building at, Query.Shown shown, Soql.Path path) {
        at.order.add(shown.name());
        if (at.leaves.put(shown.name(), shown) != null) {
            throw text.refusal("INVALID_FIELD", path.at(), "duplicate field selected: " + shown.name());
        }
    }

    private List<Query.Shown> built(Building building) {
        List<Query.Shown> shown = new ArrayList<>();
        for (String name : building.order) {
            if (building.leaves.containsKey(name)) {
                shown.add(building.leaves.get(name));
            }
            if (building.parents.containsKey(name)) {
                Field lookup = building.lookups.get(name);
                shown.add(new Query.Parent(lookup, schema.require(lookup.targets().get(0)), built(building.parents.get(name))));
            }
        }
        return shown;
    }

    private List<Field> fields(Soql soql, SObject object, Soql.Fields fields) {
        boolean standard = fields.which().equals("STANDARD");
        if (!standard && (soql.limit() == null || soql.limit() > FIELDS_LIMIT)) {
            throw new Refusal(400, "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most " + FIELDS_LIMIT);
        }
        return object.fields().values().stream().filter(field -> fields.which().equals("ALL") || field.isCustom() != standard).toList();
    }

    private Query.Children children(SObject object, Soql soql) {
        String name = soql.from().text();
        SObject.Child child = object.child(name).orElseThrow(() -> text.refusal("INVALID_TYPE", soql.from().at(),
            "Didn't understand relationship '" + name + "' in FROM part of query call. If you are attempting to use a custom relationship, "
                + "be sure to append the '__r' after the custom relationship name." + DESCRIBED));
        Query query = resolve(soql, schema.require(child.object()));
        if (query.shown() == null) {
            throw text.refusal("MALFORMED_QUERY", soql.from().at(), "COUNT() can't be used on children");
        }
        return new Query.Children(child, query);
    }

    /** Finds a field by its path. */
    Query.Column column(Soql soql, SObject object, Soql.Path path) {
        List<String> names = path.names();
        if (names.size() > 1 && (names.get(0).equalsIgnoreCase(soql.alias())
            || names.get(0).equalsIgnoreCase(object.name()) && object.parent(names.get(0)).isEmpty())) {
            names = names.subList(1, names.size());
        }
        SObject at = object;
        List<Field> lookups = new ArrayList<>();
        for (String name : names.subList(0, names.size() - 1)) {
            Field lookup = parent(at, name).orElseThrow(() -> text.refusal("INVALID_FIELD", path.at(), "Didn't understand relationship '"
                + name + "' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the "
                + "custom relationship name." + DESCRIBED));
            if (lookup.targets().size() > 1) {
                throw Refusal.unsupported("a path over " + name + ", which can point to several objects");
            }
            lookups.add(lookup);
            at = schema.require(lookup.targets().get(0));
        }
        String name = names.get(names.size() - 1);
        String entity = at.name();
        Field field = at.field(name).orElseThrow(() -> text.refusal("INVALID_FIELD", path.at(), "No such column '" + name
            + "' on entity '" + entity + "'. If you are attempting to use a custom field, be sure to append the '__c' after the custom "
            + "field name." + DESCRIBED));
        return new Query.Column(lookups, field);
    }

    private Optional<Field> parent(SObject object, String relationship) {
        return object.parent(relationship).filter(lookup -> lookup.targets().stream().anyMatch(name -> schema.object(name).isPresent()));
    }
}
