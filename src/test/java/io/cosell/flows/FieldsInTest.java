package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of mappings/fields.yaml that travels to the CRM, after the record is there. */
class FieldsInTest {

    @TempDir
    static Path folder;
    private static Stage stage;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, Map.of());
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    static Stream<Arguments> edits() {
        return Stream.of(
            Arguments.of("Deal name", "/name", "Renamed deal", "name", "✔ Renamed deal"),
            Arguments.of("Deal value", "/details/dealValue", new BigDecimal("61000.25"), "estimatedvalue", new BigDecimal("61000.25")),
            Arguments.of("Estimated closing date", "/details/closingDateTime", "2028-02-29T00:00:00Z", "estimatedclosedate", "2028-02-29"),
            Arguments.of("Notes", "/details/notes", "Line one\nLine \"two\" äöü ✓ ${body} {{cosell.crm}}", "description",
                "Line one\nLine \"two\" äöü ✓ ${body} {{cosell.crm}}"),
            Arguments.of("Notes", "/details/notes", null, "description", null));
    }

    @ParameterizedTest(name = "{1} = {2}")
    @MethodSource("edits")
    void anEditedFieldReachesTheRecord(String title, String path, Object value, String column, Object expected) {
        String referral = stage.receivedDeal("Edited " + title + " " + value);

        stage.partnerCenter.partnerEdits(referral, Collections.singletonMap(path, value));

        stage.eventually(() -> same(stage.opportunityOf(referral).get(column), expected));
        stage.settled();
        assertThat((String) stage.opportunityOf(referral).get("msft_microsoftpartnercenterreferralsyncaudit"))
            .contains("Partner Center Referral to CRM sync success: " + title + ".");
        assertThat(stage.journal(referral)).anySatisfy(entry -> assertThat(entry).containsEntry("kind", "written")
            .containsEntry("side", "crm").containsEntry("field", path).containsEntry("new_value", value == null ? null : value.toString()));
    }

    private static boolean same(Object value, Object expected) {
        return value instanceof Number && expected instanceof BigDecimal amount ? amount.compareTo(new BigDecimal(value.toString())) == 0
            : Objects.equals(value, expected);
    }

    @Test
    void amountAndCurrencyTravelTogether() {
        String referral = stage.receivedDeal("Other currency");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/currency", "GBP", "/details/dealValue", 77));

        stage.eventually(() -> stage.currency("GBP").equals(stage.opportunityOf(referral).get("_transactioncurrencyid_value")));
        assertThat(stage.opportunityOf(referral).get("estimatedvalue").toString()).startsWith("77");
    }

    @Test
    void solutionsAreAddedAndTakenOut() {
        String referral = stage.receivedDeal("Other solutions");
        String opportunity = stage.link(referral).recordId();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", List.of(
            Map.of("id", "SOL-34104-EBB", "name", "Contoso Telemetry", "type", "Name"),
            Map.of("id", "SOL-FIELDS-IN", "name", "New", "type", "Name"))));
        stage.eventually(() -> stage.solutionsOf(opportunity).size() == 2);
        assertThat(stage.solutionsOf(opportunity)).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-FIELDS-IN");
        stage.settled();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", List.of(
            Map.of("id", "SOL-FIELDS-IN", "name", "New", "type", "Name"))));
        stage.eventually(() -> stage.solutionsOf(opportunity).size() == 1);
        assertThat(stage.solutionsOf(opportunity)).containsExactly("SOL-FIELDS-IN");
        stage.comesToRest();
    }

    @Test
    void visibilityToMicrosoftReachesTheRecordAndStays() {
        String referral = stage.deal("Made visible", changes -> Stage.part(changes, "consent")
            .put("consentToShareReferralWithMicrosoftSellers", false));
        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.opportunityOf(referral)).containsEntry("msft_microsoftpartnercenterreferralvisible", false);

        stage.partnerCenter.partnerEdits(referral, Map.of("/consent/consentToShareReferralWithMicrosoftSellers", true));
        stage.eventually(() -> visible(referral));
        stage.settled();

        stage.crm.update("opportunity", stage.link(referral).recordId(), Map.of("msft_microsoftpartnercenterreferralvisible", false));
        stage.eventually(() -> !stage.reasons(referral, "refused").isEmpty());
        stage.eventually(() -> visible(referral));
        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why).contains("cannot be undone"));
    }

    private static boolean visible(String referral) {
        return Boolean.TRUE.equals(stage.opportunityOf(referral).get("msft_microsoftpartnercenterreferralvisible"));
    }

    static Stream<Arguments> ends() {
        return Stream.of(Arguments.of("Won", 1, 3), Arguments.of("Lost", 2, 4), Arguments.of("Error", 2, 4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void aDealClosedInPartnerCenterIsClosedInTheCrm(String substatus, int state, int status) {
        String referral = stage.receivedDeal("Ended as " + substatus);

        stage.partnerCenter.partnerCloses(referral, substatus, "All said");

        stage.eventually(() -> Integer.valueOf(state).equals(stage.opportunityOf(referral).get("statecode")));
        assertThat(stage.opportunityOf(referral)).containsEntry("statuscode", status);
        assertThat(stage.rows("opportunityclose", "_opportunityid_value", stage.link(referral).recordId())).hasSize(1);
        stage.comesToRest();
        assertThat(stage.rows("opportunityclose", "_opportunityid_value", stage.link(referral).recordId())).hasSize(1);
    }

    @Test
    void whatIsChangedOnBothSidesGoesToTheWinnerAndTheOtherValueIsKept() {
        String referral = stage.receivedDeal("Contested");
        String opportunity = stage.link(referral).recordId();
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 90001, "/details/notes", "Notes of Partner Center"));
        stage.crm.update("opportunity", opportunity, Map.of("estimatedvalue", 70001, "description", "Notes of the seller",
            "estimatedclosedate", "2027-09-09"));
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> stage.reasons(referral, "conflict").size() == 2);
        stage.settled();

        assertThat(new BigDecimal(stage.opportunityOf(referral).get("estimatedvalue").toString())).isEqualByComparingTo("90001");
        assertThat(stage.opportunityOf(referral)).containsEntry("description", "Notes of the seller")
            .containsEntry("estimatedclosedate", "2027-09-09");
        Map<String, Object> details = Stage.part(stage.partnerCenter.referral(referral), "details");
        assertThat(new BigDecimal(details.get("dealValue").toString())).isEqualByComparingTo("90001");
        assertThat(details).containsEntry("notes", "Notes of the seller");
        assertThat((String) details.get("closingDateTime")).startsWith("2027-09-09");
        assertThat(stage.journal(referral)).filteredOn(entry -> "conflict".equals(entry.get("kind")))
            .anySatisfy(entry -> assertThat(entry).containsEntry("field", "/details/dealValue")
                .containsEntry("old_value", "{\"dealValue\":70001,\"currency\":\"EUR\"}")
                .containsEntry("side", "partner-center"))
            .anySatisfy(entry -> assertThat(entry).containsEntry("field", "/details/notes")
                .containsEntry("old_value", "Notes of Partner Center")
                .containsEntry("side", "crm"));
        stage.comesToRest();
    }
}
