package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Call;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Person;
import io.cosell.sandbox.SandboxSystem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A seller in Salesforce. Knows the fields so that nobody else need. */
public final class SalesforceSeller implements CrmSeller {

    /** The stage in which a deal waits until it is accepted. */
    private static final String ON_HOLD = "On Hold";
    /** The stage of a deal that is accepted. */
    private static final String ACTIVE = "Qualification";

    private static final String OPPORTUNITY = "Opportunity";
    private static final String LEAD = "Lead";
    private static final String SOLUTION = "Microsoft_Solutions__c";
    private static final String DETAIL = "Microsoft_Solution_Detail__c";
    private static final String ROLE = "OpportunityContactRole";
    private static final String STAGE = "StageName";
    private static final String NOT_CONVERTED = "Closed - Not Converted";
    private static final List<String> HELP = List.of("Workload Specific Value Proposition", "Customer Technical Architecture",
        "Proof Of Concept or Demo", "Quotes or Licensing", "Post Sales Customer Success", "General or Other");
    private static final List<String> HELP_CODES = List.of("WorkloadSpecificValueProposition", "CustomerTechnicalArchitecture",
        "ProofOfConceptOrDemo", "QuotesOrLicensing", "PostSalesCustomerSuccess", "GeneralOrOther");
    private static final Pattern POLL = Pattern.compile("/query(?:All)?\\?.*\\bFROM\\s+(\\w+)\\s+WHERE\\b.*\\bSystemModstamp\\s*>",
        Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Fields whose values are the same for everybody; what an object does not have is not kept there. */
    private static final Map<DealField, String> FIELDS = new EnumMap<>(Map.of(DealField.NAME, "Name", DealField.VALUE, "Amount",
        DealField.CURRENCY, "CurrencyIsoCode", DealField.CLOSING, "CloseDate", DealField.NOTES, "Description",
        DealField.SYNC, "Sync_With_Partner_Center__c", DealField.IDENTIFIER, "Referral_Identifier__c",
        DealField.LINK, "Referral_Link__c", DealField.AUDIT, "Audit__c"));
    private static final Map<DealField, String> OPPORTUNITY_FIELDS = Map.of(DealField.HELP, "How_can_Microsoft_help__c",
        DealField.VISIBLE, "Referral_visible_to_Microsoft_sellers__c", DealField.MSX_ID, "Microsoft_CRM_Identifier__c",
        DealField.ACCOUNT, "AccountId");

    private final SalesforceSandbox crm;

    /** A seller who works in this CRM. */
    public SalesforceSeller(SalesforceSandbox crm) {
        this.crm = crm;
    }

    @Override
    public SandboxSystem system() {
        return crm;
    }

    // ---- customers

    @Override
    public String makesAccount(Customer customer) {
        return crm.create("Account", fields(customer));
    }

    @Override
    public void editsAccount(String account, Customer customer) {
        crm.update("Account", account, fields(customer));
    }

    private static Map<String, Object> fields(Customer customer) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("Name", customer.name());
        fields.put("BillingStreet", customer.street());
        fields.put("BillingCity", customer.city());
        fields.put("BillingState", customer.state());
        fields.put("BillingPostalCode", customer.postalCode());
        fields.put("BillingCountry", customer.country());
        return fields;
    }

    @Override
    public String makesContact(String account, Person person) {
        Map<String, Object> fields = new HashMap<>();
        fields.put("FirstName", person.firstName());
        fields.put("LastName", person.lastName());
        fields.put("Email", person.email());
        fields.put("Phone", person.phone());
        fields.put("AccountId", account);
        return crm.create("Contact", fields);
    }

    @Override
    public Customer account(String account) {
        return customer(crm.row("Account", account), "Name", "Billing");
    }

    @Override
    public Customer customer(String lead) {
        return customer(crm.row(LEAD, lead), "Company", "");
    }

    private static Customer customer(Map<String, Object> row, String name, String prefix) {
        return new Customer((String) row.get(name), (String) row.get(prefix + "Street"), (String) row.get(prefix + "City"),
            (String) row.get(prefix + "State"), (String) row.get(prefix + "PostalCode"), (String) row.get(prefix + "Country"));
    }

    @Override
    public Person contact(String contact) {
        return person(crm.row("Contact", contact));
    }

    @Override
    public Person person(String lead) {
        return person(crm.row(LEAD, lead));
    }

    private static Person person(Map<String, Object> row) {
        return new Person((String) row.get("FirstName"), (String) row.get("LastName"), (String) row.get("Email"), (String) row.get("Phone"));
    }

