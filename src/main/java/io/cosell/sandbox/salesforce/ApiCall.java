package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * One call to the REST API, on its own or inside a composite.
 *
 * @param request the request; of an inner call, as if it had come alone
 * @param version as the address has it, such as {@code v60.0}
 * @param path    what follows the version, such as {@code /sobjects/Opportunity}
 * @param by      whose session it is
 * @param api     where inner calls go
 */
record ApiCall(Request request, String version, String path, Caller by, Api api) {

    /** The part of every address before {@link #path}. */
    String root() {
        return Api.DATA + version;
    }

    /** The number of the version: 60 for {@code v60.0}. */
    int level() {
        return Integer.parseInt(version.substring(1, version.indexOf('.')));
    }

    /**
     * Answers another call of the same caller, as a composite makes it: it does not count against the limit.
     *
     * @throws Refusal 404 if its path is outside the REST API
     */
    Reply inner(Request other) {
        return api.answer(other, by);
    }

    /** Who writes, with what the headers say about it. */
    Author author() {
        String rule = request.header("Sforce-Duplicate-Rule-Header").orElse("").replace(" ", "").toLowerCase(Locale.ROOT);
        return new Author(by, false, rule.contains("allowsave=true"), rule.contains("includerecorddetails=true"));
    }

    /** The body, which must be one JSON object. */
    ObjectNode body() {
        JsonNode json = json();
        if (!(json instanceof ObjectNode body)) {
            throw new Refusal(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be one JSON object.");
        }
        return body;
    }

    /** The body as JSON of any kind. */
    JsonNode json() {
        String type = request.header("Content-Type").orElse("application/json");
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "The media type in the request is not supported: " + type);
        }
        if (request.body().length == 0) {
            throw new Refusal(400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.");
        }
        try {
            return SandboxSystem.JSON.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Refusal unreadable(JsonProcessingException e) {
        String at = e.getLocation() == null ? "" : " at [line:" + e.getLocation().getLineNr() + ", column:"
            + e.getLocation().getColumnNr() + "]";
        return new Refusal(400, "JSON_PARSER_ERROR", e.getOriginalMessage() + at);
    }
}
