package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.FaultPlan.Rule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults on a seed: which call is hit, and which plans are refused. */
class FaultPlanTest {

    private static final Request PLAIN = request("PATCH", Map.of());
    private static final FaultPlan THREE_IN_TEN = FaultPlan.of(42, Rule.byChance(null, null, Trouble.ANSWER_LOST, 0.3));

    private static Request request(String method, Map<String, String> headers) {
        return new Request(method, "/things/1", Map.of(), headers, new byte[0]);
    }

    private static Faults faults(String system, FaultPlan plan) {
        Faults faults = new Faults(system);
        faults.set(plan);
        return faults;
    }

    /** Which of so many calls of a kind are hit, in order. */
    private static List<Trouble> run(Faults faults, CallKind kind, int calls) {
        List<Trouble> hits = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Faults.Hit hit = faults.onCall(kind, PLAIN);
            hits.add(hit == null ? null : hit.trouble());
        }
        return hits;
    }

    @Test
    void theSameSeedHitsTheSameCallsWhateverComesBetween() {
        List<Trouble> alone = run(faults("crm", THREE_IN_TEN), CallKind.UPDATE, 200);
        Faults mixed = faults("crm", THREE_IN_TEN);
        List<CallKind> order = new ArrayList<>(Collections.nCopies(200, CallKind.UPDATE));
        order.addAll(Collections.nCopies(300, CallKind.READ));
        Collections.shuffle(order, new Random(1));
        List<Trouble> between = new ArrayList<>();
        for (CallKind kind : order) {
            Trouble hit = run(mixed, kind, 1).get(0);
            mixed.onEvent("changed");
            if (kind == CallKind.UPDATE) {
                between.add(hit);
            }
        }
        assertThat(between).isEqualTo(alone).contains(Trouble.ANSWER_LOST, (Trouble) null);
    }

    @Test
    void seedSystemKindAndTroubleEachMakeADifference() {
        List<Trouble> first = run(faults("crm", THREE_IN_TEN), CallKind.UPDATE, 200);
        assertThat(run(faults("crm", new FaultPlan(43, THREE_IN_TEN.rules())), CallKind.UPDATE, 200)).isNotEqualTo(first);
        assertThat(run(faults("other", THREE_IN_TEN), CallKind.UPDATE, 200)).isNotEqualTo(first);
        assertThat(run(faults("crm", THREE_IN_TEN), CallKind.READ, 200)).isNotEqualTo(first);
        assertThat(places(run(faults("crm", FaultPlan.of(42, Rule.byChance(null, null, Trouble.UNAVAILABLE, 0.3))), CallKind.UPDATE, 200)))
            .isNotEqualTo(places(first));
    }

    private static List<Integer> places(List<Trouble> hits) {
        return IntStream.range(0, hits.size()).filter(i -> hits.get(i) != null).boxed().toList();
    }

    @Test
    void aChanceIsAsOftenAsItSays() {
        assertThat(run(faults("crm", THREE_IN_TEN), CallKind.UPDATE, 10_000).stream().filter(Objects::nonNull).count())
            .isBetween(2_800L, 3_200L);
        assertThat(run(faults("crm", FaultPlan.of(1, Rule.byChance("crm", null, Trouble.THROTTLED, 0))), CallKind.READ, 500))
            .containsOnlyNulls();
        assertThat(run(faults("crm", FaultPlan.of(1, Rule.byChance("crm", null, Trouble.THROTTLED, 1))), CallKind.READ, 500))
            .doesNotContainNull();
    }

    @Test
    void everyNthIsHitAndAtMostSoOftenForEachKind() {
        Faults faults = faults("crm", FaultPlan.of(1, Rule.everyNth("crm", null, Trouble.SERVER_ERROR, 3).atMost(2)));
        assertThat(places(run(faults, CallKind.READ, 12))).containsExactly(2, 5);
        assertThat(places(run(faults, CallKind.UPDATE, 12))).containsExactly(2, 5);
    }

    @Test
    void theFirstRuleThatHitsIsTheOnlyOne() {
        Faults faults = faults("crm", FaultPlan.of(1, Rule.everyNth("crm", CallKind.READ, Trouble.SERVER_ERROR, 2),
            Rule.everyNth("crm", CallKind.READ, Trouble.UNAVAILABLE, 1).atMost(2), Rule.everyNth("other", null, Trouble.THROTTLED, 1)));
        assertThat(run(faults, CallKind.READ, 5))
            .containsExactly(Trouble.UNAVAILABLE, Trouble.SERVER_ERROR, Trouble.UNAVAILABLE, Trouble.SERVER_ERROR, null);
    }

    @Test
    void singleFaultsComeBeforeThePlanAndUseUpTheTurnOfTheirCall() {
        Faults faults = faults("crm", FaultPlan.of(1, Rule.everyNth("crm", null, Trouble.UNAVAILABLE, 2)));
        faults.add(Fault.answerLost("PATCH", "/things"));
        assertThat(run(faults, CallKind.UPDATE, 4)).containsExactly(Trouble.ANSWER_LOST, Trouble.UNAVAILABLE, null, Trouble.UNAVAILABLE);
    }

    @Test
    void onlyCallsWithAConditionAreTurnsOfAFailedCondition() {
        Faults faults = faults("crm", FaultPlan.of(1, Rule.everyNth(null, null, Trouble.PRECONDITION_FAILED, 2)));
        assertThat(run(faults, CallKind.UPDATE, 3)).containsOnlyNulls();
        assertThat(faults.onCall(CallKind.UPDATE, request("GET", Map.of("If-None-Match", "W/\"1\"")))).isNull();
        assertThat(faults.onCall(CallKind.UPDATE, request("POST", Map.of("If-None-Match", "null")))).isNull();
        assertThat(faults.onCall(CallKind.UPDATE, request("PATCH", Map.of("If-Match", "*")))).isNull();
        assertThat(faults.onCall(CallKind.UPDATE, request("PATCH", Map.of("if-unmodified-since", "x"))).trouble())
            .isEqualTo(Trouble.PRECONDITION_FAILED);
        assertThat(faults.onCall(CallKind.UPDATE, request("PATCH", Map.of("If-None-Match", "*")))).isNull();
    }

    @Test
    void aSignInHasNoSessionToExpireAndTroublesOfEventsHitNoCalls() {
        Faults faults = faults("crm", FaultPlan.of(1, Rule.everyNth(null, null, Trouble.SESSION_EXPIRED, 1),
            Rule.everyNthEvent(null, null, Trouble.EVENT_LOST, 1)));
        assertThat(run(faults, CallKind.SIGN_IN, 2)).containsOnlyNulls();
        assertThat(run(faults, CallKind.READ, 1)).containsExactly(Trouble.SESSION_EXPIRED);
        assertThat(faults.onEvent("changed").trouble()).isEqualTo(Trouble.EVENT_LOST);
    }

    @Test
    void aNewPlanCountsAnew() {
        Faults faults = faults("crm", THREE_IN_TEN);
        List<Trouble> first = run(faults, CallKind.UPDATE, 100);
        faults.set(THREE_IN_TEN);
        assertThat(run(faults, CallKind.UPDATE, 100)).isEqualTo(first);
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return SandboxSystem.JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void aPlanIsReadFromJsonAndWrittenAsRead() throws JsonProcessingException {
        JsonNode json = json("{'seed':42,'rules':[{'system':'crm','kind':'UPDATE','trouble':'ANSWER_LOST','chance':0.1,'most':3},"
            + "{'trouble':'THROTTLED','every':7,'retryAfter':2},{'event':'changed','trouble':'EVENT_DELAYED','every':1,'delayMillis':50}]}");
        FaultPlan plan = FaultPlan.of(json, List.of("crm"));
        assertThat(plan).isEqualTo(FaultPlan.of(42, Rule.byChance("crm", CallKind.UPDATE, Trouble.ANSWER_LOST, 0.1).atMost(3),
            Rule.everyNth(null, null, Trouble.THROTTLED, 7).retryAfter(2),
            Rule.everyNthEvent(null, "changed", Trouble.EVENT_DELAYED, 1).delayed(50)));
        assertThat(SandboxSystem.JSON.<JsonNode>valueToTree(plan).toString()).isEqualTo(json.toString());
        assertThat(FaultPlan.of(json("{}"), List.of())).isEqualTo(FaultPlan.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        [1]                                                                     | with seed and rules
        {'rules':[{'chance':1}]}                                                | needs a trouble, one of [REQUEST_LOST
        {'rules':[{'trouble':'FIRE','chance':1}]}                               | FIRE is no value here. There are [REQUEST_LOST
        {'rules':[{'trouble':'THROTTLED'}]}                                     | either chance, from 0 to 1, or every
        {'rules':[{'trouble':'THROTTLED','chance':1,'every':2}]}                | either chance, from 0 to 1, or every
        {'rules':[{'trouble':'THROTTLED','chance':1.5}]}                        | chance is from 0 to 1, not 1.5
        {'rules':[{'trouble':'THROTTLED','every':0}]}                           | every is 1 or more
        {'rules':[{'trouble':'THROTTLED','every':1,'most':0}]}                  | most is 1 or more
        {'rules':[{'trouble':'THROTTLED','every':1,'kind':'UPDTE'}]}            | UPDTE is no value here. There are [SIGN_IN
        {'rules':[{'trouble':'THROTTLED','every':1,'event':'x'}]}               | name a kind, not an event
        {'rules':[{'trouble':'EVENT_LOST','every':1,'kind':'READ'}]}            | name an event, not a kind
        {'rules':[{'trouble':'SESSION_EXPIRED','every':1,'kind':'SIGN_IN'}]}    | no session that could expire
        {'rules':[{'trouble':'THROTTLED','every':1,'delayMillis':5}]}           | delayMillis says nothing to THROTTLED
        {'rules':[{'trouble':'EVENT_LOST','every':1,'retryAfter':5}]}           | retryAfter says nothing to EVENT_LOST
        {'rules':[{'trouble':'ANSWER_REPLACED','every':1}]}                     | ANSWER_REPLACED can't be planned
        {'rules':[{'trouble':'THROTTLED','every':1,'system':'sap'}]}            | There is no system sap. There are [crm]
        {'rules':[{'trouble':'THROTTLED','every':1,'mst':1}]}                   | There is no mst in a fault plan here
        {'seed':'x'}                                                            | x is no
        {'rules':7}                                                             | This is no fault plan
        """)
    void whatIsNoPlanIsRefusedWithAReason(String text, String reason) throws JsonProcessingException {
        JsonNode json = json(text);
        assertThatThrownBy(() -> FaultPlan.of(json, List.of("crm"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(reason);
    }
}
