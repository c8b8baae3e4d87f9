package io.cosell.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.cli.DemoCommand;
import io.cosell.sandbox.Crm;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import picocli.CommandLine;

/** The demo as a person sees it: played once, looked at from several sides. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoTest {

    private final StringWriter text = new StringWriter();
    private final Demo demo = new Demo(Crm.DYNAMICS_365, new PrintWriter(text));
    private int code;
    private String told;

    @BeforeAll
    void play() {
        code = demo.play();
        told = text.toString();
    }

    @AfterAll
    void close() {
        demo.close();
        demo.close();

        assertThat(demo.folder()).doesNotExist();
    }

    @Test
    void bothSidesAreEqualAtTheEnd() {
        assertThat(code).as(told).isZero();
        assertThat(told).contains("All 4 deals are equal on both sides.", "the connector has stopped writing.");
        assertThat(told.lines().filter(line -> line.matches(".* (Partner Center|Dynamics 365) .* yes *"))).hasSize(8);
    }

    @Test
    void everyStepIsToldInOrder() {
        assertThat(told.lines().filter(line -> line.matches("[0-9]\\. .*")).map(line -> line.substring(0, 2)))
            .containsExactly("1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.");
        assertThat(told).containsSubsequence("A validation event arrived.", "Microsoft is invited",
            "adds account, contact, opportunity, solution", "adds lead", "The referral is Active/Accepted",
            "The referral is Closed/Declined.", "Both changes are on both sides", "Both sides now say 52,000.00 EUR.",
            "60,000.00 EUR.", "The referral names both solutions.",
            "7-3F9KQ2LMXA. Audit", "Maria Lopez.", "The referral is Closed/Won.");
    }

    @Test
    void callsOfBothSidesAreShownAndCounted() {
        assertThat(told.lines().toList()).anyMatch(line -> line.matches(" +-> Partner Center +PATCH +/referrals/\\{id} +20[04]"))
            .anyMatch(line -> line.matches(" +-> Dynamics 365 +POST +/\\$batch +200 +changes opportunity"))
            .anyMatch(line -> line.matches(" +<- Partner Center +event +referral-updated +202"))
            .anyMatch(line -> line.matches("Partner Center [0-9]+ calls, [0-9]+ sign-ins?; Dynamics 365 [0-9]+ calls, "
                + ".* polls for changes\\."));
    }

    @Test
    void linesAreShortAndForPeople() {
        assertThat(told.lines()).allMatch(line -> line.length() <= 110);
        assertThat(told).doesNotContain("{\"", "Exception", "null", "oauth2", "deltatoken");
    }

    @Test
    void staysUpAtTheAddressesItPrints() throws Exception {
        demo.printAddresses();

        String printed = text.toString().substring(told.length());
        List<String> addresses = printed.lines().flatMap(line -> Stream.of(line.split(" ")))
            .filter(word -> word.startsWith("http")).toList();
        assertThat(addresses).hasSize(5);
        assertThat(printed).contains("Ctrl-C");
        for (String address : addresses) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address)).POST(HttpRequest.BodyPublishers.noBody()).build();
            int status = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
            assertThat(status).as(address).isBetween(400, 499);
        }
    }

    @Test
    void aDealThatDiffersIsListedAndEndsWithOne() {
        Comparison now = Comparison.of(demo.sandboxes(), Crm.DYNAMICS_365);
        Comparison.Pair first = now.pairs().get(0);
        Comparison.Pair second = now.pairs().get(1);
        Comparison mixedUp = new Comparison(Crm.DYNAMICS_365, List.of(new Comparison.Pair(first.referralId(), first.partnerCenter(), second.crm())));
        StringWriter listed = new StringWriter();

        try (Demo other = new Demo(Crm.DYNAMICS_365, new PrintWriter(listed))) {
            assertThat(other.conclude(mixedUp)).isEqualTo(1);
        }

        assertThat(listed.toString()).contains("\"Fabrikam cold chain\" differs:",
            "  value: 50,000.00 USD in Partner Center, 52,000.00 EUR in Dynamics 365", "The two sides differ.");
    }

    @Test
    void aDealThatTheConnectorDoesNotKnowIsSeen() {
        try (Demo other = new Demo(Crm.DYNAMICS_365, new PrintWriter(new StringWriter()))) {
            other.sandboxes().partnerCenter().microsoftInvites(Map.of("name", "Unheard of"));

            assertThat(Comparison.of(other.sandboxes(), Crm.DYNAMICS_365).differences())
                .containsOnly(Map.entry("Unheard of", List.of("is not in Dynamics 365")));
        }
    }

    @Test
    void isACommandWithHelp() {
        StringWriter help = new StringWriter();

        assertThat(new CommandLine(new DemoCommand()).setOut(new PrintWriter(help)).execute("--help")).isZero();
        assertThat(help.toString()).contains("--stay", "Example: java -jar cosell.jar demo");
    }
}
