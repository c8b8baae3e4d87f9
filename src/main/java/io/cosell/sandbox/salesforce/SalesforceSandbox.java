package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
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

    private final SalesforceOptions options;
    private final Switches switches;
    private final Store store;
    private final Schema schema;
    private final Rules rules;
    private final Usage usage;
    private final SignIn signIn;
    private final Api api;
    private final List<RowChange> history = new ArrayList<>();

    /** A sandbox with the usual options. */
    public SalesforceSandbox(SandboxClock clock) {
        this(clock, SalesforceOptions.defaults());
    }

    /**
     * @param clock   the clock shared by all sandboxes
     * @param options what differs from organisation to organisation
     */
    public SalesforceSandbox(SandboxClock clock, SalesforceOptions options) {
        super("salesforce", clock);
        this.options = options;
        switches = new Switches(Arrays.asList(SalesforceSwitch.values()), options.switches());
        schema = new Schema(options, this::features);
        store = new Store(null, 0, this::committed);
        rules = new Rules(schema, store, switches, clock);
        usage = new Usage(clock, options.dailyCalls());
        signIn = new SignIn(options, switches, store, clock);
        Org org = new Org(options, switches, schema, store, rules, usage, clock);
        // The first line that fits answers: those with fixed words stand before those with names in braces.
        api = new Api(store, Stream.of(new Metadata(org).resources(), new Records(org).resources()).flatMap(List::stream).toList());
        store.transaction(() -> {
            Seed.plant(org);
            return null;
        });
        history.clear();
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
            usage.count();
            reply = api.answer(request, caller.get());
        } catch (Refusal refusal) {
            reply = refusal.reply();
        }
        return reply.with("Sforce-Limit-Info", usage.header());
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
            history.add(new RowChange(clock.instant(), change.by().user(), change.by().tag(), change.message(), change.row().table(),
                change.row().id(), Collections.unmodifiableMap(written)));
        }
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
    public synchronized void update(String object, String id, Map<String, Object> fields) {
        store.transaction(() -> rules.update(schema.require(object), rules.find(schema.require(object), id), body(fields), seller()));
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

    /** Every committed write since the start, by whomever, oldest first; the seed is left out. */
    public synchronized List<RowChange> history() {
        return List.copyOf(history);
    }

    /** Ends every session, as if all had expired. */
    public synchronized void expireSessions() {
        signIn.expireAll();
    }
}
