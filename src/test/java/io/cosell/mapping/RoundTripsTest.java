package io.cosell.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.Connector;
import io.cosell.config.Settings;
import io.cosell.plan.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each verdict with small specs of a CRM that keeps what it gets; and the shipped mappings, which lose nothing undeclared. */
class RoundTripsTest {

    private static final String OUT = """
        [{ "operation": "shift", "spec": { "view": { "*": "&" } } }]
        """;
    private static final String IN = """
        [{ "operation": "shift", "spec": { "*": "view.&" } }]
        """;

    @TempDir
    private Path folder;

    @BeforeEach
    void aSmallCrm() throws IOException {
        write("fields.yaml", """
            fields:
              - { path: /name, title: Name, type: text, to-crm: always, to-partner-center: always, winner: crm }
              - { path: /due, title: Due, type: date, to-crm: always, to-partner-center: always, winner: crm }
              - { path: /internal, title: Internal, type: text, to-crm: never, to-partner-center: always }
              - { path: /team, title: Team, type: document, to-crm: create, to-partner-center: create }
            """);
        write("referral-view.schema.yaml", """
            type: object
            properties:
              team: { type: array, items: { type: object, properties: { mail: { type: string } } } }
            """);
        roundTrips("");
        write("dynamics365/deal-out.json", OUT);
        write("dynamics365/deal-in.json", IN);
    }

    @Test
    void whatComesBackAsItWasIsLossless() {
        RoundTrips.Report report = run();
        assertThat(report.passes()).isTrue();
        assertThat(report.documents()).isEqualTo(200);
        assertThat(verdict(report, "/team/*/mail")).isEqualTo(Verdict.LOSSLESS);
    }

    @Test
    void whatComesBackInAnotherFormIsNormalised() {
        assertThat(verdict(run(), "/due")).isEqualTo(Verdict.NORMALISED);
        assertThat(row(run(), "/due").note()).contains("comes back as");
    }

    @Test
    void whatFieldsYamlDoesNotSendIsOneWay() {
        write("dynamics365/deal-out.json", OUT.replace("\"*\"", "\"internal\": null, \"*\""));
        assertThat(verdict(run(), "/internal")).isEqualTo(Verdict.ONE_WAY);
        assertThat(row(run(), "/internal").note()).isEqualTo("fields.yaml: to-crm: never");
    }

    @Test
    void whatIsDeclaredIsOneWay() {
        write("dynamics365/deal-out.json", OUT.replace("\"*\"", "\"name\": null, \"*\""));
        roundTrips("{ path: /name, why: There is no room for it. }");
        RoundTrips.Report report = run();
        assertThat(report.passes()).isTrue();
        assertThat(row(report, "/name").verdict()).isEqualTo(Verdict.ONE_WAY);
        assertThat(row(report, "/name").note()).isEqualTo("There is no room for it.");
    }

    @Test
    void aDeclaredFormHoldsForThatFormAlone() {
        write("dynamics365/deal-out.json", """
            [{ "operation": "shift", "spec": { "view": { "*": "&" } } },
             { "operation": "modify-overwrite-beta", "spec": { "name": "=toLower" } }]
            """);
        roundTrips("{ path: /name, pattern: 'x', replacement: 'y', why: Not what happens. }");
        assertThat(verdict(run(), "/name")).isEqualTo(Verdict.LOSSY);
    }

    @Test
    void whatDoesNotComeBackIsLossyAndTheCounterexampleIsAsSmallAsCanBe() {
        write("dynamics365/deal-in.json", IN.replace("\"*\"", "\"name\": null, \"*\""));
        RoundTrips.Report report = run();
        assertThat(report.passes()).isFalse();
        assertThat(verdict(report, "/name")).isEqualTo(Verdict.LOSSY);
        assertThat(verdict(report, "/due")).isEqualTo(Verdict.NORMALISED);
        assertThat(report.counterexamples()).extracting(RoundTrips.Counterexample::path).containsExactly("/name");
        RoundTrips.Counterexample example = report.counterexamples().get(0);
        JsonNode written = example.steps().get("written to a new record");
        assertThat(written.properties()).extracting(Map.Entry::getKey).containsExactly("name");
        assertThat(written.path("name").asText("").length()).isLessThanOrEqualTo(1);
        assertThat(example.steps().keySet()).containsExactly("written to a new record", "made by dynamics365/deal-out",
            "read back by dynamics365/deal-in");
    }

    @Test
    void whatOnlyOneOfManyItemsLosesIsFound() {
        write("dynamics365/deal-out.json", OUT.replace("\"*\"", "\"team\": { \"0|1\": \"team[]\" }, \"*\""));
        RoundTrips.Report report = run();
        assertThat(verdict(report, "/team/1-/mail")).isEqualTo(Verdict.LOSSY);
        JsonNode written = report.counterexamples().stream().filter(one -> one.path().equals("/team/1-/mail")).findFirst().orElseThrow()
            .steps().get("written to a new record");
        assertThat(written.path("team")).hasSize(3);
    }

    @Test
    void whatChangesWithEveryTripIsLossy() {
        write("dynamics365/deal-out.json", """
            [{ "operation": "shift", "spec": { "view": { "*": "&" } } },
             { "operation": "modify-default-beta", "spec": { "name": "=concat('No. ',@(1,due))" } }]
            """);
        write("dynamics365/deal-in.json", """
            [{ "operation": "shift", "spec": { "*": "view.&" } },
             { "operation": "modify-overwrite-beta", "spec": { "view": { "name": "=concat(@(1,name),'!')" } } }]
            """);
        assertThat(verdict(run(), "/name")).isEqualTo(Verdict.LOSSY);
    }

