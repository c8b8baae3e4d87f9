package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Deal;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A seller in the CRM of the demo: does what sellers do, and sees what they see. Knows the columns so that the story need not. */
public final class DemoSeller {

    private static final String OPPORTUNITY = "opportunity";
    private static final String LEAD = "lead";
    private static final String MARK = "^([✔✖] ?)+";
    private static final int CUSTOMER_TECHNICAL_ARCHITECTURE = 299600001;
    private static final int NO_LONGER_INTERESTED = 6;
    private static final List<String> OPPORTUNITY_STATUS = List.of("Active/Accepted", "Closed/Won", "Closed/Lost");
    private static final List<String> LEAD_STATUS = List.of("New/Pending", "Active/Accepted", "Closed/Declined");

    private final DataverseSandbox crm;

    /** A seller who works in this CRM. */
    public DemoSeller(DataverseSandbox crm) {
        this.crm = crm;
    }

    /**
     * A record of the CRM that is shared, or was made from a referral.
     *
     * @param id         the record
     * @param kind       opportunity or lead
     * @param referralId referral identifier in the record, null if it is empty
     * @param marked     whether its name carries a check mark
     * @param msxId      Microsoft CRM identifier in the record, null if it is empty
     * @param audit      audit text, newest line first
     * @param deal       what it says
     */
    public record SharedRecord(String id, String kind, String referralId, boolean marked, String msxId, String audit, Deal deal) {
    }

    /** Makes a customer with a contact and an opportunity with this name, value, currency, date, notes and solutions; not shared yet. */
    public String makesOpportunity(String customer, Deal deal) {
        String account = crm.create("account", Map.of("name", customer, "address1_line1", "1 Harbour Road", "address1_city", "Seattle",
            "address1_stateorprovince", "WA", "address1_postalcode", "98101", "address1_country", "US"));
        String contact = crm.create("contact", Map.of("firstname", "Sue", "lastname", "Smith", "emailaddress1", "sue.smith@fabrikam.com",
            "telephone1", "2065550101", "parentcustomerid_account@odata.bind", "/accounts(" + account + ")"));
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("name", deal.name());
        columns.put("estimatedvalue", deal.value());
        columns.put("transactioncurrencyid@odata.bind", "/transactioncurrencies(" + currency(deal.currency()) + ")");
        columns.put("estimatedclosedate", deal.closing().toString());
        columns.put("description", deal.notes());
        columns.put("customerid_account@odata.bind", "/accounts(" + account + ")");
        columns.put("parentcontactid@odata.bind", "/contacts(" + contact + ")");
        String opportunity = crm.create(OPPORTUNITY, columns);
        deal.solutions().forEach(solution -> addsSolution(opportunity, solution));
        return opportunity;
    }

    private String currency(String code) {
        return crm.rows("transactioncurrency").stream().filter(row -> code.equals(row.get("isocurrencycode")))
            .map(row -> (String) row.get("transactioncurrencyid")).findFirst().orElseThrow();
    }

    /** Answers "How can Microsoft help?" with customer technical architecture. */
    public void asksForHelp(String opportunity) {
        crm.update(OPPORTUNITY, opportunity, Map.of("msft_microsoftpartnercenterhelp", CUSTOMER_TECHNICAL_ARCHITECTURE));
    }

    /** Sets Sync with Partner Center to Yes. */
    public void shares(String opportunity) {
        crm.update(OPPORTUNITY, opportunity, Map.of("msft_microsoftpartnercenterreferralsync", true));
    }

