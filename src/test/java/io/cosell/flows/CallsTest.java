package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.store.Change;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of change costs in calls, with the settings as shipped. Sign-ins and the polls for changes are counted apart. */
@SharedStage
class CallsTest {

    /** What happens by the clock, whether anything changed or not. */
    private static final Set<CallKind> APART = Set.of(CallKind.SIGN_IN, CallKind.CHANGES, CallKind.REGISTRATION, CallKind.OTHER);
    private static final String PC = "partner-center ";
    private static final String CRM = "dynamics365 ";

    static Stage stage;
    static Seller seller;

    @BeforeAll
    static void open(Stage opened) {
        stage = opened;
        seller = new Seller(stage);
        // With the first deal that asks for help it learns whether the service invites Microsoft by itself.
        stage.sharedOpportunity("First deal", values -> values.put(Seller.HELP, Seller.WORKLOAD));
        stage.eventually(() -> stage.store().cursor("auto-heal crm") != null);
        seller.noticed();
    }

    /** A point in the call logs of both systems. */
    private record Since(long partnerCenter, long crm) {

        static Since now() {
            return new Since(last(stage.partnerCenter.calls()), last(stage.crm.calls()));
        }

        private static long last(List<Call> calls) {
            return calls.isEmpty() ? 0 : calls.get(calls.size() - 1).number();
        }

        /** The calls from here on. */
        List<String> calls() {
            return Stream.concat(after(stage.partnerCenter.calls(), partnerCenter), after(stage.crm.calls(), crm))
                .map(call -> call.system() + " " + call.kind()).toList();
        }

        private static Stream<Call> after(List<Call> calls, long number) {
            return calls.stream().filter(call -> call.number() > number && !APART.contains(call.kind()));
        }
    }

    /** What a change costs by itself, and then, when its events and the next polls are in, what the echo of its writes costs. */
    private record Cost(List<String> change, List<String> echo) {

        static Cost of(Runnable change) {
            seller.noticed();
            List<String> own;
            Since since = Since.now();
            stage.partnerCenter.holdWebhooks(true);
            try {
                change.run();
                stage.polls(2);
                stage.eventually(() -> stage.store().markedLinks().isEmpty());
                own = since.calls();
                since = Since.now();
            } finally {
                stage.partnerCenter.holdWebhooks(false);
            }
            seller.noticed();
            return new Cost(own, since.calls());
        }
    }

    private static void assertEchoIsCheap(Cost cost) {
        assertThat(cost.echo()).as("the echo: one call at most, and that a read")
            .isIn(List.of(), List.of(PC + "READ"), List.of(CRM + "READ"));
    }

    // ---- CRM to Partner Center

    @Test
    void anUpdateOfARecordIsOneCallAndOneForTheAuditLine() {
        String id = stage.sharedOpportunity("Updated deal", values -> { });

        Cost cost = Cost.of(() -> {
            seller.changes(id, "estimatedvalue", 4711);
            stage.eventually(() -> seller.dealValue(id) == 4711);
        });

        assertThat(cost.change()).containsExactly(PC + "UPDATE", CRM + "BATCH");
        assertEchoIsCheap(cost);
        assertThat(seller.audit(id)).contains("sync success: Deal value");
    }

    @Test
    void anUpdateWithoutAuditLineIsOneCall(@TempDir Path own) {
        try (Stage plain = Stage.open(own, Map.of("cosell.audit-successes", "No"))) {
            String id = plain.sharedOpportunity("Quiet deal", values -> { });
            plain.polls(2);
            plain.settled();
            long writes = plain.writes().get(1);
            long calls = counted(plain.crm.calls());

            plain.crm.update("opportunity", id, Map.of("description", "Quietly changed"));

            plain.eventually(() -> plain.writes().get(1) == writes + 1);
            plain.polls(2);
            plain.settled();
            assertThat(counted(plain.crm.calls())).as("calls to the CRM beside the polls").isEqualTo(calls);
            assertThat(plain.writes().get(1)).isEqualTo(writes + 1);
        }
    }

    private static long counted(List<Call> calls) {
        return calls.stream().filter(call -> !APART.contains(call.kind()) && call.kind() != CallKind.LIST).count();
    }

    /** A complete opportunity with a solution, both noticed already. */
    private static String unshared(String name, String help) {
        String id = stage.opportunity(name, values -> values.put(Seller.HELP, help));
        stage.solution(id, "SOL-34104-EBB");
        seller.noticed();
        return id;
    }

