package io.cosell.sandbox.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Trouble;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Where a Node script asks for what others do in a sandbox meanwhile: POST of JSON to {@code /name-of-the-act}. */
final class Backstage implements AutoCloseable {

    private static final Request NO_REQUEST = new Request("GET", "/", Map.of(), Map.of(), new byte[0]);
    private static final int RETRY_AFTER = 12;

    private final Map<String, Function<JsonNode, Object>> acts = new HashMap<>();
    private final HttpServer server;

    /**
     * All acts of the sandbox are there, its call log as {@code calls} and {@code forget-calls}, its switches as {@code turn-on}, its
     * clock as {@code move-clock}, which answers the time then, and {@code fail}, which lets the next call with a method and a path go
     * wrong.
     */
    Backstage(SandboxSystem sandbox, SandboxClock clock) {
        sandbox.acts().forEach(act -> acts.put(act.name(), parameters -> {
            synchronized (sandbox) {
                return act.does().apply(parameters);
            }
        }));
        acts.put("move-clock", parameters -> {
            clock.move(Duration.parse(parameters.path("by").asText()));
            return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        });
        acts.put("turn-on", parameters -> {
            sandbox.switches().turn(sandbox.switches().named(parameters.path("switch").asText()), true);
            return null;
        });
        acts.put("fail", parameters -> {
            Trouble trouble = Trouble.valueOf(parameters.path("trouble").asText());
            String method = parameters.path("method").asText();
            String path = parameters.path("path").asText();
            sandbox.fail(trouble == Trouble.ANSWER_LOST ? Fault.answerLost(method, path)
                : Fault.instead(method, path, trouble == Trouble.REQUEST_LOST ? null : sandbox.refusal(trouble, NO_REQUEST, RETRY_AFTER)));
            return null;
        });
        acts.put("calls", parameters -> sandbox.calls().stream().map(Backstage::shown).toList());
        acts.put("forget-calls", parameters -> {
            sandbox.forgetCalls();
            return null;
        });
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    /** Adds an act; its result is answered as JSON. */
    Backstage with(String name, Function<JsonNode, Object> act) {
        acts.put(name, act);
        return this;
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static Map<String, Object> shown(Call call) {
        return Map.of("method", call.method(), "path", call.path(), "status", call.status());
    }

    private void answer(HttpExchange exchange) throws IOException {
        int status = 200;
        byte[] body;
        try {
            String name = exchange.getRequestURI().getPath().substring(1);
            if (!acts.containsKey(name)) {
                throw new IllegalArgumentException("no such act; there are " + acts.keySet());
            }
            Object result = acts.get(name).apply(SandboxSystem.JSON.readTree(exchange.getRequestBody()));
            body = SandboxSystem.JSON.writeValueAsBytes(result);
        } catch (IOException | RuntimeException e) {
            status = 500;
            body = e.toString().getBytes(StandardCharsets.UTF_8);
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
