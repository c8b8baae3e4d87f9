package io.cosell.sandbox.dataverse;

import java.time.Instant;
import java.util.Map;

/**
 * One committed write, by whomever it was made.
 *
 * @param at      sandbox time
 * @param user    systemuserid of who made it
 * @param tag     the call's {@code ?tag=}, null without one
 * @param message Create, Update or Delete
 * @param table   logical name of the table
 * @param id      the row
 * @param written columns written, by the name they are read under; cleared ones are null; empty for Delete
 */
public record RowChange(Instant at, String user, String tag, String message, String table, String id, Map<String, Object> written) {
}
