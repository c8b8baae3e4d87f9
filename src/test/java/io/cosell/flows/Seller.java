package io.cosell.flows;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a seller in the CRM does and sees, for the tests of the direction from the CRM to Partner Center. */
final class Seller {

    static final String SYNC = "msft_microsoftpartnercenterreferralsync";
    static final String HELP = "msft_microsoftpartnercenterhelp";
    static final String VISIBLE = "msft_microsoftpartnercenterreferralvisible";
    static final String IDENTIFIER = "msft_microsoftpartnercenterreferralidentifier";
    static final String LINK = "msft_microsoftpartnercenterreferrallink";
    static final String AUDIT = "msft_microsoftpartnercenterreferralsyncaudit";
    static final int WORKLOAD = 299600000;
    static final int GENERAL = 299600005;

    private final Stage stage;

    Seller(Stage stage) {
        this.stage = stage;
    }

    void changes(String opportunity, String column, Object value) {
        Map<String, Object> change = new HashMap<>();
        change.put(column, value);
        stage.crm.update("opportunity", opportunity, change);
    }

    String name(String opportunity) {
        return (String) stage.opportunityRow(opportunity).get("name");
    }

    String audit(String opportunity) {
        return Objects.requireNonNullElse((String) stage.opportunityRow(opportunity).get(AUDIT), "");
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
        for (String table : List.of("/opportunities?", "/leads?", "/msft_microsoftsolutions?")) {
            Predicate<Call> poll = call -> call.method().equals("GET") && call.path().contains(table) && call.status() == 200
                && call.kind() == CallKind.CHANGES;
            long before = stage.crm.count(poll);
            stage.eventually(() -> stage.crm.count(poll) >= before + 2);
        }
        stage.settled();
    }

    /** Writes to Partner Center's referrals so far. */
    long writesToPartnerCenter() {
        return stage.partnerCenter.count(call -> call.isWrite() && call.path().contains("/referrals"));
    }

    /** Rows the connector wrote in the CRM so far. */
    long writesToCrm() {
        return stage.crm.history().stream().filter(change -> change.user().equals(DataverseSandbox.APPLICATION_USER))
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
