package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.SandboxCertificates;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Change Data Capture and the Pub/Sub API (section 3.7), over the wire. */
class ChangeEventsTest {

    private static final String OPPORTUNITIES = "/data/OpportunityChangeEvent";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static SandboxCertificates certificates;

    private final SandboxClock clock = new SandboxClock();
    private final SalesforceSandbox sandbox = new SalesforceSandbox(clock);
    private Map<String, String> session;
    private PubSubClient client;

    @BeforeAll
    static void make() {
        certificates = SandboxCertificates.ofThisProcess();
    }

    @AfterAll
    static void forget() {
        certificates = null;
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        sandbox.start(0);
        sandbox.startChangeEvents(0, certificates.serverKeyStore(), SandboxCertificates.PASSWORD);
        var answer = SandboxSystem.JSON.readTree(HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(sandbox.address()
            + "/services/oauth2/token")).header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(
            "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret")).build(),
            HttpResponse.BodyHandlers.ofString()).body());
        session = Map.of("accesstoken", answer.path("access_token").asText(), "instanceurl", answer.path("instance_url").asText(),
            "tenantid", answer.path("id").asText().split("/id/")[1].split("/")[0]);
        client = new PubSubClient(sandbox, certificates, session);
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    private String deal(String name) {
        return sandbox.create("Opportunity", Map.of("Name", name, "StageName", "Prospecting", "CloseDate", "2026-12-31"));
    }

    private List<ConsumerEvent> events(PubSubClient.Stream stream, int number) {
        await().atMost(PATIENCE).until(() -> stream.events().size() >= number);
        return stream.events();
    }

    private GenericRecord only(PubSubClient.Stream stream) {
        return client.read(events(stream, 1).get(0));
    }

    private PubSubClient.Stream subscribed(String topic, int events) {
        int before = sandbox.changeEventStreams();
        PubSubClient.Stream stream = client.subscribe(topic, events);
        await().atMost(PATIENCE).until(() -> sandbox.changeEventStreams() > before);
        return stream;
    }

    private static String header(GenericRecord event, String name) {
        return String.valueOf(((GenericRecord) event.get("ChangeEventHeader")).get(name));
    }

    @Test
    void aCreateTellsWhatIsFilledAndWhoCommittedIt() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        String id = deal("Told");

        GenericRecord event = only(stream);
        assertThat(event.getSchema().getName()).isEqualTo("OpportunityChangeEvent");
        assertThat(header(event, "entityName")).isEqualTo("Opportunity");
        assertThat(header(event, "changeType")).isEqualTo("CREATE");
        assertThat(header(event, "recordIds")).isEqualTo("[" + id + "]");
        assertThat(header(event, "commitUser")).startsWith("005");
        assertThat(header(event, "transactionKey")).isNotBlank();
        assertThat(event.get("Name")).hasToString("Told");
        assertThat(event.get("Description")).isNull();
    }

    @Test
    void anUpdateTellsWhatChangedAndABitmapOfIt() {
        String id = deal("Before");
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        Map<String, Object> change = new HashMap<>(Map.of("Amount", 4711));
        change.put("Description", "Now with notes");
        sandbox.update("Opportunity", id, change);

        GenericRecord event = only(stream);
        assertThat(header(event, "changeType")).isEqualTo("UPDATE");
        assertThat(event.get("Amount")).isEqualTo(4711.0);
        assertThat(event.get("Name")).as("not changed, not told").isNull();
        String bits = header(event, "changedFields").replaceAll("[\\[\\]]|0x", "");
        assertThat(new java.math.BigInteger(bits, 16).testBit(event.getSchema().getField("Amount").pos())).isTrue();
        assertThat(new java.math.BigInteger(bits, 16).testBit(event.getSchema().getField("Name").pos())).isFalse();
    }

    @Test
    void aDeleteTellsTheHeaderAlone() {
        String id = deal("Gone");
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        sandbox.delete("Opportunity", id);

        GenericRecord event = only(stream);
        assertThat(header(event, "changeType")).isEqualTo("DELETE");
        assertThat(event.get("Name")).isNull();
    }

    @Test
    void oneTransactionHasOneKeyAndTellsEachRecordOnce() {
        String opportunity = deal("With a solution");
        String detail = sandbox.create("Microsoft_Solution_Detail__c", Map.of("Name", "Solution", "Solution_Identifier__c", "SOL-1"));
        PubSubClient.Stream stream = subscribed(ChangeEvents.ALL, 10);
        sandbox.create("Microsoft_Solutions__c", Map.of("Opportunity__c", opportunity, "Solution__c", detail));

        List<GenericRecord> events = events(stream, 2).stream().map(client::read).toList();
        assertThat(events).extracting(event -> header(event, "entityName")).containsExactlyInAnyOrder("Microsoft_Solutions__c", "Opportunity");
        assertThat(events).extracting(event -> header(event, "transactionKey")).containsOnly(header(events.get(0), "transactionKey"));
        assertThat(events).extracting(event -> header(event, "sequenceNumber")).containsExactly("1", "2");
    }

    @Test
    void objectsThatAreNotSelectedAreNotTold() {
        PubSubClient.Stream stream = subscribed(ChangeEvents.ALL, 10);
        sandbox.create("Account", Map.of("Name", "Quiet"));
        deal("Loud");

        assertThat(header(only(stream), "entityName")).isEqualTo("Opportunity");
        assertThat(stream.events()).hasSize(1);
    }

    @Test
    void aChannelOfOneObjectTellsOfThatAlone() {
        PubSubClient.Stream stream = subscribed("/data/LeadChangeEvent", 10);
        deal("Not here");
        sandbox.create("Lead", Map.of("LastName", "Here", "Company", "Fabrikam"));

        assertThat(header(only(stream), "entityName")).isEqualTo("Lead");
    }

    @Test
    void noMoreComesThanWasAskedFor() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 2);
        for (int i = 0; i < 3; i++) {
            deal("Deal " + i);
        }
        events(stream, 2);
        stream.requests.onNext(FetchRequest.newBuilder().setNumRequested(5).build());

        assertThat(events(stream, 3)).hasSize(3);
        assertThat(stream.responses.get(1).getPendingNumRequested()).isZero();
        assertThat(stream.responses.get(2).getPendingNumRequested()).isEqualTo(4);
    }

    private PubSubClient.Stream behind(ByteString replayId) {
        return client.subscribe(FetchRequest.newBuilder().setTopicName(OPPORTUNITIES).setNumRequested(10)
            .setReplayPreset(ReplayPreset.CUSTOM).setReplayId(replayId).build());
    }

    @Test
    void aStreamGoesOnBehindAReplayId() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        deal("First");
        deal("Second");
        ByteString first = events(stream, 2).get(0).getReplayId();

        assertThat(only(behind(first)).get("Name")).hasToString("Second");
    }

    @Test
    void theEarliestIsTheOldestEventKept() {
        deal("Oldest");
        PubSubClient.Stream stream = client.subscribe(FetchRequest.newBuilder().setTopicName(OPPORTUNITIES).setNumRequested(10)
            .setReplayPreset(ReplayPreset.EARLIEST).build());

        assertThat(only(stream).get("Name")).hasToString("Oldest");
    }

    @Test
    void aReplayIdOlderThan72HoursOrMalformedIsRefused() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        deal("Old");
        ByteString replayId = events(stream, 1).get(0).getReplayId();
        clock.move(Duration.ofHours(1));
        assertThat(behind(ByteString.copyFromUtf8("12345")).error())
            .isEqualTo("INVALID_ARGUMENT subscription.fetch.replayid.corrupted");
        sandbox.changeEvents(ChangeEventsTrouble.REPLAY_IDS_FORGOTTEN, 1);

        assertThat(behind(replayId).error()).isEqualTo("INVALID_ARGUMENT subscription.fetch.replayid.validation.failed");
    }

    @Test
    void eventsAreKeptFor72Hours() {
        deal("Old");
        clock.move(Duration.ofHours(71));
        ChangeEvents events = new ChangeEvents(null, clock);
        long place = events.newest(true);
        clock.move(Duration.ofHours(71));
        assertThat(events.knows(place)).isTrue();
        clock.move(Duration.ofHours(2));
        assertThat(events.knows(place)).isFalse();
    }

    @Test
    void aSignOfLifeIsEmptyAndBringsANewerReplayId() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 10);
        deal("Known");
        ByteString known = events(stream, 1).get(0).getReplayId();
        sandbox.changeEvents(ChangeEventsTrouble.SIGN_OF_LIFE, 1);
        await().atMost(PATIENCE).until(() -> stream.responses.size() == 2);

        assertThat(stream.responses.get(1).getEventsCount()).isZero();
        assertThat(stream.responses.get(1).getLatestReplayId()).isNotEqualTo(known);
        PubSubClient.Stream next = behind(stream.responses.get(1).getLatestReplayId());
        deal("Next");
        assertThat(only(next).get("Name")).hasToString("Next");
    }

    @Test
    void aCallNeedsASessionOfTheOrganisation() {
        for (String missing : session.keySet()) {
            Map<String, String> others = new HashMap<>(session);
            others.put(missing, missing.equals("instanceurl") ? "" : "wrong");
            try (PubSubClient stranger = new PubSubClient(sandbox, certificates, others)) {
                assertThat(stranger.subscribe(OPPORTUNITIES, 1).error()).as(missing).isEqualTo("UNAUTHENTICATED service.auth.error");
            }
        }
    }

    @Test
    void aStreamEndsWithItsSession() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 1);
        sandbox.expireSessions();

        assertThat(stream.error()).isEqualTo("UNAUTHENTICATED service.auth.error");
    }

    @Test
    void topicsAreKnownByName() {
        assertThat(client.topic(OPPORTUNITIES).getCanSubscribe()).isTrue();
        assertThat(client.topic("/data/Microsoft_Solutions__ChangeEvent").getSchemaId()).isNotBlank();
        assertThat(PubSubClient.code(catchThrowable(() -> client.topic("/data/AccountChangeEvent")))).isEqualTo("NOT_FOUND topic.not.found");
        assertThatThrownBy(() -> client.topic("/event/X__e")).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void eventsGetLostDoubledGarbledAndReplacedByGaps() {
        PubSubClient.Stream stream = subscribed(OPPORTUNITIES, 20);
        sandbox.changeEvents(ChangeEventsTrouble.LOST, 1);
        deal("Lost");
        sandbox.changeEvents(ChangeEventsTrouble.DOUBLED, 1);
        deal("Doubled");
        sandbox.changeEvents(ChangeEventsTrouble.GAPS, 1);
        deal("Gap");
        sandbox.changeEvents(ChangeEventsTrouble.OVERFLOW, 1);
        deal("Overflow");
        sandbox.changeEvents(ChangeEventsTrouble.GARBLED, 1);
        deal("Garbled");

        List<ConsumerEvent> events = events(stream, 5);
        assertThat(events.get(0).getEvent().getId()).isEqualTo(events.get(1).getEvent().getId());
        assertThat(client.read(events.get(1)).get("Name")).hasToString("Doubled");
        assertThat(header(client.read(events.get(2)), "changeType")).isEqualTo("GAP_CREATE");
        assertThat(client.read(events.get(2)).get("Name")).isNull();
        assertThat(header(client.read(events.get(3)), "changeType")).isEqualTo("GAP_OVERFLOW");
        assertThat(header(client.read(events.get(3)), "recordIds")).isEqualTo("[000000000000000AAA]");
        assertThat(catchThrowable(() -> client.read(events.get(4)))).isNotNull();
    }

    @Test
    void streamsAreCutEndedAndRefused() {
        PubSubClient.Stream cut = subscribed(OPPORTUNITIES, 1);
        sandbox.changeEvents(ChangeEventsTrouble.STREAMS_CUT, 1);
        assertThat(cut.error()).isEqualTo("UNAVAILABLE service.unavailable");

        PubSubClient.Stream ended = subscribed(OPPORTUNITIES, 1);
        sandbox.changeEvents(ChangeEventsTrouble.STREAMS_ENDED, 1);
        assertThat(ended.end.join()).isNull();

        sandbox.changeEvents(ChangeEventsTrouble.SUBSCRIPTIONS_REFUSED, 1);
        assertThat(client.subscribe(OPPORTUNITIES, 1).error()).isEqualTo("UNAVAILABLE service.unavailable");
        subscribed(OPPORTUNITIES, 1);
    }

    @Test
    void callsAreLeftUnanswered() {
        sandbox.changeEvents(ChangeEventsTrouble.CALLS_UNANSWERED, 1);
        List<PubSubClient.Stream> both = List.of(client.subscribe(OPPORTUNITIES, 1), client.subscribe(OPPORTUNITIES, 1));
        await().until(() -> sandbox.changeEventSubscriptions() == 1);
        sandbox.changeEvents(ChangeEventsTrouble.SIGN_OF_LIFE, 1);

        await().until(() -> both.stream().filter(stream -> stream.responses.size() == 1).count() == 1);
        assertThat(both).filteredOn(stream -> stream.responses.isEmpty()).singleElement()
            .satisfies(stream -> assertThat(stream.end).isNotDone());
    }
}
