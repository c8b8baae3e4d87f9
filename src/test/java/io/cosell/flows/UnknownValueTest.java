package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.DealField;
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

/** Values of Dynamics 365 that Partner Center or the mappings don't know: the deal ends with a reason, and no other deal waits for it. */
class UnknownValueTest {

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
    void aCurrencyThatPartnerCenterDoesNotKnowIsToldAndOthersGoOn() {
        String id = stage.opportunity("Play money deal",
            values -> values.put(DealField.CURRENCY, "XQZ"));
        stage.solution(id, "SOL-34104-EBB");
        // The solution's row is a change of its own; noticed later it would be a reason to try again.
        seller.noticed();
        stage.share(id);
        String good = stage.sharedOpportunity("Good deal beside it", values -> { });

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
            String unshared = other.opportunity("Odd choice", values -> values.put(DealField.HELP, "QuotesOrLicensing"));
            other.solution(unshared, "SOL-34104-EBB");
            other.share(unshared);
            other.eventually(() -> there.told(unshared, "How can Microsoft help?") == 1);
            assertThat(there.audit(unshared)).contains("299600003");
            assertThat(there.referralsOf(unshared)).isEmpty();
            other.eventually(() -> other.link(unshared).state().equals("resting"));

            String shared = other.sharedOpportunity("Shared, then an odd choice", values -> { });
            there.changes(shared, Map.of(DealField.HELP, "QuotesOrLicensing", DealField.NOTES, "Goes on"));

            other.eventually(() -> "Goes on".equals(there.inReferral(shared, "details", "notes")));
            other.eventually(() -> there.told(shared, "299600003") == 1);
            assertThat(there.invitationsOf(shared)).isEmpty();
        }
    }
}