    private static void share(String id) {
        stage.share(id);
        stage.eventually(() -> stage.isLinked(id));
    }

    @Test
    void aSharedRecordCostsTwoCallsAndOneToWriteBack() {
        String id = unshared("Shared deal", null);

        Cost cost = Cost.of(() -> share(id));

        assertThat(cost.change()).containsExactly(PC + "CREATE", CRM + "READ", CRM + "BATCH");
        assertEchoIsCheap(cost);
    }

    @Test
    void withMicrosoftInvitedItIsOneCallMore() {
        String id = unshared("Co-sell deal", Seller.WORKLOAD);

        Cost cost = Cost.of(() -> share(id));

        assertThat(cost.change()).containsExactly(PC + "CREATE", PC + "CREATE", CRM + "READ", CRM + "BATCH");
        assertThat(cost.echo()).as("the echoes of two writes: a read of the referral, and one of the engagement")
            .isSubsetOf(PC + "READ", PC + "LIST").hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void anUpdateOfALeadIsOneCallAndOneForTheAuditLine() {
        String referral = stage.receivedOffer("Updated offer");

        Cost cost = Cost.of(() -> {
            stage.crm.update("lead", stage.link(referral).recordId(), Map.of("description", "Called the customer"));
            stage.eventually(() -> "Called the customer".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
        });

        assertThat(cost.change()).containsExactly(PC + "UPDATE", CRM + "BATCH");
        assertEchoIsCheap(cost);
    }

    @Test
    void whatTheRowDoesNotHoldIsRead() {
        String id = stage.sharedOpportunity("Deal of another customer", values -> { });

        Cost cost = Cost.of(() -> {
            stage.solution(id, "SOL-2");
            stage.eventually(() -> seller.solutions(id).contains("SOL-2"));
        });

        assertThat(cost.change()).containsExactly(PC + "UPDATE", CRM + "READ", CRM + "BATCH");
        assertEchoIsCheap(cost);
    }

    // ---- Partner Center to CRM

    @Test
    void anUpdateOfAReferralIsOneReadAndOneWriteWithItsAuditLine() {
        String referral = stage.receivedDeal("Updated by Microsoft");
        seller.noticed();
        Since since = Since.now();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 4321, "/details/notes", "News"));
        stage.eventually(() -> "News".equals(stage.opportunityOf(referral).get("description")));
        seller.noticed();

        assertThat(since.calls()).as("with its echo").containsExactly(PC + "READ", CRM + "BATCH");
        assertThat(seller.audit(stage.link(referral).recordId()))
            .contains("Partner Center Referral to CRM sync success: Deal value, Notes");
    }

    @Test
    void aReceivedDealCostsFourCallsOneOfWhichSearchesTheAccount() {
        Since since = Since.now();
        stage.receivedDeal("Received deal");
        seller.noticed();

        assertThat(since.calls()).filteredOn(call -> call.startsWith(CRM)).as("the look, and the write with its audit line")
            .containsExactly(CRM + "BATCH", CRM + "BATCH");
        assertThat(since.calls()).filteredOn(call -> call.startsWith(PC)).as("the reading, the CRM id, and at most one call for its echo")
            .startsWith(PC + "READ", PC + "UPDATE").isSubsetOf(PC + "READ", PC + "UPDATE").hasSizeLessThanOrEqualTo(3);
    }

    // ---- the rest

