package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.InnerCalls;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks OData: finds out what an address means, and answers (contract dataverse.md, sections 1 to 3). */
final class WebApi {

    static final String ORGANIZATION = "0a0b0c0d-0000-4000-8000-00000000c051";
    static final String BUSINESS_UNIT = "0a0b0c0d-0000-4000-8000-00000000b051";

    private static final Pattern ROOT = Pattern.compile("(/api/data/v9\\.\\d+/)(.*)", Pattern.DOTALL);
    private static final Pattern RESOURCE = Pattern.compile("([^/(]+)(?:\\((.*?)\\))?((?:/[^/()]+(?:\\([^()]*\\))?)*)/?", Pattern.DOTALL);
    private static final String ACTION = "Microsoft.Dynamics.CRM.";
    private static final List<String> NOT_SIMULATED = List.of("GlobalOptionSetDefinitions", "ManagedPropertyDefinitions", "CreateMultiple",
        "UpdateMultiple", "UpsertMultiple", "ExecuteAction", "Merge", "GrantAccess");
    private static final int MOST_BYPASSED_STEPS = 3;
    private static final int LONGEST_ADDRESS = 64 * 1024;

    /**
     * One request, taken apart.
     *
     * @param root    address of the service the caller used, ends with a slash
     * @param set     first segment, without key
     * @param key     what stands in its parentheses, null without
     * @param rest    further segments
     * @param address whole address without query, encoded
     */
    private record Target(Request request, String root, String set, String key, List<String> rest, String address, Prefer prefer,
        Caller by) {

        String method() {
            return request.method();
        }
    }

    private final Schema schema;
    private final Store store;
    private final Keys keys;
    private final Rules rules;
    private final Actions actions;
    private final Pages pages;
    private final Privileges privileges;
    private final ServiceProtection protection;
    private final Switches switches;
    private final Clock clock;
    private final InnerCalls inner;
    private final Metadata metadata;
    private final Definitions definitions;

    WebApi(Schema schema, Store store, Keys keys, Rules rules, Actions actions, Pages pages, Privileges privileges,
           ServiceProtection protection, Switches switches, Clock clock, InnerCalls inner, Definitions definitions) {
        this.definitions = definitions;
        this.schema = schema;
        this.store = store;
        this.keys = keys;
        this.rules = rules;
        this.actions = actions;
        this.pages = pages;
        this.privileges = privileges;
        this.protection = protection;
        this.switches = switches;
        this.clock = clock;
        this.inner = inner;
        metadata = new Metadata(schema);
    }

    /** Answers a request whose token was accepted; a refused one has changed nothing. */
    Reply answer(Request request) {
        Reply reply;
        List<String> applied = List.of();
        List<Pattern> annotations = List.of();
        try {
            Prefer prefer = Prefer.of(request);
            applied = prefer.applied();
            annotations = prefer.annotations();
            Target target = target(request, prefer);
            reply = target.set().equals("$batch") ? batch(target) : store.transaction(() -> route(target));
        } catch (Refusal e) {
            reply = e.reply(annotations);
        }
        String id = UUID.randomUUID().toString();
        reply = reply.with("OData-Version", "4.0").with("REQ_ID", id).with("x-ms-service-request-id", id)
            .with("x-ms-ratelimit-burst-remaining-xrm-requests", Integer.toString(protection.remaining()))
            .with("x-ms-ratelimit-time-remaining-xrm-requests", "1,200.00");
        return applied.isEmpty() || reply.status() >= 400 ? reply : reply.with("Preference-Applied", String.join(", ", applied));
    }

    private Reply batch(Target target) {
        if (!target.method().equals("POST")) {
            throw wrongMethod(target);
        }
        return new Batch(this, store, target.request(), target.root(), target.prefer().continueOnError(), inner).run();
    }

    private Target target(Request request, Prefer prefer) {
        Matcher root = ROOT.matcher(request.path());
        if (!root.matches()) {
            throw noResource(request.path());
        }
        if (request.path().length() > LONGEST_ADDRESS) {
            throw new Refusal(400, "0x80060888", "The address is longer than 64 KB.");
        }
        Matcher resource = RESOURCE.matcher(root.group(2));
        if (!resource.matches()) {
            throw noResource(root.group(2));
        }
        List<String> rest = resource.group(3).isEmpty() ? List.of() : List.of(resource.group(3).substring(1).split("/"));
        String server = "http://" + request.header("Host").orElse("localhost");
        return new Target(request, server + root.group(1), resource.group(1), resource.group(2), rest, server + encoded(request.path()),
            prefer, caller(request));
    }

