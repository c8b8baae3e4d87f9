package io.cosell.sandbox;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One simulated system behind one HTTP server on loopback. Subclasses answer requests in {@link #handle}; this class keeps the
 * server, the call log and the faults. All state is guarded by the monitor of the instance: {@code handle} is called inside it, and
 * methods of subclasses that act as a user or a test take it too ({@code synchronized}).
 */
public abstract class SandboxSystem implements AutoCloseable {

    /** Reads numbers exactly (BigDecimal), as money needs. */
    public static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private static final Logger LOG = LoggerFactory.getLogger(SandboxSystem.class);

    protected final SandboxClock clock;
    private final String name;
    private final List<Call> calls = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private Vertx vertx;
    private HttpServer server;

    /**
     * @param name  the system's name in the call log, such as {@code partner-center}
     * @param clock the clock shared by all sandboxes
     */
    protected SandboxSystem(String name, SandboxClock clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Name of this system in the call log and at the control address, such as {@code partner-center}. */
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
     * How this system answers when something is wrong with it, in its own words and shape.
     *
     * @param trouble    one that has an answer: THROTTLED, UNAVAILABLE, SERVER_ERROR, SESSION_EXPIRED (the token of the request is
     *                   from now on refused) or PRECONDITION_FAILED
     * @param request    the request that is hit
     * @param retryAfter seconds until a caller should try again, where the answer says so
     */
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        return Reply.empty(503);
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
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port).setMaxInitialLineLength(64 * 1024))
            .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)));
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    /** Address of the server without a trailing slash, such as {@code http://127.0.0.1:4711}. */
    public String address() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private void answer(HttpServerRequest http, Buffer body) {
        Map<String, String> headers = new LinkedHashMap<>();
        http.headers().forEach((header, value) -> headers.merge(header, value, (a, b) -> a + ", " + b));
        if (http.authority() != null) {
            headers.putIfAbsent("Host", http.authority().toString()); // HTTP/2 has no Host header
        }
        Map<String, String> query = new LinkedHashMap<>();
        http.params(true).forEach(query::put); // true: a semicolon is part of a value, as in $expand=a($select=x;$top=1)
        String path = URI.create(http.path().replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")).getPath();
        Request request = new Request(http.method().name(), path, query, headers, body.getBytes());
        Reply reply = reply(request);
        if (reply == null) {
            http.connection().close();
            return;
        }
        var response = http.response().setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        response.end(Buffer.buffer(reply.body()));
    }

    private synchronized Reply reply(Request request) {
        Reply reply;
        Fault fault = faults.stream().filter(candidate -> candidate.hits().test(request)).findFirst().orElse(null);
        if (fault != null) {
            faults.remove(fault);
        }
        if (fault != null && fault.when() == Fault.When.INSTEAD) {
            reply = fault.reply();
        } else {
            try {
                reply = handle(request);
            } catch (RuntimeException e) {
                LOG.error("sandbox {} failed on {} {}", name, request.method(), request.path(), e);
                reply = Reply.json(500, Map.of("error", Map.of("code", "sandbox", "message", "the sandbox itself failed: " + e)));
            }
            if (fault != null) {
                reply = fault.reply();
            }
        }
        String queryText = request.query().isEmpty() ? "" : "?" + String.join("&",
            request.query().entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList());
        calls.add(new Call(clock.instant(), name, request.method(), request.path() + queryText, reply == null ? 0 : reply.status()));
        return reply;
    }

    /** Everything answered so far, oldest first. */
    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** How many of the answered calls fit. */
    public synchronized long count(Predicate<Call> which) {
        return calls.stream().filter(which).count();
    }

    /** Forgets the call log. */
    public synchronized void forgetCalls() {
        calls.clear();
    }

    /** Lets something go wrong once; several faults are tried in the order they were added. */
    public synchronized void fail(Fault fault) {
        faults.add(fault);
    }

    @Override
    public void close() {
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
