package io.cosell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/walkthrough.md says, in its order, with the jar of the build, and compares what is printed. A block {@code sh} is a
 * command, {@code sh stays} one in a terminal of its own, {@code text} the output of the command before, {@code text run} lines that appear
 * in the terminal of the command {@code run}. {@code -Dwalkthrough.write=true} writes what is printed into the page instead; look at the difference.
 */
class WalkthroughIT {

    private static final Path PAGE = Path.of("docs/walkthrough.md");
    private static final Path JAR = Path.of(System.getProperty("cosell.jar", "target/cosell.jar")).toAbsolutePath();
    private static final boolean WRITES = Boolean.getBoolean("walkthrough.write");
    private static final int PORT = 8090;
    private static final int PORTS = 5;
    private static final String FOLDER = "/home/me/walkthrough";
    private static final Pattern PART = Pattern.compile("(?ms)^```(?<kind>\\S+) ?(?<name>\\S*)\\n(?<text>.*?)^```$"
        + "|<!-- ends: (?<ends>\\S+) -->");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** Of the build, which has happened. */
    private static final String BUILD = """
        mvn -q -DskipTests package
        mkdir ../walkthrough
        cp target/cosell.jar ../walkthrough
        cd ../walkthrough
        """;

    @TempDir
    private Path temporary;

    private final Map<String, Terminal> terminals = new LinkedHashMap<>();
    /** Ids on the page, and what they are here. */
    private final Map<String, String> ids = new LinkedHashMap<>();
    private Path folder;
    private int port;
    private String lastCommand;

    /** A process that stays, and how much of what it printed was looked at. */
    private static final class Terminal {
        private final Process process;
        private final Path printed;
        private int seen;

        Terminal(Process process, Path printed) {
            this.process = process;
            this.printed = printed;
        }
    }

    @AfterEach
    void end() {
        terminals.values().forEach(terminal -> terminal.process.destroyForcibly());
    }

    @Test
    void everyCommandDoesWhatThePageSays() throws Exception {
        folder = Files.createDirectory(temporary.resolve("walkthrough"));
        port = freePorts();
        String page = Files.readString(PAGE);
        StringBuilder written = new StringBuilder();
        Matcher part = PART.matcher(page);
        int outputs = 0;
        while (part.find()) {
            if (part.group("ends") != null) {
                stop(part.group("ends"));
                part.appendReplacement(written, "$0");
            } else {
                String printed = part.group("kind").equals("sh") ? command(part, follows(page, part.end())) : output(part);
                outputs += part.group("kind").equals("sh") ? 0 : 1;
                String fence = "```" + (part.group("kind") + " " + part.group("name")).strip();
                part.appendReplacement(written, Matcher.quoteReplacement(fence + "\n" + printed + "```"));
            }
        }
        part.appendTail(written);
        assertThat(outputs).isPositive();
        if (WRITES) {
            Files.writeString(PAGE, written.toString());
        }
    }

    /** Does a command; one whose output follows is done with that. */
    private String command(Matcher part, boolean outputFollows) throws Exception {
        String command = part.group("text");
        if (command.equals(BUILD)) {
            Files.copy(JAR, folder.resolve("cosell.jar"));
        } else if (part.group("name").equals("stays")) {
            stay(command);
        } else if (outputFollows) {
            lastCommand = command;
        } else {
            run(command, "");
        }
        return replaceIds(command);
    }

    private String output(Matcher part) throws Exception {
        return part.group("name").isEmpty() ? run(lastCommand, part.group("text"))
            : appears(terminals.get(part.group("name")), part.group("text"));
    }

    /** Whether the output of a command follows, so that it is run together with that. */
    private static boolean follows(String page, int end) {
        return page.startsWith("\n\n```text\n", end);
    }

    // ---- commands

