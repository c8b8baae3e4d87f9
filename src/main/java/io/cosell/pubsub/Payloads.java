package io.cosell.pubsub;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** Makes documents of Avro payloads; each schema is asked for once. Not thread-safe. */
final class Payloads {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };
    private static final long PATIENCE_SECONDS = 30;

    private final PubSubGrpc.PubSubBlockingStub service;
    private final Map<String, Schema> schemas = new HashMap<>();

    Payloads(PubSubGrpc.PubSubBlockingStub service) {
        this.service = service;
    }

    /**
     * An event as a document: {@code id}, and {@code payload}; or {@code unreadable}, why there is none.
     *
     * @throws StatusRuntimeException if the service does not give the schema now
     */
    Map<String, Object> document(ProducerEvent event) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", event.getId());
        try {
            GenericRecord payload = new GenericDatumReader<GenericRecord>(schema(event.getSchemaId()))
                .read(null, DecoderFactory.get().binaryDecoder(event.getPayload().toByteArray(), null));
            document.put("payload", JSON.readValue(GenericData.get().toString(payload), DOCUMENT));
        } catch (IOException | AvroRuntimeException | ClassCastException | IndexOutOfBoundsException e) {
            document.put("unreadable", String.valueOf(e.getMessage()));
        }
        return document;
    }

    private Schema schema(String id) {
        Schema known = schemas.get(id);
        if (known == null) {
            known = new Schema.Parser().parse(service.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .getSchema(SchemaRequest.newBuilder().setSchemaId(id).build()).getSchemaJson());
            schemas.put(id, known);
        }
        return known;
    }
}
