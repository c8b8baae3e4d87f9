package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.Connector;
import io.cosell.sandbox.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partner Center Webhook Registration. */
class WebhookRegistrationTest {

    private static final List<String> ALL = List.of("referral-created", "referral-updated", "related-referral-created",
        "related-referral-updated", "test-created");

    @TempDir
    Path folder;
    private Stage stage;
    private String address;

    /** The stage registers its connector, as the first use of the flow. */
    @BeforeEach
    void open() {
        stage = Stage.open(folder, Map.of());
        address = stage.sandboxes.connectorAddress() + "/partner-center-events";
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private long writes(String method) {
        return stage.partnerCenter.count(call -> call.method().equals(method) && call.path().endsWith("/registration"));
    }

    private String register() {
        // Two validation events a minute are allowed.
        stage.sandboxes.clock().move(Duration.ofMinutes(2));
        return stage.connector().camel().requestBody("direct:webhook-registration", null, String.class);
    }

    private Map<?, ?> registration() {
        return call("GET", null);
    }

    private Map<?, ?> call(String method, Object body) {
        return stage.connector().camel().requestBodyAndHeaders("direct:partner-center-events-call", body,
            Map.of("callMethod", method, "CamelHttpPath", "/registration"), Map.class);
    }

    @Test
    void noneIsMade() {
        assertThat(writes("POST")).isEqualTo(1);
        assertThat(registration().toString()).contains(address).contains(ALL);
        stage.eventually(() -> stage.store().journal().stream().anyMatch(entry ->
            "A validation event of Partner Center arrived: the webhook works.".equals(entry.get("reason"))));
    }

    @Test
    void theSameIsLeftAlone() {
        assertThat(register()).isEqualTo("Was registered already: " + address + ". A validation event arrived.");
        assertThat(writes("POST")).isEqualTo(1);
        assertThat(writes("PUT")).isZero();
    }

    @Test
    void missingEventsAreAdded() {
        call("PUT", Map.of("WebhookUrl", address, "WebhookEvents", List.of("referral-created", "referral-updated")));

        assertThat(register()).startsWith("Replaced the registration: " + address);
        assertThat(registration().toString()).contains(ALL);
        assertThat(writes("PUT")).isEqualTo(2);
    }

    @Test
    void anotherAddressIsNamedAndLeftAlone() {
        call("PUT", Map.of("WebhookUrl", "https://other.example/hook", "WebhookEvents", ALL));

        assertThatThrownBy(this::register).hasRootCauseMessage("Another address is registered: https://other.example/hook. "
            + "Set cosell.webhook.overwrite = Yes to take the events over from it.");
        assertThat(registration().toString()).contains("https://other.example/hook");
        assertThat(writes("PUT")).isEqualTo(1);
    }

    @Test
    void anotherAddressIsTakenOverIfTold() {
        call("PUT", Map.of("WebhookUrl", "https://other.example/hook", "WebhookEvents", ALL));
        stage.sandboxes.clock().move(Duration.ofMinutes(2));
        Map<String, String> overwriting = new HashMap<>(stage.settings);
        overwriting.put("cosell.webhook.overwrite", "Yes");
        overwriting.put("camel.main.name", "overwriting");

        try (Connector command = Connector.start(folder, overwriting, Connector.Purpose.COMMAND, stage.sandboxes.clock())) {
            assertThat(command.camel().requestBody("direct:webhook-registration", null, String.class))
                .isEqualTo("Replaced the registration: " + address + ". A validation event arrived.");
        }
        assertThat(registration().toString()).contains(address);
    }

    @Test
    void anAddressNobodyReachesIsSaid() {
        stage.stopConnector();
        stage.sandboxes.clock().move(Duration.ofMinutes(2));
        Map<String, String> alone = new HashMap<>(stage.settings);
        alone.put("camel.main.name", "alone");

        try (Connector command = Connector.start(folder, alone, Connector.Purpose.COMMAND, stage.sandboxes.clock())) {
            assertThat(command.camel().requestBody("direct:webhook-registration", null, String.class))
                .contains("The validation event did not arrive").contains("Check that the address is public");
        }
        assertThat(stage.partnerCenter.calls()).extracting(Call::status).doesNotContain(500);
    }
}
