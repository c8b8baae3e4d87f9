package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seller's switch "Sync with Partner Center": No leaves a deal alone, also one that was shared before. */
class SyncSwitchOutTest {

    @Test
    void aSharedDealIsLeftAloneWhileTheSellerHasSwitchedItOff(@TempDir Path folder) {
        try (Stage stage = Stage.open(folder, Map.of())) {
            Seller seller = new Seller(stage);
            String id = stage.sharedOpportunity("Switched off and on", columns -> { });
            String referral = stage.link(id).referralId();

            stage.crm.update("opportunity", id, Map.of(Seller.SYNC, false, "estimatedvalue", 61000));
            stage.eventually(() -> stage.link(id).state().equals("skipped"));
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Edited in the portal"));
            seller.noticed();

            assertThat(stage.link(id).reason()).startsWith("Sync with Partner Center is set to No in the record.");
            assertThat(seller.inReferral(id, "details", "dealValue").toString()).startsWith("50000");
            assertThat(stage.opportunityRow(id)).containsEntry("description", "Notes on Switched off and on")
                .containsEntry(Seller.SYNC, false);

            stage.crm.update("opportunity", id, Map.of(Seller.SYNC, true));
            stage.eventually(() -> seller.inReferral(id, "details", "dealValue").toString().startsWith("61000"));
            stage.eventually(() -> "Edited in the portal".equals(stage.opportunityRow(id).get("description")));
            stage.settled();
            assertThat(stage.link(id).state()).isEqualTo("linked");
        }
    }
}
