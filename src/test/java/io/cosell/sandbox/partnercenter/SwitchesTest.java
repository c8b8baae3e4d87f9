package io.cosell.sandbox.partnercenter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 8 and every other open point: switches answer it the other way, while the sandbox runs. */
class SwitchesTest {

    private TestClient client;

    @BeforeEach
    void start() {
        client = new TestClient();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private void on(Switch... switches) {
        Stream.of(switches).forEach(which -> client.sandbox.switches().turn(which, true));
    }

    private static ObjectNode outbound() {
        return SandboxSystem.JSON.valueToTree(ExampleReferrals.outbound());
    }

    @ParameterizedTest
    @EnumSource(Switch.class)
    void eachSaysWhereItComesFromAndWhatItDoes(Switch which) throws Exception {
        assertThat(which.section()).matches("\\d(\\.\\d+)?");
        assertThat(which.on()).isNotBlank().isNotEqualTo(which.off());
        assertThat(which.off()).isNotBlank();
        assertThat(client.sandbox.switches().named(which.name())).isEqualTo(which);
        Path tests = Path.of("src/test/java/io/cosell/sandbox/partnercenter");
        try (Stream<Path> files = Files.list(tests)) {
            assertThat(files.anyMatch(file -> names(file, which.name()))).as("a test turns it").isTrue();
        }
    }

    private static boolean names(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"CLIENT_REQUEST_ID_REQUIRED, client-request-id", "CONTRACT_VERSION_REQUIRED, MS-Contract-Version"})
    void headersMayBeRequired(Switch which, String header) {
        assertThat(client.list().status()).isEqualTo(200);
        on(which);
        assertThat(client.list().target()).isEqualTo(header);
        assertThat(client.referrals("GET", "", null, header, "v1").status()).isEqualTo(200);
    }

