package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.salesforce.ChangeEventsTrouble;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes that Salesforce announces over its Pub/Sub API: real gRPC over TLS, the shipped routes. No poll comes by itself: the schedule is in
 * another century. Auto-heal runs once, when the connector starts.
 */
@SharedStage(crm = Crm.SALESFORCE, offersAsLeads = true, settings = {"cosell.salesforce.change-events=Yes",
    "cosell.crm-changes.schedule-with-events=" + Stage.NEVER})
class ChangeEventsTest {

    private static final String CURSOR = "change events";
    private static final String SOLUTIONS = "Microsoft_Solutions__c";

    static Stage stage;
    static Seller seller;
    static SalesforceSandbox salesforce;

    @BeforeAll
    static void open(Stage opened) {
        stage = opened;
        seller = new Seller(stage);
        salesforce = stage.sandboxes.salesforce();
        stage.eventually(() -> stage.store().cursor("auto-heal crm") != null && salesforce.changeEventStreams() == 1);
        // A stream without a replay id has the tables polled once: what was before it began, it does not tell.
        stage.eventually(() -> polls().size() >= 4);
        salesforce.changeEvents(ChangeEventsTrouble.SIGN_OF_LIFE, 1);
        told();
    }

    private static List<Call> polls() {
        return stage.system.calls().stream().filter(call -> stage.seller.polled(call).isPresent()).toList();
    }

    /** Waits until every event told so far is stored, and no lane has anything to do. */
    private static void told() {
        stage.eventually(() -> Base64.getEncoder().encodeToString(salesforce.newestReplayId()).equals(stage.store().cursor(CURSOR)));
        stage.settled();
        stage.eventually(() -> Base64.getEncoder().encodeToString(salesforce.newestReplayId()).equals(stage.store().cursor(CURSOR)));
    }

    private static List<Call> callsDuring(Runnable work) {
        int before = stage.system.calls().size();
        work.run();
        told();
        return stage.system.calls().stream().skip(before).filter(call -> !call.isToken()).toList();
    }

    private static String announcement(String record) {
        return stage.store().lastEvents(stage.link(record).id()).toString();
    }

    @Test
    void aSharedDealAndItsChangesTravelWithoutAPoll() {
        int polls = polls().size();
        String id = stage.sharedOpportunity("Announced deal", values -> { });
        seller.changes(id, DealField.VALUE, 5150);
        stage.eventually(() -> seller.dealValue(id) == 5150);
        told();

        assertThat(polls()).hasSize(polls);
        assertThat(announcement(id)).contains("record-announced");
    }

