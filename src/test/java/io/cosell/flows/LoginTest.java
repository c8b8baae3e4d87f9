package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Cosell;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command {@code login}: a person signs in on another device. */
class LoginTest {

    private static final Pattern CODE = Pattern.compile("Code +(\\S+)");
    /** The question whether the person has signed in. */
    private static final Predicate<Request> QUESTION = request -> request.text().contains("device_code");

    private static Sandboxes sandboxes;
    private static PartnerCenterSandbox partnerCenter;
    @TempDir
    Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> settings = new HashMap<>();

    @BeforeAll
    static void open() {
        sandboxes = Sandboxes.start();
        partnerCenter = sandboxes.partnerCenter();
        partnerCenter.deviceInterval(1);
    }

    @AfterAll
    static void close() {
        sandboxes.close();
    }

    @BeforeEach
    void onlyTheAppIsSet() {
        partnerCenter.failNoMore();
        Map<String, String> all = sandboxes.settings(folder);
        all.forEach((name, value) -> {
            if (name.matches("cosell\\.partner-center\\.(sign-in-address|tenant-id|client-id|client-secret|address|events-address)")) {
                settings.put(name, value);
            }
        });
        settings.put("cosell.data-folder", folder.resolve("data").toString());
        settings.put("camel.main.name", "login-" + UUID.randomUUID());
    }

    private CompletableFuture<Integer> begin(String... options) {
        CommandLine line = Cosell.commands(folder, settings).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        String[] arguments = new String[options.length + 1];
        arguments[0] = "login";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return CompletableFuture.supplyAsync(() -> line.execute(arguments));
    }

    private String code(StringWriter told) {
        await().atMost(Duration.ofSeconds(30)).until(() -> CODE.matcher(told.toString()).find() || !err.toString().isEmpty()
            && told == out);
        Matcher code = CODE.matcher(told.toString());
        assertThat(code.find()).as(out + "" + err).isTrue();
        return code.group(1);
    }

    private int end(CompletableFuture<Integer> command) {
        return command.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
    }

    @Test
    void thePersonSignsInAndTheConnectorNeedsNoTokenInTheSettings() throws IOException {
        long before = partnerCenter.count(Call::isToken);
        CompletableFuture<Integer> command = begin();
        String code = code(out);
        await().atMost(Duration.ofSeconds(30)).until(() -> partnerCenter.count(Call::isToken) >= before + 2);
        partnerCenter.signInDevice(code, true);

        assertThat(end(command)).as(out + "" + err).isZero();
        Path file = folder.resolve("data/partner-center.refresh-token");
        assertThat(out.toString()).contains("Address  https://microsoft.com/devicelogin", "good for 15 minutes",
            "Signed in as user@contoso.com.",
            "The refresh token is kept in " + file, "Referrals: the service gives a token.",
                "Webhook registrations: the service gives a token.");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(out.toString()).doesNotContain(lines.get(1), "sandbox-secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(partnerCenter.calls().stream().filter(Call::isWrite)).isEmpty();
    }

    @Test
    void waitsAsTheServiceSays() {
        for (Reply reply : List.of(Reply.json(400, Map.of("error", "slow_down")), Reply.json(503, Map.of()), Reply.text(502, "text/html",
            "busy"))) {
            partnerCenter.fail(new Fault(QUESTION, Fault.When.INSTEAD, reply));
        }
        long begin = System.nanoTime();
        CompletableFuture<Integer> command = begin();
        partnerCenter.signInDevice(code(out), true);

        assertThat(end(command)).as(out + "" + err).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("a second, then three times six").isGreaterThan(Duration.ofSeconds(18));
    }

    @Test
    void whoSaysNoIsNotSignedIn() {
        CompletableFuture<Integer> command = begin();
        partnerCenter.signInDevice(code(out), false);

        assertThat(end(command)).isEqualTo(1);
        assertThat(err.toString()).contains("The sign-in was declined in the browser.");
        assertThat(folder.resolve("data/partner-center.refresh-token")).doesNotExist();
    }

    @Test
    void aCodeThatRanOutIsSaid() {
        CompletableFuture<Integer> command = begin();
        code(out);
        partnerCenter.fail(new Fault(QUESTION, Fault.When.INSTEAD, Reply.json(400, Map.of("error", "expired_token"))));

        assertThat(end(command)).isEqualTo(1);
        assertThat(err.toString()).contains("The code has run out before somebody signed in with it. Run login again");
    }

    @Test
    void aWrongSecretIsSaidWithWhatToDo() {
        settings.put("cosell.partner-center.client-secret", "wrong-secret");
        CompletableFuture<Integer> command = begin();
        partnerCenter.signInDevice(code(out), true);

        assertThat(end(command)).isEqualTo(1);
        assertThat(err.toString()).contains("(401, AADSTS7000215)", "Set cosell.partner-center.client-secret to the value of a secret")
            .doesNotContain("wrong-secret");
    }

    @Test
    void whatIsMissingIsSaidBeforeAnythingIsCalled() {
        settings.remove("cosell.partner-center.tenant-id");
        long before = partnerCenter.calls().size();

        assertThat(end(begin())).isEqualTo(1);
        assertThat(err.toString()).contains("cosell.partner-center.tenant-id is missing").doesNotContain("dynamics365");
        assertThat(partnerCenter.calls()).hasSize((int) before);
    }

    @Test
    void forAVaultTheTokenAloneIsPrinted() {
        CompletableFuture<Integer> command = begin("--print");
        partnerCenter.signInDevice(code(err), true);

        assertThat(end(command)).isZero();
        assertThat(out.toString()).matches("refresh-[0-9a-f-]+\n");
        assertThat(folder.resolve("data/partner-center.refresh-token")).doesNotExist();
    }

    @Test
    void withoutASignInTheConnectorSaysWhatToRun() {
        Map<String, String> all = sandboxes.settings(folder);
        all.remove("cosell.partner-center.refresh-token");
        settings.putAll(all);

        int code = Cosell.commands(folder, settings).setErr(new PrintWriter(err, true)).execute("plan", "--all");
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("nobody has signed in to Partner Center — run the command login");
    }
}
