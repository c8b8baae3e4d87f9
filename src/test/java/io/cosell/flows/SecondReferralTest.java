package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * Two referrals name one record: a process that stood still just when it was to make a referral, while another made it, can leave that
 * behind. The record stays with the first, and a person is told.
 */
@ForEveryCrm
class SecondReferralTest {

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

    @Test
    void aSecondReferralOfARecordRestsAndSaysWhichIsTheFirst() {
        String record = stage.sharedOpportunity("Made twice", values -> { });
        String first = stage.link(record).referralId();

        String second = stage.deal("Made twice", changes -> changes.put("externalReferenceId", record));
        stage.eventually(() -> stage.store().find(second).filter(link -> link.state().equals("resting")).isPresent());

        assertThat(stage.link(second).reason()).contains(first, record, "close this one in Partner Center");
        assertThat(stage.link(record).referralId()).isEqualTo(first);
        assertThat(stage.link(record).state()).isEqualTo("linked");
        assertThat(stage.seller.records()).hasSize(1);
        stage.seller.edits(record, DealField.VALUE, 61000);
        stage.eventually(() -> String.valueOf(stage.at(stage.partnerCenter.referral(first), "details", "dealValue")).startsWith("61000"));
        stage.comesToRest();
    }
}
