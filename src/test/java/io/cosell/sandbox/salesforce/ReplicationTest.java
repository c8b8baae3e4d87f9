package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What changed and what was deleted, polling, and limits: contract salesforce.md, sections 3.6 and 3.7, rows 1 to 3. */
class ReplicationTest {

    private final Contoso contoso = new Contoso();

    @AfterEach
    void stop() {
        contoso.close();
    }

    private void at(String time) {
        contoso.clock.set(Instant.parse(time));
    }

    private String deal(String name, String time) {
        at(time);
        return contoso.opportunity(name, Map.of());
    }

    private Contoso.Answer changes(String what, String start, String end) {
        return contoso.get("/sobjects/Opportunity/" + what + "?start=" + Contoso.encode(start) + "&end=" + Contoso.encode(end));
    }

    private static List<String> texts(JsonNode list) {
        return Contoso.list(list).stream().map(JsonNode::asText).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"updated?", "updated/?"})
    void listsWhatWasMadeOrChangedWithAndWithoutSlash(String form) {
        deal("before", "2026-11-20T09:59:59Z");
        String made = deal("made", "2026-11-20T10:00:30Z");
        String changed = deal("changed", "2026-11-20T09:00:00Z");
        String gone = deal("gone", "2026-11-20T10:01:00Z");
        contoso.sandbox.update("Opportunity", changed, Map.of("NextStep", "x"));
        contoso.sandbox.delete("Opportunity", gone);
        deal("after", "2026-11-20T10:05:00Z");
        at("2026-11-20T11:00:00Z");
        // as jsforce writes times, plus and colon encoded, and as the document does
        for (String times : List.of("start=2026-11-20T10%3A00%3A00%2B00%3A00&end=2026-11-20T10%3A05%3A00%2B00%3A00",
            "start=2026-11-20T10:00:00Z&end=2026-11-20T11:05:00.000%2B0100")) {
            var answer = contoso.get("/sobjects/Opportunity/" + form + times);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(texts(answer.json().path("ids"))).containsExactly(made, changed);
            assertThat(answer.json().path("latestDateCovered").asText()).isEqualTo("2026-11-20T10:05:00.000+0000");
        }
    }

    @Test
    void ignoresSeconds() {
        String early = deal("early", "2026-11-20T10:00:10Z");
        deal("late", "2026-11-20T10:05:20Z");
        assertThat(texts(changes("updated", "2026-11-20T10:00:40Z", "2026-11-20T10:05:50Z").json().path("ids"))).containsExactly(early);
    }

    @Test
    void callsThatStartWhereTheLastOneEndedMissNothing() {
        String first = deal("first", "2026-11-20T10:00:10Z");
        at("2026-11-20T10:00:20Z");
        JsonNode one = changes("updated", "2026-11-20T09:00:00Z", "2026-11-20T10:10:00Z").json();
        assertThat(texts(one.path("ids"))).containsExactly(first);
        assertThat(one.path("latestDateCovered").asText()).isEqualTo("2026-11-20T10:00:00.000+0000");
        String second = deal("second", "2026-11-20T10:00:50Z");
        at("2026-11-20T10:10:00Z");
        assertThat(texts(changes("updated", one.path("latestDateCovered").asText(), "2026-11-20T10:10:00Z").json().path("ids")))
            .containsExactly(first, second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted?", "deleted/?"})
    void listsWhatWasDeletedAndWhen(String form) {
        String one = deal("one", "2026-11-20T09:00:00Z");
        String two = deal("two", "2026-11-20T09:00:00Z");
        at("2026-11-20T10:00:30Z");
        contoso.sandbox.delete("Opportunity", one);
        at("2026-11-20T10:10:00Z");
        contoso.sandbox.delete("Opportunity", two);
        var answer = contoso.get("/sobjects/Opportunity/" + form + "start=2026-11-20T10:00:00Z&end=2026-11-20T10:10:00Z");
        assertThat(answer.text()).isEqualTo("{\"deletedRecords\":[{\"id\":\"" + one + "\",\"deletedDate\":\"2026-11-20T10:00:30.000+0000\"}],"
            + "\"earliestDateAvailable\":\"2026-10-21T10:10:00.000+0000\",\"latestDateCovered\":\"2026-11-20T10:10:00.000+0000\"}");
    }

    @ParameterizedTest
    @CsvSource({"2026-10-21T10:00:00Z,2026-11-20T10:00:00Z,200", "2026-10-21T09:59:00Z,2026-11-20T10:00:00Z,400",
        "2026-11-20T10:00:00Z,2026-11-20T10:00:59Z,400", "2026-11-20T10:00:00Z,2026-11-20T09:00:00Z,400",
        "yesterday,2026-11-20T10:00:00Z,400", "2026-11-20,2026-11-21,400"})
    void startsWithin30DaysAndSpansAMinute(String start, String end, int status) {
        for (String what : List.of("updated", "deleted")) {
            var answer = changes(what, start, end);
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.code()).isEqualTo(status == 200 ? "" : "INVALID_REPLICATION_DATE");
        }
    }

    @Test
    void needsBothTimesAndAnObject() {
        assertThat(contoso.get("/sobjects/Opportunity/updated").status()).isEqualTo(400);
        assertThat(contoso.get("/sobjects/Foo/updated?start=2026-11-20T10:00:00Z&end=2026-11-20T11:00:00Z").status()).isEqualTo(404);
    }

    /** Row 1: polling on SystemModstamp, which also moves when only the system writes (2.1). */
    @Test
    void pollingOnSystemModstampFindsWhatCameAfterAStamp() {
        deal("old", "2026-11-20T09:00:00Z");
        String touched = deal("touched", "2026-11-20T09:00:00Z");
        deal("new", "2026-11-20T10:00:00Z");
        at("2026-11-20T10:30:00Z");
        String detail = contoso.values("SELECT Id FROM Microsoft_Solution_Detail__c LIMIT 1", "Id");
        contoso.sandbox.create("Microsoft_Solutions__c", Map.of("Opportunity__c", touched, "Solution__c", detail));
        assertThat(contoso.values("SELECT Id, Name, SystemModstamp FROM Opportunity WHERE SystemModstamp > 2026-11-20T09:00:00Z "
            + "ORDER BY SystemModstamp, Id LIMIT 200", "Name")).isEqualTo("new;touched");
    }

    @Test
    void limitsTellWhatIsLeftOfTheDay() {
        int max = contoso.get("/limits").json().at("/DailyApiRequests/Max").asInt();
        assertThat(max).isEqualTo(contoso.sandbox.options().dailyCalls());
        contoso.query("SELECT Id FROM Opportunity");
        assertThat(contoso.get("/limits").json().at("/DailyApiRequests/Remaining").asInt()).isEqualTo(max - 3);
        contoso.clock.move(Duration.ofHours(24));
        contoso.signIn();
        assertThat(contoso.get("/limits").json().at("/DailyApiRequests/Remaining").asInt()).isEqualTo(max - 1);
    }
}
