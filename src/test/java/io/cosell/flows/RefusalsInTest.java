package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the CRM refuses on the way in: for good with a reason the seller reads, or for now and then done after all. */
class RefusalsInTest {

    @TempDir
    static Path folder;
    private static Stage stage;

    @BeforeAll
    static void open() {
        stage = Stage.open(folder, Map.of());
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    @Test
    void aTextLongerThanTheColumnRestsTheLaneUntilItIsShortened() {
        String referral = stage.receivedDeal("Long notes");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "n".repeat(2500)));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.comesToRest();

        assertThat(stage.link(referral).reason()).contains("description").contains("2000");
        assertThat(stage.reasons(referral, "resting")).singleElement().satisfies(why -> assertThat(why).contains("description"));
        assertThat(audit(referral)).containsOnlyOnce("Sync failed: ").contains("description");
        assertThat(stage.opportunityOf(referral)).containsEntry("name", "✖ Long notes");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Short again"));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.opportunityOf(referral)).containsEntry("name", "✔ Long notes").containsEntry("description", "Short again");
        assertThat(audit(referral).lines().findFirst()).hasValueSatisfying(line -> assertThat(line).contains("sync success"));
        assertThat(stage.link(referral).reason()).isNull();
        stage.comesToRest();
    }

    @Test
    void oneDealThatRestsHoldsUpNoOther() {
        String bad = stage.deal("Too long from the start", changes -> Stage.part(changes, "details").put("notes", "n".repeat(2500)));
        String good = stage.receivedDeal("Right beside it");

        stage.eventually(() -> stage.link(bad).state().equals("resting"));
        assertThat(stage.isLinked(good)).isTrue();
        assertThat(stage.link(bad).reason()).contains("description");
        assertThat(stage.rows("account", "name", "Customer of Too long from the start")).as("nothing is made of a deal that is refused")
            .isEmpty();
        assertThat(stage.reasons(bad, "resting")).hasSize(1);

        stage.partnerCenter.partnerEdits(bad, Map.of("/details/notes", "Short"));
        stage.eventually(() -> stage.isLinked(bad));
        assertThat(stage.opportunityOf(bad)).containsEntry("description", "Short");
    }

    @Test
    void aCurrencyThatTheCrmDoesNotHaveIsNamed() {
        String referral = stage.receivedDeal("Paid in yen");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/currency", "JPY"));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.settled();

        assertThat(stage.link(referral).reason()).startsWith("The currency JPY is not set up");
        assertThat(audit(referral)).contains("Sync failed: The currency JPY is not set up");
        assertThat(stage.opportunityOf(referral)).containsEntry("_transactioncurrencyid_value", stage.currency("EUR"));
    }

    @Test
    void aNewDealInAnUnknownCurrencyMakesNothingAndSaysWhy() {
        String referral = stage.deal("New in yen", changes -> Stage.part(changes, "details").put("currency", "JPY"));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));

        assertThat(stage.reasons(referral, "resting")).singleElement().satisfies(why -> assertThat(why).contains("The currency JPY"));
        assertThat(stage.rows("opportunity", "msft_microsoftpartnercenterreferralidentifier", referral)).isEmpty();
    }

    @Test
    void aRefusedGuardLeadsToAnotherPlan() {
        String referral = stage.receivedDeal("Refused guard");
        stage.crm.fail(new Fault(writes(referral), Fault.When.INSTEAD, Reply.json(412, Map.of("error",
            Map.of("code", "0x80060882", "message",
                "The version of the existing record doesn't match the RowVersion property provided.")))));

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After a refused guard"));

        stage.eventually(() -> "After a refused guard".equals(stage.opportunityOf(referral).get("description")));
        stage.settled();
        assertThat(stage.reasons(referral, "failed")).isEmpty();
    }

    @Test
    void anEditBetweenReadingAndWritingIsNotOverwritten() {
        String referral = stage.receivedDeal("Edited meanwhile");
        String opportunity = stage.link(referral).recordId();
        AtomicBoolean edited = new AtomicBoolean();
        stage.crm.fail(new Fault(request -> {
            if (writes(referral).test(request) && edited.compareAndSet(false, true)) {
                stage.crm.update("opportunity", opportunity, Map.of("estimatedclosedate", "2029-01-01"));
            }
            return false;
        }, Fault.When.INSTEAD, null));

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Written around the edit"));

        stage.eventually(() -> "Written around the edit".equals(stage.opportunityOf(referral).get("description")));
        stage.eventually(() -> String.valueOf(stage.at(stage.partnerCenter.referral(referral), "details", "closingDateTime"))
            .startsWith("2029-01-01"));
        assertThat(edited).isTrue();
        assertThat(stage.opportunityOf(referral)).containsEntry("estimatedclosedate", "2029-01-01");
        stage.comesToRest();
    }

    @Test
    void aCrmThatIsTooBusyIsAskedAgainWhenItSaid() {
        String referral = stage.receivedDeal("Throttled");
        stage.crm.fail(new Fault(writes(referral), Fault.When.INSTEAD, DataverseSandbox.throttled(2)));
        var begun = stage.sandboxes.clock().instant();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After the rush"));

        stage.eventually(() -> "After the rush".equals(stage.opportunityOf(referral).get("description")));
        stage.settled();
        assertThat(stage.sandboxes.clock().instant()).isAfterOrEqualTo(begun.plusSeconds(2));
        assertThat(stage.reasons(referral, "failed")).singleElement()
            .satisfies(why -> assertThat(why).contains("(429)").contains("tries again"));
        assertThat(stage.link(referral)).satisfies(link -> {
            assertThat(link.failures()).isZero();
            assertThat(link.state()).isEqualTo("linked");
            assertThat(link.reason()).isNull();
        });
        assertThat(audit(referral)).doesNotContain("429");
    }

    @Test
    void revokedTokensAreReplaced() {
        String referral = stage.receivedDeal("Signed in anew");
        stage.crm.revokeTokens();
        stage.partnerCenter.revokeAccessTokens();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After signing in anew"));

        stage.eventually(() -> "After signing in anew".equals(stage.opportunityOf(referral).get("description")));
        stage.settled();
        assertThat(stage.link(referral).state()).isEqualTo("linked");
    }

    private static String audit(String referral) {
        return (String) stage.opportunityOf(referral).get("msft_microsoftpartnercenterreferralsyncaudit");
    }

    /** A batch that changes the record of this referral; its key is the referral's id. */
    private static java.util.function.Predicate<Request> writes(String referral) {
        return request -> request.path().endsWith("$batch") && request.text().contains("PATCH ") && request.text().contains(referral);
    }
}
