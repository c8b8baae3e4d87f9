package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people and other machines do in the organisation, by name. */
final class Acts {

    private static final String AS = "who does it: seller (default), other-seller, automation or administrator";
    private static final Map<String, String> USERS = Map.of("seller", Seed.SELLER, "other-seller", Seed.OTHER_SELLER, "automation",
        Seed.AUTOMATION, "administrator", Seed.AUTOMATION);
    private static final String ADMINISTRATOR = "administrator";
    private static final String OBJECT = "object";
    private static final String OBJECT_SAYS = "API name of the object, such as Opportunity";
    private static final String FIELDS = "fields";
    private static final String USER = "CRM user";

    private final Org org;
    private final SalesforceSandbox sandbox;
    private final OutboundMessages messages;
    private final LeadConversion conversion;

    Acts(Org org, SalesforceSandbox sandbox, OutboundMessages messages) {
        this.org = org;
        this.sandbox = sandbox;
        this.messages = messages;
        conversion = new LeadConversion(org);
    }

    List<Act> all() {
        return List.of(
            new Act("create", USER, "Creates a record.",
                parameters(OBJECT, OBJECT_SAYS, FIELDS, "values by API name", "as?", AS), this::create),
            new Act("update", USER, "Changes a record.", parameters(OBJECT, OBJECT_SAYS, "id", "its id", FIELDS,
                "values by API name, null clears", "as?", AS), this::update),
            new Act("delete", USER, "Deletes a record.", parameters(OBJECT, OBJECT_SAYS, "id", "its id", "as?", AS), this::delete),
            new Act("convert-lead", USER, "Converts a lead, as SOAP convertLead and the page do; REST has no call for it.",
                parameters("id", "the lead", "accountId?", "account to join instead of a new one", "contactId?",
                    "contact to join instead of a new one", "opportunityName?", "name of the opportunity", "noOpportunity?",
                    "true if none is to be made", "as?", AS), this::convert),
            new Act("lock-record", USER, "Holds a record: the next writes of it are refused with UNABLE_TO_LOCK_ROW.",
                parameters("id", "the record", "writes?", "how many writes are refused, 1 without"), this::lock),
            new Act("withhold-record", ADMINISTRATOR, "Takes from the integration user the right to change a record and to link to it.",
                parameters("id", "the record", "on?", "false gives the right back"), this::withhold),
            new Act("take-permission", ADMINISTRATOR, "Takes from the integration user a permission on an object.",
                parameters(OBJECT, OBJECT_SAYS, "permission", "create, edit or delete", "on?", "false gives it back"), json -> {
                    org.rules().take(text(json, OBJECT), text(json, "permission"), json.path("on").asBoolean(true));
                    return null;
                }),
            new Act("expire-sessions", ADMINISTRATOR, "Ends every session: each token is refused with INVALID_SESSION_ID.", Map.of(),
                json -> {
                    sandbox.expireSessions();
                    return null;
                }),
            new Act("use-up-calls", ADMINISTRATOR, "Lets others make calls until only some of the day's are left.",
                parameters("left?", "how many are left, 0 without"), json -> {
                    org.usage().useUp(json.path("left").asInt());
                    return Map.of("Sforce-Limit-Info", org.usage().header());
                }),
            new Act("set-outbound-message", ADMINISTRATOR, "Sets up an outbound message, sent whenever a record of the object is saved.",
                parameters("name", "names it", OBJECT, OBJECT_SAYS, FIELDS, "list of API names to send", "url", "where to"), this::set),
            new Act("remove-outbound-message", ADMINISTRATOR, "Sends an outbound message no more.", parameters("name", "names it"),
                json -> {
                    messages.remove(text(json, "name"));
                    return null;
                }),
            new Act("trouble-change-events", "Salesforce", "Lets something go wrong with change events.",
                parameters("what", "one of " + ChangeEventsTrouble.names(), "times?", "how many events or subscriptions it hits, 1 without"),
                this::trouble));
    }

    private static Map<String, String> parameters(String... namesAndMeanings) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndMeanings.length; i += 2) {
            parameters.put(namesAndMeanings[i], namesAndMeanings[i + 1]);
        }
        return parameters;
    }

    private Object create(JsonNode json) {
        SObject object = object(json);
        return org.store().transaction(() -> Map.of("id", org.rules().create(object, fields(json), author(json)).id()));
    }

    private Object update(JsonNode json) {
        SObject object = object(json);
        return org.store().transaction(() -> {
            org.rules().update(object, record(object, json), fields(json), author(json));
            return null;
        });
    }

    private Object delete(JsonNode json) {
        SObject object = object(json);
        return org.store().transaction(() -> {
            org.rules().delete(object, record(object, json), author(json));
            return null;
        });
    }

    private Object convert(JsonNode json) {
        LeadConversion.Wish wish = new LeadConversion.Wish(json.path("accountId").textValue(), json.path("contactId").textValue(),
            json.path("opportunityName").textValue(), json.path("noOpportunity").asBoolean());
        return org.store().transaction(() -> conversion.convert(text(json, "id"), wish, author(json)));
    }

    private Object lock(JsonNode json) {
        org.rules().lock(ofAnyObject(json).id(), json.path("writes").asInt(1));
        return null;
    }

    private Object withhold(JsonNode json) {
        org.rules().withhold(ofAnyObject(json).id(), json.path("on").asBoolean(true));
        return null;
    }

    private Row ofAnyObject(JsonNode json) {
        String id = text(json, "id");
        SObject object = org.schema().ofId(id).orElseThrow(() -> new IllegalArgumentException(id + " is no id of any object."));
        return org.rules().find(object, id);
    }

    private Object set(JsonNode json) {
        List<String> fields = new ArrayList<>();
        json.path(FIELDS).forEach(field -> fields.add(field.asText()));
        return Map.of("id", messages.register(text(json, "name"), text(json, OBJECT), fields, text(json, "url")));
    }

    private Object trouble(JsonNode json) {
        sandbox.changeEvents(ChangeEventsTrouble.of(text(json, "what")), json.path("times").asInt(1));
        return null;
    }

    private SObject object(JsonNode json) {
        return org.schema().require(text(json, OBJECT));
    }

    private Row record(SObject object, JsonNode json) {
        return org.rules().find(object, text(json, "id"));
    }

    private static ObjectNode fields(JsonNode json) {
        if (!(json.get(FIELDS) instanceof ObjectNode fields)) {
            throw new IllegalArgumentException("Give 'fields': an object with values by API name.");
        }
        return fields;
    }

    private static Author author(JsonNode json) {
        String as = json.path("as").asText("seller");
        if (!USERS.containsKey(as)) {
            throw new IllegalArgumentException("'as' is one of " + USERS.keySet().stream().sorted().toList() + ", not " + as + ".");
        }
        return as.equals(ADMINISTRATOR) ? Author.administrator(USERS.get(as)) : Author.user(USERS.get(as));
    }

    private static String text(JsonNode json, String name) {
        if (!json.path(name).isTextual()) {
            throw new IllegalArgumentException("Give '" + name + "', a text.");
        }
        return json.path(name).textValue();
    }
}
