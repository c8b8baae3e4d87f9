package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the API tells of itself: versions, resources, objects and their fields, recent records (section 3.1). */
final class Metadata {

    private static final int FIRST_LISTED = 46;
    private static final int LAST_LISTED = 66;
    private static final String[] SEASONS = {"Summer", "Winter", "Spring"};
    private static final int MOST_RECENT = 200;
    private static final int BATCH_SIZE = 200;
    private static final List<String> LISTED = List.of("sobjects", "query", "queryAll", "composite", "limits", "recent");

    private final Org org;

    Metadata(Org org) {
        this.org = org;
    }

    static boolean isVersionList(Request request) {
        return request.method().equals("GET") && (request.path() + "/").replace("//", "/").equals(Api.DATA);
    }

    /** The answer to {@code /services/data}, which needs no session: some versions; any other is taken as well (section 1). */
    static Reply versions() {
        List<Map<String, Object>> versions = new ArrayList<>();
        for (int number = FIRST_LISTED; number <= LAST_LISTED; number++) {
            int releases = number - FIRST_LISTED; // three a year, 46 is Summer '19, and Winter belongs to the year that follows
            int year = 19 + (releases + 2) / SEASONS.length;
            Map<String, Object> version = new LinkedHashMap<>();
            version.put("label", SEASONS[releases % SEASONS.length] + " '" + year);
            version.put("url", Api.DATA + "v" + number + ".0");
            version.put("version", number + ".0");
            versions.add(version);
        }
        return Reply.json(200, versions);
    }

    /** The lines of the API's table. */
    List<Resource> resources() {
        return List.of(
            new Resource("GET", "/", CallKind.OTHER, this::listed),
            new Resource("GET", "/sobjects", CallKind.OTHER, this::objects),
            new Resource("GET", "/sobjects/{object}", CallKind.OTHER, this::object),
            new Resource("GET", "/sobjects/{object}/describe", CallKind.OTHER, this::describe),
            new Resource("GET", "/recent", CallKind.LIST, this::recent));
    }

    private Reply listed(ApiCall call, Map<String, String> parts) {
        Map<String, Object> json = new LinkedHashMap<>();
        LISTED.forEach(name -> json.put(name, call.root() + "/" + name));
        json.put("identity", "http://" + call.request().header("Host").orElse("") + "/id/" + org.store().rows("Organization").get(0).id()
            + "/" + call.by().user());
        return Reply.json(200, json);
    }

    private Reply objects(ApiCall call, Map<String, String> parts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("encoding", "UTF-8");
        json.put("maxBatchSize", BATCH_SIZE);
        json.put("sobjects", org.schema().all().stream().map(object -> summary(call, object)).toList());
        return Reply.json(200, json);
    }

    private Reply object(ApiCall call, Map<String, String> parts) {
        SObject object = Records.object(org, parts);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("objectDescribe", summary(call, object));
        json.put("recentItems", recentOf(call, List.of(object)));
        return Reply.json(200, json);
    }

    private Reply describe(ApiCall call, Map<String, String> parts) {
        SObject object = Records.object(org, parts);
        Map<String, Object> json = summary(call, object);
        json.put("fields", object.fields().values().stream().map(this::field).toList());
        json.put("childRelationships", object.children().values().stream().map(this::child).toList());
        json.put("recordTypeInfos", List.of());
        return Conditions.read(call.request(), org.schema().changedAt()).orElseGet(() ->
            Conditions.stamp(org.schema().changedAt(), Reply.json(200, json)));
    }

    private Map<String, Object> summary(ApiCall call, SObject object) {
        String address = call.root() + "/sobjects/" + object.name();
        Map<String, Object> urls = new LinkedHashMap<>();
        urls.put("sobject", address);
        urls.put("describe", address + "/describe");
        urls.put("rowTemplate", address + "/{ID}");
        Map<String, Object> json = new TreeMap<>();
        json.put("name", object.name());
        json.put("label", object.label());
        json.put("labelPlural", object.plural());
        json.put("keyPrefix", object.prefix());
        json.put("custom", object.isCustom());
        boolean self = call.by().user().equals(Seed.INTEGRATION_USER);
        Map.of("createable", "create", "updateable", "edit", "deletable", "delete").forEach((can, permission) ->
            json.put(can, !object.readOnly() && (!self || org.rules().permits(object, permission))));
        for (String can : List.of("queryable", "retrieveable", "replicateable", "layoutable")) {
            json.put(can, true);
        }
        json.put("searchable", false);
        json.put("urls", urls);
        return json;
    }

