package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code heal}, as a person calls it beside a connector on the same store. */
class HealCommandTest {

    @TempDir
    Path folder;

    private record Result(int code, String out) {
    }

    private Result heal(Stage stage, String... options) {
        Map<String, String> settings = new HashMap<>(stage.settings);
        settings.put("camel.main.name", "heal-command");
        CommandLine line = Cosell.commands(folder, settings);
        StringWriter out = new StringWriter();
        line.setOut(new PrintWriter(out, true));
        String[] words = new String[options.length + 1];
        words[0] = "heal";
        System.arraycopy(options, 0, words, 1, options.length);
        return new Result(line.execute(words), out.toString());
    }

    @Test
    void itFindsWhatEventsMissedAndSaysHowAllDealsStand() {
        try (Stage stage = Stage.open(folder, Map.of())) {
            String first = stage.receivedDeal("First deal");
            String second = stage.receivedDeal("Second deal");
            stage.partnerCenter.dropWebhooks(true);
            stage.partnerCenter.partnerEdits(first, Map.of("/details/dealValue", 4321));

            Result missed = heal(stage);

            assertThat(missed.code()).as(missed.out()).isZero();
            assertThat(missed.out()).contains("2 linked deals, all equal", "1 deal with changes recovered that events had missed");
            stage.eventually(() -> ((Number) stage.opportunityRow(stage.link(first).recordId()).get("estimatedvalue")).intValue() == 4321);

            stage.crm.update("opportunity", stage.link(second).recordId(), Map.of("estimatedvalue", 0));
            stage.eventually(() -> stage.link(second).reason() != null);
            stage.settled();
            Result rests = heal(stage, "--all");

            assertThat(rests.code()).as(rests.out()).isEqualTo(1);
            assertThat(rests.out()).contains("2 linked deals", "except these 1: referral " + second).doesNotContain(first);
        }
    }
}
