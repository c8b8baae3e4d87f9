package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import io.cosell.sandbox.partnercenter.WebhookSender.Registration;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Microsoft Partner Center as far as the contract describes it: sign-in, referrals and webhooks. All three hosts of the contract are
 * one address here, with their paths as they are:
 *
 * <ul>
 * <li>{@code /{tenant}/oauth2/token} and {@code /{tenant}/oauth2/v2.0/token} (login.microsoftonline.com)
 * <li>{@code /v1.0/engagements/referrals} (api.partner.microsoft.com)
 * <li>{@code /webhooks/v1/registration} (api.partnercenter.microsoft.com)
 * </ul>
 *
 * <p>The methods act as the people of both sides, and as a network that delays or loses events. Referrals go in and out as maps of
 * JSON values, always copies. What Partner Center would refuse is a {@link Refusal}.
 */
public final class PartnerCenterSandbox extends SandboxSystem {

    /** Path of the referrals. */
    public static final String REFERRALS = "/v1.0/engagements/referrals";

    private static final String CONTEXT = "https://api.partner.microsoft.com/v1.0/engagements/referrals/$metadata#Referrals/$entity";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() { };

    private final PartnerCenterOptions options;
    private final SandboxCertificates certificates = SandboxCertificates.create();
    private final Tokens tokens;
    private final Referrals referrals;
    private final WebhookSender sender;
    private final Webhooks webhooks;
    private final Map<String, Reply> answersByRequestId = new HashMap<>();
    private CertificateServer certificateServer;

    /** Contoso's Partner Center, with every open point of the contract answered by its default. */
    public PartnerCenterSandbox(SandboxClock clock) {
        this(clock, PartnerCenterOptions.defaults());
    }

    /**
     * @param clock   the clock shared by all sandboxes
     * @param options whose Partner Center it is, and how it answers where the contract is open
     */
    public PartnerCenterSandbox(SandboxClock clock, PartnerCenterOptions options) {
        super("partner-center", clock, WebhookSender.policy(options));
        this.options = options;
        tokens = new Tokens(options.account(), clock);
        sender = new WebhookSender(events(), certificates, signer -> certificateServer.address(signer));
        webhooks = new Webhooks(sender, events(), clock, options.account().organizationId());
        referrals = new Referrals(options, clock, webhooks::referralEvent);
    }

    @Override
    public void start(int port) {
        certificateServer = new CertificateServer(certificates);
        super.start(port);
    }

    @Override
    public void close() {
        super.close();
        if (certificateServer != null) {
            certificateServer.close();
        }
    }

    // ---- calls of programs

    @Override
    protected Reply handle(Request request) {
        referrals.expire();
        String path = request.path().replaceAll("/+$", "");
        if (Tokens.isTokenAddress(path)) {
            return request.method().equals("POST") ? tokens.answer(request) : Reply.empty(405).with("Allow", "POST");
        }
        if (path.equals(Webhooks.BASE) || path.startsWith(Webhooks.BASE + "/")) {
            return webhookHeaders(request, answer(() -> webhookCall(request, path), PartnerCenterSandbox::webhookError));
        }
        return referralHeaders(request, answer(() -> referralCall(request, path), PartnerCenterSandbox::referralError));
    }

    private static Reply answer(Supplier<Reply> call, Function<Refusal, Object> error) {
        try {
            return call.get();
        } catch (Refusal e) {
            Reply reply = Reply.json(e.status(), error.apply(e));
            return e.status() == 401 ? reply.with("WWW-Authenticate", "Bearer") : reply;
        }
    }

    private Reply webhookCall(Request request, String path) {
        tokens.isAppOnly(request, Tokens.WEBHOOKS);
        return webhooks.answer(new Request(request.method(), path, request.query(), request.headers(), request.body()));
    }

