package io.cosell.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.cli.Tables;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
     * @param kept          the fields that the CRM keeps; others are not compared
     */
    record Pair(String referralId, Deal partnerCenter, Deal crm, Set<DealField> kept) {

        /** A deal of which the CRM keeps all. */
        Pair(String referralId, Deal partnerCenter, Deal crm) {
            this(referralId, partnerCenter, crm, EnumSet.allOf(DealField.class));
        }

        /**
         * In what the two sides differ, one line each; empty if they are equal.
         *
         * @param title the CRM's name for people
         */
        List<String> differences(String title) {
            if (partnerCenter == null || crm == null) {
                return List.of("is not in " + (partnerCenter == null ? "Partner Center" : title));
            }
            List<String> differences = new ArrayList<>();
            if (kept.contains(DealField.NAME)) {
                add(differences, title, "name", partnerCenter.name(), crm.name());
            }
            if (kept.contains(DealField.VALUE)) {
                add(differences, title, "value", amount(partnerCenter), amount(crm));
            }
            if (kept.contains(DealField.CLOSING)) {
                add(differences, title, "closing date", partnerCenter.closing(), crm.closing());
            }
            if (kept.contains(DealField.NOTES)) {
                add(differences, title, "notes", partnerCenter.notes(), crm.notes());
            }
            if (!endAlike(partnerCenter.status(), crm.status())) {
                add(differences, title, "status", partnerCenter.status(), crm.status());
            }
            if (partnerCenter.solutions() != null && crm.solutions() != null) {
                add(differences, title, "solutions", solutions(partnerCenter), solutions(crm));
            }
            return differences;
        }

        /** A CRM does not tell a declined deal from a lost one. */
        private static boolean endAlike(String one, String other) {
            return isLost(one) && isLost(other);
        }

        private static boolean isLost(String status) {
            return status.startsWith("Closed/") && !status.equals("Closed/Won");
        }

        private static void add(List<String> differences, String title, String what, Object partnerCenter, Object crm) {
            if (!Objects.equals(partnerCenter, crm)) {
                differences.add(what + ": " + shown(partnerCenter) + " in Partner Center, " + shown(crm) + " in " + title);
            }
        }

        private static String shown(Object value) {
            return value == null || value.equals("") ? "(empty)" : value.toString();
        }

        private String name() {
            return (partnerCenter == null ? crm : partnerCenter).name();
        }
    }

    private final Crm crm;
    private final List<Pair> pairs;

    Comparison(Crm crm, List<Pair> pairs) {
        this.crm = crm;
        this.pairs = pairs;
    }

    /** Looks at both sandboxes: every referral of the partner's, and every record that is shared. */
    static Comparison of(Sandboxes sandboxes, Crm crm) {
        List<CrmRecord> records = new ArrayList<>(crm.seller(sandboxes).sharedRecords());
        List<Pair> pairs = new ArrayList<>();
        for (Map<String, Object> referral : sandboxes.partnerCenter().referrals()) {
            String id = (String) referral.get("id");
            CrmRecord record = records.stream().filter(candidate -> id.equals(candidate.referralId())).findFirst().orElse(null);
            records.remove(record);
            pairs.add(record == null ? new Pair(id, deal(referral), null)
                : new Pair(id, deal(referral), record.deal(), record.values().keySet()));
        }
        records.forEach(left -> pairs.add(new Pair(left.referralId(), null, left.deal())));
        return new Comparison(crm, pairs);
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

    private boolean isEqual(Pair pair) {
        return pair.differences(crm.title()).isEmpty();
    }

    /** By the name of the deal, in what its sides differ; deals that are equal are left out. */
    Map<String, List<String>> differences() {
        return pairs.stream().filter(pair -> !isEqual(pair))
            .collect(Collectors.toMap(Pair::name, pair -> pair.differences(crm.title()), (one, other) -> {
                List<String> both = new ArrayList<>(one);
                both.addAll(other);
                return both;
            }, LinkedHashMap::new));
    }

    /** Prints the table, then what differs. */
    void print(PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        for (Pair pair : pairs) {
            String inStep = isEqual(pair) ? "yes" : "no";
            rows.add(row(null, pair.partnerCenter(), "Partner Center", inStep));
            rows.add(row(pair.kept().contains(DealField.NAME) ? null : pair.name(), pair.crm(), crm.title(), inStep));
        }
        Tables.print(out, List.of("Deal", "Side", "Value", "Status", "Solutions", "In step"), rows, 27, 15, 15, 16, 29, 8);
        differences().forEach((name, differences) -> {
            out.println();
            out.println("\"" + name + "\" differs:");
            differences.forEach(difference -> out.println("  " + difference));
        });
        out.flush();
    }

    /** @param name what the deal is called where this side keeps no name; otherwise null */
    private static List<String> row(String name, Deal deal, String side, String inStep) {
        if (deal == null) {
            return List.of("(not there)", side, "", "", "", inStep);
        }
        String solutions = deal.solutions() == null ? "(leads have none)" : solutions(deal);
        return List.of(name == null ? deal.name() : name, side, amount(deal), deal.status(), solutions, inStep);
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
