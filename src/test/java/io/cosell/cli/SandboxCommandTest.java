package io.cosell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.Cosell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command {@code sandbox} as far as it ends by itself. How it serves is in SandboxJarIT. */
class SandboxCommandTest {

    @TempDir
    private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Cosell.commands(folder, Map.of()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(Stream.concat(Stream.of("sandbox"), Stream.of(arguments)).toArray(String[]::new));
    }

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("no.json"), "{\"seed\": ");
        Files.writeString(folder.resolve("old.json"), "{\"version\": 0, \"clock\": {}, \"systems\": {}}");
        Files.writeString(folder.resolve("application.properties"), "cosell.crm = dynamics365\n");
        Files.writeString(folder.resolve("weather.json"), "{\"seed\": 1, \"rules\": [{\"trouble\": \"RAIN\", \"chance\": 1}]}");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
            Arguments.of(List.of("--port", "x"), "'x' is not an int"),
            Arguments.of(List.of("--port", "65535"), "--port 65535: must be 0, or a port up to "),
            Arguments.of(List.of("--seed-data=0"), "--seed-data 0: must be 1 or more."),
            Arguments.of(List.of("--clock", "tomorrow"), "--clock tomorrow: must be a UTC time, such as 2027-01-31T12:00:00Z."),
            Arguments.of(List.of("--load", "FOLDER/none.json"), "none.json: can't be read: "),
            Arguments.of(List.of("--load", "FOLDER/no.json"), "no.json: is no JSON: "),
            Arguments.of(List.of("--load", "FOLDER/old.json"), "old.json: version is 0, but must be 1."),
            Arguments.of(List.of("--save", "FOLDER/nowhere/state.json"), "state.json: there is no such folder."),
            Arguments.of(List.of("--settings", "FOLDER/application.properties"),
                "application.properties: this file is there already and was not written by this command."),
            Arguments.of(List.of("--switch", "NAME_FROZEN"), "--switch NAME_FROZEN: must be SYSTEM.NAME; the systems are partner-center, "),
            Arguments.of(List.of("--switch", "siebel.NAME_FROZEN"), "there is no system siebel; there are partner-center, "),
            Arguments.of(List.of("--switch", "partner-center.NOT_THERE"), "There is no switch NOT_THERE. There are "),
            Arguments.of(List.of("--faults", "FOLDER/weather.json"), "weather.json: RAIN is no value here. There are [REQUEST_LOST, "),
            Arguments.of(List.of("--colour"), "Unknown option: '--colour'"));
    }

    @ParameterizedTest
    @MethodSource
    void wrong(List<String> arguments, String reason) {
        int code = run(Stream.concat(Stream.of("--port", "0"), arguments.stream().map(argument -> argument.replace("FOLDER",
            folder.toString()))).skip(arguments.contains("--port") ? 2 : 0).toArray(String[]::new));

        assertThat(err.toString()).contains(reason).doesNotContain("\tat ");
        assertThat(code).isEqualTo(2);
        assertThat(folder.resolve("application.properties")).hasContent("cosell.crm = dynamics365");
    }

    @Test
    void aTakenPortIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run("--port", String.valueOf(taken.getLocalPort() - 1));

            assertThat(err.toString()).contains("Port " + taken.getLocalPort() + " can't be used for partner-center: ")
                .doesNotContain("\tat ");
            assertThat(code).isEqualTo(1);
        }
    }

    @Test
    void hasHelpWithAnExample() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--seed-data", "--switch=SYSTEM.NAME", "--faults=FILE", "127.0.0.1",
            "Example: java -jar cosell.jar sandbox --settings application.properties");
    }
}
