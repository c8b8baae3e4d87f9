package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of mappings/fields.yaml that travels to the CRM, after the record is there. */
@ForEveryCrm
@SharedStage
class FieldsInTest {

    private final Stage stage;

    FieldsInTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    static Stream<Arguments> edits() {
        return Stream.of(
            Arguments.of("Deal name", "/name", "Renamed deal", DealField.NAME, "✔ Renamed deal"),
            Arguments.of("Deal value", "/details/dealValue", new BigDecimal("61000.25"), DealField.VALUE, new BigDecimal("61000.25")),
            Arguments.of("Estimated closing date", "/details/closingDateTime", "2028-02-29T00:00:00Z", DealField.CLOSING, "2028-02-29"),
            Arguments.of("Notes", "/details/notes", "Line one\nLine \"two\" äöü ✓ ${body} {{cosell.crm}}", DealField.NOTES,
                "Line one\nLine \"two\" äöü ✓ ${body} {{cosell.crm}}"),
            Arguments.of("Notes", "/details/notes", null, DealField.NOTES, null));
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest(name = "{1} = {2}")
    @MethodSource("edits")
    void anEditedFieldReachesTheRecord(String title, String path, Object value, DealField field, Object expected) {
        String referral = stage.receivedDeal("Edited " + title + " " + value);

        stage.partnerCenter.partnerEdits(referral, Collections.singletonMap(path, value));

        stage.eventually(() -> same(stage.record(referral).get(field), expected));
        stage.settled();
        assertThat(stage.record(referral).text(DealField.AUDIT))
            .contains("Partner Center Referral to CRM sync success: " + title + ".");
        assertThat(stage.journal(referral)).anySatisfy(entry -> assertThat(entry).containsEntry("kind", "written")
            .containsEntry("side", "crm").containsEntry("field", path).containsEntry("new_value", value == null ? null : value.toString()));
    }

    private static boolean same(Object value, Object expected) {
        return value instanceof Number && expected instanceof BigDecimal amount ? amount.compareTo(new BigDecimal(value.toString())) == 0
            : Objects.equals(value, expected);
    }

    @TestInTurn
    void amountAndCurrencyTravelTogether() {
        String referral = stage.receivedDeal("Other currency");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/currency", "GBP", "/details/dealValue", 77));

        stage.eventually(() -> "GBP".equals(stage.record(referral).get(DealField.CURRENCY)));
        assertThat(stage.record(referral).text(DealField.VALUE)).startsWith("77");
    }

    @TestInTurn
    void solutionsAreAddedAndTakenOut() {
        String referral = stage.receivedDeal("Other solutions");
        String opportunity = stage.link(referral).recordId();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", List.of(
            Map.of("id", "SOL-34104-EBB", "name", "Contoso Telemetry", "type", "Name"),
            Map.of("id", "SOL-FIELDS-IN", "name", "New", "type", "Name"))));
        stage.eventually(() -> stage.record(opportunity).solutions().size() == 2);
        assertThat(stage.record(opportunity).solutions()).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-FIELDS-IN");
        stage.settled();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/requirements/solutions", List.of(
            Map.of("id", "SOL-FIELDS-IN", "name", "New", "type", "Name"))));
        stage.eventually(() -> stage.record(opportunity).solutions().size() == 1);
        assertThat(stage.record(opportunity).solutions()).containsExactly("SOL-FIELDS-IN");
        stage.comesToRest();
    }

    @TestInTurn
    void visibilityToMicrosoftReachesTheRecordAndStays() {
        String referral = stage.deal("Made visible", changes -> Stage.part(changes, "consent")
            .put("consentToShareReferralWithMicrosoftSellers", false));
        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.record(referral).values()).containsEntry(DealField.VISIBLE, false);

        stage.partnerCenter.partnerEdits(referral, Map.of("/consent/consentToShareReferralWithMicrosoftSellers", true));
        stage.eventually(() -> visible(referral));
        stage.settled();

        stage.seller.edits(stage.link(referral).recordId(), DealField.VISIBLE, false);
        stage.eventually(() -> !stage.reasons(referral, "refused").isEmpty());
        stage.eventually(() -> visible(referral));
        assertThat(stage.reasons(referral, "refused")).singleElement().satisfies(why -> assertThat(why).contains("cannot be undone"));
    }

    private boolean visible(String referral) {
        return Boolean.TRUE.equals(stage.record(referral).get(DealField.VISIBLE));
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @CsvSource({"Won, Closed/Won", "Lost, Closed/Lost", "Error, Closed/Lost"})
    void aDealClosedInPartnerCenterIsClosedInTheCrm(String substatus, String status) {
        String referral = stage.receivedDeal("Ended as " + substatus);

        stage.partnerCenter.partnerCloses(referral, substatus, "All said");

        stage.eventually(() -> stage.record(referral).status().equals(status));
        stage.comesToRest();
        assertThat(stage.record(referral).status()).isEqualTo(status);
    }

    @TestInTurn
    void whatIsChangedOnBothSidesGoesToTheWinnerAndTheOtherValueIsKept() {
        String referral = stage.receivedDeal("Contested");
        String opportunity = stage.link(referral).recordId();
        stage.partnerCenter.holdWebhooks(true);
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 90001, "/details/notes", "Notes of Partner Center"));
        stage.seller.edits(opportunity, Map.of(DealField.VALUE, 70001, DealField.NOTES, "Notes of the seller",
            DealField.CLOSING, "2027-09-09"));
        stage.partnerCenter.holdWebhooks(false);

        stage.eventually(() -> stage.reasons(referral, "conflict").size() == 2);
        stage.settled();

        assertThat(new BigDecimal(stage.record(referral).text(DealField.VALUE))).isEqualByComparingTo("90001");
        assertThat(stage.record(referral).values()).containsEntry(DealField.NOTES, "Notes of the seller")
            .containsEntry(DealField.CLOSING, "2027-09-09");
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
