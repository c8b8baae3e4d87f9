package io.cosell.sandbox;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One simulated system behind one HTTP server on loopback. Subclasses answer requests in {@link #handle}; this class keeps the
 * server, the call log, the history, the faults and the sender of events. All state is guarded by the monitor of the instance:
 * {@code handle} is called inside it, and methods of subclasses that act as a user or a test take it too ({@code synchronized}).
 */
public abstract class SandboxSystem implements AutoCloseable {

    /** Reads numbers exactly (BigDecimal), as money needs, and writes them without an exponent. */
    public static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private static final Logger LOG = LoggerFactory.getLogger(SandboxSystem.class);
    private static final Map<Trouble, Integer> REFUSALS = Map.of(Trouble.THROTTLED, 429, Trouble.UNAVAILABLE, 503,
        Trouble.SERVER_ERROR, 500, Trouble.SESSION_EXPIRED, 401, Trouble.PRECONDITION_FAILED, 412);
    /** Query parameters by which a client may send what is not to be logged. */
    private static final Set<String> SECRETS = Set.of("client_secret", "password", "refresh_token", "access_token", "token", "id_token",
        "oauth_token", "assertion", "client_assertion", "code", "device_code", "sid");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static final int KEPT = 100_000;
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final long HTTP2_INTERNAL_ERROR = 2;

    /** What is known of the call under way. */
    private static final class UnderWay {
        private final List<Call> inner = new ArrayList<>();
        private final List<CompletableFuture<Void>> before = new ArrayList<>();
    }

    /**
     * How a call ends.
     *
     * @param reply       what is answered; null to cut the connection
     * @param before      what has to end before
     * @param delayMillis how long the answer is kept back after that
     */
    private record Ending(Reply reply, List<CompletableFuture<Void>> before, int delayMillis) {
    }

    protected final SandboxClock clock;
    private final String name;
    private final CallLog log;
    private final Faults faults;
    private final EventSender events;
    private final Deque<RowChange> history = new ArrayDeque<>();
    private long changes;
    private UnderWay current;
    private Vertx vertx;
    private HttpServer server;

    /**
     * A system that sends no events, or tries each of them once.
     *
     * @param name  the system's name in the call log, such as {@code partner-center}
     * @param clock the clock shared by all sandboxes
     */
    protected SandboxSystem(String name, SandboxClock clock) {
        this(name, clock, EventPolicy.ONCE);
    }

    /**
     * @param name   the system's name in the call log, such as {@code partner-center}
     * @param clock  the clock shared by all sandboxes
     * @param policy how it delivers events
     */
    protected SandboxSystem(String name, SandboxClock clock, EventPolicy policy) {
        this.name = name;
        this.clock = clock;
        log = new CallLog(name, KEPT);
        faults = new Faults(name);
        events = new EventSender(name, clock, policy, faults, this::answerWaitsFor);
    }

    /** The system's name in the call log and in fault plans. */
    public final String name() {
        return name;
    }

    /** Answers one request. Runs under this instance's monitor; must not block on the network. */
    protected abstract Reply handle(Request request);

    /** What sort of call a request is. */
    public CallKind kind(Request request) {
        return CallKind.OTHER;
    }

    /**
     * How this system answers when something is wrong with it, in its own words and shape. Runs under this instance's monitor.
     *
     * @param trouble    one that has an answer: THROTTLED, UNAVAILABLE, SERVER_ERROR, SESSION_EXPIRED (the token of the request is
     *                   from now on refused) or PRECONDITION_FAILED
     * @param request    the request that is hit
     * @param retryAfter seconds until a caller should try again, where the answer says so
     */
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        Reply reply = Reply.json(REFUSALS.get(trouble), Map.of("error", Map.of("code", trouble.name(), "message", "a planned fault")));
        return trouble.tellsWhenToTryAgain() ? reply.with("Retry-After", String.valueOf(retryAfter)) : reply;
    }

    /** The points that the contract leaves open, and how they are answered now. */
    public Switches switches() {
        return new Switches(List.of(), Set.of());
    }

    /** What people and other machines can do in this system. */
    public List<Act> acts() {
        return List.of();
    }

    /**
     * Everything this system knows, as JSON: records, registrations, switches. Tokens, call log and faults are left out.
     *
     * @see #restore
     */
    public ObjectNode state() {
        return JSON.createObjectNode();
    }

    /**
     * Makes this system know what {@link #state} gave, and nothing else. Raises no event.
     *
     * @throws IllegalArgumentException if the document is none of this system's; nothing is changed then
     */
    public void restore(ObjectNode state) {
    }

    /** Carries out what the clock has brought about, such as deals that expire. Every call does the same first. */
    public void tick() {
    }

    /**
     * Starts to listen on 127.0.0.1.
     *
     * @param port the port, 0 for a free one
     */
    public void start(int port) {
        vertx = Vertx.vertx();
        HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(port).setMaxInitialLineLength(LONGEST_HEAD)
            .setMaxHeaderSize(LONGEST_HEAD).setHandle100ContinueAutomatically(true);
        options.getInitialSettings().setMaxHeaderListSize(LONGEST_HEAD);
        server = vertx.createHttpServer(options).requestHandler(request -> request.body().onSuccess(body -> answer(request, body)));
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    /** Address of the server without a trailing slash, such as {@code http://127.0.0.1:4711}. */
    public String address() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    // ---- one call

    private void answer(HttpServerRequest http, Buffer body) {
        Request request;
        try {
            request = read(http, body);
        } catch (IllegalArgumentException e) {
            respond(http, refuse(http, e));
            return;
        }
        Ending ending = answer(request);
        Context context = vertx.getOrCreateContext();
        CompletableFuture.allOf(ending.before().toArray(CompletableFuture[]::new)).thenRun(() -> context.runOnContext(now -> {
            if (ending.delayMillis() == 0) {
                respond(http, ending.reply());
            } else {
                vertx.setTimer(ending.delayMillis(), timer -> respond(http, ending.reply()));
            }
        }));
    }

    private static Request read(HttpServerRequest http, Buffer body) {
        Map<String, String> headers = new LinkedHashMap<>();
        http.headers().forEach((header, value) -> headers.merge(header, value, (a, b) -> a + ", " + b));
        if (http.authority() != null) {
            headers.putIfAbsent("Host", http.authority().toString()); // HTTP/2 has no Host header
        }
        Map<String, String> query = new LinkedHashMap<>();
        http.params(true).forEach(query::put); // true: a semicolon is part of a value, as in $expand=a($select=x;$top=1)
        // With a host before it, a path that starts with two slashes is no host itself.
        String path = URI.create("http://host" + http.path().replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")).getPath();
        return new Request(http.method().name(), path, query, headers, body.getBytes());
    }

    /** Answers a request whose address is none; no system gets to see it. */
    private synchronized Reply refuse(HttpServerRequest http, IllegalArgumentException error) {
        log.add(new Call(log.nextNumber(), clock.instant(), name, CallKind.OTHER, http.method().name(), http.uri(), 400, null, false,
            List.of()));
        return Reply.json(400, Map.of("error", Map.of("code", "sandbox", "message", "This is no address: " + error.getMessage())));
    }

    /** Sandbox time as HTTP writes it; every answer has it (RFC 9110, 6.6.1). */
    private String date() {
        return HTTP_DATE.format(clock.instant().atOffset(ZoneOffset.UTC));
    }

    private void respond(HttpServerRequest http, Reply reply) {
        HttpServerResponse response = http.response();
        if (response.closed()) {
            return;
        }
        if (reply != null) {
            response.setStatusCode(reply.status());
            reply.headers().forEach(response::putHeader);
            if (!response.headers().contains("Date")) {
                response.putHeader("Date", date());
            }
            response.end(Buffer.buffer(reply.body()));
        } else if (http.version() == HttpVersion.HTTP_2) {
            response.reset(HTTP2_INTERNAL_ERROR); // other calls on the same connection are not hit
        } else {
            http.connection().close();
        }
    }

    private synchronized Ending answer(Request request) {
        UnderWay call = new UnderWay();
        current = call;
        try {
            CallKind kind = kindOf(request);
            Faults.Hit hit = faults.onCall(kind, request);
            long before = changes;
            Reply own = hit == null || hit.done() ? guarded(request, () -> handle(request)) : null;
            Reply reply = hit == null ? own : ending(hit, request, own);
            log.add(new Call(log.nextNumber(), clock.instant(), name, kind, request.method(), shown(request),
                reply == null ? 0 : reply.status(), hit == null ? null : hit.trouble(), wrote(kind, request, own, changes > before),
                call.inner));
            return new Ending(reply, call.before, hit != null && hit.trouble() == Trouble.ANSWER_DELAYED ? hit.rule().delay() : 0);
        } finally {
            current = null;
        }
    }

    /** What the caller gets of a call that is hit; null for nothing. */
    private Reply ending(Faults.Hit hit, Request request, Reply own) {
        if (hit.isCut()) {
            return null;
        }
        if (hit.trouble() == Trouble.ANSWER_DELAYED) {
            return own;
        }
        return hit.reply() != null ? hit.reply()
            : guarded(request, () -> refusal(hit.trouble(), request, hit.rule().secondsToWait()));
    }

    private Reply guarded(Request request, Supplier<Reply> work) {
        try {
            return work.get();
        } catch (RuntimeException | StackOverflowError e) { // the latter: a deeply nested filter or body
            LOG.error("sandbox {} failed on {} {}", name, request.method(), request.path(), e);
            return Reply.json(500, Map.of("error", Map.of("code", "sandbox", "message", "the sandbox itself failed: " + e)));
        }
    }

    private CallKind kindOf(Request request) {
        try {
            return kind(request);
        } catch (RuntimeException e) {
            LOG.error("sandbox {} does not know what sort of call {} {} is", name, request.method(), request.path(), e);
            return CallKind.OTHER;
        }
    }

    /** Whether a call changed something; of several in one, and of those of no known kind, only the history can tell. */
    private static boolean wrote(CallKind kind, Request request, Reply own, boolean changed) {
        return switch (kind) {
            case CREATE, UPDATE, DELETE, ACTION, REGISTRATION -> own != null && own.status() < 300 && !request.method().equals("GET");
            case BATCH, OTHER -> changed;
            case SIGN_IN, READ, LIST, CHANGES -> false;
        };
    }

    private static String shown(Request request) {
        return request.query().isEmpty() ? request.path() : request.path() + "?" + String.join("&",
            request.query().entrySet().stream().map(entry -> entry.getKey() + "="
                + (SECRETS.contains(entry.getKey().toLowerCase(Locale.ROOT)) ? "***" : entry.getValue())).toList());
    }

    /** Notes an operation inside the call that is being handled; see {@link InnerCalls#answered}. */
    protected final synchronized void inner(Request operation, Reply reply, boolean kept) {
        if (current != null) {
            CallKind kind = kindOf(operation);
            current.inner.add(new Call(0, clock.instant(), name, kind, operation.method(), shown(operation), reply.status(), null,
                kept && wrote(kind, operation, reply, false), List.of()));
        }
    }

    /** Lets the answer to the call that is being handled wait; outside of calls there is none that could. */
    private void answerWaitsFor(CompletableFuture<Void> end) {
        if (Thread.holdsLock(this) && current != null) {
            current.before.add(end);
        }
    }

    // ---- what has happened

    /** Everything answered so far, oldest first; of very many only the newest. */
    public synchronized List<Call> calls() {
        return log.calls();
    }

    /** How many of the answered calls fit. */
    public synchronized long count(Predicate<Call> which) {
        return log.calls().stream().filter(which).count();
    }

    /** How many calls were answered, by kind, status and fault. */
    public synchronized List<CallCount> counts() {
        return log.counts();
    }

    /** Forgets the call log and its counters. */
    public synchronized void forgetCalls() {
        log.forget();
    }

    /** Notes a committed write. */
    protected final synchronized void changed(RowChange change) {
        if (history.size() == KEPT) {
            history.removeFirst();
        }
        history.add(change);
        changes++;
    }

    /** Every committed write, by whomever, oldest first; of very many only the newest. What was there at the start is left out. */
    public synchronized List<RowChange> history() {
        return List.copyOf(history);
    }

    /** Forgets every write so far: what a system is seeded or restored with is no history. */
    protected final synchronized void forgetHistory() {
        history.clear();
    }

    // ---- what goes wrong

    /** Lets something go wrong once; several faults are tried in the order they were added, and before the plan. */
    public void fail(Fault fault) {
        faults.add(fault);
    }

    /**
     * Lets once go wrong what the rule says, with the next call that fits and that it can happen to; how often the rule says is no matter.
     *
     * @throws IllegalArgumentException for what happens to events, which only a plan can let go wrong
     */
    public void fail(FaultPlan.Rule rule, Predicate<Request> hits) {
        faults.add(rule, hits);
    }

    /** Forgets single faults that have hit nothing yet. */
    public void failNoMore() {
        faults.forgetSingle();
    }

    /** Lets go wrong from now on what the plan says, and nothing that an earlier plan said; counting starts anew. */
    public void plan(FaultPlan plan) {
        faults.set(plan);
    }

    /** What goes wrong now. */
    public FaultPlan plan() {
        return faults.plan();
    }

    /** The events of this system on their way. */
    public final EventSender events() {
        return events;
    }

    @Override
    public void close() {
        events.close();
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
