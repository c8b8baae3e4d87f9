package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.Trouble;
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

            stage.rows("msft_microsoftsolution", "_msft_opportunityid_value", record).stream()
                .filter(row -> MORE.equals(stage.crm.row("msft_microsoftsolutiondetail", (String) row.get("_msft_solutiondetailid_value"))
                    .get("msft_solutionidentifier")))
                .forEach(row -> stage.crm.delete("msft_microsoftsolution", (String) row.get("msft_microsoftsolutionid")));
            stage.connector().lanes().runNow(stage.link(referral).id());
            stage.eventually(() -> stage.link(referral).failures() == 0 && !stage.link(referral).isMarked());

            assertThat(stage.solutionsOf(record)).containsExactly("SOL-34104-EBB");
            assertThat(stage.partnerCenter.referral(referral).toString()).doesNotContain(MORE);
        }
    }
}
