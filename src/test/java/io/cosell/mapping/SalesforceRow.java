package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A record as Salesforce keeps it and a query returns it: every field that is asked for is there, null where nothing was written; parents
 * are objects, children lists of records or null; stages decide whether a deal is closed. Just enough of it to read back what an out spec
 * wrote.
 */
final class SalesforceRow {

    private static final List<String> SHARED = List.of("Description", "Referral_Identifier__c", "Audit__c");
    private static final List<String> OPPORTUNITY = List.of("Amount", "CloseDate", "How_can_Microsoft_help__c",
        "Microsoft_CRM_Identifier__c", "Customer_purchase_intent__c", "CurrencyIsoCode", "Account", "OpportunityContactRoles",
        "OpportunityTeamMembers", "Opportunity_To_Microsoft_Solutions__r");
    private static final List<String> ACCOUNT = List.of("Name", "BillingStreet", "BillingCity", "BillingState", "BillingPostalCode",
        "BillingCountry");
    private static final List<String> PERSON = List.of("FirstName", "LastName", "Email", "Phone");
    private static final List<String> LEAD = List.of("Company", "Street", "City", "State", "PostalCode", "Country", "ConvertedOpportunityId");

    private final ObjectNode fields = Mappings.JSON.createObjectNode();
    private final boolean lead;

    private SalesforceRow(boolean lead) {
        this.lead = lead;
        fields.put("Id", lead ? "00Q000000000001AAA" : "006000000000001AAA").put("SystemModstamp", "2026-01-02T03:04:05.000+0000")
            .put("Sync_With_Partner_Center__c", false);
        SHARED.forEach(fields::putNull);
        (lead ? LEAD : OPPORTUNITY).forEach(fields::putNull);
        if (lead) {
            PERSON.forEach(fields::putNull);
            fields.put("Status", "Open - Not Contacted").put("IsConverted", false);
        } else {
            fields.put("Name", "").put("StageName", "Qualification").put("IsClosed", false).put("IsWon", false)
                .put("Referral_visible_to_Microsoft_sellers__c", false);
        }
    }

    static SalesforceRow opportunity() {
        return new SalesforceRow(false);
    }

    static SalesforceRow lead() {
        return new SalesforceRow(true);
    }

    /** Writes what an out spec made of a document, as the routes do: fields, customer, contact, solutions. */
    SalesforceRow write(JsonNode out, JsonNode document) {
        out.path("record").properties().forEach(field -> fields.set(field.getKey(), field.getValue()));
        if (!lead) {
            boolean won = fields.path("StageName").asText().equals("Closed Won");
            fields.put("IsWon", won).put("IsClosed", won || fields.path("StageName").asText().equals("Closed Lost"));
            if (out.has("account")) {
                fill(fields.putObject("Account"), ACCOUNT, out.path("account"));
            }
            if (out.has("contact")) {
                fill(records("OpportunityContactRoles").addObject().putObject("Contact"), PERSON, out.path("contact"));
            }
            if (document.at("/view/details/requirements/solutions") instanceof ArrayNode wanted) {
                fields.putNull("Opportunity_To_Microsoft_Solutions__r");
                ArrayNode rows = wanted.isEmpty() ? null : records("Opportunity_To_Microsoft_Solutions__r");
                wanted.forEach(solution -> rows.addObject().put("Id", "a01-" + rows.size()).putObject("Solution__r")
                    .put("Solution_Identifier__c", solution.path("id").asText()).put("Name", solution.path("name").asText()));
            }
        }
        return this;
    }

    private ArrayNode records(String children) {
        return fields.putObject(children).put("totalSize", 1).put("done", true).putArray("records");
    }

    private static void fill(ObjectNode target, List<String> names, JsonNode written) {
        names.forEach(target::putNull);
        target.setAll((ObjectNode) written);
    }

    JsonNode read() {
        return fields.deepCopy();
    }
}
