package io.cosell.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** A store of the first version is brought up to date with all that is in it, and a released migration is never edited. */
class MigrationTest {

    /** By version; a new migration is added here when it is released, and no line is ever changed. */
    private static final Map<String, Integer> CHECKSUMS = Map.of("1", -2100183943, "2", -804223931, "3", 113487819,
        "4", -1781796511, "5", -691349998, "6", 2038497729);

    @Test
    void releasedMigrationsAreAsTheyWere() {
        MigrationInfo[] migrations = Flyway.configure().locations("classpath:db", "classpath:db-postgresql")
            .dataSource(new DriverManagerDataSource("jdbc:sqlite::memory:")).load().info().all();
        assertThat(Arrays.stream(migrations).collect(Collectors.toMap(one -> one.getVersion().getVersion(), MigrationInfo::getChecksum)))
            .as("checksums by version: a store that has run a migration refuses to start if it was edited; write a new one instead")
            .isEqualTo(CHECKSUMS);
    }

    @Test
    void aStoreOfTheFirstVersionInSqliteKeepsItsData(@TempDir Path folder) {
        String url = "jdbc:sqlite:" + folder.resolve("store.db");
        load("store/v1-sqlite.sql", new DriverManagerDataSource(url));
        try (HikariDataSource today = Database.open(url, null, null)) {
            isIntact(today);
        }
    }

    @Test
    void aStoreOfTheFirstVersionInPostgresqlKeepsItsData() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            load("store/v1-postgresql.sql", postgres.getPostgresDatabase());
            try (HikariDataSource today = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")) {
                isIntact(today);
                assertThat(JdbcClient.create(today).sql("select count(*) from qrtz_triggers").query(Integer.class).single()).isZero();
            }
        }
    }

    private static void load(String dump, DataSource into) {
        ResourceDatabasePopulator script = new ResourceDatabasePopulator(new ClassPathResource(dump));
        script.setSqlScriptEncoding(StandardCharsets.UTF_8.name());
        script.execute(into);
    }

    private static void isIntact(DataSource database) {
        Store store = new Store(database, new StepClock("2026-03-02T10:00:00Z"));
        Link linked = store.find("R-linked").orElseThrow();
        assertThat(linked.state()).isEqualTo("linked");
        assertThat(linked.recordId()).isEqualTo("O-linked");
        assertThat(linked.engagementId()).isEqualTo("E-1");
        assertThat(linked.base().path("name").asText()).isEqualTo("Übung ✔");
        assertThat(linked.base().at("/details/dealValue").decimalValue()).isEqualByComparingTo("48000.50");
        assertThat(linked.referral()).containsEntry("etag", "\"7\"");
        assertThat(linked.record()).containsEntry("etag", "W/\"9\"");
        assertThat(linked.isMarked()).isFalse();
        assertThat(store.find("R-resting").orElseThrow().reason()).isEqualTo("The country code is missing.");
        Link creating = store.find("O-creating").orElseThrow();
        assertThat(creating.intent().path("creating").asText()).isEqualTo("2026-03-01T10:00:00.000Z");
        assertThat(store.markedLinks()).containsExactly(creating.id());
        assertThat(store.forgottenLanes()).as("lanes that no task stands for").isEmpty();
        assertThat(store.unresolved()).containsExactly("R-unknown");
        assertThat(store.cursor("crm-changes opportunity")).isEqualTo("token-1");
        assertThat(store.journalOf(linked.id())).extracting(entry -> entry.get("kind")).containsExactly("linked", "written");
        assertThat(store.journal()).hasSize(4);
        assertThat(JdbcClient.create(database).sql("select link_id from link_part where part_id = 'P-1'").query(String.class).single())
            .isEqualTo(linked.id());

        Change again = new Change("partner-center", "referral-created", "R-linked", null, "2026-03-01T09:00:00Z", null, true);
        assertThat(store.accept(List.of(again), null, null).lanes()).as("an event delivered before the upgrade is known").isEmpty();
        store.finish(linked, Store.columns("told", "after"), List.of(Entry.of("written", "After the upgrade.")));
        assertThat(store.journal()).hasSize(5);
    }
}
