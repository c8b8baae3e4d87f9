package io.cosell.sandbox.salesforce;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.ProducerEvent;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.SchemaInfo;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * The Pub/Sub API (section 3.7): gRPC over TLS on loopback. Subscribe, GetTopic and GetSchema; publishing is not there. Every call needs the
 * metadata accesstoken, instanceurl and tenantid. State is guarded by the sandbox's monitor.
 */
final class PubSub implements AutoCloseable {

    private static final String ERRORS = "sfdc.platform.eventbus.grpc.";
    private static final int MOST_EVENTS = 100;
    /** The service gives a sign of life at least each 270 seconds. */
    private static final int SIGN_OF_LIFE_SECONDS = 120;

    private final Object monitor;
    private final ChangeEvents events;
    private final SignIn signIn;
    private final String organisation;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "sandbox-pub-sub");
        thread.setDaemon(true);
        return thread;
    });
    private final Server server;
    private int refused;
    private int unanswered;
    private long subscribed;

    /**
     * Starts to listen.
     *
     * @param port     the port, 0 for a free one
     * @param keyStore PKCS12 with key and certificate for 127.0.0.1
     */
    PubSub(Object monitor, ChangeEvents events, SignIn signIn, String organisation, int port, byte[] keyStore, String password) {
        this.monitor = monitor;
        this.events = events;
        this.signIn = signIn;
        this.organisation = organisation;
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(new ByteArrayInputStream(keyStore), password.toCharArray());
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, password.toCharArray());
            server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port),
                    TlsServerCredentials.newBuilder().keyManager(factory.getKeyManagers()).build())
                .addService(ServerInterceptors.intercept(new Service(), new Door())).build().start();
        } catch (IOException e) {
            throw new IllegalStateException("Port " + port + " can't be used for the Pub/Sub API: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The certificate of the Pub/Sub API can't be used: " + e.getMessage(), e);
        }
        heart.scheduleAtFixedRate(this::giveSignOfLife, SIGN_OF_LIFE_SECONDS, SIGN_OF_LIFE_SECONDS, TimeUnit.SECONDS);
    }

    /** Host and port. */
    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    // ---- what goes wrong

    /** Breaks every stream off, as when the service moves. */
    void cut() {
        end(failure(Status.UNAVAILABLE, "service.unavailable", "The service is temporarily unavailable."));
    }

    /** Ends every stream in good order. */
    void finish() {
        synchronized (monitor) {
            List.copyOf(subscriptions).forEach(subscription -> {
                subscriptions.remove(subscription);
                subscription.out.onCompleted();
            });
        }
    }

    /** Every session has ended: so do their streams. */
    void sessionsEnded() {
        end(unauthenticated());
    }

    /** The next subscriptions are refused for now. */
    void refuse(int times) {
        refused = times;
    }

    /** The next calls are taken and never answered. */
    void leaveUnanswered(int times) {
        unanswered = times;
    }

    private void end(StatusRuntimeException why) {
        synchronized (monitor) {
            List.copyOf(subscriptions).forEach(subscription -> subscription.fail(why));
        }
    }

    /** An empty message to every subscriber, with a newer replay id. */
    void giveSignOfLife() {
        synchronized (monitor) {
            long place = events.newest(true);
            for (Subscription subscription : subscriptions) {
                subscription.place = place;
                subscription.send(List.of());
            }
        }
    }

    /** Streams that are open now. */
    int open() {
        return subscriptions.size();
    }

    /** Streams that were ever opened. */
    long subscribed() {
        return subscribed;
    }

    /** Tells every subscriber what is new. */
    void deliver() {
        List.copyOf(subscriptions).forEach(Subscription::deliver);
    }

    // ---- calls

    private static StatusRuntimeException unauthenticated() {
        return failure(Status.UNAUTHENTICATED, "service.auth.error", "The request does not have valid authentication credentials.");
    }

    private static StatusRuntimeException failure(Status status, String code, String description) {
        return status.withDescription(description).asRuntimeException(trailers(code));
    }

    private static Metadata trailers(String code) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER), ERRORS + code);
        trailers.put(Metadata.Key.of("rpc-id", Metadata.ASCII_STRING_MARSHALLER), UUID.randomUUID().toString());
        return trailers;
    }

    /** Lets nobody in without a session of this organisation. */
    private final class Door implements ServerInterceptor {

        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            boolean known;
            synchronized (monitor) {
                if (unanswered > 0) {
                    unanswered--;
                    return new ServerCall.Listener<>() { };
                }
                known = signIn.isSession(value(headers, "accesstoken")) && organisation.equals(value(headers, "tenantid"))
                    && !value(headers, "instanceurl").isEmpty();
            }
            if (known) {
                return next.startCall(call, headers);
            }
            StatusRuntimeException refusal = unauthenticated();
            call.close(refusal.getStatus(), refusal.getTrailers());
            return new ServerCall.Listener<>() { };
        }

        private static String value(Metadata headers, String name) {
            String value = headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
            return value == null ? "" : value;
        }
    }

    private final class Service extends PubSubGrpc.PubSubImplBase {

        @Override
        public void getTopic(TopicRequest request, StreamObserver<TopicInfo> out) {
            synchronized (monitor) {
                if (!events.has(request.getTopicName())) {
                    out.onError(unknown(request.getTopicName()));
                    return;
                }
                out.onNext(TopicInfo.newBuilder().setTopicName(request.getTopicName()).setTenantGuid(organisation).setCanSubscribe(true)
                    .setSchemaId(events.schemaOf(request.getTopicName())).build());
                out.onCompleted();
            }
        }

        @Override
        public void getSchema(SchemaRequest request, StreamObserver<SchemaInfo> out) {
            synchronized (monitor) {
                events.schemaJson(request.getSchemaId()).ifPresentOrElse(json -> {
                    out.onNext(SchemaInfo.newBuilder().setSchemaId(request.getSchemaId()).setSchemaJson(json).build());
                    out.onCompleted();
                }, () -> out.onError(failure(Status.NOT_FOUND, "schema.not.found", "There is no such schema.")));
            }
        }

        @Override
        public StreamObserver<FetchRequest> subscribe(StreamObserver<FetchResponse> out) {
            return new Subscription(out);
        }
    }

    private static StatusRuntimeException unknown(String channel) {
        return failure(Status.NOT_FOUND, "topic.not.found", "The topic " + channel + " was not found.");
    }

    /** One stream. */
    private final class Subscription implements StreamObserver<FetchRequest> {
        private final StreamObserver<FetchResponse> out;
        private String channel;
        private long place;
        private int wanted;

        private Subscription(StreamObserver<FetchResponse> out) {
            this.out = out;
            // Nobody's edit fails because a subscriber goes just now; that it went is told by onError.
            ((ServerCallStreamObserver<FetchResponse>) out).setOnCancelHandler(() -> { });
        }

        @Override
        public void onNext(FetchRequest request) {
            synchronized (monitor) {
                try {
                    if (channel == null) {
                        begin(request);
                    } else if (!request.getTopicName().isEmpty() && !request.getTopicName().equals(channel)) {
                        throw failure(Status.INVALID_ARGUMENT, "subscription.fetch.topic.changed", "The topic can't be changed.");
                    }
                    if (request.getNumRequested() < 1) {
                        throw failure(Status.INVALID_ARGUMENT, "subscription.fetch.requested.events.invalid", "num_requested must be above 0.");
                    }
                    wanted += request.getNumRequested();
                    deliver();
                } catch (StatusRuntimeException e) {
                    fail(e);
                }
            }
        }

        private void begin(FetchRequest request) {
            if (refused > 0) {
                refused--;
                throw failure(Status.UNAVAILABLE, "service.unavailable", "The service is temporarily unavailable.");
            }
            if (!events.has(request.getTopicName())) {
                throw unknown(request.getTopicName());
            }
            if (request.getReplayPreset() == ReplayPreset.CUSTOM) {
                place = ChangeEvents.replayId(request.getReplayId().toByteArray()).orElseThrow(() -> failure(Status.INVALID_ARGUMENT,
                    "subscription.fetch.replayid.corrupted", "The Replay ID is malformed."));
                if (!events.knows(place)) {
                    throw failure(Status.INVALID_ARGUMENT, "subscription.fetch.replayid.validation.failed",
                        "The Replay ID validation failed. Ensure that the Replay ID is valid and within the retention window.");
                }
            } else {
                place = request.getReplayPreset() == ReplayPreset.EARLIEST ? events.oldest() : events.newest(false);
            }
            channel = request.getTopicName();
            subscribed++;
            subscriptions.add(this);
        }

        private void deliver() {
            List<ChangeEvents.Told> next = wanted == 0 ? List.of() : events.after(place, channel, Math.min(wanted, MOST_EVENTS));
            while (!next.isEmpty()) {
                wanted -= next.size();
                place = next.get(next.size() - 1).replayId();
                send(next);
                next = wanted == 0 ? List.of() : events.after(place, channel, Math.min(wanted, MOST_EVENTS));
            }
        }

        private void send(List<ChangeEvents.Told> told) {
            FetchResponse.Builder response = FetchResponse.newBuilder().setLatestReplayId(ByteString.copyFrom(ChangeEvents.bytes(place)))
                .setRpcId(UUID.randomUUID().toString()).setPendingNumRequested(wanted);
            for (ChangeEvents.Told event : told) {
                response.addEvents(ConsumerEvent.newBuilder().setReplayId(ByteString.copyFrom(ChangeEvents.bytes(event.replayId())))
                    .setEvent(ProducerEvent.newBuilder().setId(event.id()).setSchemaId(event.schemaId())
                        .setPayload(ByteString.copyFrom(event.payload()))));
            }
            out.onNext(response.build());
        }

        private void fail(StatusRuntimeException why) {
            subscriptions.remove(this);
            out.onError(why);
        }

        @Override
        public void onError(Throwable error) {
            synchronized (monitor) {
                subscriptions.remove(this);
            }
        }

        @Override
        public void onCompleted() {
            synchronized (monitor) {
                if (subscriptions.remove(this)) {
                    out.onCompleted();
                }
            }
        }
    }

    @Override
    public void close() {
        heart.shutdownNow();
        server.shutdownNow();
    }
}
