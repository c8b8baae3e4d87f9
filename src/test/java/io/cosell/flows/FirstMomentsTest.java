package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Request;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * A user edits one side while the connector makes the other: what the connector has just made is no user's word, whoever wins the field
 * otherwise.
 */
@ForEveryCrm
class FirstMomentsTest {

    @TempDir
    Path folder;
    @Parameter
    private Crm crm;
    private Stage stage;

    @BeforeEach
    void open() {
        stage = Stage.open(crm, folder, Map.of());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /** Does something just before a system answers the first request that fits; the answer is as usual. */
    private static Fault just(Predicate<Request> before, Runnable act) {
        boolean[] done = {false};
        return new Fault(request -> {
            if (!done[0] && before.test(request)) {
                done[0] = true;
                act.run();
            }
            return false;
        }, Fault.When.INSTEAD, null);
    }

    @Test
    void anEditInPartnerCenterWhileTheRecordIsMadeReachesTheRecord() {
        String[] referral = new String[1];
        stage.system.fail(just(stage.makesOpportunity(),
            () -> stage.partnerCenter.partnerEdits(referral[0], Map.of("/details/notes", "Quicker", "/name", "Renamed quickly"))));
        stage.partnerCenter.holdWebhooks(true);
        referral[0] = stage.deal("Edited at once", changes -> { });
        stage.partnerCenter.holdWebhooks(false);
        stage.partnerCenter.deliverHeld();

        stage.eventually(() -> stage.isLinked(referral[0]));
        stage.comesToRest();

        assertThat(stage.record(referral[0]).values()).containsEntry(DealField.NOTES, "Quicker")
            .containsEntry(DealField.NAME, "✔ Renamed quickly");
        assertThat(stage.partnerCenter.referral(referral[0]).get("name")).isEqualTo("Renamed quickly");
        assertThat(stage.reasons(referral[0], "conflict")).isEmpty();
    }

    @Test
    void anEditInTheCrmWhileTheReferralIsMadeReachesTheReferral() {
        String id = stage.opportunity("Edited while shared", values -> { });
        stage.solution(id, "SOL-34104-EBB");
        stage.partnerCenter.fail(just(request -> request.method().equals("POST") && request.path().endsWith("/referrals"),
            () -> stage.seller.edits(id, Map.of(DealField.VALUE, 60000, DealField.CLOSING, "2029-09-09"))));
        stage.share(id);

        stage.eventually(() -> stage.isLinked(id));
        stage.comesToRest();

        Map<String, Object> referral = stage.partnerCenter.referral(stage.link(id).referralId());
        assertThat(((Number) stage.at(referral, "details", "dealValue")).intValue()).isEqualTo(60000);
        assertThat((String) stage.at(referral, "details", "closingDateTime")).startsWith("2029-09-09");
        assertThat(((Number) stage.record(id).get(DealField.VALUE)).intValue()).isEqualTo(60000);
        assertThat(stage.reasons(id, "conflict")).isEmpty();
    }
}
