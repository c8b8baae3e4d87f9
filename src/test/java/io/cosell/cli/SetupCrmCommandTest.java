package io.cosell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code setup-crm} shows, makes and leaves alone in a CRM whose tables and columns are made one by one. */
class SetupCrmCommandTest {

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private Sandboxes sandboxes;

    private void open(DataverseOptions options) {
        sandboxes = Sandboxes.start(PartnerCenterOptions.defaults(), options);
    }

    @AfterEach
    void close() {
        sandboxes.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        Map<String, String> settings = new HashMap<>(Crm.DYNAMICS_365.settings(sandboxes, folder));
        settings.keySet().removeIf(name -> name.startsWith("cosell.partner-center."));
        return Cosell.commands(folder, settings).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true)).execute(arguments);
    }

    private List<Call> writes() {
        return sandboxes.dynamics365().calls().stream().filter(Call::wrote).toList();
    }

    @Test
    void withoutYesItOnlyShows() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());

        assertThat(run("setup-crm")).as(out::toString).isZero();

        assertThat(out.toString()).contains("2 tables and 17 columns missing, 0 there.", "Nothing was changed. Add --yes to make them")
            .contains("opportunity.msft_microsoftpartnercenterhelp", "Picklist", "How can Microsoft help?");
        assertThat(writes()).isEmpty();
    }

    @Test
    void whatIsMadeIsThereAndASecondRunChangesNothing() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).contains("done    table msft_microsoftsolution with its columns", "done    publishing",
            "All is made, and the connector's account sees it.");

        int before = writes().size();
        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).startsWith("Nothing to do: all 19 tables and columns are there.");
        assertThat(writes()).hasSize(before);
    }

    @Test
    void whatMicrosoftsSolutionBringsIsLeftAlone() {
        open(DataverseOptions.defaults());

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();

        assertThat(out.toString()).startsWith("Nothing to do");
        assertThat(writes()).isEmpty();
    }

    @Test
    void aColumnOfAnotherTypeIsSaidAndNotTouched() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution().withColumn("opportunity", "msft_microsoftcrmidentifier", "memo", false));

        assertThat(run("setup-crm", "--yes")).as(out::toString).isEqualTo(1);

        assertThat(out.toString()).contains("opportunity.msft_microsoftcrmidentifier: is of type Memo, must be String",
            "2 tables and 16 columns missing, 0 there, 1 there in another form.", "All is made");
        assertThat(writes()).noneMatch(call -> call.method().equals("PUT") || call.method().equals("PATCH") || call.method().equals("DELETE"));
        assertThat(run("setup-crm", "--yes")).isEqualTo(1);
        assertThat(out.toString()).contains("0 columns missing, 18 there, 1 there in another form.");
    }

    @Test
    void withoutTheRightNothingIsMadeAndTheReasonIsSaid() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());
        sandboxes.dynamics365().takePrivilege("prvCreateEntity");

        assertThat(run("setup-crm", "--yes")).isEqualTo(1);

        assertThat(out.toString()).contains("failed  table msft_microsoftsolutiondetail", "denies access (403)", "prvCreateEntity",
            "Nothing was made.");
    }

    @Test
    void afterAFailureHalfWayItSaysWhatWasMadeAndGoesOnTheNextTime() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());
        sandboxes.dynamics365().takePrivilege("prvCreateRelationship");

        assertThat(run("setup-crm", "--yes")).isEqualTo(1);
        assertThat(out.toString()).contains("done    column lead.msft_microsoftcrmidentifier",
            "failed  lookup msft_microsoftsolution.msft_opportunityid to opportunity",
            "not yet lookup msft_microsoftsolution.msft_solutiondetailid to msft_microsoftsolutiondetail", "not yet publishing",
            "prvCreateRelationship", "What is done stays.");

        sandboxes.dynamics365().givePrivilege("prvCreateRelationship");
        int before = writes().size();
        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).contains("2 columns missing, 17 there.");
        assertThat(writes()).hasSize(before + 3);
    }

    @Test
    void aLostAnswerIsNoReasonToMakeATableTwice() {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());
        sandboxes.dynamics365().fail(Fault.answerLost("POST", "/EntityDefinitions"));

        assertThat(run("setup-crm", "--yes")).isEqualTo(1);
        assertThat(out.toString()).contains("failed  table msft_microsoftsolutiondetail", "Whether this was made all the same is not known.");

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).contains("1 table and 15 columns missing, 3 there.", "All is made");
    }

    @Test
    void filesHoldTheRequestsInOrder() throws IOException {
        open(DataverseOptions.defaults().withoutMicrosoftSolution());
        Path files = folder.resolve("setup");

        assertThat(run("setup-crm", "--files", files.toString())).as(out::toString).isZero();

        assertThat(writes()).isEmpty();
        assertThat(Files.readString(files.resolve("README.md"))).contains("18 requests", "- publishing");
        assertThat(Files.readString(files.resolve("setup.http"))).containsSubsequence("### table msft_microsoftsolutiondetail with its columns",
            "POST {{address}}/EntityDefinitions\nAuthorization: Bearer {{token}}", "### column opportunity.msft_microsoftpartnercenterreferralsync",
            "### lookup", "/RelationshipDefinitions", "### publishing", "/PublishXml");

        assertThat(run("setup-crm", "--files", files.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("there is something in the way");
    }
}
