package io.cosell.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.Connector;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.cosell.store.Standing;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** The story that the demo plays: people act on one side, and each step ends when the other side shows it. */
final class Story {

    private static final String SOLUTION = "SOL-34104-EBB";
    private static final String SECOND_SOLUTION = "SOL-15974-MQF";

    private final Connector connector;
    private final PartnerCenterSandbox partnerCenter;
    private final Sandboxes sandboxes;
    private final Crm crm;
    private final CrmSeller seller;
    private final Narrator tell;
    private final LocalDate closing;
    /** The deals of the story, as they come up: their referrals. */
    private String coldChain;
    private String fleet;
    private String robots;

    Story(Sandboxes sandboxes, Crm crm, Connector connector, Narrator narrator) {
        this.sandboxes = sandboxes;
        this.crm = crm;
        this.connector = connector;
        this.tell = narrator;
        partnerCenter = sandboxes.partnerCenter();
        seller = crm.seller(sandboxes);
        closing = LocalDate.ofInstant(sandboxes.clock().instant(), ZoneOffset.UTC).plusMonths(6).withDayOfMonth(1);
    }

    /** Plays all steps. */
    void play() {
        madeInTheCrm();
        madeInPartnerCenter();
        offeredAndAccepted();
        offeredAndDeclined();
        changedOnBothSides();
        conflict();
        solutionAdded();
        microsoftAccepts();
        won();
    }

    private void madeInTheCrm() {
        tell.step("A deal is made in the CRM and shared with Microsoft");
        tell.says("Sam, a seller, enters \"Fabrikam cold chain\" over 50,000.00 USD with one solution, asks for Microsoft's help,"
            + " and sets Sync with Partner Center to Yes.");
        String opportunity = seller.makesOpportunity("Fabrikam Inc", new Deal("Fabrikam cold chain", new BigDecimal(50000), "USD", closing,
            "Every delivery has to prove its temperature.", "", List.of(SOLUTION)));
        seller.edits(opportunity, DealField.HELP, "CustomerTechnicalArchitecture");
        seller.shares(opportunity);
        inStep("the record has a referral and Microsoft is invited", () -> record(opportunity).referralId() != null
            && record(opportunity).isMarked() && partnerCenter.microsoftReferrals().size() == 1);
        coldChain = record(opportunity).referralId();
        tell.says("The deal is in Partner Center, Microsoft is invited, and the record carries its referral identifier and a check mark.");
    }

    private void madeInPartnerCenter() {
        tell.step("A deal is made in Partner Center by the partner");
        tell.says("Pat, who works in Partner Center, enters \"Adventure Works fleet\" over 48,000.50 EUR.");
        Map<String, Object> referral = ExampleReferrals.outbound();
        referral.put("type", "Independent");
        referral.remove("inviteContext");
        fleet = partnerCenter.partnerCreates(named(referral, "Adventure Works fleet"));
        inStep("the CRM shows the deal", () -> record(fleet).kind().equals("opportunity"));
        tell.says("It stands among the open opportunities of the CRM, with account, contact and solution; the referral knows its record.");
    }

    private void offeredAndAccepted() {
        CrmSeller.Offers offers = seller.offers();
        tell.step("Microsoft offers a deal; the seller accepts it");
        tell.says("Microsoft offers \"Tailspin warehouse robots\". Until it is answered it is " + offers.name() + " in the CRM.");
        robots = partnerCenter.microsoftInvites(named(ExampleReferrals.inbound(), "Tailspin warehouse robots"));
        inStep("the CRM shows " + offers.name(), () -> record(robots).status().equals("New/Pending"));
        tell.says("Sam " + offers.accepted() + ".");
        seller.accepts(record(robots).id());
        inStep("the referral is accepted", () -> record(robots).kind().equals("opportunity") && status(robots).equals("Active/Accepted"));
        tell.says("The referral is Active/Accepted, and its record is now the opportunity.");
    }

    private void offeredAndDeclined() {
        CrmSeller.Offers offers = seller.offers();
        tell.step("Microsoft offers another deal; the seller declines it");
        tell.says("Microsoft offers \"Northwind paper archive\".");
        String archive = partnerCenter.microsoftInvites(named(ExampleReferrals.inbound(), "Northwind paper archive"));
        inStep("the CRM shows " + offers.name(), () -> record(archive).status().equals("New/Pending"));
        tell.says("Sam " + offers.declined() + ".");
        seller.declines(record(archive).id());
        inStep("the referral is declined", () -> status(archive).equals("Closed/Declined"));
        tell.says("The referral is Closed/Declined.");
    }

    private void changedOnBothSides() {
        tell.step("Both sides change the same deal at once, in different fields");
        LocalDate later = closing.plusMonths(2);
        String notes = "Every delivery has to prove its temperature, from the plant to the shop.";
        tell.says("Pat moves the closing date to " + later + " in Partner Center while Sam rewrites the notes in the CRM."
            + " The event of Pat's change is held back until both are done.");
        atOnce(() -> partnerCenter.partnerEdits(coldChain, Map.of("/details/closingDateTime", later + "T00:00:00Z")),
            () -> seller.edits(record(coldChain).id(), DealField.NOTES, notes));
        inStep("both changes are on both sides", () -> deal(coldChain).notes().equals(notes) && deal(coldChain).closing().equals(later));
        tell.says("Both changes are on both sides; none was lost.");
    }

