package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import java.util.List;
import java.util.Map;

/** CRM Microsoft Solutions to Partner Center: rows that are added to an opportunity or taken out of it. */
@ForEveryCrm
@SharedStage
class SolutionsTest {

    private final Stage stage;
    private final Seller seller;

    SolutionsTest(Crm crm, Stage stage) {
        this.stage = stage;
        seller = new Seller(stage);
    }

    @TestInTurn
    void addedAndRemovedRowsReachTheReferral() {
        String id = stage.sharedOpportunity("Growing deal", values -> { });

        stage.solution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).size() == 2);
        assertThat(seller.solutions(id)).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-15974-MQF");
        seller.noticed();

        stage.seller.removesSolution(id, Stage.SOLUTION);
        stage.eventually(() -> seller.solutions(id).size() == 1);
        assertThat(seller.solutions(id)).containsExactly("SOL-15974-MQF");
        seller.noticed();
        assertThat(stage.record(id).solutions()).hasSize(1);
        assertThat(stage.link(id).reason()).isNull();
    }

    @TestInTurn
    void theLastOneStaysThereAndTheSellerIsTold() {
        String id = stage.sharedOpportunity("Emptied deal", values -> { });

        stage.seller.removesSolution(id, Stage.SOLUTION);

        boolean off = stage.seller.lastSolutionSwitchesOff();
        stage.eventually(() -> off ? !stage.record(id).isShared() : seller.told(id, "Solutions may not be empty in Partner Center") == 1);
        seller.noticed();
        assertThat(seller.solutions(id)).containsExactly("SOL-34104-EBB");
        assertThat(seller.told(id, "Solutions may not be empty")).isEqualTo(off ? 0 : 1);
        assertThat(seller.name(id)).isEqualTo((off ? "✔" : "✖") + " Emptied deal");

        stage.solution(id, "SOL-15974-MQF");
        if (off) {
            stage.share(id);
        }
        stage.eventually(() -> seller.solutions(id).equals(List.of("SOL-15974-MQF")));
        stage.eventually(() -> seller.name(id).equals("✔ Emptied deal"));
    }

    @TestInTurn
    void aSolutionThatNobodyKnowsIsFine() {
        String id = stage.sharedOpportunity("Novel deal", values -> { });

        stage.solution(id, "SOL-NEVER-SEEN");

        stage.eventually(() -> seller.solutions(id).contains("SOL-NEVER-SEEN"));
        seller.noticed();
        assertThat(stage.link(id).reason()).isNull();
    }

    @TestInTurn
    void bothSidesMayAddAtOnce() {
        String id = stage.sharedOpportunity("Shared growth", values -> { });
        stage.partnerCenter.holdWebhooks(true);
        try {
            stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/requirements/solutions/-",
                Map.of("id", "SOL-THERE", "name", "There", "type", "Name")));
            stage.solution(id, "SOL-HERE");
            stage.eventually(() -> seller.solutions(id).contains("SOL-HERE"));
        } finally {
            stage.partnerCenter.holdWebhooks(false);
        }
        stage.eventually(() -> stage.record(id).solutions().size() == 3);
        assertThat(seller.solutions(id)).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-THERE", "SOL-HERE");
    }
}
