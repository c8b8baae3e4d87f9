package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a change costs on Salesforce, as docs/flows.md says. Of a record that changed in the very second in which it is listed or read,
 * readings more are allowed: times are whole seconds there.
 */
@SharedStage(crm = Crm.SALESFORCE)
class SalesforceCallsTest {

    private static final String WRITE = "salesforce BATCH";
    private static final String LOOK = "salesforce BATCH";

    static Stage stage;
    static Seller seller;

    @BeforeAll
    static void open(Stage opened) {
        stage = opened;
        seller = new Seller(stage);
        stage.eventually(() -> stage.store().cursor("auto-heal crm") != null);
        seller.noticed();
    }

    /** The calls from a change on until all is at rest: sign-ins and polls left out. */
    private static List<String> calls(Runnable change) {
        seller.noticed();
        long partnerCenter = last(stage.partnerCenter.calls());
        long crm = last(stage.system.calls());
        change.run();
        seller.noticed();
        return Stream.concat(after(stage.partnerCenter.calls(), partnerCenter),
                after(stage.system.calls(), crm).filter(call -> stage.seller.polled(call).isEmpty()))
            .map(call -> call.system() + " " + (call.kind() == CallKind.BATCH || call.isWrite() ? call.kind() : "READ")).toList();
    }

    private static long last(List<Call> calls) {
        return calls.isEmpty() ? 0 : calls.get(calls.size() - 1).number();
    }

    private static Stream<Call> after(List<Call> calls, long number) {
        return calls.stream().filter(call -> call.number() > number && call.kind() != CallKind.SIGN_IN);
    }

    private static List<String> writesIn(List<String> calls) {
        return calls.stream().filter(call -> !call.endsWith(" READ")).toList();
    }

    private static List<String> crmReadsIn(List<String> calls) {
        return calls.stream().filter("salesforce READ"::equals).toList();
    }

    @Test
    void anUpdateOfARecordIsOneCallAndOneForTheAuditLine() {
        String id = stage.sharedOpportunity("Updated deal", values -> { });

        List<String> calls = calls(() -> {
            stage.seller.edits(id, DealField.VALUE, 4711);
            stage.eventually(() -> seller.dealValue(id) == 4711);
        });

        assertThat(writesIn(calls)).containsExactly("partner-center UPDATE", WRITE);
        assertThat(crmReadsIn(calls)).as("none, but in the second of the change or of the write").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void anUpdateOfAReferralIsOneCallThatChangesAllAndReadsItBack() {
        String referral = stage.receivedDeal("Updated by Microsoft");

        List<String> calls = calls(() -> {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 4321, "/details/currency", "USD"));
            stage.eventually(() -> "USD".equals(stage.record(referral).get(DealField.CURRENCY)));
        });

        assertThat(writesIn(calls)).containsExactly(WRITE);
        assertThat(crmReadsIn(calls)).isEmpty();
    }

    @Test
    void aReceivedDealIsOneCallToLookAndOneToMakeAll() {
        List<String> calls = calls(() -> stage.receivedDeal("Received deal"));

        assertThat(writesIn(calls)).containsExactlyInAnyOrder(LOOK, WRITE, "partner-center UPDATE");
        assertThat(crmReadsIn(calls)).as("none but in the second of the write").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aSharedRecordIsReadAndWrittenBackOnce() {
        String id = stage.opportunity("Shared deal", values -> { });
        stage.solution(id, Stage.SOLUTION);

        List<String> calls = calls(() -> {
            stage.share(id);
            stage.eventually(() -> stage.isLinked(id));
        });

        assertThat(writesIn(calls)).containsExactlyInAnyOrder("partner-center CREATE", WRITE);
        assertThat(crmReadsIn(calls)).as("one, and more in the second of the change or of the write").hasSizeBetween(1, 3);
    }

    @Test
    void aCompositeIsCountedAsABatch() {
        String referral = stage.receivedDeal("Counted deal");

        assertThat(stage.journal(referral)).filteredOn(entry -> entry.get("calls") != null).first()
            .satisfies(entry -> assertThat((String) entry.get("calls")).contains("salesforce: 2 batch"));
    }

    @Test
    void thePollsAreFourCalls() {
        assertThat(stage.seller.polledTables()).allSatisfy(table -> assertThat(stage.system.calls())
            .anyMatch(call -> stage.seller.polled(call).filter(table::equals).isPresent()));
        assertThat(stage.system.calls().stream().flatMap(call -> stage.seller.polled(call).stream()).distinct())
            .containsExactlyInAnyOrder("Opportunity", "Lead", "Microsoft_Solutions__c", "OpportunityContactRole");
    }
}
