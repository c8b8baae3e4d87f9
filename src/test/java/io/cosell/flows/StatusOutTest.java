package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.store.Side;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CRM to Partner Center where it waits or is refused: the grace period of a closing, frozen names, closed deals. */
@ForEveryCrm
class StatusOutTest {

    @Parameter
    private Crm crm;

    @TempDir
    Path folder;

    @Test
    void aClosingWaitsOutItsGrace() {
        try (Stage stage = Stage.open(crm, folder, Map.of("cosell.terminal-grace", "1h"))) {
            Seller seller = new Seller(stage);
            String reason = stage.seller.lossReasons().stream().findFirst().orElse(null);
            String id = stage.sharedOpportunity("Waiting deal", values -> { });
            stage.seller.wins(id);
            stage.eventually(() -> stage.link(id).closedSeenAt() != null);
            seller.noticed();
            assertThat(seller.referral(id)).containsEntry("status", "Active");

            // By mistake: reopened in time, nothing was sent.
            stage.seller.reopens(id);
            stage.eventually(() -> stage.link(id).closedSeenAt() == null);
            stage.sandboxes.clock().move(Duration.ofHours(2));
            seller.noticed();
            assertThat(seller.referral(id)).containsEntry("status", "Active");

            stage.seller.loses(id, reason);
            stage.eventually(() -> stage.link(id).closedSeenAt() != null);
            stage.settled();
            stage.sandboxes.clock().move(Duration.ofHours(2));
            stage.connector().lanes().mark(stage.link(id).id(), Side.NEITHER);

            stage.eventually(() -> "Lost".equals(seller.referral(id).get("substatus")));
            assertThat(seller.referral(id).get("statusReason")).isEqualTo(reason);
            stage.settled();
            assertThat(stage.link(id).closedSeenAt()).isNull();
        }
    }

    @Test
    void aDealAcceptedOnlyToBeClosedWaitsOnce() {
        try (Stage stage = Stage.open(folder, Map.of("cosell.terminal-grace", "1h"))) {
            String referral = stage.receivedOffer("Won before it was accepted");
            String opportunity = stage.crm.qualifyLead(stage.link(referral).recordId());
            stage.crm.winOpportunity(opportunity);
            stage.eventually(() -> stage.link(referral).closedSeenAt() != null);
            stage.settled();

            stage.sandboxes.clock().move(Duration.ofHours(2));
            stage.connector().lanes().mark(stage.link(referral).id(), Side.NEITHER);

            stage.eventually(() -> "Won".equals(stage.partnerCenter.referral(referral).get("substatus")));
        }
    }

    @Test
    void theWaitEndsByItself() {
        try (Stage stage = Stage.open(crm, folder, Map.of("cosell.terminal-grace", "3s"))) {
            Seller seller = new Seller(stage);
            String id = stage.sharedOpportunity("Short wait", values -> { });
            stage.seller.wins(id);

            stage.eventually(() -> stage.link(id).closedSeenAt() != null);
            assertThat(seller.referral(id)).containsEntry("status", "Active");
            stage.eventually(() -> "Won".equals(seller.referral(id).get("substatus")));
        }
    }

    @Test
    void aFrozenNameIsSaidOnceAndHoldsNothingUp() {
        try (Stage stage = Stage.open(crm, folder, PartnerCenterOptions.defaults().with(Switch.NAME_FROZEN), Map.of())) {
            Seller seller = new Seller(stage);
            String id = stage.sharedOpportunity("First name", values -> { });

            seller.changes(id, Map.of(DealField.NAME, "Second name", DealField.VALUE, 700, DealField.NOTES, "More"));

            stage.eventually(() -> seller.dealValue(id) == 700 && "More".equals(seller.inReferral(id, "details", "notes")));
            stage.eventually(() -> seller.told(id, "Partner Center refused \"Second name\" as Deal name") == 1);
            seller.noticed();
            long writes = seller.writesToPartnerCenter();
            assertThat(seller.inReferral(id, "name")).isEqualTo("First name");
            assertThat(seller.name(id)).isEqualTo("✖ Second name");

            seller.changes(id, DealField.NOTES, "Even more");
            stage.eventually(() -> "Even more".equals(seller.inReferral(id, "details", "notes")));
            seller.noticed();
            assertThat(seller.writesToPartnerCenter()).as("the name is not sent again").isEqualTo(writes + 1);
            assertThat(seller.told(id, "Partner Center refused")).isEqualTo(1);

            seller.changes(id, DealField.NAME, "First name");
            stage.eventually(() -> seller.name(id).equals("✔ First name") && stage.link(id).reason() == null);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 409, 422})
    void whateverCodeRefusesAStepTheLaneRestsWithAReason(int code) {
        try (Stage stage = Stage.open(crm, folder, PartnerCenterOptions.defaults().withRefusalStatus(code), Map.of())) {
            Seller seller = new Seller(stage);
            String id = stage.sharedOpportunity("Refused deal", values -> { });
            String referral = stage.link(id).referralId();
            stage.partnerCenter.fail(Fault.instead("PATCH", referral, Reply.json(code,
                Map.of("error", Map.of("code", "invalidRequest", "message", "no such step", "target", "status")))));

            seller.changes(id, DealField.NOTES, "Refused");

            stage.eventually(() -> "resting".equals(stage.link(id).state()));
            stage.settled();
            assertThat(seller.audit(id)).contains("Partner Center refuses it (" + code + "). Code invalidRequest, at status");
            assertThat(seller.name(id)).isEqualTo("✖ Refused deal");
            assertThat(seller.told(id, "Sync failed")).isEqualTo(1);

            seller.changes(id, DealField.NOTES, "Accepted");
            stage.eventually(() -> "Accepted".equals(stage.at(stage.partnerCenter.referral(referral), "details", "notes")));
            stage.eventually(() -> seller.name(id).equals("✔ Refused deal"));
        }
    }
}
