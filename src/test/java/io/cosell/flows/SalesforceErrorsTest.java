package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Act;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Salesforce's own errors (contract salesforce.md 3.5) on their way through a lane: a seller reads a reason and a fix, or nothing at all. */
@SharedStage(crm = Crm.SALESFORCE)
class SalesforceErrorsTest {

    private static final int TRIES = 4;
    private static final int SIGN_INS = 200;

    private final Stage stage;

    SalesforceErrorsTest(Stage stage) {
        this.stage = stage;
    }

    static Stream<Arguments> errors() {
        return Stream.of(
            Arguments.of("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Deals over 1m need a sponsor.", "NextStep",
                "A validation rule of the organisation refuses it: Deals over 1m need a sponsor. Change the record as the rule asks (NextStep), "
                    + "or change the rule."),
            Arguments.of("REQUIRED_FIELD_MISSING", "Required fields are missing: [Region__c]", "Region__c",
                "Region__c must be filled in this organisation. Fill it in the record, or give it a value in mappings/salesforce."),
            Arguments.of("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Stage: bad value for restricted picklist field: Qualified", "StageName",
                "StageName does not offer the value: Stage: bad value for restricted picklist field: Qualified. Add the value to the picklist, "
                    + "or choose another one. Stages and statuses that the connector sets are settings (cosell.salesforce)."),
            Arguments.of("DUPLICATE_VALUE", "duplicate value found: Number__c duplicates value on record with id: 006SB0000000009", "Number__c",
                "Another record has the same value: duplicate value found: Number__c duplicates value on record with id: 006SB0000000009. "
                    + "Change it in one of the two."),
            Arguments.of("STRING_TOO_LONG", "Description: data value too large: (max length=32000)", "Description",
                "Description is too short for the text: Description: data value too large: (max length=32000). Shorten the text, or make the "
                    + "field longer."),
            Arguments.of("FIELD_FILTER_VALIDATION_EXCEPTION", "Value does not exist or does not match filter criteria.", "Solution_Play__c",
                "A lookup filter refuses it: Value does not exist or does not match filter criteria. Choose another value for Solution_Play__c."),
            Arguments.of("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "DealTrigger: no owner", "",
                "A trigger of the organisation refuses it: DealTrigger: no owner Change the record as the trigger asks, or the trigger."),
            Arguments.of("FIELD_INTEGRITY_EXCEPTION", "There's a problem with this country", "BillingCountry",
                "BillingCountry does not take the value: There's a problem with this country. Where state and country are picklists, use the "
                    + "values listed there."),
            Arguments.of("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Audit__c.", "Audit__c",
                "Check that the co-sell package is installed, that the connector's user may read and edit the field, and the settings that "
                    + "name fields."),
            Arguments.of("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", "",
                "The connector's user may not change this record, or one that it belongs to: insufficient access rights on object id. Share it "
                    + "with the user."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("errors")
    void whatIsRefusedSaysWhyAndWhatToDoInTheRecordAndGoesOnWhenItIsChanged(String code, String message, String field, String told) {
        String referral = stage.receivedDeal("Refused " + code);
        String name = (String) stage.partnerCenter.referral(referral).get("name");
        // As often as it is tried: what is told in the record is a change of the same second, which is read once more.
        Predicate<Request> thisNote = stage.writes(referral).and(request -> request.text().contains("Not yet"));
        for (int i = 0; i < TRIES; i++) {
            stage.system.fail(new Fault(thisNote, Fault.When.INSTEAD, composite(code, message, field)));
        }

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Not yet"));

        stage.eventually(() -> stage.link(referral).state().equals("resting"));
        stage.settled();
        String audit = stage.record(referral).text(DealField.AUDIT);
        assertThat(stage.link(referral).reason()).contains(told);
        assertThat(audit).containsOnlyOnce("Sync failed: ").contains(told).doesNotContain("{", "http");
        assertThat(stage.record(referral).values()).containsEntry(DealField.NAME, "✖ " + name);

        stage.system.failNoMore();
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Taken"));
        stage.eventually(() -> stage.isLinked(referral) && "Taken".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        assertThat(stage.record(referral).values()).containsEntry(DealField.NAME, "✔ " + name);
    }

    @Test
    void aSignInThatIsRefusedWithAListOfErrorsIsTriedAgain() {
        String referral = stage.receivedDeal("Too busy to sign in");
        stage.system.fail(Fault.instead("POST", "/oauth2/token", Reply.json(403,
            List.of(Map.of("errorCode", "REQUEST_LIMIT_EXCEEDED", "message", "TotalRequests Limit exceeded.")))));
        stage.seller.endSessions();

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After the sign-in"));

        stage.eventually(() -> "After the sign-in".equals(stage.record(referral).get(DealField.NOTES)));
        stage.settled();
        assertThat(stage.reasons(referral, "resting")).isEmpty();
    }

    /** A composite of which the second operation failed, so that all others were undone. */
    private static Reply composite(String code, String message, String field) {
        return Reply.json(200, Map.of("compositeResponse", List.of(
            part(400, Map.of("errorCode", "PROCESSING_HALTED", "message", "The transaction was rolled back since another operation failed.")),
            part(400, Map.of("errorCode", code, "message", message, "fields", field.isEmpty() ? List.of() : List.of(field))))));
    }

    private static Map<String, Object> part(int status, Map<String, Object> error) {
        return Map.of("body", List.of(error), "httpStatusCode", status, "referenceId", "part", "httpHeaders", Map.of());
    }

    @Test
    void aRuleThatRefusesEveryWriteIsToldInTheJournalOnlyAndTheDealGoesOnWithoutIt() {
        String referral = stage.receivedDeal("Ruled out");
        turn(SalesforceSwitch.REQUIRED_SOLUTION_AREA, true);
        try {
            stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "Against the rule"));
            stage.eventually(() -> stage.link(referral).state().equals("resting"));
            stage.settled();
            assertThat(stage.reasons(referral, "resting")).singleElement().satisfies(why -> assertThat(why)
                .contains("A validation rule of the organisation refuses it", "Solution_Area__c"));
            assertThat(stage.record(referral).text(DealField.AUDIT)).doesNotContain("Sync failed");
        } finally {
            turn(SalesforceSwitch.REQUIRED_SOLUTION_AREA, false);
        }
        stage.connector().lanes().runNow(stage.link(referral).id());
        stage.eventually(() -> stage.isLinked(referral) && "Against the rule".equals(stage.record(referral).get(DealField.NOTES)));
        stage.comesToRest();
    }

    private void turn(SalesforceSwitch rule, boolean on) {
        stage.sandboxes.salesforce().switches().turn(rule, on);
    }

    @Test
    void aCustomerThatADuplicateRuleHoldsBackIsNamed() {
        turn(SalesforceSwitch.DUPLICATE_RULE, true);
        try {
            String[] made = new String[1];
            // Somebody makes the same account between look and write.
            stage.system.fail(new Fault(request -> {
                if (made[0] == null && stage.makesOpportunity().test(request)) {
                    made[0] = stage.sandboxes.salesforce().create("Account",
                        Map.of("Name", "Customer of Twice there", "BillingPostalCode", "10969"));
                }
                return false;
            }, Fault.When.INSTEAD, null));

            String referral = stage.deal("Twice there", changes -> { });

            stage.eventually(() -> stage.link(referral).state().equals("resting"));
            assertThat(stage.link(referral).reason()).contains("A duplicate rule takes it for one that is there already: " + made[0]);
            stage.connector().lanes().runNow(stage.link(referral).id());
            stage.eventually(() -> stage.isLinked(referral));
            assertThat(stage.record(referral).values()).as("found the second time").containsEntry(DealField.ACCOUNT, made[0]);
        } finally {
            turn(SalesforceSwitch.DUPLICATE_RULE, false);
        }
    }

    @Test
    void aRowThatSomebodyElseHasLockedIsTriedAgainAndNobodyIsTold() {
        String referral = stage.receivedDeal("Locked for a while");
        act("lock-record", Map.of("id", stage.link(referral).recordId(), "writes", 2));

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After the lock"));

        stage.eventually(() -> "After the lock".equals(stage.record(referral).get(DealField.NOTES)));
        stage.comesToRest();
        assertThat(stage.reasons(referral, "failed")).singleElement().satisfies(why -> assertThat(why).contains("tries again by itself"));
        assertThat(stage.record(referral).text(DealField.AUDIT)).doesNotContain("Sync failed");
    }

    @Test
    void callsThatAreUsedUpHoldTheDealUntilThereAreMore() {
        String referral = stage.receivedDeal("No calls left");
        for (int i = 0; i < 2; i++) {
            stage.system.fail(new Fault(stage.writes(referral), Fault.When.INSTEAD, Reply.json(403,
                List.of(Map.of("errorCode", "REQUEST_LIMIT_EXCEEDED", "message", "TotalRequests Limit exceeded.")))));
        }

        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "With calls of a new day"));

        stage.eventually(() -> "With calls of a new day".equals(stage.record(referral).get(DealField.NOTES)));
        stage.comesToRest();
        assertThat(stage.reasons(referral, "failed")).isNotEmpty().allSatisfy(why -> assertThat(why).contains("tries again by itself"));
        assertThat(stage.record(referral).text(DealField.AUDIT)).doesNotContain("Sync failed");
    }

