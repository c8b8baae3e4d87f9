package io.cosell.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.partnercenter.SandboxCertificates;
import io.cosell.sandbox.salesforce.ChangeEventsTrouble;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import io.cosell.store.Database;
import io.cosell.store.Lease;
import io.cosell.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The consumer alone, with a route of the test's own, over TLS against the sandbox. */
class PubSubConsumerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final SandboxCertificates CERTIFICATES = SandboxCertificates.ofThisProcess();

    @TempDir
    Path folder;
    private final SalesforceSandbox sandbox = new SalesforceSandbox(new SandboxClock());
    private final DefaultCamelContext camel = new DefaultCamelContext();
    /** What the route took. */
    private final List<Map<?, ?>> taken = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> replayId = new AtomicReference<>();
    /** How many messages the route can't take. */
    private final AtomicInteger failing = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    /** Where the service is; null for the sandbox. */
    private String address;

    @BeforeEach
    void start() {
        sandbox.start(0);
        sandbox.startChangeEvents(0, CERTIFICATES.serverKeyStore(), SandboxCertificates.PASSWORD);
    }

    @AfterEach
    void stop() {
        camel.stop();
        sandbox.close();
    }

    private void connect(boolean trusting, String parameters) throws Exception {
        connect(camel, trusting, parameters);
    }

    private void connect(DefaultCamelContext camel, boolean trusting, String parameters) throws Exception {
        Properties settings = new Properties();
        settings.put("cosell.it.change-events-trust-store", trusting ? CERTIFICATES.writeTrustStore(folder).toString() : "");
        settings.put("cosell.it.change-events-trust-store-password", SandboxCertificates.PASSWORD);
        camel.getPropertiesComponent().setInitialProperties(settings);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:session").process(exchange -> {
                    sessions.incrementAndGet();
                    Map<String, Object> session = new HashMap<>();
                    session.put("metadata", signIn());
                    session.put("replayId", replayId.get());
                    exchange.getMessage().setBody(session);
                });
                from("pub-sub:/data/ChangeEvents?address=" + (address == null ? sandbox.changeEventsAddress() : address) + "&session=direct:session&account=it"
                    + "&gather=10ms" + (parameters.contains("Pause") ? "" : "&firstPause=20ms&longestPause=100ms") + parameters).routeId("it").process(exchange -> {
                        Map<?, ?> body = exchange.getMessage().getBody(Map.class);
                        if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new IllegalStateException("The disk is full.");
                        }
                        taken.add(body);
                        if (body.get("kind").equals("lost")) {
                            replayId.set(null);
                        } else if (body.get("replayId") != null) {
                            replayId.set((String) body.get("replayId"));
                        }
                    });
            }
        });
        camel.start();
    }

    private Map<String, String> signIn() throws IOException, InterruptedException {
        var answer = SandboxSystem.JSON.readTree(HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(sandbox.address()
            + "/services/oauth2/token")).header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(
            "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret")).build(),
            HttpResponse.BodyHandlers.ofString()).body());
        return Map.of("accesstoken", answer.path("access_token").asText(), "instanceurl", answer.path("instance_url").asText(),
            "tenantid", answer.path("id").asText().split("/id/")[1].split("/")[0]);
    }

    private String deal(String name) {
        return sandbox.create("Opportunity", Map.of("Name", name, "StageName", "Prospecting", "CloseDate", "2026-12-31"));
    }

    private PubSubConsumer.State state() {
        return state(camel);
    }

    private static PubSubConsumer.State state(DefaultCamelContext camel) {
        return ((PubSubConsumer) camel.getRoute("it").getConsumer()).state();
    }

    private List<Object> names() {
        return taken.stream().filter(body -> body.get("kind").equals("events")).flatMap(body -> ((List<?>) body.get("events")).stream())
            .<Object>map(event -> ((Map<?, ?>) ((Map<?, ?>) event).get("payload")).get("Name")).toList();
    }

    /** Stored before it is acknowledged: the replay id moves with what was taken, and what was not taken comes again. */
    @Test
    void eventsThatTheRouteCantTakeComeAgain() throws Exception {
        connect(true, "");
        await().atMost(PATIENCE).until(() -> sandbox.changeEventStreams() == 1 && !taken.isEmpty());
        deal("First");
        await().atMost(PATIENCE).until(() -> names().equals(List.of("First")));
        failing.set(3);
        deal("Second");
        deal("Third");

        await().atMost(PATIENCE).until(() -> names().equals(List.of("First", "Second", "Third")));
        assertThat(sandbox.changeEventSubscriptions()).isGreaterThanOrEqualTo(4);
        assertThat(state().up()).isTrue();
    }

    @Test
    void aStreamWithoutAReplayIdSaysSo() throws Exception {
        connect(true, "");
        await().atMost(PATIENCE).until(() -> !taken.isEmpty());

        assertThat(taken.get(0).get("kind")).isEqualTo("begins");
    }

    @Test
    void moreEventsThanAreAskedForAtATimeAllCome() throws Exception {
        connect(true, "&events=3");
        await().atMost(PATIENCE).until(() -> !taken.isEmpty());
        for (int i = 0; i < 20; i++) {
            deal("Deal " + i);
        }

        await().atMost(PATIENCE).until(() -> names().size() == 20);
        assertThat(sandbox.changeEventSubscriptions()).isEqualTo(1);
    }

    @Test
    void aLostReplayIdIsToldAndTheStreamBeginsAnew() throws Exception {
        replayId.set("AAAAAAAAAAE=");
        connect(true, "");
        await().atMost(PATIENCE).until(() -> taken.size() == 2);

        assertThat(taken).extracting(body -> (Object) body.get("kind")).containsExactly("lost", "begins");
        assertThat((String) taken.get(0).get("reason")).contains("replayid.validation.failed");
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNotTalkedTo() throws Exception {
        connect(false, "");
        await().atMost(PATIENCE).until(() -> sessions.get() > 2);

        assertThat(state().up()).isFalse();
        assertThat(state().reason()).contains("UNAVAILABLE");
        assertThat(sandbox.changeEventSubscriptions()).isZero();
        assertThat(taken).isEmpty();
    }

    /** Subscribe and the question after the channel, twice: what it does not answer is no subscription, and is made anew. */
    @Test
    void aServiceThatTakesCallsAndAnswersNoneIsNotUp() throws Exception {
        sandbox.changeEvents(ChangeEventsTrouble.CALLS_UNANSWERED, 4);
        connect(true, "&answer=4s");
        await().atMost(PATIENCE).until(() -> sessions.get() == 2);
        assertThat(state().up()).isFalse();
        assertThat(state().reason()).contains("DEADLINE_EXCEEDED");
        assertThat(taken).isEmpty();

        await().atMost(PATIENCE).until(() -> state().up());
        assertThat(sessions).hasValue(3);
        assertThat(sandbox.changeEventSubscriptions()).isEqualTo(1);
        assertThat(taken).extracting(body -> (Object) body.get("kind")).containsExactly("begins");
    }

    /** Such as a firewall, or a service that hangs: the connection is there, and nothing comes over it. */
    @Test
    void aConnectionOverWhichNothingComesIsNotUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + silent.getLocalPort();
            connect(true, "&answer=4s");
            await().atMost(PATIENCE).until(() -> sessions.get() == 2);

            assertThat(state().up()).isFalse();
            assertThat(taken).isEmpty();
            camel.stop();
        }
    }

    /** Nothing changes and no sign of life is due yet. */
    @Test
    void aSilentChannelIsUpOnceTheServiceHasAnswered() throws Exception {
        connect(true, "&silence=1h");
        await().atMost(PATIENCE).until(() -> state().up());

        assertThat(sandbox.changeEventSubscriptions()).isEqualTo(1);
        assertThat(taken).extracting(body -> (Object) body.get("kind")).containsExactly("begins");
    }

    @Test
    void aSilentStreamIsMadeAnew() throws Exception {
        connect(true, "&silence=3s");
        await().atMost(PATIENCE).until(() -> sandbox.changeEventSubscriptions() >= 2);
        sandbox.changeEvents(ChangeEventsTrouble.SIGN_OF_LIFE, 1);
        deal("After all");

        await().atMost(PATIENCE).until(() -> names().contains("After all"));
    }

    @Test
    void nothingIsTriedAfterTheEnd() throws Exception {
        connect(true, "");
        await().atMost(PATIENCE).until(() -> sandbox.changeEventStreams() == 1);
        camel.stop();
        await().atMost(PATIENCE).until(() -> sandbox.changeEventStreams() == 0);
        int before = sessions.get();
        deal("Too late");

        assertThat(camel.isStopped()).isTrue();
        assertThat(sessions).hasValue(before);
    }

    /** Two processes on one store: one subscribes, and when it ends, the other goes on behind the last event that was stored. */
    @Test
    void ofTwoProcessesOneSubscribes() throws Exception {
        DefaultCamelContext other = new DefaultCamelContext();
        try (HikariDataSource database = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            Store store = new Store(database, Clock.systemUTC());
            camel.getRegistry().bind("lease", new Lease(store, "change events", "one", Duration.ofMinutes(1)));
            other.getRegistry().bind("lease", new Lease(store, "change events", "two", Duration.ofMillis(150)));
            connect(true, "&lease=#bean:lease");
            await().atMost(PATIENCE).until(() -> state().up() && sandbox.changeEventStreams() == 1);
            connect(other, true, "&lease=#bean:lease");
            await().atMost(PATIENCE).until(() -> state(other).standsBy());
            deal("First");
            await().atMost(PATIENCE).until(() -> names().equals(List.of("First")));
            assertThat(sandbox.changeEventSubscriptions()).isEqualTo(1);

            camel.stop();
            deal("While one ended");
            await().atMost(PATIENCE).until(() -> state(other).up());
            deal("After it");
            await().atMost(PATIENCE).until(() -> names().equals(List.of("First", "While one ended", "After it")));
            assertThat(sandbox.changeEventSubscriptions()).isEqualTo(2);
            assertThat(taken).extracting(body -> (Object) body.get("kind")).as("nothing has to be polled")
                .containsOnlyOnce("begins").doesNotContain("lost");
        } finally {
            other.stop();
        }
    }

    /** A process that stood still for longer than its lease lasts finds it taken. */
    @Test
    void whoLosesTheLeaseStandsBy() throws Exception {
        try (HikariDataSource database = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            Store store = new Store(database, Clock.systemUTC());
            camel.getRegistry().bind("lease", new Lease(store, "change events", "one", Duration.ofMillis(150)));
            connect(true, "&lease=#bean:lease");
            await().atMost(PATIENCE).until(() -> state().up());
            JdbcClient.create(database).sql("update lease set owner = 'two', until = '2999-01-01T00:00:00.000Z'").update();

            await().atMost(PATIENCE).until(() -> state().standsBy() && sandbox.changeEventStreams() == 0);
            new Lease(store, "change events", "two", Duration.ofMinutes(1)).giveUp();
            await().atMost(PATIENCE).until(() -> state().up() && sandbox.changeEventStreams() == 1);
            camel.stop();
            assertThat(JdbcClient.create(database).sql("select count(*) from lease").query(Integer.class).single()).isZero();
        }
    }

    /** A process without a way to the service does not keep others from subscribing for longer than its lease lasts. */
    @Test
    void whoFindsNoWayLetsOthersTry() throws Exception {
        DefaultCamelContext other = new DefaultCamelContext();
        try (HikariDataSource database = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            Store store = new Store(database, Clock.systemUTC());
            camel.getRegistry().bind("lease", new Lease(store, "change events", "one", Duration.ofMillis(600)));
            other.getRegistry().bind("lease", new Lease(store, "change events", "two", Duration.ofMillis(600)));
            connect(false, "&longestPause=30s&firstPause=300ms&lease=#bean:lease");
            await().atMost(PATIENCE).until(() -> !state().up() && state().reason().contains("UNAVAILABLE"));
            connect(other, true, "&lease=#bean:lease");

            await().atMost(PATIENCE).until(() -> state(other).up());
            await().atMost(PATIENCE).until(() -> state().standsBy());
        } finally {
            other.stop();
        }
    }
}
