package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One value to be written on one side.
 *
 * @param path  where, a JSON Pointer into the referral view
 * @param title the field in plain words
 * @param from  what that side says now; null node if empty
 * @param to    what is to be written; null node to clear it
 * @param why   the reason in plain words, for the journal
 */
public record Change(String path, String title, JsonNode from, JsonNode to, String why) {
}
