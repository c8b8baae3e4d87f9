package io.cosell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one file that people get, as a process in an empty folder: packed routes, mappings and settings serve. */
class JarIT {

    private static final Path JAR = Path.of(System.getProperty("cosell.jar", "target/cosell.jar")).toAbsolutePath();

    @TempDir
    private Path folder;

    @Test
    void theDemoTellsItsStoryAndEndsWell() throws Exception {
        Process demo = start(Map.of(), "demo");

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as("the demo ends by itself").isTrue();
        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(Files.list(folder).map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("out.txt", "err.txt");
    }

    @Test
    void withoutSettingsItSaysAllThatIsMissing() throws Exception {
        Process run = start(Map.of());

        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(run.exitValue()).isEqualTo(1);
        assertThat(output()).contains("cosell.dynamics365.address is missing", "cosell.partner-center.tenant-id is missing",
            "nobody has signed in to Partner Center", "run the command login").doesNotContain("\tat ");
    }

    @Test
    void itServesTakesUpItsWorkAfterAKillAndLogsWithoutSecrets() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.start()) {
            Map<String, String> settings = sandboxes.settings(folder);
            settings.put("cosell.lanes.first-pause", "1s");
            settings.put("cosell.log.level", "TRACE"); // the environment variable COSELL_LOG_LEVEL
            Files.writeString(folder.resolve("application.properties"), "cosell.partner-center.client-secret = sandbox-secret\n");
            Process first = start(settings);
            await().atMost(Duration.ofSeconds(60)).until(() -> answers(sandboxes.connectorAddress()));
            Process register = start(settings, "register-webhook");
            assertThat(register.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(output()).contains("Registered: " + sandboxes.connectorAddress() + "/partner-center-events",
                "A validation event arrived.");

            first.destroyForcibly().waitFor();
            String referral = sandboxes.partnerCenter().partnerCreates(ExampleReferrals.outbound());
            Process second = start(settings);

            await().atMost(Duration.ofSeconds(60)).until(() -> sandboxes.dynamics365().rows("opportunity").stream()
                .anyMatch(row -> referral.equals(row.get("msft_microsoftpartnercenterreferralidentifier"))));
            second.destroy();
            assertThat(second.waitFor(1, TimeUnit.MINUTES)).as("it stops when it is asked to").isTrue();
            assertThat(output()).doesNotContain("sandbox-secret", "sandbox-refresh-token", "joe.hansen@adventure-works.com");
            assertThat(output()).contains("application.properties:1: warning: cosell.partner-center.client-secret is a secret in plain text");
            List<String> log = Files.readAllLines(folder.resolve("err.txt"));
            assertThat(log).isNotEmpty().allSatisfy(line -> {
                JsonNode entry = new ObjectMapper().readTree(line);
                assertThat(entry.path("message").asText()).isNotEmpty();
            });
        }
    }

    private Process start(Map<String, String> settings, String... arguments) throws IOException {
        List<String> command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
            JAR.toString()), Arrays.stream(arguments)).toList();
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out.txt").toFile()))
            .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("err.txt").toFile()));
        builder.environment().put("COSELL_LOG_FORMAT", "json");
        settings.forEach((name, value) -> builder.environment().put(name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        return builder.start();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("out.txt")) + Files.readString(folder.resolve("err.txt"));
    }

    private static boolean answers(String address) {
        try {
            var connection = java.net.URI.create(address + "/partner-center-events").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.connect();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
