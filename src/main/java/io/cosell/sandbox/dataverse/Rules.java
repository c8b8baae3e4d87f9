package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The only way to change rows: reads bodies, checks them against the tables, keeps states, keys, computed columns and references in
 * order, and notes every change. Implements contract dataverse.md, sections 2, 3.2, 3.3 and 4.2.
 */
final class Rules {

    private static final String BIND = "@odata.bind";

    private final Schema schema;
    private final Store store;
    private final Keys keys;
    private final Switches switches;
    private final Clock clock;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    Rules(Schema schema, Store store, Keys keys, Switches switches, Clock clock) {
        this.schema = schema;
        this.store = store;
        this.keys = keys;
        this.switches = switches;
        this.clock = clock;
    }

    /**
     * Creates a row.
     *
     * @param body   as POSTed; may hold the primary key
     * @param key    values of the alternate key the row was addressed by, taken where the body has none (section 3.3)
     * @param detect whether the default duplicate rules are applied (they are off unless a call turns them on)
     */
    Row create(Table table, ObjectNode body, Map<Column, Object> key, Caller by, boolean detect) {
        String id = idOf(table, body);
        if (store.find(table.name(), id) != null) {
            throw new Refusal(412, "0x80040237", "Cannot insert duplicate key: a " + table.name() + " with Id = " + id + " exists.");
        }
        Map<String, Object> written = columns(table, body);
        key.forEach((column, value) -> written.putIfAbsent(column.name(),
            column.type().isLookup() ? new Ref(column.targets().get(0), value.toString()) : value));
        if (detect) {
            refuseDuplicate(table, written);
        }
        return insert(table, id, written, by);
    }

    private static String idOf(Table table, ObjectNode body) {
        JsonNode given = body.get(table.id());
        if (given == null || given.isNull()) {
            return UUID.randomUUID().toString();
        }
        if (!given.isTextual() || !Values.GUID.matcher(given.textValue()).matches()) {
            throw Refusal.payload("Cannot convert the value " + given + " of the property '" + table.id() + "' to a Guid.");
        }
        return Values.id(given.textValue());
    }

    /** Creates a row from values already read. */
    Row insert(Table table, String id, Map<String, Object> written, Caller by) {
        Map<String, Object> values = new LinkedHashMap<>();
        table.columns().values().stream().filter(column -> column.initial() != null)
            .forEach(column -> values.put(column.name(), Values.fromJson(table, column, column.initial())));
        if (table.columns().containsKey("ownerid")) {
            values.put("ownerid", new Ref("systemuser", by.user()));
        }
        apply(values, written);
        table.state().ifPresent(state -> {
            int first = state.values().keySet().iterator().next();
            if (values.getOrDefault("statecode", first).equals(first)) {
                values.put("statecode", first);
            } else {
                throw Refusal.rule("A " + table.name() + " can't be created in state " + state.values().get(values.get("statecode"))
                    + ": leave out statecode, and change the state afterwards.");
            }
            values.putIfAbsent("statuscode", table.columns().get("statuscode").firstStatus(first));
        });
        table.columns().values().stream().filter(Column::autonumber).forEach(column -> values.put(column.name(), nextNumber(table)));
        values.put("createdon", now());
        values.put("createdby", new Ref("systemuser", by.user()));
        baseCurrency(table, values);
        Row row = put(table, id, null, values, by);
        store.note(new Change(by, "Create", row, written));
        addUp(table, row, by);
        return row;
    }

    /** Applies a PATCH to a row, by the rules for callers (states, read-only rows). */
    Row update(Table table, Row row, ObjectNode body, Caller by) {
        Map<String, Object> written = columns(table, body);
        table.columns().values().stream().filter(Column::createOnly).map(Column::name).forEach(written::remove);
        guardState(table, row, written);
        return write(table, row, written, by);
    }

    /** Writes columns of a row as the system does: closed rows too. */
    Row write(Table table, Row row, Map<String, Object> written, Caller by) {
        Map<String, Object> values = new LinkedHashMap<>(row.values());
        apply(values, written);
        if (written.containsKey("statecode") && !written.containsKey("statuscode")
            && !Objects.equals(written.get("statecode"), row.get("statecode"))) {
            values.put("statuscode", table.columns().get("statuscode").firstStatus((Integer) values.get("statecode")));
        }
        Row after = put(table, row.id(), row, values, by);
        store.note(new Change(by, "Update", row, after, written));
        addUp(table, row, by);
        addUp(table, after, by);
        return after;
    }

