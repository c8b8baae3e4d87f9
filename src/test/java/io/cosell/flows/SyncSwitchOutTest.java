package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** The seller's switch "Sync with Partner Center": No leaves a deal alone, also one that was shared before. */
@ForEveryCrm
class SyncSwitchOutTest {

    @Parameter
    private Crm crm;

    @Test
    void aSharedDealIsLeftAloneWhileTheSellerHasSwitchedItOff(@TempDir Path folder) {
        try (Stage stage = Stage.open(crm, folder, Map.of())) {
            Seller seller = new Seller(stage);
            String id = stage.sharedOpportunity("Switched off and on", values -> { });
            String referral = stage.link(id).referralId();

            seller.changes(id, Map.of(DealField.SYNC, false, DealField.VALUE, 61000));
            stage.eventually(() -> stage.link(id).state().equals("skipped"));
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Edited in the portal"));
            seller.noticed();

            assertThat(stage.link(id).reason()).startsWith("Sync with Partner Center is set to No in the record.");
            assertThat(seller.inReferral(id, "details", "dealValue").toString()).startsWith("50000");
            assertThat(stage.record(id).values()).containsEntry(DealField.NOTES, "Notes on Switched off and on")
                .containsEntry(DealField.SYNC, false);

            stage.share(id);
            stage.eventually(() -> seller.inReferral(id, "details", "dealValue").toString().startsWith("61000"));
            stage.eventually(() -> "Edited in the portal".equals(stage.record(id).get(DealField.NOTES)));
            stage.settled();
            assertThat(stage.link(id).state()).isEqualTo("linked");
        }
    }
}
