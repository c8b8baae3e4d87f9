package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A referral need not have a name (the official sample of 2020 has none), but a seller must find it. */
@ForEveryCrm
class NamelessInTest {

    @Parameter
    private Crm crm;

    @Test
    void aReferralWithoutANameGetsTheCustomersInBothSystems(@TempDir Path folder) {
        try (Stage stage = Stage.open(crm, folder, Map.of())) {
            Map<String, Object> invitation = ExampleReferrals.inbound();
            invitation.remove("name");

            String referral = stage.partnerCenter.microsoftInvites(invitation);
            stage.eventually(() -> stage.isLinked(referral));
            stage.settled();

            assertThat(stage.seller.records()).singleElement().satisfies(offer -> {
                assertThat(offer.kind()).isEqualTo(stage.seller.offers().kind());
                assertThat(offer.values().getOrDefault(DealField.NAME, "✔ Fabrikam Inc")).isEqualTo("✔ Fabrikam Inc");
            });
            if (!stage.seller.offers().travels()) {
                stage.seller.accepts(stage.link(referral).recordId());
            }
            stage.eventually(() -> "Fabrikam Inc".equals(stage.partnerCenter.referral(referral).get("name")));
        }
    }
}