    /** Deletes a row; what belongs to it goes too, other rows lose their lookup to it. */
    void delete(Table table, Row row, Caller by) {
        for (Table other : schema.all()) {
            for (Column column : other.columns().values()) {
                if (column.targets().contains(table.name())) {
                    store.rowsWith(other.name(), column.name(), new Ref(table.name(), row.id())).forEach(child -> {
                        if (column.cascades()) {
                            delete(other, child, by);
                        } else {
                            Map<String, Object> values = new LinkedHashMap<>(store.find(other.name(), child.id()).values());
                            values.remove(column.name());
                            store.put(other.name(), child.id(), values);
                        }
                    });
                }
            }
        }
        Row last = store.find(table.name(), row.id());
        store.remove(last);
        store.note(new Change(by, "Delete", last, last, Map.of()));
        addUp(table, last, by);
    }

    /** After a row was written: adds up again what rows it points to add up of it (section 2.2, line items). */
    private void addUp(Table table, Row row, Caller by) {
        for (Table other : schema.all()) {
            for (Column column : other.columns().values()) {
                if (column.sum() != null && column.sum().table().equals(table.name()) && row.get(column.sum().lookup()) instanceof Ref ref) {
                    Row whole = store.find(other.name(), ref.id());
                    BigDecimal sum = sum(column, ref.id());
                    if (whole != null && Boolean.TRUE.equals(whole.get(column.sum().when()))
                        && Values.compare(whole.get(column.name()), sum) != 0) {
                        Map<String, Object> values = new LinkedHashMap<>(whole.values());
                        values.put(column.name(), sum);
                        Row after = finish(other, whole.id(), values, by);
                        store.note(new Change(by, "Update", whole, after, singleton(column.name(), sum)));
                    }
                }
            }
        }
    }

    private BigDecimal sum(Column column, String id) {
        return parts(column, id).stream().map(part -> part.get(column.sum().column()))
            .map(amount -> amount == null ? BigDecimal.ZERO : (BigDecimal) amount)
            .reduce(BigDecimal.ZERO, BigDecimal::add).setScale(column.decimals(), RoundingMode.HALF_UP);
    }

    private List<Row> parts(Column column, String id) {
        Table whole = schema.table(schema.table(column.sum().table()).columns().get(column.sum().lookup()).targets().get(0));
        return store.rowsWith(column.sum().table(), column.sum().lookup(), new Ref(whole.name(), id));
    }

    private Row put(Table table, String id, Row before, Map<String, Object> values, Caller by) {
        checkStatus(table, id, values);
        refuseUnsupported(table, values);
        keepCalculated(table, id, before, values);
        return finish(table, id, values, by);
    }

