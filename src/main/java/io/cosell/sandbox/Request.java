package io.cosell.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One HTTP request to a sandbox.
 *
 * @param method  upper-case HTTP method
 * @param path    decoded path, without query
 * @param query   decoded query parameters; for a doubled name the last value
 * @param headers header values by name, looked up without regard to case; doubled headers joined by a comma
 * @param body    the raw bytes, empty if there is none
 */
public record Request(String method, String path, Map<String, String> query, Map<String, String> headers, byte[] body) {

    public Request {
        Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(headers);
        headers = byName;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /**
     * True if the call is to be done only if the record is as the caller knows it. A condition on a read that only spares the answer
     * ({@code If-None-Match}) is none; nor is the literal {@code If-None-Match: null} that Microsoft's samples send.
     */
    public boolean isConditional() {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        return headers.containsKey("If-Match") || headers.containsKey("If-Unmodified-Since")
            || !reads && header("If-None-Match").filter(value -> !value.equals("null")).isPresent();
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
