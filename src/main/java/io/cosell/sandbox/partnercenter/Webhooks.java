package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Delivery.Attempt;
import io.cosell.sandbox.EventSender;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.WebhookSender.Registration;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The webhook registration of the tenant and the events that go to it (sections 4.1 and 4.2). Not thread-safe. */
final class Webhooks {

    static final String BASE = "/webhooks/v1/registration";

    /** The internal address of the swagger, with and without the path of the host; the same behind it. */
    private static final Pattern ADDRESS = Pattern.compile("(?:/webhooks)?/v1(?:/internalApp)?/registration(/.*)?");

    private static final String VALIDATION = "/validationEvents";
    private static final String TEST = "test-created";
    private static final List<String> EVENTS = List.of("referral-created", "referral-updated", "related-referral-created",
        "related-referral-updated", "subscription-updated", TEST, "usagerecords-thresholdExceeded");
    private static final int TESTS_PER_MINUTE = 2;
    private static final Duration TESTS_KEPT = Duration.ofDays(7);

    private record Test(Instant at, int delivery) {
    }

    private final WebhookSender sender;
    private final EventSender events;
    private final Switches switches;
    private final Clock clock;
    private final String partnerId;
    private final Map<String, Test> tests = new LinkedHashMap<>();
    private JsonNode properties = SandboxSystem.JSON.createObjectNode();
    private Instant registered;

    /**
     * @param partnerId organisation id of the partner, shown in the state of validation events
     */
    Webhooks(WebhookSender sender, EventSender events, Switches switches, Clock clock, String partnerId) {
        this.sender = sender;
        this.events = events;
        this.switches = switches;
        this.clock = clock;
        this.partnerId = partnerId;
    }

    static boolean isAddress(String path) {
        return ADDRESS.matcher(path).matches();
    }

    /** Answers a call to the registration. */
    Reply answer(Request request) {
        Matcher address = ADDRESS.matcher(request.path());
        if (!address.matches()) {
            throw new IllegalArgumentException(request.path() + " is no address of the registration");
        }
        String path = address.group(1) == null ? "" : address.group(1);
        String method = request.method();
        if (path.startsWith(VALIDATION + "/")) {
            return method.equals("GET") ? testState(path.substring(VALIDATION.length() + 1)) : notAllowed(method, "GET");
        }
        return switch (path) {
            case "" -> switch (method) {
                case "GET" -> Reply.json(200, view(registered()));
                case "POST" -> register(first(), PartnerCenterSandbox.json(request));
                case "PUT" -> register(registered().subscriberId(), PartnerCenterSandbox.json(request));
                default -> notAllowed(method, "GET, POST, PUT");
            };
            case "/events" -> method.equals("GET") ? Reply.json(200, EVENTS) : notAllowed(method, "GET");
            case VALIDATION -> method.equals("POST") ? test() : notAllowed(method, "POST");
            default -> throw new Refusal(404, "itemNotFound", "registration", "There is no address " + request.path() + ".");
        };
    }

    private static Reply notAllowed(String method, String allowed) {
        return Reply.json(405, PartnerCenterSandbox.webhookError(new Refusal(405, "invalidRequest", "registration",
            method + " is not allowed here; allowed are " + allowed + "."))).with("Allow", allowed);
    }

    /** Id of a registration that POST makes. */
    private String first() {
        if (sender.registration() == null) {
            return UUID.randomUUID().toString();
        }
        if (switches.has(Switch.POST_OVERWRITES_REGISTRATION)) {
            return sender.registration().subscriberId();
        }
        throw new Refusal(409, "invalidRequest", "registration", "There is a registration already, for " + sender.registration().url()
            + "; replace it with PUT.");
    }

    private Registration registered() {
        if (sender.registration() == null) {
            throw new Refusal(404, "itemNotFound", "registration", "There is no registration; make one with POST.");
        }
        return sender.registration();
    }

    private Reply register(String subscriberId, JsonNode sent) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        sent.properties().forEach(member -> members.put(member.getKey().toLowerCase(Locale.ROOT), member.getValue()));
        JsonNode url = members.get("webhookurl");
        JsonNode events = members.get("webhookevents");
        if (url == null || !isAllowed(url.asText())) {
            throw Refusal.invalid("WebhookUrl", "WebhookUrl must be an https address; http is taken for 127.0.0.1 and localhost only.");
        }
        Set<String> names = new LinkedHashSet<>();
        if (events != null) {
            events.forEach(event -> names.add(event.asText()));
        }
        if (names.isEmpty() || !EVENTS.containsAll(names)) {
            throw Refusal.invalid("WebhookEvents", "WebhookEvents must be one or more of " + EVENTS + ", not " + names + ".");
        }
        JsonNode msHeader = members.get("signaturetokentomssignatureheader");
        boolean inMsHeader = msHeader != null && Boolean.parseBoolean(msHeader.asText());
        sender.register(new Registration(subscriberId, URI.create(url.asText()), names, inMsHeader));
        properties = members.getOrDefault("properties", SandboxSystem.JSON.createObjectNode());
        registered = clock.instant();
        if (switches.has(Switch.CAMEL_CASE_REGISTRATION)) {
            return Reply.json(200, view(sender.registration()));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("SubscriberId", subscriberId);
        answer.putAll(view(sender.registration()));
        return Reply.json(200, answer);
    }

