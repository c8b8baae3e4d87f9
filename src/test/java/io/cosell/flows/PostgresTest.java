package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One setting moves the store to PostgreSQL; everything else stays as it is. */
class PostgresTest {

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
            assertThat(stage.store().links()).allMatch(link -> link.state().equals("linked"));
        }
    }
}
