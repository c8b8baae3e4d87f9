package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Single records (section 3.1), with conditions (3.4). */
final class Records {

    /** The version from which upserts tell whether they created. */
    private static final int CREATED_SINCE = 46;

    private final Org org;

    Records(Org org) {
        this.org = org;
    }

    /** The lines of the API's table. */
    List<Resource> resources() {
        return List.of(
            new Resource("POST", "/sobjects/{object}", CallKind.CREATE, this::create),
            new Resource("GET", "/sobjects/{object}/{id}", CallKind.READ, this::read),
            new Resource("PATCH", "/sobjects/{object}/{id}", CallKind.UPDATE, this::update),
            new Resource("DELETE", "/sobjects/{object}/{id}", CallKind.DELETE, this::delete),
            new Resource("GET", "/sobjects/{object}/{field}/{value*}", CallKind.READ, this::readByKey),
            new Resource("PATCH", "/sobjects/{object}/{field}/{value*}", CallKind.CREATE, this::upsert),
            new Resource("DELETE", "/sobjects/{object}/{field}/{value*}", CallKind.DELETE, this::deleteByKey));
    }

    /**
     * The object an address names.
     *
     * @throws Refusal 404 if there is none
     */
    static SObject object(Org org, Map<String, String> parts) {
        return org.schema().object(parts.get("object")).orElseThrow(Refusal::notFound);
    }

    private Reply create(ApiCall call, Map<String, String> parts) {
        Conditions.refuseBadDates(call.request());
        SObject object = object(org, parts);
        Row row = org.rules().create(object, call.body(), call.author());
        return Reply.json(201, saved(row, null)).with("Location", View.address(call.root(), object, row.id()));
    }

    private Reply read(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        return show(call, object, org.rules().find(object, parts.get("id")));
    }

    private Reply show(ApiCall call, SObject object, Row row) {
        return Conditions.read(call.request(), object, row).orElseGet(() ->
            Conditions.stamp(object, row, Reply.json(200, View.record(call.root(), object, row, fields(call, object)))));
    }

    private static Collection<Field> fields(ApiCall call, SObject object) {
        String wanted = call.request().parameter("fields").orElse("");
        if (wanted.isEmpty()) {
            return object.fields().values();
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        fields.put("Id", object.fields().get("Id"));
        List<Field> asked = new ArrayList<>();
        Arrays.stream(wanted.split(",")).map(String::strip).forEach(name ->
            asked.add(object.field(name).orElseThrow(() -> Refusal.noField(name, object))));
        asked.stream().filter(field -> field.type() != Type.ID).forEach(field -> fields.put(field.name(), field));
        List<Field> shown = new ArrayList<>(fields.values());
        if (asked.stream().noneMatch(field -> field.type() == Type.ID)) {
            shown.add(shown.remove(0)); // the id is always there, at the end where nobody asked for it
        }
        return shown;
    }

    private Reply update(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        Row row = org.rules().find(object, parts.get("id"));
        Conditions.write(call.request(), object, row);
        org.rules().update(object, row, call.body(), call.author());
        return Reply.empty(204);
    }

    private Reply delete(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        org.rules().delete(object, org.rules().find(object, parts.get("id")), call.author());
        return Reply.empty(204);
    }

    private Reply readByKey(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        if (Ids.full(parts.get("field")).isPresent()) {
            return file(object, parts);
        }
        return show(call, object, one(call, object, parts));
    }

    private Reply deleteByKey(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        org.rules().delete(object, one(call, object, parts), call.author());
        return Reply.empty(204);
    }

    private Row one(ApiCall call, SObject object, Map<String, String> parts) {
        Field key = org.rules().externalId(object, parts.get("field"));
        List<Row> found = org.rules().matching(object, key, parts.get("value"));
        if (found.size() > 1) {
            throw Refusal.choices(key.name(), addresses(call, object, found));
        }
        return found.stream().findFirst().orElseThrow(Refusal::notFound);
    }

    private static List<String> addresses(ApiCall call, SObject object, List<Row> rows) {
        return rows.stream().map(row -> View.address(call.root(), object, row.id())).toList();
    }

    /** What follows an id in an address: a file's content; the sandbox knows no paths along relationships. */
    private Reply file(SObject object, Map<String, String> parts) {
        Row row = org.rules().find(object, parts.get("field"));
        Field field = object.field(parts.get("value")).filter(candidate -> candidate.type() == Type.BASE64).orElseThrow(() ->
            Refusal.unsupported("addresses that follow relationships (" + parts.get("value") + ")"));
        if (row.get(field.name()) == null) {
            throw Refusal.notFound();
        }
        return new Reply(200, Map.of("Content-Type", "application/octet-stream"),
            Base64.getMimeDecoder().decode((String) row.get(field.name())));
    }

    private Reply upsert(ApiCall call, Map<String, String> parts) {
        SObject object = object(org, parts);
        Field key = org.rules().externalId(object, parts.get("field"));
        List<Row> found = org.rules().matching(object, key, parts.get("value"));
        if (found.size() > 1) {
            throw Refusal.choices(key.name(), addresses(call, object, found));
        }
        Conditions.refuseBadDates(call.request());
        if (!found.isEmpty()) {
            Conditions.write(call.request(), object, found.get(0));
        }
        boolean updateOnly = call.request().parameter("updateOnly").map(Boolean::parseBoolean).orElse(false);
        Rules.Saved saved = org.rules().upsert(object, key, parts.get("value"), call.body(), updateOnly, call.author());
        if (saved.created()) {
            return Reply.json(201, saved(saved.row(), call.level() >= CREATED_SINCE ? true : null))
                .with("Location", View.address(call.root(), object, saved.row().id()));
        }
        return call.level() >= CREATED_SINCE ? Reply.json(200, saved(saved.row(), false)) : Reply.empty(204);
    }

    private static Map<String, Object> saved(Row row, Boolean created) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.id());
        json.put("success", true);
        json.put("errors", List.of());
        if (created != null) {
            json.put("created", created);
        }
        return json;
    }
}
