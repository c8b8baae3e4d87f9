package io.cosell.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP answer of a sandbox.
 *
 * @param status  HTTP status
 * @param headers header values by name
 * @param body    the raw bytes, empty if there is none
 */
public record Reply(int status, Map<String, String> headers, byte[] body) {

    /** An answer without a body. */
    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0]);
    }

    /** A JSON answer; {@code value} is anything Jackson can write. */
    public static Reply json(int status, Object value) {
        try {
            return new Reply(status, Map.of("Content-Type", "application/json; charset=utf-8"),
                SandboxSystem.JSON.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer in another media type. */
    public static Reply text(int status, String mediaType, String body) {
        return new Reply(status, Map.of("Content-Type", mediaType), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same answer with one more header. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
