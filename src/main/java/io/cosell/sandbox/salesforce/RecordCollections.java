package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * Several records in one call: {@code /composite/sobjects} (section 3.3). The call answers 200, and for each record whether it went well;
 * errors name their code {@code statusCode}.
 */
final class RecordCollections {

    private static final int MOST = 200;
    private static final int UPSERT_SINCE = 46;
    private static final Refusal.Error ROLLED_BACK = new Refusal.Error("ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header", List.of(), Map.of());

    private final Org org;

    RecordCollections(Org org) {
        this.org = org;
    }

    List<Resource> resources() {
        return List.of(
            new Resource("POST", "/composite/sobjects", CallKind.BATCH, (call, parts) -> create(call)),
            new Resource("PATCH", "/composite/sobjects", CallKind.BATCH, (call, parts) -> update(call)),
            new Resource("DELETE", "/composite/sobjects", CallKind.BATCH, (call, parts) -> delete(call)),
            new Resource("GET", "/composite/sobjects/{object}", CallKind.BATCH, (call, parts) -> read(call, parts.get("object"),
                list(call, "ids"), list(call, "fields"))),
            new Resource("POST", "/composite/sobjects/{object}", CallKind.BATCH, (call, parts) -> read(call, parts.get("object"),
                texts(call.body(), "ids"), texts(call.body(), "fields"))),
            new Resource("PATCH", "/composite/sobjects/{object}/{field}", CallKind.BATCH, this::upsert));
    }

