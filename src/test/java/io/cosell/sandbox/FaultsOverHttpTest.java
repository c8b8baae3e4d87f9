package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.sandbox.FaultPlan.Rule;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers see of each trouble, and what is done in the system. */
class FaultsOverHttpTest {

    private final SmallSystem system = new SmallSystem("small");

    @AfterEach
    void stop() {
        system.close();
    }

    private void everyCall(CallKind kind, Trouble trouble) {
        system.plan(FaultPlan.of(1, Rule.everyNth("small", kind, trouble, 1).atMost(1)));
    }

    private Call last() {
        List<Call> calls = system.calls();
        return calls.get(calls.size() - 1);
    }

    @Test
    void aLostRequestDoesNothing() throws Exception {
        everyCall(CallKind.UPDATE, Trouble.REQUEST_LOST);
        assertThatThrownBy(() -> system.call("PATCH", "/things/1", "new")).isInstanceOf(IOException.class);
        assertThat(system.thing("1")).isNull();
        assertThat(last()).extracting(Call::status, Call::trouble, Call::wrote).containsExactly(0, Trouble.REQUEST_LOST, false);
        assertThat(system.call("PATCH", "/things/1", "new").statusCode()).isEqualTo(204);
        assertThat(last()).extracting(Call::status, Call::trouble, Call::wrote).containsExactly(204, null, true);
    }

    @Test
    void aLostAnswerLeavesTheWorkDone() {
        everyCall(CallKind.UPDATE, Trouble.ANSWER_LOST);
        assertThatThrownBy(() -> system.call("PATCH", "/things/1", "new")).isInstanceOf(IOException.class);
        assertThat(system.thing("1")).isEqualTo("new");
        assertThat(last()).extracting(Call::status, Call::trouble, Call::wrote).containsExactly(0, Trouble.ANSWER_LOST, true);
    }

    @Test
    void aDelayedAnswerComesAfterItsTimeAndHoldsUpNobodyElse() throws Exception {
        system.plan(FaultPlan.of(1, Rule.everyNth("small", CallKind.UPDATE, Trouble.ANSWER_DELAYED, 1).delayed(3000)));
        long start = System.nanoTime();
        CompletableFuture<HttpResponse<String>> slow = system.begin("PATCH", "/things/1", "new");
        while (system.thing("1") == null) {
            system.call("GET", "/things", ""); // answered meanwhile
        }
        assertThat(slow).isNotDone();
        assertThat(slow.get().statusCode()).isEqualTo(204);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(3000));
        assertThat(system.calls().stream().filter(call -> call.trouble() == Trouble.ANSWER_DELAYED)).singleElement()
            .extracting(Call::status, Call::wrote).containsExactly(204, true);
    }

    @ParameterizedTest
    @CsvSource({"THROTTLED, 429, 7", "UNAVAILABLE, 503, 7", "SERVER_ERROR, 500,", "PRECONDITION_FAILED, 412,"})
    void aRefusalIsInTheWordsOfTheSystemAndDoesNothing(Trouble trouble, int status, String retryAfter) throws Exception {
        Rule rule = Rule.everyNth("small", CallKind.UPDATE, trouble, 1).atMost(1);
        system.plan(FaultPlan.of(1, retryAfter == null ? rule : rule.retryAfter(Integer.parseInt(retryAfter))));
        HttpResponse<String> answer = system.call("PATCH", "/things/1", "new", "If-Match", "1");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("x-small")).hasValue(trouble.name());
        assertThat(answer.headers().firstValue("Retry-After").orElse(null)).isEqualTo(retryAfter);
        assertThat(system.thing("1")).isNull();
        assertThat(last()).extracting(Call::status, Call::trouble, Call::wrote).containsExactly(status, trouble, false);
    }

    @Test
    void anExpiredSessionStaysExpired() throws Exception {
        everyCall(CallKind.LIST, Trouble.SESSION_EXPIRED);
        String first = system.call("POST", "/token", "").body();
        assertThat(system.call("GET", "/things", "", "Authorization", first).statusCode()).isEqualTo(401);
        assertThat(system.call("GET", "/things", "", "Authorization", first).statusCode()).isEqualTo(401);
        String second = system.call("POST", "/token", "").body();
        assertThat(system.call("GET", "/things", "", "Authorization", second).statusCode()).isEqualTo(200);
        assertThat(system.troubles(CallKind.LIST)).containsExactly(Trouble.SESSION_EXPIRED, null, null);
    }

    @Test
    void aSingleFaultIsInTheLogToo() throws Exception {
        system.fail(Fault.instead("GET", "/things", Reply.text(502, "text/html", "<html>")));
        assertThat(system.call("GET", "/things", "").statusCode()).isEqualTo(502);
        assertThat(last()).extracting(Call::status, Call::trouble).containsExactly(502, Trouble.ANSWER_REPLACED);
    }

    @Test
    void onHttp2OnlyTheCallThatIsHitIsCut() throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertThat(client.send(system.request("GET", "/things", ""), BodyHandlers.ofString()).version())
            .isEqualTo(HttpClient.Version.HTTP_2);
        system.plan(FaultPlan.of(1, Rule.everyNth("small", CallKind.LIST, Trouble.ANSWER_DELAYED, 1).delayed(300),
            Rule.everyNth("small", CallKind.UPDATE, Trouble.REQUEST_LOST, 1)));
        CompletableFuture<HttpResponse<String>> other = client.sendAsync(system.request("GET", "/things", ""), BodyHandlers.ofString());
        assertThatThrownBy(() -> client.send(system.request("PATCH", "/things/1", "new"), BodyHandlers.ofString()))
            .isInstanceOf(IOException.class);
        assertThat(other.get().statusCode()).isEqualTo(200);
    }

    /** Two runs of the same calls, one after another and all at once among others, are hit in the same places. */
    @Test
    void theSameSeedGivesTheSameFaultsInTwoRunsThatMixTheirCallsDifferently() throws Exception {
        FaultPlan plan = FaultPlan.of(7, Rule.byChance(null, null, Trouble.THROTTLED, 0.2), Rule.byChance(null, null,
            Trouble.UNAVAILABLE, 0.2));
        system.plan(plan);
        for (int i = 0; i < 40; i++) {
            system.call("PATCH", "/things/" + i, "new");
        }
        try (SmallSystem again = new SmallSystem("small")) {
            again.plan(plan);
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(again.begin("GET", "/things", ""));
                all.add(again.begin("PATCH", "/things/" + i, "new"));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
            assertThat(again.troubles(CallKind.UPDATE)).isEqualTo(system.troubles(CallKind.UPDATE))
                .contains(Trouble.THROTTLED, Trouble.UNAVAILABLE, null);
        }
    }
}
