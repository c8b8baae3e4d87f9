package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.store.Link;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands of a person, beside a connector that runs on the same store. */
@ForEveryCrm
@SharedStage
class CommandsTest {

    private final Stage stage;
    private final Seller seller;

    private record Result(int code, String out, String err) {
    }

    CommandsTest(Crm crm, Stage stage) {
        this.stage = stage;
        seller = new Seller(stage);
    }

    private Result run(String... args) {
        Map<String, String> settings = new HashMap<>(stage.settings);
        settings.put("camel.main.name", "command-" + stage.which.setting());
        CommandLine line = Cosell.commands(stage.folder, settings);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new Result(code, out.toString(), err.toString());
    }

    @TestInTurn
    void planShowsFieldByFieldAndWritesNothing() {
        String id = stage.sharedOpportunity("Planned deal", values -> { });
        String referral = stage.link(id).referralId();
        seller.noticed();
        stage.partnerCenter.dropWebhooks(true);
        try {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 1234, "/details/notes", "Seen in the portal"));
        } finally {
            stage.partnerCenter.dropWebhooks(false);
        }
        long toPartnerCenter = seller.writesToPartnerCenter();
        int inCrm = stage.system.history().size();
        List<Link> links = stage.links();
        int journal = stage.store().journal().size();

        for (String either : List.of(id, referral)) {
            Result result = run("plan", either);

            assertThat(result.err()).isEmpty();
            assertThat(result.code()).isZero();
            assertThat(result.out()).containsPattern("CRM +Deal value +50000(\\.0+)? +1234 +changed in Partner Center")
                .containsPattern("CRM +Notes +Notes on Planned deal +Seen in the portal");
        }
        assertThat(seller.writesToPartnerCenter()).isEqualTo(toPartnerCenter);
        assertThat(stage.system.history()).hasSize(inCrm);
        assertThat(stage.links()).isEqualTo(links);
        assertThat(stage.store().journal()).hasSize(journal);
    }

    @TestInTurn
    void planOfADealInStepSaysSo() {
        String id = stage.sharedOpportunity("Deal in step", values -> { });

        assertThat(run("plan", id)).isEqualTo(new Result(0, "Nothing would be written: both sides are in step.\n", ""));
    }

    @TestInTurn
    void planOfADealWithOneSideSaysWhatWouldBecomeOfIt() {
        String id = stage.opportunity("Deal of one side", values -> { });
        assertThat(run("plan", id).out()).contains("Nothing would be written. Sync with Partner Center is not set to Yes in the record.");

        assertThat(stage.store().find(id)).isEmpty();
    }

    @TestInTurn
    void syncBringsOneDealInStepByEitherId() {
        String id = stage.sharedOpportunity("Synced deal", values -> { });
        String referral = stage.link(id).referralId();
        seller.noticed();
        for (Map.Entry<String, Integer> each : Map.of(id, 31, referral, 32).entrySet()) {
            stage.partnerCenter.dropWebhooks(true);
            try {
                stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", each.getValue()));
            } finally {
                stage.partnerCenter.dropWebhooks(false);
            }
            Result result = run("sync", each.getKey());

            assertThat(result.err()).isEmpty();
            assertThat(result.out()).contains("written crm /details/dealValue").endsWith("In step.\n");
            assertThat(result.code()).isZero();
            assertThat(((Number) seller.sees(id, DealField.VALUE)).intValue()).isEqualTo(each.getValue());
        }
    }

    @TestInTurn
    void syncTakesUpADealThatNoEventToldOf() {
        stage.partnerCenter.dropWebhooks(true);
        String referral;
        try {
            referral = stage.partnerCenter.partnerCreates(ExampleReferrals.outbound());
        } finally {
            stage.partnerCenter.dropWebhooks(false);
        }

        Result result = run("sync", referral);

        assertThat(result.out()).contains("Made in the CRM from the referral.").endsWith("In step.\n");
        assertThat(result.code()).isZero();
        assertThat(stage.record(referral).referralId()).isEqualTo(referral);
    }

    @TestInTurn
    void syncOfADealThatLacksSomethingSaysWhat() {
        String id = stage.opportunity("Deal that lacks", values -> { });
        stage.share(id);

        Result result = run("sync", id);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("resting: Solution ID is required.");
    }

    @TestInTurn
    void syncOfAllThatRestTriesEachAndSaysHowItWent() {
        String first = stage.opportunity("First that rests", values -> { });
        String second = stage.opportunity("Second that rests", values -> { });
        stage.share(first);
        stage.share(second);
        stage.eventually(() -> stage.link(first).state().equals("resting") && stage.link(second).state().equals("resting"));

        Result result = run("sync", "--resting");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).contains("Record " + first + ":\nresting: Solution ID is required.",
            "Record " + second + ":\nresting: Solution ID is required.");
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"sync", "plan"})
    void anUnknownIdIsSaidInPlainWords(String command) {
        Result result = run(command, "11111111-2222-3333-4444-555555555555");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("Neither Partner Center nor the CRM knows 11111111-2222-3333-4444-555555555555").hasLineCount(1);
    }

    @TestInTurn
    void registerWebhookSaysWhatItDid() {
        stage.sandboxes.clock().move(Duration.ofMinutes(2));

        Result result = run("register-webhook");

        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Was registered already: " + stage.sandboxes.connectorAddress())
            .contains("A validation event arrived.");
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"run", "sync", "plan", "apply", "register-webhook"})
    void everyCommandExplainsItself(String command) {
        Result result = run(command, "--help");

        assertThat(result.code()).isZero();
        assertThat(result.out()).startsWith("Usage: cosell " + command).contains("Example: java -jar cosell.jar " + command);
    }

    @TestInTurn
    void aWrongCommandLineIsAnExitCodeOfItsOwn() {
        assertThat(run("plan").code()).isEqualTo(2);
        assertThat(run("plan").err()).contains("Missing required argument").contains("Usage: cosell plan");
    }
}
