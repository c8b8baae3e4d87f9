package io.cosell.sandbox.dataverse;

/**
 * Value of a lookup column.
 *
 * @param table logical name of the row's table
 * @param id    its id
 */
record Ref(String table, String id) {
}
