package io.cosell.webhook;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cosell.config.HostPatterns;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One Partner Center event (contracts/partner-center.md, section 4.2). Of the resource's address only the id is kept; nobody follows it.
 *
 * @param eventName    {@code referral-created}, {@code referral-updated}, {@code related-referral-created},
 *                     {@code related-referral-updated} or {@code test-created}
 * @param resourceName {@code referral} or {@code test}; empty when the event does not say
 * @param resourceId   id of the resource; for a referral a GUID in lower case
 * @param changedAt    when the resource changed
 */
public record WebhookEvent(String eventName, String resourceName, String resourceId, Instant changedAt) {

    private static final String TEST = "test-created";
    private static final Set<String> NAMES = Set.of(
            "referral-created", "referral-updated", "related-referral-created", "related-referral-updated", TEST);
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern TEST_ID = Pattern.compile("[A-Za-z0-9._~-]{1,200}");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();

    /** A verified body that is no event the connector knows. The message says why, in words, and holds nothing of the payload. */
    public static final class Invalid extends Exception {

        private static final long serialVersionUID = 1;

        private final String code;

        private Invalid(String code, String reason) {
            super(reason);
            this.code = code;
        }

        /** Short, stable name of the reason, such as {@code event-unknown}. */
        public String code() {
            return code;
        }
    }

    /**
     * Reads an event. Members are taken in the documented spelling ({@code EventName}) and with a small first letter.
     *
     * @param body          the delivery's body, its signature already verified
     * @param resourceHosts hosts a resource may be at
     * @throws Invalid when the body is not such an event: answer with 400
     */
    public static WebhookEvent parse(byte[] body, HostPatterns resourceHosts) throws Invalid {
        JsonNode event = object(body);
        String name = text(event, "EventName");
        if (!NAMES.contains(name)) {
            throw new Invalid("event-unknown", name.isEmpty() ? "The event has no EventName."
                    : "EventName is none of the events the connector registers for.");
        }
        return new WebhookEvent(name, text(event, "ResourceName"), id(name, text(event, "ResourceUri"), resourceHosts),
                changedAt(text(event, "ResourceChangeUtcDate")));
    }

    /** True for the event Partner Center sends to try the address out; it names no referral. */
    public boolean isTest() {
        return eventName.equals(TEST);
    }

    private static JsonNode object(byte[] body) throws Invalid {
        JsonNode event;
        try {
            event = JSON.readTree(body);
        } catch (IOException e) {
            throw new Invalid("event-malformed", "The event is not JSON.");
        }
        if (!event.isObject()) {
            throw new Invalid("event-malformed", "The event is not a JSON object.");
        }
        return event;
    }

    private static String text(JsonNode event, String name) {
        JsonNode value = event.path(name);
        return (value.isMissingNode() ? event.path(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)) : value).asText("");
    }

    private static String id(String eventName, String resource, HostPatterns resourceHosts) throws Invalid {
        URI address;
        try {
            address = new URI(resource);
        } catch (URISyntaxException e) {
            throw new Invalid("resource-refused", "ResourceUri is not an address.");
        }
        if (!resourceHosts.allows(address)) {
            throw new Invalid("resource-refused", "ResourceUri names no host that is allowed (allowed: " + resourceHosts + ").");
        }
        String path = address.getRawPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (eventName.equals(TEST)) {
            if (!TEST_ID.matcher(last).matches()) {
                throw new Invalid("resource-refused", "ResourceUri does not end with an id.");
            }
            return last;
        }
        String id = last.toLowerCase(Locale.ROOT);
        if (!GUID.matcher(id).matches()) {
            throw new Invalid("resource-refused", "ResourceUri does not end with the GUID of a referral.");
        }
        return id;
    }

    private static Instant changedAt(String date) throws Invalid {
        try {
            return OffsetDateTime.parse(date).toInstant();
        } catch (DateTimeParseException e) {
            throw new Invalid("date-malformed", date.isEmpty() ? "The event has no ResourceChangeUtcDate."
                    : "ResourceChangeUtcDate is not a date and time with a zone.");
        }
    }
}
