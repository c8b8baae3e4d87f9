package io.cosell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceOptions.OwnField;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
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

/** What {@code setup-crm} shows, makes and leaves alone in a CRM that takes all of it in one deployment: Salesforce. */
class SetupCrmByDeploymentTest {

    private static final SalesforceOptions EMPTY = SalesforceOptions.defaults().with(SalesforceSwitch.WITHOUT_PACKAGE);

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private Sandboxes sandboxes;

    private void open(SalesforceOptions options) {
        sandboxes = Sandboxes.startWith(DataverseOptions.defaults(), options);
    }

    @AfterEach
    void close() {
        sandboxes.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        Map<String, String> settings = new HashMap<>(Crm.SALESFORCE.settings(sandboxes, folder));
        settings.keySet().removeIf(name -> name.startsWith("cosell.partner-center."));
        return Cosell.commands(folder, settings).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true)).execute(arguments);
    }

    private List<Call> writes() {
        return sandboxes.salesforce().calls().stream().filter(Call::wrote).toList();
    }

    @Test
    void withoutYesItOnlyShows() {
        open(EMPTY);

        assertThat(run("setup-crm")).as(out::toString).isZero();

        assertThat(out.toString()).contains("2 tables and 15 columns missing, 0 there.", "Nothing was changed. Add --yes to make them")
            .contains("Opportunity.How_can_Microsoft_help__c", "picklist", "How can Microsoft help");
        assertThat(writes()).isEmpty();
    }

    @Test
    void whatIsMadeIsSeenByTheConnectorAndASecondRunChangesNothing() {
        open(EMPTY);

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).contains("done    deployment of 2 objects, 15 fields and the permission set Cosell_Connector",
            "done    permission set Cosell_Connector for the connector's user", "All is made, and the connector's account sees it.");
        assertThat(writes()).hasSize(2);

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).startsWith("Nothing to do: all 17 tables and columns are there.");
        assertThat(writes()).hasSize(2);
    }

    @Test
    void whatThePackageBringsIsLeftAlone() {
        open(SalesforceOptions.defaults());

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();

        assertThat(out.toString()).startsWith("Nothing to do");
        assertThat(writes()).isEmpty();
    }

    @Test
    void aPackageOfBeforeGetsTheFieldThatItLacks() {
        open(SalesforceOptions.defaults().with(SalesforceSwitch.PACKAGE_OF_2023));

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();

        assertThat(out.toString()).contains("1 column missing, 16 there.", "deployment of 0 objects, 1 fields");
    }

    @Test
    void aFieldOfAnotherTypeIsSaidAndNotTouched() {
        open(EMPTY.withField(new OwnField("Opportunity", "Audit__c", "text", false, false, false)));

        assertThat(run("setup-crm", "--yes")).as(out::toString).isEqualTo(1);

        assertThat(out.toString()).contains("Opportunity.Audit__c: is of type string, must be textarea",
            "2 tables and 14 columns missing, 0 there, 1 there in another form.", "All is made");
    }

    @Test
    void withoutTheRightNothingIsMadeAndTheReasonIsSaid() {
        open(EMPTY.with(SalesforceSwitch.MAY_NOT_DEPLOY));

        assertThat(run("setup-crm", "--yes")).isEqualTo(1);

        assertThat(out.toString()).contains("failed  deployment of", "not yet permission set", "denies access (403)", "ModifyMetadata",
            "Nothing was made.");
    }

    @Test
    void afterAFailureHalfWayItGoesOnTheNextTimeAndOverwritesNothing() {
        open(EMPTY);
        sandboxes.salesforce().fail(Fault.instead("POST", "/PermissionSetAssignment",
            Reply.json(403, List.of(Map.of("errorCode", "INSUFFICIENT_ACCESS", "message", "Assign Permission Sets is needed")))));

        assertThat(run("setup-crm", "--yes")).isEqualTo(1);
        assertThat(out.toString()).contains("done    deployment", "failed  permission set Cosell_Connector for the connector's user",
            "Assign Permission Sets is needed", "What is done stays.");

        assertThat(run("setup-crm", "--yes")).as(out::toString).isZero();
        assertThat(out.toString()).contains("deployment of 0 objects, 0 fields and the permission set Cosell_Connector, which shows ",
            "fields that are there but hidden", "All is made");
    }

    @Test
    void filesAreAPackageForTheCommandLineOfSalesforce() throws IOException {
        open(EMPTY);
        Path files = folder.resolve("setup");

        assertThat(run("setup-crm", "--files", files.toString())).as(out::toString).isZero();

        assertThat(writes()).isEmpty();
        assertThat(Files.readString(files.resolve("README.md"))).contains("sf project deploy start --metadata-dir metadata");
        assertThat(Files.readString(files.resolve("metadata/package.xml"))).contains("<members>Opportunity.Audit__c</members>",
            "<members>Microsoft_Solutions__c</members>", "<name>PermissionSet</name>", "<version>60.0</version>");
        assertThat(Files.readString(files.resolve("metadata/objects/Opportunity.object"))).contains("<fullName>Referral_Identifier__c</fullName>",
            "<externalId>true</externalId>", "<type>LongTextArea</type>", "<visibleLines>4</visibleLines>");
        assertThat(Files.readString(files.resolve("metadata/objects/Microsoft_Solutions__c.object"))).contains("<type>MasterDetail</type>",
            "<sharingModel>ControlledByParent</sharingModel>", "<displayFormat>{MM}{DD}{YY}-{0}</displayFormat>");
        assertThat(Files.readString(files.resolve("metadata/permissionsets/Cosell_Connector.permissionset")))
            .contains("<field>Lead.Sync_With_Partner_Center__c</field>", "<object>Account</object>")
            .doesNotContain("Microsoft_Solutions__c.Opportunity__c");
    }
}
