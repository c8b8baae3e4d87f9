package io.cosell.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Deals to try things with, as Partner Center would tell them. All names begin with a prefix by which people recognise them; the
 * customer's contact has an address that no mail goes to (RFC 2606).
 */
final class Sample {

    /** What the names of all that is made begin with. */
    static final String PREFIX = "Cosell conformance";
    static final String SOLUTION = "COSELL-CONFORMANCE-1";
    static final String OTHER_SOLUTION = "COSELL-CONFORMANCE-2";
    static final String CONTACT_NAME = "Conformance-Contact";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int RUN_LENGTH = 8;

    private final String run = UUID.randomUUID().toString().substring(0, RUN_LENGTH);
    private final String currency;
    private int deals;

    /** @param currency a currency that the CRM has */
    Sample(String currency) {
        this.currency = currency;
    }

    /** The e-mail address of the customer's contact; each run has its own customer. */
    String email() {
        return "conformance." + run + "@example.com";
    }

    /** The name of the customer. */
    String customer() {
        return PREFIX + " customer " + run;
    }

    /** The id of a referral that nobody else has. */
    static String referralId() {
        return UUID.randomUUID().toString();
    }

    String currency() {
        return currency;
    }

    /** A name for one more deal. */
    String name() {
        deals++;
        return PREFIX + " " + run + " deal " + deals;
    }

    /** The fields of a deal, in the shape of a referral. */
    ObjectNode view(String status, String substatus) {
        ObjectNode view = NODES.objectNode();
        view.put("name", name()).put("status", status).put("substatus", substatus);
        ObjectNode details = view.putObject("details");
        details.put("dealValue", 12500).put("currency", currency).put("closingDateTime", "2031-03-31T00:00:00Z")
            .put("notes", "Made by the conformance suite; it may be deleted.");
        details.putObject("requirements").set("solutions", solutions(SOLUTION));
        view.putObject("consent").put("consentToShareReferralWithMicrosoftSellers", false);
        ObjectNode customer = view.putObject("customerProfile");
        customer.put("name", customer());
        customer.putObject("address").put("addressLine1", "1 Conformance Street").put("city", "Redmond").put("state", "WA")
            .put("postalCode", "98052").put("country", "US");
        customer.putArray("team").addObject().put("firstName", "Casey").put("lastName", CONTACT_NAME).put("email", email())
            .put("phoneNumber", "2065550142");
        return view;
    }

    /** A list of solutions. */
    static ArrayNode solutions(String... ids) {
        ArrayNode solutions = NODES.arrayNode();
        for (String id : ids) {
            solutions.addObject().put("id", id).put("name", "Conformance solution " + id).put("type", "Name");
        }
        return solutions;
    }

    /**
     * A referral with these fields, as mappings/partner-center/referral-in.json makes it.
     *
     * @param type Shared for a co-sell deal, Independent for another
     */
    static Map<String, Object> referral(String id, String type, JsonNode view) {
        return Map.of("id", id, "engagementId", UUID.randomUUID().toString(), "type", type, "status", view.path("status").asText(),
            "view", Verbs.copy(view));
    }

    /** An id that looks like another one and belongs to nothing: all digits but those of the beginning are turned round. */
    static String unknownId(String id) {
        int kept = Math.min(3, id.length() - 1);
        StringBuilder unknown = new StringBuilder(id.substring(0, kept));
        id.substring(kept).chars().forEach(sign -> unknown.append(sign >= '0' && sign <= '9' ? (char) ('9' - (sign - '0')) : (char) sign));
        return unknown.toString().equals(id) ? "0" + id.substring(1) : unknown.toString();
    }

    /** What may not stand in a message that goes to the audit field and to logs. */
    List<String> personal() {
        return List.of(email(), CONTACT_NAME, customer(), "1 Conformance Street", "2065550142");
    }
}
