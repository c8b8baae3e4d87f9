package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Person;
import io.cosell.sandbox.SandboxSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A seller in Dynamics 365. Knows the columns so that nobody else need. */
public final class DataverseSeller implements CrmSeller {

    private static final String OPPORTUNITY = "opportunity";
    private static final String LEAD = "lead";
    private static final String SOLUTION = "msft_microsoftsolution";
    private static final String DETAIL = "msft_microsoftsolutiondetail";
    private static final String LEAD_OF_OPPORTUNITY = "_originatingleadid_value";
    private static final List<String> OPPORTUNITY_STATUS = List.of("Active/Accepted", "Closed/Won", "Closed/Lost");
    private static final List<String> LEAD_STATUS = List.of("New/Pending", "Active/Accepted", "Closed/Declined");
    private static final Map<String, Integer> LOST = ordered("Canceled", 4, "Out-Sold", 5);
    private static final Map<String, Integer> DISQUALIFIED = ordered("Lost", 4, "Cannot contact", 5, "No longer interested", 6, "Canceled", 7);
    private static final int FIRST_HELP = 299600000;
    private static final List<String> HELP = List.of("WorkloadSpecificValueProposition", "CustomerTechnicalArchitecture",
        "ProofOfConceptOrDemo", "QuotesOrLicensing", "PostSalesCustomerSuccess", "GeneralOrOther");
    private static final Map<String, String> SETS = Map.of("opportunities", OPPORTUNITY, "leads", LEAD, "msft_microsoftsolutions", SOLUTION);

    /** Columns whose values are the same for everybody; those of leads that have other names come after. */
    private static final Map<DealField, String> COLUMNS = new EnumMap<>(Map.of(DealField.NAME, "name", DealField.VALUE, "estimatedvalue",
        DealField.CLOSING, "estimatedclosedate", DealField.NOTES, "description",
        DealField.VISIBLE, "msft_microsoftpartnercenterreferralvisible", DealField.SYNC, "msft_microsoftpartnercenterreferralsync",
        DealField.IDENTIFIER, "msft_microsoftpartnercenterreferralidentifier",
        DealField.LINK, "msft_microsoftpartnercenterreferrallink", DealField.MSX_ID, "msft_microsoftcrmidentifier",
        DealField.AUDIT, "msft_microsoftpartnercenterreferralsyncaudit"));
    private static final Map<DealField, String> LEAD_COLUMNS = Map.of(DealField.NAME, "subject", DealField.VALUE, "estimatedamount");

    private final DataverseSandbox crm;

    /** A seller who works in this CRM. */
    public DataverseSeller(DataverseSandbox crm) {
        this.crm = crm;
    }

