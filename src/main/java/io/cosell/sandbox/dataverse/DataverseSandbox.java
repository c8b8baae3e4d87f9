package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final List<String> MESSAGES = List.of("Create", "Update", "Delete");
    private static final Map<String, String> CURRENCY_NAMES = Map.of("USD", "US Dollar", "EUR", "Euro", "GBP", "Pound Sterling");
    private static final Map<String, String> CURRENCY_SIGNS = Map.of("USD", "$", "EUR", "€", "GBP", "£");

    private final Schema schema;
    private final Store store;
    private final Rules rules;
    private final Actions actions;
    private final WebApi api;
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
        schema = new Schema(options);
        store = new Store("versionnumber", 470_000, this::committed);
        Keys keys = new Keys(schema, store);
        rules = new Rules(schema, store, keys, options, clock);
        actions = new Actions(schema, store, keys, rules, clock);
        api = new WebApi(schema, store, keys, rules, actions, new Pages(store, clock), APPLICATION_USER, this::inner);
        tokens = new Tokens(options, clock);
        webhooks = new Webhooks(schema, store, clock, events());
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
        return tokens.accepts(request) ? api.answer(request) : Tokens.challenge(request);
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
    public synchronized String create(String table, Map<String, Object> columns) {
        return store.transaction(() -> rules.create(schema.table(table), body(columns), Map.of(), seller(), false).id());
    }

    /** Updates a row as the seller; columns as in {@link #create}. */
    public synchronized void update(String table, String id, Map<String, Object> columns) {
        store.transaction(() -> rules.update(schema.table(table), require(table, id), body(columns), seller()));
    }

    /** Deletes a row as the seller. */
    public synchronized void delete(String table, String id) {
        store.transaction(() -> {
            rules.delete(schema.table(table), require(table, id), seller());
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
        Row row = store.find(schema.table(table).name(), id);
        return row == null ? null : columns(row);
    }

    /** All rows of a table in order of creation, each as {@link #row} shows it. */
    public synchronized List<Map<String, Object>> rows(String table) {
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
    public synchronized void winOpportunity(String id) {
        close(id, 1, -1);
    }

    /**
     * Closes an open opportunity as lost.
     *
     * @param status 4 Canceled or 5 Out-Sold
     */
    public synchronized void loseOpportunity(String id, int status) {
        close(id, 2, status);
    }

    private void close(String id, int state, int status) {
        store.transaction(() -> {
            actions.close(id, state, status, Map.of(), seller());
            return null;
        });
    }

    /** Reopens a closed opportunity. */
    public synchronized void reopenOpportunity(String id) {
        update("opportunity", id, Map.of("statecode", 0, "statuscode", 1));
    }

    /**
     * Qualifies an open lead: creates account and contact unless the lead has them, and the opportunity.
     *
     * @return id of the opportunity
     */
    public synchronized String qualifyLead(String id) {
        return store.transaction(() -> {
            Row lead = require("lead", id);
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("CreateAccount", lead.get("parentaccountid") == null)
                .put("CreateContact", lead.get("parentcontactid") == null).put("CreateOpportunity", true).put("Status", -1);
            List<Row> created = actions.qualify(id, body, seller());
            return created.get(created.size() - 1).id();
        });
    }

    /**
     * Disqualifies an open lead.
     *
     * @param status 4 Lost, 5 Cannot Contact, 6 No Longer Interested or 7 Canceled
     */
    public synchronized void disqualifyLead(String id, int status) {
        update("lead", id, Map.of("statecode", 2, "statuscode", status));
    }

    private static Caller seller() {
        return new Caller(SELLER, null);
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
        return throttled("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds.", retryAfterSeconds);
    }

    /** 429 for too much execution time. */
    public static Reply throttledByTime(int retryAfterSeconds) {
        return throttled("0x80072321",
            "Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 seconds."
            + " Decrease number of concurrent requests or reduce the duration of requests and try again later.", retryAfterSeconds);
    }

    /** 429 for too many requests at the same time. */
    public static Reply throttledByConcurrency(int retryAfterSeconds) {
        return throttled("0x80072326", "Number of concurrent requests exceeded the limit of 52.", retryAfterSeconds);
    }

    private static Reply throttled(String code, String message, int retryAfterSeconds) {
        return new Refusal(429, code, message).reply().with("Retry-After", Integer.toString(retryAfterSeconds));
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
            insert("team", fixed("team"), Map.of("name", "Co-sell desk"));
            for (String code : options.currencies()) {
                insert("transactioncurrency", fixed("currency " + code), Map.of("currencyname", CURRENCY_NAMES.getOrDefault(code, code),
                    "isocurrencycode", code, "currencysymbol", CURRENCY_SIGNS.getOrDefault(code, code + " ")));
            }
            detail("SOL-34104-EBB", "Contoso Field Service");
            detail("SOL-15974-MQF", "Contoso Analytics");
            for (String message : MESSAGES) {
                insert("sdkmessage", fixed(message), Map.of("name", message));
                for (Table table : schema.all()) {
                    insert("sdkmessagefilter", fixed(message + " " + table.name()),
                        Map.of("name", message, "primaryobjecttypecode", table.name(),
                        "sdkmessageid@odata.bind", "/sdkmessages(" + fixed(message) + ")"));
                }
            }
            return null;
        });
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