    @Test
    void aWriteThatSpoilsAnotherFieldIsLossyThere() {
        roundTrips("", "update: [deal-update],");
        write("dynamics365/deal-update.json", OUT.replace("\"*\"", "\"due\": [\"due\", \"name\"], \"name\": \"name\", \"*\""));
        assertThat(run().counterexamples()).anySatisfy(example -> {
            assertThat(example.path()).isEqualTo("/name");
            assertThat(example.note()).startsWith("changes although only other fields are written");
            assertThat(example.steps()).containsKey("then written to it");
        });
    }

    @Test
    void aSpecThatFailsIsAFinding() {
        write("dynamics365/deal-in.json", """
            [{ "operation": "shift", "spec": { "*": "view.&", "team": { "*": { "mail": "view.team.x", "@": "view.team[0]" } } } }]
            """);
        RoundTrips.Report report = run();
        assertThat(report.passes()).isFalse();
    }

    @Test
    void theSameSeedMakesTheSameDocuments() throws IOException {
        JsonNode schema = shippedSchema();
        Documents one = new Documents(schema, 7);
        Documents same = new Documents(schema, 7);
        Documents other = new Documents(schema, 8);
        assertThat(one.next()).isEqualTo(same.next());
        assertThat(one.next()).isEqualTo(same.next()).isNotEqualTo(other.next());
    }

    @Test
    void aFewHundredDocumentsHoldEverything() throws IOException {
        Documents documents = new Documents(shippedSchema(), 1);
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            JsonNode view = documents.next();
            seen.add("solutions " + view.at("/details/requirements/solutions").size());
            JsonNode help = view.at("/inviteContext/assistanceRequestCode");
            seen.add("help " + (help.isNull() ? "null" : help.asText("absent")));
            seen.add("status " + view.path("status").asText() + "/" + view.path("substatus").asText());
            seen.add("date " + view.at("/details/closingDateTime").asText().replaceFirst("^.{10}", ""));
            String notes = view.at("/details/notes").asText();
            seen.add(notes.length() > 1000 ? "long" : notes.contains("数") ? "other script" : "text");
            seen.add("notes " + (view.at("/details/notes").isMissingNode() ? "absent" : view.at("/details/notes").isNull() ? "null"
                : notes.isEmpty() ? "empty" : "full"));
            seen.add(view.at("/details/dealValue").asText().matches(".*\\.\\d\\d") ? "cents" : "other amount");
            seen.add(view.at("/details/dealValue").asText().startsWith("-") ? "below zero" : "other amount");
            seen.add(notes.matches("[ \"'\\\\{}\\[\\]().*+?^$|@#&_/:,;\\n\\t-]{3,}[a-z]") ? "signs" : "no signs");
            seen.add(notes.matches("(?s).*\\p{Cntrl}.*") && !notes.matches("(?s).*[\r\n\t].*") ? "control characters" : "others");
        }
        assertThat(seen).contains("solutions 0", "solutions 1", "solutions 7", "help QuotesOrLicensing", "help GeneralOrOther", "help null",
            "help absent", "status New/Received", "status Closed/Error", "status Closed/Won", "status /", "date T23:30:00+14:00",
            "date T00:30:00-12:00", "date ", "long", "other script", "notes absent", "notes null", "notes empty", "notes full", "cents",
            "below zero", "signs", "control characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dynamics365", "salesforce"})
    void theShippedMappingsLoseNothingUndeclared(String crm) {
        Settings settings = Connector.settings(Path.of(""), Map.of("cosell.crm", crm));
        List<RoundTrips.Report> reports = RoundTrips.run(Specs.of(Mappings.FOLDER, settings), List.of(crm, "partner-center"),
            new RoundTrips.Plan(300, 2), any -> true);
        assertThat(reports).extracting(RoundTrips.Report::name).containsExactly(crm + "/opportunity", crm + "/lead",
            "partner-center/referral", "partner-center/invitation");
        assertThat(reports).allSatisfy(report -> assertThat(report.counterexamples()).isEmpty());
        assertThat(Examples.run(Specs.ofExamples(Mappings.FOLDER, settings), name -> name.startsWith(crm + "/")).failures()).isEmpty();
    }

    private static JsonNode shippedSchema() throws IOException {
        Settings settings = Connector.settings(Path.of(""), Map.of());
        try (InputStream fields = Files.newInputStream(Mappings.FOLDER.resolve("fields.yaml"))) {
            return Documents.withFields(Specs.of(Mappings.FOLDER, settings).yaml("referral-view.schema.yaml").orElseThrow(),
                Policy.parse(fields, "fields.yaml"));
        }
    }

    private RoundTrips.Report run() {
        Settings settings = Connector.settings(folder, Map.of());
        return RoundTrips.run(Specs.of(folder, settings), List.of("dynamics365"), new RoundTrips.Plan(200, 1), any -> true).get(0);
    }

    private static RoundTrips.Row row(RoundTrips.Report report, String path) {
        Optional<RoundTrips.Row> row = report.rows().stream().filter(one -> one.path().equals(path)).findFirst();
        assertThat(row).as(path + " in " + report.rows()).isPresent();
        return row.get();
    }

    private static Verdict verdict(RoundTrips.Report report, String path) {
        return row(report, path).verdict();
    }

    private void roundTrips(String declared) {
        roundTrips(declared, "");
    }

    private void roundTrips(String declared, String more) {
        write("dynamics365/round-trips.yaml", "pairs:\n  deal: { create: [deal-out], " + more + " read: deal-in, declared: [" + declared + "] }\n");
    }

    private void write(String name, String text) {
        try {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
