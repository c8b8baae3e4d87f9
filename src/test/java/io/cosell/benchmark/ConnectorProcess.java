package io.cosell.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A connector in another process, held to one core where the system can do that. See {@link ConnectorUnderTest}. */
final class ConnectorProcess implements AutoCloseable {

    /** Options for the connector's JVM, such as those that record a profile. */
    private static final String OPTIONS = "BENCHMARK_CONNECTOR_OPTIONS";
    private static final String HEAP = "-Xmx300m";
    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    /**
     * What a process has used.
     *
     * @param cpuNanos      processor time so far
     * @param compilerNanos elapsed time in which the JVM's compiler was at work
     * @param heapBytes     heap in use
     * @param residentBytes memory in use, as the system counts it
     */
    record Figures(long cpuNanos, long compilerNanos, long heapBytes, long residentBytes) {
    }

    ConnectorProcess(Path folder, Map<String, String> settings) throws IOException {
        Path file = folder.resolve("benchmark.properties");
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        List<String> command = new ArrayList<>();
        if (isPinned()) {
            command.addAll(List.of(TASKSET.toString(), "-c", String.valueOf(Machine.CORES - 1)));
        }
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP,
            "-Dlog4j2.configurationFile=log4j2-test.xml", "-Dtest.log=WARN"));
        String options = System.getenv(OPTIONS);
        if (options != null && !options.isBlank()) {
            command.addAll(Arrays.asList(options.split(" ")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ConnectorUnderTest.class.getName(), folder.toString(),
            file.toString()));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        answer();
    }

    /** Whether the connector gets the last core alone, and whoever measures the others. */
    static boolean isPinned() {
        return Machine.CORES > 1 && Files.isExecutable(TASKSET);
    }

    /** Leaves the connector's core to the connector. */
    static void makeRoom() throws IOException, InterruptedException {
        if (isPinned()) {
            new ProcessBuilder(TASKSET.toString(), "-a", "-cp", "0-" + (Machine.CORES - 2), String.valueOf(ProcessHandle.current().pid()))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        }
    }

    /** Sends a command and waits for its answer. */
    String tell(String command) throws IOException {
        commands.println(command);
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        while (line != null && !line.startsWith(ConnectorUnderTest.ANSWER)) {
            line = answers.readLine();
        }
        if (line == null) {
            throw new IOException("The connector ended; standard error says why.");
        }
        return line.substring(ConnectorUnderTest.ANSWER.length());
    }

    Figures figures() throws IOException {
        return read(tell("figures"));
    }

    /** The same, after all that is no longer used has been collected. */
    Figures collected() throws IOException {
        return read(tell("collect"));
    }

    private static Figures read(String line) {
        long[] numbers = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Figures(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        commands.close();
        process.waitFor();
    }
}
