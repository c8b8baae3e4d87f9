package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two referrals name one record: a process that stood still just when it was to make a referral, while another made it, can leave that
 * behind. The record stays with the first, and a person is told.
 */
class SecondReferralTest {

    @TempDir
    Path folder;
    private Stage stage;

    @BeforeEach
    void open() {
        stage = Stage.open(folder, Map.of());
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void aSecondReferralOfARecordRestsAndSaysWhichIsTheFirst() {
        String record = stage.sharedOpportunity("Made twice", columns -> { });
        String first = stage.link(record).referralId();

        String second = stage.deal("Made twice", changes -> changes.put("externalReferenceId", record));
        stage.eventually(() -> stage.store().find(second).filter(link -> link.state().equals("resting")).isPresent());

        assertThat(stage.link(second).reason()).contains(first, record, "close this one in Partner Center");
        assertThat(stage.link(record).referralId()).isEqualTo(first);
        assertThat(stage.link(record).state()).isEqualTo("linked");
        assertThat(stage.crm.rows("opportunity")).hasSize(1);
        stage.crm.update("opportunity", record, Map.of("estimatedvalue", 61000));
        stage.eventually(() -> String.valueOf(stage.at(stage.partnerCenter.referral(first), "details", "dealValue")).startsWith("61000"));
        stage.comesToRest();
    }
}
