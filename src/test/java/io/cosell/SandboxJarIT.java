package io.cosell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.control.ControlClient;
import io.cosell.sandbox.control.ControlClient.Answer;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sandbox} as people start it: the jar as a process in an empty folder, everything else over HTTP. */
class SandboxJarIT {

    private static final Path JAR = Path.of(System.getProperty("cosell.jar", "target/cosell.jar")).toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;
    private final List<Process> started = new ArrayList<>();

    private Process start(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
            JAR.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(folder.resolve(name).toFile()).start();
        started.add(process);
        return process;
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private String printed(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts the sandboxes, waits until they are up, and returns the control address that they print. */
    private ControlClient sandbox(String name, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("sandbox", "--port", "0"));
        all.addAll(Arrays.asList(arguments));
        Process process = start(name, all.toArray(String[]::new));
        await().atMost(Duration.ofSeconds(60)).until(() -> printed(name).contains("Press Ctrl-C") || !process.isAlive());
        return new ControlClient(found(name, "Control +(http\\S+)"));
    }

    private String found(String name, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(printed(name));
        assertThat(matcher.find()).as(pattern + " in " + printed(name)).isTrue();
        return matcher.group(1);
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return SandboxSystem.JSON.readTree(HTTP.send(request.build(), BodyHandlers.ofString()).body());
    }

    /** Signs in with what the command has printed. */
    private String token(String name) throws IOException, InterruptedException {
        String form = "grant_type=refresh_token&client_id=" + found(name, "client +(\\S+), secret") + "&client_secret="
            + found(name, "secret (\\S+)") + "&refresh_token=" + found(name, "refresh token +(\\S+)")
            + "&resource=https://api.partner.microsoft.com";
        return send(HttpRequest.newBuilder(URI.create(found(name, "sign-in +(http\\S+)")))
            .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(form))).path("access_token").asText();
    }

    @Test
    void aDealThatMicrosoftNeverAnswersExpiresAfterFourteenDaysAndIsStillExpiredAfterARestart() throws Exception {
        ControlClient control = sandbox("first.txt", "--save", "state.json", "--stopped", "--clock", "2027-01-01T00:00:00Z");
        String referrals = found("first.txt", "Partner Center +(http\\S+)");
        String token = token("first.txt");
        HttpRequest.Builder deal = HttpRequest.newBuilder(URI.create(referrals)).header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json");
        String own = send(deal.POST(BodyPublishers.ofString(SandboxSystem.JSON.writeValueAsString(ExampleReferrals.outbound()))))
            .path("id").asText();
        assertThat(own).isNotEmpty();
        Answer offered = control.post("/systems/partner-center/acts/microsoft-sends-referral", SandboxSystem.JSON.writeValueAsString(
            SandboxSystem.JSON.createObjectNode().set("referral", SandboxSystem.JSON.valueToTree(ExampleReferrals.inbound()))));
        assertThat(offered.status()).as(offered.json().toString()).isEqualTo(200);
        String offer = offered.json().at("/result/id").asText();

        assertThat(control.post("/clock/move", "{\"by\":\"P13D\"}").status()).isEqualTo(200);
        assertThat(referral(referrals, offer, token("first.txt"))).isEqualTo("New/Pending");
        assertThat(control.post("/clock/move", "{\"by\":\"P2D\"}").status()).isEqualTo(200);
        assertThat(referral(referrals, offer, token("first.txt"))).isEqualTo("Closed/Expired");
        assertThat(referral(referrals, own, token("first.txt"))).isEqualTo("Active/Accepted");

        Process first = started.get(0);
        first.destroy();
        assertThat(first.waitFor(1, TimeUnit.MINUTES)).as("it stops when it is asked to").isTrue();
        assertThat(Files.list(folder).map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("first.txt", "state.json");

        ControlClient again = sandbox("second.txt", "--load", "state.json");
        assertThat(again.get("/state").json()).isEqualTo(SandboxSystem.JSON.readTree(folder.resolve("state.json").toFile()));
        assertThat(again.get("/clock").json().path("time").asText()).isEqualTo("2027-01-16T00:00:00Z");
        assertThat(referral(found("second.txt", "Partner Center +(http\\S+)"), offer, token("second.txt"))).isEqualTo("Closed/Expired");
    }

    private static String referral(String referrals, String id, String token) throws IOException, InterruptedException {
        JsonNode referral = send(HttpRequest.newBuilder(URI.create(referrals + "/" + id)).header("Authorization", "Bearer " + token));
        return referral.path("status").asText() + "/" + referral.path("substatus").asText();
    }

    @Test
    void aConnectorWithTheSettingsThatItWritesBringsADealAcross() throws Exception {
        ControlClient control = sandbox("sandbox.txt", "--settings", "application.properties", "--seed-data", "2");
        int observed = freePort();
        Path settings = folder.resolve("application.properties");
        Files.writeString(settings, Files.readString(settings).replace("camel.management.enabled = false",
            "camel.management.enabled = true\ncamel.management.port = " + observed));
        start("connector.txt", "run");

        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(control.get("/systems/dynamics365/history").json()
            .path("history").findValuesAsText("table")).as(printed("connector.txt")).contains("lead", "opportunity"));
        assertThat(control.get("/systems/partner-center/calls?kind=LIST").json().path("calls")).isNotEmpty();
        assertThat(observe(observed, "health")).contains("\"UP\"");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(observe(observed, "metrics"))
            .containsPattern("cosell_calls_total\\{[^}]*system=\"partner-center\"[^}]*} [1-9]")
            .containsPattern("camel_exchanges_total\\{[^}]*routeId=\"lane\"[^}]*} [1-9]")
            .containsPattern("(?m)^cosell_heal_linked(\\{[^}]*})? \\d").containsPattern("(?m)^cosell_heal_time_seconds(\\{[^}]*})? \\d"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What the address for health and metrics answers. */
    private static String observe(int port, String what) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/" + what)).build(), BodyHandlers.ofString())
            .body();
    }
}
