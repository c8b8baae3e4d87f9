package io.cosell.pubsub;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.TrustManager;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one subscription alive. A channel where nothing happens is silent: the service may not answer Subscribe before 270 seconds are over, with an
 * empty message. So it is asked for the channel too, on the same connection: a subscription is up when it has told anything, or when that
 * question was answered and the subscription was not refused for a moment after.
 *
 * <p>The route gets a map with the member {@code kind}:
 *
 * <ul>
 * <li>{@code begins}: a stream begins behind the newest event, because there is no replay id: what was before is not told;
 * <li>{@code events}: {@code events}, each with {@code id}, and {@code payload} or, if it can't be read, {@code unreadable}; and
 *     {@code replayId} (Base64), behind which the stream goes on after them. May be empty: a sign of life, with a newer replay id;
 * <li>{@code lost}: the service no longer knows the replay id that the session gave ({@code reason}).
 * </ul>
 *
 * <p>What the route has not taken without an error comes again: more is asked for only then, and a stream whose events were not taken is
 * broken off and made anew from the session's replay id. All state belongs to one thread; {@code stream} tells late messages of an
 * earlier stream from those of the present one.
 *
 * <p>With a lease, only the process that has it subscribes; the others stand by. In a pause after a failure it is not taken again, so that
 * another process, which may have a way to the service, gets its turn when the pauses grow.
 */
final class PubSubConsumer extends DefaultConsumer {

