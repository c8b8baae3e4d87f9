package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No write of the connector's own is taken for a user's change: when nobody edits any more, nobody writes any more. */
@ForEveryCrm
class EchoInTest {

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;

    /** How Partner Center answers where the contract is open, as far as echoes depend on it. */
    enum Echo {
        EVENTS_OF_OWN_WRITES(), NO_EVENTS_OF_OWN_WRITES(Switch.PATCH_RAISES_NO_EVENT), LISTS_WITH_TAGS(Switch.LISTS_CARRY_ETAG);

        private final Switch[] switches;

        Echo(Switch... switches) {
            this.switches = switches;
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterAllIsSettledNothingIsWrittenOrReadAnyMore(Echo echo) throws Exception {
        try (Stage stage = Stage.open(crm, folder, PartnerCenterOptions.defaults().with(echo.switches), Map.of())) {
            String deal = stage.receivedDeal("Edited on both sides");
            String offer = stage.receivedOffer("Accepted offer");
            String lost = stage.receivedDeal("Lost deal");
            stage.partnerCenter.partnerEdits(deal, Map.of("/details/dealValue", 51000, "/name", "Edited over there"));
            stage.seller.edits(stage.link(deal).recordId(), DealField.NOTES, "Edited here");
            stage.partnerCenter.partnerAccepts(offer);
            stage.partnerCenter.partnerCloses(lost, "Lost", "Budget");
            stage.eventually(() -> "Edited here".equals(stage.at(stage.partnerCenter.referral(deal), "details", "notes"))
                && "✔ Edited over there".equals(stage.record(deal).get(DealField.NAME))
                && "Active/Accepted".equals(stage.record(offer).status())
                && stage.record(lost).status().equals("Closed/Lost"));

            stage.comesToRest();
            long readsOfDeals = readsOfDeals(stage);
            stage.polls(2);

            assertThat(readsOfDeals(stage)).as("reads of single deals at rest").isEqualTo(readsOfDeals);
            for (String referral : List.of(deal, offer, lost)) {
                assertThat(stage.partnerCenter.referral(referral)).containsEntry("externalReferenceId", stage.link(referral).recordId());
            }
        }
    }

    private static long readsOfDeals(Stage stage) {
        return stage.partnerCenter.count(call -> call.path().contains("/referrals")) + stage.system.count(call -> !call.isToken() && stage.seller.polled(call).isEmpty());
    }
}
