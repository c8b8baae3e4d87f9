package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Partner Center to CRM: the webhook believes nobody it can't verify, and stores what it believes before it answers. */
@SharedStage
class WebhookTest {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static Stage stage;

    @BeforeAll
    static void open(Stage opened) {
        stage = opened;
        stage.eventually(() -> stage.store().lastHeal().isPresent());
        // Refusals are counted by the hour; at the start of one no test can run into the next.
        var clock = stage.sandboxes.clock();
        clock.move(Duration.between(clock.instant(), clock.instant().truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS)));
    }

    /** What is counted is counted at rest: events of the test before may still be on their way. */
    @BeforeEach
    void settle() {
        stage.settled();
    }

    static Stream<Arguments> officialEventsInBothHeaderForms() {
        return Stream.of("referral-created", "referral-updated", "related-referral-created", "related-referral-updated")
            .flatMap(event -> Stream.of("Authorization", "x-ms-signature").map(header -> Arguments.of(event, header)));
    }

    @ParameterizedTest
    @MethodSource("officialEventsInBothHeaderForms")
    void takesTheOfficialEvents(String event, String header) throws Exception {
        String referral = quietDeal("Official " + event + " by " + header);
        byte[] body = official(event, referral);

        HttpResponse<String> answer = post(body, signed(body, header));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
        assertThat(events(referral)).isEqualTo(1);
        if (!event.startsWith("related-")) {
            stage.eventually(() -> stage.isLinked(referral));
            assertThat(stage.opportunityOf(referral)).containsEntry("name", "✔ Official " + event + " by " + header);
        }
    }

    @Test
    void anEventThriceOutOfOrderAndOnceForgedMakesOneRecordAndOneEntryOfTheRefusal() {
        stage.partnerCenter.holdWebhooks(true);
        String referral = stage.deal("Delivered too often", changes -> { });
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 51000));
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 52000));
        byte[] forged = stage.partnerCenter.deliveries().get(stage.partnerCenter.deliveries().size() - 1).body();

        assertThat(stage.partnerCenter.deliver(forged, true)).isEqualTo(401);
        assertThat(events(referral)).as("events stored of the forged delivery").isZero();
        stage.partnerCenter.deliverHeld(WebhookTest::thriceBackwards);
        stage.partnerCenter.holdWebhooks(false);
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(events(referral)).as("the three events, and the one of the CRM id written back").isEqualTo(4);
        assertThat(stage.links()).filteredOn(link -> referral.equals(link.referralId())).hasSize(1);
        assertThat(stage.rows("opportunity", "msft_microsoftpartnercenterreferralidentifier", referral)).hasSize(1);
        assertThat(stage.opportunityOf(referral).get("estimatedvalue").toString()).startsWith("52000");
        assertThat(refusals("does not fit the body")).singleElement().satisfies(entry -> {
            assertThat(entry).containsEntry("times", 1).containsEntry("side", "partner-center");
            assertThat(entry.get("link_id")).isNull();
        });
    }

    private static List<Delivery> thriceBackwards(List<Delivery> held) {
        List<Delivery> order = new ArrayList<>();
        for (int i = held.size() - 1; i >= 0; i--) {
            order.addAll(List.of(held.get(i), held.get(i), held.get(i)));
        }
        return order;
    }

    @Test
    void aRefusalThatComesAgainIsCounted() {
        byte[] body = official("referral-updated", UUID.randomUUID().toString());

        for (int i = 0; i < 3; i++) {
            assertThat(stage.partnerCenter.deliver(body, Signer.UNTRUSTED)).isEqualTo(401);
        }

        assertThat(refusals("does not chain to a trusted root")).singleElement()
            .satisfies(entry -> assertThat(entry).containsEntry("times", 3));
    }

    static Stream<Arguments> badBodies() {
        String id = UUID.randomUUID().toString();
        String good = new String(official("referral-updated", id), StandardCharsets.UTF_8);
        return Stream.of(
            Arguments.of("nothing", "", "event-malformed"),
            Arguments.of("no JSON", "{\"EventName\": ", "event-malformed"),
            Arguments.of("a list", "[" + good + "]", "event-malformed"),
            Arguments.of("an unknown event", good.replace("referral-updated", "referral-deleted"), "event-unknown"),
            Arguments.of("an event of another flow", good.replace("referral-updated", "subscription-updated"), "event-unknown"),
            Arguments.of("a foreign address",
                good.replace("api.partnercenter.microsoft.com", "api.partnercenter.microsoft.com.evil.example"),
                "resource-refused"),
            Arguments.of("an address without GUID", good.replace(id, "../registration"), "resource-refused"),
            Arguments.of("a date without zone", good.replace("+00:00", ""), "date-malformed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBodies")
    void refusesABodyThatIsNoEvent(String what, String text, String code) throws Exception {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        List<Long> before = stored();

        HttpResponse<String> answer = post(body, signed(body, "Authorization"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertShortError(answer, code);
        assertThat(stored()).isEqualTo(before);
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
            Arguments.of("no signature", "Authorization", null, 401, "signature-missing"),
            Arguments.of("another scheme", "Authorization", "Bearer token", 401, "signature-missing"),
            Arguments.of("a signature that is not base64", "Authorization", "Signature ***", 401, "signature-malformed"),
            Arguments.of("no certificate address", "X-MS-Certificate-Url", null, 400, "certificate-url-missing"),
            Arguments.of("a certificate from elsewhere", "X-MS-Certificate-Url", "https://evil.example/c.cer", 400,
                "certificate-url-refused"),
            Arguments.of("a certificate without TLS", "X-MS-Certificate-Url", "http://www.microsoft.com/c.cer", 400,
                "certificate-url-refused"),
            Arguments.of("no algorithm", "X-MS-Signature-Algorithm", null, 400, "algorithm-missing"),
            Arguments.of("a weak algorithm", "X-MS-Signature-Algorithm", "rsa-sha1", 400, "algorithm-unknown"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badHeaders")
    void refusesADeliveryThatProvesNothing(String what, String header, String value, int status, String code) throws Exception {
        byte[] body = official("referral-created", UUID.randomUUID().toString());
        Map<String, String> headers = signed(body, "Authorization");
        headers.remove(header);
        if (value != null) {
            headers.put(header, value);
        }
        List<Long> before = stored();

        HttpResponse<String> answer = post(body, headers);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertShortError(answer, code);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        String text = new String(official("referral-created", UUID.randomUUID().toString()), StandardCharsets.UTF_8);
        byte[] body = text.replace("null", "\"" + "x".repeat(70_000) + "\"").getBytes(StandardCharsets.UTF_8);
        List<Long> before = stored();

        HttpResponse<String> answer = post(body, signed(body, "Authorization"));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertShortError(answer, "body-too-large");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void refusesOtherMethodsAndMediaTypes() throws Exception {
        byte[] body = official("referral-created", UUID.randomUUID().toString());
        List<Long> before = stored();
        Map<String, String> asText = signed(body, "Authorization");
        asText.put("Content-Type", "text/plain");

        HttpResponse<String> get = HTTP.send(HttpRequest.newBuilder(address()).GET().build(), HttpResponse.BodyHandlers.ofString());

        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(post(body, asText).statusCode()).isEqualTo(415);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aValidationEventIsJournaledAndMakesNoDeal() throws Exception {
        byte[] body = new String(official("test-created", ""), StandardCharsets.UTF_8)
            .replace("{{CorrelationId}}", UUID.randomUUID().toString()).getBytes(StandardCharsets.UTF_8);
        List<Long> before = stored();
        long told = validations();

        assertThat(post(body, signed(body, "Authorization")).statusCode()).isEqualTo(202);

        assertThat(validations()).isEqualTo(told + 1);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void theAddressInAnEventIsNeverFollowed() throws Exception {
        String referral = quietDeal("Address not followed");
        byte[] body = new String(official("referral-created", referral), StandardCharsets.UTF_8)
            .replace("https://api.partnercenter.microsoft.com/engagements/v1/", "https://api.partnercenter.microsoft.com/somewhere/else/")
            .getBytes(StandardCharsets.UTF_8);

        assertThat(post(body, signed(body, "Authorization")).statusCode()).isEqualTo(202);

        stage.eventually(() -> stage.isLinked(referral));
        assertThat(stage.partnerCenter.calls()).noneMatch(call -> call.path().contains("somewhere"));
    }

    // ---- helpers

    /** A deal of which no event tells. */
    private static String quietDeal(String name) {
        stage.partnerCenter.dropWebhooks(true);
        try {
            return stage.deal(name, changes -> { });
        } finally {
            stage.partnerCenter.dropWebhooks(false);
        }
    }

    private static byte[] official(String event, String referral) {
        try (InputStream sample = WebhookTest.class.getResourceAsStream("/contracts/partner-center/event-" + event + ".json")) {
            return new String(sample.readAllBytes(), StandardCharsets.UTF_8).replace("{{ReferralID}}", referral)
                .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> signed(byte[] body, String header) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put(header, "Signature " + stage.partnerCenter.certificates().sign(body));
        headers.put("X-MS-Certificate-Url", stage.partnerCenter.certificateAddress().toString());
        headers.put("X-MS-Signature-Algorithm", "rsa-sha256");
        headers.put("Content-Type", "application/json");
        return headers;
    }

    private static HttpResponse<String> post(byte[] body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address()).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI address() {
        return URI.create(stage.sandboxes.connectorAddress() + "/partner-center-events");
    }

    private static void assertShortError(HttpResponse<String> answer, String code) {
        assertThat(answer.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        assertThat(answer.body()).hasSizeLessThan(400).contains("\"code\":\"" + code + "\"").doesNotContain("Exception");
    }

    private static List<Map<String, Object>> refusals(String reason) {
        return stage.store().journal().stream()
            .filter(entry -> "refused".equals(entry.get("kind")) && String.valueOf(entry.get("reason")).contains(reason)).toList();
    }

    private static long validations() {
        return stage.store().journal().stream().filter(entry -> "received".equals(entry.get("kind"))
            && String.valueOf(entry.get("reason")).contains("validation event")).count();
    }

    /** How many events and links are in the store. */
    private static List<Long> stored() {
        // Polls of the CRM store events of their own, whenever they come.
        return List.of(count("select count(*) from event where source = 'partner-center'"), count("select count(*) from link"));
    }

    private static long events(String referral) {
        return count("select count(*) from event where source = 'partner-center' and resource_id = '" + referral + "'");
    }

    private static long count(String sql) {
        try (var connection = DriverManager.getConnection(stage.settings.get("cosell.store.url"));
             var statement = connection.createStatement();
             var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
