package io.cosell.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.cli.DemoCommand;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmSeller;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The demo as a person sees it: played once with each CRM, looked at from several sides. */
@ParameterizedClass(name = "{0}")
@EnumSource(Crm.class)
class DemoTest {

    private static StringWriter text;
    private static Demo demo;
    private static int code;
    private static String told;
    @Parameter
    private Crm crm;

    @BeforeParameterizedClassInvocation
    static void play(Crm crm) {
        text = new StringWriter();
        demo = new Demo(crm, new PrintWriter(text));
        code = demo.play();
        told = text.toString();
    }

    @AfterParameterizedClassInvocation
    static void close() {
        demo.close();
        demo.close();

        assertThat(demo.folder()).doesNotExist();
    }

    @Test
    void bothSidesAreEqualAtTheEnd() {
        assertThat(code).as(told).isZero();
        assertThat(told).contains("All 4 deals are equal on both sides.", "the connector has stopped writing.");
        assertThat(told.lines().filter(line -> line.matches(".* (Partner Center|" + crm.title() + ") .* yes *"))).hasSize(8);
    }

    @Test
    void everyStepIsToldInOrder() {
        assertThat(told.lines().filter(line -> line.matches("[0-9]\\. .*")).map(line -> line.substring(0, 2)))
            .containsExactly("1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.");
        CrmSeller.Offers offers = crm.seller(demo.sandboxes()).offers();
        assertThat(told).containsSubsequence("A validation event arrived.", "Microsoft is invited",
            "adds account, contact, opportunity, ", "Until it is answered it is " + offers.name(), "adds ", "Sam " + offers.accepted(),
            "The referral is Active/Accepted", "Sam " + offers.declined(), "The referral is Closed/Declined.",
            "Both changes are on both sides", "Both sides now say 52,000.00 EUR.",
            "60,000.00 EUR.", "The referral names both solutions.",
            "7-3F9KQ2LMXA. Audit", "Maria Lopez.", "The referral is Closed/Won.");
    }

    @Test
    void callsOfBothSidesAreShownAndCounted() {
        assertThat(told.lines().toList()).anyMatch(line -> line.matches(" +-> Partner Center +PATCH +/referrals/\\{id} +20[04]"))
            .anyMatch(line -> line.matches(" +-> " + crm.title() + " +POST +/(\\$batch|composite) +200 +changes opportunity"))
            .anyMatch(line -> line.matches(" +<- Partner Center +event +referral-updated +202"))
            .anyMatch(line -> line.matches("Partner Center [0-9]+ calls, [0-9]+ sign-ins?; " + crm.title() + " [0-9]+ calls, "
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
        Comparison now = Comparison.of(demo.sandboxes(), crm);
        Comparison.Pair first = now.pairs().get(0);
        Comparison.Pair second = now.pairs().get(1);
        Comparison mixedUp = new Comparison(crm, List.of(new Comparison.Pair(first.referralId(), first.partnerCenter(), second.crm())));
        StringWriter listed = new StringWriter();

        try (Demo other = new Demo(crm, new PrintWriter(listed))) {
            assertThat(other.conclude(mixedUp)).isEqualTo(1);
        }

        assertThat(listed.toString()).contains("\"Fabrikam cold chain\" differs:",
            "  value: 50,000.00 USD in Partner Center, 52,000.00 EUR in " + crm.title(), "The two sides differ.");
    }

    @Test
    void aDealThatTheConnectorDoesNotKnowIsSeen() {
        try (Demo other = new Demo(crm, new PrintWriter(new StringWriter()))) {
            other.sandboxes().partnerCenter().microsoftInvites(Map.of("name", "Unheard of"));

            assertThat(Comparison.of(other.sandboxes(), crm).differences())
                .containsOnly(Map.entry("Unheard of", List.of("is not in " + crm.title())));
        }
    }

    @Test
    void isACommandWithHelp() {
        StringWriter help = new StringWriter();

        assertThat(new CommandLine(new DemoCommand()).setOut(new PrintWriter(help)).execute("--help")).isZero();
        assertThat(help.toString()).contains("--stay", "Example: java -jar cosell.jar demo");
    }
}