    private Reply referralCall(Request request, String path) {
        if (!path.equals(REFERRALS) && !path.startsWith(REFERRALS + "/")) {
            throw unknown(request);
        }
        if (tokens.isAppOnly(request, Tokens.REFERRALS)) {
            throw new Refusal(403, "accessDenied", "referral",
                "Referrals need the token of a user with a referral role; this one is the application's.");
        }
        if (path.equals(REFERRALS)) {
            return switch (request.method()) {
                case "GET" -> list(request);
                case "POST" -> create(request);
                default -> throw notAllowed(request, "GET, POST");
            };
        }
        String id = path.substring(REFERRALS.length() + 1);
        return switch (request.method()) {
            case "GET" -> {
                ObjectNode shown = JSON.createObjectNode().put("@odata.context", CONTEXT);
                ObjectNode referral = referrals.get(id);
                yield single(200, referral, shown.setAll(withLinks(referral)));
            }
            case "PATCH" -> patch(request, id);
            default -> throw notAllowed(request, "GET, PATCH");
        };
    }

    private Reply list(Request request) {
        ReferralQuery query = ReferralQuery.of(request.query());
        Filter filter = query.filter();
        Stream<ObjectNode> related = referrals.microsofts().stream()
            .filter(referral -> filter != null && filter.engagements().contains(referral.get("engagementId").textValue()));
        return query.page(Stream.concat(referrals.own().stream(), related).map(referral -> {
            ObjectNode item = withLinks(referral);
            return options.has(Switch.LISTS_CARRY_ETAG) ? item : item.without(List.of("eTag"));
        }), filter);
    }

    private Reply create(Request request) {
        String requestId = options.has(Switch.IDEMPOTENT_REQUEST_IDS) ? request.header("MS-RequestId").orElse(null) : null;
        if (requestId != null && answersByRequestId.containsKey(requestId)) {
            return answersByRequestId.get(requestId);
        }
        ObjectNode referral = referrals.create(json(request));
        Reply reply = single(options.createStatus(), referral, withLinks(referral));
        if (requestId != null) {
            answersByRequestId.put(requestId, reply);
        }
        return reply;
    }

    private Reply patch(Request request, String id) {
        ObjectNode referral = referrals.patch(id, json(request), request.header("If-Match").orElse(null));
        boolean shown = request.header("Prefer").orElse("").contains("return=representation");
        return shown ? single(200, referral, withLinks(referral)) : Reply.empty(204).with("ETag", referral.get("eTag").textValue());
    }

    private static Reply single(int status, ObjectNode referral, JsonNode shown) {
        return Reply.json(status, shown).with("ETag", referral.get("eTag").textValue());
    }

    private static ObjectNode withLinks(ObjectNode referral) {
        String base = "https://api.partner.microsoft.com" + REFERRALS;
        ObjectNode shown = referral.deepCopy();
        ObjectNode links = shown.putObject("links");
        links.putObject("relatedReferrals").put("uri", base + "?$filter=engagementId eq '" + referral.get("engagementId").textValue() + "'")
            .put("method", "GET");
        links.putObject("self").put("uri", base + "/" + referral.get("id").textValue()).put("method", "GET");
        return shown;
    }

    /** The JSON body of a request. */
    static JsonNode json(Request request) {
        if (!request.header("Content-Type").orElse("").contains("json")) {
            throw new Refusal(415, "invalidRequest", "Content-Type", "Send Content-Type: application/json.");
        }
        try {
            return JSON.readTree(request.text());
        } catch (JsonProcessingException e) {
            throw Refusal.invalid("body", "The body is no JSON: " + e.getOriginalMessage());
        }
    }

    /** The contract does not describe this call, so the sandbox does not answer it. */
    static Refusal unknown(Request request) {
        return new Refusal(501, "generalException", "sandbox", "The sandbox does not support " + request.method() + " " + request.path()
            + ": the contract does not describe it.");
    }

    private static Refusal notAllowed(Request request, String allowed) {
        return new Refusal(405, "invalidRequest", "referral", request.method() + " is not allowed here; allowed are " + allowed + ".");
    }

    /** Section 1.5, body of the referral host. */
    private static Object referralError(Refusal refusal) {
        return Map.of("error", new TreeMap<>(Map.of("code", refusal.code(), "message", refusal.getMessage(), "target", refusal.target())));
    }

    /** Section 1.5, body of the webhook host. */
    private static Object webhookError(Refusal refusal) {
        return new TreeMap<>(Map.of("code", refusal.code(), "description", refusal.getMessage(),
            "data", List.of(), "source", refusal.target()));
    }

