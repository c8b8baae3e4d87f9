package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The only way to change records, for single calls, composites and people alike: reads bodies, checks them against the objects, runs what
 * the organisation runs, and notes every change. Implements contract salesforce.md, sections 2, 3.1 and 3.5. Call it inside a
 * transaction of the store; every method throws {@link Refusal} where Salesforce refuses.
 */
final class Rules {

    /**
     * A record after an upsert.
     *
     * @param created whether it is new
     */
    record Saved(Row row, boolean created) {
    }

    private final Schema schema;
    private final Store store;
    private final Clock clock;
    private final Picklists picklists;
    private final Logic logic;
    private final Duplicates duplicates;
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private final Map<String, Integer> locks = new LinkedHashMap<>();
    private final Set<String> withheld = new TreeSet<>();
    private final Set<String> permissionsTaken = new TreeSet<>();

    Rules(Schema schema, Store store, Switches switches, Clock clock) {
        this.schema = schema;
        this.store = store;
        this.clock = clock;
        picklists = new Picklists(store, switches);
        logic = new Logic(schema, store, switches, picklists, this);
        duplicates = new Duplicates(store, switches);
    }

    /** Values of picklists as they are now. */
    Picklists picklists() {
        return picklists;
    }

    // ---- finding records

    /**
     * The record with this id.
     *
     * @param id with 15 or 18 characters
     * @throws Refusal 400 if this is no id of the object, 404 if there is no such record or it was deleted
     */
    Row find(SObject object, String id) {
        String full = Ids.full(id).filter(candidate -> candidate.startsWith(object.prefix()))
            .orElseThrow(() -> Refusal.malformedId(object.label() + " ID", id, "Id"));
        Row row = store.find(object.name(), full);
        if (row == null) {
            throw store.deletion(object.name(), full) != null ? Refusal.deleted() : Refusal.notFound();
        }
        return row;
    }

    /** The records with this value in an external id field; case does not matter. */
    List<Row> matching(SObject object, Field key, String value) {
        if (key.type() == Type.ID) {
            Row row = Ids.full(value).map(id -> store.find(object.name(), id)).orElse(null);
            return row == null ? List.of() : List.of(row);
        }
        if (key.type().isNumber()) {
            try {
                return store.rowsWith(object.name(), key.name(), new BigDecimal(value));
            } catch (NumberFormatException e) {
                return List.of();
            }
        }
        return store.rowsWith(object.name(), key.name(), value);
    }

    /**
     * The field that records of an object can be addressed by.
     *
     * @throws Refusal 404 if it does not exist or is no external id
     */
    Field externalId(SObject object, String name) {
        return object.field(name).filter(field -> field.externalId() || field.type() == Type.ID)
            .orElseThrow(() -> Refusal.noExternalId(name));
    }

    // ---- writing records

    /** Creates a record. */
    Row create(SObject object, ObjectNode body, Author by) {
        if (body.hasNonNull("Id")) {
            throw Refusal.record("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", "Id");
        }
        return insert(object, read(object, body, true, by), by);
    }

    /** Creates a record from values already read. */
    Row insert(SObject object, Map<String, Object> written, Author by) {
        requireWritable(object, "create", by);
        Map<String, Object> values = new LinkedHashMap<>();
        String id = Ids.of(object.prefix(), numbers.merge(object.name(), 1L, Long::sum));
        values.put("Id", id);
        for (Field field : schema.whole(object.name()).fields().values()) {
            if (field.initial() != null) {
                values.put(field.name(), Values.fromJson(field, field.initial()));
            } else if (field.type() == Type.CHECKBOX) {
                values.put(field.name(), false);
            } else if (field.type() == Type.AUTONUMBER) {
                values.put(field.name(), autonumber(object, field));
            }
        }
        object.field("OwnerId").ifPresent(owner -> values.put(owner.name(), new Ref("User", by.caller().user())));
        apply(values, written);
        values.put("CreatedDate", now());
        values.put("CreatedById", new Ref("User", by.caller().user()));
        return save(object, null, id, values, written, by);
    }

    /** Changes a record. */
    Row update(SObject object, Row row, ObjectNode body, Author by) {
        if (body.has("Id")) {
            throw notInBody("Id");
        }
        return write(object, row, read(object, body, false, by), by);
    }

