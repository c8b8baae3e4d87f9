package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import io.cosell.sandbox.partnercenter.WebhookSender.Registration;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Microsoft Partner Center as far as the contract describes it: sign-in, referrals and webhooks. All three hosts of the contract are
 * one address here, with their paths as they are:
 *
 * <ul>
 * <li>{@code /{tenant}/oauth2/authorize}, {@code .../token}, and the same under {@code /oauth2/v2.0} with {@code .../devicecode}
 * (login.microsoftonline.com)
 * <li>{@code /v1.0/engagements/referrals} (api.partner.microsoft.com)
 * <li>{@code /webhooks/v1/registration}, {@code /engagements/v1/referrals/{id}} and {@code /partner/v1/analytics/referrals}
 * (api.partnercenter.microsoft.com)
 * </ul>
 *
 * <p>The methods act as the people of both sides, and as a network that delays or loses events. Referrals go in and out as maps of
 * JSON values, always copies. What Partner Center would refuse is a {@link Refusal}.
 */
public final class PartnerCenterSandbox extends SandboxSystem {

    /** Path of the referrals. */
    public static final String REFERRALS = "/v1.0/engagements/referrals";

    /** The address that events name; it answers GET and PUT of one referral, with a token for its own host (section 1.1). */
    static final String EVENT_REFERRALS = "/engagements/v1/referrals";

    /** Larger bodies get 413; the number is the sandbox's own. */
    private static final int MOST_BYTES = 1024 * 1024;
    private static final int LONGEST_MESSAGE = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() { };

