package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switch;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.Trouble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Salesforce, simulated: sign-in under {@code /services/oauth2/} and the REST API under {@code /services/data/vNN.N/}, with the
 * objects of Microsoft's co-sell package, as contract salesforce.md describes them. The Java methods act as a seller; they follow the
 * same rules as HTTP.
 *
 * <p>Refusals of the Java methods are {@link RuntimeException}s with the code and message HTTP would have answered.
 */
public final class SalesforceSandbox extends SandboxSystem {

    private static final TypeReference<Map<String, Long>> NUMBERS = new TypeReference<>() {
    };
    private static final TypeReference<List<OutboundMessages.Message>> MESSAGES = new TypeReference<>() {
    };

    private final SalesforceOptions options;
    private final Switches switches;
    private final Store store;
    private final Schema schema;
    private final Rules rules;
    private final Usage usage;
    private final SignIn signIn;
    private final Queries queries;
    private final Deployments deployments;
    private final Api api;
    private final OutboundMessages messages;
    private final LeadConversion conversion;
    private final Acts acts;
    private final ChangeEvents changeEvents;
    private PubSub pubSub;

    /** A sandbox with the usual options. */
    public SalesforceSandbox(SandboxClock clock) {
        this(clock, SalesforceOptions.defaults());
    }

    /**
     * @param clock   the clock shared by all sandboxes
     * @param options what differs from organisation to organisation
     */
    public SalesforceSandbox(SandboxClock clock, SalesforceOptions options) {
        super("salesforce", clock, OutboundMessages.policy(options.retryPause()));
        this.options = options;
        switches = new Switches(Arrays.asList(SalesforceSwitch.values()), options.switches());
        schema = new Schema(options, this::features, this::shown, clock);
        store = new Store(null, 0, this::committed);
        rules = new Rules(schema, store, switches, clock);
        usage = new Usage(clock, options.dailyCalls());
        signIn = new SignIn(options, switches, store, clock);
        Org org = new Org(options, switches, schema, store, rules, usage, clock, this::inner);
        messages = new OutboundMessages(org, events());
        conversion = new LeadConversion(org);
        acts = new Acts(org, this, messages);
        changeEvents = new ChangeEvents(schema, clock);
        queries = new Queries(org);
        deployments = new Deployments(org);
        // The first line that fits answers: those with fixed words stand before those with names in braces.
        api = new Api(store, Stream.of(queries.resources(), new Limits(usage).resources(), new Replication(org).resources(),
            new Composites(org, this::inner).resources(), deployments.resources(), new RecordCollections(org).resources(), new Trees(org).resources(),
            new Metadata(org).resources(), new Records(org).resources()).flatMap(List::stream).toList());
        store.transaction(() -> {
            Seed.plant(org);
            return null;
        });
        forgetHistory();
    }

