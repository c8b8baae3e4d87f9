package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Dynamics 365 Sales on Dataverse, simulated: the Web API under {@code /api/data/v9.2/} and the token endpoint
 * {@code /{tenant}/oauth2/v2.0/token}, as contract dataverse.md describes them. The Java methods act as a CRM user; they follow the same
 * rules as HTTP, and change tracking and webhooks see what they do.
 *
 * <p>Refusals of the Java methods are {@link RuntimeException}s with the message HTTP would have answered.
 */
public final class DataverseSandbox extends SandboxSystem {

    /** The application user that HTTP callers are. */
    public static final String APPLICATION_USER = "0a0b0c0d-0000-4000-8000-000000000001";
    /** The seller that the Java methods act as. */
    public static final String SELLER = "0a0b0c0d-0000-4000-8000-000000000002";
    /** A second seller. */
    public static final String OTHER_SELLER = "0a0b0c0d-0000-4000-8000-000000000003";

    /** The CRM's own automation, neither seller nor connector: writes what plug-ins, workflows and flows write. */
    public static final String AUTOMATION = "0a0b0c0d-0000-4000-8000-000000000004";

    private static final TypeReference<List<String>> NAMES = new TypeReference<>() { };
    private static final TypeReference<Map<String, Integer>> NUMBERS = new TypeReference<>() { };
    private static final List<String> MESSAGES = List.of("Create", "Update", "Delete");
    private static final Map<String, String> CURRENCY_NAMES = Map.of("USD", "US Dollar", "EUR", "Euro", "GBP", "Pound Sterling");
    private static final Map<String, String> CURRENCY_SIGNS = Map.of("USD", "$", "EUR", "€", "GBP", "£");

    private final Switches switches;
    private final Privileges privileges;
    private final ServiceProtection protection;
    private final Schema schema;
    private final Store store;
    private final Rules rules;
    private final Actions actions;
    private final WebApi api;
    private final Definitions definitions;
    private final Tokens tokens;
    private final Webhooks webhooks;
    private final DataverseOptions options;

    /** A sandbox with the usual options. */
    public DataverseSandbox(SandboxClock clock) {
        this(clock, DataverseOptions.defaults());
    }

    /**
     * @param clock   the clock shared by all sandboxes; tokens, dates and delta tokens follow it
     * @param options what differs from organisation to organisation
     */
    public DataverseSandbox(SandboxClock clock, DataverseOptions options) {
        super("dynamics365", clock, Webhooks.POLICY);
        this.options = options;
        switches = new Switches(List.of(DataverseSwitch.values()), options.switchedOn());
        schema = new Schema(options, switches);
        store = new Store("versionnumber", 470_000, this::committed);
        Keys keys = new Keys(schema, store, switches);
        rules = new Rules(schema, store, keys, switches, clock);
        actions = new Actions(schema, store, keys, rules, clock);
        webhooks = new Webhooks(schema, store, clock, events());
        privileges = new Privileges(switches);
        protection = new ServiceProtection(clock);
        definitions = new Definitions(schema, privileges, this::open);
        api = new WebApi(schema, store, keys, rules, actions, new Pages(store, clock, switches), privileges, protection, switches, clock,
            this::inner, definitions);
        tokens = new Tokens(options, clock);
        seed(options);
        forgetHistory();
    }

    /** What this sandbox was started with. */
    public DataverseOptions options() {
        return options;
    }

    @Override
    protected Reply handle(Request request) {
        if (Tokens.isTokenRequest(request)) {
            return tokens.answer(request);
        }
        if (!tokens.accepts(request)) {
            return Tokens.challenge(request);
        }
        if (request.body().length > options.largestBody()) {
            // Neither the largest size nor the code is documented, only the status (section 4.2).
            return new Refusal(413, "0x80040800", "The request is larger than " + options.largestBody() + " bytes.").reply();
        }
        webhooks.noteEnded();
        Reply throttled = switches.has(DataverseSwitch.SERVICE_PROTECTION) ? protection.count() : null;
        return throttled != null ? throttled : api.answer(request);
    }

    @Override
    public CallKind kind(Request request) {
        return CallKinds.of(request, schema);
    }

    @Override
    public Reply refusal(Trouble trouble, Request request, int retryAfter) {
        return switch (trouble) {
            case THROTTLED -> ServiceProtection.Limit.REQUESTS.reply(retryAfter);
            case UNAVAILABLE -> new Refusal(503, "0x80044a08", "The service is unavailable.").reply()
                .with("Retry-After", Integer.toString(retryAfter));
            case SERVER_ERROR -> new Refusal(500, "0x80040216", "An unexpected error occurred.").reply();
            case SESSION_EXPIRED -> {
                tokens.revoke(request);
                yield Tokens.challenge(request);
            }
            case PRECONDITION_FAILED -> WebApi.stale(switches).reply();
            default -> super.refusal(trouble, request, retryAfter);
        };
    }