    /** Fills in what the system writes itself, checks the whole row and stores it. */
    private Row finish(Table table, String id, Map<String, Object> values, Caller by) {
        compute(table, values);
        if (table.columns().containsKey("owninguser")) {
            apply(values, Collections.singletonMap("owninguser",
                values.get("ownerid") instanceof Ref owner && owner.table().equals("systemuser") ? owner : null));
        }
        for (Column column : table.columns().values()) {
            if (column.required() && values.get(column.name()) == null) {
                throw Refusal.rule("The column '" + column.name() + "' of '" + table.name() + "' is mandatory: give it a value.");
            }
        }
        checkKeys(table, id, values);
        values.put("modifiedon", now());
        values.put("modifiedby", new Ref("systemuser", by.user()));
        return store.put(table.name(), id, values);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static void apply(Map<String, Object> values, Map<String, Object> written) {
        written.forEach((name, value) -> {
            if (value == null) {
                values.remove(name);
            } else {
                values.put(name, value);
            }
        });
    }

    /**
     * Reads a body.
     *
     * @return values by logical column name; null where a column is cleared
     */
    private Map<String, Object> columns(Table table, ObjectNode body) {
        Map<String, Object> written = new LinkedHashMap<>();
        body.fields().forEachRemaining(entry -> {
            String name = entry.getKey();
            if (name.endsWith(BIND)) {
                bind(table, name, entry.getValue(), written);
            } else if (!name.contains("@") && !name.equals(table.id())) { // other annotations are for readers, and the key is in the URL
                plain(table, name, entry.getValue(), written);
            }
        });
        return written;
    }

    private void bind(Table table, String property, JsonNode address, Map<String, Object> written) {
        String navigation = property.substring(0, property.length() - BIND.length());
        Table.One one = table.one(navigation).orElseThrow(() -> Refusal.unknownProperty(navigation, table));
        if (address.isNull()) {
            written.put(one.column().name(), null);
        } else if (!address.isTextual()) {
            throw Refusal.payload("The value of '" + property + "' is not the address of a row, such as /accounts(<id>).");
        } else {
            Ref target = keys.resolve(property, address.textValue(), one.targets());
            if (!one.column().readOnly()) {
                written.put(one.column().name(), target);
            }
        }
    }

    private void plain(Table table, String name, JsonNode value, Map<String, Object> written) {
        Column column = table.columns().get(name);
        if (column != null && !column.type().isLookup()) {
            Object read = Values.fromJson(table, column, value);
            if (!column.readOnly()) {
                written.put(name, read);
            }
        } else if (column != null || table.readable(name).isPresent()) {
            throw Refusal.payload("CRM do not support direct update of Entity Reference properties, Use Navigation properties instead: '"
                + name + "' of '" + table.name() + "' is written as a navigation property with " + BIND + ".");
        } else if (table.one(name).isPresent() || table.collections().containsKey(name)) {
            throw Refusal.unsupported("creating related rows in the same body (" + name + ")");
        } else {
            throw Refusal.unknownProperty(name, table);
        }
    }

    private static void guardState(Table table, Row row, Map<String, Object> written) {
        if (table.state().isEmpty()) {
            return;
        }
        int now = (Integer) row.get("statecode");
        if (written.containsKey("statecode") && written.get("statecode") == null) {
            throw Refusal.rule("The statecode of a " + table.name() + " can't be empty.");
        }
        int wanted = (Integer) written.getOrDefault("statecode", now);
        String label = table.state().get().values().get(now);
        if (table.readOnlyStates().contains(now)
            && (table.readOnlyStates().contains(wanted) || !Set.of("statecode", "statuscode").containsAll(written.keySet()))) {
            // Code and text of this refusal are not documented.
            throw Refusal.rule("The " + table.name() + " " + row.id() + " is " + label
                + " and read-only. Reopen it first, with statecode 0 alone.");
        }
        if (wanted != now && table.statesByAction().containsKey(wanted)) {
            throw Refusal.rule("The statecode of a " + table.name() + " can't be set to " + wanted + " by an update. Use the action "
                + table.statesByAction().get(wanted) + ".");
        }
    }

    private static void checkStatus(Table table, String id, Map<String, Object> values) {
        if (table.state().isEmpty()) {
            return;
        }
        Column status = table.columns().get("statuscode");
        if (!Objects.equals(status.states().get(values.get("statuscode")), values.get("statecode"))) {
            throw new Refusal(400, "0x80048408", values.get("statuscode") + " is not a valid status code for state code "
                + table.state().get().values().get(values.get("statecode")) + " on " + table.name() + " with Id " + id + ".");
        }
    }

    /** Values Dataverse takes and the sandbox does not simulate. */
    private static void refuseUnsupported(Table table, Map<String, Object> values) {
        for (Column column : table.columns().values()) {
            if (values.get(column.name()) instanceof Integer value && column.unsupported().containsKey(value)) {
                throw Refusal.unsupported(column.unsupported().get(value));
            }
        }
    }

    /**
     * While the system calculates a value, one that a caller sends is not taken (section 2.2): it is the sum of the line items, or stays as
     * it was where there are none.
     */
    private void keepCalculated(Table table, String id, Row before, Map<String, Object> values) {
        for (Column column : table.columns().values()) {
            if (column.sum() != null && Boolean.TRUE.equals(values.get(column.sum().when()))) {
                Object kept = before == null ? null : before.get(column.name());
                apply(values, singleton(column.name(), parts(column, id).isEmpty() ? kept : sum(column, id)));
            }
        }
    }

    /** Joined names and money in base currency. */
    private void compute(Table table, Map<String, Object> values) {
        for (Column column : table.columns().values()) {
            if (!column.joined().isEmpty()) {
                String joined = column.joined().stream().map(values::get).filter(Objects::nonNull).map(Object::toString)
                    .collect(Collectors.joining(" "));
                apply(values, singleton(column.name(), joined.isEmpty() ? null : joined));
            }
        }
        for (Column column : table.columns().values()) {
            if (!column.product().isEmpty()) {
                boolean whole = column.product().stream().allMatch(factor -> values.get(factor) != null);
                apply(values, singleton(column.name(), !whole ? null : column.product().stream().map(factor -> (BigDecimal) values.get(factor))
                    .reduce(BigDecimal.ONE, BigDecimal::multiply).setScale(column.decimals(), RoundingMode.HALF_UP)));
            }
        }
        Column rate = table.columns().get("exchangerate");
        if (rate == null || !rate.readOnly()) {
            return;
        }
        BigDecimal rateNow = values.get("transactioncurrencyid") instanceof Ref currency
            ? (BigDecimal) store.find("transactioncurrency", currency.id()).get("exchangerate") : null;
        apply(values, singleton("exchangerate", rateNow));
        for (Column column : table.columns().values()) {
            Column base = table.columns().get(column.name() + "_base");
            if (column.type() == Type.MONEY && base != null) {
                Object amount = values.get(column.name());
                apply(values, singleton(base.name(), amount == null || rateNow == null ? null
                    : ((BigDecimal) amount).divide(rateNow, base.decimals(), RoundingMode.HALF_UP)));
            }
        }
    }

    private static Map<String, Object> singleton(String name, Object value) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put(name, value);
        return one;
    }

