package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What Microsoft answers to an invitation by itself, some time after it (sections 2.3 and 2.6).
 *
 * @param after  how long after the invitation, on the sandboxes' clock
 * @param answer what it answers
 * @param msxId  Microsoft's CRM identifier for an acceptance; null lets the sandbox make one
 * @param reason reason of a decline; null for the usual one
 */
public record MicrosoftAnswer(Duration after, Kind answer, String msxId, String reason) {

    /** Accepts, declines, or lets the invitation expire. */
    public enum Kind { ACCEPT, DECLINE, SILENCE }

    /** Nobody at Microsoft answers by itself: people do ({@link PartnerCenterSandbox#microsoftAccepts}), or the 14 days run out. */
    public static final MicrosoftAnswer NONE = new MicrosoftAnswer(Duration.ZERO, Kind.SILENCE, null, null);

    /** Accepts after a time, with an identifier the sandbox makes. */
    public static MicrosoftAnswer accepts(Duration after) {
        return new MicrosoftAnswer(after, Kind.ACCEPT, null, null);
    }

    /** Declines after a time. */
    public static MicrosoftAnswer declines(Duration after, String reason) {
        return new MicrosoftAnswer(after, Kind.DECLINE, null, reason);
    }

    /**
     * Reads {@code {"after": "PT1H", "answer": "accept", "msxId": "7-ABC", "reason": "..."}}.
     *
     * @throws IllegalArgumentException if a member cannot be read
     */
    static MicrosoftAnswer of(JsonNode json) {
        List<String> words = Arrays.stream(Kind.values()).map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList();
        String answer = json.path("answer").asText();
        if (!words.contains(answer)) {
            throw new IllegalArgumentException("answer must be one of " + words + ", not '" + answer + "'.");
        }
        try {
            return new MicrosoftAnswer(Duration.parse(json.path("after").asText("PT0S")), Kind.valueOf(answer.toUpperCase(Locale.ROOT)),
                json.path("msxId").textValue(), json.path("reason").textValue());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("after must be an ISO duration such as PT1H or P3D, not " + json.path("after") + ".");
        }
    }

    /** The same as JSON. */
    ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("after", after.toString())
            .put("answer", answer.name().toLowerCase(Locale.ROOT)).put("msxId", msxId).put("reason", reason);
    }
}
