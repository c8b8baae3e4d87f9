package io.cosell.sandbox;

import java.time.Instant;
import java.util.Map;

/**
 * One committed write in the history of a sandbox, by whomever it was made.
 *
 * @param at      sandbox time
 * @param user    id of who made it, in the system's own terms
 * @param tag     see {@link Caller#tag}
 * @param message Create, Update or Delete
 * @param table   name of the table
 * @param id      the row
 * @param written columns written, by the name they are read under; cleared ones are null; empty for Delete
 */
public record RowChange(Instant at, String user, String tag, String message, String table, String id, Map<String, Object> written) {
}
