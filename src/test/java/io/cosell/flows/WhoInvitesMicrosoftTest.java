package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Microsoft is invited once, whether the service does it by itself or the connector has to (contract 2.6 leaves it open). */
@ForEveryCrm
class WhoInvitesMicrosoftTest {

    private static final String LEARNT = "who invites Microsoft";

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;

    private Stage stage(PartnerCenterOptions.Switch... switches) {
        return Stage.open(crm, folder, PartnerCenterOptions.defaults().with(switches), Map.of());
    }

    private static String coSell(Stage stage, String name) {
        return stage.sharedOpportunity(name, values -> values.put(Seller.HELP, Seller.WORKLOAD));
    }

    @Test
    void aServiceThatInvitesByItselfIsFoundOutAndLeftToIt() {
        try (Stage stage = stage(PartnerCenterOptions.Switch.SERVICE_INVITES_MICROSOFT)) {
            Seller seller = new Seller(stage);
            for (String name : new String[] {"First deal", "Second deal"}) {
                String id = coSell(stage, name);

                assertThat(seller.invitationsOf(id)).as(name).hasSize(1);
                assertThat(seller.audit(id)).contains("Microsoft is invited and has 14 days to answer.");
            }
            assertThat(stage.store().cursor(LEARNT)).isEqualTo("service");
            stage.comesToRest();
        }
    }

    @Test
    void aServiceThatDoesNotIsFoundOutToo() {
        try (Stage stage = stage()) {
            Seller seller = new Seller(stage);
            for (String name : new String[] {"First deal", "Second deal"}) {
                assertThat(seller.invitationsOf(coSell(stage, name))).as(name).hasSize(1);
            }
            assertThat(stage.store().cursor(LEARNT)).isEqualTo("connector");
        }
    }

    @Test
    void anInvitationThatIsRefusedBecauseThereIsOneIsTakenUp() {
        try (Stage stage = stage(PartnerCenterOptions.Switch.SERVICE_INVITES_MICROSOFT)) {
            Seller seller = new Seller(stage);
            stage.store().putCursor(LEARNT, "connector");
            stage.partnerCenter.fail(new Fault(request -> request.method().equals("POST") && request.path().contains("/referrals")
                && request.text().contains("\"msft\""), Fault.When.INSTEAD,
                Reply.json(409, Map.of("error", Map.of("code", "Conflict", "message", "Invited already.")))));

            String id = coSell(stage, "Invited already");

            assertThat(seller.invitationsOf(id)).hasSize(1);
            assertThat(stage.link(id).reason()).isNull();
            assertThat(stage.link(id).microsoft()).containsEntry("id", seller.invitationsOf(id).get(0).get("id"));
            stage.comesToRest();
        }
    }

    @Test
    void whatWasLearntIsForgottenWhenItProvesWrong() {
        try (Stage stage = stage(PartnerCenterOptions.Switch.SERVICE_INVITES_MICROSOFT)) {
            Seller seller = new Seller(stage);
            stage.store().putCursor(LEARNT, "connector");
            // An event that overtakes the lane would have it look before it invites.
            stage.partnerCenter.holdWebhooks(true);
            String doubled = stage.opportunity("Doubled by a service that changed its ways",
                values -> values.put(Seller.HELP, Seller.WORKLOAD));
            stage.solution(doubled, Stage.SOLUTION);
            stage.share(doubled);
            stage.eventually(() -> stage.isLinked(doubled));
            stage.partnerCenter.holdWebhooks(false);

            stage.eventually(() -> stage.store().cursor(LEARNT) == null);
            stage.settled(); // its events may make it forget once more
            stage.connector().lanes().runNow(stage.link(doubled).id());
            stage.comesToRest();
            assertThat(stage.journal(doubled)).filteredOn(entry -> String.valueOf(entry.get("reason")).contains("invited more than once"))
                .as("said once").hasSize(1);
            String next = coSell(stage, "Next deal");

            assertThat(seller.invitationsOf(next)).hasSize(1);
            assertThat(stage.store().cursor(LEARNT)).isEqualTo("service");
        }
    }
}
