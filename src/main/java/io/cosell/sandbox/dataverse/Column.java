package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One column of a table, as {@code tables.yaml} describes it; the head of that file says what each member means.
 *
 * @param name logical name, lower case
 */
record Column(String name, Type type, Integer max, BigDecimal min, BigDecimal top, Integer decimals, Map<Integer, String> values,
              Map<Integer, Integer> states, List<String> targets, @JsonProperty("navigation") String ownNavigation, String onDelete,
              boolean readOnly, boolean createOnly, boolean required, String level, @JsonProperty("default") JsonNode initial, List<String> joined,
              List<String> product, Sum sum, Map<Integer, String> unsupported, boolean autonumber) {

    /**
     * How a column adds up a column of the rows that point to its row.
     *
     * @param table  table of those rows
     * @param lookup their lookup to this row
     * @param column what is added up
     * @param when   column of this row that turns the sum on
     */
    record Sum(String table, String lookup, String column, String when) {
    }

    private static final int USUAL_LENGTH = 100;
    private static final int USUAL_DECIMALS = 2;

    Column {
        max = max == null ? USUAL_LENGTH : max;
        decimals = decimals == null ? USUAL_DECIMALS : decimals;
        values = values == null ? Map.of() : values;
        states = states == null ? Map.of() : states;
        targets = targets == null ? List.of() : targets;
        joined = joined == null ? List.of() : joined;
        product = product == null ? List.of() : product;
        unsupported = unsupported == null ? Map.of() : unsupported;
    }

    /** Name under which the value is read: {@code _x_value} for lookups, the logical name for all others (section 2.1). */
    String readName() {
        return type.isLookup() ? "_" + name + "_value" : name;
    }

    /** Name of the navigation property that leads to one of this lookup's target tables. */
    String navigation(String target) {
        if (ownNavigation != null) {
            return ownNavigation;
        }
        return type == Type.CUSTOMER || type == Type.LOOKUP && targets.size() > 1 ? name + "_" + target : name;
    }

    /** The navigation properties of this lookup, each with the tables it may lead to. */
    Map<String, List<String>> navigations() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String target : targets) {
            all.merge(navigation(target), List.of(target), (one, more) -> List.copyOf(targets));
        }
        return all;
    }

    /** The same column, leading only to tables that are there. */
    Column leadingTo(Set<String> tables) {
        return tables.containsAll(targets) ? this : new Column(name, type, max, min, top, decimals, values, states,
            targets.stream().filter(tables::contains).toList(), ownNavigation, onDelete, readOnly, createOnly, required, level, initial, joined,
            product, sum, unsupported, autonumber);
    }

    /** The first status of a state, which Dataverse takes when only the state is given. */
    int firstStatus(int state) {
        return states.entrySet().stream().filter(entry -> entry.getValue() == state).map(Map.Entry::getKey).findFirst().orElseThrow();
    }

    /** How strongly a value is asked for; forms ask, the API refuses only what is required of the system (section 2.2). */
    String requiredLevel() {
        return level != null ? level : required ? "SystemRequired" : "None";
    }

    boolean cascades() {
        return "cascade".equals(onDelete);
    }
}