    private static final Logger LOG = LoggerFactory.getLogger(PubSubConsumer.class);
    private static final Metadata.Key<String> ERROR_CODE = Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER);
    /** Part of the codes of all errors about a replay id: expired or unknown, and malformed. */
    private static final String ABOUT_REPLAY_ID = "replayid";
    /** A stream that is not refused for this long after the service's first answer counts as up. */
    private static final long SETTLED_MILLIS = 3_000;
    /** Refusals that are the service's own answer to the question after the channel; whether it can be subscribed to, the subscription tells. */
    private static final Set<Status.Code> ANSWERS = EnumSet.of(Status.Code.NOT_FOUND, Status.Code.PERMISSION_DENIED,
        Status.Code.INVALID_ARGUMENT, Status.Code.UNIMPLEMENTED);
    private static final long STOP_SECONDS = 10;

    /**
     * How the subscription stands.
     *
     * @param standsBy whether another process subscribes
     * @param reason   why it is not up, for people
     */
    record State(boolean up, boolean standsBy, Instant since, String reason) {
    }

    private final PubSubEndpoint endpoint;
    private ScheduledExecutorService thread;
    private ProducerTemplate template;
    private TrustManager[] trust;
    private Stream stream;
    private int failures;
    private boolean renew;
    /** When it is asked again whose turn it is. */
    private Future<?> next;
    /** A stream broke, and another is made after a pause. */
    private boolean pauses;
    private volatile State state = new State(false, false, Instant.now(), "The subscription is being made.");
    private PubSubHealth health;

    PubSubConsumer(PubSubEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.endpoint = endpoint;
    }

    State state() {
        return state;
    }

    /** One call of Subscribe, on a connection of its own. */
    private final class Stream implements StreamObserver<FetchResponse> {
        private final ManagedChannel connection;
        private final boolean replays;
        private final Payloads payloads;
        private final List<ConsumerEvent> gathered = new ArrayList<>();
        private StreamObserver<FetchRequest> requests;
        private ByteString latest;
        private boolean begins;
        private boolean heard;
        private boolean handsOver;
        private Future<?> watch;

        private Stream(ManagedChannel connection, PubSubGrpc.PubSubBlockingStub service, boolean replays) {
            this.connection = connection;
            this.replays = replays;
            begins = !replays;
            payloads = new Payloads(service);
        }

        @Override
        public void onNext(FetchResponse response) {
            run(() -> received(this, response));
        }

        @Override
        public void onError(Throwable error) {
            run(() -> broken(this, error));
        }

        @Override
        public void onCompleted() {
            run(() -> broken(this, Status.UNAVAILABLE.withDescription("The service ended the stream.").asException()));
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        trust = endpoint.trustManagers();
        template = endpoint.getCamelContext().createProducerTemplate();
        thread = endpoint.getCamelContext().getExecutorServiceManager().newScheduledThreadPool(this, "pub-sub", 1);
        health = new PubSubHealth("subscription:" + getRouteId(), this);
        HealthCheckRegistry checks = HealthCheckHelper.getHealthCheckRegistry(endpoint.getCamelContext());
        if (checks != null) {
            health.setCamelContext(endpoint.getCamelContext());
            checks.register(health);
        }
        MeterRegistry metrics = endpoint.getCamelContext().getRegistry().findSingleByType(MeterRegistry.class);
        if (metrics != null) {
            Gauge.builder("cosell_change_events_up", this, PubSubConsumer::upAsNumber)
                .description("1 while the subscription to change events is up; NaN where another process subscribes").register(metrics);
        }
        run(endpoint.lease() == null ? this::connect : this::turns);
    }

    private double upAsNumber() {
        State now = state;
        return now.standsBy() ? Double.NaN : now.up() ? 1 : 0;
    }

    @Override
    protected void doStop() throws Exception {
        HealthCheckRegistry checks = HealthCheckHelper.getHealthCheckRegistry(endpoint.getCamelContext());
        if (checks != null) {
            checks.unregister(health);
        }
        try {
            // What is still to come is taken back before the thread ends, which would wait for it.
            thread.submit(this::end).get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The subscription to {} did not end in good order.", endpoint.channel(), e);
        }
        endpoint.getCamelContext().getExecutorServiceManager().shutdownGraceful(thread, TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        template.stop();
        super.doStop();
    }

    private void end() {
        close(stream);
        if (next != null) {
            next.cancel(false);
        }
        if (endpoint.lease() != null) {
            try {
                endpoint.lease().giveUp();
            } catch (RuntimeException e) {
                LOG.debug("The lease of {} could not be given up; it ends by itself.", endpoint.channel(), e);
            }
        }
    }

    /** Does it on the one thread; after the end nothing is done any more. */
    private void run(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("A message to {} came after its end.", endpoint.channel());
        }
    }

    private Future<?> runIn(long millis, Runnable work) {
        return thread.schedule(work, millis, TimeUnit.MILLISECONDS);
    }

    // ---- whose turn it is

    /** Asks again and again, as long as it runs. */
    private void turns() {
        if (isRunAllowed()) {
            if (!pauses) {
                turn();
            }
            next = runIn(endpoint.lease().again().toMillis(), this::turns);
        }
    }

    private void turn() {
        try {
            if (!endpoint.lease().take()) {
                standBy();
            } else if (stream == null) {
                connect();
            }
        } catch (RuntimeException e) {
            // What a stream tells could not be stored either; that breaks it off, as soon as it tells anything.
            LOG.warn("The store can't say who subscribes to {}: {}", endpoint.channel(), e.getMessage());
        }
    }

    private void standBy() {
        close(stream);
        failures = 0;
        if (!state.standsBy()) {
            LOG.info("Another process on the same store subscribes to {}; this one stands by.", endpoint.channel());
            state = new State(false, true, Instant.now(), null);
        }
    }

    private void goOn() {
        pauses = false;
        if (endpoint.lease() == null) {
            connect();
        } else if (isRunAllowed()) {
            turn();
        }
    }

    // ---- a stream begins

    private void connect() {
        if (!isRunAllowed()) {
            return;
        }
        Stream opened = null;
        try {
            Map<?, ?> session = template.requestBodyAndHeader(endpoint.session(), null, "renew", renew, Map.class);
            renew = false;
            String replayId = (String) session.get("replayId");
            opened = open((Map<?, ?>) session.get("metadata"), replayId != null);
            stream = opened;
            opened.requests.onNext(first(replayId));
            watch(opened);
            ask(opened);
        } catch (Exception e) {
            stream = opened;
            broken(opened, e);
        }
    }

    private Stream open(Map<?, ?> metadata, boolean replays) {
        Metadata headers = new Metadata();
        metadata.forEach((name, value) -> headers.put(Metadata.Key.of((String) name, Metadata.ASCII_STRING_MARSHALLER), (String) value));
        ManagedChannel connection = Grpc.newChannelBuilder(endpoint.address(), TlsChannelCredentials.newBuilder().trustManager(trust).build())
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers)).build();
        Stream opened = new Stream(connection, PubSubGrpc.newBlockingStub(connection), replays);
        opened.requests = PubSubGrpc.newStub(connection).subscribe(opened);
        return opened;
    }

    private FetchRequest first(String replayId) {
        FetchRequest.Builder request = FetchRequest.newBuilder().setTopicName(endpoint.channel()).setNumRequested(endpoint.events());
        return (replayId == null ? request.setReplayPreset(ReplayPreset.LATEST)
            : request.setReplayPreset(ReplayPreset.CUSTOM).setReplayId(ByteString.copyFrom(Base64.getDecoder().decode(replayId)))).build();
    }

    /** Whether the service is there at all. Nothing else tells until something changes in the CRM, or for minutes. */
    private void ask(Stream opened) {
        PubSubGrpc.newStub(opened.connection).withDeadlineAfter(endpoint.answer(), TimeUnit.MILLISECONDS)
            .getTopic(TopicRequest.newBuilder().setTopicName(endpoint.channel()).build(), new StreamObserver<>() {
                @Override
                public void onNext(TopicInfo topic) {
                    run(() -> answered(opened));
                }

                @Override
                public void onError(Throwable error) {
                    boolean answer = ANSWERS.contains(Status.fromThrowable(error).getCode());
                    run(() -> {
                        if (answer) {
                            answered(opened);
                        } else if (!opened.heard) {
                            broken(opened, error);
                        }
                    });
                }

                @Override
                public void onCompleted() {
                    // The topic has come.
                }
            });
    }

    private void answered(Stream asked) {
        runIn(SETTLED_MILLIS, () -> settled(asked));
    }

    private void settled(Stream settling) {
        if (settling != stream) {
            return;
        }
        try {
            sayThatItBegins(settling);
            isUp();
        } catch (Exception e) {
            broken(settling, e);
        }
    }

    /** Once it is certain that it does: what changes from then on, the stream tells, and what changed before, the route has to find out. */
    private void sayThatItBegins(Stream begun) throws Exception {
        if (begun.begins) {
            hand(Map.of("kind", "begins"));
            begun.begins = false;
        }
    }

    /** A connection may die without a word, behind a firewall for example. */
    private void watch(Stream watched) {
        if (watched.watch != null) {
            watched.watch.cancel(false);
        }
        watched.watch = runIn(endpoint.silence(), () -> broken(watched,
            Status.UNAVAILABLE.withDescription("Nothing was heard for " + endpoint.silence() / 1_000 + " seconds.").asException()));
    }

    // ---- events come

    private void received(Stream from, FetchResponse response) {
        if (from != stream) {
            return;
        }
        from.heard = true;
        watch(from);
        from.gathered.addAll(response.getEventsList());
        from.latest = response.getLatestReplayId();
        if (!from.handsOver) {
            from.handsOver = true;
            runIn(from.gathered.isEmpty() ? 0 : endpoint.gather(), () -> handOver(from));
        }
    }

    /** Gives what was gathered to the route, and asks for as much more. */
    private void handOver(Stream from) {
        if (from != stream) {
            return;
        }
        from.handsOver = false;
        List<ConsumerEvent> events = List.copyOf(from.gathered);
        from.gathered.clear();
        try {
            List<Map<String, Object>> documents = new ArrayList<>();
            for (ConsumerEvent event : events) {
                documents.add(from.payloads.document(event.getEvent()));
            }
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("kind", "events");
            message.put("events", documents);
            message.put("replayId", from.latest.isEmpty() ? null : Base64.getEncoder().encodeToString(from.latest.toByteArray()));
            sayThatItBegins(from);
            hand(message);
            isUp();
            if (!events.isEmpty()) {
                from.requests.onNext(FetchRequest.newBuilder().setTopicName(endpoint.channel()).setNumRequested(events.size()).build());
            }
        } catch (Exception e) {
            broken(from, e);
        }
    }

    private void hand(Map<String, Object> message) throws Exception {
        Exchange exchange = createExchange(false);
        exchange.getMessage().setBody(message);
        try {
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    private void isUp() {
        failures = 0;
        if (!state.up()) {
            LOG.info("The subscription to {} is up.", endpoint.channel());
            state = new State(true, false, Instant.now(), null);
        }
    }

    // ---- a stream ends

    private void broken(Stream which, Throwable error) {
        if (which != stream || !isRunAllowed()) {
            return;
        }
        close(which);
        Status status = Status.fromThrowable(error);
        String reason = reason(error, status);
        if (which != null && which.replays && errorCode(error).contains(ABOUT_REPLAY_ID)) {
            try {
                hand(Map.of("kind", "lost", "reason", reason));
                connect();
                return;
            } catch (Exception e) {
                reason = reason(e, Status.fromThrowable(e));
            }
        }
        renew = status.getCode() == Status.Code.UNAUTHENTICATED;
        long pause = Math.min(endpoint.longestPause(), endpoint.firstPause() << Math.min(failures, 20));
        failures++;
        if (state.up() || !reason.equals(state.reason())) {
            LOG.warn("The subscription to {} is broken; changes are noticed by polls until it is up again. It is made anew in {} ms, and if that"
                + " fails, after growing pauses. {}", endpoint.channel(), pause, reason);
        }
        state = new State(false, false, state.up() || state.standsBy() ? Instant.now() : state.since(), reason);
        pauses = true;
        runIn(pause, this::goOn);
    }

    /** The service's own code of an error; empty if it named none. */
    private static String errorCode(Throwable error) {
        Metadata trailers = Status.trailersFromThrowable(error);
        String code = trailers == null ? null : trailers.get(ERROR_CODE);
        return code == null ? "" : code;
    }

    private static String reason(Throwable error, Status status) {
        if (error instanceof StatusException || error instanceof StatusRuntimeException) {
            String code = errorCode(error);
            String why = status.getDescription() == null ? "" : ": " + status.getDescription();
            String cause = status.getCause() == null || status.getCause().getMessage() == null ? "" : " (" + status.getCause().getMessage() + ")";
            return status.getCode() + why + cause + (code.isEmpty() ? "" : " [" + code + "]");
        }
        Throwable told = error instanceof CamelExecutionException && error.getCause() != null ? error.getCause() : error;
        return told.getMessage() == null ? told.toString() : told.getMessage();
    }

    private void close(Stream which) {
        stream = null;
        if (which != null) {
            if (which.watch != null) {
                which.watch.cancel(false);
            }
            which.connection.shutdownNow();
        }
    }
}
