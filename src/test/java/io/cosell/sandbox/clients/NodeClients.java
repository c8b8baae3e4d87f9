package io.cosell.sandbox.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxSystem;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs the scripts of {@code src/test/node} with Node's own test runner and reports each of their tests to JUnit. They use clients that
 * were written for the real services and come from npm, in the versions of {@code package-lock.json}. Packages are installed once per
 * build, and again only when the lock file changes.
 *
 * <p>Where Node 20 is missing the tests are skipped and the build says so. Where Node is there and npm can't install, they fail.
 */
final class NodeClients {

    private static final int OLDEST = 20;
    private static final Path SCRIPTS = Path.of("src", "test", "node").toAbsolutePath();
    private static final Path FOLDER = Path.of("target", "node-clients").toAbsolutePath();
    /** The package files that the packages here were installed from. */
    private static final Path INSTALLED = FOLDER.resolve("node_modules").resolve(".installed-from");
    private static final List<String> PACKAGE_FILES = List.of("package.json", "package-lock.json");
    private static final Object INSTALLATION = new Object();
    private static boolean ready;
    private static String missing;

    private NodeClients() {
    }

    /**
     * Runs one script to its end.
     *
     * @param script      path below {@code src/test/node}
     * @param environment what the script finds in its environment
     * @return its tests, each as it ended
     */
    static Stream<DynamicTest> run(String script, Map<String, String> environment) throws IOException, InterruptedException {
        prepare();
        if (missing != null) {
            return Stream.of(DynamicTest.dynamicTest(script + " was not run", () -> Assumptions.abort(missing)));
        }
        Path log = Files.createTempFile(FOLDER, "run-", ".jsonl");
        int exit = execute(log, 3, environment, "node", "--test", "--test-concurrency=1",
            "--test-reporter=" + FOLDER.resolve("reporter.mjs").toUri(), "--test-reporter-destination=stdout", script);
        List<JsonNode> tests = new ArrayList<>();
        StringBuilder output = new StringBuilder();
        for (String line : Files.readAllLines(log)) {
            JsonNode told = line.startsWith("{") ? SandboxSystem.JSON.readTree(line) : null;
            if (told != null && told.has("name")) {
                tests.add(told);
            } else {
                output.append(told == null ? line + "\n" : told.path("output").asText());
            }
        }
        assertThat(tests).as("tests of %s, which ended with %d and wrote:%n%s", script, exit, output).isNotEmpty();
        if (exit != 0 && tests.stream().allMatch(test -> test.path("passed").booleanValue())) {
            fail("%s ended with %d though none of its tests failed. It wrote:%n%s", script, exit, output);
        }
        Files.delete(log);
        return tests.stream().map(test -> DynamicTest.dynamicTest(test.path("name").asText(), SCRIPTS.resolve(script).toUri(),
            () -> report(test, output)));
    }

    private static void report(JsonNode told, CharSequence output) {
        if (told.path("skipped").booleanValue() || !told.path("passed").booleanValue()) {
            fail("%s%n%s", told.path("error").asText("skipped"), output);
        }
    }

    /** Makes node and the packages ready, once for all classes. */
    private static void prepare() throws IOException, InterruptedException {
        synchronized (INSTALLATION) {
            if (!ready) {
                ready = true;
                missing = missing();
                if (missing == null) {
                    copyScripts();
                    install();
                } else {
                    System.out.println("The Node clients (dynamics-web-api, jsforce) were NOT run against the sandboxes: " + missing);
                }
            }
            if (missing == null) {
                assertThat(INSTALLED).as("mark of an installation that npm finished; what it said is in target/node-clients/npm.log")
                    .exists();
            }
        }
    }

    /** Why Node can't be used, null if it can. */
    private static String missing() throws InterruptedException {
        String wanted = "they need Node " + OLDEST + " or newer on the path";
        try {
            Process node = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
            String said = new String(node.getInputStream().readAllBytes()).strip();
            Matcher version = Pattern.compile("v(\\d+)\\..*").matcher(said);
            boolean fits = node.waitFor() == 0 && version.matches() && Integer.parseInt(version.group(1)) >= OLDEST;
            return fits ? null : wanted + "; 'node --version' said: " + said;
        } catch (IOException e) {
            return wanted + ", and there is none.";
        }
    }

    private static void copyScripts() throws IOException {
        Files.createDirectories(FOLDER);
        Files.walkFileTree(SCRIPTS, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = FOLDER.resolve(SCRIPTS.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** npm ci, unless these very package files were installed before. */
    private static void install() throws IOException, InterruptedException {
        StringBuilder wanted = new StringBuilder();
        for (String file : PACKAGE_FILES) {
            wanted.append(Files.readString(FOLDER.resolve(file)));
        }
        if (Files.exists(INSTALLED) && Files.readString(INSTALLED).contentEquals(wanted)) {
            return;
        }
        Path log = FOLDER.resolve("npm.log");
        String npm = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows") ? "npm.cmd" : "npm";
        int exit = execute(log, 5, Map.of(), npm, "ci", "--ignore-scripts", "--engine-strict=false", "--no-audit", "--no-fund",
            "--no-update-notifier");
        if (exit != 0) {
            fail("npm could not install the Node clients (npm ci ended with %d), so they were not run. It wrote:%n%s", exit,
                Files.readString(log));
        }
        Files.writeString(INSTALLED, wanted);
    }

    /** Runs a program in the folder; its output goes to the log. Proxies are for the world outside, not for sandboxes on loopback. */
    private static int execute(Path log, int minutes, Map<String, String> environment, String... command)
        throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true)
            .redirectOutput(log.toFile());
        if (command[0].equals("node")) {
            builder.environment().keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        }
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            fail("%s did not end within %d minutes. It wrote:%n%s", String.join(" ", command), minutes, Files.readString(log));
        }
        return process.exitValue();
    }
}
