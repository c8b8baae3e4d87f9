package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.store.Change;
import io.cosell.store.Database;
import io.cosell.store.Store;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** One setting moves the store to PostgreSQL; everything else stays as it is. */
class PostgresTest {

    /** On PostgreSQL transactions run side by side: deliveries of one new referral on several threads, or machines, are one deal. */
    @Test
    void deliveriesOfANewReferralAtTheSameTimeMakeOneLink() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
             HikariDataSource dataSource = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")) {
            Store store = new Store(dataSource, Clock.systemUTC());
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                for (int round = 0; round < 20; round++) {
                    String referral = UUID.randomUUID().toString();
                    List<Callable<Store.Accepted>> deliveries = IntStream.range(0, 8).<Callable<Store.Accepted>>mapToObj(number ->
                        () -> store.accept(List.of(new Change("partner-center", "referral-updated", referral, null,
                            "2026-01-01T00:00:0" + number + "Z", null, true)), null, null)).toList();
                    for (Future<Store.Accepted> delivery : threads.invokeAll(deliveries)) {
                        assertThat(delivery.get().lanes()).hasSize(1);
                    }
                    assertThat(store.standings()).filteredOn(deal -> referral.equals(deal.referralId())).singleElement()
                        .satisfies(deal -> assertThat(store.link(deal.id()).marks()).isEqualTo(8));
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void commitsAreSyncedEvenIfTheServerWouldNot() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().setServerConfig("synchronous_commit", "off").start();
             HikariDataSource dataSource = Database.open(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "")) {
            assertThat(JdbcClient.create(postgres.getPostgresDatabase()).sql("show synchronous_commit").query(String.class).single())
                .as("what the server does by itself").isEqualTo("off");
            assertThat(JdbcClient.create(dataSource).sql("show synchronous_commit").query(String.class).single()).isEqualTo("on");
        }
    }

    @Test
    void bothDirectionsWorkOnPostgres(@TempDir Path folder) throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
             Stage stage = Stage.open(folder, Map.of("cosell.store.url", postgres.getJdbcUrl("postgres", "postgres"),
                 "cosell.store.user", "postgres"))) {
            String referral = stage.partnerCenter.partnerCreates(ExampleReferrals.outbound());
            String opportunity = stage.sharedOpportunity("On PostgreSQL", columns -> { });
            stage.eventually(() -> stage.isLinked(referral));
            stage.settled();

            stage.partnerCenter.partnerEdits(referral, Map.of("/details/dealValue", 77000));
            stage.crm.update("opportunity", opportunity, Map.of("estimatedvalue", 88000));

            String referralOfOpportunity = stage.link(opportunity).referralId();
            stage.eventually(() -> "88000".equals(String.valueOf(stage.at(stage.partnerCenter.referral(referralOfOpportunity), "details",
                "dealValue")).replaceFirst("\\.0*$", "")));
            stage.eventually(() -> String.valueOf(stage.opportunityRow(stage.link(referral).recordId()).get("estimatedvalue"))
                .startsWith("77000"));
            stage.settled();
            // a record made from a referral may be noticed before it is written down as that; the link made for it is then given up
            assertThat(stage.links()).filteredOn(link -> link.referralId() != null).hasSize(2)
                .allMatch(link -> link.state().equals("linked"));
            assertThat(stage.links()).filteredOn(link -> link.referralId() == null).allMatch(link -> link.state().equals("ended"));
        }
    }
}
