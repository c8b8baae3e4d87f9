package io.cosell.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** In what two sides of a deal differ, and how that is shown. */
class ComparisonTest {

    private static final Deal DEAL = new Deal("Cold chain", new BigDecimal("50000"), "USD", LocalDate.of(2027, 5, 1), "Notes",
        "Active/Accepted", List.of("SOL-2", "SOL-1"));

    private static Deal worth(String value) {
        return new Deal("Cold chain", new BigDecimal(value), "USD", LocalDate.of(2027, 5, 1), "Notes", "Active/Accepted",
            List.of("SOL-1", "SOL-2"));
    }

    @Test
    void equalDealsDoNotDiffer() {
        assertThat(new Comparison.Pair("r", DEAL, worth("50000.00")).differences("The CRM")).isEmpty();
    }

    @Test
    void everyFieldThatDiffersIsNamedWithBothValues() {
        Deal other = new Deal("Warm chain", new BigDecimal("50000.01"), "EUR", LocalDate.of(2027, 5, 2), null, "Closed/Won",
            List.of("SOL-1"));

        assertThat(new Comparison.Pair("r", DEAL, other).differences("The CRM")).containsExactly(
            "name: Cold chain in Partner Center, Warm chain in The CRM",
            "value: 50,000.00 USD in Partner Center, 50,000.01 EUR in The CRM",
            "closing date: 2027-05-01 in Partner Center, 2027-05-02 in The CRM",
            "notes: Notes in Partner Center, (empty) in The CRM",
            "status: Active/Accepted in Partner Center, Closed/Won in The CRM",
            "solutions: SOL-1, SOL-2 in Partner Center, SOL-1 in The CRM");
    }

    @Test
    void aFractionOfACentIsADifference() {
        assertThat(new Comparison.Pair("r", DEAL, worth("50000.001")).differences("The CRM"))
            .containsExactly("value: 50,000.00 USD in Partner Center, 50,000.001 USD in The CRM");
    }

    @Test
    void aLeadHasNoSolutionsToCompare() {
        Deal lead = new Deal("Cold chain", new BigDecimal("50000"), "USD", LocalDate.of(2027, 5, 1), "Notes", "Active/Accepted", null);

        assertThat(new Comparison.Pair("r", DEAL, lead).differences("The CRM")).isEmpty();
    }

    @Test
    void whatTheCrmDoesNotKeepIsNotCompared() {
        Deal lead = new Deal("", null, null, null, "Other notes", "Active/Accepted", null);

        assertThat(new Comparison.Pair("r", DEAL, lead, Set.of(DealField.NOTES)).differences("The CRM"))
            .containsExactly("notes: Notes in Partner Center, Other notes in The CRM");
    }

    @Test
    void aDealOnOneSideAloneDiffers() {
        assertThat(new Comparison.Pair("r", DEAL, null).differences("The CRM")).containsExactly("is not in The CRM");
        assertThat(new Comparison.Pair("r", null, DEAL).differences("The CRM")).containsExactly("is not in Partner Center");
    }

    @Test
    void aReferralIsReadAsPeopleSeeIt() {
        Deal deal = Comparison.deal(Map.of("name", "Cold chain", "status", "Active", "substatus", "Accepted",
            "details", ExampleReferrals.outbound().get("details")));

        assertThat(deal).isEqualTo(new Deal("Cold chain", new BigDecimal("48000.5"), "EUR", LocalDate.of(2027, 6, 30),
            "Adventure Works has to prove the temperature of every delivery from next year on.", "Active/Accepted",
            List.of("SOL-34104-EBB")));
    }

    @Test
    void tableShowsBothSidesAndListsWhatDiffers() {
        Deal lead = new Deal("Warm chain", BigDecimal.ONE, "USD", null, "", "New/Pending", null);
        Comparison comparison = new Comparison(Crm.DYNAMICS_365, List.of(new Comparison.Pair("a", DEAL, DEAL), new Comparison.Pair("b", lead, null)));
        StringWriter text = new StringWriter();

        comparison.print(new PrintWriter(text));

        assertThat(comparison.isEqual()).isFalse();
        assertThat(text.toString().lines())
            .anyMatch(line -> line.matches("Cold chain +Partner Center +50,000.00 USD +Active/Accepted +SOL-1, SOL-2 +yes *"))
            .anyMatch(line -> line.matches("Cold chain +Dynamics 365 .* yes *"))
            .anyMatch(line -> line.matches("Warm chain +Partner Center +1.00 USD +New/Pending .* no *"))
            .anyMatch(line -> line.matches("\\(not there\\) +Dynamics 365 .* no *"))
            .containsSequence("\"Warm chain\" differs:", "  is not in Dynamics 365");
    }
}
