package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.DealField;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.Trouble;
import io.cosell.store.Side;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the connector has just made is agreed on at once: what a user takes out of it next is news. */
class JustMadeTest {

    private static final String MORE = "SOL-15974-MQF";

    @TempDir
    Path folder;

    @Test
    void aSolutionTakenOutOfANewRecordStaysOut() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.lanes.first-pause", "1h"))) {
            // The record is made; that the referral learns its id fails, so the lane pauses before it has planned to its end.
            stage.partnerCenter.fail(FaultPlan.Rule.byChance("partner-center", null, Trouble.UNAVAILABLE, 1),
                request -> request.method().equals("PATCH"));
            String referral = stage.deal("Just made", changes -> Stage.part(Stage.part(changes, "details"), "requirements").put("solutions",
                List.of(Map.of("id", "SOL-34104-EBB", "name", "One", "type", "Name"), Map.of("id", MORE, "name", "Two", "type", "Name"))));
            stage.eventually(() -> stage.link(referral).failures() == 1);
            String record = stage.link(referral).recordId();

            takeOut(stage, record, MORE);
            stage.connector().lanes().runNow(stage.link(referral).id());
            stage.eventually(() -> stage.link(referral).failures() == 0 && !stage.link(referral).isMarked());

            assertThat(stage.solutionsOf(record)).containsExactly("SOL-34104-EBB");
            assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        }
    }

    /** A stage on which the record of a new deal is made, but the answer to that is lost, and the lane waits. Returns the referral's id. */
    private static String madeUnseen(Stage stage) {
        boolean[] done = {false};
        stage.crm.fail(FaultPlan.Rule.byChance("dynamics365", null, Trouble.ANSWER_LOST, 1), request -> {
            boolean creates = !done[0] && request.text().contains("PATCH") && request.text().contains("/opportunities(");
            done[0] |= creates;
            return creates;
        });
        String referral = stage.deal("Made unseen", changes -> Stage.part(Stage.part(changes, "details"), "requirements").put("solutions",
            List.of(Map.of("id", "SOL-34104-EBB", "name", "One", "type", "Name"), Map.of("id", MORE, "name", "Two", "type", "Name"))));
        stage.eventually(() -> stage.link(referral).failures() == 1);
        assertThat(stage.link(referral).recordId()).isNull();
        assertThat(stage.crm.row("opportunity", referral)).isNotNull();
        return referral;
    }

    private static void goesOn(Stage stage, String referral) {
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.isLinked(referral) && !stage.link(referral).isMarked());
        stage.settled();
    }

    @Test
    void aSolutionTakenOutOfARecordThatIsFoundAgainStaysOut() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.lanes.first-pause", "1h", "cosell.crm-changes.schedule", Stage.NEVER))) {
            String referral = madeUnseen(stage);
            takeOut(stage, referral, MORE);

            goesOn(stage, referral);

            assertThat(stage.solutionsOf(referral)).containsExactly("SOL-34104-EBB");
            assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        }
    }

    @Test
    void aRecordThatAPollFindsFirstIsStillKnownAsMadeFromItsReferral() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.lanes.first-pause", "1h"))) {
            String referral = madeUnseen(stage);
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Edited since"));
            stage.polls(2);

            goesOn(stage, referral);

            assertThat(stage.opportunityRow(referral)).containsEntry("description", "Edited since");
            assertThat(stage.at(stage.partnerCenter.referral(referral), "details", "notes")).isEqualTo("Edited since");
            assertThat(stage.reasons(referral, "conflict")).isEmpty();
        }
    }

    @Test
    void aSolutionTakenOutOfTheOpportunityThatALeadBecameStaysOut() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            String referral = twoSolutions(stage);
            stage.partnerCenter.partnerEdits(referral, Map.of("/status", "Active", "/substatus", "Accepted"));
            stage.eventually(() -> "opportunity".equals(stage.link(referral).recordKind()) && !stage.link(referral).isMarked());
            String opportunity = stage.link(referral).recordId();
            assertThat(stage.solutionsOf(opportunity)).contains(MORE);

            takeOut(stage, opportunity, MORE);
            stage.connector().store().mark(stage.link(referral).id(), Side.RECORD);
            goesOn(stage, referral);

            assertThat(stage.solutionsOf(opportunity)).containsExactly("SOL-34104-EBB");
            assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        }
    }

    /** The referral was written; that the record could not be told of it leaves the run half done. */
    @Test
    void whatAFailedRunHasWrittenIsAgreedOn() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.lanes.first-pause", "1h"))) {
            String opportunity = stage.sharedOpportunity("Half done", changes -> { });
            String referral = stage.link(opportunity).referralId();
            stage.comesToRest();
            stage.system.fail(stage.nextWriteFails());
            stage.solution(opportunity, MORE);
            stage.eventually(() -> stage.link(referral).failures() == 1);
            assertThat(stage.partnerCenter.referral(referral).toString()).contains(MORE);

            stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions",
                List.of(Map.of("id", "SOL-34104-EBB", "name", "One", "type", "Name"))));
            goesOn(stage, referral);

            assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
            assertThat(stage.solutionsOf(opportunity)).doesNotContain(MORE);
        }
    }

    /** A write is answered with the record as it is then, without what a user took out meanwhile; that hint is an echo afterwards. */
    @Test
    void whatTheAnswerToAWriteSaysIsRefusedIfItCantTravel() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            String referral = stage.deal("Answered", changes -> { });
            stage.eventually(() -> stage.isLinked(referral));
            stage.settled();

            takeOut(stage, stage.link(referral).recordId(), "SOL-34104-EBB");
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 7777));
            stage.eventually(() -> "7777".equals(stage.record(referral).text(DealField.VALUE).replaceAll("[.]0*$", "")));
            stage.settled();

            assertThat(stage.link(referral).reason()).contains("Solutions may not be empty in Partner Center");
            assertThat(stage.record(referral).text(DealField.AUDIT)).contains("Solutions may not be empty in Partner Center");
        }
    }

    /** An offer of two solutions that waits as a lead; returns the referral's id. */
    private static String twoSolutions(Stage stage) {
        String referral = stage.offer("Offer of two", changes -> Stage.part(Stage.part(changes, "details"), "requirements").put("solutions",
            List.of(Map.of("id", "SOL-34104-EBB", "name", "One", "type", "Name"), Map.of("id", MORE, "name", "Two", "type", "Name"))));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();
        return referral;
    }

    private static void takeOut(Stage stage, String opportunity, String solution) {
        stage.rows("msft_microsoftsolution", "_msft_opportunityid_value", opportunity).stream()
            .filter(row -> solution.equals(stage.crm.row("msft_microsoftsolutiondetail", (String) row.get("_msft_solutiondetailid_value"))
                .get("msft_solutionidentifier")))
            .forEach(row -> stage.crm.delete("msft_microsoftsolution", (String) row.get("msft_microsoftsolutionid")));
    }
}
