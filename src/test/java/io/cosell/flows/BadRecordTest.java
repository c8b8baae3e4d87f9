package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that can't be shared: each ends with a reason, and no other deal waits for it. */
class BadRecordTest {

    @TempDir
    static Path folder;
    static Stage stage;
    static Seller seller;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, PartnerCenterOptions.defaults(), DataverseOptions.defaults().withCurrencies("USD", "XQZ"), Map.of());
        seller = new Seller(stage);
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @Test
    void aRecordWithoutAccountIsToldSo() {
        String id = stage.opportunity("Nobody's deal", columns -> columns.remove("customerid_account@odata.bind"));
        stage.solution(id, "SOL-34104-EBB");
        stage.share(id);

        stage.eventually(() -> seller.told(id, "Customer name is missing. Choose the customer's account") == 1);
        assertThat(seller.told(id, "Sync failed")).isEqualTo(1);
        assertThat(seller.referralsOf(id)).isEmpty();
    }

    @Test
    void aCurrencyThatPartnerCenterDoesNotKnowIsToldAndOthersGoOn() {
        String id = stage.opportunity("Play money deal",
            columns -> columns.put("transactioncurrencyid@odata.bind", "/transactioncurrencies(" + stage.currency("XQZ") + ")"));
        stage.solution(id, "SOL-34104-EBB");
        // The solution's row is a change of its own; noticed later it would be a reason to try again.
        seller.noticed();
        stage.share(id);
        String good = stage.sharedOpportunity("Good deal beside it", columns -> { });

        stage.eventually(() -> seller.told(id, "details.currency") == 1);
        assertThat(seller.name(id)).isEqualTo("✖ Play money deal");
        assertThat(seller.name(good)).isEqualTo("✔ Good deal beside it");
        seller.noticed();
        assertThat(stage.partnerCenter.count(call -> call.method().equals("POST") && call.path().contains("/referrals")
            && call.status() == 400)).as("tries").isEqualTo(1);
    }

    /** An organisation may add options to a choice; here the mapping lacks one instead. */
    @Test
    void aChoiceThatTheMappingDoesNotKnowIsToldByItsValue(@TempDir Path own) throws IOException {
        CustomisingTest.copyTheProject(own);
        Path mapping = own.resolve("mappings/dynamics365/opportunity-in.json");
        Files.writeString(mapping, Files.readString(mapping).replaceFirst("\\s*\"299600003\": \\{[^}]*},", ""));
        try (Stage other = Stage.open(own, Map.of())) {
            Seller there = new Seller(other);
            String unshared = other.opportunity("Odd choice", columns -> columns.put(Seller.HELP, 299600003));
            other.solution(unshared, "SOL-34104-EBB");
            other.share(unshared);
            other.eventually(() -> there.told(unshared, "How can Microsoft help?") == 1);
            assertThat(there.audit(unshared)).contains("299600003");
            assertThat(there.referralsOf(unshared)).isEmpty();
            other.eventually(() -> other.link(unshared).state().equals("resting"));

            String shared = other.sharedOpportunity("Shared, then an odd choice", columns -> { });
            other.crm.update("opportunity", shared, Map.of(Seller.HELP, 299600003, "description", "Goes on"));

            other.eventually(() -> "Goes on".equals(there.inReferral(shared, "details", "notes")));
            other.eventually(() -> there.told(shared, "299600003") == 1);
            assertThat(there.invitationsOf(shared)).isEmpty();
        }
    }

    @Test
    void aDealClosedBeforeItIsSharedIsLeftOut() {
        String id = stage.opportunity("Late deal", columns -> columns.put(Seller.SYNC, true));
        String quick = stage.opportunity("Closed before it was shared", columns -> { });
        stage.solution(quick, "SOL-34104-EBB");
        stage.stopConnector();
        try {
            stage.share(quick);
            stage.crm.winOpportunity(quick);
        } finally {
            stage.startConnector();
        }

        stage.eventually(() -> stage.link(quick).state().equals("skipped"));
        assertThat(stage.link(quick).reason()).isEqualTo("The record was closed before it was shared.");
        assertThat(seller.journal(quick, "skipped")).hasSize(1);
        assertThat(seller.referralsOf(quick)).isEmpty();
        stage.eventually(() -> stage.link(id).state().equals("resting"));
    }

    @Test
    void aLaneThatWaitsHoldsNoOtherUp() {
        String slow = stage.sharedOpportunity("Slow deal", columns -> { });
        String fast = stage.sharedOpportunity("Fast deal", columns -> { });
        for (int i = 0; i < 3; i++) {
            stage.partnerCenter.fail(Seller.unavailable("PATCH", stage.link(slow).referralId()));
        }
        seller.changes(slow, "estimatedvalue", 11);
        stage.eventually(() -> stage.link(slow).failures() > 0);

        seller.changes(fast, "estimatedvalue", 22);

        stage.eventually(() -> seller.dealValue(fast) == 22);
        stage.eventually(() -> seller.dealValue(slow) == 11);
        assertThat(seller.told(slow, "Sync failed")).as("a passing failure is no news for the seller").isZero();
    }
}
