package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Change events as Avro (section 3.7): one schema an object, with the header first and every field behind it, each of which may be null. */
final class ChangeEventSchemas {

    private static final String NAMESPACE = "com.sforce.eventbus";
    private static final String CUSTOM = "__c";
    private static final List<String> TYPES = List.of("CREATE", "UPDATE", "DELETE", "UNDELETE", "GAP_CREATE", "GAP_UPDATE", "GAP_DELETE",
        "GAP_UNDELETE", "GAP_OVERFLOW", "SNAPSHOT");
    private static final Schema HEADER = SchemaBuilder.record("ChangeEventHeader").namespace(NAMESPACE).fields()
        .requiredString("entityName")
        .name("recordIds").type().array().items().stringType().noDefault()
        .name("changeType").type().enumeration("ChangeType").symbols(TYPES.toArray(String[]::new)).noDefault()
        .requiredString("changeOrigin")
        .requiredString("transactionKey")
        .requiredInt("sequenceNumber")
        .requiredLong("commitTimestamp")
        .requiredLong("commitNumber")
        .requiredString("commitUser")
        .name("nulledFields").type().array().items().stringType().noDefault()
        .name("diffFields").type().array().items().stringType().noDefault()
        .name("changedFields").type().array().items().stringType().noDefault()
        .endRecord();

    /**
     * What the header of an event says, beside what the fields tell.
     *
     * @param type        such as UPDATE
     * @param ids         of the records
     * @param origin      API and client that made the change
     * @param transaction key of the transaction
     * @param sequence    number of the event in it
     * @param at          when it was committed
     * @param user        who committed it
     */
    record Header(String type, List<String> ids, String origin, String transaction, int sequence, Instant at, String user) {
    }

    private final Map<String, Schema> byObject = new LinkedHashMap<>();
    private final Map<String, Schema> byId = new LinkedHashMap<>();

    /** Name of an object's events, such as {@code Microsoft_Solutions__ChangeEvent}. */
    static String eventName(String object) {
        return (object.endsWith(CUSTOM) ? object.substring(0, object.length() - 1) : object) + "ChangeEvent";
    }

    Schema of(SObject object) {
        return byObject.computeIfAbsent(object.name(), name -> {
            SchemaBuilder.FieldAssembler<Schema> fields = SchemaBuilder.record(eventName(name)).namespace(NAMESPACE).fields()
                .name("ChangeEventHeader").type(HEADER).noDefault();
            for (Field field : told(object)) {
                fields = fields.name(field.name()).type(Schema.createUnion(Schema.create(Schema.Type.NULL), type(field)))
                    .withDefault(null);
            }
            Schema schema = fields.endRecord();
            byId.put(id(schema), schema);
            return schema;
        });
    }

    private static List<Field> told(SObject object) {
        return object.fields().values().stream().filter(field -> field.type() != Type.ID && !field.name().equals("IsDeleted")
            && !field.name().equals("SystemModstamp")).toList();
    }

    private static Schema type(Field field) {
        return Schema.create(switch (field.type()) {
            case CHECKBOX -> Schema.Type.BOOLEAN;
            case CURRENCY, PERCENT, NUMBER -> Schema.Type.DOUBLE;
            case INT -> Schema.Type.INT;
            case DATE, DATETIME -> Schema.Type.LONG;
            default -> Schema.Type.STRING;
        });
    }

    /** The same for the same schema. */
    static String id(Schema schema) {
        return UUID.nameUUIDFromBytes(schema.toString().getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** JSON of a schema; null if there is none with this id. */
    String json(String id) {
        Schema schema = byId.get(id);
        return schema == null ? null : schema.toString();
    }

    /**
     * An event, in bytes. A create tells what is filled, an update what changed, everything else the header alone.
     *
     * @param before the record before, null if it was not there
     * @param after  the record now
     */
    byte[] payload(SObject object, Header header, Row before, Row after) {
        Schema schema = of(object);
        GenericRecord event = new GenericData.Record(schema);
        List<String> nulled = new ArrayList<>();
        BigInteger changed = BigInteger.ZERO;
        for (Field field : told(object)) {
            Object was = before == null ? null : before.get(field.name());
            Object is = after.get(field.name());
            boolean told = header.type().equals("CREATE") && is != null || header.type().equals("UPDATE") && !Objects.equals(was, is);
            if (told) {
                event.put(field.name(), value(field, is));
                if (header.type().equals("UPDATE")) {
                    changed = changed.setBit(schema.getField(field.name()).pos());
                    if (is == null) {
                        nulled.add(field.name());
                    }
                }
            }
        }
        GenericRecord head = new GenericData.Record(HEADER);
        head.put("entityName", object.name());
        head.put("recordIds", header.ids());
        head.put("changeType", new GenericData.EnumSymbol(HEADER.getField("changeType").schema(), header.type()));
        head.put("changeOrigin", header.origin());
        head.put("transactionKey", header.transaction());
        head.put("sequenceNumber", header.sequence());
        head.put("commitTimestamp", header.at().toEpochMilli());
        head.put("commitNumber", header.at().toEpochMilli() * 1_000);
        head.put("commitUser", header.user());
        head.put("nulledFields", nulled);
        head.put("diffFields", List.of());
        head.put("changedFields", changed.signum() == 0 ? List.of() : List.of("0x" + changed.toString(16).toUpperCase(Locale.ROOT)));
        event.put("ChangeEventHeader", head);
        return bytes(schema, event);
    }

    private static Object value(Field field, Object value) {
        if (value instanceof Instant time) {
            return time.toEpochMilli();
        }
        if (value instanceof LocalDate day) {
            return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        }
        if (value instanceof BigDecimal number) {
            return number.doubleValue();
        }
        return value == null || field.type() == Type.CHECKBOX || field.type() == Type.INT ? value : Values.toJson(value).toString();
    }

    private static byte[] bytes(Schema schema, GenericRecord event) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(schema).write(event, encoder);
            encoder.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
