package io.cosell.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Connector;
import io.cosell.processes.Striking.Blow;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * One process on the embedded store. It is killed and paused while people edit on both sides, and there is no space left: the system
 * refuses every write to a file, or every one behind a certain place, which is as near to a full disk as a user without special rights
 * comes (a limit on file sizes, laid on the running process; SQLite sees a failed write, as it does when the disk is full). What can't be
 * stored is not acknowledged; when there is space again, all is caught up without a restart. {@code -Dprocesses.seconds=300} and
 * {@code -Dprocesses.seed=} as with several processes.
 */
class OneProcessIT {

    private static final int SECONDS = Integer.getInteger("processes.seconds", 25);
    private static final long SEED = Long.getLong("processes.seed", 4);

    @TempDir
    private Path folder;
    private Sandboxes sandboxes;
    private Deals deals;
    private Map<String, String> settings;
    private Node node;

    @BeforeEach
    void open() throws Exception {
        sandboxes = Sandboxes.start(PartnerCenterOptions.defaults().withAnswerTimeout(Duration.ofSeconds(3))
            .withRetryPause(Duration.ofSeconds(2)), DataverseOptions.defaults());
        deals = new Deals(sandboxes, SEED);
        settings = new HashMap<>(sandboxes.settings(folder));
        settings.putAll(Map.of("cosell.lanes.takeover", "6s", "cosell.lanes.first-pause", "1s", "cosell.lanes.longest-pause", "5s",
            "cosell.crm-changes.schedule", "0/2 * * * * ?", "cosell.auto-heal.schedule", "0/20 * * * * ?"));
    }

    private void start(Map<String, String> others) throws IOException {
        settings.putAll(others);
        node = new Node("the node", folder.resolve("node"), settings, Integer.parseInt(settings.get("camel.server.port")));
        node.start();
        await().atMost(Duration.ofMinutes(1)).until(node::isServing);
        try (Connector command = Connector.start(folder, settings, Connector.Purpose.COMMAND)) {
            assertThat(command.camel().requestBody("direct:webhook-registration", null, String.class))
                .contains("A validation event arrived");
        }
    }

    @AfterEach
    void close() {
        if (node != null) {
            node.close();
        }
        sandboxes.close();
    }

    @Test
    void nothingIsLostWhileTheDiskIsFullAndAllIsCaughtUpWithoutARestart() throws Exception {
        start(Map.of("cosell.auto-heal.schedule", "0 0 0 1 1 ? 2099"));
        ScheduledExecutorService people = Executors.newSingleThreadScheduledExecutor();
        Future<?> acts = people.scheduleWithFixedDelay(deals::act, 0, 150, TimeUnit.MILLISECONDS);
        await().atMost(Duration.ofSeconds(60)).until(() -> deals.isInTheCrm("PC deal 1"));

        node.limitFiles(0);
        await().atMost(Duration.ofSeconds(20)).until(() -> sandboxes.partnerCenter().deliveries().stream()
            .filter(OneProcessIT::answered503).count() >= 3);
        String unheard = deals.madeInPartnerCenter();
        assertThat(acts).as("somebody could not do what he wanted").isNotDone();
        people.shutdown();
        assertThat(people.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        assertThat(deals.isInTheCrm(unheard)).isFalse();
        assertThat(deals.wrong()).as("what waits while nothing can be stored").isNotEmpty();

        node.limitFiles(Node.NO_LIMIT);
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500))
            .untilAsserted(() -> assertThat(deals.wrong()).isEmpty());
        assertThat(node.log()).contains("could not be stored and was answered 503");
    }

    @Test
    void killedPausedAndWithoutSpaceAtRandomUnderLoadNothingIsLostOrDoubled() throws Exception {
        start(Map.of());
        Striking trouble = new Striking(List.of(node), new Random(SEED), List.of(Blow.values()), 0, Duration.ofSeconds(6));
        trouble.whilePeopleAct(deals, Duration.ofSeconds(SECONDS));
        Instant stopped = Instant.now();

        SQLiteDataSource store = new SQLiteDataSource();
        store.setUrl(settings.get("cosell.store.url"));
        new Rest(sandboxes, deals, store).comes();

        System.out.printf("%s: %s, %s (seed %d); at rest after %.1f s%n", getClass().getSimpleName(), deals.figures(), trouble, SEED,
            Duration.between(stopped, Instant.now()).toMillis() / 1000.0);
        assertThat(trouble.count()).as("troubles").isGreaterThanOrEqualTo(SECONDS / 10);
    }

    private static boolean answered503(Delivery delivery) {
        return delivery.attempts().stream().anyMatch(attempt -> attempt.status() == 503);
    }
}
