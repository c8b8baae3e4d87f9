package io.cosell.processes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before several nodes as a load balancer does: each webhook goes to the next one that answers. */
final class Balancer implements AutoCloseable {

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(1))
        .build();
    private final ExecutorService threads = Executors.newFixedThreadPool(8);
    private final AtomicInteger turn = new AtomicInteger();
    private final HttpServer server;
    private final List<Node> nodes;

    Balancer(int port, List<Node> nodes) throws IOException {
        this.nodes = nodes;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::forward);
        server.start();
    }

    private void forward(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            for (int attempt = 0; attempt < nodes.size(); attempt++) {
                Node node = nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()));
                if (node.isPaused()) {
                    continue;
                }
                try {
                    HttpResponse<byte[]> answer = http.send(request(exchange, node, body), HttpResponse.BodyHandlers.ofByteArray());
                    exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
                    exchange.getResponseBody().write(answer.body());
                    return;
                } catch (IOException e) {
                    // It does not answer: the next one.
                } catch (InterruptedException e) {
                    return;
                }
            }
            exchange.sendResponseHeaders(502, -1);
        }
    }

    private static HttpRequest request(HttpExchange exchange, Node node, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.address() + exchange.getRequestURI()))
            .timeout(Duration.ofSeconds(2)).method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("authorization") || lower.equals("content-type") || lower.startsWith("x-ms-")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request.build();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
