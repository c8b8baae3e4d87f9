package io.cosell.lane;

import static io.cosell.store.Store.columns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.store.Change;
import io.cosell.store.Database;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class LanesTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration TAKEOVER = Duration.ofSeconds(2);

    @TempDir
    Path folder;
    private final Map<String, Integer> runs = new ConcurrentHashMap<>();
    private HikariDataSource dataSource;
    private Store store;
    private Lanes lanes;

    @BeforeEach
    void open() {
        dataSource = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null);
        store = new Store(dataSource, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        if (lanes != null) {
            lanes.close();
        }
        dataSource.close();
    }

    private void start(Function<String, Optional<Duration>> run) {
        lanes = new Lanes(dataSource, store, run, 2, Duration.ofMillis(50), TAKEOVER, "this-process");
        lanes.start();
    }

    /** Works off the marks of a lane that were there when the work began. */
    private Link work(String lane, Runnable meanwhile) {
        Link link = store.link(lane);
        meanwhile.run();
        return store.finish(link, columns("state", "linked"), List.of());
    }

    private Optional<Duration> count(String lane) {
        runs.merge(lane, 1, Integer::sum);
        work(lane, () -> { });
        return Optional.empty();
    }

    private String link(String referral) {
        return store.newLink("partner-center", referral, null);
    }

    /** When the lane runs next; empty if nothing is planned for it. */
    private Optional<Instant> next(String lane) {
        return JdbcClient.create(dataSource).sql("select execution_time from scheduled_tasks where task_instance = ? and picked = 0")
            .param(lane).query((row, number) -> row.getTimestamp(1).toInstant()).optional();
    }

    private boolean atRest(String lane) {
        return !store.link(lane).isMarked() && JdbcClient.create(dataSource).sql("select count(*) from scheduled_tasks where task_instance = ?")
            .param(lane).query(Integer.class).single() == 0;
    }

    private static void wait(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aMarkedLaneRunsAtOnceAndThenRests() {
        start(this::count);
        String lane = link("R1");
        lanes.mark(lane, Side.REFERRAL);
        await().until(() -> atRest(lane));
        assertThat(runs).containsExactlyEntriesOf(Map.of(lane, 1));
    }

    @Test
    void acceptedChangesRunTheirLanes() {
        start(this::count);
        Store.Accepted accepted = lanes.accept(List.of(new Change("partner-center", "referral-created", "R1", null, "t1", null, true),
            new Change("partner-center", "referral-created", "R2", null, "t1", null, true)), null, null);
        await().until(() -> accepted.lanes().stream().allMatch(this::atRest));
        assertThat(runs).hasSize(2).allSatisfy((lane, times) -> assertThat(times).isEqualTo(1));
    }

    @Test
    void markedLinksAreFoundAtTheStartAndTwoMarksAreOneRun() {
        String marked = link("R1");
        String quiet = link("R2");
        store.mark(marked, Side.REFERRAL);
        store.mark(marked, Side.RECORD);
        start(this::count);
        await().until(() -> runs.containsKey(marked) && atRest(marked));
        assertThat(runs).containsExactlyEntriesOf(Map.of(marked, 1)).doesNotContainKey(quiet);
    }

    @Test
    void marksThatComeWhileALaneRunsLeadToOneMoreRun() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch marked = new CountDownLatch(1);
        start(lane -> {
            int run = runs.merge(lane, 1, Integer::sum);
            work(lane, () -> {
                if (run == 1) {
                    running.countDown();
                    wait(marked);
                }
            });
            return Optional.empty();
        });
        String lane = link("R1");
        lanes.mark(lane, Side.REFERRAL);
        wait(running);
        lanes.mark(lane, Side.RECORD);
        lanes.mark(lane, Side.REFERRAL);
        marked.countDown();
        await().until(() -> runs.get(lane) == 2 && atRest(lane));
        assertThat(runs).containsEntry(lane, 2);
    }

    @Test
    void aMarkDuringAGraceWaitRunsAtOnce() {
        start(lane -> {
            count(lane);
            return runs.get(lane) == 1 ? Optional.of(LONG) : Optional.empty();
        });
        String lane = link("R1");
        lanes.mark(lane, Side.REFERRAL);
        await().until(() -> next(lane).filter(time -> time.isAfter(Instant.now().plus(LONG.dividedBy(2)))).isPresent());
        lanes.mark(lane, Side.RECORD);
        await().until(() -> runs.get(lane) == 2 && atRest(lane));
    }

    @Test
    void aMarkThatComesWhileTheLaneDecidesToWaitRunsAtOnceToo() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch marked = new CountDownLatch(1);
        start(lane -> {
            int run = runs.merge(lane, 1, Integer::sum);
            work(lane, () -> { });
            if (run > 1) {
                return Optional.empty();
            }
            running.countDown();
            wait(marked);
            return Optional.of(LONG);
        });
        String lane = link("R1");
        lanes.mark(lane, Side.REFERRAL);
        wait(running);
        lanes.mark(lane, Side.RECORD);
        marked.countDown();
        await().until(() -> runs.get(lane) == 2 && atRest(lane));
    }

    @Test
    void aLaneThatWaitsBecauseOfFailuresKeepsItsPause() {
        start(lane -> {
            runs.merge(lane, 1, Integer::sum);
            store.progress(store.link(lane), columns("failures", 1), List.of());
            return Optional.of(LONG);
        });
        String lane = link("R1");
        lanes.mark(lane, Side.REFERRAL);
        await().until(() -> next(lane).filter(time -> time.isAfter(Instant.now().plus(LONG.dividedBy(2)))).isPresent());
        Instant before = next(lane).orElseThrow();
        lanes.mark(lane, Side.RECORD);
        assertThat(next(lane)).contains(before);
        assertThat(runs).containsEntry(lane, 1);
    }

    @Test
    void aLaneThatFailsOrHangsHoldsUpNoOther() {
        CountDownLatch hangs = new CountDownLatch(1);
        String failing = link("R1");
        String hanging = link("R2");
        List<String> others = List.of(link("R3"), link("R4"), link("R5"));
        try {
            start(lane -> {
                if (lane.equals(failing)) {
                    throw new IllegalStateException("on purpose");
                }
                if (lane.equals(hanging)) {
                    wait(hangs);
                }
                return count(lane);
            });
            lanes.mark(failing, Side.REFERRAL);
            lanes.mark(hanging, Side.REFERRAL);
            others.forEach(lane -> lanes.mark(lane, Side.REFERRAL));
            await().until(() -> others.stream().allMatch(this::atRest));
            await().untilAsserted(() -> assertThat(next(failing)).as("tried again later").isPresent());
            assertThat(store.link(failing).isMarked()).isTrue();
        } finally {
            hangs.countDown();
        }
        await().until(() -> atRest(hanging));
    }

    /** As when its process dies between storing the mark and calling the lane. */
    @Test
    void aMarkWhoseLaneWasNeverCalledIsFoundWithoutARestart() {
        start(this::count);
        String lane = link("R1");
        store.mark(lane, Side.REFERRAL);
        await().until(() -> runs.containsKey(lane) && atRest(lane));
    }

    @Test
    void aLaneWhoseProcessDiedGoesOnInTime() {
        String lane = link("R1");
        store.mark(lane, Side.REFERRAL);
        JdbcClient.create(dataSource).sql("insert into scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by,"
                + " last_heartbeat, version) values ('lane', ?, ?, 1, 'another-process', ?, 1)")
            .params(lane, Timestamp.from(Instant.now()), Timestamp.from(Instant.now())).update();
        start(this::count);
        lanes.mark(lane, Side.RECORD);
        assertThat(runs).as("while the other process may live").isEmpty();
        await().atMost(TAKEOVER.plusSeconds(2)).until(() -> runs.containsKey(lane) && atRest(lane));
    }
}
