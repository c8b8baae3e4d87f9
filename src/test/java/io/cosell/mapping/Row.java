package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A row as Dataverse keeps it and returns it: every column is there, null where nothing was written; a lookup that was bound comes back
 * expanded; states change by action. Just enough of it to read back what an out spec wrote.
 */
final class Row {

    private static final String SOLUTIONS = "msft_opportunity_msft_microsoftsolution_OpportunityId";
    private static final List<String> SHARED = List.of("description", "estimatedclosedate", "transactioncurrencyid",
        "msft_microsoftpartnercenterreferralsync", "msft_microsoftpartnercenterreferralidentifier",
        "msft_microsoftpartnercenterreferrallink", "msft_microsoftpartnercenterreferralvisible", "msft_microsoftcrmidentifier",
        "msft_microsoftpartnercenterreferralsyncaudit");
    private static final List<String> OPPORTUNITY = List.of("name", "estimatedvalue", "msft_microsoftpartnercenterhelp", "customerid_account",
        "parentcontactid", "owninguser");
    private static final List<String> ADDRESS = List.of("address1_line1", "address1_line2", "address1_city", "address1_stateorprovince",
        "address1_postalcode", "address1_country");
    private static final List<String> PERSON = List.of("firstname", "lastname", "emailaddress1", "telephone1");
    private static final List<String> LEAD = List.of("subject", "estimatedamount", "companyname", "_qualifyingopportunityid_value");

    private final ObjectNode columns = Mappings.JSON.createObjectNode();
    private final boolean lead;

    private Row(boolean lead) {
        this.lead = lead;
        columns.put("@odata.etag", "W/\"1\"").put(lead ? "leadid" : "opportunityid", "00000000-0000-0000-0000-000000000001");
        SHARED.forEach(columns::putNull);
        (lead ? LEAD : OPPORTUNITY).forEach(columns::putNull);
        columns.put("statecode", 0).put("statuscode", 1);
        if (lead) {
            ADDRESS.forEach(columns::putNull);
            PERSON.forEach(columns::putNull);
        } else {
            columns.putArray(SOLUTIONS);
        }
    }

    static Row opportunity() {
        return new Row(false);
    }

    static Row lead() {
        return new Row(true);
    }

    /** Writes what an out spec made of a document, as the routes do: columns, customer, contact, solutions, state. */
    Row write(JsonNode out, JsonNode document) {
        out.path("record").properties().forEach(column -> {
            if (column.getKey().endsWith("@odata.bind")) {
                columns.putObject(column.getKey().replace("@odata.bind", ""))
                    .set("isocurrencycode", document.at("/view/details/currency"));
            } else {
                columns.set(column.getKey(), column.getValue());
            }
        });
        if (!lead) {
            expand("customerid_account", out.path("account"), List.of("name"), ADDRESS);
            expand("parentcontactid", out.path("contact"), PERSON, List.of());
            if (document.at("/view/details/requirements/solutions") instanceof ArrayNode wanted) {
                ArrayNode rows = columns.putArray(SOLUTIONS);
                wanted.forEach(solution -> rows.addObject().put("msft_microsoftsolutionid", "row-" + rows.size())
                    .putObject("msft_SolutionDetailId").put("msft_solutionidentifier", solution.path("id").asText())
                    .put("msft_solutionname", solution.path("name").asText()));
            }
            if (out.has("close")) {
                columns.put("statecode", out.at("/close/action").asText().equals("WinOpportunity") ? 1 : 2);
                columns.set("statuscode", out.at("/close/status"));
            }
        }
        return this;
    }

    private void expand(String navigation, JsonNode written, List<String> names, List<String> moreNames) {
        if (written.isObject()) {
            ObjectNode target = columns.putObject(navigation);
            names.forEach(target::putNull);
            moreNames.forEach(target::putNull);
            target.setAll((ObjectNode) written);
        }
    }

    JsonNode read() {
        return columns.deepCopy();
    }
}
