package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 2.8: a won deal is registered, edited and reviewed. */
class DealRegistrationTest {

    private TestClient client;
    private String id;

    @BeforeEach
    void aWonDealOfTheWeekOfTheSample() {
        client = new TestClient();
        client.clock.stop();
        client.clock.set(Instant.parse("2022-10-10T10:00:00Z"));
        id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        client.clock.move(Duration.ofDays(5));
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private static ArrayNode add() {
        return (ArrayNode) TestClient.sample("constructed-deal-registration-add.request.json");
    }

    private Answer patch(Object patch) {
        return client.referrals("PATCH", "/" + id + "//", patch);
    }

    private Answer edit(String path, Object value) {
        return patch(List.of(Map.of("op", "replace", "path", path, "value", value)));
    }

    private JsonNode deal() {
        return SandboxSystem.JSON.valueToTree(client.sandbox.referral(id));
    }

    private String status() {
        JsonNode deal = deal();
        assertThat(deal.get("registrationStatus")).isEqualTo(deal.at("/registrations/0/status"));
        return deal.get("registrationStatus").textValue();
    }

    private void won() {
        client.sandbox.partnerCloses(id, "Won", "signed");
    }

    @Test
    void isTakenOfAWonDealAndApprovedAtOnce() {
        assertThat(patch(add()).target()).isEqualTo("registrations");
        won();
        assertThat(edit("/registrations/0/contract/value", 60000).status()).isEqualTo(400);
        assertThat(patch(add()).status()).isEqualTo(204);
        assertThat(status()).isEqualTo("Approved");
        JsonNode registration = deal().at("/registrations/0");
        assertThat(registration.get("id").textValue()).hasSize(36);
        assertThat(registration.get("registrationDateTime").textValue()).isEqualTo("2022-10-15T10:00:00.0000000Z");
        assertThat(registration.get("statusHistory").fieldNames()).toIterable()
            .containsExactly("reviewPendingDateTime", "approvedDateTime");
    }

    @Test
    void isReviewedWhenItIsPaidAsOneGoesOrIsLarge() {
        won();
        patch(add());
        assertThat(patch(TestClient.sample("constructed-deal-registration-update.request.json")).status()).isEqualTo(204);
        assertThat(status()).isEqualTo("ReviewPending");
        assertThat(deal().at("/registrations/0/contract/value").intValue()).isEqualTo(60000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        contract/startDateTime         | "2022-10-13T00:00:00Z"
        contract/endDateTime           | "2023-10-12T00:00:00Z"
        contract/signDateTime          | "2022-10-11T00:00:00Z"
        contract/term                  | "Perpetual"
        contract/value                 | "51000"
        solutionDetails/0/value        | 31000
        solutionDetails/0/currency     | "EUR"
        solutionDetails/0/isDeployedOnAzure | false
        solutionDetails/0/primaryDeploymentOn | "Partner"
        solutionDetails/0/pricingModel | "PayAsYouGo"
        solutionDetails/0/marketplaceTransactionDetails/isMarketplaceTransacted | true
        solutionDetails/0/marketplaceTransactionDetails/marketplaceTransactionDateTime | "2022-10-12T00:00:00Z"
        """)
    void hasTwelveMembersThatAreEdited(String path, String value) throws Exception {
        won();
        ArrayNode add = add();
        ((ObjectNode) add.at("/0/value/contract")).put("value", 200_000);
        patch(add);
        JsonNode wanted = SandboxSystem.JSON.readTree(value);
        assertThat(edit("/registrations/0/" + path, wanted).status()).isEqualTo(204);
        JsonNode stored = deal().at("/registrations/0/" + path);
        assertThat(stored.isNumber() ? stored.decimalValue().toPlainString() : stored.asText()).isEqualTo(wanted.asText());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        type                                  | "Other"                 | type
        solutionDetails                       | []                      | solutionDetails
        solutionDetails/0/id                  | "SOL-OTHER"             | solution of the deal
        solutionDetails/0/value               | 50001                   | value of the contract
        solutionDetails/0/primaryDeploymentOn | "Moon"                  | primaryDeploymentOn
        solutionDetails/0/pricingModel        | "Free"                  | pricingModel
        contract                              | "none"                  | contract
        contract/value                        | 25000                   | value of the contract
        contract/term                         | "Long"                  | term
        contract/endDateTime                  | null                    | endDateTime
        contract/endDateTime                  | "2022-10-11T00:00:00Z"  | before the start
        contract/endDateTime                  | "2024-10-12T00:00:00Z"  | 25,000 a year
        contract/startDateTime                | "2022-07-01T00:00:00Z"  | 90 days
        contract/signDateTime                 | "2022-10-16T00:00:00Z"  | future
        contract/signDateTime                 | "2022-10-09T00:00:00Z"  | creation
        contract/signDateTime                 | "2022-08-01T00:00:00Z"  | 60 days
        """)
    void isRefusedOutsideOfItsRules(String path, String value, String message) throws Exception {
        won();
        ArrayNode add = add();
        ObjectNodes.put((ObjectNode) add.get(0), "/value/" + path, SandboxSystem.JSON.readTree(value));
        Answer answer = patch(add);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.target()).isEqualTo("registrations");
        assertThat(answer.json().at("/error/message").textValue()).contains(message);
        assertThat(deal().has("registrations")).isFalse();
    }

    @Test
    void needsADealThatIsSharedAndThatMicrosoftAcceptedIfItWasInvited() {
        String engagement = deal().get("engagementId").textValue();
        client.invite(engagement);
        String invited = id;
        id = client.sandbox.partnerCreates(unshared());
        won();
        assertThat(patch(add()).json().at("/error/message").textValue()).contains("share");
        id = invited;
        won();
        assertThat(patch(add()).json().at("/error/message").textValue()).contains("must have accepted");
        client.sandbox.microsoftAccepts(engagement, "7-ABC", List.of());
        assertThat(patch(add()).status()).isEqualTo(204);
    }

    private static Map<String, Object> unshared() {
        Map<String, Object> deal = ExampleReferrals.outbound();
        deal.put("consent", Map.of("consentToToShareInfoWithOthers", true, "consentToContact", true));
        return deal;
    }

    @Test
    void aPerpetualContractEndsAfterSixYears() {
        won();
        ArrayNode add = add();
        ((ObjectNode) add.at("/0/value/contract")).put("term", "Perpetual").put("value", 200_000).putNull("endDateTime");
        assertThat(patch(add).status()).isEqualTo(204);
        assertThat(deal().at("/registrations/0/contract/endDateTime").textValue()).isEqualTo("2028-10-12T00:00:00Z");
    }

    @Test
    void microsoftReviewsItStepByStep() {
        won();
        patch(add());
        client.act("microsoft-reviews-registration", "{\"id\":\"" + id + "\",\"status\":\"ReviewPending\"}");
        client.sandbox.microsoftReviewsRegistration(id, "ActionRequired", "The contract is missing");
        assertThat(deal().at("/registrations/0/statusReason").textValue()).isEqualTo("The contract is missing");
        assertThat(edit("/registrations/0/contract/value", 52000).status()).isEqualTo(204);
        assertThat(status()).isEqualTo("ReviewPending");
        client.sandbox.microsoftReviewsRegistration(id, "Passed", null);
        assertThat(edit("/registrations/0/contract/value", 53000).status()).isEqualTo(400);
        assertThatThrownBy(() -> client.sandbox.microsoftReviewsRegistration(id, "Approved", null)).hasMessageContaining("from Passed");
        client.sandbox.microsoftReviewsRegistration(id, "Closed", null);
        assertThat(deal().at("/registrations/0/statusHistory").fieldNames()).toIterable().containsExactly("reviewPendingDateTime",
            "approvedDateTime", "actionRequiredDateTime", "passedDateTime", "closedDateTime");
    }

    @Test
    void switchesLetAnythingThroughOrWantThreeDays() {
        client.sandbox.switches().turn(Switch.REGISTRATIONS_UNCHECKED, true);
        won();
        ArrayNode add = add();
        ObjectNodes.put((ObjectNode) add.get(0), "/value/contract/value", SandboxSystem.JSON.getNodeFactory().numberNode(1));
        assertThat(patch(add).status()).isEqualTo(204);
        client.sandbox.switches().turn(Switch.REGISTRATION_NEEDS_72_HOURS, true);
        assertThat(patch(add()).status()).isEqualTo(204);
        id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        won();
        assertThat(patch(add()).json().at("/error/message").textValue()).contains("72 hours");
    }
}
