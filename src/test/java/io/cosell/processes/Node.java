package io.cosell.processes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One connector as a process of its own, which can be killed, paused, continued and started again. */
final class Node implements AutoCloseable {

    static final long NO_LIMIT = Long.MAX_VALUE;

    private static final Path JAR = Path.of(System.getProperty("cosell.jar", "target/cosell.jar")).toAbsolutePath();
    private static final Pattern PROCESS = Pattern.compile("this process is (cosell-[0-9a-f-]+)");

    private final String name;
    private final Path folder;
    private final Map<String, String> settings;
    private final String address;
    private volatile Process process;
    private volatile boolean paused;
    private Path log;
    private int starts;

    /**
     * @param name     for people
     * @param folder   its working folder; it is made
     * @param settings those of the sandboxes, and more
     * @param port     where it takes webhooks
     */
    Node(String name, Path folder, Map<String, String> settings, int port) throws IOException {
        this.name = name;
        this.folder = Files.createDirectories(folder);
        this.settings = new HashMap<>(settings);
        this.settings.put("camel.server.port", String.valueOf(port));
        address = "http://127.0.0.1:" + port;
    }

    /** Starts it, or starts it again. */
    synchronized void start() {
        log = folder.resolve("log-" + ++starts + ".txt");
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR.toString(), "run")
            .directory(folder.toFile()).redirectErrorStream(true);
        settings.forEach((setting, value) -> builder.environment()
            .put(setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        try {
            process = builder.start();
            keepLog(process.getInputStream(), Files.newOutputStream(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        paused = false;
    }

    /** The test writes the log, not the process: it is to tell of a full disk too. */
    private static void keepLog(InputStream output, OutputStream file) {
        Thread copy = new Thread(() -> {
            try (output; file) {
                output.transferTo(file);
            } catch (IOException e) {
                // The process is gone.
            }
        }, "log");
        copy.setDaemon(true);
        copy.start();
    }

    /** SIGKILL: it ends at whatever instruction it is. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGSTOP: it stands still and does not know it. */
    void pause() {
        signal("STOP");
        paused = true;
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
        paused = false;
    }

    private void signal(String signal) {
        run("kill", "-" + signal, String.valueOf(process.pid()));
    }

    /** Lays a limit on the size of files it may write, in bytes, while it runs; {@link #NO_LIMIT} takes it away. */
    void limitFiles(long bytes) {
        run("prlimit", "--pid", String.valueOf(process.pid()), "--fsize=" + (bytes == NO_LIMIT ? "unlimited" : bytes) + ":");
    }

    /** Size of the largest file in its working folder, in bytes. */
    long largestFile() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        try {
            Process run = new ProcessBuilder(command).inheritIO().start();
            if (!run.waitFor(10, TimeUnit.SECONDS) || run.exitValue() != 0) {
                throw new IllegalStateException(List.of(command) + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isPaused() {
        return paused;
    }

    /** Whether it takes webhooks now. */
    boolean isServing() {
        return process.isAlive() && !paused && processName() != null && answers();
    }

    private boolean answers() {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create(address + "/partner-center-events").toURL().openConnection();
            connection.setConnectTimeout(500);
            connection.setReadTimeout(500);
            return connection.getResponseCode() == 405;
        } catch (IOException e) {
            return false;
        }
    }

    /** The name under which it holds lanes; null until it serves. */
    String processName() {
        Matcher found = PROCESS.matcher(log());
        return found.find() ? found.group(1) : null;
    }

    String address() {
        return address;
    }

    /** What it has logged since its last start. */
    synchronized String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
