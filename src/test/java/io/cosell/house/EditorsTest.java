package io.cosell.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.bazaarvoice.jolt.chainr.spec.ChainrEntry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Routes and mappings open in Kaoto and VS Code with completion. */
class EditorsTest {

    private static final Path CAMEL = Path.of("schema/camelYamlDsl.json");
    private static final Path JOLT = Path.of("schema/jolt.json");
    private static final String SCHEMA_OF = "# yaml-language-server: $schema=";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode settings() throws IOException {
        return JSON.readTree(Project.text(Path.of(".vscode/settings.json")));
    }

    private static String camelVersion() {
        Matcher version = Pattern.compile("<camel.version>(.*)</camel.version>").matcher(Project.text(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static List<Path> routes() {
        return Project.files(Project.ROUTES, ".camel.yaml");
    }

    private static List<Path> specs() {
        return Project.files(Path.of("mappings"), ".json", 2);
    }

    @Test
    void theSchemaOfRoutesIsTheOneOfTheCamelVersion() throws IOException {
        try (var ofTheJar = EditorsTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            assertThat(Files.readAllBytes(CAMEL)).as("copy the schema of the new version").isEqualTo(ofTheJar.readAllBytes());
        }
        assertThat(Project.text(Path.of("NOTICE"))).contains(CAMEL + " is a copy", "camel-yaml-dsl " + camelVersion());
        assertThat(Project.text(Path.of("schema/README.md"))).contains("camel-yaml-dsl:" + camelVersion());
        assertThat(settings().path("camel.Camel catalog version").asText()).isEqualTo(camelVersion());
    }

    @Test
    void everyRouteFileNamesItsSchema() {
        assertThat(routes()).isNotEmpty().allSatisfy(file -> {
            String first = Project.text(file).lines().findFirst().orElse("");
            assertThat(first).as("first line of " + file).startsWith(SCHEMA_OF);
            assertThat(file.getParent().resolve(first.substring(SCHEMA_OF.length())).normalize()).isEqualTo(CAMEL);
        });
    }

    @Test
    void vsCodeKnowsTheSchemaOfRoutesAndOfMappings() throws IOException {
        JsonNode yaml = settings().path("yaml.schemas");
        assertThat(yaml.fieldNames()).toIterable().containsExactly("./" + CAMEL);
        assertThat(routes()).allMatch(FileSystems.getDefault().getPathMatcher("glob:" + yaml.elements().next().asText().replace("**/", "{,**/}"))
            ::matches);
        JsonNode json = settings().path("json.schemas").get(0);
        assertThat(json.path("url").asText()).isEqualTo("./" + JOLT);
        assertThat(specs()).isNotEmpty().allMatch(FileSystems.getDefault().getPathMatcher("glob:" + json.path("fileMatch").get(0).asText()
            .substring(1))::matches);
        assertThat(Project.files(Path.of("mappings/examples"), ".json")).noneMatch(FileSystems.getDefault().getPathMatcher("glob:mappings/*/*.json")
            ::matches);
    }

    @Test
    void vsCodeOffersTheExtensions() throws IOException {
        JsonNode extensions = JSON.readTree(Project.text(Path.of(".vscode/extensions.json"))).path("recommendations");
        assertThat(StreamSupport.stream(extensions.spliterator(), false).map(JsonNode::asText))
            .contains("redhat.vscode-yaml", "redhat.vscode-kaoto", "redhat.apache-camel-extension-pack");
    }

    @Test
    void theSchemaOfMappingsTakesEverySpecAndNoOperationThatIsNone() throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(Project.text(JOLT));
        assertThat(specs()).allSatisfy(file -> assertThat(schema.validate(Project.text(file), InputFormat.JSON)).isEmpty());
        assertThat(List.of("[]", "{}", "[{\"operation\": \"shift\"}]", "[{\"operation\": \"shifd\", \"spec\": {}}]",
            "[{\"operation\": \"shift\", \"specs\": {}, \"spec\": {}}]"))
            .allSatisfy(spec -> assertThat(schema.validate(spec, InputFormat.JSON)).isNotEmpty());
        assertThat(schema.validate("[{\"operation\": \"sort\"}]", InputFormat.JSON)).isEmpty();
        JsonNode operation = JSON.readTree(Project.text(JOLT)).at("/items/properties/operation");
        List<String> known = JSON.convertValue(operation.path("enum"), JSON.getTypeFactory().constructCollectionType(List.class, String.class));
        assertThat(known).containsExactlyInAnyOrderElementsOf(ChainrEntry.STOCK_TRANSFORMS.keySet())
            .hasSameSizeAs(operation.path("enumDescriptions"));
    }

    @Test
    void theyAreInTheJar() {
        assertThat(List.of("/.vscode/settings.json", "/.vscode/extensions.json", "/schema/jolt.json", "/schema/camelYamlDsl.json"))
            .allSatisfy(name -> assertThat(EditorsTest.class.getResource(name)).as(name).isNotNull());
    }
}
