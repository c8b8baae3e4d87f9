package io.cosell.sandbox.salesforce;

import java.util.List;

/**
 * One SOQL query as it was written (section 3.2), names not looked up yet.
 *
 * @param items   what is selected, in order
 * @param from    the object, or in a child query the relationship
 * @param alias   short name of the object that paths may start with, null without one
 * @param where   which rows, null for all
 * @param order   how they are sorted
 * @param limit   most rows to answer, null without a limit
 * @param offset  rows left out at the start
 */
record Soql(List<Item> items, Path from, String alias, Condition where, List<Order> order, Integer limit, int offset) {

    /** Something selected. */
    sealed interface Item permits Path, Fields, Child, Count {
    }

    /**
     * A field, or a way over parents to one: {@code Account.Name}.
     *
     * @param names the steps; the last one is the field
     * @param at    its place in the text of the query, for errors
     */
    record Path(List<String> names, int at) implements Item {

        String text() {
            return String.join(".", names);
        }
    }

    /** {@code FIELDS(ALL)}, {@code FIELDS(STANDARD)} or {@code FIELDS(CUSTOM)}. */
    record Fields(String which, int at) implements Item {
    }

    /** A query on the children of each row. */
    record Child(Soql query) implements Item {
    }

    /** {@code COUNT()}: only the number of rows. */
    record Count() implements Item {
    }

    /** Which rows fit. */
    sealed interface Condition permits And, Or, Not, Comparison {
    }

    record And(List<Condition> all) implements Condition {
    }

    record Or(List<Condition> any) implements Condition {
    }

    record Not(Condition inner) implements Condition {
    }

    record Comparison(Path path, Operator operator, Value value) implements Condition {
    }

    /** How a field and a value are compared. */
    enum Operator {
        EQUAL, NOT_EQUAL, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL, LIKE, IN, NOT_IN
    }

    /** What a field is compared with. */
    sealed interface Value permits Literal, Period, Many, Select {
    }

    /** A value as written: String (for LIKE still with its escapes), BigDecimal, Boolean, LocalDate, Instant, or null. */
    record Literal(Object value) implements Value {
    }

    /** A date literal such as {@code LAST_N_DAYS:7}. */
    record Period(DateLiteral literal, int number) implements Value {
    }

    /** Values in parentheses. */
    record Many(List<Value> values) implements Value {
    }

    /** A query whose answers are the values. */
    record Select(Soql query) implements Value {
    }

    /** One part of ORDER BY; empty values come first if nothing is said. */
    record Order(Path path, boolean descending, boolean nullsLast) {
    }
}