    /** Changes a record by values already read; a field that is null is cleared. */
    Row write(SObject object, Row row, Map<String, Object> written, Author by) {
        requireWritable(object, "edit", by);
        requireAccess(row, by);
        requireUnlocked(row.id());
        Map<String, Object> values = new LinkedHashMap<>(row.values());
        apply(values, written);
        return save(object, row, row.id(), values, written, by);
    }

    /**
     * Creates or changes the one record with this external id.
     *
     * @param key        external id field, or Id
     * @param body       without key and Id
     * @param updateOnly whether a record that is missing is an error
     * @throws Refusal 300 if several records fit
     */
    Saved upsert(SObject object, Field key, String value, ObjectNode body, boolean updateOnly, Author by) {
        for (String name : List.of("Id", key.name())) {
            if (body.has(name)) {
                throw notInBody(name);
            }
        }
        List<Row> found = matching(object, key, value);
        if (found.size() > 1) {
            throw Refusal.choices(key.name(), found.stream().map(Row::id).toList());
        }
        if (found.size() == 1) {
            return new Saved(update(object, found.get(0), body, by), false);
        }
        if (updateOnly || key.type() == Type.ID) {
            throw Refusal.notFound();
        }
        return new Saved(create(object, body.deepCopy().put(key.name(), value), by), true);
    }

    /** Deletes a record with those that belong to it; others lose their lookup to it. */
    void delete(SObject object, Row row, Author by) {
        requireWritable(object, "delete", by);
        requireAccess(row, by);
        remove(object, row, by);
        logic.after(object, row, null, by);
    }

    private void remove(SObject object, Row row, Author by) {
        requireUnlocked(row.id());
        for (SObject other : schema.everything()) {
            for (Field field : other.fields().values()) {
                if (field.targets().contains(object.name())) {
                    release(other, field, row, by);
                }
            }
        }
        Map<String, Object> values = new LinkedHashMap<>(store.find(object.name(), row.id()).values());
        values.put("IsDeleted", true);
        stamp(values, by);
        store.remove(store.put(object.name(), row.id(), values));
        store.note(new Change(by.caller(), "Delete", row, row, Map.of()));
    }

    private void release(SObject other, Field field, Row target, Author by) {
        for (Row child : store.rowsWith(other.name(), field.name(), new Ref(target.table(), target.id()))) {
            if (field.restricts()) {
                throw Refusal.record("DELETE_FAILED", "Your attempt to delete " + target.get("Name")
                    + " could not be completed because it is associated with the following " + other.plural() + ".: " + child.get("Name"));
            }
            if (field.cascades()) {
                remove(other, child, by);
            } else {
                system(other, child, Collections.singletonMap(field.name(), null), by);
            }
        }
    }

    /** Writes fields as the system does: no rule is asked, and of the stamps only SystemModstamp moves (section 2.1). */
    Row system(SObject object, Row row, Map<String, Object> written, Author by) {
        Map<String, Object> values = new LinkedHashMap<>(row.values());
        apply(values, written);
        values.put("SystemModstamp", now());
        Row after = store.put(object.name(), row.id(), values);
        store.note(new Change(by.caller(), "Update", row, after, written));
        return after;
    }

    private Row save(SObject object, Row before, String id, Map<String, Object> values, Map<String, Object> written, Author by) {
        logic.before(object, before, values, written);
        requireFields(object, values);
        checkFilters(object, before, values);
        object.fields().values().forEach(field -> picklists.checkDependent(field, values));
        logic.validate(object, before, values);
        checkUnique(object, id, values);
        duplicates.check(object, id, values, written, by, before == null);
        stamp(values, by);
        Row after = store.put(object.name(), id, values);
        store.note(new Change(by.caller(), before == null ? "Create" : "Update", before, after, written));
        logic.after(object, before, after, by);
        return store.find(object.name(), id);
    }