    private Map<String, Object> field(Field field) {
        Map<String, Object> json = new TreeMap<>();
        boolean written = !field.readOnly();
        json.put("name", field.name());
        json.put("label", field.label());
        json.put("type", field.type().wire());
        json.put("custom", field.isCustom());
        json.put("length", field.type().isText() ? field.length() : field.type() == Type.ID || field.type() == Type.LOOKUP ? 18 : 0);
        json.put("precision", field.type().isFraction() ? field.digits() + field.scale() : 0);
        json.put("scale", field.type().isFraction() ? field.scale() : 0);
        json.put("digits", field.type() == Type.INT ? field.digits() : 0);
        json.put("createable", written);
        json.put("updateable", written && !field.createOnly());
        json.put("nillable", !field.required() && field.type() != Type.CHECKBOX && field.type() != Type.ID);
        json.put("defaultedOnCreate", field.initial() != null || field.type() == Type.CHECKBOX || field.name().equals("OwnerId"));
        json.put("defaultValue", field.initial());
        json.put("externalId", field.externalId());
        json.put("idLookup", field.type() == Type.ID || field.externalId());
        json.put("unique", field.unique());
        json.put("caseSensitive", false);
        json.put("autoNumber", field.type() == Type.AUTONUMBER);
        json.put("nameField", field.name().equals("Name"));
        json.put("filterable", field.type() != Type.TEXTAREA && field.type() != Type.BASE64);
        json.put("sortable", field.type() != Type.TEXTAREA && field.type() != Type.BASE64);
        json.put("restrictedPicklist", field.restricted());
        json.put("dependentPicklist", field.controlledBy() != null);
        json.put("controllerName", field.controlledBy());
        json.put("picklistValues", field.type() == Type.PICKLIST ? org.rules().picklists().values(field).stream()
            .map(value -> picklistValue(field, value)).toList() : List.of());
        json.put("referenceTo", field.targets());
        json.put("relationshipName", field.relationship());
        json.put("cascadeDelete", field.cascades());
        json.put("restrictedDelete", field.restricts());
        return json;
    }

    private static Map<String, Object> picklistValue(Field field, String value) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("active", true);
        json.put("defaultValue", field.initial() != null && field.initial().asText().equals(value));
        json.put("label", value);
        json.put("validFor", null);
        json.put("value", value);
        return json;
    }

    private Map<String, Object> child(SObject.Child child) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cascadeDelete", child.field().cascades());
        json.put("childSObject", child.object());
        json.put("deprecatedAndHidden", false);
        json.put("field", child.field().name());
        json.put("relationshipName", child.name());
        json.put("restrictedDelete", child.field().restricts());
        return json;
    }

    /** The sandbox counts as recent what the caller changed; of what was looked at it keeps no list. */
    private Reply recent(ApiCall call, Map<String, String> parts) {
        int most = call.request().parameter("limit").filter(text -> text.matches("\\d{1,4}")).map(Integer::parseInt).orElse(MOST_RECENT);
        return Reply.json(200, recentOf(call, org.schema().all()).stream().limit(Math.min(most, MOST_RECENT)).toList());
    }

    private List<Map<String, Object>> recentOf(ApiCall call, Collection<SObject> objects) {
        return objects.stream().flatMap(object -> org.store().rows(object.name()).stream())
            .filter(row -> row.get("LastModifiedById") instanceof Ref ref && ref.id().equals(call.by().user()))
            .sorted(Comparator.comparingLong(Row::version).reversed()).limit(MOST_RECENT).map(row -> {
                SObject object = org.schema().require(row.table());
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("attributes", View.attributes(call.root(), object, row.id()));
                json.put("Id", row.id());
                json.put(object.nameField(), row.get(object.nameField()));
                return json;
            }).toList();
    }
}