    @Override
    public Switches switches() {
        return switches;
    }

    @Override
    public List<Act> acts() {
        return new DataverseActs(this).all();
    }

    @Override
    public synchronized ObjectNode state() {
        webhooks.noteEnded();
        ObjectNode state = JSON.createObjectNode();
        state.set("switches", JSON.valueToTree(switches.all().stream().filter(switches::has).map(Switch::name).toList()));
        state.set("missingPrivileges", JSON.valueToTree(new TreeSet<>(privileges.missing())));
        state.set("numbers", JSON.valueToTree(rules.numbers()));
        state.set("definitions", definitions.state());
        state.set("store", store.state());
        return state;
    }

    @Override
    public synchronized void restore(ObjectNode state) {
        if (!state.path("switches").isArray() || !state.path("missingPrivileges").isArray() || !state.path("numbers").isObject()) {
            throw new IllegalArgumentException("The state of dynamics365 has switches and missingPrivileges, lists, and numbers, an object.");
        }
        List<Switch> on = JSON.convertValue(state.path("switches"), NAMES).stream().map(switches::named).toList();
        Set<String> missing = Set.copyOf(JSON.convertValue(state.path("missingPrivileges"), NAMES));
        Map<String, Integer> numbers = JSON.convertValue(state.path("numbers"), NUMBERS);
        switches.all().forEach(one -> switches.turn(one, on.contains(one)));
        definitions.restore(state.path("definitions"));
        store.restore(state.path("store"), this::read);
        webhooks.forgetOpen();
        privileges.replaceMissing(missing);
        rules.replaceNumbers(numbers);
        forgetHistory();
    }

