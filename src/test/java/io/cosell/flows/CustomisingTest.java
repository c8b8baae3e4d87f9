package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cosell.ConfigurationException;
import io.cosell.Connector;
import io.cosell.config.Settings;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a partner changes: one edit in one file of a working folder, and no build. */
class CustomisingTest {

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        copyTheProject(folder);
    }

    /** A copy of what users have lying before them. */
    static void copyTheProject(Path folder) throws IOException {
        for (String part : List.of("routes", "mappings", "application.properties")) {
            try (Stream<Path> files = Files.walk(Path.of(part))) {
                for (Path file : files.toList()) {
                    Files.copy(file, folder.resolve(file.toString()));
                }
            }
        }
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(folder.resolve(file), text.replace(from, to));
    }

    @Test
    void anotherDealValueColumn() throws IOException {
        edit("application.properties", "cosell.deal-value-field = {{cosell.{{cosell.crm}}.deal-value-field}}", "cosell.deal-value-field = budgetamount");
        try (Stage stage = Stage.open(folder, Map.of())) {
            Seller seller = new Seller(stage);
            String id = stage.opportunity("Budgeted deal", values -> { });
            seller.changes(id, "budgetamount", 1234);
            stage.solution(id, Stage.SOLUTION);
            stage.share(id);
            stage.eventually(() -> stage.isLinked(id));
            stage.settled();
            assertThat(seller.dealValue(id)).isEqualTo(1234);

            stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/dealValue", 987));

            stage.eventually(() -> ((Number) stage.opportunityRow(id).get("budgetamount")).intValue() == 987);
            assertThat(((Number) stage.opportunityRow(id).get("estimatedvalue")).intValue()).isEqualTo(50000);
            seller.changes(id, "budgetamount", 555);
            stage.eventually(() -> seller.dealValue(id) == 555);
        }
    }

    @Test
    void aMandatoryColumnOfOnesOwn() throws IOException {
        edit("mappings/dynamics365/opportunity-create.json", "\"isrevenuesystemcalculated\": false",
            "\"isrevenuesystemcalculated\": false, \"new_region\": \"EMEA\"");
        try (Stage stage = Stage.open(folder, PartnerCenterOptions.defaults(),
            DataverseOptions.defaults().withColumn("opportunity", "new_region", "string", true), Map.of())) {
            String referral = stage.partnerCenter.partnerCreates(ExampleReferrals.outbound());

            stage.eventually(() -> stage.isLinked(referral));
            assertThat(stage.opportunityRow(stage.link(referral).recordId())).containsEntry("new_region", "EMEA");
        }
    }

    @Test
    void namesLeftAlone() throws IOException {
        edit("application.properties", "cosell.show-check-mark-in-name = Yes", "cosell.show-check-mark-in-name = No");
        try (Stage stage = Stage.open(folder, Map.of())) {
            Seller seller = new Seller(stage);
            String good = stage.sharedOpportunity("Plain deal", values -> { });
            String bad = stage.opportunity("Plain failure", values -> { });
            stage.share(bad);

            stage.eventually(() -> seller.told(bad, "Solution ID is required") == 1);
            assertThat(seller.name(good)).isEqualTo("Plain deal");
            assertThat(seller.name(bad)).isEqualTo("Plain failure");
            String referral = stage.partnerCenter.partnerCreates(ExampleReferrals.outbound());
            stage.eventually(() -> stage.isLinked(referral));
            assertThat(seller.name(stage.link(referral).recordId())).isEqualTo(ExampleReferrals.outbound().get("name"));
        }
    }

    @Test
    void everyMistakeIsNamedAtOnceWithItsPlace() throws IOException {
        edit("application.properties", "cosell.show-check-mark-in-name = Yes", "cosell.show-check-mark-in-name = maybe");
        edit("mappings/dynamics365/opportunity-update.json", "\"operation\": \"remove\"", "\"operation\": \"remoove\"");
        edit("mappings/fields.yaml", "winner: crm", "winner: nobody");
        edit("routes/synchronise.camel.yaml", "uri: direct:crm-to-partner-center", "uri: direct:crm-to-partner-centre");
        try (Sandboxes sandboxes = Sandboxes.start()) {
            Map<String, String> settings = sandboxes.settings(folder);

            ConfigurationException failure = catchThrowableOfType(ConfigurationException.class,
                () -> Connector.start(folder, settings, Connector.Purpose.SERVE).close());

            assertThat(failure.findings()).anyMatch(line -> line.matches(".*application\\.properties:\\d+: .*show-check-mark-in-name.*maybe.*"))
                .anyMatch(line -> line.matches("(?s).*opportunity-update\\.json:\\d+.*remoove.*"))
                .anyMatch(line -> line.matches(".*fields\\.yaml:\\d+.*nobody.*"))
                .anyMatch(line -> line.matches(".*synchronise\\.camel\\.yaml:\\d+: .*crm-to-partner-centre.*"));
            assertThat(failure.getMessage()).startsWith("The configuration is not right:");
        }
    }

    @Test
    void theEnvironmentOverridesTheFile() throws IOException {
        edit("application.properties", "cosell.deal-value-field = {{cosell.{{cosell.crm}}.deal-value-field}}", "cosell.deal-value-field = fromfile");
        try (InputStream packed = Files.newInputStream(Path.of("application.properties"))) {
            Settings settings = Settings.load(packed, Optional.of(Path.of("routes")), Optional.of(folder.resolve("application.properties")),
                Map.of("COSELL_DEAL_VALUE_FIELD", "budgetamount", "COSELL_COSELL_OPPORTUNITIES_ONLY", "Yes"));

            assertThat(settings.get("cosell.deal-value-field")).isEqualTo("budgetamount");
            assertThat(settings.isYes("cosell.cosell-opportunities-only")).isTrue();
            assertThat(settings.isYes("cosell.show-check-mark-in-name")).isTrue();
        }
    }
}