    /** Section 1.3: ids of the caller are echoed, and each answer has its own. */
    private static Reply referralHeaders(Request request, Reply reply) {
        Reply marked = reply.with("Request-ID", UUID.randomUUID().toString());
        for (String name : List.of("client-request-id", "MS-CorrelationId", "MS-RequestId")) {
            marked = request.header(name).isPresent() ? marked.with(name, request.header(name).get()) : marked;
        }
        return marked;
    }

    /** Section 4.1: the webhook host always names both ids. */
    private static Reply webhookHeaders(Request request, Reply reply) {
        return reply.with("MS-CorrelationId", request.header("MS-CorrelationId").orElseGet(() -> UUID.randomUUID().toString()))
            .with("MS-RequestId", request.header("MS-RequestId").orElseGet(() -> UUID.randomUUID().toString()))
            .with("X-Locale", request.header("X-Locale").orElse("en-US"));
    }

    // ---- people

    /** Applies what the clock has brought about: unanswered referrals expire. Every call does the same first. */
    public synchronized void tick() {
        referrals.expire();
    }

    /**
     * Microsoft sends the partner a deal or a lead: New/Pending, Incoming, to be answered within 14 days.
     *
     * @param referral the referral; members that the service sets are ignored, nothing is required
     * @return its id
     */
    public synchronized String microsoftInvites(Map<String, Object> referral) {
        return referrals.receive(JSON.valueToTree(referral)).get("id").textValue();
    }

    /**
     * The partner makes a deal in the portal: Active/Accepted, Outgoing. The same rules hold as for POST.
     *
     * @return its id
     */
    public synchronized String partnerCreates(Map<String, Object> referral) {
        return referrals.create(JSON.valueToTree(referral)).get("id").textValue();
    }

