package io.cosell.tinycrm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Cosell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command {@code conformance}, as a person uses it. */
class ConformanceCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> settings, String... arguments) {
        CommandLine commands = Cosell.commands(folder, settings);
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void printsATableOfWhatHolds() {
        try (TinyCrm crm = new TinyCrm()) {
            int code = run(crm.settings(), "conformance", "--currency", "EUR");

            assertThat(err.toString()).isEmpty();
            assertThat(out.toString()).contains("What has to hold", "crm-find", "customize", "crm-update", "crm-changes", "crm-changed-since",
                "not applicable").containsPattern("The adapter tinycrm: \\d+ checks passed, 0 failed, 2 do not apply\\.")
                .containsPattern("(?m)^crm-read +\\d+ +\\d+ read").contains("In the CRM are left").doesNotContain("still open");
            assertThat(code).isZero();
            assertThat(crm.deals()).as("what is left is closed, and has the prefix").isNotEmpty().allSatisfy(deal -> {
                assertThat(deal.get("stage")).isIn("won", "lost");
                assertThat(deal.get("title")).asString().contains("Cosell conformance");
            });
        }
        assertThat(folder).as("the store of the connector is not touched").isEmptyDirectory();
    }

    @Test
    void saysAsJsonWhatFails() throws IOException {
        try (TinyCrm crm = new TinyCrm()) {
            Map<String, String> settings = new HashMap<>(crm.settings());
            settings.put("cosell.tinycrm.deal-value-field", "worth");

            int code = run(settings, "conformance", "--format", "json", "--patience", "1");

            assertThat(code).isEqualTo(1);
            JsonNode report = new ObjectMapper().readTree(out.toString());
            assertThat(report.path("crm").asText()).isEqualTo("tinycrm");
            assertThat(report.path("good").asBoolean()).isFalse();
            assertThat(report.path("checks")).anySatisfy(check -> {
                assertThat(check.path("verb").asText()).isEqualTo("customize");
                assertThat(check.path("outcome").asText()).isEqualTo("failed");
                assertThat(check.path("reason").asText()).contains("A deal has no field worth.");
            });
        }
    }

    @Test
    void asksBeforeItWritesIntoACrmThatIsNotOnThisMachine() {
        int code = run(Map.of("cosell.crm", "tinycrm", "cosell.tinycrm.address", "https://crm.example.com/api", "cosell.tinycrm.api-key", "x"),
            "conformance");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("The CRM tinycrm is not on this machine", "--yes");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnknownCrmIsNamedWithThoseThereAre() {
        int code = run(Map.of("cosell.crm", "tinycrn"), "conformance");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("cosell.crm must be one of dynamics365, salesforce, tinycrm, but is \"tinycrn\"");
    }
}
