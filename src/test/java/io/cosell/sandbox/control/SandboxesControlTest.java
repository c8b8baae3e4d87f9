package io.cosell.sandbox.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.control.ControlClient.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The control address over the real systems: what it needs of each is there, and state goes out and in without loss. */
class SandboxesControlTest {

    private static final List<String> SYSTEMS = List.of("partner-center", "dynamics365", "salesforce");

    private Sandboxes sandboxes;
    private ControlClient control;

    @BeforeEach
    void start() {
        sandboxes = Sandboxes.start();
        sandboxes.clock().stop();
        sandboxes.clock().set(Instant.parse("2027-01-01T00:00:00Z"));
        control = new ControlClient(sandboxes.control().address());
    }

    @AfterEach
    void stop() {
        sandboxes.close();
    }

    @Test
    void theThreeSystemsHaveOneClock() {
        assertThat(control.get("/").json().path("systems").findValuesAsText("name")).isEqualTo(SYSTEMS);
        assertThat(sandboxes.entrances()).extracting(Sandboxes.Entrance::title)
            .containsExactly("Partner Center", "Dynamics 365", "Salesforce");

        control.post("/clock/move", "{\"by\":\"P14D\"}");
        sandboxes.addExampleDeals(1);

        for (String system : SYSTEMS.subList(1, 3)) {
            assertThat(control.get("/systems/" + system + "/history?last=1").json().at("/history/0/at").asText()).as(system)
                .isEqualTo("2027-01-15T00:00:00Z");
        }
    }

    @Test
    void theControlAddressIsNotThereUnlessAskedFor() {
        try (Sandboxes others = Sandboxes.start()) {
            assertThat(others.entrances()).as("nor is Salesforce").hasSize(2);
            assertThat(others.control()).isSameAs(others.control());
            assertThat(others.control().address()).isNotEqualTo(sandboxes.control().address());
        }
    }

    @Test
    void examplesAreTheSameEverywhere() {
        JsonNode made = control.post("/examples", "{\"deals\":3}").json();

        assertThat(SYSTEMS).allSatisfy(system -> assertThat(made.path(system)).hasSize(3));
        Map<String, Object> referral = sandboxes.partnerCenter().referral(made.at("/partner-center/1").asText());
        Map<String, Object> dynamics = sandboxes.dynamics365().row("opportunity", made.at("/dynamics365/1").asText());
        Map<String, Object> salesforce = sandboxes.salesforce().row("Opportunity", made.at("/salesforce/1").asText());
        assertThat(List.of(dynamics.get("name"), salesforce.get("Name"))).containsOnly(referral.get("name"));
        assertThat(sandboxes.dynamics365().rows("msft_microsoftsolution")).hasSize(3);
        assertThat(sandboxes.salesforce().rows("Microsoft_Solutions__c")).hasSize(3);
    }

    @Test
    void everySystemHasActsAndSwitchesThatExplainThemselves() {
        for (String system : SYSTEMS) {
            JsonNode acts = control.get("/systems/" + system + "/acts").json().path("acts");
            assertThat(acts).as("acts of " + system).isNotEmpty().allSatisfy(act -> {
                assertThat(act.path("name").asText()).matches("[a-z0-9]+(-[a-z0-9]+)*");
                assertThat(act.path("as").asText()).isNotBlank();
                assertThat(act.path("says").asText()).endsWith(".");
                act.path("parameters").forEach(meaning -> assertThat(meaning.asText()).as(act.path("name").asText()).isNotBlank());
            });
            assertThat(acts).extracting(act -> act.path("name").asText()).as("names of acts of " + system).doesNotHaveDuplicates();
            JsonNode switches = control.get("/systems/" + system + "/switches").json().path("switches");
            assertThat(switches).as("switches of " + system).isNotEmpty().allSatisfy(which -> {
                assertThat(which.path("section").asText()).as(which.path("name").asText()).matches("[0-9]+(\\.[0-9]+)*(, [0-9]+(\\.[0-9]+)*)*");
                assertThat(which.path("on").asText()).isNotBlank().isNotEqualTo(which.path("off").asText());
            });
        }
    }

    @Test
    void whatIsExportedIsImportedByFreshSandboxesAndExportedAgainTheSame() throws IOException {
        control.post("/examples", "{\"deals\":4}");
        String deleted = control.post("/examples", "{\"deals\":1}").json().at("/dynamics365/0").asText();
        sandboxes.dynamics365().delete("opportunity", deleted);
        sandboxes.systems().forEach(system -> system.switches().turn(system.switches().all().get(0), true));
        JsonNode exported = control.get("/state").json();
        assertThat(SYSTEMS).allSatisfy(system -> assertThat(exported.path("systems").path(system)).isNotEmpty());

        try (Sandboxes fresh = Sandboxes.start()) {
            ControlClient other = new ControlClient(fresh.control().address());
            fresh.addExampleDeals(1);

            Answer answer = other.put("/state", exported.toString());

            assertThat(answer.status()).as(answer.json().toString()).isEqualTo(204);
            assertThat(other.get("/state").json()).isEqualTo(exported);
            assertThat(seen(fresh)).isEqualTo(seen(sandboxes));
            assertThat(fresh.partnerCenter().referrals()).hasSize(5);
            assertThat(fresh.dynamics365().rows("opportunity")).hasSize(4);
            assertThat(fresh.salesforce().rows("Opportunity")).hasSize(5);
        }
    }

    /** What people see of the deals, as text. */
    private static String seen(Sandboxes all) throws JsonProcessingException {
        return SandboxSystem.JSON.writeValueAsString(List.of(all.partnerCenter().referrals(), all.dynamics365().rows("opportunity"),
            all.salesforce().rows("Opportunity")));
    }

    @Test
    void aStateThatTheLastSystemRefusesChangesNoneOfTheOthers() {
        control.post("/examples", "{\"deals\":1}");
        JsonNode before = control.get("/state").json();
        ObjectNode wrong = new StateFile(sandboxes.clock(), sandboxes.systems()).write();
        sandboxes.addExampleDeals(1);
        JsonNode now = control.get("/state").json();
        assertThat(now).isNotEqualTo(before);
        ((ObjectNode) wrong.path("systems")).putObject("salesforce").put("weather", "rain");

        Answer answer = control.put("/state", wrong.toString());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).startsWith("systems.salesforce: ");
        assertThat(control.get("/state").json()).isEqualTo(now);
    }

    @Test
    void everyKindOfRefusalHasAnAnswerInEverySystem() {
        for (SandboxSystem system : sandboxes.systems()) {
            ControlClient client = new ControlClient(system.address());
            Map.of("THROTTLED", 400, "UNAVAILABLE", 503, "SERVER_ERROR", 500, "SESSION_EXPIRED", 401).forEach((trouble, least) -> {
                assertThat(control.post("/systems/" + system.name() + "/faults", "{\"trouble\":\"" + trouble + "\"}").status()).isEqualTo(204);
                assertThat(client.get("/nowhere").status()).as(trouble + " of " + system.name()).isBetween(least, least == 400 ? 499 : least);
            });
        }
    }

    @Test
    void aTakenPortIsNamedAndNothingStaysOpen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Sandboxes.Ports ports = new Sandboxes.Ports(0, 0, taken.getLocalPort(), 0, 0, 0);

            assertThatThrownBy(() -> Sandboxes.start(ports))
                .hasMessageContaining("Port " + taken.getLocalPort() + " can't be used for dynamics365");
        }
    }
}
