package io.cosell.sandbox.salesforce;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.cosell.sandbox.partnercenter.SandboxCertificates;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.TrustManagerFactory;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/** A small client of the Pub/Sub API over the generated classes alone, and a sandbox with change events that it talks to. */
final class PubSubClient implements AutoCloseable {

    /** One stream: what came, and how it ended. */
    static final class Stream implements StreamObserver<FetchResponse> {
        final List<FetchResponse> responses = new CopyOnWriteArrayList<>();
        final CompletableFuture<Throwable> end = new CompletableFuture<>();
        StreamObserver<FetchRequest> requests;

        @Override
        public void onNext(FetchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable error) {
            end.complete(error);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }

        List<ConsumerEvent> events() {
            return responses.stream().flatMap(response -> response.getEventsList().stream()).toList();
        }

        /** The service's own code of the error that ended it, without its long beginning. */
        String error() {
            return code(end.join());
        }
    }

    private final ManagedChannel channel;
    private final PubSubGrpc.PubSubStub service;
    private final PubSubGrpc.PubSubBlockingStub blocking;

    PubSubClient(SalesforceSandbox sandbox, SandboxCertificates certificates, Map<String, String> metadata) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(certificates.trustStore());
            channel = Grpc.newChannelBuilder(sandbox.changeEventsAddress(),
                TlsChannelCredentials.newBuilder().trustManager(trust.getTrustManagers()).build()).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        Metadata headers = new Metadata();
        metadata.forEach((name, value) -> headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        service = PubSubGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        blocking = PubSubGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    Stream subscribe(FetchRequest request) {
        Stream stream = new Stream();
        stream.requests = service.subscribe(stream);
        stream.requests.onNext(request);
        return stream;
    }

    Stream subscribe(String topic, int events) {
        return subscribe(FetchRequest.newBuilder().setTopicName(topic).setNumRequested(events).build());
    }

    TopicInfo topic(String name) {
        return blocking.getTopic(TopicRequest.newBuilder().setTopicName(name).build());
    }

    GenericRecord read(ConsumerEvent event) {
        Schema schema = new Schema.Parser().parse(blocking.getSchema(SchemaRequest.newBuilder()
            .setSchemaId(event.getEvent().getSchemaId()).build()).getSchemaJson());
        ByteString payload = event.getEvent().getPayload();
        try {
            return new GenericDatumReader<GenericRecord>(schema).read(null, DecoderFactory.get().binaryDecoder(payload.toByteArray(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String code(Throwable error) {
        Metadata trailers = Status.trailersFromThrowable(error);
        return Status.fromThrowable(error).getCode() + " "
            + trailers.get(Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER)).replace("sfdc.platform.eventbus.grpc.", "");
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
