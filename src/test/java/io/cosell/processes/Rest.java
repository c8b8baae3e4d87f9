package io.cosell.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.Sandboxes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Waits until everything is as it must be, and checks that then nothing is written any more. */
final class Rest {

    private final Sandboxes sandboxes;
    private final Deals deals;
    private final JdbcClient store;

    /**
     * @param sandboxes the two systems
     * @param deals     what people did in them
     * @param store     the connector's store; only read
     */
    Rest(Sandboxes sandboxes, Deals deals, DataSource store) {
        this.sandboxes = sandboxes;
        this.deals = deals;
        this.store = JdbcClient.create(store);
    }

    void comes() {
        await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(500))
            .untilAsserted(() -> assertThat(deals.wrong()).isEmpty());
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500)).until(this::isIdle);
        long writes = deals.writes();
        int polls = polls().size();
        await().atMost(Duration.ofSeconds(60)).until(() -> polls().size() >= polls + 2 && isIdle());
        assertThat(deals.writes()).as("writes at rest").isEqualTo(writes);
        assertThat(deals.wrong()).isEmpty();
    }

    /** When opportunities were polled. */
    List<Instant> polls() {
        return sandboxes.dynamics365().calls().stream()
            .filter(call -> call.path().contains("/opportunities?") && call.path().contains("delta")).map(Call::at).toList();
    }

    private boolean isIdle() {
        return store.sql("select count(*) from link where marks > marks_done").query(Integer.class).single() == 0
            && store.sql("select count(*) from scheduled_tasks where task_name = 'lane'").query(Integer.class).single() == 0;
    }
}