    static Stream<Reply> answersOfASignInThatIsOutOfOrder() {
        return Stream.of(
            Reply.json(500, List.of(Map.of("errorCode", "SERVER_UNAVAILABLE", "message", "Try again in a while."))),
            Reply.text(200, "application/json", "{ \"access_tok"));
    }

    /** Seed 202 of the simulation: the deal rested for good, as if the connector had failed. */
    @ParameterizedTest
    @MethodSource("answersOfASignInThatIsOutOfOrder")
    void aSignInThatIsOutOfOrderIsTriedAgainWhateverItAnswers(Reply reply) {
        String referral = stage.receivedDeal("Signed in again");
        // Polls sign in too: as often as it is asked, until the deal has met it.
        stage.seller.endSessions();
        for (int i = 0; i < SIGN_INS; i++) {
            stage.system.fail(Fault.instead("POST", "/oauth2/token", reply));
        }
        stage.partnerCenter.partnerEdits(referral, Map.of("/details/notes", "After the sign-in"));
        stage.eventually(() -> stage.reasons(referral, "failed").stream().anyMatch(why -> why.contains("The sign-in for Salesforce failed"))
            || stage.link(referral).state().equals("resting"));
        stage.system.failNoMore();

        stage.eventually(() -> stage.isLinked(referral) && "After the sign-in".equals(stage.record(referral).get(DealField.NOTES)));
        stage.comesToRest();
        assertThat(stage.reasons(referral, "failed")).isNotEmpty().allSatisfy(why -> assertThat(why).contains("tries again by itself"));
    }

    private void act(String name, Map<String, Object> parameters) {
        Act act = stage.system.acts().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
        act.does().apply(SandboxSystem.JSON.valueToTree(parameters));
    }
}
