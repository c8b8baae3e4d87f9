package io.cosell.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Calls to a control address, as a program makes them. */
public final class ControlClient {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String address;

    /** Calls this address. */
    public ControlClient(String address) {
        this.address = address;
    }

    /**
     * One answer.
     *
     * @param status HTTP status
     * @param json   the body; a missing node if there is none
     */
    public record Answer(int status, JsonNode json) {

        /** The reason of a refusal. */
        public String error() {
            return json.path("error").asText();
        }
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    public Answer put(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    public Answer post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> http = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(http.statusCode(), SandboxSystem.JSON.readTree(http.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
