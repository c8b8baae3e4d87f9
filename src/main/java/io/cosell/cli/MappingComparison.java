package io.cosell.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cosell.flow.DealPlan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What two sets of mappings would write for the same deals.
 *
 * @param configured mapping version of the mappings in use
 * @param other      the other folder
 * @param compared   how many deals were compared
 * @param fields     by side and field, how many deals differ
 * @param deals      the deals that differ
 */
record MappingComparison(String configured, String other, int compared, List<Count> fields, List<Deal> deals) {

    /** In how many deals one field differs. */
    record Count(String side, String title, int deals) {
    }

    /** One deal that differs. */
    record Deal(String referralId, String recordKind, String recordId, String name, List<Difference> differences) {
    }

    /**
     * One value that differs.
     *
     * @param side       crm or partner-center; null for what becomes of the whole deal
     * @param path       where, null for what is told beside the data
     * @param title      the field in plain words
     * @param now        what that side says now
     * @param configured what the mappings in use would write, in words where they write nothing
     * @param other      the same of the other mappings
     */
    record Difference(String side, String path, String title, JsonNode now, String configured, String other) {
    }

    /** A deal under both. */
    record Pair(DealPlan configured, DealPlan other) {
    }

    static MappingComparison of(String configured, String other, List<Pair> pairs) {
        List<Deal> deals = pairs.stream().map(MappingComparison::deal).filter(deal -> !deal.differences().isEmpty()).toList();
        Map<List<String>, Long> counts = deals.stream().flatMap(deal -> deal.differences().stream()
                .map(difference -> List.of(String.valueOf(difference.side()), difference.title())).distinct())
            .collect(Collectors.groupingBy(key -> key, LinkedHashMap::new, Collectors.counting()));
        List<Count> fields = counts.entrySet().stream()
            .map(entry -> new Count(entry.getKey().get(0).equals("null") ? null : entry.getKey().get(0), entry.getKey().get(1),
                entry.getValue().intValue())).toList();
        return new MappingComparison(configured, other, pairs.size(), fields, deals);
    }

    private static Deal deal(Pair pair) {
        DealPlan configured = pair.configured();
        List<Difference> differences = new ArrayList<>();
        if (!Objects.equals(configured.outcome(), pair.other().outcome())) {
            differences.add(new Difference(null, null, "The deal", null, outcome(configured), outcome(pair.other())));
        }
        Map<String, DealPlan.Write> before = writes(configured);
        Map<String, DealPlan.Write> after = writes(pair.other());
        Set<String> places = new LinkedHashSet<>(before.keySet());
        places.addAll(after.keySet());
        for (String place : places) {
            DealPlan.Write one = before.get(place);
            DealPlan.Write two = after.get(place);
            if (one == null || two == null || !text(one).equals(text(two))) {
                DealPlan.Write any = one == null ? two : one;
                differences.add(new Difference(any.side(), any.path(), any.title(), any.from(), one == null ? silence(configured, any)
                    : text(one),
                    two == null ? silence(pair.other(), any) : text(two)));
            }
        }
        if (differences.isEmpty()) {
            addColumns("", node(configured), node(pair.other()), differences);
        }
        return new Deal(configured.referralId(), configured.recordKind(), configured.recordId(), configured.name(), differences);
    }

    /** The same is written on the way out in other words: a spec that writes to the CRM is another one. */
    private static void addColumns(String place, JsonNode configured, JsonNode other, List<Difference> differences) {
        if (configured.isContainerNode() && other.isContainerNode() && configured.isObject() == other.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            names(configured, names);
            names(other, names);
            names.forEach(name -> addColumns(place + "/" + name, member(configured, name), member(other, name),
                differences));
        } else if (!configured.equals(other)) {
            differences.add(new Difference("crm", null, "column " + place.substring(place.lastIndexOf('/') + 1), null, column(configured),
                column(other)));
        }
    }

    private static void names(JsonNode node, Set<String> names) {
        node.fieldNames().forEachRemaining(names::add);
        for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
            names.add(String.valueOf(i));
        }
    }

    private static JsonNode member(JsonNode node, String name) {
        return node.isArray() ? node.path(Integer.parseInt(name)) : node.path(name);
    }

    private static String column(JsonNode value) {
        return value.isMissingNode() ? "(not written)" : Tables.value(value);
    }

    private static JsonNode node(DealPlan plan) {
        return plan.crmColumns() == null ? MissingNode.getInstance() : plan.crmColumns();
    }

    private static Map<String, DealPlan.Write> writes(DealPlan plan) {
        return plan.writes().stream().collect(Collectors.toMap(write -> write.side() + " " + (write.path() == null ? write.title()
            : write.path()),
            write -> write, (one, two) -> one, LinkedHashMap::new));
    }

    private static String outcome(DealPlan plan) {
        return plan.outcome() == null ? "both sides are compared" : plan.outcome();
    }

    private static String text(DealPlan.Write write) {
        return Tables.value(write.to());
    }

    /** Why a value is not written: it may have been refused. */
    private static String silence(DealPlan plan, DealPlan.Write write) {
        return plan.others().stream().filter(other -> other.kind().equals("refused") && other.path().equals(write.path()))
            .map(other -> "(not written: " + other.why() + ")").findFirst().orElse("(not written)");
    }

    void print(PrintWriter out) {
        for (Deal deal : deals) {
            out.println(Tables.line(name(deal)));
            List<List<String>> rows = deal.differences().stream().map(difference -> List.of(
                difference.side() == null ? "" : difference.side().equals("crm") ? "CRM" : "Partner Center", difference.title(),
                difference.now() == null ? "" : Tables.value(difference.now()), difference.configured(), difference.other())).toList();
            Tables.print(out, List.of("Where", "Field", "Now", "Configured", "Compared"), rows, 16, 26, 32, 40, 40);
            out.println();
        }
        if (!fields.isEmpty()) {
            Tables.print(out, List.of("Where", "Field", "Deals that differ"), fields.stream().map(count -> List.of(
                count.side() == null ? "" : count.side().equals("crm") ? "CRM" : "Partner Center", count.title(),
                String.valueOf(count.deals()))).toList(), 16, 40, 20);
        }
        out.println(Tables.count(compared, "deal") + " compared: " + (deals.isEmpty() ? "the same would be written for each of them."
            : deals.size() + " would be written differently with the mappings in " + other + "."));
    }

    private static String name(Deal deal) {
        return new DealPlan(null, deal.referralId(), deal.recordKind(), deal.recordId(), deal.name(), List.of(), null, null, List.of(),
            null, List.of(), false, false).deal();
    }
}
