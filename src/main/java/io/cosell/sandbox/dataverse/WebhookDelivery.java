package io.cosell.sandbox.dataverse;

import java.time.Instant;

/**
 * One attempt to call a webhook.
 *
 * @param at      sandbox time of the answer
 * @param url     where it went, with the parameters of its authentication
 * @param message Create, Update or Delete
 * @param table   logical name of the table
 * @param id      the row
 * @param attempt 1, or 2 for the one retry
 * @param status  HTTP status, 0 where no answer came
 */
public record WebhookDelivery(Instant at, String url, String message, String table, String id, int attempt, int status) {
}