    @Override
    public List<String> accountsNamed(String name) {
        return crm.rows("Account").stream().filter(row -> name.equals(row.get("Name"))).map(row -> (String) row.get("Id")).toList();
    }

    @Override
    public int contacts() {
        return crm.rows("Contact").size();
    }

    // ---- deals

    @Override
    public String makesOpportunity(Map<DealField, ?> values) {
        Map<String, Object> fields = fields(OPPORTUNITY, values);
        fields.put(STAGE, ACTIVE);
        if (values.get(DealField.CONTACT) != null) {
            fields.put("ContactId", values.get(DealField.CONTACT)); // becomes the primary contact role
        }
        return crm.create(OPPORTUNITY, fields);
    }

    @Override
    public boolean mayBeEmpty(DealField field) {
        return field != DealField.NAME && field != DealField.CLOSING && field != DealField.CURRENCY;
    }

    @Override
    public void edits(String id, Map<DealField, ?> values) {
        String object = object(id);
        Map<String, Object> fields = fields(object, values);
        if (!fields.isEmpty()) {
            crm.update(object, id, fields);
        }
        if (values.containsKey(DealField.CONTACT)) {
            primaryRoles(id).forEach(role -> crm.delete(ROLE, (String) role.get("Id")));
            if (values.get(DealField.CONTACT) != null) {
                crm.create(ROLE, Map.of("OpportunityId", id, "ContactId", values.get(DealField.CONTACT), "IsPrimary", true));
            }
        }
    }

    private String object(String id) {
        return crm.row(OPPORTUNITY, id) != null ? OPPORTUNITY : LEAD;
    }

    private Map<String, Object> fields(String object, Map<DealField, ?> values) {
        Map<String, Object> fields = new LinkedHashMap<>();
        values.forEach((field, value) -> {
            if (field == DealField.CONTACT || field == DealField.CURRENCY && !hasCurrencies()) {
                return; // kept in a role; the one currency of the organisation
            }
            fields.put(name(field), field == DealField.HELP && value != null ? HELP.get(HELP_CODES.indexOf(value)) : value);
        });
        return fields;
    }

    private static String name(DealField field) {
        return FIELDS.getOrDefault(field, OPPORTUNITY_FIELDS.get(field));
    }

    private boolean hasCurrencies() {
        return crm.switches().has(SalesforceSwitch.MULTI_CURRENCY);
    }

    private List<Map<String, Object>> primaryRoles(String opportunity) {
        return crm.rows(ROLE).stream()
            .filter(role -> opportunity.equals(role.get("OpportunityId")) && Boolean.TRUE.equals(role.get("IsPrimary"))).toList();
    }

    @Override
    public void addsSolution(String opportunity, String solution) {
        String detail = crm.rows(DETAIL).stream().filter(row -> solution.equals(row.get("Solution_Identifier__c")))
            .map(row -> (String) row.get("Id")).findFirst()
            .orElseGet(() -> crm.create(DETAIL, Map.of("Solution_Identifier__c", solution, "Name", "Solution " + solution)));
        crm.create(SOLUTION, Map.of("Opportunity__c", opportunity, "Solution__c", detail));
    }

    @Override
    public void removesSolution(String opportunity, String solution) {
        solutionRows(opportunity).stream().filter(row -> solution.equals(identifier(row)))
            .forEach(row -> crm.delete(SOLUTION, (String) row.get("Id")));
    }

    private List<Map<String, Object>> solutionRows(String opportunity) {
        return crm.rows(SOLUTION).stream().filter(row -> opportunity.equals(row.get("Opportunity__c"))).toList();
    }

    private String identifier(Map<String, Object> solution) {
        return (String) crm.row(DETAIL, (String) solution.get("Solution__c")).get("Solution_Identifier__c");
    }

    /** By a trigger (contract 2.7). */
    @Override
    public boolean lastSolutionSwitchesOff() {
        return true;
    }

    @Override
    public List<String> listed(String solution) {
        return crm.rows(DETAIL).stream().filter(row -> solution.equals(row.get("Solution_Identifier__c"))).map(row -> (String) row.get("Name"))
            .toList();
    }

    @Override
    public int longestNotes() {
        return 32_000;
    }

    @Override
    public void wins(String opportunity) {
        crm.update(OPPORTUNITY, opportunity, Map.of(STAGE, "Closed Won"));
    }

    @Override
    public List<String> lossReasons() {
        return List.of();
    }

    @Override
    public void loses(String opportunity, String reason) {
        crm.update(OPPORTUNITY, opportunity, Map.of(STAGE, "Closed Lost"));
    }

    @Override
    public void reopens(String opportunity) {
        crm.update(OPPORTUNITY, opportunity, Map.of(STAGE, ACTIVE));
    }

