package io.cosell.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Connector;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One process on the embedded store, and no space left: the system refuses every write to a file, which is as near to a full disk as a
 * user without special rights comes (a limit on file sizes, laid on the running process; SQLite sees a failed write, as it does when the
 * disk is full). What can't be stored is not acknowledged; when there is space again, all is caught up without a restart.
 */
@Isolated("its process needs the machine")
class FullDiskIT {

    private static final String NOTHING = "0";

    @TempDir
    private Path folder;

    @Test
    void nothingIsLostWhileTheDiskIsFullAndAllIsCaughtUpWithoutARestart() throws Exception {
        try (Sandboxes sandboxes = Sandboxes.start(PartnerCenterOptions.defaults().withRetryPause(Duration.ofSeconds(2)),
            DataverseOptions.defaults())) {
            Map<String, String> settings = new HashMap<>(sandboxes.settings(folder));
            settings.put("cosell.lanes.takeover", "6s");
            settings.put("cosell.lanes.first-pause", "1s");
            settings.put("cosell.auto-heal.schedule", "0 0 0 1 1 ? 2099");
            Deals deals = new Deals(sandboxes, 4);
            try (Node node = new Node("the node", folder.resolve("node"), settings, Integer.parseInt(settings.get("camel.server.port")))) {
                node.start();
                await().atMost(Duration.ofMinutes(1)).until(node::isServing);
                try (Connector command = Connector.start(folder, settings, Connector.Purpose.COMMAND)) {
                    assertThat(command.camel().requestBody("direct:webhook-registration", null, String.class))
                        .contains("A validation event arrived");
                }
                ScheduledExecutorService people = Executors.newSingleThreadScheduledExecutor();
                Future<?> acts = people.scheduleWithFixedDelay(deals::act, 0, 150, TimeUnit.MILLISECONDS);
                await().atMost(Duration.ofSeconds(60)).until(() -> deals.isInTheCrm("PC deal 1"));

                node.limitFiles(NOTHING);
                await().atMost(Duration.ofSeconds(20)).until(() -> sandboxes.partnerCenter().deliveries().stream()
                    .filter(FullDiskIT::answered503).count() >= 3);
                String unheard = deals.madeInPartnerCenter();
                assertThat(acts).as("somebody could not do what he wanted").isNotDone();
                people.shutdown();
                assertThat(people.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
                assertThat(deals.isInTheCrm(unheard)).isFalse();
                assertThat(deals.wrong()).as("what waits while nothing can be stored").isNotEmpty();

                node.limitFiles("unlimited");
                await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(deals.wrong()).isEmpty());
                assertThat(node.log()).contains("could not be stored and was answered 503");
                System.out.println(FullDiskIT.class.getSimpleName() + ": " + deals.figures() + ", all caught up");
            }
        }
    }

    private static boolean answered503(Delivery delivery) {
        return delivery.attempts().stream().anyMatch(attempt -> attempt.status() == 503);
    }
}