    private static boolean isAllowed(String url) {
        try {
            URI address = new URI(url);
            boolean loopback = "127.0.0.1".equals(address.getHost()) || "localhost".equals(address.getHost());
            return address.getHost() != null && ("https".equals(address.getScheme()) || "http".equals(address.getScheme()) && loopback);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** As in the official samples, which do not show how the signature is sent; or as in the swagger, which shows all. */
    private Map<String, Object> view(Registration registration) {
        Map<String, Object> view = new LinkedHashMap<>();
        if (switches.has(Switch.CAMEL_CASE_REGISTRATION)) {
            view.put("subscriberId", registration.subscriberId());
            view.put("webhookUrl", registration.url().toString());
            view.put("webhookEvents", registration.events());
            view.put("signatureTokenToMsSignatureHeader", registration.msSignatureHeader());
            view.put("properties", properties);
            view.put("lastModifiedTimestamp", Times.utc(registered));
        } else {
            view.put("WebhookUrl", registration.url().toString());
            view.put("WebhookEvents", registration.events());
        }
        return view;
    }

    /** The registration as JSON, null if there is none. */
    ObjectNode state() {
        Registration to = sender.registration();
        if (to == null) {
            return null;
        }
        ObjectNode state = SandboxSystem.JSON.createObjectNode().put("subscriberId", to.subscriberId()).put("url", to.url().toString())
            .put("msSignatureHeader", to.msSignatureHeader()).put("registered", registered.toString());
        state.set("properties", properties);
        to.events().forEach(state.putArray("events")::add);
        return state;
    }

    /** Takes what {@link #state} gave. */
    void restore(JsonNode state) {
        tests.clear();
        if (!state.isObject()) {
            sender.register(null);
            return;
        }
        Set<String> names = new LinkedHashSet<>();
        state.path("events").forEach(event -> names.add(event.asText()));
        properties = state.path("properties");
        registered = Instant.parse(state.path("registered").asText());
        sender.register(new Registration(state.path("subscriberId").asText(), URI.create(state.path("url").asText()), names,
            state.path("msSignatureHeader").asBoolean()));
    }

    private Reply test() {
        if (!registered().events().contains(TEST)) {
            throw Refusal.invalid("WebhookEvents", "Register for " + TEST + " first.");
        }
        Instant now = clock.instant();
        List<Instant> recent = tests.values().stream().map(Test::at).filter(at -> at.isAfter(now.minusSeconds(60))).toList();
        if (recent.size() >= TESTS_PER_MINUTE) {
            long pause = Math.max(1, Duration.between(now, recent.get(0).plusSeconds(60)).toSeconds());
            return PartnerCenterSandbox.throttled((int) pause);
        }
        String id = UUID.randomUUID().toString();
        String uri = "http://api.partnercenter.microsoft.com" + BASE + VALIDATION + "/" + id;
        int delivery = sender.event(TEST, id, body(TEST, uri, "test", now));
        tests.put(id, new Test(now, delivery));
        return Reply.json(200, Map.of("correlationId", id));
    }

    private Reply testState(String id) {
        Test test = tests.get(id);
        if (test == null || test.at().plus(TESTS_KEPT).isBefore(clock.instant())) {
            throw new Refusal(404, "itemNotFound", "validationEvents",
                "There is no validation event " + id + "; they are kept for 7 days.");
        }
        Delivery delivery = events.delivery(test.delivery());
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("correlationId", id);
        state.put("partnerId", partnerId);
        state.put("status", switch (delivery.state()) {
            case DELIVERED -> "completed";
            case FAILED -> "failed";
            case WAITING, HELD, DROPPED -> "pending";
        });
        state.put("callbackUrl", registered().url().toString());
        state.put("results", delivery.attempts().stream().map(Webhooks::result).toList());
        return Reply.json(200, state);
    }

    private static Map<String, Object> result(Attempt attempt) {
        Map<String, Object> result = new LinkedHashMap<>();
        String phrase = HttpResponseStatus.valueOf(attempt.status()).reasonPhrase();
        result.put("responseCode", attempt.status() == 0 ? "" : phrase.replace(" ", ""));
        result.put("responseMessage", attempt.message());
        result.put("systemError", attempt.status() == 0);
        result.put("dateTimeUtc", Times.plain(attempt.at()));
        return result;
    }

    /** Sends an event about a referral to whoever registered for it. */
    void referralEvent(String name, String referralId) {
        String uri = "https://api.partnercenter.microsoft.com/engagements/v1/referrals/" + referralId;
        sender.event(name, referralId, body(name, uri, "referral", clock.instant()));
    }

    private static byte[] body(String name, String uri, String resource, Instant at) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("EventName", name);
        body.put("ResourceUri", uri);
        body.put("ResourceName", resource);
        body.put("AuditUri", null);
        body.put("ResourceChangeUtcDate", Times.plain(at) + "+00:00");
        return Reply.json(200, body).body();
    }
}
