package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * One part of a composite, a graph or a batch (section 3.3), and how it is made a call of its own.
 *
 * @param method      HTTP method
 * @param url         below the host
 * @param body        what to send, missing for nothing
 * @param headers     headers of this part only; all others are those of the whole call
 * @param referenceId name that later parts refer to it by; null in a batch
 */
record Subrequest(String method, String url, JsonNode body, Map<String, String> headers, String referenceId) {

    private static final Pattern REFERENCE_ID = Pattern.compile("[A-Za-z]\\w*");
    /** Leaves amounts as they were answered: 100.0, not 1E+2. */
    private static final ObjectReader EXACT = SandboxSystem.JSON.reader().without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    /** Headers that a part can't have. */
    private static final List<String> NOT_ITS_OWN = List.of("Accept", "Authorization", "Content-Type");

    /**
     * Reads a part of a composite or graph.
     *
     * @throws Refusal 400 for the whole call if something is missing
     */
    static Subrequest of(JsonNode json) {
        String id = text(json, "referenceId");
        if (!REFERENCE_ID.matcher(id).matches()) {
            throw invalid("The referenceId '" + id + "' is not valid: letters, digits and underscores, a letter first.");
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        json.path("httpHeaders").fields().forEachRemaining(header -> headers.put(header.getKey(), header.getValue().asText()));
        NOT_ITS_OWN.stream().filter(headers::containsKey).findFirst().ifPresent(name -> {
            throw invalid("A subrequest can't have the header " + name + ".");
        });
        return new Subrequest(text(json, "method").toUpperCase(Locale.ROOT), text(json, "url"), json.path("body"), headers, id);
    }

    /** Reads a member that must be a text. */
    static String text(JsonNode json, String name) {
        if (!json.path(name).isTextual()) {
            throw invalid("Each subrequest needs a " + name + ".");
        }
        return json.path(name).textValue();
    }

    /** 400: the whole call is wrong; nothing is done. */
    static Refusal invalid(String message) {
        return new Refusal(400, "INVALID_INPUT", message);
    }

    /** The path after the version, without query: {@code /sobjects/Opportunity}. */
    String resource() {
        return new QueryStringDecoder(url).path().replaceFirst("^" + Api.DATA + "v[\\d.]+", "");
    }

    /** The call it is on its own. */
    Request request(ApiCall whole) {
        QueryStringDecoder address = new QueryStringDecoder(url);
        Map<String, String> query = new LinkedHashMap<>();
        address.parameters().forEach((name, values) -> query.put(name, values.get(values.size() - 1)));
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(whole.request().headers());
        all.putAll(headers);
        byte[] bytes = body.isMissingNode() || body.isNull() ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        return new Request(method, address.path(), query, all, bytes);
    }

    /** The body of an answer, null if it is empty. */
    static JsonNode body(Reply reply) {
        try {
            return reply.body().length == 0 ? SandboxSystem.JSON.nullNode() : EXACT.readTree(reply.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The list of parts that a body holds. */
    static List<JsonNode> list(ObjectNode body, String name) {
        if (!body.path(name).isArray() || body.path(name).isEmpty()) {
            throw invalid("The request body needs a list " + name + ".");
        }
        List<JsonNode> list = new ArrayList<>();
        body.path(name).forEach(list::add);
        return list;
    }
}