    /** Reads a value of the store's document by the type of its column. */
    private Object read(String table, String name, JsonNode json) {
        Column column = schema.anyColumn(table, name);
        if (column == null) {
            throw new IllegalArgumentException("This organisation has no column " + name + " in a table " + table + ".");
        }
        try {
            return column.type().isLookup() ? new Ref(json.path("table").asText(), json.path("id").asText())
                : Values.fromJson(schema.table(table), column, json);
        } catch (Refusal e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void committed(List<Change> changes) {
        for (Change change : changes) {
            Map<String, Object> written = new LinkedHashMap<>();
            change.written().forEach((name, value) ->
                written.put(schema.table(change.row().table()).columns().get(name).readName(), Values.toJson(value)));
            changed(new RowChange(clock.instant(), change.by().user(), change.by().tag(), change.message(), change.row().table(),
                change.row().id(),
                Collections.unmodifiableMap(written)));
            webhooks.tell(change);
        }
    }

    // ---- acting as a CRM user

    /**
     * Creates a row as the seller.
     *
     * @param table   logical name, such as {@code opportunity}
     * @param columns as in an HTTP body: plain columns, and lookups as {@code x@odata.bind}
     * @return the new row's id
     */
    public String create(String table, Map<String, Object> columns) {
        return create(SELLER, table, columns);
    }

    /** Creates a row as any user, such as {@link #AUTOMATION}; see {@link #create(String, Map)}. */
    public synchronized String create(String user, String table, Map<String, Object> columns) {
        return store.transaction(() -> rules.create(schema.table(table), body(columns), Map.of(), by(user), false).id());
    }

    /** Updates a row as the seller; columns as in {@link #create(String, Map)}. */
    public void update(String table, String id, Map<String, Object> columns) {
        update(SELLER, table, id, columns);
    }

    /** Updates a row as any user. */
    public synchronized void update(String user, String table, String id, Map<String, Object> columns) {
        store.transaction(() -> rules.update(schema.table(table), require(table, id), body(columns), by(user)));
    }

    /** Deletes a row as the seller. */
    public void delete(String table, String id) {
        delete(SELLER, table, id);
    }

    /** Deletes a row as any user. */
    public synchronized void delete(String user, String table, String id) {
        store.transaction(() -> {
            rules.delete(schema.table(table), require(table, id), by(user));
            return null;
        });
    }

    /**
     * A row as it is now.
     *
     * @return all columns, empty ones as null; lookups as {@code _x_value}, numbers with fractions as BigDecimal, dates as text; null
     *     if there is no such row
     */
    public synchronized Map<String, Object> row(String table, String id) {
        webhooks.noteEnded();
        Row row = store.find(schema.table(table).name(), id);
        return row == null ? null : columns(row);
    }

    /** All rows of a table in order of creation, each as {@link #row} shows it. */
    public synchronized List<Map<String, Object>> rows(String table) {
        webhooks.noteEnded();
        return store.rows(schema.table(table).name()).stream().map(this::columns).toList();
    }

    private Map<String, Object> columns(Row row) {
        Table table = schema.table(row.table());
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put(table.id(), row.id());
        table.columns().values().forEach(column -> columns.put(column.readName(), Values.toJson(row.get(column.name()))));
        return Collections.unmodifiableMap(columns);
    }

    /** Closes an open opportunity as won; its actual value is the estimated one. */
    public void winOpportunity(String id) {
        close(SELLER, id, 1, -1);
    }

    /**
     * Closes an open opportunity as lost.
     *
     * @param status 4 Canceled or 5 Out-Sold
     */
    public void loseOpportunity(String id, int status) {
        close(SELLER, id, 2, status);
    }

    /** Closes an open opportunity: state 1 Won or 2 Lost, status one of that state or -1 for its first. */
    synchronized void close(String user, String id, int state, int status) {
        store.transaction(() -> {
            actions.close(id, state, status, Map.of(), by(user));
            return null;
        });
    }

    /** Reopens a closed opportunity. */
    public void reopenOpportunity(String id) {
        update("opportunity", id, Map.of("statecode", 0, "statuscode", 1));
    }

    /**
     * Qualifies an open lead: creates account and contact unless the lead has them, and the opportunity.
     *
     * @return id of the opportunity
     */
    public String qualifyLead(String id) {
        return qualifyLead(SELLER, id);
    }

    /** Qualifies an open lead as any user. */
    synchronized String qualifyLead(String user, String id) {
        return store.transaction(() -> {
            Row lead = require("lead", id);
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("CreateAccount", lead.get("parentaccountid") == null)
                .put("CreateContact", lead.get("parentcontactid") == null).put("CreateOpportunity", true).put("Status", -1);
            List<Row> created = actions.qualify(id, body, by(user));
            return created.get(created.size() - 1).id();
        });
    }

    /**
     * Disqualifies an open lead.
     *
     * @param status 4 Lost, 5 Cannot Contact, 6 No Longer Interested or 7 Canceled
     */
    public void disqualifyLead(String id, int status) {
        update("lead", id, Map.of("statecode", 2, "statuscode", status));
    }

    private Caller by(String user) {
        if (store.find("systemuser", user) == null) {
            throw new IllegalArgumentException("There is no user " + user + ".");
        }
        return new Caller(user, null);
    }

    private static ObjectNode body(Map<String, Object> columns) {
        return JSON.valueToTree(columns);
    }

    private Row require(String table, String id) {
        Row row = store.find(schema.table(table).name(), id);
        if (row == null) {
            throw Refusal.missing(schema.table(table), id);
        }
        return row;
    }

    // ---- administration

    /** Makes every token invalid, as if all had expired. */
    public synchronized void revokeTokens() {
        tokens.revokeAll();
    }

    /** Takes a privilege from the application user, such as {@code prvWriteOpportunity}; HTTP callers that need it get 403. */
    public synchronized void takePrivilege(String name) {
        privileges.take(name);
    }

    /** Gives a privilege back to the application user. */
    public synchronized void givePrivilege(String name) {
        privileges.give(name);
    }

    /**
     * Registers a webhook for creates, updates and deletes, as rows of serviceendpoint (HttpHeader) and sdkmessageprocessingstep.
     *
     * @param url    where to POST
     * @param header name of a header every call carries
     * @param value  its value
     * @param tables logical names
     * @return id of the serviceendpoint; deleting that row ends the calls
     */
    public synchronized String registerWebhook(String url, String header, String value, Set<String> tables) {
        return store.transaction(() -> {
            String settings = "<settings><setting name=\"" + xml(header) + "\" value=\"" + xml(value) + "\"/></settings>";
            String endpoint = create("serviceendpoint", Map.of("name", "webhook " + url, "url", url, "contract", 8, "authtype", 5,
                "authvalue", settings));
            for (String table : tables) {
                for (Row filter : store.rows("sdkmessagefilter")) {
                    if (schema.table(table).name().equals(filter.get("primaryobjecttypecode"))) {
                        create("sdkmessageprocessingstep", Map.of("name", table + " " + filter.get("name"), "stage", 40, "mode", 1,
                            "eventhandler_serviceendpoint@odata.bind", "/serviceendpoints(" + endpoint + ")",
                            "sdkmessageid@odata.bind", "/sdkmessages(" + ((Ref) filter.get("sdkmessageid")).id() + ")",
                            "sdkmessagefilterid@odata.bind", "/sdkmessagefilters(" + filter.id() + ")"));
                    }
                }
            }
            return endpoint;
        });
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    // ---- answers for faults

    /** 429 for too many requests, to be used with {@link io.cosell.sandbox.Fault} (section 4.1). */
    public static Reply throttled(int retryAfterSeconds) {
        return ServiceProtection.Limit.REQUESTS.reply(retryAfterSeconds);
    }

    /** 429 for too much execution time. */
    public static Reply throttledByTime(int retryAfterSeconds) {
        return ServiceProtection.Limit.TIME.reply(retryAfterSeconds);
    }

    /** 429 for too many requests at the same time. */
    public static Reply throttledByConcurrency(int retryAfterSeconds) {
        return ServiceProtection.Limit.CONCURRENCY.reply(retryAfterSeconds);
    }

    // ---- seed

    private void seed(DataverseOptions options) {
        store.transaction(() -> {
            insert("systemuser", APPLICATION_USER, Map.of("firstname", "Cosell", "lastname", "Connector",
                "applicationid", fixed("application")));
            insert("systemuser", SELLER, Map.of("firstname", "Sam", "lastname", "Seller",
                "internalemailaddress", "sam.seller@contoso.example", "domainname", "sam.seller@contoso.example",
                "address1_telephone1", "4255550102",
                "azureactivedirectoryobjectid", fixed("entra seller")));
            insert("systemuser", OTHER_SELLER, Map.of("firstname", "Olga", "lastname", "Other",
                "internalemailaddress", "olga.other@contoso.example", "domainname", "olga.other@contoso.example",
                "address1_telephone1", "4255550103",
                "azureactivedirectoryobjectid", fixed("entra other seller")));
            insert("systemuser", AUTOMATION, Map.of("firstname", "Contoso", "lastname", "Automation", "applicationid", fixed("automation")));
            insert("team", fixed("team"), Map.of("name", "Co-sell desk"));
            for (String code : options.currencies()) {
                insert("transactioncurrency", fixed("currency " + code), Map.of("currencyname", CURRENCY_NAMES.getOrDefault(code, code),
                    "isocurrencycode", code, "currencysymbol", CURRENCY_SIGNS.getOrDefault(code, code + " ")));
            }
            for (String message : MESSAGES) {
                insert("sdkmessage", fixed(message), Map.of("name", message));
                schema.all().forEach(table -> insertFilter(message, table));
            }
            if (!options.microsoftSolution()) {
                return null;
            }
            detail("SOL-34104-EBB", "Contoso Field Service");
            detail("SOL-15974-MQF", "Contoso Analytics");
            insert("msft_partnerrole", fixed("partner role"), Map.of("msft_name", "Services"));
            insert("msft_solutionarea", fixed("solution area"), Map.of("msft_name", "Business Applications"));
            insert("msft_solutionplay", fixed("solution play"), Map.of("msft_name", "Field Service",
                "msft_SolutionAreaId@odata.bind", "/msft_solutionareas(" + fixed("solution area") + ")"));
            return null;
        });
    }

    private void insertFilter(String message, Table table) {
        insert("sdkmessagefilter", fixed(message + " " + table.name()), Map.of("name", message, "primaryobjecttypecode", table.name(),
            "sdkmessageid@odata.bind", "/sdkmessages(" + fixed(message) + ")"));
    }

    /** A new table begins without rows, whatever a hidden one of the same name had, and webhooks can be told of it. */
    private void open(Table made) {
        List.copyOf(store.rows(made.name())).forEach(store::remove);
        MESSAGES.stream().filter(message -> store.find("sdkmessagefilter", fixed(message + " " + made.name())) == null)
            .forEach(message -> insertFilter(message, made));
    }

    private void detail(String identifier, String name) {
        insert("msft_microsoftsolutiondetail", fixed(identifier),
            Map.of("msft_solutionidentifier", identifier, "msft_solutionname", name,
            "msft_type", "IP", "msft_publishername", "Contoso"));
    }

    private void insert(String table, String id, Map<String, Object> columns) {
        ObjectNode body = body(columns);
        body.put(schema.table(table).id(), id);
        rules.create(schema.table(table), body, Map.of(), new Caller(APPLICATION_USER, null), false);
    }

    /** The same id in every sandbox, so that examples and logs can be compared. */
    private static String fixed(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
