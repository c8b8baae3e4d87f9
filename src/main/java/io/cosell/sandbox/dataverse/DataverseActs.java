package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.SandboxSystem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What sellers, the CRM's own automation and its administrator do in the sandbox, by name. */
final class DataverseActs {

    private static final Map<String, String> USERS = new LinkedHashMap<>(Map.of("seller", DataverseSandbox.SELLER, "other-seller",
        DataverseSandbox.OTHER_SELLER, "automation", DataverseSandbox.AUTOMATION));
    private static final String AS = "as?";
    private static final String WHO = "seller (without it), other-seller, automation (the CRM's own plug-ins and flows) or a user's id";
    private static final String SOMEBODY = "seller or automation";
    private static final String ADMINISTRATOR = "administrator";

    private final DataverseSandbox sandbox;

    DataverseActs(DataverseSandbox sandbox) {
        this.sandbox = sandbox;
    }

    List<Act> all() {
        List<Act> acts = new ArrayList<>();
        acts.add(new Act("create-row", SOMEBODY, "Makes a row; answers its id.",
            Map.of(AS, WHO, "table", "logical name, such as opportunity", "columns", "as in an HTTP body, lookups as x@odata.bind"),
            sent -> Map.of("id", sandbox.create(user(sent), text(sent, "table"), columns(sent)))));
        acts.add(new Act("update-row", SOMEBODY, "Changes a row.",
            Map.of(AS, WHO, "table", "logical name", "id", "the row", "columns", "those to change"), sent -> {
                sandbox.update(user(sent), text(sent, "table"), text(sent, "id"), columns(sent));
                return null;
            }));
        acts.add(new Act("delete-row", SOMEBODY, "Deletes a row.", Map.of(AS, WHO, "table", "logical name", "id", "the row"), sent -> {
            sandbox.delete(user(sent), text(sent, "table"), text(sent, "id"));
            return null;
        }));
        acts.add(new Act("show-rows", "anybody", "Answers a row, or all rows of a table.",
            Map.of("table", "logical name", "id?", "the row; without it all rows"), sent -> sent.hasNonNull("id")
                ? sandbox.row(text(sent, "table"), text(sent, "id")) : sandbox.rows(text(sent, "table"))));
        acts.add(new Act("win-opportunity", SOMEBODY, "Closes an open opportunity as won.", Map.of(AS, WHO, "id", "the opportunity"),
            sent -> {
                sandbox.close(user(sent), text(sent, "id"), 1, -1);
                return null;
            }));
        acts.add(new Act("lose-opportunity", SOMEBODY, "Closes an open opportunity as lost.",
            Map.of(AS, WHO, "id", "the opportunity", "status?", "4 Canceled (without it) or 5 Out-Sold"), sent -> {
                sandbox.close(user(sent), text(sent, "id"), 2, sent.path("status").asInt(4));
                return null;
            }));
        acts.add(new Act("reopen-opportunity", SOMEBODY, "Opens a closed opportunity again.", Map.of(AS, WHO, "id", "the opportunity"),
            sent -> {
                sandbox.update(user(sent), "opportunity", text(sent, "id"), Map.of("statecode", 0, "statuscode", 1));
                return null;
            }));
        acts.add(new Act("qualify-lead", SOMEBODY, "Qualifies an open lead; answers the opportunity's id.", Map.of(AS, WHO, "id", "the lead"),
            sent -> Map.of("id", sandbox.qualifyLead(user(sent), text(sent, "id")))));
        acts.add(new Act("disqualify-lead", SOMEBODY, "Disqualifies an open lead.",
            Map.of(AS, WHO, "id", "the lead", "status?", "4 Lost (without it), 5 Cannot Contact, 6 No Longer Interested, 7 Canceled"),
            sent -> {
                sandbox.update(user(sent), "lead", text(sent, "id"), Map.of("statecode", 2, "statuscode", sent.path("status").asInt(4)));
                return null;
            }));
        acts.addAll(administration());
        return List.copyOf(acts);
    }

    private List<Act> administration() {
        return List.of(
            new Act("register-webhook", ADMINISTRATOR, "Lets a webhook be told of creates, updates and deletes; answers the endpoint's id.",
                Map.of("url", "where to POST", "header", "name of a header that every call carries", "value", "its value", "tables",
                    "list of logical names"),
                sent -> Map.of("id", sandbox.registerWebhook(text(sent, "url"), text(sent, "header"), text(sent, "value"), names(sent)))),
            new Act("revoke-tokens", ADMINISTRATOR, "Makes every token invalid.", Map.of(), sent -> {
                sandbox.revokeTokens();
                return null;
            }),
            new Act("take-privilege", ADMINISTRATOR, "Takes a privilege from the application user.",
                Map.of("privilege", "such as prvWriteOpportunity"), sent -> {
                    sandbox.takePrivilege(text(sent, "privilege"));
                    return null;
                }),
            new Act("give-privilege", ADMINISTRATOR, "Gives a privilege back to the application user.",
                Map.of("privilege", "such as prvWriteOpportunity"), sent -> {
                    sandbox.givePrivilege(text(sent, "privilege"));
                    return null;
                }),
            new Act("throttle-next", "service", "Answers the next call of the Web API with 429.",
                Map.of("limit?", "requests (without it), time or concurrency", "seconds?", "Retry-After, 10 without it"), sent -> {
                    ServiceProtection.Limit limit = limit(sent.path("limit").asText("requests"));
                    sandbox.fail(new Fault(request -> request.path().startsWith("/api/data/"), Fault.When.INSTEAD,
                        limit.reply(sent.path("seconds").asInt(10))));
                    return null;
                }));
    }

    private static ServiceProtection.Limit limit(String name) {
        return Arrays.stream(ServiceProtection.Limit.values()).filter(limit -> limit.name().equals(name.toUpperCase(Locale.ROOT)))
            .findFirst().orElseThrow(() -> new IllegalArgumentException("The limit is requests, time or concurrency, not " + name + "."));
    }

    private static String user(JsonNode sent) {
        String name = sent.path("as").asText("seller");
        return USERS.getOrDefault(name, name);
    }

    private static String text(JsonNode sent, String name) {
        if (!sent.path(name).isTextual() || sent.path(name).textValue().isBlank()) {
            throw new IllegalArgumentException("The parameter '" + name + "', a text, is missing.");
        }
        return sent.path(name).textValue();
    }

    private static Map<String, Object> columns(JsonNode sent) {
        if (!sent.path("columns").isObject()) {
            throw new IllegalArgumentException("The parameter 'columns', an object, is missing.");
        }
        return SandboxSystem.JSON.convertValue(sent.path("columns"), new TypeReference<>() { });
    }

    private static Set<String> names(JsonNode sent) {
        if (!sent.path("tables").isArray() || sent.path("tables").isEmpty()) {
            throw new IllegalArgumentException("The parameter 'tables', a list of logical names, is missing.");
        }
        return SandboxSystem.JSON.convertValue(sent.path("tables"), new TypeReference<>() { });
    }
}
