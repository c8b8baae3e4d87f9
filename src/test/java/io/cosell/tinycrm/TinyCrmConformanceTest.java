package io.cosell.tinycrm;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.conformance.Check;
import io.cosell.conformance.Check.Outcome;
import io.cosell.conformance.Conformance;
import io.cosell.conformance.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The adapter that docs/third-crm.md builds keeps the contract; one that breaks a part of it is found out by name. */
class TinyCrmConformanceTest {

    @TempDir
    Path folder;

    private Report run(Duration patience) {
        try (TinyCrm crm = new TinyCrm(); Conformance conformance = new Conformance(folder, crm.settings())) {
            assertThat(conformance.isOnThisMachine()).isTrue();
            return conformance.run("EUR", patience, check -> { });
        }
    }

    private static List<String> tried(Report report, Outcome outcome) {
        return report.checks().stream().filter(check -> check.outcome() == outcome).map(check -> check.verb() + ": " + check.tried()).toList();
    }

    @Test
    void theExampleOfTheGuideKeepsTheContract() {
        Report report = run(Duration.ofSeconds(15));

        assertThat(report.checks()).filteredOn(check -> check.outcome() == Outcome.FAILED).isEmpty();
        assertThat(tried(report, Outcome.NOT_APPLICABLE)).as("Tiny CRM has no leads").containsExactly(
            "crm-update: each field of a lead is given back and can be changed", "crm-update: a lead is guarded too");
        assertThat(report.checks().stream().map(Check::verb)).contains("crm-row", "crm-changed-since");
    }

    /** Each is a mistake that is easily made. Ten runs of the whole suite: {@code mvn verify -Dtests.left.out=} has them too. */
    @Tag("long")
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "routes/tinycrm/crm-update.camel.yaml; name: If-Match; name: If-Matched; crm-update: a version tag that is not the current one",
        "routes/tinycrm/tinycrm.camel.yaml; .error.code == \\\"duplicate\\\"; .error.code == \\\"dupe\\\"; customize: a second try",
        "routes/tinycrm/crm-changes.camel.yaml; (.shareWithMicrosoft == true); true; crm-changes: a record that is not switched on",
        "routes/tinycrm/crm-changes.camel.yaml; version: \"\\\"\\(.version)\\\"\"; version: .updatedAt; crm-changes: the connector's own write",
        "routes/tinycrm/crm-changes.camel.yaml; row: .; row: del(.notes); crm-row: a row that crm-changes brings",
        "routes/tinycrm/crm-changed-since.camel.yaml; or .referralId != null; | select(.stage == \"won\"); crm-changed-since: lists what changed",
        "routes/tinycrm/crm-find.camel.yaml; email=; emails=; crm-find: takes nobody else's",
        "mappings/tinycrm/opportunity-in.json; \"view.details.notes\"; \"other.notes\"; crm-update: null empties",
        "mappings/tinycrm/opportunity-out.json; \"record.closesOn\"; \"closesOn\"; customize: gives back: Estimated closing date",
        "mappings/tinycrm/opportunity-out.json; \"#won\"; \"#lost\"; crm-update: closes a deal as Won"})
    void aMistakeIsFoundOut(String file, String right, String wrong, String check) throws IOException {
        copy(Path.of("routes"));
        copy(Path.of("mappings"));
        Path edited = folder.resolve(file);
        String text = Files.readString(edited);
        assertThat(text).contains(right);
        Files.writeString(edited, text.replace(right, wrong));

        assertThat(tried(run(Duration.ofMillis(500)), Outcome.FAILED)).anyMatch(tried -> tried.startsWith(check));
    }

    private void copy(Path from) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path to = folder.resolve(file.toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(to);
                    } else {
                        Files.copy(file, to);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
