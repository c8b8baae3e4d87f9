package io.cosell.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.Connector;
import io.cosell.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake under mistakes-in-mappings, made in a copy of the shipped mappings, is found as it says. */
class MistakesTest {

    private static final Path MISTAKES = Path.of("src/test/resources/mistakes-in-mappings");

    @TempDir
    private Path folder;

    static List<String> mistakes() throws IOException {
        try (Stream<Path> folders = Files.list(MISTAKES)) {
            List<String> names = folders.map(one -> one.getFileName().toString()).sorted().toList();
            assertThat(names).hasSizeGreaterThanOrEqualTo(10);
            return names;
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isFound(String name) throws IOException {
        JsonNode mistake = new YAMLMapper().readTree(MISTAKES.resolve(name).resolve("mistake.yaml").toFile());
        Mappings.copy(folder);
        Path file = folder.resolve(mistake.get("file").asText());
        String replace = mistake.at("/change/replace").asText();
        assertThat(Files.readString(file)).as("the shipped " + file).containsOnlyOnce(replace);
        Files.writeString(file, Files.readString(file).replace(replace, mistake.at("/change/by").asText()));

        Settings settings = Connector.settings(folder, Map.of("cosell.crm", mistake.get("crm").asText()));
        JsonNode finding = mistake.get("finding");
        if (finding.has("example")) {
            Path example = folder.resolve("examples").resolve(finding.get("example").asText());
            assertThat(Examples.run(Specs.ofExamples(folder, settings), any -> true).failures())
                .anySatisfy(failure -> {
                    assertThat(failure.file()).isEqualTo(example);
                    assertThat(failure.difference()).contains(finding.get("text").asText());
                });
        } else {
            String pair = finding.get("pair").asText();
            List<RoundTrips.Report> reports = RoundTrips.run(Specs.of(folder, settings), List.of(pair.replaceFirst("/.*", "")),
                new RoundTrips.Plan(200, 1), mistake.get("file").asText().replace(".json", "")::equals);
            RoundTrips.Report report = reports.stream().filter(one -> one.name().equals(pair)).findFirst().orElseThrow();
            assertThat(report.counterexamples()).anySatisfy(example -> {
                assertThat(example.path()).isEqualTo(finding.get("path").asText());
                assertThat(example.note()).contains(finding.get("text").asText());
                assertThat(example.steps()).isNotEmpty();
            });
        }
    }
}
