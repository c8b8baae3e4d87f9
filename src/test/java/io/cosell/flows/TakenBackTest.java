package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.store.Side;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A write to the CRM is done, but its answer is lost; before the next try a seller takes back what it had brought. That is an edit like
 * any other: the connector must not take it for a write that never happened, and do it once more.
 */
@ForEveryCrm
@SharedStage(offersAsLeads = true, settings = {"cosell.lanes.first-pause=1h", "cosell.crm-changes.schedule=" + Stage.NEVER})
class TakenBackTest {

    private static final String MORE = "SOL-15974-MQF";

    private final Stage stage;

    TakenBackTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    @TestInTurn
    void aSolutionOfTheOpportunityOfAnAcceptedLeadStaysOut() {
        String referral = acceptedUnheard("Accepted unheard");
        String opportunity = opportunityOf(referral);
        stage.seller.removesSolution(opportunity, MORE);

        goesOn(referral);

        assertThat(stage.link(referral).recordId()).isEqualTo(opportunity);
        assertThat(stage.record(referral).solutions()).containsExactly(Stage.SOLUTION);
        assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        assertAtRest();
    }

    @TestInTurn
    void whatIsEditedInTheOpportunityOfAnAcceptedLeadTravels() {
        String referral = acceptedUnheard("Accepted, then edited");
        stage.seller.edits(opportunityOf(referral), Map.of(DealField.NAME, "The seller's name", DealField.CLOSING, "2027-05-05"));

        goesOn(referral);

        assertThat(stage.record(referral).deal().name()).isEqualTo("The seller's name");
        assertThat(stage.record(referral).text(DealField.CLOSING)).isEqualTo("2027-05-05");
        assertThat(stage.partnerCenter.referral(referral)).containsEntry("name", "The seller's name");
        assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "closingDateTime").toString()).startsWith("2027-05-05");
        assertAtRest();
    }

    /** The second try fails too, before Partner Center has learned it: what the opportunity was filled with is still known at the third. */
    @TestInTurn
    void whatIsEmptiedInTheOpportunityOfAnAcceptedLeadStaysEmpty() {
        String referral = acceptedUnheard("Accepted, then emptied");
        stage.seller.edits(opportunityOf(referral), DealField.NOTES, null);
        stage.partnerCenter.fail(new Fault(request -> request.method().equals("PATCH"), Fault.When.INSTEAD, null));
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.link(referral).failures() == 2);

        goesOn(referral);

        assertThat(stage.record(referral).text(DealField.NOTES)).isNullOrEmpty();
        assertThat((String) stage.at(stage.partnerCenter.referral(referral), "details", "notes")).isNullOrEmpty();
        assertThat(stage.record(referral).solutions()).containsExactlyInAnyOrder(Stage.SOLUTION, MORE);
        assertAtRest();
    }

    /** The second try is about another change as well, and its request does not arrive: the first write is still known. */
    @TestInTurn
    void whatWasTakenBackIsStillKnownAfterASecondTryThatFailed() {
        String referral = stage.receivedDeal("Tried twice");
        String before = stage.record(referral).text(DealField.NOTES);
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.AFTER, null));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "The partner's notes"));
        stage.eventually(() -> stage.link(referral).failures() == 1);
        stage.seller.edits(stage.link(referral).recordId(), DealField.NOTES, before);
        stage.sandboxes.clock().move(Duration.ofMinutes(5));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/closingDateTime", "2027-07-07T00:00:00Z"));
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.INSTEAD, null));
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.link(referral).failures() == 2);

        goesOn(referral);

        assertThat(stage.record(referral).text(DealField.NOTES)).isEqualTo(before);
        assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "notes")).isEqualTo(before);
        assertThat(stage.record(referral).text(DealField.CLOSING)).isEqualTo("2027-07-07");
        assertAtRest();
    }

    /** Before the next try the lane rests for another reason, which the record is told: the newest audit text is not the one written then. */
    @TestInTurn
    void whatWasTakenBackIsStillKnownAfterTheLaneRested() {
        String referral = stage.receivedDeal("Rested meanwhile");
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.AFTER, null));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", solutions(Stage.SOLUTION, MORE)));
        stage.eventually(() -> stage.link(referral).failures() == 1);
        stage.seller.removesSolution(stage.link(referral).recordId(), MORE);
        stage.partnerCenter.fail(Fault.instead("GET", referral, Reply.json(403, Map.of("code", "Forbidden", "description", "No access."))));
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        assertThat(stage.record(referral).text(DealField.AUDIT)).contains("Sync failed");

        stage.store().mark(stage.link(referral).id(), Side.BOTH);
        goesOn(referral);

        assertThat(stage.record(referral).solutions()).containsExactly(Stage.SOLUTION);
        assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        assertAtRest();
    }

    /** The lead was accepted in the same moment in which the partner edited the deal once more. */
    @TestInTurn
    void whatIsEditedInPartnerCenterMeanwhileReachesTheOpportunity() {
        String referral = acceptedUnheard("Accepted, edited over there");
        String opportunity = opportunityOf(referral);
        stage.seller.removesSolution(opportunity, MORE);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Entered meanwhile"));

        goesOn(referral);

        assertThat(stage.record(referral).solutions()).containsExactly(Stage.SOLUTION);
        assertThat(stage.record(referral).text(DealField.NOTES)).isEqualTo("Entered meanwhile");
        assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        assertThat(stage.reasons(referral, "conflict")).isEmpty();
        assertAtRest();
    }

    @TestInTurn
    void aRequestThatNeverArrivedIsStillMadeUpFor() {
        String referral = offerOfTwo("Accepted, never filled");
        stage.system.fail(new Fault(stage.fillsOpportunity(), Fault.When.INSTEAD, null));
        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> stage.link(referral).failures() == 1);

        goesOn(referral);

        assertThat(stage.record(referral).kind()).isEqualTo("opportunity");
        assertThat(stage.record(referral).deal().name()).isEqualTo("Accepted, never filled");
        assertThat(stage.record(referral).solutions()).containsExactlyInAnyOrder(Stage.SOLUTION, MORE);
        assertThat(stage.partnerCenter.referral(referral).toString()).contains(Stage.SOLUTION, MORE);
        assertAtRest();
    }

    @TestInTurn
    void aSolutionThatAnUpdateHadBroughtStaysOut() {
        String referral = stage.receivedDeal("Updated unheard");
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.AFTER, null));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", solutions(Stage.SOLUTION, MORE)));
        stage.eventually(() -> stage.link(referral).failures() == 1);
        assertThat(stage.record(referral).solutions()).contains(MORE);
        stage.seller.removesSolution(stage.link(referral).recordId(), MORE);

        goesOn(referral);

        assertThat(stage.record(referral).solutions()).containsExactly(Stage.SOLUTION);
        assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        assertAtRest();
    }

    @TestInTurn
    void aValueThatAnUpdateHadReplacedIsSetBack() {
        String referral = stage.receivedDeal("Set back unheard");
        String before = stage.record(referral).text(DealField.NOTES);
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.AFTER, null));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "The partner's notes"));
        stage.eventually(() -> stage.link(referral).failures() == 1);
        assertThat(stage.record(referral).text(DealField.NOTES)).isEqualTo("The partner's notes");
        stage.seller.edits(stage.link(referral).recordId(), DealField.NOTES, before);

        goesOn(referral);

        assertThat(stage.record(referral).text(DealField.NOTES)).isEqualTo(before);
        assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "notes")).isEqualTo(before);
        assertAtRest();
    }

    /** An offer of two solutions that waits as a lead; returns the referral's id. */
    private String offerOfTwo(String name) {
        String referral = stage.offer(name, changes -> Stage.part(Stage.part(changes, "details"), "requirements")
            .put("solutions", solutions(Stage.SOLUTION, MORE)));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();
        assertThat(stage.record(referral).kind()).isEqualTo("lead");
        return referral;
    }

    /** The opportunity of an accepted offer is filled, the answer to that is lost, and the lane waits. Returns the referral's id. */
    private String acceptedUnheard(String name) {
        String referral = offerOfTwo(name);
        stage.system.fail(new Fault(stage.fillsOpportunity(), Fault.When.AFTER, null));
        stage.partnerCenter.partnerAccepts(referral);
        stage.eventually(() -> stage.link(referral).failures() == 1);
        assertThat(stage.link(referral).recordKind()).isEqualTo("lead");
        assertThat(stage.seller.record(opportunityOf(referral)).solutions()).containsExactlyInAnyOrder(Stage.SOLUTION, MORE);
        return referral;
    }

    private String opportunityOf(String referral) {
        return stage.recordsOf(referral).stream().filter(record -> record.kind().equals("opportunity")).findFirst().orElseThrow().id();
    }

    private static List<Map<String, String>> solutions(String... ids) {
        return List.of(ids).stream().map(id -> Map.of("id", id, "name", "Solution " + id, "type", "Name")).toList();
    }

    private void goesOn(String referral) {
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.isLinked(referral) && stage.link(referral).failures() == 0 && !stage.link(referral).isMarked());
        stage.settled();
    }

    /** What the connector knows at the end is what is there: looking at everything once more writes nothing. */
    private void assertAtRest() {
        List<Long> before = stage.writes();
        stage.heal("all");
        stage.settled();
        assertThat(stage.writes()).isEqualTo(before);
    }
}
