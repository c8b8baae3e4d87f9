package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the row a URL or an {@code @odata.bind} names: by id or by alternate key (section 3.3). */
final class Keys {

    private static final Pattern PART = Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*('(?:[^']|'')*'|[^,']+?)\\s*(?:,|$)");
    private static final Pattern ADDRESS = Pattern.compile(
        "(?s)(?:https?://[^/]+)?(?:/api/data/v9\\.\\d+)?/?([A-Za-z_][A-Za-z0-9_]*)\\((.*)\\)");

    private static final Pattern BREAKING = Pattern.compile("[/<>*%&:\\\\?+]");

    private final Schema schema;
    private final Store store;
    private final Switches switches;

    Keys(Schema schema, Store store, Switches switches) {
        this.schema = schema;
        this.store = store;
        this.switches = switches;
    }

    /**
     * What stands between the parentheses of a URL.
     *
     * @param text   as it was sent, decoded
     * @param id     the primary key, null for an alternate key
     * @param values columns of the alternate key with their values, empty for a primary key
     */
    record Key(String text, String id, Map<Column, Object> values) {
    }

    /**
     * Reads a key.
     *
     * @throws Refusal 400 if it is no id and no declared alternate key
     */
    Key read(Table table, String text) {
        String bare = text.trim();
        for (String id : List.of(table.id(), "ownerid")) { // users and teams have the key of their common type (section 2.5)
            if (bare.startsWith(id + "=") && table.keyNames().contains(id)) {
                bare = bare.substring(id.length() + 1);
            }
        }
        if (Values.GUID.matcher(bare).matches()) {
            return new Key(text, Values.id(bare), Map.of());
        }
        Map<Column, Object> values = new LinkedHashMap<>();
        Matcher part = PART.matcher(bare);
        int at = 0;
        while (at < bare.length() && part.find(at) && part.start() == at) {
            Column column = table.readable(part.group(1)).orElseThrow(() -> notAKey(table));
            values.put(column, value(table, column, part.group(2)));
            at = part.end();
        }
        Set<String> names = Set.copyOf(values.keySet().stream().map(Column::name).toList());
        if (at < bare.length() || table.keys().stream().noneMatch(key -> Set.copyOf(key).equals(names))) {
            throw notAKey(table);
        }
        return new Key(text, null, values);
    }

    private static Refusal notAKey(Table table) {
        return Refusal.query("The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM." + table.name()
            + "'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource '"
            + "Microsoft.Dynamics.CRM." + table.name() + "'.");
    }

    private static Object value(Table table, Column column, String literal) {
        if (column.type().isLookup()) {
            if (!Values.GUID.matcher(literal).matches()) {
                throw notAKey(table);
            }
            return Values.id(literal);
        }
        if (literal.startsWith("'")) {
            String text = literal.substring(1, literal.length() - 1).replace("''", "'");
            return Values.fromJson(table, column, JsonNodeFactory.instance.textNode(text));
        }
        try {
            JsonNode bare = column.type().isNumber()
                ? JsonNodeFactory.instance.numberNode(new BigDecimal(literal))
                : JsonNodeFactory.instance.textNode(literal);
            return Values.fromJson(table, column, bare);
        } catch (NumberFormatException e) {
            throw notAKey(table);
        }
    }

    /**
     * Reads a key as it stands in an address of a request.
     *
     * @throws Refusal 400 also for signs that break such addresses (section 3.3)
     */
    Key readInAddress(Table table, String text) {
        Key key = read(table, text);
        if (key.id() == null && !switches.has(DataverseSwitch.KEYS_TAKE_ANY_CHARACTER)
            && key.values().values().stream().anyMatch(value -> value instanceof String sent && BREAKING.matcher(sent).find())) {
            throw Refusal.query("A potentially dangerous value was detected in the request address: the key '" + text
                + "' holds one of / < > * % & : \\ ? +, which addresses by alternate key can't. Use a filter, or the id.");
        }
        return key;
    }

    /** The row a key names, or null. */
    Row find(Table table, Key key) {
        if (key.id() != null) {
            return store.find(table.name(), key.id());
        }
        Map.Entry<Column, Object> first = key.values().entrySet().iterator().next();
        List<Row> candidates = first.getKey().type().isLookup() ? store.rows(table.name())
            : store.rowsWith(table.name(), first.getKey().name(), first.getValue());
        return candidates.stream().filter(row -> key.values().entrySet().stream().allMatch(part ->
            row.get(part.getKey().name()) != null && Values.compare(row.get(part.getKey().name()), part.getValue()) == 0))
            .findFirst().orElse(null);
    }

    /** The row a key names; 404 if there is none. */
    Row require(Table table, Key key) {
        Row row = find(table, key);
        if (row != null) {
            return row;
        }
        throw key.id() != null ? Refusal.missing(table, key.id())
            : new Refusal(404, "0x80060891", "A record with the specified key values does not exist in " + table.name() + " entity");
    }

    /**
     * The row an {@code @odata.bind} or {@code @odata.id} leads to.
     *
     * @param address {@code /set(key)}, {@code set(key)} or a full URL
     * @param targets tables it may be in
     * @throws Refusal 400 if it can't be read or leads to another table, 404 if there is no such row
     */
    Ref resolve(String property, String address, List<String> targets) {
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            throw Refusal.payload("The value '" + address + "' of '" + property
                + "' is not the address of a row, such as /accounts(<id>).");
        }
        Table table = schema.set(parts.group(1)).filter(found -> targets.contains(found.name())).orElseThrow(() ->
            Refusal.payload("'" + property + "' can't point to '" + parts.group(1) + "', only to rows of " + targets + "."));
        return new Ref(table.name(), require(table, read(table, parts.group(2))).id());
    }
}
