package io.cosell.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.cli.Tables;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DemoSeller;
import io.cosell.sandbox.dataverse.DemoSeller.SharedRecord;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Every deal as it stands on both sides, and in what they differ. */
final class Comparison {

    /**
     * One deal.
     *
     * @param referralId    its referral, null if it has none
     * @param partnerCenter what Partner Center shows, null if it does not have the deal
     * @param crm           what the CRM shows, null if it does not have the deal
     */
    record Pair(String referralId, Deal partnerCenter, Deal crm) {

        /** In what the two sides differ, one line each; empty if they are equal. */
        List<String> differences() {
            if (partnerCenter == null || crm == null) {
                return List.of(partnerCenter == null ? "is not in Partner Center" : "is not in Dynamics 365");
            }
            List<String> differences = new ArrayList<>();
            add(differences, "name", partnerCenter.name(), crm.name());
            add(differences, "value", amount(partnerCenter), amount(crm));
            add(differences, "closing date", partnerCenter.closing(), crm.closing());
            add(differences, "notes", partnerCenter.notes(), crm.notes());
            add(differences, "status", partnerCenter.status(), crm.status());
            if (partnerCenter.solutions() != null && crm.solutions() != null) {
                add(differences, "solutions", solutions(partnerCenter), solutions(crm));
            }
            return differences;
        }

        private static void add(List<String> differences, String what, Object partnerCenter, Object crm) {
            if (!Objects.equals(partnerCenter, crm)) {
                differences.add(what + ": " + shown(partnerCenter) + " in Partner Center, " + shown(crm) + " in Dynamics 365");
            }
        }

        private static String shown(Object value) {
            return value == null || value.equals("") ? "(empty)" : value.toString();
        }

        private String name() {
            return (partnerCenter == null ? crm : partnerCenter).name();
        }
    }

    private final List<Pair> pairs;

    Comparison(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /** Looks at both sandboxes: every referral of the partner's, and every record that is shared. */
    static Comparison of(Sandboxes sandboxes) {
        List<SharedRecord> records = new ArrayList<>(new DemoSeller(sandboxes.dynamics365()).sharedRecords());
        List<Pair> pairs = new ArrayList<>();
        for (Map<String, Object> referral : sandboxes.partnerCenter().referrals()) {
            String id = (String) referral.get("id");
            SharedRecord record = records.stream().filter(candidate -> id.equals(candidate.referralId())).findFirst().orElse(null);
            records.remove(record);
            pairs.add(new Pair(id, deal(referral), record == null ? null : record.deal()));
        }
        records.forEach(left -> pairs.add(new Pair(left.referralId(), null, left.deal())));
        return new Comparison(pairs);
    }

    /** A referral as a person sees it. */
    static Deal deal(Map<String, Object> referral) {
        JsonNode node = SandboxSystem.JSON.valueToTree(referral);
        JsonNode details = node.path("details");
        JsonNode value = details.path("dealValue");
        JsonNode closing = details.path("closingDateTime");
        return new Deal(node.path("name").asText(""), value.isNumber() ? value.decimalValue() : null, details.path("currency").textValue(),
            closing.isTextual() ? LocalDate.parse(closing.textValue().substring(0, 10)) : null,
            details.path("notes").textValue(), node.path("status").asText() + "/" + node.path("substatus").asText(),
            StreamSupport.stream(details.at("/requirements/solutions").spliterator(), false).map(one -> one.path("id").asText()).toList());
    }

    List<Pair> pairs() {
        return pairs;
    }

    /** The deal of this referral. */
    Pair pair(String referralId) {
        return pairs.stream().filter(pair -> referralId.equals(pair.referralId())).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("There is no referral " + referralId + "."));
    }

    boolean isEqual() {
        return differences().isEmpty();
    }

    /** By the name of the deal, in what its sides differ; deals that are equal are left out. */
    Map<String, List<String>> differences() {
        return pairs.stream().filter(pair -> !pair.differences().isEmpty())
            .collect(Collectors.toMap(Pair::name, Pair::differences, (one, other) -> {
                List<String> both = new ArrayList<>(one);
                both.addAll(other);
                return both;
            }, LinkedHashMap::new));
    }

    /** Prints the table, then what differs. */
    void print(PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        for (Pair pair : pairs) {
            String inStep = pair.differences().isEmpty() ? "yes" : "no";
            rows.add(row(pair.partnerCenter(), "Partner Center", inStep));
            rows.add(row(pair.crm(), "Dynamics 365", inStep));
        }
        Tables.print(out, List.of("Deal", "Side", "Value", "Status", "Solutions", "In step"), rows, 27, 15, 15, 16, 29, 8);
        differences().forEach((name, differences) -> {
            out.println();
            out.println("\"" + name + "\" differs:");
            differences.forEach(difference -> out.println("  " + difference));
        });
        out.flush();
    }

    private static List<String> row(Deal deal, String side, String inStep) {
        if (deal == null) {
            return List.of("(not there)", side, "", "", "", inStep);
        }
        String solutions = deal.solutions() == null ? "(leads have none)" : solutions(deal);
        return List.of(deal.name(), side, amount(deal), deal.status(), solutions, inStep);
    }

    /** Amount with its currency, as people write it: two digits behind the point at least. */
    static String amount(BigDecimal value, String currency) {
        if (value == null) {
            return "";
        }
        int digits = Math.max(2, value.stripTrailingZeros().scale());
        return String.format(Locale.ROOT, "%,." + digits + "f", value) + (currency == null ? "" : " " + currency);
    }

    private static String amount(Deal deal) {
        return amount(deal.value(), deal.currency());
    }

    private static String solutions(Deal deal) {
        return String.join(", ", deal.solutions());
    }
}
