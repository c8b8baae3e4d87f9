package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.dev.Development;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is saved while the connector runs with {@code run --dev} takes effect at once, or is refused with the reason. */
@Execution(ExecutionMode.CONCURRENT)
class DevelopmentTest {

    private static final String CREATE = "mappings/dynamics365/opportunity-create.json";
    private static final String LANE = "routes/lane.camel.yaml";
    private static final String OWN_ROUTE = """
        # Refuses deals that have this word in their name.
        - route:
            id: contoso-rule
            description: A rule of Contoso
            from:
              uri: direct:contoso-rule
              steps:
                - filter:
                    expression: { simple: { expression: "${variable.link.recordId} != null && ${variable.record[view][name]} contains 'WORD'" } }
                    steps:
                      - throwException:
                          exceptionType: io.cosell.lane.RefusedFailure
                          message: Contoso does not want it.
        """;
    private static final String CALL_OF_OWN_ROUTE = "                  - to:\n                      uri: direct:synchronise";

    @TempDir
    Path folder;

    private final List<Development.News> news = new CopyOnWriteArrayList<>();
    private Stage stage;

    @BeforeEach
    void copyTheProject() throws IOException {
        CustomisingTest.copyTheProject(folder);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void develop(Map<String, String> settings) {
        stage = Stage.open(folder, PartnerCenterOptions.defaults(),
            DataverseOptions.defaults().withColumn("opportunity", "new_region", "string", false), settings);
        stage.connector().develop(news::add);
        assertThat(news).hasSize(1);
    }

    /** Saves a file as careful editors do: beside it, then in its place. */
    private void save(String file, String text) throws IOException {
        Path beside = folder.resolve(file + "~");
        Files.writeString(beside, text, StandardCharsets.UTF_8);
        Files.move(beside, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        save(file, text.replace(from, to));
    }

    /** What is told next of something that takes effect, or does not. */
    private String told(boolean good, String part) {
        stage.eventually(() -> news.stream().anyMatch(one -> one.good() == good && one.text().contains(part)));
        String text = news.stream().filter(one -> one.good() == good && one.text().contains(part)).findFirst().orElseThrow().text();
        news.clear();
        return text;
    }

    private String inEffect(String file) {
        return told(true, "In effect: " + folder.resolve(file));
    }

    private String notInEffect() {
        return told(false, "Not in effect: ");
    }

    private Object regionOfNewDeal(String name) {
        return stage.opportunityOf(stage.receivedDeal(name)).get("new_region");
    }

    private CamelContext camel() {
        return stage.connector().camel().getCamelContext();
    }

    private Set<String> routes() {
        return camel().getRoutes().stream().map(Route::getRouteId).collect(Collectors.toSet());
    }

    @Test
    void aSpec() throws IOException {
        develop(Map.of());
        assertThat(regionOfNewDeal("First")).isNull();

        edit(CREATE, "\"isrevenuesystemcalculated\": false", "\"isrevenuesystemcalculated\": false, \"new_region\": \"EMEA\"");
        inEffect(CREATE);
        assertThat(regionOfNewDeal("Second")).isEqualTo("EMEA");

        edit(CREATE, "\"EMEA\"", "\"EMEA");
        assertThat(notInEffect()).contains(folder.resolve(CREATE) + ":8: this is not JSON").contains("What was in effect before stays");
        assertThat(regionOfNewDeal("Third")).isEqualTo("EMEA");

        edit(CREATE, "\"EMEA", "\"APAC\"");
        inEffect(CREATE);
        assertThat(regionOfNewDeal("Fourth")).isEqualTo("APAC");
    }

    @Test
    void aBrokenSpecThatWasNeverUsedBefore() throws IOException {
        develop(Map.of());

        edit(CREATE, "modify-default-beta", "modify-defaults-beta");
        assertThat(notInEffect()).contains(CREATE + ":4: JOLT has no operation modify-defaults-beta — did you mean modify-default-beta?");

        assertThat(stage.opportunityOf(stage.receivedDeal("First"))).containsEntry("isrevenuesystemcalculated", false);
        edit(CREATE, "modify-defaults-beta", "modify-default-beta");
        told(true, "The files are again those in effect.");
    }

    @Test
    void theFields() throws IOException {
        develop(Map.of());
        String before = stage.connector().mappingVersion();
        String id = stage.sharedOpportunity("Titled", values -> { });

        edit("mappings/fields.yaml", "title: Notes", "title: Remarks of the seller");
        inEffect("mappings/fields.yaml");
        assertThat(stage.connector().mappingVersion()).isNotEqualTo(before);
        stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/notes", "Changed in the portal"));
        stage.eventually(() -> stage.record(id).text(DealField.AUDIT).contains("Remarks of the seller"));

        edit("mappings/fields.yaml", "winner: crm", "winner: nobody");
        assertThat(notInEffect()).containsPattern("fields\\.yaml:\\d+: .*nobody");
        stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/notes", "Changed once more"));
        stage.eventually(() -> "Changed once more".equals(stage.record(id).get(DealField.NOTES)));
    }

    @Test
    void aRoute() throws IOException {
        develop(Map.of());
        Set<String> routes = routes();
        String id = stage.sharedOpportunity("Switched", values -> { });

        edit(LANE, "is set to No in the record. The deal", "is No, as Contoso wants it. The deal");
        inEffect(LANE);
        assertThat(routes()).isEqualTo(routes);
        stage.seller.edits(id, DealField.SYNC, false);
        stage.eventually(() -> stage.link(id).reason() != null && stage.link(id).reason().contains("as Contoso wants it"));
        stage.seller.edits(id, DealField.SYNC, true);
        stage.settled();

        edit(LANE, "uri: direct:synchronise", "uri: direct:synchronize");
        assertThat(notInEffect()).containsPattern("lane\\.camel\\.yaml:\\d+: no route begins with direct:synchronize — did you mean")
            .contains("synchronise?");
        assertThat(stage.isLinked(stage.receivedDeal("Goes on"))).isTrue();

        // No check finds an option that the endpoint does not have; Camel does, when the old route is gone already.
        edit(LANE, "uri: direct:synchronize", "uri: direct:synchronise?nonsense=1");
        assertThat(notInEffect()).contains(LANE).contains("nonsense");
        assertThat(routes()).isEqualTo(routes);
        assertThat(stage.isLinked(stage.receivedDeal("Goes on and on"))).isTrue();

        edit(LANE, "direct:synchronise?nonsense=1", "direct:synchronise");
        edit(LANE, "as Contoso wants it", "as Fabrikam wants it");
        inEffect(LANE);
        stage.seller.edits(id, DealField.SYNC, false);
        stage.eventually(() -> stage.link(id).reason() != null && stage.link(id).reason().contains("as Fabrikam wants it"));
    }

    @Test
    void aTemplateAndWhatHoldsForAllRoutes() throws IOException {
        develop(Map.of());
        Set<String> routes = routes();

        edit("routes/system-call.camel.yaml", "{{title}} refuses it", "{{title}} says no to it");
        inEffect("routes/system-call.camel.yaml");
        edit("routes/errors.camel.yaml", "# Errors go up", "# All errors go up");
        inEffect("routes/errors.camel.yaml");
        assertThat(routes()).isEqualTo(routes);
        edit(CREATE, "\"isrevenuesystemcalculated\": false", "\"no_such_column\": false");
        inEffect(CREATE);
        String referral = stage.deal("Refused", changes -> { });
        stage.eventually(() -> stage.link(referral).reason().startsWith("Dynamics 365 says no to it (400)."));
    }

    @Test
    void aNewFileAndADeletedOne() throws IOException {
        develop(Map.of());
        String own = "routes/contoso-rule.camel.yaml";
        String lane = Files.readString(folder.resolve(LANE));
        assertThat(lane).contains(CALL_OF_OWN_ROUTE);

        save(LANE, lane.replace(CALL_OF_OWN_ROUTE, CALL_OF_OWN_ROUTE.replace("synchronise", "contoso-rule") + "\n" + CALL_OF_OWN_ROUTE));
        assertThat(notInEffect()).contains("no route begins with direct:contoso-rule");
        save(own, OWN_ROUTE.replace("WORD", "Tailspin"));
        assertThat(told(true, "In effect: ")).contains(own).contains(LANE);
        String wanted = stage.sharedOpportunity("Wanted", values -> { });
        String refused = stage.opportunity("Toys of Tailspin", values -> { });
        stage.solution(refused, Stage.SOLUTION);
        stage.share(refused);
        stage.eventually(() -> "Contoso does not want it.".equals(stage.link(refused).reason()));
        assertThat(stage.isLinked(wanted)).isTrue();

        Files.delete(folder.resolve(own));
        assertThat(notInEffect()).contains(own).contains(LANE).contains("no route begins with direct:contoso-rule");
        assertThat(routes()).contains("contoso-rule");
        save(LANE, lane);
        assertThat(told(true, "In effect: ")).contains("Deals that rested and are tried again: 1.");
        assertThat(routes()).doesNotContain("contoso-rule");
        stage.eventually(() -> stage.isLinked(refused));
    }

    @Test
    void settingsNeedARestart() throws IOException {
        develop(Map.of());

        edit("application.properties", "cosell.audit-length = 4000", "cosell.audit-length = a lot");
        assertThat(told(false, "Restart the connector for cosell.audit-length.")).containsPattern("application\\.properties:\\d+: .*a lot");
        edit("application.properties", "cosell.audit-length = a lot", "cosell.audit-length = 4000");
        told(true, "The settings are again those in effect.");
        Files.writeString(folder.resolve("mappings/salesforce/lead-in.json"), "[");
        told(false, "This process does not use " + folder.resolve("mappings/salesforce/lead-in.json"));
    }

    @Test
    void aRouteThatIsLeftOutStaysOut() throws IOException {
        develop(Map.of());
        assertThat(routes()).doesNotContain("crm-webhook");

        edit("routes/dynamics365/crm-webhook.camel.yaml", "# ", "# And: ");
        inEffect("routes/dynamics365/crm-webhook.camel.yaml");

        assertThat(routes()).doesNotContain("crm-webhook");
    }
}
