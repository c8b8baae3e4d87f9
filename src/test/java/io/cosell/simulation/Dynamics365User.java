package io.cosell.simulation;

import static io.cosell.simulation.Sight.text;

import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A seller in Dynamics 365. */
final class Dynamics365User implements CrmUser {

    private static final String OPPORTUNITY = "opportunity";
    private static final String LEAD = "lead";
    private static final String SYNC = "msft_microsoftpartnercenterreferralsync";
    private static final String VISIBLE = "msft_microsoftpartnercenterreferralvisible";
    private static final String IDENTIFIER = "msft_microsoftpartnercenterreferralidentifier";
    private static final int OUT_SOLD = 5;
    private static final int CANNOT_CONTACT = 5;
    private static final int TECHNICAL_ARCHITECTURE = 299600001;
    private static final List<String> OPPORTUNITY_STATES = List.of("Active", "Won", "Not won");
    private static final List<String> LEAD_STATES = List.of("New", "Active", "Not won");

    private final DataverseSandbox crm;

    Dynamics365User(DataverseSandbox crm) {
        this.crm = crm;
    }

    @Override
    public SandboxSystem system() {
        return crm;
    }

    @Override
    public List<String> tables() {
        return List.of(OPPORTUNITY, LEAD, "solution");
    }

    @Override
    public void makesDeal(String name, int amount, LocalDate closing, List<String> solutions, boolean shared) {
        String account = crm.create("account", Map.of("name", "Customer of " + name, "address1_line1", "1 Main Street",
            "address1_city", "Redmond", "address1_postalcode", "98052", "address1_country", "US"));
        String contact = crm.create("contact", Map.of("firstname", "Carla", "lastname", "Customer", "emailaddress1",
            "carla@customer.example", "telephone1", "2065550199", "parentcustomerid_account@odata.bind", "/accounts(" + account + ")"));
        Map<String, Object> columns = new HashMap<>();
        columns.put("name", name);
        columns.put("description", "Notes on " + name);
        columns.put("estimatedvalue", amount);
        columns.put("estimatedclosedate", closing.toString());
        columns.put("customerid_account@odata.bind", "/accounts(" + account + ")");
        columns.put("parentcontactid@odata.bind", "/contacts(" + contact + ")");
        columns.put("transactioncurrencyid@odata.bind", "/transactioncurrencies(" + currencies().entrySet().stream()
            .filter(currency -> currency.getValue().equals("USD")).findFirst().orElseThrow().getKey() + ")");
        String id = crm.create(OPPORTUNITY, columns);
        solutions.forEach(solution -> addSolution(id, solution));
        if (shared) {
            crm.update(OPPORTUNITY, id, Map.of(SYNC, true));
        }
    }

    private Map<String, String> currencies() {
        return crm.rows("transactioncurrency").stream().collect(Collectors.toMap(row -> (String) row.get("transactioncurrencyid"),
            row -> (String) row.get("isocurrencycode")));
    }

    @Override
    public void edits(Sight record, String field, String value) {
        boolean lead = record.kind().equals(LEAD);
        switch (field) {
            case Sight.NAME -> set(record, lead ? "subject" : "name", value);
            case Sight.VALUE -> set(record, lead ? "estimatedamount" : "estimatedvalue", value.isEmpty() ? null : new BigDecimal(value));
            case Sight.CLOSING -> set(record, "estimatedclosedate", value);
            case Sight.NOTES -> set(record, "description", value);
            default -> throw new IllegalArgumentException(field);
        }
    }

    private void set(Sight record, String column, Object value) {
        Map<String, Object> columns = new HashMap<>();
        columns.put(column, value);
        crm.update(record.kind(), record.id(), columns);
    }

    @Override
    public void sharesWithPartnerCenter(Sight record, boolean on) {
        set(record, SYNC, on);
    }

    @Override
    public void asksForHelp(Sight record) {
        set(record, "msft_microsoftpartnercenterhelp", TECHNICAL_ARCHITECTURE);
    }

    @Override
    public void makesVisible(Sight record, boolean on) {
        set(record, VISIBLE, on);
    }

    @Override
    public void addsSolution(Sight record, String solution) {
        addSolution(record.id(), solution);
    }