    @Test
    void fieldErrorsMayBeJoinedNestedAnd422() {
        ObjectNode deal = outbound();
        ((ObjectNode) deal.get("details")).put("currency", "EURO").put("dealValue", 0);
        Answer plain = client.referrals("POST", "", deal);
        assertThat(plain.status()).isEqualTo(400);
        assertThat(plain.json().get("error").has("innerError")).isFalse();
        assertThat(plain.json().at("/error/message").textValue()).doesNotContain(";");
        on(Switch.FIELD_ERRORS_JOINED, Switch.FIELD_ERRORS_NESTED, Switch.VALIDATION_422);
        Answer other = client.referrals("POST", "", deal);
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.target()).isEqualTo("details.dealValue");
        assertThat(other.json().at("/error/message").textValue()).contains("; ", "details.currency");
        assertThat(other.json().at("/error/innerError/code").textValue()).isEqualTo("invalidField");
    }

    @ParameterizedTest
    @CsvSource({"REFUSAL_409, 409", "REFUSAL_422, 422"})
    void illegalStepsMayBe409Or422(Switch which, int status) {
        on(which);
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        client.sandbox.partnerCloses(id, "Won", "x");
        assertThat(client.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json")).status()).isEqualTo(status);
    }

    @Test
    void aStaleTagMayBeResourceModified() {
        on(Switch.STALE_TAG_IS_RESOURCE_MODIFIED);
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        Answer stale = client.referrals("PATCH", "/" + id, TestClient.sample("patch-won.request.json"), "If-Match", "\"old\"");
        assertThat(stale.code()).isEqualTo("resourceModified");
    }

    @Test
    void membersOfPublicPayloadsMayBeShown() {
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        assertThat(client.referrals("GET", "/" + id, null).json().has("registrationStatus")).isFalse();
        on(Switch.NEWER_MEMBERS, Switch.LINKS_SPELT_RIGHT);
        JsonNode shown = client.referrals("GET", "/" + id, null).json();
        assertThat(shown.get("registrationStatus").textValue()).isEqualTo("None");
        assertThat(shown.get("isSpam").booleanValue()).isFalse();
        assertThat(shown.at("/links/self/uri").textValue()).contains("/engagements/");
    }

    @Test
    void theDeadlineMayBeEightDays() {
        on(Switch.EXPIRES_AFTER_8_DAYS);
        client.clock.stop();
        client.clock.set(Instant.parse("2018-10-29T21:24:52Z"));
        assertThat(client.sandbox.referral(client.sandbox.microsoftInvites(ExampleReferrals.inbound())))
            .containsEntry("expirationDateTime", "2018-11-06T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
        Lost     | Budget too low | 204
        Lost     | Test referral  | 400
        Lost     | none           | 400
        Error    | Test referral  | 204
        Won      | none           | 204
        """)
    void reasonsMayBeOfTheLists(String substatus, String reason, int status) {
        on(Switch.REASONS_CHECKED);
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        String patch = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"Closed\"},"
            + "{\"op\":\"replace\",\"path\":\"/substatus\",\"value\":\""
            + substatus + "\"}" + (reason == null ? "" : ",{\"op\":\"add\",\"path\":\"/statusReason\",\"value\":\"" + reason + "\"}") + "]";
        assertThat(client.referrals("PATCH", "/" + id, patch).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HaveNotDecided | 200
        Perhaps        | 400
        """)
    void theMarketplaceIntentMayBeRequired(String intent, int status) {
        on(Switch.MARKETPLACE_INTENT_REQUIRED);
        ObjectNode deal = outbound();
        ((ObjectNode) deal.at("/details/requirements/additionalRequirements/attributes/0")).put("id", intent);
        assertThat(client.referrals("POST", "", deal).status()).isEqualTo(status);
        ((ObjectNode) deal.at("/details/requirements")).remove("additionalRequirements");
        assertThat(client.referrals("POST", "", deal).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"products, Azure, Abacus", "services, Licensing, Cooking", "industries, Education, Piracy"})
    void listsMayBeChecked(String list, String known, String unknown) {
        assertThat(post(list, unknown)).isEqualTo(200);
        on(Switch.LISTS_CHECKED);
        assertThat(post(list, known)).isEqualTo(200);
        assertThat(post(list, unknown)).isEqualTo(400);
        ObjectNode deal = outbound();
        ((ObjectNode) deal.at("/details/requirements/solutions/0")).put("type", "Category");
        assertThat(client.referrals("POST", "", deal).status()).isEqualTo(400);
    }

    private int post(String list, String id) {
        ObjectNode deal = outbound();
        ((ObjectNode) deal.at("/details/requirements")).putArray(list).addObject().put("id", id);
        return client.referrals("POST", "", deal).status();
    }

    @Test
    void referralsMayBeDeleted() {
        String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
        Answer refused = client.referrals("DELETE", "/" + id, null);
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).contains("PATCH");
        on(Switch.DELETE_TAKEN);
        assertThat(client.referrals("DELETE", "/" + id, null).status()).isEqualTo(204);
        assertThat(client.referrals("GET", "/" + id, null).status()).isEqualTo(404);
        assertThat(client.list().json().get("@odata.count").intValue()).isZero();
    }

    @Test
    void pagesMayBeLargeAndSmallAndTheCountThatOfThePage() {
        try (TestClient own = new TestClient(PartnerCenterOptions.defaults().withPageSize(2))) {
            for (int i = 0; i < 5; i++) {
                own.sandbox.microsoftInvites(Map.of("name", "deal " + i));
            }
            assertThat(own.list("$top=4").json().get("value")).hasSize(2);
            assertThat(own.list("pagesize=1").json().get("value")).hasSize(1);
            assertThat(own.list("pagesize=0").target()).isEqualTo("pagesize");
            assertThat(own.list().json().get("@odata.count").intValue()).isEqualTo(5);
            own.sandbox.switches().turn(Switch.LARGE_PAGES, true);
            own.sandbox.switches().turn(Switch.COUNT_OF_PAGE, true);
            assertThat(own.list("$top=4").json().get("value")).hasSize(4);
            assertThat(own.list("$top=4").json().get("@odata.count").intValue()).isEqualTo(4);
            assertThat(own.list().json().get("@odata.count").intValue()).isEqualTo(2);
        }
    }

    @Test
    void marketplaceLeadsMayBeHidden() {
        String lead = client.sandbox.microsoftInvites(Map.of("type", "Independent", "qualification", "Direct"));
        client.sandbox.microsoftInvites(ExampleReferrals.inbound());
        assertThat(client.list().json().get("value")).hasSize(2);
        on(Switch.NO_MARKETPLACE_LEADS);
        assertThat(client.list().json().get("value")).hasSize(1);
        assertThat(client.referrals("GET", "/" + lead, null).status()).isEqualTo(404);
    }

    @Test
    void aSecondRegistrationMayOverwriteAndBeAnsweredInCamelCase() {
        client.register("http://127.0.0.1:1/a", false);
        Map<String, Object> second = Map.of("webhookUrl", "http://127.0.0.1:1/b", "webhookEvents", List.of("test-created"),
            "signatureTokenToMsSignatureHeader", "true", "properties", Map.of("team", "co-sell"));
        assertThat(client.webhooks("POST", "", second).status()).isEqualTo(409);
        on(Switch.POST_OVERWRITES_REGISTRATION, Switch.CAMEL_CASE_REGISTRATION);
        JsonNode answer = client.webhooks("POST", "", second).json();
        assertThat(answer.fieldNames()).toIterable().containsExactly("subscriberId", "webhookUrl", "webhookEvents",
            "signatureTokenToMsSignatureHeader", "properties", "lastModifiedTimestamp");
        assertThat(answer.at("/properties/team").textValue()).isEqualTo("co-sell");
        assertThat(client.webhooks("GET", "", null).json().get("webhookUrl").textValue()).isEqualTo("http://127.0.0.1:1/b");
    }
}
