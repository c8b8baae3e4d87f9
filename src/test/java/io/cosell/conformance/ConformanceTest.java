package io.cosell.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.conformance.Check.Outcome;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Sandboxes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped adapters keep the contract of the verbs (docs/adapter.md), each against the sandbox of its CRM. */
class ConformanceTest {

    private static final Set<String> VERBS = Set.of("crm-kind", "crm-find", "customize", "crm-read", "crm-update", "crm-changes", "crm-row",
        "crm-changed-since");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void eachShippedAdapterPassesAllOfIt(Crm crm) {
        try (Sandboxes sandboxes = Sandboxes.start();
             Conformance conformance = new Conformance(folder, crm.settings(sandboxes, folder))) {
            assertThat(conformance.isOnThisMachine()).isTrue();

            Report report = conformance.run("USD", Duration.ofSeconds(15), check -> { });

            assertThat(report.checks()).filteredOn(check -> check.outcome() == Outcome.FAILED).isEmpty();
            assertThat(report.checks().stream().filter(check -> check.outcome() == Outcome.PASSED).map(Check::verb).collect(Collectors.toSet()))
                .isEqualTo(VERBS);
            assertThat(report.left()).isNotEmpty().noneMatch(record -> record.contains("still open"));
            assertThat(report.calls()).extracting(Report.VerbCalls::verb).containsAll(VERBS);
        }
    }
}