    private static Map<String, Integer> ordered(Object... namesAndNumbers) {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            map.put((String) namesAndNumbers[i], (Integer) namesAndNumbers[i + 1]);
        }
        return map;
    }

    @Override
    public SandboxSystem system() {
        return crm;
    }

    // ---- customers

    @Override
    public String makesAccount(Customer customer) {
        return crm.create("account", columns(customer));
    }

    @Override
    public void editsAccount(String account, Customer customer) {
        crm.update("account", account, columns(customer));
    }

    private static Map<String, Object> columns(Customer customer) {
        Map<String, Object> columns = new HashMap<>();
        columns.put("name", customer.name());
        columns.put("address1_line1", customer.street());
        columns.put("address1_city", customer.city());
        columns.put("address1_stateorprovince", customer.state());
        columns.put("address1_postalcode", customer.postalCode());
        columns.put("address1_country", customer.country());
        return columns;
    }

    @Override
    public String makesContact(String account, Person person) {
        Map<String, Object> columns = new HashMap<>();
        columns.put("firstname", person.firstName());
        columns.put("lastname", person.lastName());
        columns.put("emailaddress1", person.email());
        columns.put("telephone1", person.phone());
        if (account != null) {
            columns.put("parentcustomerid_account@odata.bind", "/accounts(" + account + ")");
        }
        return crm.create("contact", columns);
    }

    @Override
    public Customer account(String account) {
        return customer(crm.row("account", account), "name");
    }

    @Override
    public Customer customer(String lead) {
        return customer(crm.row(LEAD, lead), "companyname");
    }

    private static Customer customer(Map<String, Object> row, String name) {
        return new Customer((String) row.get(name), (String) row.get("address1_line1"), (String) row.get("address1_city"),
            (String) row.get("address1_stateorprovince"), (String) row.get("address1_postalcode"), (String) row.get("address1_country"));
    }

    @Override
    public Person contact(String contact) {
        return person(crm.row("contact", contact));
    }

    @Override
    public Person person(String lead) {
        return person(crm.row(LEAD, lead));
    }

    private static Person person(Map<String, Object> row) {
        return new Person((String) row.get("firstname"), (String) row.get("lastname"), (String) row.get("emailaddress1"),
            (String) row.get("telephone1"));
    }

    @Override
    public List<String> accountsNamed(String name) {
        return crm.rows("account").stream().filter(row -> name.equals(row.get("name"))).map(row -> (String) row.get("accountid")).toList();
    }

    @Override
    public int contacts() {
        return crm.rows("contact").size();
    }

    // ---- deals

    @Override
    public String makesOpportunity(Map<DealField, ?> values) {
        return crm.create(OPPORTUNITY, columns(OPPORTUNITY, values));
    }

    @Override
    public boolean mayBeEmpty(DealField field) {
        return field != DealField.NAME;
    }

    @Override
    public void edits(String id, Map<DealField, ?> values) {
        String kind = kind(id);
        crm.update(kind, id, columns(kind, values));
    }

    private String kind(String id) {
        return crm.row(OPPORTUNITY, id) != null ? OPPORTUNITY : LEAD;
    }

    private Map<String, Object> columns(String kind, Map<DealField, ?> values) {
        Map<String, Object> columns = new LinkedHashMap<>();
        values.forEach((field, value) -> {
            switch (field) {
                case CURRENCY -> columns.put("transactioncurrencyid@odata.bind",
                    value == null ? null : "/transactioncurrencies(" + currency((String) value) + ")");
                case ACCOUNT -> columns.put("customerid_account@odata.bind", value == null ? null : "/accounts(" + value + ")");
                case CONTACT -> columns.put("parentcontactid@odata.bind", value == null ? null : "/contacts(" + value + ")");
                case HELP -> columns.put("msft_microsoftpartnercenterhelp", value == null ? null : FIRST_HELP + HELP.indexOf(value));
                default -> columns.put(column(kind, field), value);
            }
        });
        return columns;
    }

    private static String column(String kind, DealField field) {
        return kind.equals(LEAD) && LEAD_COLUMNS.containsKey(field) ? LEAD_COLUMNS.get(field) : COLUMNS.get(field);
    }

    private String currency(String code) {
        return crm.rows("transactioncurrency").stream().filter(row -> code.equals(row.get("isocurrencycode")))
            .map(row -> (String) row.get("transactioncurrencyid")).findFirst().orElseThrow();
    }

    @Override
    public void addsSolution(String opportunity, String solution) {
        String detail = crm.rows(DETAIL).stream().filter(row -> solution.equals(row.get("msft_solutionidentifier")))
            .map(row -> (String) row.get("msft_microsoftsolutiondetailid")).findFirst()
            .orElseGet(() -> crm.create(DETAIL, Map.of("msft_solutionidentifier", solution, "msft_solutionname", "Solution " + solution)));
        crm.create(SOLUTION, Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + opportunity + ")",
            "msft_SolutionDetailId@odata.bind", "/msft_microsoftsolutiondetails(" + detail + ")"));
    }

    @Override
    public void removesSolution(String opportunity, String solution) {
        solutionRows(opportunity).stream().filter(row -> solution.equals(identifier(row))).forEach(this::delete);
    }

    private List<Map<String, Object>> solutionRows(String opportunity) {
        return crm.rows(SOLUTION).stream().filter(row -> opportunity.equals(row.get("_msft_opportunityid_value"))).toList();
    }

    private String identifier(Map<String, Object> solution) {
        return (String) crm.row(DETAIL, (String) solution.get("_msft_solutiondetailid_value")).get("msft_solutionidentifier");
    }

    private void delete(Map<String, Object> solution) {
        crm.delete(SOLUTION, (String) solution.get("msft_microsoftsolutionid"));
    }

    @Override
    public boolean lastSolutionSwitchesOff() {
        return false;
    }

    @Override
    public List<String> listed(String solution) {
        return crm.rows(DETAIL).stream().filter(row -> solution.equals(row.get("msft_solutionidentifier")))
            .map(row -> (String) row.get("msft_solutionname")).toList();
    }

    @Override
    public int longestNotes() {
        return 2000;
    }

    @Override
    public void wins(String opportunity) {
        crm.winOpportunity(opportunity);
    }

    @Override
    public List<String> lossReasons() {
        return List.copyOf(LOST.keySet());
    }

    @Override
    public void loses(String opportunity, String reason) {
        crm.loseOpportunity(opportunity, LOST.get(reason == null ? "Canceled" : reason));
    }

    @Override
    public void reopens(String opportunity) {
        crm.reopenOpportunity(opportunity);
    }

    @Override
    public String qualifies(String lead) {
        return crm.qualifyLead(lead);
    }

    @Override
    public List<String> disqualifications() {
        return List.copyOf(DISQUALIFIED.keySet());
    }

    @Override
    public void disqualifies(String lead, String reason) {
        crm.disqualifyLead(lead, DISQUALIFIED.get(reason == null ? "No longer interested" : reason));
    }

    @Override
    public Offers offers() {
        return new Offers(LEAD, "a lead", "qualifies the lead", "disqualifies the lead", true);
    }

    @Override
    public String accepts(String id) {
        return qualifies(id);
    }

    @Override
    public void declines(String id) {
        disqualifies(id, null);
    }

    @Override
    public boolean letsProgramsQualify() {
        return true;
    }

    @Override
    public void deletes(String id) {
        String kind = kind(id);
        if (kind.equals(OPPORTUNITY)) {
            solutionRows(id).forEach(this::delete);
        }
        crm.delete(kind, id);
    }

    // ---- what there is to see

    @Override
    public CrmRecord record(String id) {
        String kind = kind(id);
        Map<String, Object> row = crm.row(kind, id);
        return row == null ? null : record(kind, row);
    }

    @Override
    public List<CrmRecord> records() {
        List<CrmRecord> records = new ArrayList<>();
        crm.rows(OPPORTUNITY).forEach(row -> records.add(record(OPPORTUNITY, row)));
        crm.rows(LEAD).stream().filter(row -> row.get("_qualifyingopportunityid_value") == null)
            .forEach(row -> records.add(record(LEAD, row)));
        return records;
    }

    private CrmRecord record(String kind, Map<String, Object> row) {
        boolean lead = kind.equals(LEAD);
        String id = (String) row.get(kind + "id");
        Map<DealField, Object> values = new EnumMap<>(DealField.class);
        COLUMNS.keySet().stream().filter(field -> row.containsKey(column(kind, field)))
            .forEach(field -> values.put(field, row.get(column(kind, field))));
        String currency = (String) row.get("_transactioncurrencyid_value");
        values.put(DealField.CURRENCY, currency == null ? null : crm.row("transactioncurrency", currency).get("isocurrencycode"));
        if (!lead) {
            Integer help = (Integer) row.get("msft_microsoftpartnercenterhelp");
            values.put(DealField.HELP, help == null ? null : HELP.get(help - FIRST_HELP));
            values.put(DealField.ACCOUNT, row.get("_customerid_value"));
            values.put(DealField.CONTACT, row.get("_parentcontactid_value"));
        }
        return new CrmRecord(id, kind, lead ? null : (String) row.get(LEAD_OF_OPPORTUNITY),
            (lead ? LEAD_STATUS : OPPORTUNITY_STATUS).get((Integer) row.get("statecode")),
            lead ? null : solutionRows(id).stream().map(this::identifier).toList(), values);
    }

    // ---- the connector, seen from the CRM

    @Override
    public String connectorUser() {
        return DataverseSandbox.APPLICATION_USER;
    }

    @Override
    public void editsAsConnector(String opportunity, DealField field, Object value) {
        crm.update(connectorUser(), OPPORTUNITY, opportunity, columns(OPPORTUNITY, Collections.singletonMap(field, value)));
    }

    @Override
    public List<String> polledTables() {
        return List.of(OPPORTUNITY, LEAD, SOLUTION);
    }

    @Override
    public Optional<String> polled(Call call) {
        return call.kind() != CallKind.CHANGES ? Optional.empty()
            : SETS.entrySet().stream().filter(set -> call.path().matches(".*/" + set.getKey() + "(\\?.*)?")).map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public void endSessions() {
        crm.revokeTokens();
    }
}
