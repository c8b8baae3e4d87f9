package io.cosell.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The smallest system the shared layer can carry, and a client for it: things under {@code /things}, a token endpoint, a batch whose
 * lines are ids to write, and an event {@code changed} to whoever {@link #listen}s.
 */
final class SmallSystem extends SandboxSystem {

    private final Map<String, String> things = new LinkedHashMap<>();
    private final Set<String> expired = new HashSet<>();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Event.Target listener;
    private int tokens;

    SmallSystem(String name, EventPolicy policy) {
        super(name, new SandboxClock(), policy);
        start(0);
    }

    SmallSystem(String name) {
        this(name, EventPolicy.ONCE);
    }

    @Override
    public CallKind kind(Request request) {
        return switch (request.method() + " " + request.path().replaceFirst("(?<=.)/.*", "")) {
            case "POST /token" -> CallKind.SIGN_IN;
            case "GET /things" -> request.path().equals("/things") ? CallKind.LIST : CallKind.READ;
            case "PATCH /things" -> CallKind.UPDATE;
            case "POST /batch" -> CallKind.BATCH;
            default -> CallKind.OTHER;
        };
    }

    @Override
    protected Reply handle(Request request) {
        if (request.header("Authorization").filter(expired::contains).isPresent()) {
            return Reply.empty(401);
        }
        return switch (kind(request)) {
            case SIGN_IN -> Reply.text(200, "text/plain", "token " + ++tokens);
            case LIST -> Reply.json(200, things.keySet());
            case READ -> {
                String value = things.get(request.path().substring("/things/".length()));
                yield value == null ? Reply.empty(404) : Reply.text(200, "text/plain", value);
            }
            case UPDATE -> write(request.path().substring("/things/".length()), request.text());
            case BATCH -> {
                request.text().lines().forEach(id -> {
                    Reply reply = write(id, "batched");
                    inner(new Request("PATCH", "/things/" + id, Map.of(), Map.of(), new byte[0]), reply, true);
                });
                yield Reply.empty(200);
            }
            default -> throw new IllegalStateException("nothing here knows " + request.path());
        };
    }

    private Reply write(String id, String value) {
        things.put(id, value);
        changed(new RowChange(clock.instant(), "tester", null, "Update", "thing", id, Map.of("value", value)));
        Event.Target now = listener;
        if (now != null) {
            events().send(new Event("changed", id, (id + "=" + value).getBytes(StandardCharsets.UTF_8), () -> now));
        }
        return Reply.empty(204);
    }

    @Override
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        if (trouble == Trouble.SESSION_EXPIRED) {
            request.header("Authorization").ifPresent(expired::add);
        }
        return super.refusal(trouble, request, retryAfter).with("x-small", trouble.name());
    }

    /** From now on tells this address of every write. */
    void listen(String url) {
        listener = new Event.Target(url, Map.of("Content-Type", "text/plain"));
    }

    synchronized String thing(String id) {
        return things.get(id);
    }

    List<Trouble> troubles(CallKind kind) {
        return calls().stream().filter(call -> call.kind() == kind).map(Call::trouble).toList();
    }

    // ---- client

    HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    }

    HttpResponse<String> call(String method, String path, String body, String... headers) throws IOException, InterruptedException {
        return client.send(request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> begin(String method, String path, String body) {
        return client.sendAsync(request(method, path, body), HttpResponse.BodyHandlers.ofString());
    }
}