    /**
     * What became of one record.
     *
     * @param id      null if there is none
     * @param created whether an upsert made it; null for other calls
     * @param errors  empty if it went well
     */
    private record Outcome(String id, Boolean created, List<Refusal.Error> errors) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            if (id != null) {
                json.put("id", id);
            }
            json.put("success", errors.isEmpty());
            json.put("errors", errors.stream().map(Refusal.Error::jsonInCollection).toList());
            if (created != null) {
                json.put("created", created);
            }
            return json;
        }
    }

    /** Ends a transaction that must not count. */
    private static final class Undone extends RuntimeException {
        Undone() {
            super(null, null, false, false);
        }
    }

    private Reply create(ApiCall call) {
        return each(records(call), allOrNone(call), true, record ->
            new Outcome(org.rules().create(object(record), record, call.author()).id(), null, List.of()));
    }

    private Reply update(ApiCall call) {
        return each(records(call), allOrNone(call), false, record -> {
            ObjectNode fields = record.deepCopy();
            JsonNode id = take(fields, "Id");
            if (id == null) {
                throw Refusal.record("MISSING_ARGUMENT", "Id not specified in an update call");
            }
            SObject object = object(record);
            org.rules().update(object, org.rules().find(object, id.asText()), fields, call.author());
            return new Outcome(Ids.full(id.asText()).orElseThrow(), null, List.of());
        });
    }

    private Reply delete(ApiCall call) {
        List<String> ids = list(call, "ids");
        refuseAboveMost(ids.size());
        return each(ids, Boolean.parseBoolean(call.request().parameter("allOrNone").orElse("false")), false, id -> {
            SObject object = org.schema().ofId(id).orElseThrow(() -> Refusal.malformedId("ID", id, "Id"));
            Row row = org.rules().find(object, id);
            org.rules().delete(object, row, call.author());
            return new Outcome(row.id(), null, List.of());
        });
    }

    private Reply upsert(ApiCall call, Map<String, String> parts) {
        if (call.level() < UPSERT_SINCE) {
            throw Refusal.notFound();
        }
        SObject object = org.schema().object(parts.get("object")).orElseThrow(Refusal::notFound);
        Field key = org.rules().externalId(object, parts.get("field"));
        return each(records(call), allOrNone(call), true, record -> {
            if (object(record) != object) {
                throw Refusal.record("INVALID_TYPE", "This call upserts records of " + object.name() + " only.");
            }
            ObjectNode fields = record.deepCopy();
            JsonNode value = take(fields, key.name());
            if (value == null && key.type() == Type.ID) {
                return new Outcome(org.rules().create(object, fields, call.author()).id(), true, List.of());
            }
            if (value == null) {
                throw Refusal.record("MISSING_ARGUMENT", key.name() + " not specified");
            }
            Rules.Saved saved = org.rules().upsert(object, key, value.asText(), fields, false, call.author());
            return new Outcome(saved.row().id(), saved.created(), List.of());
        });
    }

    private Reply read(ApiCall call, String name, List<String> ids, List<String> names) {
        SObject object = org.schema().object(name).orElseThrow(Refusal::notFound);
        refuseAboveMost(ids.size());
        if (ids.isEmpty() || names.isEmpty()) {
            throw new Refusal(400, "MISSING_ARGUMENT", "The lists ids and fields are needed.");
        }
        List<Field> fields = names.stream().map(field -> object.field(field).orElseThrow(() -> Refusal.noField(field, object))).toList();
        List<Map<String, Object>> records = new ArrayList<>();
        for (String id : ids) {
            Row row = Ids.full(id).map(full -> org.store().find(object.name(), full)).orElse(null);
            records.add(row == null ? null : View.record(call.root(), object, row, fields));
        }
        return Reply.json(200, records);
    }

    /** Does one thing to each record: each on its own, or all or none. */
    private <T> Reply each(List<T> records, boolean allOrNone, boolean makesIds, Function<T, Outcome> does) {
        List<Outcome> outcomes = new ArrayList<>();
        try {
            org.store().transaction(() -> {
                records.forEach(record -> outcomes.add(one(record, does)));
                if (allOrNone && outcomes.stream().anyMatch(outcome -> !outcome.errors().isEmpty())) {
                    throw new Undone();
                }
                return null;
            });
        } catch (Undone undone) {
            outcomes.replaceAll(outcome -> outcome.errors().isEmpty() ? new Outcome(makesIds ? null : outcome.id(),
                outcome.created() == null ? null : Boolean.FALSE, List.of(ROLLED_BACK)) : outcome);
        }
        return Reply.json(200, outcomes.stream().map(Outcome::json).toList());
    }

    private <T> Outcome one(T record, Function<T, Outcome> does) {
        try {
            return org.store().transaction(() -> does.apply(record));
        } catch (Refusal refusal) {
            return new Outcome(null, null, refusal.errors());
        }
    }

    private static boolean allOrNone(ApiCall call) {
        return call.body().path("allOrNone").asBoolean();
    }

    private List<ObjectNode> records(ApiCall call) {
        List<ObjectNode> records = new ArrayList<>();
        for (JsonNode record : Subrequest.list(call.body(), "records")) {
            if (!(record instanceof ObjectNode node)) {
                throw Subrequest.invalid("Each element of records must be a record.");
            }
            records.add(node);
            object(node); // an object that does not exist refuses the whole call
        }
        refuseAboveMost(records.size());
        return records;
    }

    private static void refuseAboveMost(int records) {
        if (records > MOST) {
            throw new Refusal(400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than " + MOST + " records into this call");
        }
    }

    private SObject object(ObjectNode record) {
        String type = record.path("attributes").path("type").asText();
        return org.schema().object(type).orElseThrow(() -> new Refusal(400, "INVALID_TYPE", "sObject type '" + type
            + "' is not supported. Each record needs attributes with its type."));
    }

    /** Takes a member out of a record, without regard to case; null if it has none. */
    private static JsonNode take(ObjectNode record, String name) {
        String member = StreamSupport.stream(((Iterable<String>) record::fieldNames).spliterator(), false)
            .filter(name::equalsIgnoreCase).findFirst().orElse(null);
        JsonNode value = member == null ? null : record.remove(member);
        return value == null || value.isNull() ? null : value;
    }

    private static List<String> list(ApiCall call, String parameter) {
        return Arrays.stream(call.request().parameter(parameter).orElse("").split(",")).map(String::strip)
            .filter(text -> !text.isEmpty()).toList();
    }

    private static List<String> texts(ObjectNode body, String name) {
        return StreamSupport.stream(body.path(name).spliterator(), false).map(JsonNode::asText).toList();
    }
}
