package io.cosell.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.cosell.Connector;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * The connector in a process of its own, told what to do on standard input, a command and its answer a line each. Arguments: the working
 * folder, and a file of settings.
 */
public final class ConnectorUnderTest {

    /** Before each answer; the JVM writes to standard output too. */
    static final String ANSWER = "answer ";

    private static final int COLLECTIONS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final Connector connector;
    private final Map<String, String> settings;
    private Parts parts;

    private ConnectorUnderTest(Path folder, Map<String, String> settings) {
        this.settings = settings;
        connector = Connector.start(folder, settings, Connector.Purpose.SERVE);
    }

    /** Starts, says so, and obeys until standard input ends. What the parts have opened ends with the process. */
    public static void main(String[] args) {
        int code = 0;
        try {
            obey(Path.of(args[0]), Path.of(args[1]));
        } catch (Exception e) {
            e.printStackTrace();
            code = 1;
        }
        System.exit(code);
    }

    private static void obey(Path folder, Path file) throws Exception {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        PrintStream answers = System.out;
        System.setOut(System.err);
        ConnectorUnderTest process = new ConnectorUnderTest(folder, settings);
        process.awaitServer();
        answers.println(ANSWER + "started");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            answers.println(ANSWER + process.obey(command.split(" ")));
        }
        process.connector.close();
    }

    /** Camel does not wait until its server listens. */
    private void awaitServer() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The connector's server did not come up within " + PATIENCE + ".");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(settings.get("camel.server.port")))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private String obey(String[] command) throws Exception {
        switch (command[0]) {
            case "figures" -> {
                return figures();
            }
            case "collect" -> {
                for (int i = 0; i < COLLECTIONS; i++) {
                    System.gc();
                }
                return figures();
            }
            case "register" -> connector.camel().requestBody("direct:webhook-registration", null, String.class);
            case "poll" -> List.of("opportunity", "solution").forEach(table ->
                connector.camel().sendBody("direct:notice-crm-changes", table));
            case "stop-lanes" -> connector.lanes().close();
            case "open-parts" -> parts = new Parts(connector, settings);
            case "part" -> {
                return parts.measure(command[1]);
            }
            default -> throw new IllegalArgumentException(String.join(" ", command));
        }
        return "done";
    }

    /** Processor time and the compiler's share of it in nanoseconds, heap in use and resident memory in bytes. */
    private static String figures() throws IOException {
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return cpuNanos() + " " + compilerMillis() * 1_000_000 + " " + heap + " " + residentBytes();
    }

    /** Processor time of this process so far. */
    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Time in which the JVM's compiler was at work so far. */
    static long compilerMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Where the system does not tell, 0. */
    private static long residentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status) ? 0 : Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
    }
}
