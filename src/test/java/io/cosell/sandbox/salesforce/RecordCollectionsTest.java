package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several records in one call: {@code /composite/sobjects} and {@code /composite/tree}; contract salesforce.md, section 3.3. */
class RecordCollectionsTest {

    private static final String PATH = "/composite/sobjects";

    private final Contoso contoso = new Contoso();

    @AfterEach
    void stop() {
        contoso.close();
    }

    private static Map<String, Object> record(String type, Map<String, Object> fields) {
        Map<String, Object> record = new LinkedHashMap<>(Map.of("attributes", Map.of("type", type)));
        record.putAll(fields);
        return record;
    }

    private static Map<String, Object> account(String name) {
        return record("Account", Map.of("Name", name));
    }

    private static Map<String, Object> deal(String name, String referral) {
        return record("Opportunity", Map.of("Name", name, "StageName", "Prospecting", "CloseDate", "2026-12-31", "Referral_Identifier__c",
            referral));
    }

    private static Map<String, Object> body(boolean allOrNone, List<?> records) {
        return Map.of("allOrNone", allOrNone, "records", records);
    }

    private static List<Boolean> successes(JsonNode results) {
        return Contoso.list(results).stream().map(result -> result.path("success").asBoolean()).toList();
    }

    @Test
    void createsRecordsOfSeveralObjectsEachOnItsOwn() {
        var answer = contoso.post(PATH, body(false, List.of(account("One"), record("Contact", Map.of("FirstName", "Jo")), account("Two"))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(successes(answer.json())).containsExactly(true, false, true);
        String id = answer.json().at("/0/id").asText();
        assertThat(contoso.sandbox.row("Account", id)).containsEntry("Name", "One");
        assertThat(answer.text()).startsWith("[{\"id\":\"" + id + "\",\"success\":true,\"errors\":[]},{\"success\":false,\"errors\":[{"
            + "\"statusCode\":\"REQUIRED_FIELD_MISSING\",\"message\":\"Required fields are missing: [LastName]\",\"fields\":[\"LastName\"]}]}");
    }

    @Test
    void allOrNoneUndoesWhatWentWell() {
        var answer = contoso.post(PATH, body(true, List.of(account("One"), record("Account", Map.of()))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(successes(answer.json())).containsExactly(false, false);
        assertThat(answer.json().at("/0/errors/0/statusCode").asText()).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(answer.json().at("/1/errors/0/statusCode").asText()).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(answer.json().get(0).has("id")).isFalse();
        assertThat(contoso.sandbox.rows("Account")).isEmpty();
    }

    @Test
    void changesRecordsById() {
        String one = contoso.sandbox.create("Account", Map.of("Name", "One"));
        var answer = contoso.patch(PATH, body(false, List.of(
            record("Account", Map.of("id", one, "Name", "New")), record("Account", Map.of("Id", "001SB00000ZZZZZ", "Name", "None")),
            account("without id"))));
        assertThat(successes(answer.json())).containsExactly(true, false, false);
        assertThat(answer.json().at("/0/id").asText()).isEqualTo(one);
        assertThat(answer.json().at("/2/errors/0/statusCode").asText()).isEqualTo("MISSING_ARGUMENT");
        assertThat(contoso.sandbox.row("Account", one)).containsEntry("Name", "New");
    }

    @Test
    void deletesRecordsById() {
        String one = contoso.sandbox.create("Account", Map.of("Name", "One"));
        String deal = contoso.opportunity("Deal", Map.of());
        var undone = contoso.send("DELETE", PATH + "?ids=" + one + ",001SB00000ZZZZZ&allOrNone=true", null);
        assertThat(successes(undone.json())).containsExactly(false, false);
        assertThat(contoso.sandbox.row("Account", one)).isNotNull();
        var answer = contoso.send("DELETE", PATH + "?ids=" + one + "," + deal + ",zzz&allOrNone=false", null);
        assertThat(successes(answer.json())).containsExactly(true, true, false);
        assertThat(answer.json().at("/1/id").asText()).isEqualTo(deal);
        assertThat(contoso.sandbox.row("Account", one)).isNull();
    }

    @Test
    void readsRecordsInTheOrderOfTheirIds() {
        String one = contoso.sandbox.create("Account", Map.of("Name", "One"));
        String two = contoso.sandbox.create("Account", Map.of("Name", "Two"));
        var answer = contoso.get(PATH + "/Account?ids=" + two + ",001SB00000ZZZZZ," + one.substring(0, 15) + "&fields=Name,Id");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/0/Name").asText()).isEqualTo("Two");
        assertThat(answer.json().get(1).isNull()).isTrue();
        assertThat(answer.json().at("/2/Id").asText()).isEqualTo(one);
        assertThat(answer.json().at("/2/attributes/type").asText()).isEqualTo("Account");
        assertThat(contoso.post(PATH + "/Account", Map.of("ids", List.of(one), "fields", List.of("Name"))).json().at("/0/Name").asText())
            .isEqualTo("One");
        assertThat(contoso.get(PATH + "/Account?ids=" + one + "&fields=Foo").code()).isEqualTo("INVALID_FIELD");
        assertThat(contoso.get(PATH + "/Account?ids=" + one).status()).isEqualTo(400);
    }

    @Test
    void upsertsByAnExternalIdAndSaysWhatIsNew() {
        String known = contoso.opportunity("Known", Map.of("Referral_Identifier__c", "ref-1"));
        contoso.opportunity("Twin", Map.of("Referral_Identifier__c", "ref-2"));
        contoso.opportunity("Twin", Map.of("Referral_Identifier__c", "ref-2"));
        var answer = contoso.patch(PATH + "/Opportunity/Referral_Identifier__c", body(false, List.of(deal("Known", "ref-1"),
            deal("New", "ref-3"), deal("Which", "ref-2"), record("Opportunity", Map.of("Name", "None")), account("Other"))));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(successes(answer.json())).containsExactly(true, true, false, false, false);
        assertThat(answer.json().at("/0/id").asText()).isEqualTo(known);
        assertThat(answer.json().at("/0/created").asBoolean()).isFalse();
        assertThat(answer.json().at("/1/created").asBoolean()).isTrue();
        assertThat(answer.json().at("/2/errors/0/statusCode").asText()).isEqualTo("DUPLICATE_EXTERNAL_ID");
        assertThat(answer.json().at("/3/errors/0/statusCode").asText()).isEqualTo("MISSING_ARGUMENT");
        assertThat(contoso.sandbox.rows("Opportunity")).hasSize(4);
    }

    @Test
    void upsertsByIdFromVersion46On() {
        String one = contoso.sandbox.create("Account", Map.of("Name", "One"));
        Map<String, Object> records = body(false, List.of(record("Account", Map.of("Id", one, "Name", "New")), account("Two")));
        var answer = contoso.patch(PATH + "/Account/Id", records);
        assertThat(Contoso.list(answer.json()).stream().map(result -> result.path("created").asBoolean())).containsExactly(false, true);
        assertThat(contoso.send("PATCH", "/services/data/v45.0" + PATH + "/Account/Id", Contoso.json(records)).status()).isEqualTo(404);
        assertThat(contoso.patch(PATH + "/Account/Foo__c", records).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "DELETE", "GET"})
    void takes200RecordsAtMost(String method) {
        for (int number : List.of(200, 201)) {
            boolean inAddress = method.equals("DELETE") || method.equals("GET");
            String ids = String.join(",", IntStream.range(0, number).mapToObj(i -> Ids.of("001", i + 1)).toList());
            String path = PATH + (method.equals("GET") ? "/Account" : "") + (inAddress ? "?fields=Id&ids=" + ids : "");
            var answer = contoso.send(method, path, inAddress ? null
                : Contoso.json(body(false, IntStream.range(0, number).mapToObj(i -> account("A" + i)).toList())));
            assertThat(answer.status()).isEqualTo(number == 200 ? 200 : 400);
            assertThat(answer.code()).isEqualTo(number == 200 ? "" : "EXCEEDED_ID_LIMIT");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"records\":[]}", "{\"records\":[1]}", "{\"records\":[{\"Name\":\"A\"}]}",
        "{\"records\":[{\"attributes\":{\"type\":\"Foo\"}}]}", "[]", "{"})
    void refusesACollectionThatIsNotWellFormed(String body) {
        assertThat(contoso.post(PATH, body).status()).isEqualTo(400);
    }

    // ---- trees

    private static Map<String, Object> node(String type, String referenceId, Map<String, Object> fields) {
        Map<String, Object> node = new LinkedHashMap<>(Map.of("attributes", Map.of("type", type, "referenceId", referenceId)));
        node.putAll(fields);
        return node;
    }

    private Contoso.Answer tree(Object... records) {
        return contoso.post("/composite/tree/Account", Map.of("records", List.of(records)));
    }

    private static Map<String, Object> withDeal(String name, Map<String, Object> deal) {
        return Map.of("Name", name, "Opportunities", Map.of("records", List.of(node("Opportunity", "deal" + name, deal))),
            "Contacts", Map.of("records", List.of(node("Contact", "contact" + name, Map.of("LastName", "Doe")))));
    }

    @Test
    void aTreeMakesRecordsWithTheirChildren() {
        var answer = tree(node("Account", "one", withDeal("One", Map.of("Name", "Deal", "StageName", "Prospecting", "CloseDate",
            "2026-12-31"))), node("Account", "two", Map.of("Name", "Two")));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("hasErrors").asBoolean(true)).isFalse();
        JsonNode results = answer.json().path("results");
        assertThat(Contoso.list(results).stream().map(result -> result.path("referenceId").asText()))
            .startsWith("one", "two").containsExactlyInAnyOrder("one", "two", "dealOne", "contactOne");
        assertThat(contoso.sandbox.rows("Opportunity").get(0)).containsEntry("AccountId", results.at("/0/id").asText());
        assertThat(contoso.sandbox.rows("Contact").get(0)).containsEntry("AccountId", results.at("/0/id").asText());
    }

    @Test
    void aTreeIsAllOrNothingAndNamesWhatFailed() {
        var answer = tree(node("Account", "one", withDeal("One", Map.of("Name", "Deal"))), node("Account", "two", Map.of("Name", "Two")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("hasErrors").asBoolean()).isTrue();
        assertThat(answer.json().path("results")).hasSize(1);
        assertThat(answer.json().at("/results/0/referenceId").asText()).isEqualTo("dealOne");
        assertThat(answer.json().at("/results/0/errors/0/statusCode").asText()).isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(contoso.sandbox.rows("Account")).isEmpty();
    }

    @Test
    void aTreeNeedsReferenceIdsOfItsOwnAndHas200RecordsAtMost() {
        var twice = tree(node("Account", "one", Map.of("Name", "A")), node("Account", "one", Map.of("Name", "B")));
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.json().path("results")).hasSize(2);
        assertThat(twice.json().at("/results/0/errors/0/message").asText()).isEqualTo("Duplicate ReferenceId provided in the request.");
        assertThat(tree(record("Account", Map.of("Name", "A"))).code()).isEqualTo("INVALID_INPUT");
        assertThat(tree(node("Contact", "one", Map.of("LastName", "A"))).status()).isEqualTo(400);
        List<Object> nodes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            nodes.add(node("Account", "a" + i, Map.of("Name", "A" + i)));
        }
        assertThat(tree(nodes.toArray()).status()).isEqualTo(201);
        nodes.add(node("Account", "a200", Map.of("Name", "A")));
        assertThat(tree(nodes.toArray()).status()).isEqualTo(400);
        assertThat(contoso.sandbox.rows("Account")).hasSize(200);
    }
}
