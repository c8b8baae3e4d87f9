package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partner Center Microsoft Co-sell Referral Updates to CRM: what Microsoft answered reaches the seller, however its events name it. */
@ForEveryCrm
class MicrosoftAnswerTest {

    private static final List<Map<String, Object>> SELLERS = List.of(
        Map.of("firstName", "Mona", "lastName", "Microsofter", "phoneNumber", "1", "email", "mona@microsoft.example"),
        Map.of("firstName", "Nils", "lastName", "Northwind", "phoneNumber", "2", "email", "nils@microsoft.example"));

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;

    private Stage stage(boolean ownId, Switch... more) {
        PartnerCenterOptions options = PartnerCenterOptions.defaults().with(more);
        return Stage.open(crm, folder, ownId ? options.with(Switch.RELATED_EVENTS_CARRY_OWN_ID) : options, Map.of());
    }

    private static String coSell(Stage stage, String name) {
        return stage.sharedOpportunity(name, values -> values.put(DealField.HELP, "CustomerTechnicalArchitecture"));
    }

    private static String audit(Stage stage, String record) {
        return stage.record(record).text(DealField.AUDIT);
    }

    @ParameterizedTest(name = "related events carry the own id: {0}")
    @ValueSource(booleans = {false, true})
    void whatMicrosoftAnswersIsInTheRecord(boolean ownId) {
        try (Stage stage = stage(ownId)) {
            String accepted = coSell(stage, "Accepted by Microsoft");
            String declined = coSell(stage, "Declined by Microsoft");

            stage.partnerCenter.microsoftAccepts(stage.link(accepted).engagementId(), "7-ABCDEFG", SELLERS);
            stage.partnerCenter.microsoftDeclines(stage.link(declined).engagementId(), "No capacity in this region");
            stage.eventually(() -> audit(stage, accepted).contains("Microsoft accepted")
                && audit(stage, declined).contains("Microsoft declined"));
            stage.eventually(() -> "7-ABCDEFG".equals(stage.record(accepted).get(DealField.MSX_ID)));
            stage.settled();

            assertThat(audit(stage, accepted))
                .containsOnlyOnce("Microsoft accepted the deal. Microsoft sellers: Mona Microsofter, Nils Northwind.");
            assertThat(audit(stage, declined)).containsOnlyOnce("Microsoft declined the deal. Reason: No capacity in this region.");
            assertThat(stage.reasons(accepted, "received")).contains("Microsoft's referral: Active/Accepted.");
            assertThat(stage.store().journal().toString()).doesNotContain("Microsofter").doesNotContain("Northwind")
                .doesNotContain("microsoft.example");
            assertThat(stage.record(declined).get(DealField.MSX_ID)).isNull();
            assertThat(stage.record(declined).status()).isEqualTo("Active/Accepted");
            stage.comesToRest();
        }
    }

    @Test
    void anAnswerThatClosesMicrosoftsSideIsTold() {
        try (Stage stage = stage(false)) {
            String record = coSell(stage, "Won by Microsoft");
            String engagement = stage.link(record).engagementId();
            stage.partnerCenter.microsoftAccepts(engagement, "7-WON", SELLERS);
            stage.eventually(() -> audit(stage, record).contains("Microsoft accepted"));
            stage.settled();

            stage.partnerCenter.microsoftCloses(engagement, "Won", "Signed");

            stage.eventually(() -> audit(stage, record).contains("Closed/Won"));
            assertThat(stage.record(record).status()).isEqualTo("Active/Accepted");
            assertThat(stage.record(record).values()).containsEntry(DealField.MSX_ID, "7-WON");
            stage.comesToRest();
        }
    }

    @Test
    void aDealToWhichTheServiceItselfInvitesMicrosoftIsRecognisedByItsEngagement() {
        try (Stage stage = stage(false, Switch.SERVICE_INVITES_MICROSOFT, Switch.MICROSOFT_REFERRAL_READABLE)) {
            String referral = stage.receivedDeal("Invited by the service");

            stage.partnerCenter.microsoftAccepts(stage.link(referral).engagementId(), "7-SERVICE", SELLERS);

            stage.eventually(() -> audit(stage, stage.link(referral).recordId()).contains("Mona Microsofter"));
            stage.settled();
            assertThat(stage.record(referral).values()).containsEntry(DealField.MSX_ID, "7-SERVICE");
            // A poll may see the new record before its link says so, and make a link that ends at once.
            assertThat(stage.links()).filteredOn(link -> !link.state().equals("ended")).hasSize(1);
            stage.comesToRest();
        }
    }

    @Test
    void anUnknownRelatedReferralMakesNoLinkAndIsLookedUpOnce() throws Exception {
        try (Stage stage = stage(false)) {
            String stranger = UUID.randomUUID().toString();
            byte[] event = Stage.event("related-referral-updated", stranger);

            assertThat(stage.partnerCenter.deliver(event, false)).isEqualTo(202);
            stage.eventually(() -> stage.partnerCenter.count(call -> call.path().contains(stranger)) == 1
                && stage.store().unresolved().isEmpty());
            assertThat(stage.partnerCenter.deliver(event, false)).isEqualTo(202);
            stage.polls(2);

            assertThat(stage.links()).isEmpty();
            assertThat(stage.partnerCenter.count(call -> call.path().contains(stranger))).isEqualTo(1);
        }
    }
}