    private Set<Feature> features() {
        Set<Feature> on = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (feature.isOn(switches)) {
                on.add(feature);
            }
        }
        return on;
    }

    private Set<String> shown() {
        return deployments.shown();
    }

    /** What this sandbox was started with. */
    public SalesforceOptions options() {
        return options;
    }

    @Override
    public Switches switches() {
        return switches;
    }

    @Override
    protected Reply handle(Request request) {
        return signIn.answer(request).orElseGet(() -> data(request));
    }

    private Reply data(Request request) {
        if (Metadata.isVersionList(request)) {
            return Metadata.versions();
        }
        if (!request.path().startsWith(Api.DATA)) {
            return Refusal.unsupported(request.method() + " " + request.path()).reply();
        }
        Optional<Caller> caller = signIn.caller(request);
        if (caller.isEmpty()) {
            return SignIn.expired().reply();
        }
        Reply reply;
        try {
            if (switches.has(SalesforceSwitch.NO_API)) {
                throw new Refusal(403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner");
            }
            usage.count();
            reply = api.answer(request, caller.get());
        } catch (Refusal refusal) {
            reply = refusal.reply();
        }
        return reply.with("Sforce-Limit-Info", usage.header()).with("Date", Conditions.date(clock.instant()));
    }

    @Override
    public CallKind kind(Request request) {
        return SignIn.isTokenRequest(request) ? CallKind.SIGN_IN : api.kind(request);
    }

    @Override
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        Reply reply = switch (trouble) {
            case THROTTLED -> Usage.exceeded().reply();
            case SESSION_EXPIRED -> {
                signIn.expire(request);
                yield SignIn.expired().reply();
            }
            case PRECONDITION_FAILED -> Conditions.precondition().reply();
            case SERVER_ERROR -> new Refusal(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.").reply();
            default -> new Refusal(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable.").reply();
        };
        return reply.with("Sforce-Limit-Info", usage.header());
    }

    private void committed(List<Change> changes) {
        for (Change change : changes) {
            Map<String, Object> written = new LinkedHashMap<>();
            change.written().forEach((name, value) -> written.put(name, Values.toJson(value)));
            changed(new RowChange(clock.instant(), change.by().user(), change.by().tag(), change.message(), change.row().table(),
                change.row().id(), Collections.unmodifiableMap(written)));
        }
        messages.tell(changes);
        if (pubSub != null) {
            changeEvents.tell(changes);
            pubSub.deliver();
        }
    }

    @Override
    public List<Act> acts() {
        return acts.all();
    }

    @Override
    public synchronized ObjectNode state() {
        ObjectNode state = JSON.createObjectNode();
        state.set("switches", JSON.valueToTree(switches.all().stream().filter(switches::has).map(Switch::name).toList()));
        state.set("numbers", JSON.valueToTree(rules.numbers()));
        state.set("outboundMessages", JSON.valueToTree(messages.all()));
        state.set("withheldRecords", JSON.valueToTree(rules.withheld().stream().sorted().toList()));
        state.set("permissionsTaken", JSON.valueToTree(rules.permissionsTaken().stream().sorted().toList()));
        state.set("deployed", deployments.state());
        state.set("store", store.state());
        return state;
    }

    @Override
    public synchronized void restore(ObjectNode state) {
        List<Switch> on = new ArrayList<>();
        state.path("switches").forEach(name -> on.add(switches.named(name.asText())));
        Map<String, Long> numbers = JSON.convertValue(state.path("numbers"), NUMBERS);
        List<OutboundMessages.Message> others = JSON.convertValue(state.path("outboundMessages"), MESSAGES);
        if (numbers == null || others == null) {
            throw new IllegalArgumentException("The state of Salesforce has the members switches, numbers, outboundMessages and store.");
        }
        deployments.restore(state.path("deployed"));
        store.restore(state.path("store"), this::read);
        switches.all().forEach(one -> switches.turn(one, on.contains(one)));
        rules.restoreNumbers(numbers);
        rules.withheld().forEach(id -> rules.withhold(id, false));
        state.path("withheldRecords").forEach(id -> rules.withhold(id.asText(), true));
        rules.permissionsTaken().forEach(one -> rules.take(one.split("\\.")[0], one.split("\\.")[1], false));
        state.path("permissionsTaken").forEach(one -> rules.take(one.asText().split("\\.")[0], one.asText().split("\\.")[1], true));
        messages.restore(others);
        queries.forget();
        signIn.expireAll();
    }

    private Object read(String table, String name, JsonNode json) {
        SObject object = schema.whole(table);
        Field field = object == null ? null : object.fields().get(name);
        if (field == null) {
            throw new IllegalArgumentException("Salesforce has no field " + name + " of " + table + ".");
        }
        return Values.fromState(field, json);
    }

    /** 403 for too many long calls at the same time, to be used with {@link io.cosell.sandbox.Fault} (section 3.6). */
    public static Reply throttledByConcurrency() {
        return new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.").reply();
    }

    // ---- acting as a seller

    /**
     * Creates a record as the seller.
     *
     * @param object API name, such as {@code Opportunity}
     * @param fields as in an HTTP body
     * @return the new record's id
     */
    public synchronized String create(String object, Map<String, Object> fields) {
        return store.transaction(() -> rules.create(schema.require(object), body(fields), seller()).id());
    }

    /** Changes a record as the seller; fields as in {@link #create}, null clears. */
    public void update(String object, String id, Map<String, Object> fields) {
        update(Seed.SELLER, object, id, fields);
    }

    /** Changes a record as any user. */
    synchronized void update(String user, String object, String id, Map<String, Object> fields) {
        store.transaction(() -> rules.update(schema.require(object), rules.find(schema.require(object), id), body(fields),
            Author.user(user)));
    }

    /** Deletes a record as the seller. */
    public synchronized void delete(String object, String id) {
        store.transaction(() -> {
            rules.delete(schema.require(object), rules.find(schema.require(object), id), seller());
            return null;
        });
    }

    /**
     * A record as it is now.
     *
     * @return all fields as JSON shows them, empty ones as null; null if there is no such record
     */
    public synchronized Map<String, Object> row(String object, String id) {
        Row row = Ids.full(id).map(full -> store.find(schema.require(object).name(), full)).orElse(null);
        return row == null ? null : fields(row);
    }

    /** All records of an object in order of creation, each as {@link #row} shows it. */
    public synchronized List<Map<String, Object>> rows(String object) {
        return store.rows(schema.require(object).name()).stream().map(this::fields).toList();
    }

    private Map<String, Object> fields(Row row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        schema.require(row.table()).fields().values().forEach(field -> fields.put(field.name(), Values.toJson(row.get(field.name()))));
        return Collections.unmodifiableMap(fields);
    }

    private static ObjectNode body(Map<String, Object> fields) {
        return JSON.valueToTree(fields);
    }

    private static Author seller() {
        return Author.user(Seed.SELLER);
    }

    /**
     * Converts a lead as the seller: account, contact and opportunity are made from it.
     *
     * @return id of the opportunity
     */
    public synchronized String convertLead(String id) {
        return store.transaction(() -> conversion.convert(id, new LeadConversion.Wish(null, null, null, false), seller()))
            .get("opportunityId");
    }

    /**
     * Merges a lead into another as the seller: the lead is deleted, and tells which one is left.
     *
     * @param survivor id of the lead that stays as it is
     */
    public synchronized void mergeLead(String lead, String survivor) {
        store.transaction(() -> {
            SObject leads = schema.require("Lead");
            Row master = rules.find(leads, survivor);
            Row merged = rules.system(leads, rules.find(leads, lead), Map.of("MasterRecordId", new Ref("Lead", master.id())), seller());
            rules.delete(leads, merged, seller());
            return null;
        });
    }

    // ---- administration

    /**
     * Sets up an outbound message, sent whenever a record of the object is saved (contract 3.7).
     *
     * @param name   names it
     * @param object API name of the object
     * @param fields API names of the fields to send
     * @param url    where to
     */
    public synchronized void setOutboundMessage(String name, String object, List<String> fields, String url) {
        messages.register(name, object, fields, url);
    }

    /** Ends every session, as if all had expired, and the streams that were signed in by them. */
    public synchronized void expireSessions() {
        signIn.expireAll();
        if (pubSub != null) {
            pubSub.sessionsEnded();
        }
    }

    // ---- change events (contract 3.7)

    /**
     * Switches Change Data Capture on for opportunities, leads, contact roles and Microsoft solutions, and starts the Pub/Sub API.
     *
     * @param port     port of the Pub/Sub API on 127.0.0.1, 0 for a free one
     * @param keyStore PKCS12 with the key and certificate it shows
     * @param password of that key store
     */
    public synchronized void startChangeEvents(int port, byte[] keyStore, String password) {
        if (pubSub != null) {
            throw new IllegalStateException("The Pub/Sub API is up already, on " + pubSub.address() + ".");
        }
        pubSub = new PubSub(this, changeEvents, signIn, signIn.organisation(), port, keyStore, password);
    }

    /** Host and port of the Pub/Sub API; null while change events are off. */
    public synchronized String changeEventsAddress() {
        return pubSub == null ? null : pubSub.address();
    }

    /** What goes wrong with change events, or is told of them; only while they are on. */
    public synchronized void changeEvents(ChangeEventsTrouble trouble, int times) {
        if (pubSub == null) {
            throw new IllegalStateException("Change events are off.");
        }
        switch (trouble) {
            case STREAMS_CUT -> pubSub.cut();
            case STREAMS_ENDED -> pubSub.finish();
            case SUBSCRIPTIONS_REFUSED -> pubSub.refuse(times);
            case CALLS_UNANSWERED -> pubSub.leaveUnanswered(times);
            case GAPS -> changeEvents.gaps(times);
            case OVERFLOW -> changeEvents.overflow();
            case DOUBLED -> changeEvents.doubled(times);
            case GARBLED -> changeEvents.garbled(times);
            case LOST -> changeEvents.lost(times);
            case REPLAY_IDS_FORGOTTEN -> changeEvents.forgetReplayIds();
            case SIGN_OF_LIFE -> pubSub.giveSignOfLife();
            default -> throw new IllegalArgumentException(trouble.name());
        }
    }

    /** Replay id of the newest event, as the wire shows it. */
    public synchronized byte[] newestReplayId() {
        return ChangeEvents.bytes(changeEvents.newest(false));
    }

    /** How many streams of change events are open. */
    public synchronized int changeEventStreams() {
        return pubSub == null ? 0 : pubSub.open();
    }

    /** How many streams of change events were ever opened. */
    public synchronized long changeEventSubscriptions() {
        return pubSub == null ? 0 : pubSub.subscribed();
    }

    @Override
    public void close() {
        super.close();
        if (pubSub != null) {
            pubSub.close();
        }
    }
}