    private ProcessBuilder shell(String command) {
        String here = replaceIds(command).replace("sandbox --seed-data", "sandbox --port " + port + " --seed-data");
        for (int i = 0; i < PORTS; i++) {
            here = here.replace("127.0.0.1:" + (PORT + i), "127.0.0.1:" + (port + i));
        }
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", here).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (before, java) -> java
            + File.pathSeparator + before);
        return builder;
    }

    private String replaceIds(String text) {
        return ID.matcher(text).replaceAll(found -> ids.getOrDefault(found.group(), found.group()));
    }

    /** Runs a command until it prints what the page says: what happens on the way from one system to the other takes a moment. */
    private String run(String command, String expected) throws Exception {
        List<String> printed = new ArrayList<>();
        Duration patience = command.contains("show-rows") ? Duration.ofSeconds(WRITES ? 10 : 60) : Duration.ZERO;
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            Process process = shell(command).redirectOutput(temporary.resolve("printed.txt").toFile()).start();
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(command).isTrue();
            printed.add(Files.readString(temporary.resolve("printed.txt")));
        } while ((WRITES || !general(last(printed)).equals(general(expected))) && System.nanoTime() < deadline);
        String now = last(printed);
        if (!WRITES) {
            assertThat(general(now)).as(command).isEqualTo(general(expected));
        }
        List<String> there = ID.matcher(expected).results().map(MatchResult::group).toList();
        List<String> here = ID.matcher(now).results().map(MatchResult::group).toList();
        for (int i = 0; i < Math.min(there.size(), here.size()); i++) {
            ids.putIfAbsent(there.get(i), here.get(i));
        }
        String shown = forThePage(now);
        return shown.isEmpty() || shown.endsWith("\n") ? shown : shown + "\n";
    }

    private static String last(List<String> printed) {
        return printed.get(printed.size() - 1);
    }

    private void stay(String command) throws IOException {
        Matcher name = Pattern.compile("cosell\\.jar (\\S+)").matcher(command);
        assertThat(name.find()).isTrue();
        Path printed = temporary.resolve(name.group(1) + ".txt");
        terminals.put(name.group(1), new Terminal(shell("exec " + command).redirectOutput(printed.toFile()).start(), printed));
    }

    private String appears(Terminal terminal, String expected) {
        List<String> shown = new ArrayList<>();
        for (String line : expected.lines().toList()) {
            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(text(terminal.printed).lines().skip(terminal.seen)
                .map(this::general)).contains(general(line)));
            List<String> all = text(terminal.printed).lines().toList();
            for (int i = terminal.seen; i < all.size(); i++) {
                if (general(all.get(i)).equals(general(line))) {
                    shown.add(forThePage(all.get(i)));
                    terminal.seen = i + 1;
                    break;
                }
            }
        }
        return String.join("\n", shown) + "\n";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stop(String name) throws InterruptedException {
        Terminal terminal = terminals.remove(name);
        terminal.process.destroy();
        assertThat(terminal.process.waitFor(1, TimeUnit.MINUTES)).as(name + " ends").isTrue();
    }

    // ---- what differs from one time to the next

    private String forThePage(String text) {
        String there = text.replace(folder.toString(), FOLDER);
        for (int i = 0; i < PORTS; i++) {
            there = there.replace("127.0.0.1:" + (port + i), "127.0.0.1:" + (PORT + i));
        }
        return there.replaceAll("(?m)[ \\t]+$", "");
    }

    private String general(String text) {
        return ID.matcher(forThePage(text)).replaceAll("ID").replaceAll("(?m)^\\d\\d:\\d\\d:\\d\\d\\.\\d+ ", "TIME ")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "WHEN").replaceAll("\\d{4}-\\d\\d-\\d\\d( \\d\\d:\\d\\d)?", "DAY")
            .replaceAll("\\b[0-9a-f]{12}\\b", "VERSION").stripTrailing();
    }

    /** The first of some free ports in a row. */
    private static int freePorts() throws IOException {
        for (int first = 20_000; first < 32_000; first += PORTS) {
            int free = 0;
            while (free < PORTS && isFree(first + free)) {
                free++;
            }
            if (free == PORTS) {
                return first;
            }
        }
        throw new IOException("There are no " + PORTS + " free ports in a row.");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
