package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Auto-heal of synchronization details: what events and polls missed is found and repaired, and said so. */
class AutoHealTest {

    @TempDir
    Path folder;
    private Stage stage;

    @BeforeEach
    void open() {
        // The CRM is never polled here, so that only auto-heal can notice its changes.
        stage = Stage.open(folder, Map.of("cosell.crm-changes.schedule", "0 0 0 1 1 ? 2099"));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void heal() {
        stage.connector().camel().requestBody("direct:auto-heal-now", (Object) null);
        stage.settled();
    }

    private List<String> healed() {
        return stage.store().journal().stream().filter(entry -> "healed".equals(entry.get("kind")))
            .map(entry -> (String) entry.get("reason")).toList();
    }

    @Test
    void whatEventsMissedIsRepairedAndCounted() {
        String changed = stage.receivedDeal("Changed unheard");
        String untouched = stage.receivedDeal("Untouched");
        heal();
        int before = healed().size();
        stage.partnerCenter.dropWebhooks(true);
        stage.partnerCenter.partnerEdits(changed, Map.of("/details/notes", "Nobody was told"));
        String made = stage.deal("Made unheard", changes -> { });
        stage.crm.update("opportunity", stage.link(untouched).recordId(), Map.of("estimatedclosedate", "2029-05-05"));

        heal();

        assertThat(stage.opportunityOf(changed)).containsEntry("description", "Nobody was told");
        stage.eventually(() -> stage.isLinked(made));
        assertThat((String) stage.at(stage.partnerCenter.referral(untouched), "details", "closingDateTime")).startsWith("2029-05-05");
        assertThat(healed()).hasSize(before + 1).last().asString().contains("2 and 1 of them were not in step");
    }

    @Test
    void aRoundWithNothingToDoWritesNothingAndSaysNothing() {
        stage.receivedDeal("All in step");
        stage.receivedOffer("All in step too");
        List<Long> writes = stage.writes();

        heal();
        heal();

        assertThat(stage.writes()).isEqualTo(writes);
        assertThat(healed()).isEmpty();
    }

    @Test
    void aRoundThatCouldNotFinishStartsFromTheSameMark() {
        String referral = stage.receivedDeal("Healed at the second try");
        heal();
        String mark = stage.store().cursor("auto-heal");
        stage.partnerCenter.dropWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Found at the second try"));
        stage.partnerCenter.fail(Fault.instead("GET", "/referrals", Reply.empty(503)));

        heal();
        assertThat(stage.store().cursor("auto-heal")).isEqualTo(mark);
        assertThat(stage.opportunityOf(referral).get("description")).isNotEqualTo("Found at the second try");

        heal();
        assertThat(stage.opportunityOf(referral)).containsEntry("description", "Found at the second try");
        assertThat(stage.store().cursor("auto-heal")).isGreaterThan(mark);
    }
}