    private void conflict() {
        tell.step("Both sides change the same field at once: a conflict");
        tell.says("Pat sets the value of \"Adventure Works fleet\" to 52,000.00 EUR, Sam to 60,000.00 EUR.");
        atOnce(() -> partnerCenter.partnerEdits(fleet, Map.of("/details/dealValue", 52000)),
            () -> seller.edits(record(fleet).id(), DealField.VALUE, new BigDecimal(60000)));
        inStep("one value is on both sides and the other in the journal", () -> conflicts(fleet).size() == 1);
        Map<String, Object> entry = conflicts(fleet).get(0);
        Deal now = deal(fleet);
        tell.says("Both sides now say " + Comparison.amount(now.value(), now.currency()) + ". From the journal:");
        tell.says("\"" + entry.get("reason") + "\" The value that lost: " + money((String) entry.get("old_value")) + ".");
    }

    private void solutionAdded() {
        tell.step("A second solution is added in the CRM");
        tell.says("Sam adds " + SECOND_SOLUTION + " to \"Fabrikam cold chain\".");
        seller.addsSolution(record(coldChain).id(), SECOND_SOLUTION);
        inStep("the referral has both solutions", () -> deal(coldChain).solutions().equals(List.of(SECOND_SOLUTION, SOLUTION)));
        tell.says("The referral names both solutions.");
    }

    private void microsoftAccepts() {
        tell.step("Microsoft accepts the deal it was invited to");
        tell.says("Maria Lopez of Microsoft accepts \"Fabrikam cold chain\".");
        partnerCenter.microsoftAccepts((String) partnerCenter.referral(coldChain).get("engagementId"), "7-3F9KQ2LMXA",
            List.of(Map.of("firstName", "Maria", "lastName", "Lopez", "phoneNumber", "4255550123",
                "email", "maria.lopez@microsoft.example")));
        inStep("the record names Microsoft's identifier and seller", () -> "7-3F9KQ2LMXA".equals(record(coldChain).text(DealField.MSX_ID))
            && record(coldChain).text(DealField.AUDIT).contains("Maria Lopez"));
        tell.says("Microsoft CRM identifier in the record: " + record(coldChain).text(DealField.MSX_ID) + ". Audit of the record, newest line:");
        tell.says(record(coldChain).text(DealField.AUDIT).lines().findFirst().orElse(""));
    }

    private void won() {
        tell.step("The deal is won in the CRM");
        tell.says("Sam closes \"Fabrikam cold chain\" as won. (The grace period before that goes out is 0 seconds here.)");
        seller.wins(record(coldChain).id());
        inStep("the referral is won", () -> status(coldChain).equals("Closed/Won"));
        tell.says("The referral is Closed/Won.");
    }

    /** The name of a deal and a closing date that is never in the past. */
    private Map<String, Object> named(Map<String, Object> referral, String name) {
        Map<String, Object> named = new LinkedHashMap<>(referral);
        named.put("name", name);
        @SuppressWarnings("unchecked")
        Map<String, Object> details = new LinkedHashMap<>((Map<String, Object>) referral.get("details"));
        details.put("closingDateTime", closing + "T00:00:00Z");
        named.put("details", details);
        return named;
    }

    /** Two people change a deal before the connector can hear of either: first in Partner Center, whose events wait meanwhile. */
    private void atOnce(Runnable inPartnerCenter, Runnable inTheCrm) {
        partnerCenter.holdWebhooks(true);
        try {
            inPartnerCenter.run();
            inTheCrm.run();
        } finally {
            partnerCenter.holdWebhooks(false);
        }
    }

    /** Waits until something holds, the deals are equal on both sides, and the connector has nothing left to do. */
    private void inStep(String what, Callable<Boolean> condition) {
        tell.until(what, () -> condition.call() && isIdle() && Comparison.of(sandboxes, crm).isEqual());
    }

    /** Whether every event is delivered and no lane has work. */
    boolean isIdle() {
        return partnerCenter.deliveries().stream().noneMatch(delivery -> delivery.state() == Delivery.State.WAITING)
            && connector.store().markedLinks().isEmpty();
    }

    /** How the deals stand, for a step that does not end: what differs, and what the connector says about them. */
    static List<String> state(Sandboxes sandboxes, Crm crm, Connector connector) {
        List<String> lines = new ArrayList<>();
        Comparison.of(sandboxes, crm).differences().forEach((name, differences) ->
            differences.forEach(difference -> lines.add("\"" + name + "\" " + difference)));
        for (Standing link : connector.store().standings()) {
            lines.add("In the connector's books: referral " + link.referralId() + " with " + link.recordKind() + " " + link.recordId()
                + " is " + link.state() + (link.marked() ? " and has work to do" : "") + "."
                + (link.reason() == null ? "" : " " + link.reason()));
        }
        return lines.isEmpty() ? List.of("The connector knows of no deal.") : lines;
    }

    /** The record with this id, or of the referral with this id. */
    private CrmRecord record(String id) {
        return seller.sharedRecords().stream().filter(record -> id.equals(record.id()) || id.equals(record.referralId())).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("The CRM has no shared record for " + id + "."));
    }

    private Deal deal(String referralId) {
        return Comparison.deal(partnerCenter.referral(referralId));
    }

    private String status(String referralId) {
        return deal(referralId).status();
    }

    private List<Map<String, Object>> conflicts(String anyId) {
        return connector.store().find(anyId).map(link -> connector.store().journalOf(link.id())).orElse(List.of()).stream()
            .filter(entry -> "conflict".equals(entry.get("kind"))).toList();
    }

    /** The journal keeps amount and currency together, as members of one object. */
    private static String money(String kept) {
        try {
            JsonNode value = SandboxSystem.JSON.readTree(kept);
            return Comparison.amount(value.findValue("dealValue").decimalValue(), value.findValue("currency").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The journal keeps an amount that can't be read: " + kept, e);
        }
    }
}
