package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The answer to "may this record be shared?".
 *
 * @param document the document to create in Partner Center; null if there are refusals
 * @param refusals what is missing or wrong, in the order of the policy; empty if the record may be shared
 */
public record Sharing(JsonNode document, List<Refusal> refusals) {

    /** Keeps lists immutable. */
    public Sharing {
        refusals = List.copyOf(refusals);
    }
}
