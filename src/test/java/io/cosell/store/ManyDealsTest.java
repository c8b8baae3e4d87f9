package io.cosell.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** What is asked of all deals at once is answered alike by both stores, and over more deals than are read at a time. */
class ManyDealsTest {

    private static final int DEALS = 1_700;
    /** The others are closed: three whole pages and a part of one. */
    private static final int OPEN = 100;
    private static final String CLOSED = "{\"id\":\"R\",\"view\":{\"status\":\"Active\"},\"status\":\"Closed\"}";
    private static final String ONLY_INSIDE = "{\"id\":\"R\",\"view\":{\"status\":\"Closed\"},\"status\":\"Active\"}";

    @Test
    void inSqlite(@TempDir Path folder) {
        try (HikariDataSource database = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            isAnswered(database);
        }
    }

    @Test
    void inPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
             HikariDataSource database = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")) {
            isAnswered(database);
        }
    }

    private static void isAnswered(HikariDataSource database) {
        Store store = new Store(database, new StepClock("2026-03-01T10:00:00Z"));
        assertThat(store.count()).isZero();
        assertThat(store.countClosed()).isZero();
        assertThat(store.restingLinks()).isEmpty();
        assertThat(store.journalEnd()).isZero();

        fill(database);

        assertThat(store.count()).isEqualTo(DEALS);
        assertThat(store.countClosed()).isEqualTo(DEALS - OPEN);
        assertThat(store.restingLinks()).as("oldest first").containsExactly("L0011", "L0010");
        assertThat(store.closedOrphans()).as("ended, with both sides, and closed").containsExactlyInAnyOrder("L0200", "L1699");
        assertThat(store.standings()).hasSize(DEALS).filteredOn(Standing::isOrphaned).extracting(Standing::id)
            .containsExactlyInAnyOrder("L0012", "L0013", "L0200", "L1699");

        Link link = store.link("L0010");
        store.journal(link, List.of(Entry.of("linked", "before")));
        long end = store.journalEnd();
        assertThat(store.journalOf("L0010", end)).isEmpty();
        store.journal(store.link("L0011"), List.of(Entry.of("written", "of another")));
        store.journal(link, List.of(Entry.of("written", "first"), Entry.of("written", "second")));
        assertThat(store.journalOf("L0010", end)).extracting(entry -> entry.get("reason")).containsExactly("first", "second");
        assertThat(store.journalEnd()).isEqualTo(end + 3);
    }

    private static void fill(HikariDataSource database) {
        JdbcTemplate sql = new JdbcTemplate(database);
        sql.batchUpdate("insert into link (id, referral_id, record_kind, record_id, state, referral, created_at, updated_at)"
            + " values (?, ?, 'lead', ?, 'linked', ?, ?, '2026-03-01T10:00:00.000Z')", IntStream.range(0, DEALS).mapToObj(number -> {
                String name = String.format("%04d", number);
                return new Object[] {"L" + name, "R" + name, "O" + name, number >= OPEN ? CLOSED : number % 2 == 0 ? ONLY_INSIDE : null,
                    "2026-03-01T10:00:00.000Z"};
            }).toList());
        sql.update("update link set state = 'resting', created_at = '2026-01-01T10:00:00.000Z' where id = 'L0011'");
        sql.update("update link set state = 'resting' where id = 'L0010'");
        sql.update("update link set state = 'ended' where id in ('L0012', 'L0013', 'L0200', 'L0300', 'L0400', 'L1699')");
        sql.update("update link set record_id = null where id = 'L0300'");
        sql.update("update link set referral_id = null where id = 'L0400'");
    }
}
