package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Delivery.Attempt;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 3.7 of the contract. */
class WebhooksTest {

    private record Call(URI uri, Headers headers, JsonNode body) {
    }

    private final Organisation org = new Organisation();
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private HttpServer receiver;
    private String url;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            JsonNode body = SandboxSystem.JSON.readTree(exchange.getRequestBody());
            Integer status = statuses.poll();
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            exchange.close();
            calls.add(new Call(exchange.getRequestURI(), exchange.getRequestHeaders(), body));
        });
        receiver.start();
        url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        org.close();
    }

    private Call next() throws InterruptedException {
        Call call = calls.poll(20, TimeUnit.SECONDS);
        assertThat(call).as("a webhook call").isNotNull();
        return call;
    }

    private void quiet() {
        await().until(() -> org.sandbox.events().underWay() == 0);
        assertThat(calls).isEmpty();
    }

    @Test
    void anUpdateSendsChangedColumnsOnlyWithSecretAndTag() throws InterruptedException {
        String account = org.sandbox.create("account", Map.of("name", "Contoso"));
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal"));
        org.sandbox.registerWebhook(url, "x-secret", "a \"b\" & <c>", Set.of("opportunity"));
        assertThat(org.patch("opportunities(" + id + ")?tag=our-connector",
            "{\"estimatedvalue\":5000,\"statuscode\":2,\"estimatedclosedate\":\"2026-01-01\","
            + "\"parentaccountid@odata.bind\":\"/accounts(" + account + ")\"}").status()).isEqualTo(204);
        Call call = next();
        assertThat(call.headers().getFirst("x-secret")).isEqualTo("a \"b\" & <c>");
        assertThat(call.headers().getFirst("x-ms-dynamics-entity-name")).isEqualTo("opportunity");
        assertThat(call.headers().getFirst("x-ms-dynamics-request-name")).isEqualTo("Update");
        assertThat(call.body().path("MessageName").asText()).isEqualTo("Update");
        assertThat(call.body().path("PrimaryEntityId").asText()).isEqualTo(id);
        assertThat(call.body().path("UserId").asText()).isEqualTo(DataverseSandbox.APPLICATION_USER);
        assertThat(call.body().path("SharedVariables").toString()).isEqualTo("[{\"key\":\"tag\",\"value\":\"our-connector\"}]");
        JsonNode money = call.body().at("/InputParameters/0/value/Attributes/0/value");
        assertThat(money.path("__type").asText()).isEqualTo("Money:http://schemas.microsoft.com/xrm/2011/Contracts");
        assertThat(money.path("Value").decimalValue()).isEqualByComparingTo("5000");
        String attributes = call.body().at("/InputParameters/0/value/Attributes").toString();
        assertThat(attributes).contains("\"__type\":\"OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts\",\"Value\":2")
            .contains("{\"key\":\"estimatedclosedate\",\"value\":\"/Date(1767225600000)/\"}").contains("\"LogicalName\":\"account\"")
            .doesNotContain("\"name\"");
        quiet();
        assertThat(org.sandbox.events().deliveries()).flatExtracting(Delivery::attempts).extracting(Attempt::status).containsExactly(204);
    }

    @Test
    void createAndDeleteAreToldAndOtherTablesAreNot() throws InterruptedException {
        String endpoint = org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("lead"));
        org.sandbox.create("account", Map.of("name", "Contoso"));
        String id = org.sandbox.create("lead", Map.of("lastname", "Fox"));
        Call created = next();
        assertThat(created.body().path("MessageName").asText()).isEqualTo("Create");
        assertThat(created.body().path("UserId").asText()).isEqualTo(DataverseSandbox.SELLER);
        assertThat(created.body().path("SharedVariables")).isEmpty();
        org.sandbox.delete("lead", id);
        JsonNode target = next().body().at("/InputParameters/0/value");
        assertThat(target.path("__type").asText()).startsWith("EntityReference:");
        assertThat(target.path("Id").asText()).isEqualTo(id);
        org.sandbox.delete("serviceendpoint", endpoint);
        org.sandbox.create("lead", Map.of("lastname", "Wolf"));
        quiet();
    }

    @Test
    void isTriedOnceMoreAfter502To504Only() throws InterruptedException {
        org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("lead"));
        statuses.addAll(List.of(503, 502));
        org.sandbox.create("lead", Map.of("lastname", "Fox"));
        next();
        next();
        quiet();
        statuses.add(500);
        org.sandbox.create("lead", Map.of("lastname", "Wolf"));
        next();
        quiet();
        assertThat(org.sandbox.events().deliveries()).extracting(delivery -> delivery.attempts().stream().map(Attempt::status).toList())
            .containsExactly(List.of(503, 502), List.of(500));
    }

    @Test
    void isRegisteredOverHttpWithKeyOrParametersAndFilteringColumns() throws InterruptedException {
        String message = org.get("sdkmessages?$filter=name eq 'Update'&$select=name").json().at("/value/0/sdkmessageid").asText();
        String filter = org.get("sdkmessagefilters?$filter=primaryobjecttypecode eq 'opportunity' and _sdkmessageid_value eq " + message)
            .json()
            .at("/value/0/sdkmessagefilterid").asText();
        for (String auth : List.of("\"authtype\":4,\"authvalue\":\"k&y\"",
            "\"authtype\":6,\"authvalue\":\"<settings><setting name='p' value='v'/></settings>\"")) {
            String endpoint = org.create("serviceendpoints", "{\"name\":\"hook\",\"url\":\"" + url + "\",\"contract\":8," + auth + "}");
            org.create("sdkmessageprocessingsteps",
                "{\"name\":\"step\",\"stage\":40,\"mode\":1,\"rank\":1,\"filteringattributes\":\"name, estimatedvalue\","
                + "\"eventhandler_serviceendpoint@odata.bind\":\"/serviceendpoints(" + endpoint
                + ")\",\"sdkmessageid@odata.bind\":\"/sdkmessages(" + message + ")\","
                + "\"sdkmessagefilterid@odata.bind\":\"/sdkmessagefilters(" + filter + ")\"}");
        }
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal"));
        org.sandbox.update("opportunity", id, Map.of("description", "not listened to"));
        quiet();
        org.sandbox.update("opportunity", id, Map.of("name", "New"));
        assertThat(List.of(next().uri().getRawQuery(), next().uri().getRawQuery())).containsExactlyInAnyOrder("code=k%26y", "p=v");
        quiet();
    }

    @Test
    void aLargeBodyIsCutAndAnUnreachableHookFailsNobody() throws InterruptedException {
        org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("annotation"));
        org.sandbox.create("annotation", Map.of("subject", "file", "documentbody", "x".repeat(300_000)));
        Call call = next();
        assertThat(call.headers().getFirst("x-ms-dynamics-msg-size-exceeded")).isEqualTo("true");
        assertThat(call.body().has("InputParameters")).isFalse();
        assertThat(call.body().path("PrimaryEntityName").asText()).isEqualTo("annotation");
        org.sandbox.registerWebhook("http://127.0.0.1:1/", "x-secret", "s", Set.of("lead"));
        org.sandbox.registerWebhook("no address", "x-secret", "s", Set.of("lead"));
        org.sandbox.create("lead", Map.of("lastname", "Fox"));
        quiet();
        assertThat(org.sandbox.events().deliveries()).filteredOn(delivery -> delivery.about().startsWith("lead("))
            .flatExtracting(Delivery::attempts).extracting(Attempt::status).containsExactly(0, 0);
    }

    private String step(String message) {
        return org.sandbox.rows("sdkmessageprocessingstep").stream().filter(row -> row.get("name").toString().endsWith(" " + message))
            .map(row -> (String) row.get("sdkmessageprocessingstepid")).findFirst().orElseThrow();
    }

    private void image(String message, int type, String attributes) {
        org.create("sdkmessageprocessingstepimages", "{\"name\":\"i\",\"entityalias\":\"row" + type + "\",\"imagetype\":" + type
            + ",\"messagepropertyname\":\"Target\"," + (attributes == null ? "" : "\"attributes\":\"" + attributes + "\",")
            + "\"sdkmessageprocessingstepid@odata.bind\":\"/sdkmessageprocessingsteps(" + step(message) + ")\"}");
    }

    /** Section 3.7: images hold the row before and after, with the columns they name. */
    @Test
    void imagesShowTheRowBeforeAndAfter() throws InterruptedException {
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal", "estimatedvalue", 5, "stepname", "first"));
        org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("opportunity"));
        image("Update", 0, "estimatedvalue, name");
        image("Update", 1, null);
        image("Delete", 0, "name");
        org.sandbox.update("opportunity", id, Map.of("estimatedvalue", 6));
        JsonNode body = next().body();
        assertThat(body.at("/PreEntityImages/0/key").asText()).isEqualTo("row0");
        JsonNode before = body.at("/PreEntityImages/0/value");
        assertThat(before.path("LogicalName").asText()).isEqualTo("opportunity");
        assertThat(before.path("Attributes").findValuesAsText("key")).containsExactlyInAnyOrder("estimatedvalue", "name", "opportunityid");
        assertThat(before.path("Attributes").toString()).contains("\"Value\":5").contains("Deal");
        assertThat(body.at("/PostEntityImages/0/value/Attributes").toString()).contains("\"Value\":6").contains("first");
        assertThat(body.at("/InputParameters/0/value/Attributes").toString()).doesNotContain("Deal");
        org.sandbox.delete("opportunity", id);
        JsonNode deleted = next().body();
        assertThat(deleted.at("/PreEntityImages/0/value/Attributes").toString()).contains("Deal");
        assertThat(deleted.path("PostEntityImages")).isEmpty();
    }

    /** Section 1.2: a call may leave out asynchronous logic, or named steps; the headers for other logic leave webhooks alone. */
    @Test
    void bypassHeadersLeaveStepsOut() throws InterruptedException {
        org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("account"));
        org.post("accounts", "{\"name\":\"A\"}", "MSCRM.BypassBusinessLogicExecution", "CustomSync,CustomAsync");
        org.post("accounts", "{\"name\":\"B\"}", "MSCRM.BypassBusinessLogicExecutionStepIds", step("Create"));
        quiet();
        org.post("accounts", "{\"name\":\"C\"}", "MSCRM.BypassBusinessLogicExecution", "CustomSync");
        assertThat(next().body().toString()).contains("\"C\"");
        org.post("accounts", "{\"name\":\"D\"}", "MSCRM.BypassCustomPluginExecution", "true",
            "MSCRM.SuppressCallbackRegistrationExpanderJob", "true");
        assertThat(next().body().toString()).contains("\"D\"");
        org.post("accounts", "{\"name\":\"E\"}", "MSCRM.BypassBusinessLogicExecutionStepIds", step("Update"));
        assertThat(next().body().toString()).contains("\"E\"");
    }

    /** Section 3.7: a failed call leaves an asyncoperation with status 31; a step may want successes deleted. */
    @Test
    void whatBecameOfACallStandsInAsyncoperations() throws InterruptedException {
        org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("lead"));
        org.sandbox.create("lead", Map.of("lastname", "Fox"));
        next();
        statuses.add(500);
        String id = org.sandbox.create("lead", Map.of("lastname", "Wolf"));
        next();
        quiet();
        var rows = org.get("asyncoperations?$orderby=statuscode").json().path("value");
        assertThat(rows.findValuesAsText("statuscode")).containsExactly("30", "31");
        assertThat(rows.get(1).path("message").asText()).contains("500");
        assertThat(rows.get(1).path("_regardingobjectid_value").asText()).isEqualTo(id);
        org.sandbox.update("sdkmessageprocessingstep", step("Create"), Map.of("asyncautodelete", true));
        org.sandbox.create("lead", Map.of("lastname", "Bear"));
        next();
        quiet();
        assertThat(org.sandbox.rows("asyncoperation")).hasSize(2);
    }

    /** Section 3.7: synchronous steps, and steps before the operation, are not simulated. */
    @Test
    void synchronousStepsAre501() {
        String endpoint = org.sandbox.registerWebhook(url, "x-secret", "s", Set.of("lead"));
        for (String kind : List.of("\"stage\":40,\"mode\":0", "\"stage\":20,\"mode\":1")) {
            var refused = org.post("sdkmessageprocessingsteps", "{\"name\":\"step\"," + kind
                + ",\"eventhandler_serviceendpoint@odata.bind\":\"/serviceendpoints(" + endpoint + ")\",\"sdkmessageid@odata.bind\":"
                + "\"/sdkmessages(" + org.sandbox.rows("sdkmessage").get(0).get("sdkmessageid") + ")\"}");
            assertThat(refused.status()).isEqualTo(501);
            assertThat(refused.message()).contains("webhook steps");
        }
    }
}