    @Override
    public String qualifies(String lead) {
        return crm.convertLead(lead);
    }

    @Override
    public List<String> disqualifications() {
        return List.of();
    }

    @Override
    public void disqualifies(String lead, String reason) {
        crm.update(LEAD, lead, Map.of("Status", NOT_CONVERTED));
    }

    /** A co-sell deal waits in the on-hold stage, from which nothing goes to Partner Center (contract 2.8). */
    @Override
    public Offers offers() {
        return new Offers("opportunity", "an opportunity on hold", "moves it to the stage " + ACTIVE, "closes it as lost", false);
    }

    @Override
    public String accepts(String id) {
        if (object(id).equals(LEAD)) {
            return qualifies(id);
        }
        reopens(id);
        return id;
    }

    @Override
    public void declines(String id) {
        if (object(id).equals(LEAD)) {
            disqualifies(id, null);
        } else {
            loses(id, null);
        }
    }

    /** Converting is no call of the REST API (contract 2.2). */
    @Override
    public boolean letsProgramsQualify() {
        return false;
    }

    @Override
    public void deletes(String id) {
        crm.delete(object(id), id);
    }

    // ---- what there is to see

    @Override
    public CrmRecord record(String id) {
        String object = object(id);
        Map<String, Object> row = crm.row(object, id);
        return row == null ? null : record(object, row);
    }

    @Override
    public List<CrmRecord> records() {
        List<CrmRecord> records = new ArrayList<>();
        crm.rows(OPPORTUNITY).forEach(row -> records.add(record(OPPORTUNITY, row)));
        crm.rows(LEAD).stream().filter(row -> row.get("ConvertedOpportunityId") == null).forEach(row -> records.add(record(LEAD, row)));
        return records;
    }

    private CrmRecord record(String object, Map<String, Object> row) {
        boolean lead = object.equals(LEAD);
        String id = (String) row.get("Id");
        Map<DealField, Object> values = new EnumMap<>(DealField.class);
        for (DealField field : DealField.values()) {
            // A lead's name is that of its person.
            if (row.containsKey(name(field)) && !(lead && field == DealField.NAME)) {
                values.put(field, row.get(name(field)));
            }
        }
        if (lead) {
            return new CrmRecord(id, "lead", null, leadStatus(row), null, values);
        }
        values.computeIfPresent(DealField.VALUE, (field, value) -> new BigDecimal(value.toString()));
        values.computeIfPresent(DealField.HELP, (field, value) -> HELP_CODES.get(HELP.indexOf(value)));
        values.putIfAbsent(DealField.CURRENCY, crm.options().currencies().get(0));
        values.put(DealField.CONTACT, primaryRoles(id).stream().map(role -> role.get("ContactId")).findFirst().orElse(null));
        return new CrmRecord(id, "opportunity", leadOf(id), status(row), solutionRows(id).stream().map(this::identifier).toList(), values);
    }

    private static String status(Map<String, Object> opportunity) {
        if (Boolean.TRUE.equals(opportunity.get("IsClosed"))) {
            return Boolean.TRUE.equals(opportunity.get("IsWon")) ? "Closed/Won" : "Closed/Lost";
        }
        return ON_HOLD.equals(opportunity.get(STAGE)) ? "New/Pending" : "Active/Accepted";
    }

    private static String leadStatus(Map<String, Object> lead) {
        return Boolean.TRUE.equals(lead.get("IsConverted")) ? "Active/Accepted"
            : NOT_CONVERTED.equals(lead.get("Status")) ? "Closed/Declined" : "New/Pending";
    }

    private String leadOf(String opportunity) {
        return crm.rows(LEAD).stream().filter(lead -> opportunity.equals(lead.get("ConvertedOpportunityId")))
            .map(lead -> (String) lead.get("Id")).findFirst().orElse(null);
    }

    // ---- the connector, seen from the CRM

    @Override
    public String connectorUser() {
        return Seed.INTEGRATION_USER;
    }

    @Override
    public void editsAsConnector(String opportunity, DealField field, Object value) {
        crm.update(connectorUser(), OPPORTUNITY, opportunity, fields(OPPORTUNITY, Collections.singletonMap(field, value)));
    }

    @Override
    public List<String> polledTables() {
        return List.of(OPPORTUNITY, LEAD, SOLUTION);
    }

    @Override
    public Optional<String> polled(Call call) {
        Matcher poll = POLL.matcher(call.path());
        return poll.find() ? Optional.of(poll.group(1)) : Optional.empty();
    }

    @Override
    public void endSessions() {
        crm.expireSessions();
    }
}
