package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Fault;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** The tests of a class share the stage of their CRM, find it whole, and it is gone when they have run. */
@ForEveryCrm
@SharedStage(offersAsLeads = true, settings = {"cosell.lanes.first-pause=1h", "cosell.crm-changes.schedule=" + Stage.NEVER})
class SharedStageTest {

    private static final Map<Crm, List<Stage>> SEEN = new ConcurrentHashMap<>();
    private final Crm crm;
    private final Stage stage;

    SharedStageTest(Crm crm, Stage stage) {
        this.crm = crm;
        this.stage = stage;
    }

    @BeforeEach
    void isTheStageOfTheCrmAndWhole() {
        assertThat(stage.which).isSameAs(crm);
        assertThat(SEEN.computeIfAbsent(crm, any -> new CopyOnWriteArrayList<>())).allMatch(other -> other == stage);
        SEEN.get(crm).add(stage);
        assertThat(stage.settings).containsAllEntriesOf(Stage.offersAsLeads(crm))
            .containsEntry("cosell.crm-changes.schedule", Stage.NEVER);
        assertThat(stage.receivedDeal("Found in step by test " + SEEN.get(crm).size())).isNotEmpty();
    }

    @TestInTurn
    void leavesFaultsThatNothingMet() {
        stage.system.fail(new Fault(request -> true, Fault.When.INSTEAD, null));
        stage.partnerCenter.fail(new Fault(request -> true, Fault.When.INSTEAD, null));
    }

    @TestInTurn
    void leavesEventsHeld() {
        stage.partnerCenter.holdWebhooks(true);
    }

    @TestInTurn
    void leavesEventsDropped() {
        stage.partnerCenter.dropWebhooks(true);
    }

    @TestInTurn
    void leavesTheConnectorStopped() {
        stage.stopConnector();
    }

    @AfterAll
    static void isGone() {
        assertThat(SEEN.keySet()).containsExactlyInAnyOrder(Crm.values());
        assertThat(SEEN.values()).allSatisfy(stages -> assertThat(stages).hasSize(4).allSatisfy(stage ->
            assertThat(Files.exists(stage.folder)).as(stage.folder + " is there").isFalse()));
    }
}
