package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRM Microsoft Solutions to Partner Center: rows that are added to an opportunity or taken out of it. */
class SolutionsTest {

    @TempDir
    static Path folder;
    static Stage stage;
    static Seller seller;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, Map.of());
        seller = new Seller(stage);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    private static String rowOf(String opportunity) {
        return stage.crm.rows("msft_microsoftsolution").stream().filter(row -> opportunity.equals(row.get("_msft_opportunityid_value")))
            .map(row -> (String) row.get("msft_microsoftsolutionid")).findFirst().orElseThrow();
    }

    private static long rowsOf(String opportunity) {
        return stage.crm.rows("msft_microsoftsolution").stream().filter(row -> opportunity.equals(row.get("_msft_opportunityid_value"))).count();
    }

    @Test
    void addedAndRemovedRowsReachTheReferral() {
        String id = stage.sharedOpportunity("Growing deal", columns -> { });
        String first = rowOf(id);

        stage.solution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).size() == 2);
        assertThat(seller.solutions(id)).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-15974-MQF");
        seller.noticed();

        stage.crm.delete("msft_microsoftsolution", first);
        stage.eventually(() -> seller.solutions(id).size() == 1);
        assertThat(seller.solutions(id)).containsExactly("SOL-15974-MQF");
        seller.noticed();
        assertThat(rowsOf(id)).isEqualTo(1);
        assertThat(stage.link(id).reason()).isNull();
    }

    @Test
    void theLastOneStaysThereAndTheSellerIsTold() {
        String id = stage.sharedOpportunity("Emptied deal", columns -> { });

        stage.crm.delete("msft_microsoftsolution", rowOf(id));

        stage.eventually(() -> seller.told(id, "Solutions may not be empty in Partner Center") == 1);
        seller.noticed();
        assertThat(seller.solutions(id)).containsExactly("SOL-34104-EBB");
        assertThat(seller.told(id, "Solutions may not be empty")).isEqualTo(1);
        assertThat(seller.name(id)).isEqualTo("✖ Emptied deal");

        stage.solution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).equals(List.of("SOL-15974-MQF")));
        stage.eventually(() -> seller.name(id).equals("✔ Emptied deal"));
    }

    @Test
    void aSolutionThatNobodyKnowsIsFine() {
        String id = stage.sharedOpportunity("Novel deal", columns -> { });

        stage.solution(id, "SOL-NEVER-SEEN");

        stage.eventually(() -> seller.solutions(id).contains("SOL-NEVER-SEEN"));
        seller.noticed();
        assertThat(stage.link(id).reason()).isNull();
    }

    @Test
    void bothSidesMayAddAtOnce() {
        String id = stage.sharedOpportunity("Shared growth", columns -> { });
        stage.partnerCenter.holdWebhooks(true);
        try {
            stage.partnerCenter.partnerEdits(stage.link(id).referralId(), Map.of("/details/requirements/solutions/-",
                Map.of("id", "SOL-THERE", "name", "There", "type", "Name")));
            stage.solution(id, "SOL-HERE");
            stage.eventually(() -> seller.solutions(id).contains("SOL-HERE"));
        } finally {
            stage.partnerCenter.holdWebhooks(false);
        }
        stage.eventually(() -> rowsOf(id) == 3);
        assertThat(seller.solutions(id)).containsExactlyInAnyOrder("SOL-34104-EBB", "SOL-THERE", "SOL-HERE");
    }
}
