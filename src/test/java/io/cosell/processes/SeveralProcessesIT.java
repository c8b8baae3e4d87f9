package io.cosell.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Connector;
import io.cosell.processes.Striking.Blow;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Three connector processes on one PostgreSQL, webhooks to any of them. They are killed and paused while people edit on both sides; at
 * the end no deal is lost, none is doubled, and all are equal. {@code -Dprocesses.seconds=300} makes the trouble last longer than the
 * build has time for, {@code -Dprocesses.seed=} draws other edits and other trouble.
 */
@TestMethodOrder(OrderAnnotation.class)
@Isolated("its processes need the machine")
class SeveralProcessesIT {

    private static final int SECONDS = Integer.getInteger("processes.seconds", 25);
    private static final long SEED = Long.getLong("processes.seed", 4);
    /** Shorter than the 30 seconds that are set by default, so that the build need not wait so long. */
    private static final Duration TAKEOVER = Duration.ofSeconds(6);
    /** Until the next look for due lanes, and the work on the lane itself. */
    private static final Duration WORK = Duration.ofSeconds(4);
    /** How long a call is held while its process is killed or paused. */
    private static final int HELD_MILLIS = 9_000;

    @TempDir
    static Path folder;
    private static EmbeddedPostgres postgres;
    private static Sandboxes sandboxes;
    private static Balancer balancer;
    private static Deals deals;
    private static JdbcClient database;
    private static Rest rest;
    private static List<Node> nodes = List.of();

    @BeforeAll
    static void open() throws Exception {
        postgres = EmbeddedPostgres.start();
        database = JdbcClient.create(postgres.getPostgresDatabase());
        sandboxes = Sandboxes.start(PartnerCenterOptions.defaults().withAnswerTimeout(Duration.ofSeconds(3))
            .withRetryPause(Duration.ofSeconds(1)), DataverseOptions.defaults());
        deals = new Deals(sandboxes, SEED);
        rest = new Rest(sandboxes, deals, postgres.getPostgresDatabase());
        Map<String, String> settings = new HashMap<>(sandboxes.settings(folder));
        settings.putAll(Map.of("camel.main.name", "cosell", "cosell.store.url", postgres.getJdbcUrl("postgres", "postgres"),
            "cosell.store.user", "postgres", "cosell.lanes.takeover", TAKEOVER.toSeconds() + "s", "cosell.lanes.first-pause", "1s",
            "cosell.lanes.longest-pause", "5s", "cosell.crm-changes.schedule", "0/2 * * * * ?",
            "cosell.auto-heal.schedule", "0/20 * * * * ?"));
        int port = Integer.parseInt(settings.get("camel.server.port"));
        nodes = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            Map<String, String> own = new HashMap<>(settings);
            own.put("cosell.data-folder", folder.resolve("node-" + number).toString());
            nodes.add(new Node("node " + number, folder.resolve("node-" + number), own, port + number));
        }
        nodes.forEach(Node::start);
        balancer = new Balancer(port, nodes);
        await().atMost(Duration.ofMinutes(2)).until(() -> nodes.stream().allMatch(Node::isServing));
        try (Connector command = Connector.start(folder, settings, Connector.Purpose.COMMAND)) {
            assertThat(command.camel().requestBody("direct:webhook-registration", null, String.class))
                .contains("A validation event arrived");
        }
    }

    @AfterAll
    static void close() throws Exception {
        nodes.forEach(Node::close);
        if (balancer != null) {
            balancer.close();
        }
        if (sandboxes != null) {
            sandboxes.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @Order(1)
    void scheduledFlowsRunOnceWhateverTheNumberOfProcesses() {
        int before = rest.polls().size();
        await().atMost(Duration.ofSeconds(40)).until(() -> rest.polls().size() >= before + 5);
        List<Instant> polls = rest.polls().subList(before, rest.polls().size());
        assertThat(polls.stream().collect(Collectors.groupingBy(at -> at.getEpochSecond() / 2, Collectors.counting())))
            .as("polls of the opportunities in each period of the schedule").allSatisfy((period, times) -> assertThat(times).isOne());
    }

    @Test
    @Order(2)
    void aLaneOfAKilledProcessGoesOnElsewhereInTime() throws SQLException {
        Holding holding = holdALane();
        Instant killed = Instant.now();
        holding.node().kill();
        try {
            await().atMost(TAKEOVER.plus(WORK)).until(() -> deals.isInTheCrm(holding.deal()));
            report("lane of the killed " + holding.node() + " taken over", killed);
        } finally {
            holding.node().start();
        }
    }

    @Test
    @Order(3)
    void aPausedProcessLosesItsLaneAndCanNotWriteWhenItComesBack() throws SQLException {
        Holding holding = holdALane();
        Instant paused = Instant.now();
        holding.node().pause();
        await().atMost(TAKEOVER.plus(WORK)).until(() -> deals.isInTheCrm(holding.deal()));
        report("lane of the paused " + holding.node() + " taken over", paused);
        holding.node().resume();
        await().atMost(Duration.ofSeconds(30)).until(() -> sandboxes.partnerCenter().calls().stream()
            .anyMatch(call -> call.trouble() == Trouble.ANSWER_DELAYED));
        rest.comes();
    }

    private record Holding(Node node, String deal) {
    }

    /** A lane that runs and waits for the answer to its first call, and the process that runs it. */
    private static Holding holdALane() {
        await().atMost(Duration.ofMinutes(1)).until(() -> nodes.stream().allMatch(Node::isServing));
        AtomicBoolean held = new AtomicBoolean();
        sandboxes.partnerCenter().fail(
            FaultPlan.Rule.everyNth("partner-center", CallKind.READ, Trouble.ANSWER_DELAYED, 1).delayed(HELD_MILLIS),
            request -> request.method().equals("GET") && request.path().contains("/referrals/") && held.compareAndSet(false, true));
        String deal = deals.madeInPartnerCenter();
        AtomicReference<Node> holder = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            List<String> holders = database.sql("select picked_by from scheduled_tasks where task_name = 'lane' and picked")
                .query(String.class).list();
            nodes.stream().filter(node -> holders.contains(node.processName())).forEach(holder::set);
            return held.get() && holder.get() != null;
        });
        return new Holding(holder.get(), deal);
    }

    @Test
    @Order(4)
    void killedAndPausedAtRandomUnderLoadNothingIsLostOrDoubled() throws InterruptedException {
        await().atMost(Duration.ofMinutes(1)).until(() -> nodes.stream().allMatch(Node::isServing));
        Striking trouble = new Striking(nodes, new Random(SEED), List.of(Blow.KILL, Blow.PAUSE, Blow.PAUSE), 1, TAKEOVER.multipliedBy(2));
        trouble.whilePeopleAct(deals, Duration.ofSeconds(SECONDS));
        Instant stopped = Instant.now();

        rest.comes();

        report(deals.figures() + ", " + trouble + " (seed " + SEED + "); at rest", stopped);
        assertThat(trouble.count()).as("troubles").isGreaterThanOrEqualTo(SECONDS / 10);
    }

    private static void report(String what, Instant since) {
        System.out.printf("%s: %s after %.1f s%n", SeveralProcessesIT.class.getSimpleName(), what,
            Duration.between(since, Instant.now()).toMillis() / 1000.0);
    }
}
