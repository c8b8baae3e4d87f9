package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import java.util.List;
import java.util.function.Predicate;

/**
 * A SOQL query whose names are looked up: ready to run, once, against the organisation as it is (section 3.2).
 *
 * @param object whose records are asked for
 * @param shown  what each record shows, in order; null for {@code COUNT()}
 * @param where  which rows fit
 * @param order  how they are sorted; those that no part tells apart stay in order of creation
 * @param limit  most rows to answer
 * @param offset rows left out at the start
 */
record Query(SObject object, List<Shown> shown, Predicate<Row> where, List<Sort> order, int limit, int offset) {

    /** Something a record shows. */
    sealed interface Shown permits Value, Parent, Children {

        /** Its name in the answer. */
        String name();
    }

    /** A field of the record itself. */
    record Value(Field field) implements Shown {
        @Override
        public String name() {
            return field.name();
        }
    }

    /**
     * The record that a lookup points to.
     *
     * @param object its object
     * @param shown  what is shown of it
     */
    record Parent(Field lookup, SObject object, List<Shown> shown) implements Shown {
        @Override
        public String name() {
            return lookup.relationship();
        }
    }

    /** Records that point to this one. */
    record Children(SObject.Child relationship, Query query) implements Shown {
        @Override
        public String name() {
            return relationship.name();
        }
    }

    /**
     * A field, over any number of parents.
     *
     * @param lookups the way to the record that has the field
     */
    record Column(List<Field> lookups, Field field) {
    }

    /** One part of the order. */
    record Sort(Column column, boolean descending, boolean nullsLast) {
    }
}