    private void baseCurrency(Table table, Map<String, Object> values) {
        boolean money = table.columns().values().stream()
            .anyMatch(column -> column.type() == Type.MONEY && values.get(column.name()) != null);
        if (money && values.get("transactioncurrencyid") == null && table.columns().containsKey("transactioncurrencyid")) {
            store.rows("transactioncurrency").stream().findFirst()
                .ifPresent(base -> values.put("transactioncurrencyid", new Ref("transactioncurrency", base.id())));
        }
    }

    /** The last number of each table with an autonumber. */
    Map<String, Integer> numbers() {
        return Map.copyOf(numbers);
    }

    void replaceNumbers(Map<String, Integer> last) {
        numbers.clear();
        numbers.putAll(last);
    }

    private String nextNumber(Table table) {
        return clock.instant().toString().substring(0, LocalDate.EPOCH.toString().length())
            + String.format("-%05d", numbers.merge(table.name(), 1, Integer::sum));
    }

    private void checkKeys(Table table, String id, Map<String, Object> values) {
        for (List<String> key : table.keys()) {
            if (key.stream().anyMatch(column -> values.get(column) == null)) {
                continue;
            }
            store.rowsWith(table.name(), key.get(0), values.get(key.get(0))).stream()
                .filter(other -> !other.id().equals(id)
                    && key.stream().allMatch(column -> Values.compare(other.get(column), values.get(column)) == 0))
                .findFirst().ifPresent(other -> {
                    String attributes = key.stream()
                        .map(column -> "<" + column + ">" + Values.toJson(values.get(column)) + "</" + column + ">")
                        .collect(Collectors.joining());
                    throw new Refusal(412, "0x80060892", "Entity Key " + key.get(0) + "_key violated. A record with the same value for "
                        + String.join(", ", key) + " already exists. A duplicate record cannot be created."
                        + " Select one or more unique values and try again.<DuplicateEntity><DuplicateAttributes>" + attributes
                        + "</DuplicateAttributes><Id>" + other.id() + "</Id></DuplicateEntity>");
                });
        }
    }

    private void refuseDuplicate(Table table, Map<String, Object> written) {
        boolean found = !table.duplicateColumns().isEmpty()
            && table.duplicateColumns().stream().allMatch(column -> written.get(column) != null)
            && store.rowsWith(table.name(), table.duplicateColumns().get(0), written.get(table.duplicateColumns().get(0))).stream()
                .anyMatch(other -> table.duplicateColumns().stream().allMatch(column ->
                Values.compare(other.get(column), written.get(column)) == 0));
        if (found) {
            throw new Refusal(switches.has(DataverseSwitch.DUPLICATES_ANSWER_500) ? 500 : 412, "0x80040333",
                "A record was not created or updated because a duplicate of the current record already exists.");
        }
    }
}
