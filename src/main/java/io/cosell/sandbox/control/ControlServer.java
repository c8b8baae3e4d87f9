package io.cosell.sandbox.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the table of {@link Control} on a port of 127.0.0.1. Answers are JSON; a refusal is {@code {"error": "the reason"}}.
 *
 * <p>Who can reach the port may do everything, so web pages must not: a request that names another host than this machine (DNS
 * rebinding) or carries an Origin (any page's script or form) is refused, and a body must say that it is JSON.
 */
public final class ControlServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]", "::1");
    private static final long LARGEST_BODY = 1L << 30;

    /** As {@link io.cosell.sandbox.SandboxSystem#JSON}; times, durations and addresses as their text. */
    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
        .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance)
            .addSerializer(Duration.class, ToStringSerializer.instance).addSerializer(LocalDate.class, ToStringSerializer.instance)
            .addSerializer(URI.class, ToStringSerializer.instance)).build();

    private final Control control;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    private ControlServer(Control control, int port) {
        this.control = control;
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port)).requestHandler(router());
    }

    /**
     * Starts to listen.
     *
     * @param port the port, 0 for a free one
     * @throws IllegalStateException if another program has the port
     */
    public static ControlServer start(Control control, int port) {
        ControlServer started = new ControlServer(control, port);
        try {
            started.server.listen().toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            started.close();
            throw new IllegalStateException("Port " + port + " can't be used: " + e.getCause().getMessage(), e);
        }
        return started;
    }

    /** Address of the server without a trailing slash. */
    public String address() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.route().handler(ControlServer::keepWebPagesOut);
        router.route().handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
        for (Resource resource : control.resources()) {
            String path = resource.path().replace("{", ":").replace("}", "");
            // Some wait for a lock or write much; and an act must not hold up the others.
            router.route(HttpMethod.valueOf(resource.method()), path).blockingHandler(call -> answer(resource, call), false);
        }
        router.errorHandler(404, call -> refuse(call, 404, "There is no " + call.request().path() + " here. GET / lists what there is."));
        router.errorHandler(405, call -> refuse(call, 405, call.request().path() + " does not take " + call.request().method()
            + ". GET / lists what there is."));
        router.errorHandler(413, call -> refuse(call, 413, "The body is over " + LARGEST_BODY + " bytes."));
        return router;
    }

    private static void keepWebPagesOut(RoutingContext call) {
        HostAndPort host = call.request().authority();
        if (host == null || !LOOPBACK.contains(host.host())) {
            refuse(call, 403, "The control address serves only 127.0.0.1 and localhost, not " + (host == null ? "no host" : host.host())
                + ".");
        } else if (call.request().getHeader("Origin") != null) {
            refuse(call, 403, "The control address does not serve web pages: the request carries an Origin header.");
        } else {
            call.next();
        }
    }

    private static void answer(Resource resource, RoutingContext call) {
        try {
            Object answer = resource.does().apply(asked(resource, call));
            send(call, answer == null ? 204 : 200, answer);
        } catch (ControlRefusal e) {
            refuse(call, e.status(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the control address failed on {} {}", resource.method(), resource.path(), e);
            refuse(call, 500, "The sandbox itself failed: " + e);
        }
    }

    private static Asked asked(Resource resource, RoutingContext call) {
        ObjectNode members = resource.hasBody() ? body(call) : JSON.createObjectNode();
        call.queryParams().forEach(parameter -> {
            if (resource.hasBody()) {
                throw new ControlRefusal(400, resource.method() + " takes its parameters in a JSON body, not in the query.");
            }
            members.put(parameter.getKey(), parameter.getValue());
        });
        Asked.check(resource.parameters(), members, resource.method() + " " + resource.path());
        return new Asked(call.pathParams(), members);
    }

    private static ObjectNode body(RoutingContext call) {
        String type = call.request().getHeader("Content-Type");
        if (type == null || !type.matches("(?i)application/json *(;.*)?")) {
            throw new ControlRefusal(415, "Send Content-Type: application/json, and {} where there is nothing to say.");
        }
        try {
            JsonNode body = JSON.readTree(call.body().length() <= 0 ? new byte[0] : call.body().buffer().getBytes());
            if (body instanceof ObjectNode object) {
                return object;
            }
            throw new ControlRefusal(400, "The body must be a JSON object.");
        } catch (JsonProcessingException e) {
            throw new ControlRefusal(400, "The body is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuse(RoutingContext call, int status, String reason) {
        send(call, status, Map.of("error", reason));
    }

    private static void send(RoutingContext call, int status, Object answer) {
        call.response().setStatusCode(status).putHeader("Cache-Control", "no-store");
        if (answer == null) {
            call.response().end();
            return;
        }
        try {
            call.response().putHeader("Content-Type", "application/json; charset=utf-8")
                .end(Buffer.buffer(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(answer)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The answer can't be written as JSON: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
