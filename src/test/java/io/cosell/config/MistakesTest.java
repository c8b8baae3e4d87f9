package io.cosell.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.Connector;
import io.cosell.config.ConfigurationCheck.Result;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.SandboxSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mistakes that integrators make, each in its own folder: {@code mistake.yaml} says what is changed in the files of the project, which
 * finding it must give, and where. Other files of the folder are added to those of the project.
 */
class MistakesTest {

    private static final Path MISTAKES = Path.of("src/test/resources/mistakes");
    private static final String MANIFEST = "mistake.yaml";
    /** One slip may be told of from several sides, but must not make a flood. */
    private static final int MOST_FINDINGS = 6;

    @TempDir
    private Path temporary;

    @Test
    void thereAreEnough() throws IOException {
        try (Stream<Path> folders = Files.list(MISTAKES)) {
            assertThat(folders.filter(folder -> Files.exists(folder.resolve(MANIFEST)))).hasSizeGreaterThanOrEqualTo(40);
        }
    }

    @TestFactory
    List<DynamicTest> eachMistakeIsFound() throws IOException {
        try (Stream<Path> folders = Files.list(MISTAKES)) {
            return folders.sorted().map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder))).toList();
        }
    }

    private void check(Path mistake) throws IOException {
        JsonNode manifest = new YAMLMapper().readTree(mistake.resolve(MANIFEST).toFile());
        Path folder = temporary.resolve(mistake.getFileName());
        project(folder);
        JsonNode edit = manifest.path("edit");
        if (edit.isObject()) {
            Path file = folder.resolve(edit.path("file").asText());
            String text = Files.readString(file);
            assertThat(text).as("what is changed is there").contains(edit.path("find").asText());
            int at = text.indexOf(edit.path("find").asText());
            Files.writeString(file, text.substring(0, at) + edit.path("replace").asText()
                + text.substring(at + edit.path("find").asText().length()));
        }
        copy(mistake, folder);
        String crm = manifest.path("crm").asText();
        if (manifest.path("schema").asBoolean()) {
            SandboxSchemas.of(crm).write(folder.resolve(CrmSchema.FILE));
        }
        JsonNode expected = manifest.path("finding");
        Path file = folder.resolve(expected.path("file").asText());
        int line = expected.has("at") ? lineOf(file, expected.path("at").asText()) : 0;
        List<Finding> findings = run(folder, crm).findings();
        assertThat(findings).hasSizeLessThanOrEqualTo(MOST_FINDINGS).anySatisfy(finding -> {
            assertThat(finding.file()).isEqualTo(file.toString());
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.message()).contains(expected.path("text").asText());
            assertThat(finding.hint()).contains(expected.path("suggestion").asText());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamics365", "salesforce", "tinycrm"})
    void nothingIsFoundInWhatIsDelivered(String crm) throws IOException {
        project(temporary);
        Result result = run(temporary, crm);
        assertThat(result.findings()).isEmpty();
        assertThat(result.open()).as("settings to fill in").contains("cosell.partner-center.tenant-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamics365", "salesforce"})
    void theColumnsOfWhatIsDeliveredAreThose(String crm) throws IOException {
        project(temporary);
        SandboxSchemas.of(crm).write(temporary.resolve(CrmSchema.FILE));
        assertThat(run(temporary, crm).findings()).isEmpty();
    }

    private static Result run(Path folder, String crm) {
        return Connector.check(folder, crm.isEmpty() ? Map.of() : Map.of("cosell.crm", crm), Optional.empty());
    }

    private static int lineOf(Path file, String text) throws IOException {
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(text) && !lines.get(i).startsWith("#")) {
                return i + 1;
            }
        }
        throw new AssertionError("No line of " + file + " holds " + text);
    }

    private static void project(Path folder) throws IOException {
        copy(Path.of("routes"), folder.resolve("routes"));
        copy(Path.of("mappings"), folder.resolve("mappings"));
        Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).filter(path -> !path.startsWith("mappings/examples")
                && !path.endsWith(MANIFEST)).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }
}
