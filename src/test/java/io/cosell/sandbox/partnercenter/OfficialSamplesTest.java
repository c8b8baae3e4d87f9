package io.cosell.sandbox.partnercenter;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import io.cosell.sandbox.partnercenter.TestClient.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every official sample of the contract: the sandbox takes those of requests, and answers those of answers, member for member in the same
 * order. GUIDs, times and page tokens are set aside; so is what {@link #CHECKS} names for a sample, with the reason.
 */
class OfficialSamplesTest {

    private static final String CALLBACK = "http://127.0.0.1:1/callback";
    private static final Set<String> SERVICE_MEMBERS = Set.of("id", "engagementId", "organizationId", "organizationName", "createdDateTime",
        "updatedDateTime", "expirationDateTime", "status", "substatus", "links", "eTag", "@odata.context", "direction");

    /** How a sample is checked. */
    private enum How {
        /** The sandbox's answer is this sample, member for member. */
        EXACT,
        /** The members are there; their values, or those around them, are of the real service. */
        SHAPE,
        /** The sandbox takes it. */
        TAKEN
    }

    /**
     * One row of the list.
     *
     * @param newer members that the answer has and the sample, of an older edition, has not
     * @param aside JSON pointers of the sample whose values are not compared
     * @param why   why anything is set aside
     * @param run   makes the sandbox answer; TAKEN: the JSON of the answer's status
     */
    private record Check(How how, Set<String> newer, Set<String> aside, String why, Function<JsonNode, JsonNode> run) {
    }

    private static Check exact(Function<JsonNode, JsonNode> run) {
        return new Check(How.EXACT, Set.of(), Set.of(), "", run);
    }

    private static Check taken(Function<JsonNode, Integer> run) {
        return new Check(How.TAKEN, Set.of(), Set.of(), "", sample -> TestClient.parse(String.valueOf(run.apply(sample))));
    }

    private static final Map<String, Check> CHECKS = Map.ofEntries(
        entry("analytics-referral.response.json", new Check(How.EXACT, Set.of(), Set.of("/id"), "an id of the analytics' own",
            sample -> analytics())),
        entry("constructed-create-microsoft-connected-referral.request.json", taken(OfficialSamplesTest::invitation)),
        entry("constructed-deal-registration-add.request.json", taken(sample -> registration(List.of(sample)))),
        entry("constructed-deal-registration-update.request.json", taken(sample -> registration(List.of(
            TestClient.sample("constructed-deal-registration-add.request.json"), sample)))),
        entry("create-referral-private-2024.request.json", taken(sample -> created(sample).status())),
        entry("create-referral-shared.request.json", taken(sample -> created(sample).status())),
        entry("create-referral-shared.response.json", new Check(How.EXACT, Set.of("direction", "acceptedDateTime"), Set.of(),
            "members of later editions; closingDateTime is left out by a switch",
            sample -> created(TestClient.sample("create-referral-shared.request.json")).json())),
        entry("error-throttled-429.response.json", exact(sample -> throttled())),
        entry("error-unauthorized.response.json", new Check(How.SHAPE, Set.of(), Set.of(), "its code is in no list, its inner code a "
            + "placeholder", sample -> denied())),
        entry("event-referral-created.json", exact(sample -> event("referral-created"))),
        entry("event-referral-updated.json", exact(sample -> event("referral-updated"))),
        entry("event-related-referral-created.json", exact(sample -> event("related-referral-created"))),
        entry("event-related-referral-updated.json", exact(sample -> event("related-referral-updated"))),
        entry("event-test-created.json", exact(sample -> event("test-created"))),
        entry("get-referral-2019.response.json", new Check(How.EXACT, Set.of("direction", "externalReferenceId"), Set.of(),
            "members of later editions", sample -> received(sample).json())),
        entry("get-referral-2020.response.json", new Check(How.EXACT, Set.of("externalReferenceId", "expirationDateTime", "statusReason",
            "inviteContext"), Set.of("/links/relatedReferrals/uri", "/links/self/uri"),
            "the page says its members are not all; its links lack a separator", sample -> received(sample).json())),
        entry("list-referrals-2019.response.json", new Check(How.EXACT, Set.of("direction", "externalReferenceId", "statusReason",
            "inviteContext"), Set.of("/@odata.count", "order of engagementId"),
            "members and place of engagementId of the edition of 2020; the count of the page is not that of its items",
            sample -> listed(sample, PartnerCenterOptions.defaults().withPageSize(2)))),
        entry("list-referrals-2020.response.json", new Check(How.EXACT, Set.of("externalReferenceId", "expirationDateTime", "statusReason",
            "inviteContext"), Set.of(), "the page says its members are not all; it counts its items, as a switch does",
            sample -> listed(sample, PartnerCenterOptions.defaults().withPageSize(1).with(Switch.COUNT_OF_PAGE)))),
        entry("patch-add-team-member.request.json", taken(OfficialSamplesTest::patched)),
        entry("patch-deal-value-and-notes.request.json", taken(OfficialSamplesTest::patched)),
        entry("patch-deal-value-and-team.request.json", taken(OfficialSamplesTest::patched)),
        entry("patch-won.request.json", taken(OfficialSamplesTest::patched)),
        entry("target-microsoft.fragment.json", taken(sample -> invitation(((ObjectNode) TestClient.sample(
            "constructed-create-microsoft-connected-referral.request.json")).setAll((ObjectNode) sample)))),
        entry("target-own.fragment.json", taken(sample -> created(((ObjectNode) TestClient.sample(
            "create-referral-shared.request.json")).setAll((ObjectNode) sample)).status())),
        entry("token-authorization-code.response.json", new Check(How.EXACT, Set.of("refresh_token", "id_token"), Set.of("/access_token",
            "/expires_in", "/ext_expires_in", "/expires_on", "/not_before"), "the page breaks off; times", sample -> tokenForCode())),
        entry("token-refresh-token.response.json", new Check(How.EXACT, Set.of("refresh_token"), Set.of("/access_token", "/id_token",
            "/expires_on", "/not_before"), "placeholders and times", sample -> tokenForRefreshToken())),
        entry("update-referral-put-obsolete.request.json", taken(sample -> replaced().status())),
        entry("update-referral-put-obsolete.response.json", new Check(How.EXACT, Set.of("direction", "externalReferenceId",
            "closedDateTime"), Set.of("order of engagementId"),
            "members and order of later editions; closingDateTime is left out by a switch",
            sample -> replaced().json())),
        entry("webhook-delivery-example.json", new Check(How.SHAPE, Set.of(), Set.of("/headers/Accept-Encoding"),
            "its signature and certificate are Microsoft's; the sandbox takes no compressed answers",
            sample -> delivery())),
        entry("webhook-events-list.response.json", new Check(How.SHAPE, Set.of(), Set.of(), "the live list has the referral events too",
            sample -> events())),
        entry("webhook-registration-view.response.json", exact(sample -> registered(1))),
        entry("webhook-registration.request.json", taken(sample -> {
            try (TestClient client = new TestClient()) {
                return client.webhooks("POST", "", withCallback(sample)).status();
            }
        })),
        entry("webhook-registration.response.json", exact(sample -> registered(0))),
        entry("webhook-validation-event-status.response.json", new Check(How.EXACT, Set.of(), Set.of("/callbackUrl"),
            "the address of the test's receiver", sample -> validation(true))),
        entry("webhook-validation-event.response.json", exact(sample -> validation(false))));

    static List<String> index() {
        return TestClient.sample("index.json").get("files").findValuesAsText("file");
    }

    @Test
    void theListNamesEverySampleThereIs() throws Exception {
        Path folder = Path.of(OfficialSamplesTest.class.getResource("/contracts/partner-center/index.json").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("index.json")))
                .containsExactlyInAnyOrderElementsOf(index()).containsExactlyInAnyOrderElementsOf(CHECKS.keySet());
        }
    }

    @ParameterizedTest
    @MethodSource("index")
    void isAnsweredOrTakenAsDocumented(String file) {
        Check check = CHECKS.get(file);
        JsonNode sample = TestClient.sample(file);
        JsonNode answer = check.run().apply(sample);
        if (check.how() == How.TAKEN) {
            assertThat(answer.intValue()).isIn(200, 204);
        } else if (check.how() == How.EXACT) {
            List<String> differences = new ArrayList<>();
            compare("", withCallback(sample), answer, check, differences);
            assertThat(differences).as(check.why()).isEmpty();
        } else {
            List<String> wanted = shape(sample);
            wanted.removeAll(check.aside());
            assertThat(shape(answer)).as(check.why()).containsAll(wanted);
        }
    }

    /** Notes every difference between a sample and an answer. */
    private static void compare(String at, JsonNode sample, JsonNode answer, Check check, List<String> differences) {
        if (check.aside().contains(at)) {
            return;
        }
        if (sample.isObject() && answer.isObject()) {
            List<String> wanted = names(sample);
            List<String> got = names(answer);
            got.removeIf(name -> check.newer().contains(name) && !sample.has(name));
            if (check.aside().contains("order of engagementId")) {
                wanted.remove("engagementId");
                got.remove("engagementId");
            }
            if (!wanted.equals(got)) {
                differences.add(at + " members " + wanted + " are " + got);
            }
            wanted.forEach(name -> compare(at + "/" + name, sample.get(name), answer.path(name), check, differences));
        } else if (sample.isArray() && answer.isArray() && sample.size() == answer.size()) {
            for (int i = 0; i < sample.size(); i++) {
                compare(at + "/" + i, sample.get(i), answer.get(i), check, differences);
            }
        } else if (!plain(sample).equals(plain(answer))) {
            differences.add(at + " " + sample + " is " + answer);
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** A value without the ids, times and tokens in it. */
    private static String plain(JsonNode value) {
        return value.toString().replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\{\\{(ReferralID|CorrelationId)}}", "<id>")
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+", "<time>")
            .replaceAll("\"\\d{4}-\\d\\d-\\d\\dT[\\d:]+Z\"", "\"<time>Z\"")
            .replaceAll("<time>Z", "<time>").replaceAll("skiptoken=.*", "skiptoken=<token>");
    }

    /** The pointers of every member, arrays as one. */
    private static List<String> shape(JsonNode node) {
        List<String> pointers = new ArrayList<>();
        if (node.isArray() && node.path(0).isTextual()) {
            node.forEach(item -> pointers.add(item.textValue()));
        }
        node.properties().forEach(member -> {
            pointers.add("/" + member.getKey());
            shape(member.getValue()).forEach(inner -> pointers.add("/" + member.getKey() + inner));
        });
        return pointers;
    }

    private static JsonNode withCallback(JsonNode sample) {
        return TestClient.parse(sample.toString().replace("{{YourCallbackUrl}}", CALLBACK));
    }

    // ---- how the sandbox is made to answer

    private static TestClient edition2019() {
        return new TestClient(PartnerCenterOptions.defaults().with(Switch.CREATE_OMITS_CLOSING_DATE));
    }

    private static Answer created(JsonNode request) {
        try (TestClient client = edition2019()) {
            return client.referrals("POST", "", request);
        }
    }

    private static int invitation(JsonNode request) {
        try (TestClient client = new TestClient()) {
            JsonNode deal = client.referrals("POST", "", TestClient.sample("create-referral-shared.request.json")).json();
            return client.referrals("POST", "", ((ObjectNode) request).set("engagementId", deal.get("engagementId"))).status();
        }
    }

    private static Map<String, Object> content(JsonNode sample) {
        ObjectNode content = sample.deepCopy();
        return PartnerCenterSandbox.JSON.convertValue(content.without(SERVICE_MEMBERS), TestClient.MAP);
    }

    private static Answer received(JsonNode sample) {
        try (TestClient client = new TestClient()) {
            return client.referrals("GET", "/" + client.sandbox.microsoftInvites(content(sample)), null);
        }
    }

    /** One referral more than the page holds. */
    private static JsonNode listed(JsonNode sample, PartnerCenterOptions options) {
        try (TestClient client = new TestClient(options)) {
            sample.get("value").forEach(item -> client.sandbox.microsoftInvites(content(item)));
            client.sandbox.microsoftInvites(ExampleReferrals.inbound());
            return client.list().json();
        }
    }

    private static int patched(JsonNode patch) {
        try (TestClient client = new TestClient()) {
            return client.referrals("PATCH", "/" + client.sandbox.partnerCreates(ExampleReferrals.outbound()), patch).status();
        }
    }

    private static int registration(List<JsonNode> patches) {
        try (TestClient client = new TestClient()) {
            client.clock.stop();
            client.clock.set(Instant.parse("2022-10-10T10:00:00Z"));
            String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
            client.clock.move(Duration.ofDays(5));
            client.sandbox.partnerCloses(id, "Won", "signed");
            return patches.stream().mapToInt(patch -> client.referrals("PATCH", "/" + id + "/", patch).status()).max().orElseThrow();
        }
    }

    private static Answer replaced() {
        try (TestClient client = edition2019()) {
            JsonNode request = TestClient.sample("update-referral-put-obsolete.request.json");
            String id = client.sandbox.microsoftInvites(content(request));
            String tag = (String) client.sandbox.referral(id).get("eTag");
            return client.referrals("PUT", "/" + id, request, "If-Match", tag);
        }
    }

    private static JsonNode analytics() {
        try (TestClient client = new TestClient()) {
            client.clock.stop();
            client.clock.set(Instant.parse("2018-02-04T23:08:59Z"));
            String id = client.sandbox.microsoftInvites(Map.of("customerProfile", Map.of("name", "Best Customer Ever", "size",
                "10to50employees", "address", Map.of("country", "US"))));
            client.clock.set(Instant.parse("2018-02-07T23:40:50Z"));
            client.sandbox.partnerEdits(id, Map.of("/substatus", "Received"));
            client.clock.set(Instant.parse("2018-02-07T23:43:19Z"));
            client.sandbox.partnerAccepts(id);
            return client.callWith(client.userToken(Tokens.WEBHOOKS), "GET", Analytics.PATH, null).json().get(0);
        }
    }

    private static JsonNode throttled() {
        try (TestClient client = new TestClient()) {
            Request list = new Request("GET", PartnerCenterSandbox.REFERRALS, Map.of(), Map.of(), new byte[0]);
            assertThat(client.sandbox.refusal(Trouble.THROTTLED, list, 57).headers()).containsEntry("Retry-After", "57");
            return TestClient.parse(client.sandbox.refusal(Trouble.THROTTLED, list, 57).text());
        }
    }

    private static JsonNode denied() {
        try (TestClient client = new TestClient(PartnerCenterOptions.defaults().with(Switch.CONDITIONAL_ACCESS))) {
            return client.list().json();
        }
    }

    /** The first event of this name. */
    private static JsonNode event(String name) {
        try (TestClient client = new TestClient()) {
            client.register(CALLBACK, false);
            client.sandbox.holdWebhooks(true);
            String id = client.sandbox.partnerCreates(ExampleReferrals.outbound());
            client.sandbox.partnerEdits(id, Map.of("/details/notes", "x"));
            String engagement = (String) client.sandbox.referral(id).get("engagementId");
            client.referrals("POST", "", ((ObjectNode) TestClient.sample("constructed-create-microsoft-connected-referral.request.json"))
                .put("engagementId", engagement));
            client.sandbox.microsoftAccepts(engagement, "7-ABC", List.of());
            client.webhooks("POST", "/validationEvents", null);
            return client.sandbox.deliveries().stream().filter(delivery -> delivery.event().equals(name)).findFirst()
                .map(delivery -> TestClient.parse(delivery.text())).orElseThrow();
        }
    }

    private static JsonNode tokenForCode() {
        try (TestClient client = new TestClient()) {
            return client.token("/oauth2/token", "grant_type", "authorization_code", "code", client.code("https://app.contoso.com/back"),
                "resource", Tokens.WEBHOOKS).json();
        }
    }

    private static JsonNode tokenForRefreshToken() {
        try (TestClient client = new TestClient()) {
            return client.token("/oauth2/token", "grant_type", "refresh_token", "refresh_token",
                client.sandbox.options().account().refreshToken(), "resource", Tokens.WEBHOOKS, "scope", "openid").json();
        }
    }

    private static JsonNode events() {
        try (TestClient client = new TestClient()) {
            return client.webhooks("GET", "/events", null).json();
        }
    }

    /** Answers to POST and to GET of a registration. */
    private static JsonNode registered(int which) {
        try (TestClient client = new TestClient()) {
            JsonNode request = withCallback(TestClient.sample("webhook-registration.request.json"));
            return List.of(client.webhooks("POST", "", request).json(), client.webhooks("GET", "", null).json()).get(which);
        }
    }

    private static JsonNode validation(boolean state) {
        try (Receiver receiver = new Receiver(); TestClient client = new TestClient()) {
            client.register(receiver.url(), false);
            JsonNode made = client.webhooks("POST", "/validationEvents", null).json();
            client.sandbox.awaitDelivered();
            return state ? client.webhooks("GET", "/validationEvents/" + made.get("correlationId").textValue(), null).json() : made;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a receiver got, in the form of the sample. */
    private static JsonNode delivery() {
        try (Receiver receiver = new Receiver(); TestClient client = new TestClient()) {
            client.register(receiver.url(), false);
            client.webhooks("POST", "/validationEvents", null);
            client.sandbox.awaitDelivered();
            ObjectNode shown = PartnerCenterSandbox.JSON.createObjectNode().put("method", "POST").put("path", receiver.url());
            ObjectNode headers = shown.putObject("headers");
            Receiver.Received received = receiver.received.get(0);
            received.headers().forEach((name, values) -> headers.put(name.replace("X-ms-certificate-url", "X-MS-Certificate-Url")
                .replace("X-ms-signature-algorithm", "X-MS-Signature-Algorithm").replace("Content-length", "Content-Length")
                .replace("Content-type", "Content-Type"), values.get(0)));
            assertThat(headers.get("Authorization").textValue()).startsWith("Signature ");
            assertThat(headers.get("X-MS-Signature-Algorithm").textValue()).isEqualTo("rsa-sha256");
            shown.set("body", TestClient.parse(new String(received.body(), StandardCharsets.UTF_8)));
            return shown;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
