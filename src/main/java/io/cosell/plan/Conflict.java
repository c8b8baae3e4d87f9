package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Both sides said something different and the policy named a winner. Kept so that the losing value can be seen and restored.
 * A field with several paths (money, status) shows its values as one object.
 *
 * @param path          the field's main path
 * @param title         the field in plain words
 * @param base          what both sides last agreed on; null where they never did, and nothing tells whether a user entered the value that loses
 * @param partnerCenter what Partner Center said
 * @param crm           what the CRM said
 * @param winner        whose value stays
 * @param lost          the value that is overwritten
 */
public record Conflict(String path, String title, JsonNode base, JsonNode partnerCenter, JsonNode crm, Side winner, JsonNode lost) {
}
