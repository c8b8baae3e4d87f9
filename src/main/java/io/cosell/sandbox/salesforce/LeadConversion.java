package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Conversion of a lead into account, contact and opportunity (section 2.2). People and code inside Salesforce can do it; there is no REST
 * call for it, so that the sandbox offers it as an act only.
 */
final class LeadConversion {

    private static final String CONVERTED = "Closed - Converted";
    private static final Map<String, String> TO_ACCOUNT = Map.of("Company", "Name", "Phone", "Phone", "Street", "BillingStreet", "City",
        "BillingCity", "State", "BillingState", "PostalCode", "BillingPostalCode", "Country", "BillingCountry");
    private static final Map<String, String> TO_CONTACT = Map.of("FirstName", "FirstName", "LastName", "LastName", "Email", "Email",
        "Phone", "Phone", "Title", "Title");
    private static final Map<String, String> TO_OPPORTUNITY = Map.of("LeadSource", "LeadSource", "Description", "Description",
        "CurrencyIsoCode", "CurrencyIsoCode");

    /**
     * What a user says on conversion.
     *
     * @param accountId       an account to join; null for a new one
     * @param contactId       a contact to join; null for a new one
     * @param opportunityName null for the company's name and a hyphen
     * @param noOpportunity   true if none is to be made
     */
    record Wish(String accountId, String contactId, String opportunityName, boolean noOpportunity) {
    }

    private final Org org;

    LeadConversion(Org org) {
        this.org = org;
    }

    /**
     * Converts a lead; inside a transaction.
     *
     * @return ids by {@code accountId}, {@code contactId} and, if there is one, {@code opportunityId}
     * @throws Refusal if the lead is converted already
     */
    Map<String, String> convert(String leadId, Wish wish, Author by) {
        SObject leads = org.schema().require("Lead");
        Row lead = org.rules().find(leads, leadId);
        if (Boolean.TRUE.equals(lead.get("IsConverted"))) {
            throw Refusal.record("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
        }
        Row account = wish.accountId() != null ? existing("Account", wish.accountId())
            : make("Account", mapped(lead, TO_ACCOUNT), lead, by);
        Ref accountRef = new Ref("Account", account.id());
        Map<String, Object> person = mapped(lead, TO_CONTACT);
        person.put("AccountId", accountRef);
        Row contact = wish.contactId() != null ? existing("Contact", wish.contactId()) : make("Contact", person, lead, by);
        Map<String, Object> written = new LinkedHashMap<>();
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("accountId", account.id());
        ids.put("contactId", contact.id());
        if (!wish.noOpportunity()) {
            Row opportunity = make("Opportunity", opportunity(lead, wish, accountRef, contact), lead, by);
            ids.put("opportunityId", opportunity.id());
            written.put("ConvertedOpportunityId", new Ref("Opportunity", opportunity.id()));
        }
        written.put("Status", CONVERTED);
        written.put("IsConverted", true);
        written.put("ConvertedDate", today());
        written.put("ConvertedAccountId", accountRef);
        written.put("ConvertedContactId", new Ref("Contact", contact.id()));
        org.rules().write(leads, lead, written, by);
        return ids;
    }

    private Map<String, Object> opportunity(Row lead, Wish wish, Ref account, Row contact) {
        Map<String, Object> values = mapped(lead, TO_OPPORTUNITY);
        values.put("Name", wish.opportunityName() != null ? wish.opportunityName() : lead.get("Company") + "-");
        values.put("AccountId", account);
        values.put("ContactId", new Ref("Contact", contact.id()));
        values.put("StageName", org.store().rows("OpportunityStage").stream().filter(stage -> !Boolean.TRUE.equals(stage.get("IsClosed")))
            .map(stage -> stage.get("MasterLabel")).findFirst().orElseThrow());
        values.put("CloseDate", today().with(IsoFields.DAY_OF_QUARTER, 1).plusMonths(3).minusDays(1)); // the end of the quarter
        // Own fields of the same name, as an administrator maps them
        SObject opportunities = org.schema().require("Opportunity");
        lead.values().forEach((name, value) -> {
            if (name.endsWith("__c") && opportunities.field(name).isPresent()) {
                values.put(name, value);
            }
        });
        return values;
    }

    private LocalDate today() {
        return org.clock().instant().atZone(ZoneOffset.UTC).toLocalDate();
    }

    private Row existing(String object, String id) {
        return org.rules().find(org.schema().require(object), id);
    }

    private Row make(String object, Map<String, Object> values, Row lead, Author by) {
        values.put("OwnerId", lead.get("OwnerId"));
        return org.rules().insert(org.schema().require(object), values, by);
    }

    private static Map<String, Object> mapped(Row lead, Map<String, String> names) {
        Map<String, Object> values = new LinkedHashMap<>();
        names.forEach((from, to) -> {
            if (lead.get(from) != null) {
                values.put(to, lead.get(from));
            }
        });
        return values;
    }
}