    /**
     * The partner edits a deal in the portal.
     *
     * @param pointerToValue new values by JSON pointer, such as {@code /details/dealValue}; {@code /team/-} appends
     */
    public synchronized void partnerEdits(String id, Map<String, Object> pointerToValue) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        pointerToValue.forEach((pointer, value) -> values.put(pointer, JSON.valueToTree(value)));
        referrals.edit(id, values);
    }

    /** The partner accepts an inbound referral in the portal. */
    public synchronized void partnerAccepts(String id) {
        partnerEdits(id, Map.of("/status", "Active", "/substatus", "Accepted"));
    }

    /** The partner declines an inbound referral in the portal. */
    public synchronized void partnerDeclines(String id, String reason) {
        partnerEdits(id, Map.of("/status", "Closed", "/substatus", "Declined", "/statusReason", reason));
    }

    /**
     * The partner closes a deal in the portal.
     *
     * @param substatus Won, Lost or Error
     * @param reason    why, in free words
     */
    public synchronized void partnerCloses(String id, String substatus, String reason) {
        partnerEdits(id, Map.of("/status", "Closed", "/substatus", substatus, "/statusReason", reason));
    }

    /**
     * Microsoft accepts its newest open invitation of an engagement.
     *
     * @param msxId   Microsoft's CRM identifier, put on the partner's deal
     * @param sellers Microsoft's people, each with firstName, lastName, phoneNumber and email
     * @throws IllegalArgumentException if no invitation is open
     */
    public synchronized void microsoftAccepts(String engagementId, String msxId, List<Map<String, Object>> sellers) {
        referrals.microsoftAccepts(engagementId, msxId, JSON.valueToTree(sellers));
    }

    /** Microsoft declines its newest open invitation of an engagement. */
    public synchronized void microsoftDeclines(String engagementId, String reason) {
        referrals.microsoftDeclines(engagementId, reason);
    }

    /** Microsoft closes its accepted side of an engagement as Won or Lost. */
    public synchronized void microsoftCloses(String engagementId, String substatus, String reason) {
        referrals.microsoftCloses(engagementId, substatus, reason);
    }

    /**
     * The referral with this id, the partner's or Microsoft's.
     *
     * @throws IllegalArgumentException if there is none
     */
    public synchronized Map<String, Object> referral(String id) {
        return Stream.concat(referrals.own().stream(), referrals.microsofts().stream())
            .filter(referral -> referral.get("id").textValue().equals(id)).findFirst().map(PartnerCenterSandbox::map)
            .orElseThrow(() -> new IllegalArgumentException("There is no referral " + id + "."));
    }

    /** The partner's own referrals, oldest first. */
    public synchronized List<Map<String, Object>> referrals() {
        return maps(referrals.own());
    }

    /** Microsoft's sides of shared deals, oldest first. */
    public synchronized List<Map<String, Object>> microsoftReferrals() {
        return maps(referrals.microsofts());
    }

    private static List<Map<String, Object>> maps(Collection<ObjectNode> nodes) {
        return nodes.stream().map(PartnerCenterSandbox::map).toList();
    }

    private static Map<String, Object> map(ObjectNode referral) {
        return JSON.convertValue(referral, MAP);
    }

    // ---- sign-in

    /** Who may sign in, and the open points. */
    public PartnerCenterOptions options() {
        return options;
    }

    /** From now on every access token given so far gets 401. */
    public synchronized void revokeAccessTokens() {
        tokens.revokeAccessTokens();
    }

    /** From now on every refresh token is refused with {@code invalid_grant}, as after a change of the user's password. */
    public synchronized void revokeRefreshTokens() {
        tokens.revokeRefreshTokens();
    }

    /** The user signs in again in the browser. Returns a new refresh token. */
    public synchronized String signIn() {
        return tokens.newRefreshToken();
    }

    // ---- events on their way

    /** Keeps new events back (true), or lets them go, those kept back first (false). */
    public void holdWebhooks(boolean hold) {
        events().hold(hold);
    }

    /** Loses new events (true), or no longer (false). */
    public void dropWebhooks(boolean drop) {
        events().drop(drop);
    }

    /** Every event for which somebody was registered, oldest first. */
    public List<Delivery> deliveries() {
        return events().deliveries();
    }

    /** Sends the same event again, this many times, each as a delivery of its own. */
    public void redeliver(Delivery delivery, int times) {
        events().redeliver(delivery, times);
    }

    /** Sends the events kept back, oldest first. */
    public void deliverHeld() {
        events().deliverHeld(UnaryOperator.identity());
    }

    /** Sends the events kept back in another order; those it leaves out are lost, those it names twice are sent twice. */
    public void deliverHeld(UnaryOperator<List<Delivery>> order) {
        events().deliverHeld(order);
    }

    /**
     * Waits until every event is delivered, given up, lost or held.
     *
     * @throws IllegalStateException after 60 seconds
     */
    public void awaitDelivered() throws InterruptedException {
        events().awaitDelivered(PATIENCE);
    }

    /**
     * Sends any body once to the registered address and waits for the answer; leaves no trace in {@link #deliveries}.
     *
     * @param brokenSignature true for a signature that does not fit the body
     * @return HTTP status of the answer, 0 if there was none
     */
    public int deliver(byte[] body, boolean brokenSignature) {
        String signature = brokenSignature ? certificates.brokenSignature(body) : certificates.sign(body);
        return sender.once(registered(), body, Signer.TRUSTED, signature);
    }

    /** The same with a right signature and the certificate of this signer. */
    public int deliver(byte[] body, Signer signer) {
        return sender.once(registered(), body, signer, certificates.sign(body));
    }

    private Registration registered() {
        if (sender.registration() == null) {
            throw new IllegalStateException("Nobody has registered for events.");
        }
        return sender.registration();
    }

    // ---- certificates

    /** Address of the certificate that goes with the events, on an https server of its own. */
    public URI certificateAddress() {
        return certificateServer.address(Signer.TRUSTED);
    }

    /** Keys and certificates of the events. */
    public SandboxCertificates certificates() {
        return certificates;
    }

    /** The authorities a receiver of events has to trust; also for the https server of the certificate. */
    public KeyStore trustStore() {
        return certificates.trustStore();
    }

    /** Writes {@link #trustStore} into a directory, as PKCS12 with the password {@code sandbox}. Returns the file. */
    public Path writeTrustStore(Path directory) {
        return certificates.writeTrustStore(directory);
    }
}
