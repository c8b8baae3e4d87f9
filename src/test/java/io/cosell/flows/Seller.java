package io.cosell.flows;

import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** What a seller in the CRM does and sees, for the tests of the direction from the CRM to Partner Center. */
final class Seller {

    static final DealField HELP = DealField.HELP;
    static final String WORKLOAD = "WorkloadSpecificValueProposition";
    static final String GENERAL = "GeneralOrOther";

    private final Stage stage;

    Seller(Stage stage) {
        this.stage = stage;
    }

    void changes(String opportunity, DealField field, Object value) {
        stage.seller.edits(opportunity, field, value);
    }

    void changes(String opportunity, Map<DealField, ?> values) {
        stage.seller.edits(opportunity, values);
    }

    /** Changes a column of Dynamics 365. */
    void changes(String opportunity, String column, Object value) {
        stage.crm.update("opportunity", opportunity, Collections.singletonMap(column, value));
    }

    Object sees(String opportunity, DealField field) {
        return stage.record(opportunity).get(field);
    }

    String name(String opportunity) {
        return stage.record(opportunity).text(DealField.NAME);
    }

    String audit(String opportunity) {
        return stage.record(opportunity).text(DealField.AUDIT);
    }

    /** How often a text stands in the audit field. */
    int told(String opportunity, String text) {
        return audit(opportunity).split(Pattern.quote(text), -1).length - 1;
    }

    /** The referral of an opportunity as Partner Center holds it. */
    Map<String, Object> referral(String opportunity) {
        return stage.partnerCenter.referral(stage.link(opportunity).referralId());
    }

    Object inReferral(String opportunity, String... path) {
        return stage.at(referral(opportunity), path);
    }

    double dealValue(String opportunity) {
        return ((Number) inReferral(opportunity, "details", "dealValue")).doubleValue();
    }

    /** Ids of the solutions of an opportunity's referral. */
    List<String> solutions(String opportunity) {
        List<?> solutions = (List<?>) inReferral(opportunity, "details", "requirements", "solutions");
        return solutions.stream().map(solution -> (String) ((Map<?, ?>) solution).get("id")).toList();
    }

    /** The own referrals that name this record. */
    List<Map<String, Object>> referralsOf(String opportunity) {
        return stage.partnerCenter.referrals().stream().filter(referral -> opportunity.equals(referral.get("externalReferenceId"))).toList();
    }

    /** Microsoft's referrals in the engagement of an opportunity. */
    List<Map<String, Object>> invitationsOf(String opportunity) {
        return stage.partnerCenter.microsoftReferrals().stream()
            .filter(referral -> Objects.equals(referral.get("engagementId"), stage.link(opportunity).engagementId())).toList();
    }

    /** Entries of a deal's journal of one kind, as text. */
    List<String> journal(String opportunity, String kind) {
        return stage.journal(opportunity).stream().filter(entry -> kind.equals(entry.get("kind"))).map(String::valueOf).toList();
    }

    /** Waits until all that the CRM knows now was asked for and worked off: two more polls of each table, and no lane with a mark. */
    void noticed() {
        stage.polls(2);
        stage.settled();
    }

    /** Writes to Partner Center's referrals so far. */
    long writesToPartnerCenter() {
        return stage.partnerCenter.count(call -> call.isWrite() && call.path().contains("/referrals"));
    }

    /** Rows the connector wrote in the CRM so far. */
    long writesToCrm() {
        return stage.system.history().stream().filter(change -> change.user().equals(stage.seller.connectorUser()))
            .count();
    }

    /** The next invitation of Microsoft is made, and its answer lost. */
    static Fault answerOfInvitationLost() {
        return new Fault(request -> request.method().equals("POST") && request.path().contains("/referrals")
            && request.text().contains("\"msft\""), Fault.When.AFTER, null);
    }

    /** The next answer of this kind is a failure that passes. */
    static Fault unavailable(String method, String part) {
        return Fault.instead(method, part, Reply.json(503, Map.of("error", Map.of("code", "unavailable", "message", "Try later."))));
    }
}
