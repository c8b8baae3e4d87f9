package io.cosell.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease is one process's at a time, on both stores. */
class LeaseTest {

    private static final Duration LASTS = Duration.ofSeconds(30);
    private final StepClock clock = new StepClock("2026-03-01T10:00:00Z");

    @Test
    void inSqlite(@TempDir Path folder) throws Exception {
        try (HikariDataSource database = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            isKept(new Store(database, clock));
        }
    }

    @Test
    void inPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
             HikariDataSource database = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")) {
            isKept(new Store(database, clock));
        }
    }

    private void isKept(Store store) throws Exception {
        Lease one = new Lease(store, "a", "one", LASTS);
        Lease two = new Lease(store, "a", "two", LASTS);
        assertThat(one.take()).isTrue();
        assertThat(two.take()).isFalse();
        assertThat(new Lease(store, "b", "two", LASTS).take()).as("what is done is another thing").isTrue();

        clock.forward(LASTS.minusMillis(1));
        assertThat(two.take()).as("a moment before it ends").isFalse();
        assertThat(one.take()).as("taken again").isTrue();
        clock.forward(LASTS.minusMillis(1));
        assertThat(two.take()).as("it lasts from the last taking").isFalse();
        clock.forward(Duration.ofMillis(1));
        assertThat(two.take()).as("it has ended").isTrue();
        assertThat(one.take()).as("whoever slept through its end").isFalse();

        one.giveUp();
        assertThat(one.take()).as("only the owner can give it up").isFalse();
        two.giveUp();
        assertThat(one.take()).isTrue();

        clock.forward(LASTS);
        oneOfManyTakesIt(store);
    }

    private static void oneOfManyTakesIt(Store store) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> tries = IntStream.range(0, 8).<Callable<Boolean>>mapToObj(number ->
                new Lease(store, "a", "process " + number, LASTS)::take).toList();
            int taken = 0;
            for (Future<Boolean> result : threads.invokeAll(tries)) {
                taken += result.get() ? 1 : 0;
            }
            assertThat(taken).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }
}