    private void stamp(Map<String, Object> values, Author by) {
        values.put("LastModifiedDate", now());
        values.put("LastModifiedById", new Ref("User", by.caller().user()));
        values.put("SystemModstamp", now());
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

    private String autonumber(SObject object, Field field) {
        return DateTimeFormatter.ofPattern(field.pattern().replace("{MM}", "MM").replace("{DD}", "dd").replace("{YY}", "yy")
            .replace("{0}", "'" + numbers.merge(object.name() + "." + field.name(), 1L, Long::sum) + "'"), Locale.ROOT)
            .format(clock.instant().atOffset(ZoneOffset.UTC));
    }

    // ---- reading bodies

    /**
     * Reads a body.
     *
     * @return values by API name in proper case; null where a field is cleared
     */
    private Map<String, Object> read(SObject object, ObjectNode body, boolean create, Author by) {
        Map<String, Object> written = new LinkedHashMap<>();
        List<String> forbidden = new ArrayList<>();
        body.fields().forEachRemaining(entry -> {
            if (entry.getKey().equals("attributes") || entry.getKey().equals("Id")) {
                return;
            }
            Field field = object.field(entry.getKey()).or(() -> object.parent(entry.getKey()).filter(lookup -> entry.getValue().isObject()))
                .orElseThrow(() -> Refusal.noField(entry.getKey(), object));
            if (field.readOnly() && !by.administrator() || field.createOnly() && !create) {
                forbidden.add(field.name());
            } else {
                written.put(field.name(), value(object, field, entry.getValue(), by));
            }
        });
        if (!forbidden.isEmpty()) {
            throw Refusal.record("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: " + String.join(", ", forbidden)
                + ". Please check the security settings of this field and verify that it is read/write for your profile or permission set.",
                forbidden.toArray(String[]::new));
        }
        return written;
    }

    private Object value(SObject object, Field field, JsonNode json, Author by) {
        if (field.type() != Type.LOOKUP) {
            Object value = Values.fromJson(field, json);
            if (field.type() == Type.PICKLIST && value != null) {
                picklists.check(field, (String) value);
            }
            return value;
        }
        if (json.isNull() || json.isTextual() && json.textValue().isEmpty()) {
            return null;
        }
        if (json.isObject()) {
            return accessible(byExternalId(object, field, (ObjectNode) json), field, by);
        }
        if (!json.isTextual()) {
            throw Values.wrongType(field, json);
        }
        return accessible(target(field, json.textValue()), field, by);
    }

    private Ref target(Field field, String id) {
        String full = Ids.full(id).orElseThrow(() -> Refusal.malformedId(field.label(), id, field.name()));
        SObject object = field.targets().stream().map(schema::whole)
            .filter(target -> full.startsWith(target.prefix())).findFirst()
            .orElseThrow(() -> Refusal.malformedId(field.label(), id, field.name()));
        if (store.find(object.name(), full) == null) {
            throw store.deletion(object.name(), full) != null ? Refusal.record("ENTITY_IS_DELETED", "entity is deleted", field.name())
                : Refusal.record("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", field.name());
        }
        return new Ref(object.name(), full);
    }

    /** A record named by an external id in place of its id, such as {@code "Account": {"Key__c": "4711"}}. */
    private Ref byExternalId(SObject object, Field lookup, ObjectNode json) {
        SObject target = schema.require(lookup.targets().get(0));
        List<Map.Entry<String, JsonNode>> keys = json.properties().stream().filter(entry -> !entry.getKey().equals("attributes")).toList();
        if (lookup.targets().size() > 1 || keys.size() != 1) {
            throw Refusal.unsupported("the value of " + lookup.relationship() + " with anything but one external id of one object");
        }
        Field key = externalId(target, keys.get(0).getKey());
        String value = keys.get(0).getValue().asText();
        List<Row> found = matching(target, key, value);
        if (found.isEmpty()) {
            throw Refusal.record("INVALID_FIELD", "Foreign key external ID: " + value + " not found for field " + key.name()
                + " in entity " + target.name());
        }
        if (found.size() > 1) {
            throw Refusal.record("DUPLICATE_EXTERNAL_ID", "Duplicate external id found: " + value + " for field " + key.name()
                + " in entity " + target.name() + " of " + object.name());
        }
        return new Ref(target.name(), found.get(0).id());
    }

    private static Refusal notInBody(String field) {
        return Refusal.record("INVALID_FIELD", "The " + field + " field should not be specified in the sobject data.", field);
    }

    // ---- checks

    private void requireWritable(SObject object, String permission, Author by) {
        boolean taken = by.caller().user().equals(Seed.INTEGRATION_USER) && !by.administrator() && !permits(object, permission);
        if (object.readOnly() && !by.administrator() || taken) {
            throw Refusal.record("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object " + object.name());
        }
    }

    private static void requireFields(SObject object, Map<String, Object> values) {
        List<String> missing = object.fields().values().stream().filter(field -> field.required() && values.get(field.name()) == null)
            .map(Field::name).toList();
        if (!missing.isEmpty()) {
            throw Refusal.record("REQUIRED_FIELD_MISSING", "Required fields are missing: " + missing, missing.toArray(String[]::new));
        }
    }

    /** Lookup filters (2.4): asked when the lookup or an own field it depends on changes. */
    private void checkFilters(SObject object, Row before, Map<String, Object> values) {
        for (Field field : object.fields().values()) {
            if (!field.mustBe().isEmpty() && values.get(field.name()) instanceof Ref ref) {
                Row target = store.find(ref.table(), ref.id());
                boolean asked = before == null || !Objects.equals(before.get(field.name()), ref)
                    || ownFields(field).stream().anyMatch(own -> !Objects.equals(before.get(own), values.get(own)));
                boolean fits = field.mustBe().entrySet().stream().allMatch(entry ->
                    Objects.equals(side(entry.getKey(), target, values), entry.getValue() instanceof String text && text.startsWith("$")
                        ? values.get(text.substring(1)) : entry.getValue()));
                if (asked && !fits) {
                    throw Refusal.record("FIELD_FILTER_VALIDATION_EXCEPTION", field.filterMessage(), field.name());
                }
            }
        }
    }

    private static Object side(String name, Row target, Map<String, Object> values) {
        return name.startsWith("$") ? values.get(name.substring(1)) : target.get(name);
    }

    private static Set<String> ownFields(Field field) {
        return field.mustBe().entrySet().stream().flatMap(entry -> Stream.of(entry.getKey(), entry.getValue().toString()))
            .filter(text -> text.startsWith("$")).map(text -> text.substring(1)).collect(Collectors.toSet());
    }

    private void checkUnique(SObject object, String id, Map<String, Object> values) {
        for (Field field : object.fields().values()) {
            if (field.unique() && values.get(field.name()) != null) {
                store.rowsWith(object.name(), field.name(), values.get(field.name())).stream().filter(other -> !other.id().equals(id))
                    .findFirst().ifPresent(other -> {
                        throw Refusal.record("DUPLICATE_VALUE", "duplicate value found: " + field.name()
                            + " duplicates value on record with id: " + other.id(), field.name());
                    });
            }
        }
    }

    // ---- access

    /** Takes from the integration user the right to change a record and to link others to it, or gives it back (3.5). */
    void withhold(String id, boolean on) {
        if (on) {
            withheld.add(id);
        } else {
            withheld.remove(id);
        }
    }

    /**
     * Takes from the integration user a permission on an object, or gives it back.
     *
     * @param permission create, edit or delete
     */
    void take(String object, String permission, boolean taken) {
        if (!List.of("create", "edit", "delete").contains(permission)) {
            throw new IllegalArgumentException("A permission on an object is create, edit or delete, not " + permission + ".");
        }
        String name = schema.require(object).name() + "." + permission;
        if (taken) {
            permissionsTaken.add(name);
        } else {
            permissionsTaken.remove(name);
        }
    }

    /** Whether the integration user has a permission on an object. */
    boolean permits(SObject object, String permission) {
        return !permissionsTaken.contains(object.name() + "." + permission);
    }

    /** Permissions that the integration user does not have, such as {@code Lead.edit}. */
    Set<String> permissionsTaken() {
        return Set.copyOf(permissionsTaken);
    }

    /** Ids of the records withheld. */
    Set<String> withheld() {
        return Set.copyOf(withheld);
    }

    private boolean isWithheld(String id, Author by) {
        return by.caller().user().equals(Seed.INTEGRATION_USER) && withheld.contains(id);
    }

    private void requireAccess(Row row, Author by) {
        if (isWithheld(row.id(), by)) {
            throw Refusal.record("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");
        }
    }

    private Ref accessible(Ref ref, Field field, Author by) {
        if (isWithheld(ref.id(), by)) {
            throw Refusal.record("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id: "
                + ref.id(), field.name());
        }
        return ref;
    }

    // ---- numbers

    /** The running numbers of ids and auto-numbers, which are part of what the organisation knows. */
    Map<String, Long> numbers() {
        return Map.copyOf(numbers);
    }

    /** Goes on from other numbers. */
    void restoreNumbers(Map<String, Long> others) {
        numbers.clear();
        numbers.putAll(others);
    }

    // ---- locks

    /** Lets the next writes of a record find it locked by somebody else (3.5: UNABLE_TO_LOCK_ROW). */
    void lock(String id, int writes) {
        locks.put(id, writes);
    }

    private void requireUnlocked(String id) {
        Integer left = locks.get(id);
        if (left != null) {
            locks.compute(id, (key, count) -> count > 1 ? count - 1 : null);
            throw Refusal.record("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: " + id);
        }
    }
}
