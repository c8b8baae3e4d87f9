package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Trouble;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the CRM refuses on the way in: for good with a reason the seller reads, or for now and then done after all. */
@ForEveryCrm
@SharedStage
class RefusalsInTest {

    private final Stage stage;

    RefusalsInTest(Crm crm, Stage stage) {
        this.stage = stage;
    }

    @TestInTurn
    void aTextLongerThanTheColumnRestsTheLaneUntilItIsShortened() {
        int tooLong = stage.seller.longestNotes() + 1;
        String referral = stage.receivedDeal("Long notes");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "n".repeat(tooLong)));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.comesToRest();

        assertThat(stage.link(referral).reason()).containsIgnoringCase("description").contains(String.valueOf(stage.seller.longestNotes()));
        assertThat(stage.reasons(referral, "resting")).singleElement().satisfies(why -> assertThat(why).containsIgnoringCase("description"));
        assertThat(audit(referral)).containsOnlyOnce("Sync failed: ").containsIgnoringCase("description");
        assertThat(stage.record(referral).values()).containsEntry(DealField.NAME, "✖ Long notes");

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Short again"));
        stage.eventually(() -> stage.isLinked(referral));
        stage.settled();

        assertThat(stage.record(referral).values()).containsEntry(DealField.NAME, "✔ Long notes").containsEntry(DealField.NOTES, "Short again");
        assertThat(audit(referral).lines().findFirst()).hasValueSatisfying(line -> assertThat(line).contains("sync success"));
        assertThat(stage.link(referral).reason()).isNull();
        stage.comesToRest();
    }

    @TestInTurn
    void oneDealThatRestsHoldsUpNoOther() {
        int tooLong = stage.seller.longestNotes() + 1;
        String bad = stage.deal("Too long from the start", changes -> Stage.part(changes, "details").put("notes", "n".repeat(tooLong)));
        String good = stage.receivedDeal("Right beside it");

        stage.eventually(() -> stage.link(bad).state().equals("resting"));
        assertThat(stage.isLinked(good)).isTrue();
        assertThat(stage.link(bad).reason()).containsIgnoringCase("description");
        assertThat(stage.seller.accountsNamed("Customer of Too long from the start")).as("nothing is made of a deal that is refused")
            .isEmpty();
        assertThat(stage.reasons(bad, "resting")).hasSize(1);

        stage.partnerCenter.partnerEdits(bad, Map.of("/details/notes", "Short"));
        stage.eventually(() -> stage.isLinked(bad));
        assertThat(stage.record(bad).values()).containsEntry(DealField.NOTES, "Short");
    }

    @TestInTurn
    void aCurrencyThatTheCrmDoesNotHaveIsNamed() {
        String referral = stage.receivedDeal("Paid in yen");
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/currency", "JPY"));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.settled();

        assertThat(stage.link(referral).reason()).contains("JPY");
        assertThat(audit(referral)).contains("Sync failed: " + stage.link(referral).reason());
        assertThat(stage.record(referral).values()).containsEntry(DealField.CURRENCY, "EUR");
    }

    @TestInTurn
    void aNewDealInAnUnknownCurrencyMakesNothingAndSaysWhy() {
        String referral = stage.deal("New in yen", changes -> Stage.part(changes, "details").put("currency", "JPY"));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));

        assertThat(stage.reasons(referral, "resting")).singleElement().satisfies(why -> assertThat(why).contains("JPY"));
        assertThat(stage.recordsOf(referral)).isEmpty();
    }

    @TestInTurn
    void aRefusedGuardLeadsToAnotherPlan() {
        String referral = stage.receivedDeal("Refused guard");
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.INSTEAD,
            stage.system.refusal(Trouble.PRECONDITION_FAILED, null, 0)));

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After a refused guard"));

        stage.eventually(() -> "After a refused guard".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        assertThat(stage.reasons(referral, "failed")).isEmpty();
    }

    @TestInTurn
    void anEditBetweenReadingAndWritingIsNotOverwritten() {
        String referral = stage.receivedDeal("Edited meanwhile");
        String opportunity = stage.link(referral).recordId();
        AtomicBoolean edited = new AtomicBoolean();
        stage.system.fail(new Fault(request -> {
            if (stage.writes(referral).test(request) && edited.compareAndSet(false, true)) {
                stage.seller.edits(opportunity, DealField.CLOSING, "2029-01-01");
            }
            return false;
        }, Fault.When.INSTEAD, null));

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Written around the edit"));

        stage.eventually(() -> "Written around the edit".equals(stage.record(referral).get(DealField.NOTES)));
        stage.eventually(() -> String.valueOf(stage.at(stage.partnerCenter.referral(referral), "details", "closingDateTime"))
            .startsWith("2029-01-01"));
        assertThat(edited).isTrue();
        assertThat(stage.record(referral).values()).containsEntry(DealField.CLOSING, "2029-01-01");
        stage.comesToRest();
    }

    @TestInTurn
    void aCrmThatIsTooBusyIsAskedAgainWhenItSaid() {
        String referral = stage.receivedDeal("Throttled");
        Reply busy = stage.system.refusal(Trouble.THROTTLED, null, 2);
        Duration pause = busy.headers().containsKey("Retry-After") ? Duration.ofSeconds(2) : Duration.ofSeconds(1);
        stage.system.fail(new Fault(stage.writes(referral), Fault.When.INSTEAD, busy));
        var begun = stage.sandboxes.clock().instant();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After the rush"));

        stage.eventually(() -> "After the rush".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        assertThat(stage.sandboxes.clock().instant()).isAfterOrEqualTo(begun.plus(pause));
        assertThat(stage.reasons(referral, "failed")).singleElement()
            .satisfies(why -> assertThat(why).contains("tries again"));
        assertThat(stage.link(referral)).satisfies(link -> {
            assertThat(link.failures()).isZero();
            assertThat(link.state()).isEqualTo("linked");
            assertThat(link.reason()).isNull();
        });
        assertThat(audit(referral)).doesNotContain("tries again", "failed");
    }

    @TestInTurn
    void revokedTokensAreReplaced() {
        String referral = stage.receivedDeal("Signed in anew");
        stage.seller.endSessions();
        stage.partnerCenter.revokeAccessTokens();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After signing in anew"));

        stage.eventually(() -> "After signing in anew".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        assertThat(stage.link(referral).state()).isEqualTo("linked");
    }

    private String audit(String referral) {
        return stage.record(referral).text(DealField.AUDIT);
    }
}
