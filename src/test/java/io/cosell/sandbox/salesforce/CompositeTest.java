package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several calls in one: {@code /composite}, {@code /composite/graph}, {@code /composite/batch}; contract salesforce.md, section 3.3. */
class CompositeTest {

    private static final String ROOT = Contoso.ROOT;

    private final Contoso contoso = new Contoso();

    @AfterEach
    void stop() {
        contoso.close();
    }

    private static Map<String, Object> part(String method, String url, String referenceId, Object body) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("method", method);
        part.put("url", url.startsWith("/services") ? url : ROOT + url);
        part.put("referenceId", referenceId);
        if (body != null) {
            part.put("body", body);
        }
        return part;
    }

    private static Map<String, Object> newAccount(String referenceId) {
        return part("POST", "/sobjects/Account", referenceId, Map.of("Name", "Fabrikam"));
    }

    private static Map<String, Object> newDeal(String referenceId, Map<String, Object> more) {
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("Name", "Deal", "StageName", "Prospecting", "CloseDate", "2026-12-31",
            "Amount", 100));
        fields.putAll(more);
        return part("POST", "/sobjects/Opportunity", referenceId, fields);
    }

    private Contoso.Answer composite(boolean allOrNone, List<?> parts) {
        return contoso.post("/composite", Map.of("allOrNone", allOrNone, "collateSubrequests", true, "compositeRequest", parts));
    }

    private static List<String> statuses(JsonNode parts) {
        return Contoso.list(parts).stream().map(part -> part.path("httpStatusCode").asText() + " "
            + part.at("/body/0/errorCode").asText()).map(String::strip).toList();
    }

    @Test
    void laterPartsUseWhatEarlierOnesAnswered() {
        var answer = composite(true, List.of(
            newAccount("newAcc"),
            newDeal("newOpp", Map.of("AccountId", "@{newAcc.id}", "Description", "of @{newAcc.id}, made: @{newAcc.success}")),
            part("GET", "/sobjects/Opportunity/@{newOpp.id}?fields=Name,AccountId,Description,Amount", "read", null),
            part("GET", "/query?q=SELECT+Id,+Account.Name+FROM+Opportunity+WHERE+AccountId='@{read.AccountId}'", "found", null),
            part("PATCH", "/sobjects/Opportunity/@{found.records[0].Id}", "changed",
                Map.of("NextStep", "call @{found.records[0].Account.Name}"))));
        assertThat(answer.status()).isEqualTo(200);
        JsonNode parts = answer.json().path("compositeResponse");
        assertThat(statuses(parts)).containsExactly("201", "201", "200", "200", "204");
        String account = parts.at("/0/body/id").asText();
        assertThat(parts.get(0).path("referenceId").asText()).isEqualTo("newAcc");
        assertThat(parts.at("/0/httpHeaders/Location").asText()).isEqualTo(ROOT + "/sobjects/Account/" + account);
        assertThat(parts.at("/2/body/AccountId").asText()).isEqualTo(account);
        assertThat(parts.at("/2/body/Description").asText()).isEqualTo("of " + account + ", made: true");
        assertThat(parts.at("/4/body").isNull()).isTrue();
        assertThat(answer.text()).contains("\"Amount\":100.0");
        assertThat(contoso.sandbox.row("Opportunity", parts.at("/1/body/id").asText())).containsEntry("NextStep", "call Fabrikam");
    }

    @Test
    void withAllOrNoneAFailureUndoesTheOthers() {
        JsonNode parts = composite(true, List.of(newAccount("a"), newDeal("bad", Map.of("StageName", "")), newAccount("b"))).json()
            .path("compositeResponse");
        assertThat(statuses(parts)).containsExactly("400 PROCESSING_HALTED", "400 REQUIRED_FIELD_MISSING", "400 PROCESSING_HALTED");
        assertThat(parts.at("/0/body/0/message").asText())
            .isEqualTo("The transaction was rolled back since another operation in the same transaction failed.");
        assertThat(contoso.sandbox.rows("Account")).isEmpty();
        Call call = contoso.sandbox.calls().get(contoso.sandbox.calls().size() - 1);
        assertThat(call.inner()).hasSize(2).noneMatch(Call::wrote);
    }

    @Test
    void withoutAllOrNoneEachStandsForItself() {
        JsonNode parts = composite(false, List.of(newDeal("bad", Map.of("StageName", "")), newAccount("a"),
            newDeal("orphan", Map.of("Description", "@{bad.id}")), newDeal("typo", Map.of("Description", "@{a.nothing}")))).json()
            .path("compositeResponse");
        assertThat(statuses(parts)).containsExactly("400 REQUIRED_FIELD_MISSING", "201", "400 PROCESSING_HALTED",
            "400 PROCESSING_HALTED");
        assertThat(parts.at("/2/body/0/message").asText()).isEqualTo("Invalid reference specified. No value for bad.id found in bad");
        assertThat(contoso.sandbox.rows("Account")).hasSize(1);
        assertThat(contoso.sandbox.rows("Opportunity")).isEmpty();
    }

    @Test
    void aPartHasHeadersOfItsOwn() {
        String deal = contoso.opportunity("Deal", Map.of());
        Map<String, Object> stale = part("PATCH", "/sobjects/Opportunity/" + deal, "stale", Map.of("NextStep", "x"));
        stale.put("httpHeaders", Map.of("If-Unmodified-Since", "Fri, 20 Nov 2026 09:59:59 GMT"));
        JsonNode parts = composite(false, List.of(stale, part("PATCH", "/sobjects/Opportunity/" + deal, "fresh",
            Map.of("NextStep", "y")))).json().path("compositeResponse");
        assertThat(parts.at("/0/httpStatusCode").asInt()).isEqualTo(412);
        assertThat(parts.at("/1/httpStatusCode").asInt()).isEqualTo(204);
        stale.put("httpHeaders", Map.of("authorization", "Bearer other"));
        assertThat(composite(false, List.of(stale)).status()).isEqualTo(400);
    }

    @Test
    void aWholeCompositeIsOneCall() {
        int before = contoso.get("/limits").json().at("/DailyApiRequests/Remaining").asInt();
        composite(true, List.of(newAccount("a"), newAccount("b"), newAccount("c")));
        assertThat(contoso.get("/limits").json().at("/DailyApiRequests/Remaining").asInt()).isEqualTo(before - 2);
        Call call = contoso.sandbox.calls().get(contoso.sandbox.calls().size() - 2);
        assertThat(call.path()).endsWith("/composite");
        assertThat(call.inner()).extracting(Call::path).containsOnly(ROOT + "/sobjects/Account");
        assertThat(call.inner()).hasSize(3).allMatch(Call::wrote);
    }

    @Test
    void takes25PartsAnd5QueriesOrCollections() {
        List<Object> parts = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            parts.add(i < 5 ? part("GET", i < 3 ? "/query?q=SELECT+Id+FROM+Account" : "/composite/sobjects/Account?ids=" + "x&fields=Id",
                "r" + i, null) : newAccount("r" + i));
        }
        assertThat(composite(false, parts).status()).isEqualTo(200);
        List<Object> tooMany = new ArrayList<>(parts);
        tooMany.add(newAccount("r25"));
        assertThat(composite(false, tooMany).status()).isEqualTo(400);
        parts.set(5, part("GET", "/queryAll?q=SELECT+Id+FROM+Account", "r5", null));
        assertThat(composite(false, parts).message()).contains("limit of 5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | compositeRequest",
        "{'compositeRequest':[]} | compositeRequest",
        "{'compositeRequest':[{'method':'GET','url':'/services/data/v60.0/limits'}]} | referenceId",
        "{'compositeRequest':[{'method':'GET','referenceId':'a'}]} | url",
        "{'compositeRequest':[{'url':'/services/data/v60.0/limits','referenceId':'a'}]} | method",
        "{'compositeRequest':[{'method':'GET','url':'/services/data/v60.0/limits','referenceId':'a b'}]} | a b",
        "{'compositeRequest':[{'method':'GET','url':'/services/data/v60.0/limits','referenceId':'a'},"
            + "{'method':'GET','url':'/services/data/v60.0/limits','referenceId':'a'}]} | Duplicate ReferenceId",
        "{'compositeRequest':[{'method':'POST','url':'/services/data/v60.0/composite/batch','referenceId':'a'}]} | can't be a subrequest"})
    void refusesAWholeCompositeThatIsNotWellFormed(String body, String named) {
        var answer = contoso.post("/composite", body.replace('\'', '"').replace("can\"t", "can't"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains(named);
    }

    // ---- graphs

    private static Map<String, Object> graph(String id, List<?> nodes) {
        return Map.of("graphId", id, "compositeRequest", nodes);
    }

    private Contoso.Answer graphs(List<?> graphs) {
        return contoso.post("/composite/graph", Map.of("graphs", graphs));
    }

    @Test
    void eachGraphIsAllOrNothing() {
        var answer = graphs(List.of(
            graph("good", List.of(newAccount("acc"), newDeal("opp", Map.of("AccountId", "@{acc.id}")))),
            graph("bad", List.of(newAccount("acc"), newDeal("opp", Map.of("AccountId", "@{acc.id}", "StageName", ""))))));
        assertThat(answer.status()).isEqualTo(200);
        JsonNode graphs = answer.json().path("graphs");
        assertThat(graphs.at("/0/graphId").asText()).isEqualTo("good");
        assertThat(graphs.at("/0/isSuccessful").asBoolean()).isTrue();
        assertThat(statuses(graphs.at("/0/graphResponse/compositeResponse"))).containsExactly("201", "201");
        assertThat(graphs.at("/1/isSuccessful").asBoolean()).isFalse();
        assertThat(statuses(graphs.at("/1/graphResponse/compositeResponse")))
            .containsExactly("400 PROCESSING_HALTED", "400 REQUIRED_FIELD_MISSING");
        assertThat(contoso.sandbox.rows("Account")).hasSize(1);
        assertThat(contoso.sandbox.rows("Opportunity").get(0).get("AccountId"))
            .isEqualTo(graphs.at("/0/graphResponse/compositeResponse/0/body/id").asText());
    }

    @Test
    void after14FailedGraphsTheRestIsNotTried() {
        List<Object> graphs = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            graphs.add(graph("bad" + i, List.of(newDeal("opp", Map.of("StageName", "")))));
        }
        graphs.add(graph("good", List.of(newAccount("acc"))));
        JsonNode last = graphs(graphs).json().at("/graphs/14");
        assertThat(last.path("isSuccessful").asBoolean()).isFalse();
        assertThat(statuses(last.at("/graphResponse/compositeResponse"))).containsExactly("400 PROCESSING_HALTED");
        assertThat(contoso.sandbox.rows("Account")).isEmpty();
        graphs.remove(0);
        assertThat(graphs(graphs).json().at("/graphs/13/isSuccessful").asBoolean()).isTrue();
    }

    @Test
    void graphsKeepTheirLimits() {
        List<Object> graphs = new ArrayList<>();
        for (int i = 0; i < 75; i++) {
            graphs.add(graph("g" + i, List.of(part("GET", "/sobjects/Account/describe", "d", null))));
        }
        assertThat(graphs(graphs).status()).isEqualTo(200);
        graphs.add(graph("g75", List.of(newAccount("a"))));
        assertThat(graphs(graphs).message()).contains("limit of 75 graphs");
        List<Object> nodes = new ArrayList<>();
        for (int i = 0; i < 501; i++) {
            nodes.add(newAccount("a" + i));
        }
        assertThat(graphs(List.of(graph("g", nodes.subList(0, 500)))).status()).isEqualTo(200);
        assertThat(graphs(List.of(graph("g", nodes))).message()).contains("limit of 500 nodes");
        List<Object> chain = new ArrayList<>(List.of(newAccount("n0")));
        for (int i = 1; i < 16; i++) {
            chain.add(part("POST", "/sobjects/Account", "n" + i, Map.of("Name", "of @{n" + (i - 1) + ".id}")));
        }
        assertThat(graphs(List.of(graph("g", chain.subList(0, 15)))).json().at("/graphs/0/isSuccessful").asBoolean()).isTrue();
        assertThat(graphs(List.of(graph("g", chain))).message()).contains("limit of 15 levels");
        List<Object> types = new ArrayList<>();
        for (String object : List.of("Account", "Contact", "Lead", "Opportunity", "Note", "User", "Product2", "Pricebook2")) {
            types.add(part("GET", "/sobjects/" + object + "/describe", "get" + object, null));
            types.add(part("POST", "/sobjects/" + object, "post" + object, Map.of()));
        }
        assertThat(graphs(List.of(graph("g", types.subList(0, 15)))).status()).isEqualTo(200);
        assertThat(graphs(List.of(graph("g", types))).message()).contains("limit of 15 differing node types");
    }

    @Test
    void graphsTakeRecordsOnlyAndNeedVersion50() {
        assertThat(graphs(List.of(graph("g", List.of(part("GET", "/query?q=SELECT+Id+FROM+Account", "q", null))))).status()).isEqualTo(400);
        assertThat(graphs(List.of(graph("g", List.of(newAccount("a"))), graph("g", List.of(newAccount("a"))))).message())
            .contains("Duplicate graphId");
        assertThat(contoso.post("/services/data/v49.0/composite/graph", Map.of("graphs", List.of(graph("g", List.of(newAccount("a"))))))
            .status()).isEqualTo(404);
    }

    // ---- batch

    private static Map<String, Object> of(String method, String url, Object richInput) {
        return richInput == null ? Map.of("method", method, "url", url) : Map.of("method", method, "url", url, "richInput", richInput);
    }

    @Test
    void theCallsOfABatchAreIndependent() {
        String deal = contoso.opportunity("Deal", Map.of());
        var answer = contoso.post("/composite/batch", Map.of("batchRequests", List.of(
            of("PATCH", "v60.0/sobjects/Opportunity/" + deal, Map.of("Name", "New")),
            of("GET", "v60.0/sobjects/Opportunity/" + deal + "?fields=Name", null),
            of("POST", "v60.0/sobjects/Opportunity", Map.of()),
            of("GET", "/services/data/v60.0/query?q=SELECT+Id+FROM+Opportunity", null))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("hasErrors").asBoolean()).isTrue();
        JsonNode results = answer.json().path("results");
        assertThat(Contoso.list(results).stream().map(result -> result.path("statusCode").asInt())).containsExactly(204, 200, 400, 200);
        assertThat(results.at("/0/result").isNull()).isTrue();
        assertThat(results.at("/1/result/Name").asText()).isEqualTo("New");
        assertThat(results.at("/2/result/0/errorCode").asText()).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(contoso.sandbox.calls().get(contoso.sandbox.calls().size() - 1).inner()).hasSize(4);
    }

    @Test
    void aBatchCanHaltOnAnError() {
        var answer = contoso.post("/composite/batch", Map.of("haltOnError", true, "batchRequests", List.of(
            of("POST", "v60.0/sobjects/Account", Map.of("Name", "One")), of("POST", "v60.0/sobjects/Account", Map.of()),
            of("POST", "v60.0/sobjects/Account", Map.of("Name", "Three")))));
        JsonNode last = answer.json().at("/results/2");
        assertThat(last.path("statusCode").asInt()).isEqualTo(412);
        assertThat(last.at("/result/0/errorCode").asText()).isEqualTo("BATCH_PROCESSING_HALTED");
        assertThat(contoso.sandbox.rows("Account")).hasSize(1);
    }

    @Test
    void aBatchHas25CallsAtMostAndNoCompositeInside() {
        List<Object> requests = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            requests.add(of("GET", "v60.0/limits", null));
        }
        assertThat(contoso.post("/composite/batch", Map.of("batchRequests", requests)).json().path("hasErrors").asBoolean()).isFalse();
        requests.add(of("GET", "v60.0/limits", null));
        assertThat(contoso.post("/composite/batch", Map.of("batchRequests", requests)).status()).isEqualTo(400);
        assertThat(contoso.post("/composite/batch", Map.of("batchRequests", List.of(of("POST", "v60.0/composite", Map.of())))).status())
            .isEqualTo(400);
    }
}
