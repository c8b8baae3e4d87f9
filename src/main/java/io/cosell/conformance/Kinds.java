package io.cosell.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Checks of {@code crm-kind}, and what it declares: whether the CRM has leads, and what a referral that is not accepted becomes. */
final class Kinds {

    private static final String VERB = "crm-kind";
    private static final List<String> TYPES = List.of("Shared", "Independent");

    private final Suite suite;
    private final Map<String, String> ofNew = new LinkedHashMap<>();

    Kinds(Suite suite) {
        this.suite = suite;
    }

    void check() {
        suite.check(VERB, "an accepted referral becomes an opportunity", () -> {
            JsonNode view = suite.sample.view("Active", "Accepted");
            for (String type : TYPES) {
                Suite.equal("The kind of an accepted referral of type " + type, Suite.OPPORTUNITY, kind(type, view));
            }
            return noCalls();
        });
        suite.check(VERB, "a referral that is not accepted becomes an opportunity or a lead", () -> {
            JsonNode view = suite.sample.view("New", "Pending");
            for (String type : TYPES) {
                String kind = kind(type, view);
                Suite.require(kind.equals(Suite.OPPORTUNITY) || kind.equals(Suite.LEAD), "A new referral of type " + type + " becomes \"" + kind
                    + "\", which is neither opportunity nor lead.");
                ofNew.put(type, kind);
            }
            noCalls();
            return "co-sell deals: " + ofNew.get("Shared") + ", others: " + ofNew.get("Independent");
        });
    }

    private String kind(String type, JsonNode view) {
        return suite.verbs.use(VERB, Sample.referral(Sample.referralId(), type, view)).asText();
    }

    private String noCalls() {
        Suite.require(suite.verbs.callsSoFar() == 0, "It makes calls; it is to decide by the referral alone.");
        return "";
    }

    boolean hasLeads() {
        return ofNew.containsValue(Suite.LEAD);
    }

    /** Whether an opportunity may wait for its referral to be accepted. */
    boolean holdsOpportunities() {
        return ofNew.containsValue(Suite.OPPORTUNITY);
    }

    /** The kinds of records that new referrals become. */
    Iterable<String> kindsOfNew() {
        return new TreeSet<>(ofNew.values());
    }

    /** A type of referral that becomes this kind while it is not accepted. */
    String typeOf(String kind) {
        return ofNew.entrySet().stream().filter(entry -> entry.getValue().equals(kind)).map(Map.Entry::getKey).findFirst().orElse("Shared");
    }
}
