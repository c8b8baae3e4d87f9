package io.cosell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.CrmSchema.Column;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code schema} saves of each CRM, and that {@code check} can use it. */
class SchemaCommandTest {

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private Sandboxes sandboxes;

    @BeforeEach
    void open() {
        sandboxes = Sandboxes.start();
    }

    @AfterEach
    void close() {
        sandboxes.close();
    }

    private int run(Crm crm, String... arguments) {
        Map<String, String> settings = new HashMap<>(crm.settings(sandboxes, folder));
        settings.keySet().removeIf(name -> name.startsWith("cosell.partner-center."));
        return Cosell.commands(folder, settings).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true)).execute(arguments);
    }

    @ParameterizedTest
    @EnumSource(Crm.class)
    void theUntouchedMappingsFitWhatTheCrmHas(Crm crm) {
        assertThat(run(crm, "schema")).as(out::toString).isZero();
        assertThat(out.toString()).contains("tables of " + crm + " saved in " + folder.resolve(CrmSchema.FILE));

        out.getBuffer().setLength(0);
        assertThat(run(crm, "check")).as(out::toString).isZero();
        assertThat(out.toString()).startsWith("Nothing is wrong.");
    }

    @ParameterizedTest
    @EnumSource(Crm.class)
    void takesTwoCallsAtMostAndOnlyReads(Crm crm) {
        SandboxSystem system = crm.seller(sandboxes).system();
        int before = system.history().size();
        run(crm, "schema");

        List<Call> calls = system.calls().stream().filter(call -> call.kind() != CallKind.SIGN_IN).toList();
        assertThat(calls).hasSizeBetween(1, 2).noneMatch(Call::wrote);
        assertThat(system.history()).hasSize(before);
    }

    @Test
    void typesLengthsAndChoicesAreThoseOfDataverse() throws IOException {
        run(Crm.DYNAMICS_365, "schema", "--out", folder.resolve("own.json").toString());

        CrmSchema schema = CrmSchema.read(folder.resolve("own.json"));
        Map<String, Column> columns = schema.table("opportunity").orElseThrow().columns();
        assertThat(columns.get("name")).isEqualTo(new Column("String", 300, true, Map.of()));
        assertThat(columns.get("msft_microsoftpartnercenterhelp").type()).isEqualTo("Picklist");
        assertThat(columns.get("msft_microsoftpartnercenterhelp").choices()).hasSize(6)
            .containsEntry("299600002", "Proof of concept or demo");
        assertThat(columns.get("statuscode").choices()).containsEntry("5", "Out-Sold");
        assertThat(columns.get("statuscode").required()).isFalse();
        assertThat(columns.get("customerid").type()).isEqualTo("Customer");
        assertThat(schema.tables()).containsKeys("msft_microsoftsolution", "account", "transactioncurrency");
    }

    @Test
    void typesLengthsAndChoicesAreThoseOfSalesforce() throws IOException {
        run(Crm.SALESFORCE, "schema");

        CrmSchema schema = CrmSchema.read(folder.resolve(CrmSchema.FILE));
        Map<String, Column> columns = schema.table("opportunity").orElseThrow().columns();
        assertThat(columns.get("Name")).isEqualTo(new Column("string", 120, true, Map.of()));
        assertThat(columns.get("How_can_Microsoft_help__c").choices()).containsKey("Quotes or Licensing");
        assertThat(columns.get("StageName").choices()).containsKey("Closed Won");
        assertThat(columns.get("AccountId")).isEqualTo(new Column("reference", null, false, Map.of()));
        assertThat(schema.tables()).containsKeys("Microsoft_Solutions__c", "Lead");
    }

    @Test
    void whatTheCrmDoesNotHaveIsTold() {
        sandboxes.salesforce().switches().turn(SalesforceSwitch.TEAMS_OFF, true);
        assertThat(run(Crm.SALESFORCE, "schema")).isZero();
        assertThat(out.toString()).contains("Not there, or not to be seen by the connector's account: OpportunityTeamMember.");
    }

    @Test
    void aTablesFileThatCantBeUsedIsFoundByCheck() throws IOException {
        Path routes = Path.of("routes");
        try (Stream<Path> files = Files.walk(routes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve("routes").resolve(routes.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path tables = folder.resolve("routes/salesforce/tables.yaml");
        Files.writeString(tables, Files.readString(tables) + "  Own__c:\n    make: { label: \"{{cosell.nothing}}\" }\n");

        assertThat(run(Crm.SALESFORCE, "check")).isEqualTo(1);
        assertThat(out.toString()).contains("tables.yaml:", "there is no value for {{cosell.nothing}}");
    }

    @Test
    void anAdapterWithoutTheVerbGetsAClearAnswer() {
        Map<String, String> settings = Map.of("cosell.crm", "tinycrm", "cosell.tinycrm.address", "http://127.0.0.1:1/api",
            "cosell.tinycrm.api-key", "key", "cosell.webhook.public-address", "http://127.0.0.1:1");
        assertThat(Cosell.commands(folder, settings).setErr(new PrintWriter(out, true)).execute("schema")).isEqualTo(1);
        assertThat(out.toString()).contains("The adapter tinycrm can't read its CRM's schema");
        assertThat(Cosell.commands(folder, settings).setErr(new PrintWriter(out, true)).execute("setup-crm")).isEqualTo(1);
        assertThat(out.toString()).contains("The adapter tinycrm can't set up its CRM");
    }
}