    @Test
    void anAddedAndARemovedSolutionTravel() {
        int polls = polls().size();
        String id = stage.sharedOpportunity("Announced solutions", values -> { });
        stage.solution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).size() == 2);
        told();
        stage.seller.removesSolution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).size() == 1);
        told();

        assertThat(polls()).hasSize(polls);
    }

    @Test
    void anOwnWriteIsReadOnceAndEndsThere() {
        String id = stage.sharedOpportunity("Echoing deal", values -> { });
        told();
        String referral = stage.link(id).referralId();

        List<Call> calls = callsDuring(() -> {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 7000));
            stage.eventually(() -> ((Number) stage.record(id).values().get(DealField.VALUE)).intValue() == 7000);
        });

        assertThat(calls.stream().filter(Call::isWrite)).hasSize(1);
        assertThat(calls.stream().filter(call -> !call.isWrite())).as("the echo").hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aDealThatIsNotSharedCostsNothing() {
        assertThat(callsDuring(() -> {
            String id = stage.opportunity("Private deal", values -> { });
            stage.seller.edits(id, DealField.VALUE, 12);
        })).isEmpty();
    }

    @Test
    void aDoubledEventIsOneHint() {
        String id = stage.sharedOpportunity("Doubled deal", values -> { });
        told();
        salesforce.changeEvents(ChangeEventsTrouble.DOUBLED, 1);

        List<Call> calls = callsDuring(() -> {
            seller.changes(id, DealField.VALUE, 22);
            stage.eventually(() -> seller.dealValue(id) == 22);
        });

        assertThat(calls.stream().filter(call -> !call.isWrite())).as("the change, and the echo of its audit line").hasSizeLessThanOrEqualTo(2);
    }

    /** Events that say less than what changed: the table is polled at once. */
    @ParameterizedTest
    @EnumSource(names = {"GAPS", "OVERFLOW", "GARBLED"})
    void whatAnEventDoesNotTellAPollDoes(ChangeEventsTrouble trouble) {
        String id = stage.sharedOpportunity("Deal with " + trouble, values -> { });
        told();
        int polls = polls().size();
        salesforce.changeEvents(trouble, 1);
        seller.changes(id, DealField.VALUE, 33);

        stage.eventually(() -> seller.dealValue(id) == 33);
        told();

        assertThat(polls().size() - polls).isEqualTo(trouble == ChangeEventsTrouble.GARBLED ? 4 : 1);
    }

    @Test
    void anEventThatNeverCameIsMadeUpForByTheNextPoll() {
        String id = stage.sharedOpportunity("Deal without an event", values -> { });
        told();
        salesforce.changeEvents(ChangeEventsTrouble.LOST, 1);
        seller.changes(id, DealField.VALUE, 88);
        told();
        assertThat(seller.dealValue(id)).isEqualTo(50000);
        stage.connector().camel().requestBody("direct:notice-crm-changes", "opportunity");

        stage.eventually(() -> seller.dealValue(id) == 88);
        told();
    }

    @Test
    void aDeletedRecordEndsItsDeal() {
        String id = stage.sharedOpportunity("Deleted deal", values -> { });
        told();
        int polls = polls().size();
        stage.seller.deletes(id);

        stage.eventually(() -> stage.link(id).state().equals("ended"));
        told();
        assertThat(polls().subList(polls, polls().size()).stream().map(call -> stage.seller.polled(call).orElseThrow()))
            .as("the contact role that went with it does not say where it belonged").doesNotContain("Opportunity", "Lead");
    }

    @Test
    void anEditedAndConvertedLeadTravels() {
        String referral = stage.receivedOffer("Announced offer");
        told();
        int polls = polls().size();
        stage.seller.edits(stage.link(referral).recordId(), DealField.NOTES, "The seller's notes");
        stage.eventually(() -> "The seller's notes".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
        told();
        stage.seller.qualifies(stage.link(referral).recordId());

        stage.eventually(() -> "Active".equals(stage.partnerCenter.referral(referral).get("status")));
        told();
        assertThat(polls()).hasSize(polls);
    }

    @Test
    void aContactRoleThatDoesNotSayItsOpportunityIsPolled() {
        String id = stage.sharedOpportunity("Deal with a contact", values -> { });
        told();
        int polls = polls().size();
        String role = salesforce.rows("OpportunityContactRole").stream().filter(row -> id.equals(row.get("OpportunityId"))).findFirst()
            .orElseThrow().get("Id").toString();
        salesforce.update("OpportunityContactRole", role, Map.of("IsPrimary", false));
        told();

        assertThat(polls().size() - polls).as("solutions and contact roles").isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMS_CUT", "STREAMS_ENDED"})
    void aBrokenStreamIsMadeAnewAndMissesNothing(ChangeEventsTrouble trouble) {
        String id = stage.sharedOpportunity("Deal over " + trouble, values -> { });
        told();
        int polls = polls().size();
        salesforce.changeEvents(ChangeEventsTrouble.SUBSCRIPTIONS_REFUSED, 2);
        salesforce.changeEvents(trouble, 1);
        stage.eventually(() -> salesforce.changeEventStreams() == 0);
        seller.changes(id, DealField.VALUE, 44);
        stage.eventually(() -> health().getState() == HealthCheck.State.DOWN);
        assertThat(health().getMessage().orElse("")).contains("polls go on");

        stage.eventually(() -> seller.dealValue(id) == 44);
        told();

        assertThat(polls()).hasSize(polls);
        stage.eventually(() -> health().getState() == HealthCheck.State.UP);
    }

    private static HealthCheck.Result health() {
        return HealthCheckHelper.invoke(stage.connector().camel().getCamelContext(), "full").stream()
            .filter(result -> result.getCheck().getId().equals("subscription:salesforce-change-events")).findFirst().orElseThrow();
    }

    @Test
    void anEndedSessionIsSignedInAnew() {
        String id = stage.sharedOpportunity("Deal of another session", values -> { });
        told();
        salesforce.expireSessions();
        stage.eventually(() -> salesforce.changeEventStreams() == 1);
        seller.changes(id, DealField.VALUE, 55);

        stage.eventually(() -> seller.dealValue(id) == 55);
        told();
    }

    /** The stream begins where it was left, not with the newest event: nothing is polled. */
    @Test
    void afterARestartItGoesOnBehindTheLastEventStored() {
        String id = stage.sharedOpportunity("Deal over a restart", values -> { });
        told();
        String before = announcement(id);
        stage.stopConnector();
        stage.eventually(() -> salesforce.changeEventStreams() == 0);
        stage.seller.edits(id, DealField.VALUE, 66);
        int calls = stage.system.calls().size();
        stage.startConnector();

        stage.eventually(() -> seller.dealValue(id) == 66);
        told();

        assertThat(announcement(id)).contains("record-announced").isNotEqualTo(before);
        assertThat(stage.system.calls().stream().skip(calls).filter(call -> stage.seller.polled(call).filter(SOLUTIONS::equals).isPresent()))
            .as("polls of solutions; auto-heal at the start asks for opportunities and leads alone").isEmpty();
    }

    @Test
    void whereTheReplayIdIsTooOldPollsTellWhatWasMissed() {
        String id = stage.sharedOpportunity("Deal after a long pause", values -> { });
        told();
        stage.stopConnector();
        stage.seller.edits(id, DealField.VALUE, 77);
        stage.sandboxes.clock().move(Duration.ofHours(73));
        int polls = polls().size();
        stage.startConnector();

        stage.eventually(() -> seller.dealValue(id) == 77);
        stage.eventually(() -> polls().size() >= polls + 4);
        assertThat(stage.store().journal()).anySatisfy(entry -> assertThat((String) entry.get("reason"))
            .contains("no longer knows the change events"));

        seller.changes(id, DealField.VALUE, 78);
        stage.eventually(() -> seller.dealValue(id) == 78);
        told();
    }

    @Test
    void withoutTheSettingNothingListens() {
        Map<String, String> settings = Map.copyOf(stage.settings);
        told();
        stage.stopConnector();
        stage.eventually(() -> salesforce.changeEventStreams() == 0);
        long subscriptions = salesforce.changeEventSubscriptions();
        stage.settings.put("cosell.salesforce.change-events", "No");
        try {
            stage.startConnector();
            assertThat(stage.connector().camel().getCamelContext().getRoute("salesforce-change-events")).isNull();
            assertThat(stage.connector().camel().getCamelContext().getStatus()).isEqualTo(ServiceStatus.Started);
            String id = stage.sharedOpportunity("Polled deal", values -> { });
            assertThat(stage.isLinked(id)).isTrue();
            assertThat(salesforce.changeEventSubscriptions()).isEqualTo(subscriptions);
            stage.stopConnector();
        } finally {
            stage.settings.putAll(settings);
            stage.startConnector();
        }
    }
}
