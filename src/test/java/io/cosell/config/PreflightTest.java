package io.cosell.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightTest {

    @TempDir
    Path folder;

    @BeforeEach
    void makeFolders() throws IOException {
        Files.createDirectories(folder.resolve("routes/adapter"));
        Files.createDirectories(folder.resolve("mappings"));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<String> run(String... routeFolders) {
        String packed = "# type: text\ncosell.value-field = say \"hi\"\ncosell.crm = alpha\n";
        Settings settings = Settings.load(new ByteArrayInputStream(packed.getBytes(UTF_8)), Optional.empty(), Map.of());
        List<Path> folders = Stream.concat(Stream.of("routes"), Arrays.stream(routeFolders)).map(folder::resolve).toList();
        return Preflight.run(settings, folders, folder.resolve("mappings")).stream()
                .map(finding -> finding.toString().replace(folder + "/", "")).toList();
    }

    private static String route(String id, String uri, String... steps) {
        return "- route:\n    id: " + id + "\n    from:\n      uri: " + uri + "\n      steps:\n"
                + String.join("", Arrays.stream(steps).map(step -> "        - " + step + "\n").toList());
    }

    @Test
    void findsNothingWhereNothingIsWrong() throws IOException {
        write("routes/intake.camel.yaml", """
                # {{cosell.old}} is no setting any more
                - route:
                    id: intake
                    from:
                      uri: platform-http:/webhook
                      parameters:
                        httpMethodRestrict: POST
                      steps:
                        - removeHeaders: {pattern: "*", excludePattern: "X-MS-*"}
                        - bean: {ref: webhookVerifier, method: verify}
                        - choice:
                            when:
                              - expression: {simple: {expression: "${variable.webhookStatus} == 202"}}
                                steps:
                                  - to: {uri: "direct:crm-read"}
                            otherwise:
                              steps:
                                - to: {uri: direct, parameters: {name: crm-read}}
                        - setBody: {expression: {constant: {expression: 5}}}
                        - toD: {uri: "direct:${variable.verb}"}
                        - log: {message: "hello {{?cosell.crm}}", loggingLevel: "{{level:INFO}}"}
                        - filter: {simple: "${body} != null", disabled: "{{off:false}}", steps: [{stop: {}}]}
                        - throttle: {expression: {constant: {expression: "5"}}, timePeriodMillis: "1000"}
                - routeConfiguration:
                    id: all
                    onException:
                      - onException:
                          exception: [java.io.IOException]
                          redeliveryPolicy: {maximumRedeliveries: 3}
                          handled: {constant: {expression: "true"}}
                          steps: [{log: x}]
                - beans:
                    - {name: x, type: java.lang.Object}
                """);
        write("routes/adapter/crm-read.camel.yaml", route("crm-read", "direct:crm-read",
                "to: \"jolt:mapping:alpha/in.json?inputType=Hydrated\"",
                "to: {uri: jolt, parameters: {resourceUri: \"mapping:{{cosell.crm}}/in.json\"}}"));
        write("routes/readme.txt", "not a route");
        write("mappings/alpha/in.json", "[{\"operation\": \"shift\", \"spec\": {\"{{cosell.value-field}}\": \"{{x:y}}\"}}]");
        write("mappings/examples/alpha/in.input.json", "{}");
        write("mappings/fields.yaml", "- x");
        assertThat(run("routes/adapter")).isEmpty();
    }

    @Test
    void findsEverythingAtOnce() throws IOException {
        write("routes/a.camel.yaml", route("b", "direct:a", "to: direct:nowhere", "setBodi: {constant: x}"));
        write("routes/broken.camel.yaml", "- route:\n    id: broken\n   from: x\n");
        write("mappings/x.json", "[\n {\"operation\": \"shift\" \"spec\": {}}]");
        assertThat(run()).hasSize(5).satisfiesExactly(
                line -> assertThat(line).startsWith("mappings/x.json:2: this is not JSON: "),
                line -> assertThat(line).isEqualTo("routes/a.camel.yaml:2: the route id b is not the name of the file — "
                        + "give it the id a or rename the file to b.camel.yaml"),
                line -> assertThat(line).isEqualTo("routes/a.camel.yaml:6: no route begins with direct:nowhere — "
                        + "add a route from direct:nowhere or correct the name"),
                line -> assertThat(line).isEqualTo("routes/a.camel.yaml:7: steps: \"setBodi\" is not known here — did you mean setBody?"),
                line -> assertThat(line).startsWith("routes/broken.camel.yaml:3: this is not YAML, column "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "to: {uri: direct:a, paramaters: {x: y}};to: \"paramaters\" is not known here — did you mean parameters?",
        "to: {parameters: {x: y}};to: \"uri\" is missing — add it",
        "to: [direct:a];to: a list can't stand here — see Camel's YAML DSL for what this takes",
        "setBody: {simpel: x};setBody: \"simpel\" is not known here — did you mean simple?",
        "setHeader: {nam: x, constant: y};setHeader: \"nam\" is not known here — did you mean name?",
        "split: {expression: {simple: {expression: x, trimm: true}}};simple: \"trimm\" is not known here — did you mean trim?",
        "marshal: {json: {libary: Jackson}};json: \"libary\" is not known here — did you mean library?",
        "filter: {simple: x, disabled: perhaps};disabled: \"perhaps\" can't stand here — see Camel's YAML DSL for what this takes",
        "log: {message: x, loggingLevel: LOUD};loggingLevel: \"LOUD\" can't stand here — see Camel's YAML DSL for what this takes",
        "log: {message: \"{{cosell.crn}}\"};there is no setting cosell.crn — did you mean cosell.crm?",
        "wireTap: {uri: direct:b};no route begins with direct:b — add a route from direct:b or correct the name",
        "enrich: {expression: {constant: {expression: direct:crm-raed}}};no route begins with direct:crm-raed — did you mean crm-read?",
        "recipientList: {constant: \"direct:a,direct:none\"};no route begins with direct:none — "
                + "add a route from direct:none or correct the name",
        "to: {uri: direct, parameters: {name: none}};no route begins with direct:none — add a route from direct:none or correct the name",
        "to: jolt:mapping:alpha/on.json?x=y;there is no mapping alpha/on.json in mappings — did you mean alpha/in.json?",
        "to: jolt:mapping:../in.json;\"../in.json\" is not the name of a mapping. "
                + "Give a path below the folder of mappings, such as crm/opportunity-in.json."})
    void oneSlipIsOneFinding(String step, String expected) throws IOException {
        write("mappings/alpha/in.json", "[{\"operation\": \"sort\"}]");
        write("routes/two.camel.yaml", route("a", "direct:a", step) + route("crm-read", "direct:crm-read", "stop: {}"));
        assertThat(run()).containsExactly("routes/two.camel.yaml:6: " + expected);
    }

    @Test
    void aRouteTemplateAnswersToEveryNameItsParametersCanMake() throws IOException {
        write("routes/token.camel.yaml", "- routeTemplate:\n    id: token\n    parameters: [{name: system}]\n"
                + "    from: {uri: \"direct:token-{{system}}\", steps: [{stop: {}}]}\n"
                + route("token", "direct:token", "to: direct:token-crm", "to: direct:other-crm"));
        assertThat(run()).singleElement().asString().startsWith("routes/token.camel.yaml:11: no route begins with direct:other-crm");
    }

    @Test
    void findsRoutesWithTheSameIdOrNone() throws IOException {
        write("routes/a.camel.yaml", route("a", "direct:a", "stop: {}"));
        write("routes/b.camel.yaml", route("a", "direct:b", "stop: {}") + "- from:\n    uri: direct:c\n    steps: [{stop: {}}]\n");
        assertThat(run()).containsExactly(
                "routes/b.camel.yaml:2: the route id a is used in routes/a.camel.yaml:2 too — give each route its own id",
                "routes/b.camel.yaml:8: warning: this route has no id — give it the id b");
    }

    @Test
    void findsFilesThatAreNoRoutes() throws IOException {
        write("routes/empty.camel.yaml", "# nothing\n");
        write("routes/map.camel.yaml", "route:\n  id: map\n");
        write("routes/twice.camel.yaml", "- route:\n    id: twice\n    id: twice\n");
        Files.write(folder.resolve("routes/latin.camel.yaml"), new byte[] {'#', (byte) 0xfc, '\n'});
        assertThat(run("none")).satisfiesExactly(
                line -> assertThat(line).isEqualTo("none: this folder of routes can't be read — create it or correct its name"),
                line -> assertThat(line).startsWith("routes/empty.camel.yaml:1: this is not a list of routes"),
                line -> assertThat(line).startsWith("routes/latin.camel.yaml: the file can't be read as UTF-8 text"),
                line -> assertThat(line).startsWith("routes/map.camel.yaml:1: this is not a list of routes"),
                line -> assertThat(line).startsWith("routes/twice.camel.yaml:3: this is not YAML, column 5: found duplicate key id"));
    }

    @Test
    void findsWhatIsWrongInMappings() throws IOException {
        write("mappings/op.json", "[\n  {\"operation\": \"sort\"},\n\n  {\"operation\": \"shfit\", \"spec\": {}}\n]");
        write("mappings/setting.json", "[{\"operation\": \"shift\",\n  \"spec\": {\n    \"{{cosell.vaule-field}}\": \"x\"}}]");
        write("mappings/object.json", "{}");
        write("mappings/twice.json", "[{\"operation\": \"shift\",\n \"spec\": {\"a\": \"x\",\n  \"a\": \"y\"}}]");
        assertThat(run()).satisfiesExactly(
                line -> assertThat(line).isEqualTo("mappings/object.json:1: this is not a chain of JOLT operations — "
                        + "begin with [ and list at least one operation"),
                line -> assertThat(line).isEqualTo("mappings/op.json:4: JOLT has no operation shfit — did you mean shift?"),
                line -> assertThat(line).isEqualTo("mappings/setting.json:3: there is no value for {{cosell.vaule-field}} — "
                        + "did you mean cosell.value-field?"),
                line -> assertThat(line).startsWith("mappings/twice.json:3: this is not JSON: Duplicate field 'a'"));
    }

    @Test
    void aCrmThatIsNotServedIsNotLookedAt() throws IOException {
        write("mappings/alpha/in.json", "{}");
        write("mappings/beta/in.json", "[{\"operation\": \"shift\", \"spec\": {\"#{{cosell.beta.stage}}\": \"{{cosell.beta.other}}\"}}]");
        String packed = "# type: choice alpha|beta\ncosell.crm = alpha\n# type: text\ncosell.beta.stage =\n";
        assertThat(Preflight.run(Settings.load(new ByteArrayInputStream(packed.getBytes(UTF_8)), Optional.empty(), Map.of()), List.of(),
            folder.resolve("mappings"))).singleElement().asString().contains("mappings/alpha/in.json:1: this is not a chain");
        assertThat(Preflight.run(Settings.load(new ByteArrayInputStream(packed.getBytes(UTF_8)), Optional.empty(),
            Map.of("COSELL_CRM", "beta")), List.of(), folder.resolve("mappings"))).satisfiesExactlyInAnyOrder(
                finding -> assertThat(finding.toString()).contains("cosell.beta.stage is missing"),
                finding -> assertThat(finding.toString()).contains("beta/in.json:1: there is no value for {{cosell.beta.other}}"));
    }

    @ParameterizedTest
    @CsvSource({"dynamics365", "salesforce", "tinycrm"})
    void theShippedMappingsOfEachCrmAreRightOnceItsSettingsAreGiven(String crm) throws IOException {
        try (InputStream shipped = Files.newInputStream(Path.of("application.properties"))) {
            Settings settings = Settings.load(shipped, Optional.of(Path.of("routes")), Optional.empty(), Map.of("COSELL_CRM", crm));
            assertThat(Preflight.run(settings, List.of(), Path.of("mappings"))).extracting(Finding::message)
                .isNotEmpty().allMatch(message -> message.startsWith("cosell.partner-center.") || message.startsWith("cosell." + crm + "."));
        }
    }

    @Test
    void findsThatThereAreNoMappings() throws IOException {
        Files.delete(folder.resolve("mappings"));
        assertThat(run()).containsExactly("mappings: this folder of mappings can't be read — create it or correct its name");
    }

    @Test
    void opensFoldersWhereverTheyAre() {
        assertThat(Preflight.folder("file:routes")).isEqualTo(Path.of("routes"));
        assertThat(Preflight.folder("routes")).isEqualTo(Path.of("routes"));
        assertThat(Preflight.folder("classpath:contracts/partner-center")).isDirectoryContaining("glob:**/event-*.json");
        Path inAJar = Preflight.folder("classpath:com/bazaarvoice/jolt/chainr/spec");
        assertThat(Files.exists(inAJar.resolve("ChainrEntry.class"))).as("inside a jar").isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> Preflight.folder("classpath:none")).withMessageContaining("classpath:none");
    }
}
