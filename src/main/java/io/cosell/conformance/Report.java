package io.cosell.conformance;

import io.cosell.conformance.Check.Outcome;
import java.util.List;

/**
 * What came out.
 *
 * @param crm    the CRM, as in cosell.crm
 * @param prefix what the names of all that was made begin with
 * @param checks each check, in the order in which they were made
 * @param calls  verb by verb, the calls that its checks took
 * @param left   records that are still in the CRM, in words
 */
public record Report(String crm, String prefix, List<Check> checks, List<VerbCalls> calls, List<String> left) {

    /**
     * Calls of one verb.
     *
     * @param verb  the verb
     * @param times how often it was used
     * @param calls the calls it took altogether, by kind
     */
    public record VerbCalls(String verb, int times, String calls) {
    }

    public Report {
        checks = List.copyOf(checks);
        calls = List.copyOf(calls);
        left = List.copyOf(left);
    }

    /** How many checks had this outcome. */
    public long count(Outcome outcome) {
        return checks.stream().filter(check -> check.outcome() == outcome).count();
    }

    /** Whether the adapter does all that it was asked for. */
    public boolean isGood() {
        return count(Outcome.FAILED) == 0 && count(Outcome.PASSED) > 0;
    }
}
