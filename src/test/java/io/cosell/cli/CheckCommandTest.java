package io.cosell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Cosell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code check} prints, and its exit codes. */
class CheckCommandTest {

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();

    private int run(String... arguments) {
        CommandLine commands = Cosell.commands(folder, Map.of("cosell.crm", "dynamics365"));
        return commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(new StringWriter())).execute(arguments);
    }

    @Test
    void nothingWrongIsSaidWithWhatIsStillToFillIn() {
        assertThat(run("check")).isZero();
        assertThat(out.toString()).startsWith("Nothing is wrong.").contains("these settings need a value: cosell.partner-center.tenant-id");
    }

    @Test
    void findingsAreALineEachAndEndWithOne() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "cosell.terminal-grase = 5m\ncosell.audit-successes = true\n");
        assertThat(run("check")).isEqualTo(1);
        assertThat(out.toString().lines().map(line -> line.replace(folder + "/", ""))).startsWith(
            "application.properties:1: there is no setting cosell.terminal-grase — did you mean cosell.terminal-grace?")
            .contains("2 findings.");
    }

    @Test
    void asJsonForPipelines() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "\ncosell.terminal-grase = 5m\n");
        assertThat(run("check", "--format", "json")).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertThat(report.path("good").asBoolean(true)).isFalse();
        assertThat(report.at("/findings/0/file").asText()).endsWith("application.properties");
        assertThat(report.at("/findings/0/line").asInt()).isEqualTo(2);
        assertThat(report.at("/findings/0/level").asText()).isEqualTo("error");
        assertThat(report.at("/findings/0/suggestion").asText()).isEqualTo("did you mean cosell.terminal-grace?");
        assertThat(report.path("withoutValue")).isNotEmpty();
    }

    @Test
    void aSchemaThatIsNotThereIsToldAndAWrongOptionIsAnotherCode() {
        assertThat(run("check", "--schema", folder.resolve("none.json").toString())).isEqualTo(1);
        assertThat(out.toString()).contains("none.json: the saved schema can't be read");
        assertThat(run("check", "--format", "xml")).isEqualTo(2);
    }
}
