package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Win and lose opportunities, qualify leads (contract dataverse.md, sections 2.2 to 2.4). */
final class Actions {

    /** Lead columns that become opportunity columns of another name; those of the same name need no line. */
    private static final Map<String, String> TO_OPPORTUNITY = Map.of("subject", "name", "estimatedamount", "estimatedvalue",
        "emailaddress1", "emailaddress");
    private static final List<String> SAME_ON_OPPORTUNITY = List.of("budgetamount", "description", "estimatedclosedate", "ownerid");
    private static final List<String> SAME_ON_PEOPLE = List.of("telephone1", "emailaddress1", "ownerid", "transactioncurrencyid");

    private final Schema schema;
    private final Store store;
    private final Keys keys;
    private final Rules rules;
    private final Clock clock;

    Actions(Schema schema, Store store, Keys keys, Rules rules, Clock clock) {
        this.schema = schema;
        this.store = store;
        this.keys = keys;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * WinOpportunity (state 1) or LoseOpportunity (state 2) over HTTP.
     *
     * @param body {@code Status} and {@code OpportunityClose}
     */
    void close(JsonNode body, int state, Caller by) {
        JsonNode close = body.path("OpportunityClose");
        JsonNode address = close.path("opportunityid@odata.bind");
        if (!body.path("Status").isIntegralNumber() || !address.isTextual()) {
            throw Refusal.payload("The action needs Status, a number, and OpportunityClose with opportunityid@odata.bind.");
        }
        Ref opportunity = keys.resolve("opportunityid@odata.bind", address.textValue(), List.of("opportunity"));
        Table table = schema.table("opportunityclose");
        Map<String, Object> columns = new LinkedHashMap<>();
        close.fields().forEachRemaining(entry -> {
            if (!entry.getKey().contains("@")) {
                Column column = table.readable(entry.getKey()).filter(found -> !found.type().isLookup())
                    .orElseThrow(() -> Refusal.unknownProperty(entry.getKey(), table));
                columns.put(column.name(), Values.fromJson(table, column, entry.getValue()));
            }
        });
        close(opportunity.id(), state, body.path("Status").intValue(), columns, by);
    }

    /**
     * Closes an open opportunity.
     *
     * @param state  1 Won, 2 Lost
     * @param status a status of that state, or -1 for its first
     * @param close  columns of the opportunityclose row
     */
    void close(String id, int state, int status, Map<String, Object> close, Caller by) {
        Table table = schema.table("opportunity");
        Row row = require(table, id);
        if ((Integer) row.get("statecode") != 0) {
            throw Refusal.rule("The opportunity " + id + " is closed already.");
        }
        int known = status == -1 ? table.columns().get("statuscode").firstStatus(state) : status;
        Map<String, Object> activity = new LinkedHashMap<>(close);
        activity.putIfAbsent("subject", state == 1 ? "Won" : "Lost");
        activity.putIfAbsent("actualend", LocalDate.now(clock));
        BigDecimal revenue = (BigDecimal) activity.getOrDefault("actualrevenue", state == 1 ? row.get("estimatedvalue") : null);
        activity.put("opportunityid", new Ref("opportunity", id));
        activity.put("opportunitystatuscode", known);
        if (row.get("transactioncurrencyid") != null) {
            activity.put("transactioncurrencyid", row.get("transactioncurrencyid"));
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("statecode", state);
        written.put("statuscode", known);
        written.put("actualvalue", revenue);
        written.put("actualclosedate", activity.get("actualend"));
        rules.write(table, row, written, by);
        rules.insert(schema.table("opportunityclose"), UUID.randomUUID().toString(), activity, by);
    }

    /**
     * QualifyLead.
     *
     * @param body the action's parameters (section 2.4)
     * @return what was created: account, contact, opportunity, as far as asked for
     */
    List<Row> qualify(String id, JsonNode body, Caller by) {
        for (String mandatory : List.of("CreateAccount", "CreateContact", "CreateOpportunity")) {
            if (!body.path(mandatory).isBoolean()) {
                throw Refusal.payload("QualifyLead needs " + mandatory + ", true or false.");
            }
        }
        if (!body.path("Status").isIntegralNumber()) {
            throw Refusal.payload("QualifyLead needs Status, a number.");
        }
        Table leads = schema.table("lead");
        Row lead = require(leads, id);
        if ((Integer) lead.get("statecode") != 0) {
            throw Refusal.rule("The lead " + id + " is not open: only open leads can be qualified.");
        }
        List<Row> created = new ArrayList<>();
        Object account = lead.get("parentaccountid");
        Object contact = lead.get("parentcontactid");
        if (body.path("CreateAccount").booleanValue()) {
            account = note(created, insert("account", columns -> {
                put(columns, "name", lead.get("companyname") != null ? lead.get("companyname") : lead.get("fullname"));
                copyPerson(lead, columns);
            }, by));
        }
        if (body.path("CreateContact").booleanValue()) {
            Object parent = account;
            contact = note(created, insert("contact", columns -> {
                List.of("firstname", "lastname", "jobtitle").forEach(column -> put(columns, column, lead.get(column)));
                put(columns, "parentcustomerid", parent);
                copyPerson(lead, columns);
            }, by));
        }
        Ref opportunity = null;
        if (body.path("CreateOpportunity").booleanValue()) {
            opportunity = note(created, opportunity(lead, account, contact, body, by));
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("statecode", 1);
        written.put("statuscode", body.path("Status").intValue() == -1 ? 3 : body.path("Status").intValue());
        put(written, "qualifyingopportunityid", opportunity);
        put(written, "parentaccountid", account);
        put(written, "parentcontactid", contact);
        rules.write(leads, lead, written, by);
        return created;
    }

    private Row opportunity(Row lead, Object account, Object contact, JsonNode body, Caller by) {
        Object customer = reference(body.path("OpportunityCustomerId"), List.of("account", "contact"));
        Object currency = reference(body.path("OpportunityCurrencyId"), List.of("transactioncurrency"));
        Table table = schema.table("opportunity");
        return insert("opportunity", columns -> {
            TO_OPPORTUNITY.forEach((from, to) -> put(columns, to, lead.get(from)));
            SAME_ON_OPPORTUNITY.forEach(column -> put(columns, column, lead.get(column)));
            lead.values().forEach((column, value) -> {
                if (column.startsWith("msft_") && table.columns().containsKey(column)) {
                    columns.put(column, value);
                }
            });
            put(columns, "transactioncurrencyid", currency != null ? currency : lead.get("transactioncurrencyid"));
            put(columns, "originatingleadid", new Ref("lead", lead.id()));
            put(columns, "parentaccountid", customer instanceof Ref given && given.table().equals("account") ? given : account);
            put(columns, "parentcontactid", customer instanceof Ref given && given.table().equals("contact") ? given : contact);
            put(columns, "customerid", customer != null ? customer : account != null ? account : contact);
        }, by);
    }

    /** Reads a parameter such as {@code {"accountid": "…", "@odata.type": "Microsoft.Dynamics.CRM.account"}}. */
    private Ref reference(JsonNode parameter, List<String> tables) {
        if (parameter.isMissingNode() || parameter.isNull()) {
            return null;
        }
        for (String name : tables) {
            Table table = schema.table(name);
            if (parameter.path(table.id()).isTextual()) {
                return new Ref(name, keys.require(table, keys.read(table, parameter.path(table.id()).textValue())).id());
            }
        }
        throw Refusal.payload("A parameter of QualifyLead holds no id of " + tables + ": " + parameter);
    }

    private static void copyPerson(Row lead, Map<String, Object> columns) {
        SAME_ON_PEOPLE.forEach(column -> put(columns, column, lead.get(column)));
        lead.values().keySet().stream().filter(column -> column.startsWith("address1_"))
            .forEach(column -> put(columns, column, lead.get(column)));
    }

    private Row insert(String table, Consumer<Map<String, Object>> fill, Caller by) {
        Map<String, Object> columns = new LinkedHashMap<>();
        fill.accept(columns);
        return rules.insert(schema.table(table), UUID.randomUUID().toString(), columns, by);
    }

    private static Ref note(List<Row> created, Row row) {
        created.add(row);
        return new Ref(row.table(), row.id());
    }

    private static void put(Map<String, Object> columns, String name, Object value) {
        if (value != null) {
            columns.put(name, value);
        }
    }

    private Row require(Table table, String id) {
        Row row = store.find(table.name(), id);
        if (row == null) {
            throw Refusal.missing(table, id);
        }
        return row;
    }
}