    @Test
    void manyChangesOfADealThatWaitsAreOneChange() throws InterruptedException {
        String id = stage.sharedOpportunity("Busy deal", values -> { });
        String referral = stage.link(id).referralId();
        seller.noticed();
        stage.partnerCenter.fail(Fault.instead("PATCH", referral,
            Reply.json(429, Map.of("error", Map.of("code", "TooManyRequests"))).with("Retry-After", "3600")));
        seller.changes(id, "estimatedvalue", 1);
        stage.eventually(() -> stage.link(id).failures() == 1);
        Since since = Since.now();

        for (int value = 2; value <= 9; value++) {
            seller.changes(id, "estimatedvalue", value);
            seller.changes(id, "description", "Version " + value);
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/closingDateTime", "2027-05-0" + value + "T00:00:00Z"));
        }
        stage.partnerCenter.awaitDelivered();
        stage.polls(2);
        assertThat(since.calls()).as("while it waits").isEmpty();
        stage.connector().lanes().runNow(stage.link(id).id());
        stage.eventually(() -> seller.dealValue(id) == 9);
        stage.eventually(() -> String.valueOf(stage.opportunityRow(id).get("estimatedclosedate")).startsWith("2027-05-09"));
        stage.eventually(() -> stage.store().markedLinks().isEmpty());

        assertThat(since.calls().subList(0, 2)).containsExactly(PC + "READ", PC + "UPDATE");
        seller.noticed();
        assertThat(since.calls()).filteredOn((PC + "UPDATE")::equals).hasSize(1);
        assertThat(since.calls()).filteredOn((CRM + "READ")::equals).hasSize(1);
        assertThat(since.calls()).filteredOn((CRM + "BATCH")::equals).hasSize(1);
        assertThat(seller.inReferral(id, "details", "notes")).isEqualTo("Version 9");
    }

    @Test
    void aPollThatIsOvertakenByAWriteIsNoChangeOfASeller() {
        String id = stage.sharedOpportunity("Overtaken deal", values -> { });
        seller.noticed();
        Map<String, Object> old = Map.copyOf(withoutNulls(stage.opportunityRow(id)));
        seller.changes(id, "estimatedvalue", 777);
        stage.eventually(() -> seller.dealValue(id) == 777);
        seller.noticed();
        long writes = seller.writesToPartnerCenter();

        stage.connector().lanes().accept(List.of(new Change("crm", "opportunity-changed", id, "opportunity", null, "W/\"1\"",
            true, old)), null, null);
        seller.noticed();

        assertThat(seller.writesToPartnerCenter()).isEqualTo(writes);
        assertThat(seller.dealValue(id)).isEqualTo(777);
    }

    private static Map<String, Object> withoutNulls(Map<String, Object> row) {
        Map<String, Object> filled = new HashMap<>(row);
        filled.values().removeIf(Objects::isNull);
        return filled;
    }

    @Test
    void theJournalTellsEachCallOnce() {
        String id = stage.sharedOpportunity("Journaled deal", values -> { });
        seller.noticed();
        int before = stage.journal(id).size();

        seller.changes(id, "estimatedvalue", 4712);
        stage.eventually(() -> seller.dealValue(id) == 4712);
        stage.eventually(() -> stage.journal(id).size() > before);

        assertThat(costs(id, before)).containsExactly("dynamics365: 1 batch; partner-center: 1 write");
        assertThat(costs(id, 0)).as("first the entry of the referral that was made")
            .startsWith("dynamics365: 1 read; partner-center: 1 write");
    }

    private static List<String> costs(String id, int before) {
        return stage.journal(id).stream().skip(before).map(entry -> (String) entry.get("calls")).filter(Objects::nonNull).toList();
    }

    @Test
    void theDayIsCountedAsTheSystemsCountIt(@TempDir Path own) {
        try (Stage counted = Stage.open(own, Map.of())) {
            counted.sharedOpportunity("Counted deal", values -> { });
            counted.settled();
            counted.connector().camel().requestBody("direct:keep-call-counts-now", (Object) null);
            long until = counted.crm.calls().size();

            assertThat(today(counted, "dynamics365", "batch")).isEqualTo(counted.crm.count(call -> call.kind() == CallKind.BATCH));
            assertThat(today(counted, "dynamics365", "sign-in")).isEqualTo(counted.crm.count(call -> call.kind() == CallKind.SIGN_IN));
            assertThat(today(counted, "partner-center", "write")).isEqualTo(counted.writes().get(1));
            assertThat(counted.connector().camel().getCamelContext().getRegistry().findSingleByType(MeterRegistry.class)
                .get("cosell.calls").tags("system", "partner-center", "kind", "write").counter().count())
                .as("the metric").isEqualTo(counted.writes().get(1).doubleValue());
            assertThat(today(counted, "dynamics365", "read")).as("the polls too").isPositive().isLessThanOrEqualTo(until);
        }
    }

    private static long today(Stage stage, String system, String kind) {
        return stage.store().callsToday().stream().filter(row -> system.equals(row.get("system")) && kind.equals(row.get("kind")))
            .mapToLong(row -> ((Number) row.get("calls")).longValue()).sum();
    }
}