    private void addSolution(String opportunity, String solution) {
        String detail = details().entrySet().stream().filter(known -> known.getValue().equals(solution)).map(Map.Entry::getKey).findFirst()
            .orElseGet(() -> crm.create("msft_microsoftsolutiondetail",
                Map.of("msft_solutionidentifier", solution, "msft_solutionname", "Solution " + solution)));
        crm.create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + opportunity + ")",
            "msft_SolutionDetailId@odata.bind", "/msft_microsoftsolutiondetails(" + detail + ")"));
    }

    private Map<String, String> details() {
        return crm.rows("msft_microsoftsolutiondetail").stream().collect(Collectors.toMap(
            row -> (String) row.get("msft_microsoftsolutiondetailid"), row -> (String) row.get("msft_solutionidentifier")));
    }

    @Override
    public void removesSolution(Sight record, String solution) {
        Map<String, String> details = details();
        crm.rows("msft_microsoftsolution").stream().filter(row -> record.id().equals(row.get("_msft_opportunityid_value")))
            .filter(row -> solution.equals(details.get(row.get("_msft_solutiondetailid_value"))))
            .forEach(row -> crm.delete("msft_microsoftsolution", (String) row.get("msft_microsoftsolutionid")));
    }

    @Override
    public void wins(Sight record) {
        crm.winOpportunity(record.id());
    }

    @Override
    public void loses(Sight record) {
        crm.loseOpportunity(record.id(), OUT_SOLD);
    }

    @Override
    public void reopens(Sight record) {
        crm.reopenOpportunity(record.id());
    }

    @Override
    public void qualifies(Sight record) {
        crm.qualifyLead(record.id());
    }

    @Override
    public void disqualifies(Sight record) {
        crm.disqualifyLead(record.id(), CANNOT_CONTACT);
    }

    @Override
    public void deletes(Sight record) {
        crm.delete(record.kind(), record.id());
    }

    @Override
    public List<Sight> records() {
        Map<String, String> currencies = currencies();
        Map<String, String> details = details();
        List<Map<String, Object>> solutions = crm.rows("msft_microsoftsolution");
        Map<Object, Map<String, Object>> leads = new HashMap<>();
        List<Sight> records = new ArrayList<>();
        for (Map<String, Object> row : crm.rows(LEAD)) {
            leads.put(row.get("leadid"), row);
            if (row.get("_qualifyingopportunityid_value") == null) {
                records.add(sight(row, LEAD, "subject", "estimatedamount", LEAD_STATES, currencies, null));
            }
        }
        for (Map<String, Object> row : crm.rows(OPPORTUNITY)) {
            Sight seen = sight(row, OPPORTUNITY, "name", "estimatedvalue", OPPORTUNITY_STATES, currencies,
                leads.get(row.get("_originatingleadid_value")));
            solutions.stream().filter(solution -> seen.id().equals(solution.get("_msft_opportunityid_value"))).forEach(solution ->
                seen.fields().merge(Sight.SOLUTION + details.get(solution.get("_msft_solutiondetailid_value")), "yes", (one, two) -> "twice"));
            records.add(seen);
        }
        return records;
    }

    private static Sight sight(Map<String, Object> row, String kind, String name, String amount, List<String> states,
                               Map<String, String> currencies, Map<String, Object> lead) {
        Map<String, String> fields = new TreeMap<>();
        fields.put(Sight.NAME, text(row.get(name)).replaceFirst("^([✔✖] ?)+", ""));
        fields.put(Sight.VALUE, Sight.money((BigDecimal) row.get(amount), currencies.get(row.get("_transactioncurrencyid_value"))));
        fields.put(Sight.CLOSING, text(row.get("estimatedclosedate")));
        fields.put(Sight.NOTES, text(row.get("description")));
        fields.put(Sight.STATUS, states.get((Integer) row.get("statecode")));
        fields.put(Sight.VISIBLE, String.valueOf(Boolean.TRUE.equals(row.get(VISIBLE))));
        fields.put(Sight.MSX, text(row.get("msft_microsoftcrmidentifier")));
        String id = (String) row.get(kind + "id");
        Object carried = row.get(IDENTIFIER) != null || lead == null ? row.get(IDENTIFIER) : lead.get(IDENTIFIER);
        boolean shared = Boolean.TRUE.equals(row.get(SYNC)) || lead != null && row.get(IDENTIFIER) == null;
        return new Sight(id, lead == null ? id : (String) lead.get("leadid"), (String) carried, kind, shared, fields);
    }

    @Override
    public void endSessions() {
        crm.revokeTokens();
    }
}
