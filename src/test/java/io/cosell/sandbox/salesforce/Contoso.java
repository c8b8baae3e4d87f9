package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** A {@link SalesforceOrg} with what the tests of queries and of several calls in one say again and again. */
final class Contoso implements AutoCloseable {

    static final String ROOT = "/services/data/v60.0";

    private final SalesforceOrg org = new SalesforceOrg();
    final SandboxClock clock = org.clock;
    final SalesforceSandbox sandbox = org.sandbox;

    void signIn() {
        org.signIn();
    }

    /** Sends to a path; one that does not begin with {@code /services} is below {@link #ROOT}. */
    SalesforceOrg.Answer send(String method, String path, String body, String... headers) {
        return org.send(method, (path.startsWith("/services") ? "" : ROOT) + path, body, headers);
    }

    SalesforceOrg.Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    SalesforceOrg.Answer post(String path, Object body) {
        return send("POST", path, json(body));
    }

    SalesforceOrg.Answer patch(String path, Object body) {
        return send("PATCH", path, json(body));
    }

    /** Asks a query, its text encoded with %20 as jsforce does. */
    SalesforceOrg.Answer query(String soql, String... headers) {
        return get("/query?q=" + encode(soql), headers);
    }

    /** The records a query answers. */
    List<JsonNode> records(String soql) {
        SalesforceOrg.Answer answer = query(soql);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return list(answer.json().path("records"));
    }

    /** One field of each record a query answers, as text with semicolons. */
    String values(String soql, String field) {
        return String.join(";", records(soql).stream().map(record -> record.path(field).asText()).toList());
    }

    static List<JsonNode> list(JsonNode json) {
        return StreamSupport.stream(json.spliterator(), false).toList();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String json(Object body) {
        return body instanceof String text ? text : SandboxSystem.JSON.valueToTree(body).toString();
    }

    /** Makes an opportunity as the seller. */
    String opportunity(String name, Map<String, Object> more) {
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("Name", name, "StageName", "Prospecting", "CloseDate", "2026-12-31"));
        fields.putAll(more);
        return sandbox.create("Opportunity", fields);
    }

    @Override
    public void close() {
        org.close();
    }
}