    /** Adds one of the solutions that the CRM lists. */
    public void addsSolution(String opportunity, String solution) {
        String detail = crm.rows("msft_microsoftsolutiondetail").stream()
            .filter(row -> solution.equals(row.get("msft_solutionidentifier")))
            .map(row -> (String) row.get("msft_microsoftsolutiondetailid")).findFirst().orElseThrow();
        crm.create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + opportunity + ")",
            "msft_SolutionDetailId@odata.bind", "/msft_microsoftsolutiondetails(" + detail + ")"));
    }

    public void changesValue(String opportunity, BigDecimal value) {
        crm.update(OPPORTUNITY, opportunity, Map.of("estimatedvalue", value));
    }

    public void changesNotes(String opportunity, String notes) {
        crm.update(OPPORTUNITY, opportunity, Map.of("description", notes));
    }

    /** Closes an opportunity as won. */
    public void wins(String opportunity) {
        crm.winOpportunity(opportunity);
    }

    /** Qualifies a lead; returns the opportunity it becomes. */
    public String qualifies(String lead) {
        return crm.qualifyLead(lead);
    }

    /** Disqualifies a lead whose customer is no longer interested. */
    public void disqualifies(String lead) {
        crm.disqualifyLead(lead, NO_LONGER_INTERESTED);
    }

    /** Every record that has to do with Partner Center, opportunities first. A qualified lead is seen as its opportunity alone. */
    public List<SharedRecord> sharedRecords() {
        Stream<SharedRecord> opportunities = crm.rows(OPPORTUNITY).stream().filter(DemoSeller::isShared)
            .map(row -> shared(row, OPPORTUNITY, "opportunityid", opportunity(row)));
        Stream<SharedRecord> leads = crm.rows(LEAD).stream().filter(DemoSeller::isShared)
            .filter(row -> row.get("_qualifyingopportunityid_value") == null)
            .map(row -> shared(row, LEAD, "leadid", lead(row)));
        return Stream.concat(opportunities, leads).toList();
    }

    private static boolean isShared(Map<String, Object> row) {
        return Boolean.TRUE.equals(row.get("msft_microsoftpartnercenterreferralsync"))
            || row.get("msft_microsoftpartnercenterreferralidentifier") != null;
    }

    private static SharedRecord shared(Map<String, Object> row, String kind, String key, Deal deal) {
        String name = (String) row.get(kind.equals(LEAD) ? "subject" : "name");
        String audit = (String) row.get("msft_microsoftpartnercenterreferralsyncaudit");
        return new SharedRecord((String) row.get(key), kind, (String) row.get("msft_microsoftpartnercenterreferralidentifier"),
            name != null && name.startsWith("✔"), (String) row.get("msft_microsoftcrmidentifier"), audit == null ? "" : audit, deal);
    }

    private Deal opportunity(Map<String, Object> row) {
        return new Deal(withoutMark((String) row.get("name")), (BigDecimal) row.get("estimatedvalue"), currencyCode(row),
            date(row), (String) row.get("description"), OPPORTUNITY_STATUS.get((Integer) row.get("statecode")),
            solutions((String) row.get("opportunityid")));
    }

    private Deal lead(Map<String, Object> row) {
        return new Deal(withoutMark((String) row.get("subject")), (BigDecimal) row.get("estimatedamount"), currencyCode(row), date(row),
            (String) row.get("description"), LEAD_STATUS.get((Integer) row.get("statecode")), null);
    }

    private static String withoutMark(String name) {
        return name == null ? "" : name.replaceFirst(MARK, "");
    }

    private String currencyCode(Map<String, Object> row) {
        String currency = (String) row.get("_transactioncurrencyid_value");
        return currency == null ? null : (String) crm.row("transactioncurrency", currency).get("isocurrencycode");
    }

    private static LocalDate date(Map<String, Object> row) {
        String date = (String) row.get("estimatedclosedate");
        return date == null ? null : LocalDate.parse(date);
    }

    private List<String> solutions(String opportunity) {
        return crm.rows("msft_microsoftsolution").stream().filter(row -> opportunity.equals(row.get("_msft_opportunityid_value")))
            .map(row -> (String) crm.row("msft_microsoftsolutiondetail", (String) row.get("_msft_solutiondetailid_value"))
                .get("msft_solutionidentifier"))
            .toList();
    }
}
