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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TestCommandTest {

    private static final Path SHIPPED = Path.of("mappings");
    private static final String NOTES_READ = "\"description\": \"view.details.notes\",";

    @TempDir
    private Path folder;
    private StringWriter out;
    private StringWriter err;

    @BeforeEach
    void copyTheMappings() throws IOException {
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path file : files.filter(one -> !one.startsWith(SHIPPED.resolve("examples/salesforce"))).toList()) {
                Path target = folder.resolve("mappings").resolve(SHIPPED.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = Cosell.commands(folder, Map.of("cosell.crm", "dynamics365"));
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    private Path mapping(String name) {
        return folder.resolve("mappings").resolve(name);
    }

    private void edit(String name, String replace, String by) throws IOException {
        String text = Files.readString(mapping(name));
        assertThat(text).contains(replace);
        Files.writeString(mapping(name), text.replace(replace, by));
    }

    @Test
    void shippedMappingsPass() {
        assertThat(run("test", "--documents", "50", "--seed", "3")).as(() -> out.toString() + err).isZero();
        assertThat(out.toString()).contains("all are as expected", "Round trips of dynamics365/opportunity: 50 documents, seed 3",
            "Round trips of partner-center/referral", "lossless", "normalised", "one way").endsWith("All is well." + System.lineSeparator());
    }

    @Test
    void aLostFieldFailsAndIsShown() throws IOException {
        edit("dynamics365/opportunity-in.json", NOTES_READ, "");
        assertThat(run("test", "--documents", "50")).isEqualTo(1);
        assertThat(out.toString()).contains("LOST: /details/notes of dynamics365/opportunity", "written to a new record: {\"details\":{\"notes\":",
            "made by dynamics365/opportunity-create: ", "read back by dynamics365/opportunity-in: ", "mappings/dynamics365/round-trips.yaml");
    }

    @Test
    void aDifferingExampleIsShownWithItsFile() throws IOException {
        edit("dynamics365/lead-create.json", "\"leadsourcecode\": 4", "\"leadsourcecode\": 8");
        assertThat(run("test", "--documents", "0")).isEqualTo(1);
        assertThat(out.toString()).contains("--- " + mapping("examples/dynamics365/lead-create/full.expected.json"),
            "-    \"leadsourcecode\": 4", "+    \"leadsourcecode\": 8").doesNotContain("Round trips");
    }

    @Test
    void acceptShowsTheDifferenceAndWritesIt() throws IOException {
        Path expected = mapping("examples/dynamics365/lead-create/full.expected.json");
        String before = Files.readString(expected);
        edit("dynamics365/lead-create.json", "\"leadsourcecode\": 4", "\"leadsourcecode\": 8");
        Files.delete(mapping("examples/dynamics365/lead-create/no-contact.expected.json"));
        assertThat(run("test", "--accept", "--documents", "0")).isZero();
        assertThat(out.toString()).contains("+    \"leadsourcecode\": 8", "Accepted: " + expected, "is missing");
        assertThat(Files.readString(expected).replaceAll("\\s", "")).isEqualTo(before.replaceAll("\\s", "").replace(":4", ":8"));
        assertThat(mapping("examples/dynamics365/lead-create/no-contact.expected.json")).exists();
        assertThat(run("test", "--documents", "0")).isZero();
    }

    @Test
    void jsonIsForPipelines() throws IOException {
        edit("dynamics365/opportunity-in.json", NOTES_READ, "");
        assertThat(run("test", "--format", "json", "--documents", "50")).isEqualTo(1);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("passes").asBoolean(true)).isFalse();
        assertThat(json.at("/examples/failures")).isNotEmpty();
        JsonNode pair = json.at("/roundTrips/0");
        assertThat(pair.path("pair").asText()).isEqualTo("dynamics365/opportunity");
        assertThat(pair.path("fields")).anySatisfy(field -> {
            assertThat(field.path("path").asText()).isEqualTo("/details/notes");
            assertThat(field.path("verdict").asText()).isEqualTo("lossy");
        });
        assertThat(pair.at("/counterexamples/0/path").asText()).isEqualTo("/details/notes");
        assertThat(pair.at("/counterexamples/0/steps")).hasSize(3);
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        Files.delete(mapping("dynamics365/round-trips.yaml"));
        assertThat(run("test", "--documents", "5")).isEqualTo(1);
        assertThat(err.toString()).contains("round-trips.yaml is missing", "docs/workbench.md");
        Files.copy(SHIPPED.resolve("dynamics365/round-trips.yaml"), mapping("dynamics365/round-trips.yaml"));
        edit("dynamics365/lead-in.json", "\"companyname\"", "companyname");
        assertThat(run("test", "--documents", "5")).isEqualTo(1);
        assertThat(out.toString() + err).contains("lead-in.json:", "is not JSON");
    }

    @Test
    void anExpectedFileWithoutInputIsNamed() throws IOException {
        Files.delete(mapping("examples/dynamics365/lead-create/full.input.json"));
        assertThat(run("test", "--documents", "0")).isEqualTo(1);
        assertThat(out.toString()).contains("there is no full.input.json to it");
    }

    @Test
    void wrongOptionsAreRefused() {
        assertThat(run("test", "--documents", "-1")).isEqualTo(2);
        assertThat(run("test", "--watch", "--format", "json")).isEqualTo(2);
        assertThat(run("test", "--help")).isZero();
        assertThat(out.toString()).contains("Example: java -jar cosell.jar test");
    }
}
