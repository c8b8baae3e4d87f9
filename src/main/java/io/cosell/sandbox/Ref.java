package io.cosell.sandbox;

/**
 * Value of a column that points to another row.
 *
 * @param table name of the other row's table
 * @param id    its primary key
 */
public record Ref(String table, String id) {
}