    private final PartnerCenterOptions options;
    private final Switches switches;
    private final SandboxCertificates certificates = SandboxCertificates.ofThisProcess();
    private final Tokens tokens;
    private final Access access;
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
        switches = new Switches(List.of(Switch.values()), options.switches());
        tokens = new Tokens(options.account(), switches, clock);
        access = new Access(options.account().user());
        sender = new WebhookSender(events(), certificates, signer -> certificateServer.address(signer));
        webhooks = new Webhooks(sender, events(), switches, clock, options.account().organizationId());
        referrals = new Referrals(options, switches, clock, this::written);
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
        tick();
        String path = path(request);
        if (Tokens.isAddress(path)) {
            return tokens.answer(request);
        }
        if (Webhooks.isAddress(path)) {
            return webhookHeaders(request, answer(() -> webhookCall(request, path), PartnerCenterSandbox::webhookError));
        }
        return referralHeaders(request, answer(() -> referralCall(request, path), this::referralError));
    }

    /** The connector of section 5.1 writes one and two slashes behind the id, only to tell its operations apart. */
    private static String path(Request request) {
        return request.path().replaceAll("/+$", "");
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
        if (!tokens.isAppOnly(request, Tokens.WEBHOOKS)) {
            access.checkRegisters();
        }
        return webhooks.answer(new Request(request.method(), path, request.query(), request.headers(), request.body()));
    }

    /** Sections 1.3 and 3: the address, then the token, then the headers, then the operation. */
    private Reply referralCall(Request request, String path) {
        boolean ofEvents = path.startsWith(EVENT_REFERRALS + "/");
        boolean analytics = path.equals(Analytics.PATH);
        if (!ofEvents && !analytics && !path.equals(REFERRALS) && !path.startsWith(REFERRALS + "/")) {
            throw unknown(request);
        }
        boolean appOnly = tokens.isAppOnly(request, ofEvents || analytics ? Tokens.WEBHOOKS : Tokens.REFERRALS);
        if (appOnly && (analytics || !switches.has(Switch.APP_ONLY_REFERRALS))) {
            throw Refusal.denied("referral", "Referrals need the token of a user with a referral role; this one is the application's.");
        }
        if (switches.has(Switch.CONDITIONAL_ACCESS)) {
            throw Refusal.denied("insufficientClaims", "A rule of conditional access asks for more claims than the token has.");
        }
        if (!appOnly) {
            access.checkRole();
        }
        checkHeaders(request);
        Predicate<JsonNode> sees = referral -> appOnly || access.sees(referral);
        if (analytics) {
            return request.method().equals("GET") ? Analytics.answer(request, seen(sees), switches) : notAllowed(request, "GET");
        }
        if (path.equals(REFERRALS)) {
            return switch (request.method()) {
                case "GET" -> list(request, sees);
                case "POST" -> create(request, appOnly);
                default -> notAllowed(request, "GET, POST");
            };
        }
        String id = path.substring((ofEvents ? EVENT_REFERRALS : REFERRALS).length() + 1);
        return switch (request.method()) {
            case "GET" -> single(200, referrals.get(id, sees), ReferralView.READ);
            case "PUT" -> single(200, referrals.put(id, json(request), request.header("If-Match").orElse(null), sees),
                ReferralView.REPLACED);
            case "PATCH" -> ofEvents ? notAllowed(request, "GET, PUT") : patch(request, id, sees);
            case "DELETE" -> {
                if (ofEvents || !switches.has(Switch.DELETE_TAKEN)) {
                    yield notAllowed(request, ofEvents ? "GET, PUT" : "GET, PATCH, PUT");
                }
                referrals.delete(id, sees);
                yield Reply.empty(204);
            }
            default -> notAllowed(request, ofEvents ? "GET, PUT" : "GET, PATCH, PUT");
        };
    }

    /** Sections 1.3 and 1.5: what a request must carry, and what it may not be. */
    private void checkHeaders(Request request) {
        Map<String, Switch> required = new TreeMap<>(Map.of("client-request-id", Switch.CLIENT_REQUEST_ID_REQUIRED,
            "MS-Contract-Version", Switch.CONTRACT_VERSION_REQUIRED));
        required.forEach((name, when) -> {
            if (switches.has(when) && request.header(name).isEmpty()) {
                throw Refusal.invalid(name, "The header " + name + " is missing.");
            }
        });
        String accept = request.header("Accept").orElse("*/*");
        if (!accept.contains("json") && !accept.contains("*/*") && !accept.contains("application/*")) {
            throw new Refusal(406, "invalidRequest", "Accept", "Answers are application/json; Accept does not take that.");
        }
        boolean writes = !Set.of("GET", "DELETE").contains(request.method());
        if (writes && request.header("Content-Length").isEmpty() && request.header("Transfer-Encoding").isEmpty()) {
            throw new Refusal(411, "invalidRequest", "Content-Length", "Send Content-Length.");
        }
        if (request.body().length > MOST_BYTES) {
            throw new Refusal(413, "invalidRequest", "body", "The body is longer than " + MOST_BYTES + " bytes.");
        }
    }

    private Stream<Row> seen(Predicate<JsonNode> sees) {
        return referrals.rows(Referrals.OWN).stream().filter(row -> sees.test(Referrals.document(row)));
    }

    /** The caller's own referrals, and of an engagement that is asked for by name those of the other sides. */
    private Reply list(Request request, Predicate<JsonNode> sees) {
        ReferralQuery query = ReferralQuery.of(request.query());
        Filter filter = query.filter();
        Set<String> engagements = filter == null ? Set.of() : filter.engagements();
        Stream<ObjectNode> own = filter == null || filter.onlyEngagement() == null ? referrals.all(Referrals.OWN)
            : referrals.of(filter.onlyEngagement(), Referrals.OWN);
        Stream<ObjectNode> others = engagements.stream()
            .filter(engagement -> referrals.of(engagement, Referrals.OWN).anyMatch(sees))
            .flatMap(engagement -> referrals.of(engagement, Referrals.OTHERS));
        Stream<ObjectNode> found = Stream.concat(own.filter(sees), others)
            .filter(referral -> filter == null || filter.test(referral));
        if (switches.has(Switch.NO_MARKETPLACE_LEADS)) {
            found = found.filter(referral -> Category.of(referral) != Category.MARKETPLACE_LEAD);
        }
        return query.page(found, options.pageSize(), switches, referral -> ReferralView.ITEM.of(referral, switches));
    }

    private Reply create(Request request, boolean appOnly) {
        String requestId = switches.has(Switch.IDEMPOTENT_REQUEST_IDS) ? request.header("MS-RequestId").orElse(null) : null;
        if (requestId != null && answersByRequestId.containsKey(requestId)) {
            return answersByRequestId.get(requestId);
        }
        ObjectNode referral = referrals.create(json(request), body -> {
            if (!appOnly) {
                access.locate(body);
            }
        }, Referrals.APPLICATION);
        Reply reply = single(switches.has(Switch.CREATED_STATUS_201) ? 201 : 200, referral, ReferralView.CREATED);
        if (requestId != null) {
            answersByRequestId.put(requestId, reply);
        }
        return reply;
    }

    private Reply patch(Request request, String id, Predicate<JsonNode> sees) {
        ObjectNode referral = referrals.patch(id, json(request), request.header("If-Match").orElse(null), sees);
        boolean shown = request.header("Prefer").orElse("").contains("return=representation");
        return shown ? single(200, referral, ReferralView.REPLACED) : Reply.empty(204).with("ETag", referral.get("eTag").textValue());
    }

    private Reply single(int status, ObjectNode referral, ReferralView view) {
        return Reply.json(status, view.of(referral, switches)).with("ETag", referral.get("eTag").textValue());
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

    private Reply notAllowed(Request request, String allowed) {
        return Reply.json(405, referralError(new Refusal(405, "invalidRequest", "referral",
            request.method() + " is not allowed here; allowed are " + allowed + "."))).with("Allow", allowed);
    }

    /** Section 1.5, body of the referral host. */
    private Object referralError(Refusal refusal) {
        String message = message(refusal);
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code());
        error.put("message", message);
        error.put("target", refusal.target());
        boolean field = Set.of(400, 422).contains(refusal.status()) && switches.has(Switch.FIELD_ERRORS_NESTED);
        if (field || refusal.target().equals("insufficientClaims")) {
            error.put("innerError", Map.of("code", field ? "invalidField" : "insufficientClaims", "message", message));
        }
        return Map.of("error", error);
    }

    /** Section 1.5, body of the webhook host. */
    static Object webhookError(Refusal refusal) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code());
        error.put("description", message(refusal));
        error.put("data", List.of());
        error.put("source", refusal.target());
        return error;
    }

    private static String message(Refusal refusal) {
        return refusal.getMessage().substring(0, Math.min(LONGEST_MESSAGE, refusal.getMessage().length()));
    }

    /** Section 1.4, the body of a throttled call, which differs from all other errors. */
    static Reply throttled(int seconds) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("statusCode", 429);
        body.put("message", "Rate limit is exceeded. Try again in " + seconds + " seconds.");
        return Reply.json(429, body).with("Retry-After", String.valueOf(seconds));
    }

    /** Section 1.3: ids of the caller are echoed, and each answer has its own; the forms of the last two are not documented. */
    private Reply referralHeaders(Request request, Reply reply) {
        Reply marked = reply.with("Request-ID", UUID.randomUUID().toString()).with("timestamp", Times.utc(clock.instant()))
            .with("x-ms-ags-diagnostic", "{}");
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

    // ---- what every sandbox tells of itself

    @Override
    public CallKind kind(Request request) {
        String path = path(request);
        boolean reads = request.method().equals("GET");
        if (Tokens.isAddress(path)) {
            return CallKind.SIGN_IN;
        }
        if (Webhooks.isAddress(path)) {
            return CallKind.REGISTRATION;
        }
        if (path.equals(REFERRALS) || path.equals(Analytics.PATH)) {
            return reads ? CallKind.LIST : path.equals(REFERRALS) && request.method().equals("POST") ? CallKind.CREATE : CallKind.OTHER;
        }
        boolean one = path.startsWith(REFERRALS + "/") || path.startsWith(EVENT_REFERRALS + "/");
        return !one ? CallKind.OTHER : switch (request.method()) {
            case "GET" -> CallKind.READ;
            case "PATCH", "PUT" -> CallKind.UPDATE;
            case "DELETE" -> CallKind.DELETE;
            default -> CallKind.OTHER;
        };
    }

    @Override
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        String path = path(request);
        if (Tokens.isAddress(path)) {
            return tokens.refusal(trouble, retryAfter);
        }
        if (trouble == Trouble.SESSION_EXPIRED) {
            tokens.forget(request);
        }
        Supplier<Reply> call = () -> switch (trouble) {
            case THROTTLED -> throttled(retryAfter);
            case UNAVAILABLE -> throw new Refusal(503, "serviceNotAvailable", "service", "The service is not available. Try again later.");
            case SESSION_EXPIRED -> throw new Refusal(401, "unauthenticated", "referral", "The access token has expired; get a new one.");
            case PRECONDITION_FAILED -> throw new Refusal(412, switches.has(Switch.STALE_TAG_IS_RESOURCE_MODIFIED) ? "resourceModified"
                : "preconditionFailed", "eTag", "The referral has changed since; its eTag is another now.");
            default -> throw new Refusal(500, "generalException", "service", "The service failed. The call may be repeated.");
        };
        Reply reply = Webhooks.isAddress(path) ? webhookHeaders(request, answer(call, PartnerCenterSandbox::webhookError))
            : referralHeaders(request, answer(call, this::referralError));
        return trouble == Trouble.UNAVAILABLE ? reply.with("Retry-After", String.valueOf(retryAfter)) : reply;
    }

    @Override
    public Switches switches() {
        return switches;
    }

    @Override
    public List<Act> acts() {
        return PartnerCenterActs.of(this);
    }

    /** Section 4.2: the partner hears of its own referrals, and of the other sides' as related ones. */
    private void written(Change change) {
        String user = change.by().user();
        String table = change.row().table();
        changed(new RowChange(clock.instant(), user, null, change.message(), table, change.row().id(), change.written()));
        boolean silent = user.equals(Referrals.APPLICATION) && change.message().equals("Update")
            && switches.has(Switch.PATCH_RAISES_NO_EVENT);
        if (silent || change.message().equals("Delete")) {
            return;
        }
        String what = change.message().equals("Create") ? "referral-created" : "referral-updated";
        String id = change.row().id();
        if (table.equals(Referrals.OWN)) {
            webhooks.referralEvent(what, id);
        } else {
            String own = referrals.of(Referrals.engagement(Referrals.document(change.row())), Referrals.OWN).findFirst()
                .map(deal -> deal.get("id").textValue()).orElse(id);
            webhooks.referralEvent("related-" + what, switches.has(Switch.RELATED_EVENTS_CARRY_OWN_ID) ? own : id);
        }
    }

    @Override
    public synchronized ObjectNode state() {
        ObjectNode state = JSON.createObjectNode();
        state.put("system", "partner-center");
        switches.all().stream().filter(switches::has).forEach(which -> state.withArray("switches").add(which.name()));
        state.set("user", access.json());
        state.set("registration", webhooks.state());
        state.setAll(referrals.state());
        return state;
    }

    @Override
    public synchronized void restore(ObjectNode state) {
        if (!state.path("system").asText().equals("partner-center")) {
            throw new IllegalArgumentException("This is no state of Partner Center: system is " + state.path("system") + ".");
        }
        List<io.cosell.sandbox.Switch> on = new ArrayList<>();
        state.path("switches").forEach(name -> on.add(switches.named(name.asText())));
        Access.Rights.of(state.path("user"));
        referrals.restore(state);
        switches.all().forEach(which -> switches.turn(which, on.contains(which)));
        access.restore(state.path("user"));
        webhooks.restore(state.path("registration"));
        answersByRequestId.clear();
        forgetHistory();
    }

    // ---- people

    /** Applies what the clock has brought about: answers of Microsoft's, expiry, other rights. Every call does the same first. */
    public synchronized void tick() {
        access.tick(clock.instant());
        referrals.tick();
    }

    /**
     * Microsoft sends the partner a deal or a lead: New/Pending, Incoming, to be answered within 14 days.
     *
     * @param referral the referral; members that the service sets are ignored, nothing is required
     * @return its id
     */
    public synchronized String microsoftInvites(Map<String, Object> referral) {
        tick();
        return referrals.receive(JSON.valueToTree(referral), Referrals.MICROSOFT, "Microsoft").get("id").textValue();
    }

    /**
     * Another partner invites this one to its deal: a referral of its own, New/Pending, Incoming (section 2.6).
     *
     * @return its id
     */
    public synchronized String anotherPartnerInvites(Map<String, Object> referral, String organizationId, String organizationName) {
        tick();
        return referrals.receive(JSON.valueToTree(referral), organizationId, organizationName).get("id").textValue();
    }

    /** A partner invited to a deal of this one accepts or declines it, on its own referral. */
    public synchronized void invitedPartnerAnswers(String id, boolean accepts, String reason) {
        tick();
        referrals.invitedPartnerAnswers(id, accepts, reason);
    }

    /** A partner invited to a deal of this one edits its own referral, such as date and value. */
    public synchronized void invitedPartnerEdits(String id, Map<String, Object> pointerToValue) {
        tick();
        referrals.invitedPartnerEdits(id, values(pointerToValue));
    }

    /**
     * The partner makes a deal in the portal: Active/Accepted, Outgoing. The same rules hold as for POST.
     *
     * @return its id
     */
    public synchronized String partnerCreates(Map<String, Object> referral) {
        tick();
        return referrals.create(JSON.valueToTree(referral), anywhere -> { }, Referrals.PARTNER).get("id").textValue();
    }

    /**
     * The partner edits a deal in the portal.
     *
     * @param pointerToValue new values by JSON pointer, such as {@code /details/dealValue}; {@code /team/-} appends
     */
    public synchronized void partnerEdits(String id, Map<String, Object> pointerToValue) {
        tick();
        referrals.edit(id, values(pointerToValue));
    }

    private static Map<String, JsonNode> values(Map<String, Object> pointerToValue) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        pointerToValue.forEach((pointer, value) -> values.put(pointer, JSON.valueToTree(value)));
        return values;
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
        tick();
        referrals.microsoftAccepts(engagementId, msxId, JSON.valueToTree(sellers));
    }

    /** Microsoft declines its newest open invitation of an engagement. */
    public synchronized void microsoftDeclines(String engagementId, String reason) {
        tick();
        referrals.microsoftDeclines(engagementId, reason);
    }

    /** Microsoft closes its accepted side of an engagement as Won or Lost. */
    public synchronized void microsoftCloses(String engagementId, String substatus, String reason) {
        tick();
        referrals.microsoftCloses(engagementId, substatus, reason);
    }

    /**
     * Microsoft answers by itself from now on.
     *
     * @param engagementId whose invitation, also one that is open; null for every later invitation without an answer of its own
     */
    public synchronized void microsoftAnswers(String engagementId, MicrosoftAnswer answer) {
        tick();
        referrals.answer(engagementId, answer);
    }

    /**
     * Microsoft takes a step in the review of the newest deal registration of a referral (section 2.8).
     *
     * @param status Approved, ReviewPending, ActionRequired, Passed, Failed or Closed
     * @throws IllegalArgumentException if the review cannot go there
     */
    public synchronized void microsoftReviewsRegistration(String id, String status, String reason) {
        tick();
        referrals.reviewRegistration(id, status, reason);
    }

    /**
     * The referral with this id, the partner's or Microsoft's.
     *
     * @throws IllegalArgumentException if there is none
     */
    public synchronized Map<String, Object> referral(String id) {
        ObjectNode referral = referrals.find(id);
        if (referral == null) {
            throw new IllegalArgumentException("There is no referral " + id + ".");
        }
        return map(referral);
    }

    /** The partner's own referrals, oldest first. */
    public synchronized List<Map<String, Object>> referrals() {
        return maps(referrals.all(Referrals.OWN));
    }

    /** Microsoft's sides of shared deals, oldest first. */
    public synchronized List<Map<String, Object>> microsoftReferrals() {
        return maps(referrals.all(Referrals.OTHERS).filter(Referrals::isMicrosofts));
    }

    /** What partners invited to deals of this one have, oldest first. */
    public synchronized List<Map<String, Object>> invitedPartnersReferrals() {
        return maps(referrals.all(Referrals.OTHERS).filter(referral -> !Referrals.isMicrosofts(referral)));
    }

    private static List<Map<String, Object>> maps(Stream<ObjectNode> nodes) {
        return nodes.map(PartnerCenterSandbox::map).toList();
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

    /**
     * The user enters the code that a device shows, and signs in or says no.
     *
     * @throws IllegalArgumentException if no device shows this code
     */
    public synchronized void signInDevice(String userCode, boolean agrees) {
        tokens.signInDevice(userCode, agrees);
    }

    /** From now on a device is told to wait this many seconds between two questions whether its user has signed in; 5 before. */
    public synchronized void deviceInterval(int seconds) {
        tokens.deviceInterval(seconds);
    }

    /** The user's role, locations and right to register for events change, after a while (section 1.2: up to an hour). */
    synchronized void changeRights(Access.Rights rights, Duration after) {
        access.change(rights, clock.instant().plus(after));
        tick();
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