    private static String encoded(String path) {
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw noResource(path);
        }
    }

    /** The application user, or the user it acts for (section 1.2). */
    private Caller caller(Request request) {
        String tag = request.query().get("tag");
        Row self = store.find("systemuser", DataverseSandbox.APPLICATION_USER);
        if (self == null || Boolean.TRUE.equals(self.get("isdisabled"))) {
            throw new Refusal(403, "0x80040225", "The specified user(Id = " + DataverseSandbox.APPLICATION_USER + ") is disabled.");
        }
        String wanted = request.header("MSCRMCallerID").or(() -> request.header("CallerObjectId")).orElse(null);
        if (wanted == null) {
            return new Caller(self.id(), tag, untold(request));
        }
        privileges.require(Privileges.ACT_FOR_OTHERS, "entity 'systemuser'");
        String column = request.header("MSCRMCallerID").isPresent() ? "systemuserid" : "azureactivedirectoryobjectid";
        return store.rows("systemuser").stream()
            .filter(user -> wanted.equalsIgnoreCase(column.equals("systemuserid") ? user.id() : (String) user.get(column))).findFirst()
            .map(user -> new Caller(user.id(), tag, untold(request)))
            .orElseThrow(() -> new Refusal(403, "0x80040220", "There is no user with " + column + " " + wanted + " to act for."));
    }

    /**
     * The webhook steps a call bypasses (section 1.2). All steps here are asynchronous: the older header, and CustomSync, bypass none of
     * them, and no flow of Power Automate is there for MSCRM.SuppressCallbackRegistrationExpanderJob to suppress.
     */
    private Set<String> untold(Request request) {
        Set<String> untold = new LinkedHashSet<>();
        request.header("MSCRM.BypassBusinessLogicExecution").ifPresent(kinds -> {
            privileges.require(Privileges.BYPASS, "the organization");
            for (String kind : kinds.split("\\s*,\\s*")) {
                if (!Set.of("CustomSync", "CustomAsync").contains(kind)) {
                    throw Refusal.query("MSCRM.BypassBusinessLogicExecution takes CustomSync and CustomAsync, not '" + kind + "'.");
                }
                if (kind.equals("CustomAsync")) {
                    untold.add(Caller.EVERYONE);
                }
            }
        });
        request.header("MSCRM.BypassBusinessLogicExecutionStepIds").ifPresent(ids -> {
            privileges.require(Privileges.BYPASS, "the organization");
            List<String> steps = List.of(ids.trim().split("\\s*,\\s*"));
            if (steps.size() > MOST_BYPASSED_STEPS) {
                throw Refusal.query("MSCRM.BypassBusinessLogicExecutionStepIds takes at most " + MOST_BYPASSED_STEPS + " steps.");
            }
            untold.addAll(steps);
        });
        if (request.header("MSCRM.BypassCustomPluginExecution").filter("true"::equalsIgnoreCase).isPresent()) {
            privileges.require(Privileges.BYPASS_PLUGINS, "the organization");
        }
        return untold;
    }

    private Reply route(Target target) {
        switch (target.set()) {
            case "WhoAmI" -> {
                require(target, "GET");
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("@odata.context", target.root() + "$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse");
                json.put("BusinessUnitId", BUSINESS_UNIT);
                json.put("UserId", target.by().user());
                json.put("OrganizationId", ORGANIZATION);
                return Reply.json(200, json);
            }
            case "RetrieveCurrentOrganization" -> {
                require(target, "GET");
                return Reply.json(200, organization(target));
            }
            case "$metadata" -> {
                require(target, "GET");
                return Reply.text(200, "application/xml; charset=utf-8", Csdl.of(schema));
            }
            case "EntityDefinitions", "RelationshipDefinitions" -> {
                if (!target.method().equals("GET")) {
                    if (!target.method().equals("POST")) {
                        throw Refusal.unsupported("changes and deletions of tables and columns");
                    }
                    String named = target.key() == null ? null : target.key().replaceFirst("^LogicalName='(.*)'$", "$1");
                    return definitions.answer(target.root(), target.set(), named, target.rest(), body(target.request()));
                }
                return metadata.answer(target.root(), target.set(), target.key(), target.rest(), target.request().query());
            }
            case "PublishXml", "PublishAllXml" -> {
                // What is made can be used at once; publishing shows it to forms, which are not simulated.
                require(target, "POST");
                privileges.require("prvPublishCustomization", "the organization");
                return Reply.empty(204);
            }
            case "WinOpportunity", "LoseOpportunity" -> {
                require(target, "POST");
                privileges.require(Privileges.Access.WRITE, schema.table("opportunity"));
                actions.close(body(target.request()), target.set().equals("WinOpportunity") ? 1 : 2, target.by());
                return Reply.empty(204);
            }
            default -> {
                if (NOT_SIMULATED.contains(target.set()) || target.set().startsWith(ACTION)) {
                    throw Refusal.unsupported(target.set());
                }
                Table table = schema.set(target.set()).orElseThrow(() -> noResource(target.set()));
                return target.key() == null ? set(target, table) : row(target, table, keys.readInAddress(table, target.key()));
            }
        }
    }

    private Map<String, Object> organization(Target target) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("OrganizationId", ORGANIZATION);
        detail.put("FriendlyName", "Dataverse sandbox");
        detail.put("OrganizationVersion", "9.2.0.0");
        detail.put("UniqueName", "sandbox");
        detail.put("UrlName", "sandbox");
        detail.put("State", "Enabled");
        detail.put("Endpoints", Map.of("Count", 1, "Keys", List.of("WebApplication"),
            "Values", List.of(target.root().substring(0, target.root().indexOf("/api/data/") + 1))));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", target.root() + "$metadata#" + ACTION + "RetrieveCurrentOrganizationResponse");
        json.put("Detail", detail);
        return json;
    }

    private Query query(Target target, Table table) {
        return Query.parse(schema, store, clock, table, target.request().query());
    }

    /** Reading takes the privilege to read the table and all that is expanded. */
    private void requireRead(Table table, Query query) {
        privileges.require(Privileges.Access.READ, table);
        query.expand().forEach((navigation, inner) -> requireRead(table.collections().containsKey(navigation)
            ? schema.table(table.collections().get(navigation).table())
            : schema.table(table.one(navigation).orElseThrow().targets().get(0)), inner));
    }

    private Reply set(Target target, Table table) {
        View view = view(target);
        Query query = query(target, table);
        if (target.rest().equals(List.of("$count"))) {
            require(target, "GET");
            requireRead(table, query);
            return pages.count(table, query, target.request());
        } else if (!target.rest().isEmpty()) {
            throw target.rest().get(0).startsWith(ACTION) ? Refusal.unsupported(target.rest().get(0)) : noResource(target.rest().get(0));
        }
        return switch (target.method()) {
            case "GET" -> {
                requireRead(table, query);
                if (target.prefer().trackChanges() || target.request().query().containsKey("$deltatoken")) {
                    privileges.require(Privileges.READ_ORGANISATION, "entity '" + table.name() + "'");
                }
                if (target.request().query().containsKey("fetchXml")) {
                    yield FetchXml.answer(schema, store, clock, table, view, target.request().query().get("fetchXml"));
                }
                yield pages.list(table, Filter.candidates(store, table, query.filter()), query, view, target.request(), target.address());
            }
            case "POST" -> {
                privileges.require(Privileges.Access.CREATE, table);
                Row row = rules.create(table, body(target.request()), Map.of(), target.by(), detectsDuplicates(target));
                yield written(target, view, table, row, query, true, view.address(table, row.id()));
            }
            default -> throw wrongMethod(target);
        };
    }

    private Reply row(Target target, Table table, Keys.Key key) {
        if (!target.rest().isEmpty()) {
            privileges.require(target.method().equals("GET") ? Privileges.Access.READ : Privileges.Access.WRITE, table);
            return below(target, table, keys.require(table, key));
        }
        View view = view(target);
        Query query = query(target, table);
        return switch (target.method()) {
            case "GET" -> {
                requireRead(table, query);
                Row row = keys.require(table, key);
                boolean same = target.request().header("If-None-Match").filter(View.etag(row)::equals).isPresent();
                if (same && query.expand().isEmpty() && target.prefer().annotations().isEmpty()) {
                    yield Reply.empty(304).with("ETag", View.etag(row));
                }
                yield Reply.json(200, view.entity(table, row, query)).with("ETag", View.etag(row));
            }
            case "PATCH" -> upsert(target, view, table, key, query);
            case "DELETE" -> {
                privileges.require(Privileges.Access.DELETE, table);
                Row row = keys.require(table, key);
                refuseStale(target, row);
                rules.delete(table, row, target.by());
                yield Reply.empty(204);
            }
            default -> throw wrongMethod(target);
        };
    }

    /** PATCH by the matrix of section 3.4. */
    private Reply upsert(Target target, View view, Table table, Keys.Key key, Query query) {
        ObjectNode body = body(target.request());
        String address = target.root() + table.set() + "(" + (key.id() == null ? key.text() : key.id()) + ")";
        Row row = keys.find(table, key);
        if (row != null) {
            if (target.request().header("If-None-Match").filter("*"::equals).isPresent()) {
                throw new Refusal(412, "0x80040237", "A record with matching key values already exists.");
            }
            privileges.require(Privileges.Access.WRITE, table);
            refuseStale(target, row);
            key.values().keySet().forEach(column -> body.remove(column.name()));
            return written(target, view, table, rules.update(table, row, body, target.by()), query, false, address);
        }
        if (target.request().header("If-Match").isPresent()) {
            keys.require(table, key);
        }
        privileges.require(Privileges.Access.CREATE, table);
        if (key.id() != null) {
            body.put(table.id(), key.id());
        }
        Row created = rules.create(table, body, key.values(), target.by(), detectsDuplicates(target));
        return written(target, view, table, created, query, true, address);
    }

    private void refuseStale(Target target, Row row) {
        String match = target.request().header("If-Match").orElse("*");
        if (!match.equals("*") && !match.equals(View.etag(row))) {
            throw stale(switches);
        }
    }

    /** The refusal of a version tag that is no longer the row's (section 3.4). */
    static Refusal stale(Switches switches) {
        return new Refusal(412, switches.has(DataverseSwitch.STALE_ETAG_WITHOUT_CODE) ? "" : "0x80060882",
            "The version of the existing record doesn't match the RowVersion property provided.");
    }

    private Reply written(Target target, View view, Table table, Row row, Query query, boolean created, String address) {
        Reply reply = target.prefer().representation()
            ? Reply.json(created ? 201 : 200, view.entity(table, row, query.ofWrite())).with("ETag", View.etag(row))
            : Reply.empty(204);
        return reply.with("OData-EntityId", encodedAddress(address)).with("Location", encodedAddress(address));
    }

    private static String encodedAddress(String address) {
        int path = address.indexOf('/', "http://".length());
        return address.substring(0, path) + encoded(address.substring(path));
    }

    /** What stands behind a row: a bound action, a reference, related rows or one column. */
    private Reply below(Target target, Table table, Row row) {
        String name = target.rest().get(0);
        if (table.name().equals("systemuser") && name.replace("()", "").equals(ACTION + "RetrieveUserPrivileges")) {
            require(target, "GET");
            boolean self = row.id().equals(DataverseSandbox.APPLICATION_USER);
            return Reply.json(200, Map.of("@odata.context", target.root() + "$metadata#" + ACTION + "RetrieveUserPrivilegesResponse",
                "RolePrivileges", self ? privileges.granted(schema.all()) : List.of()));
        }
        if (name.startsWith(ACTION)) {
            if (!table.name().equals("lead") || !name.equals(ACTION + "QualifyLead")) {
                throw Refusal.unsupported(name + " on " + table.name());
            }
            require(target, "POST");
            return qualify(target, row);
        }
        if (target.rest().size() == 2 && target.rest().get(1).equals("$ref")) {
            return reference(target, table, row, name);
        }
        if (target.rest().size() > 1) {
            throw Refusal.unsupported("addresses of more than one step behind a row");
        }
        if (table.collections().containsKey(name)) {
            require(target, "GET");
            Table other = schema.table(table.collections().get(name).table());
            Query query = query(target, other);
            View view = view(target);
            if (view.prefer().trackChanges() || target.request().query().containsKey("$deltatoken")) {
                throw Refusal.unsupported("change tracking of related rows");
            }
            return pages.list(other, view.related(table, row, name), query, view, target.request(), target.address());
        }
        if (table.one(name).isPresent()) {
            require(target, "GET");
            if (!(row.get(table.one(name).get().column().name()) instanceof Ref ref)) {
                return Reply.empty(204);
            }
            Table other = schema.table(ref.table());
            return Reply.json(200, view(target).entity(other, store.find(ref.table(), ref.id()),
                query(target, other)));
        }
        return column(target, table, row, name);
    }

    private Reply qualify(Target target, Row lead) {
        List<Map<String, Object>> created = new ArrayList<>();
        View view = view(target);
        for (Row row : actions.qualify(lead.id(), body(target.request()), target.by())) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("@odata.type", "#" + ACTION + row.table());
            Table table = schema.table(row.table());
            if (switches.has(DataverseSwitch.QUALIFY_ANSWERS_KEYS_ONLY)) {
                json.put(table.id(), row.id());
            } else {
                json.putAll(view.row(table, row, Query.everything()));
            }
            created.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", target.root() + "$metadata#crmbaseentities");
        json.put("value", created);
        return Reply.json(200, json);
    }

    /** {@code $ref}: PUT or DELETE of a lookup, POST or DELETE (with {@code $id} or a key) of a related row (section 2.1). */
    private Reply reference(Target target, Table table, Row row, String segment) {
        int open = segment.indexOf('(');
        String name = open < 0 ? segment : segment.substring(0, open);
        if (table.one(name).isPresent()) {
            ObjectNode patch = SandboxSystem.JSON.createObjectNode();
            switch (target.method()) {
                case "DELETE" -> patch.putNull(name + "@odata.bind");
                case "PUT" -> patch.set(name + "@odata.bind", body(target.request()).path("@odata.id"));
                default -> throw wrongMethod(target);
            }
            rules.update(table, row, patch, target.by());
            return Reply.empty(204);
        }
        if (!table.collections().containsKey(name)) {
            throw Refusal.unknownProperty(name, table);
        }
        Table.Many many = table.collections().get(name);
        Table other = schema.table(many.table());
        String address = switch (target.method()) {
            case "POST" -> body(target.request()).path("@odata.id").asText();
            case "DELETE" -> open < 0 ? target.request().query().getOrDefault("$id", "") : other.set() + segment.substring(open);
            default -> throw wrongMethod(target);
        };
        Row child = store.find(other.name(), keys.resolve("@odata.id", address, List.of(other.name())).id());
        ObjectNode patch = SandboxSystem.JSON.createObjectNode();
        String bind = other.columns().get(many.column()).navigation(table.name()) + "@odata.bind";
        if (target.method().equals("POST")) {
            patch.put(bind, "/" + table.set() + "(" + row.id() + ")");
        } else {
            patch.putNull(bind);
        }
        rules.update(other, child, patch, target.by());
        return Reply.empty(204);
    }

    /** One column as an address of its own (section 3.2). */
    private Reply column(Target target, Table table, Row row, String name) {
        Column column = table.readable(name).orElseThrow(() -> Refusal.unknownProperty(name, table));
        ObjectNode patch = SandboxSystem.JSON.createObjectNode();
        switch (target.method()) {
            case "GET" -> {
                if (row.get(column.name()) == null) {
                    return Reply.empty(204);
                }
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("@odata.context", target.root() + "$metadata#" + table.set() + "(" + row.id() + ")/" + name);
                json.put("value", Values.toJson(row.get(column.name())));
                return Reply.json(200, json);
            }
            case "PUT" -> patch.set(name, body(target.request()).path("value"));
            case "DELETE" -> patch.putNull(name);
            default -> throw wrongMethod(target);
        }
        refuseStale(target, row);
        rules.update(table, row, patch, target.by());
        return Reply.empty(204);
    }

    private View view(Target target) {
        return new View(schema, store, target.root(), target.prefer());
    }

    private static boolean detectsDuplicates(Target target) {
        return target.request().header("MSCRM.SuppressDuplicateDetection").filter("false"::equalsIgnoreCase).isPresent();
    }

    private static ObjectNode body(Request request) {
        try {
            JsonNode json = SandboxSystem.JSON.readTree(request.text());
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw Refusal.payload("The body must be a JSON object.");
        } catch (JsonProcessingException e) {
            throw Refusal.payload("The body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static void require(Target target, String method) {
        if (!target.method().equals(method)) {
            throw wrongMethod(target);
        }
    }

    private static Refusal wrongMethod(Target target) {
        return new Refusal(405, "0x80060888", "The requested resource does not support http method '" + target.method() + "'.");
    }

    private static Refusal noResource(String segment) {
        return new Refusal(404, "0x8006088a", "Resource not found for the segment '" + segment + "'.");
    }
}
