package io.cosell.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What has to be written on each side, and what is not written and why. Everything is in the order of the policy.
 *
 * <p>A CRM whose closed records are read-only takes the other changes before a change that closes the record, and after one that
 * reopens it.
 *
 * @param crm           the changes of the record
 * @param partnerCenter the changes of the referral
 * @param conflicts     values that are overwritten because the policy names a winner
 * @param refusals      values that do not travel
 * @param waitsForGrace whether a terminal status of the CRM is held back until its grace period is over
 * @param again         whether to plan again as soon as this plan is written, since a deal must be accepted before it is closed
 * @param nextBase      the base once all changes are written; if only some were, {@link Planner#settle} finds the base
 * @param intent        the changes in the form that is stored before anything is written, for {@link Planner#settle}:
 *                      {@code {"crm": {path: value}, "partnerCenter": {path: value}, "seen": {"crm": {..}, "partnerCenter": {..}}}},
 *                      where {@code seen} is what each side said before
 */
public record Plan(List<Change> crm, List<Change> partnerCenter, List<Conflict> conflicts, List<Refusal> refusals,
                   boolean waitsForGrace, boolean again, JsonNode nextBase, JsonNode intent) {

    /** Keeps lists immutable. */
    public Plan {
        crm = List.copyOf(crm);
        partnerCenter = List.copyOf(partnerCenter);
        conflicts = List.copyOf(conflicts);
        refusals = List.copyOf(refusals);
    }

    /** Whether there is nothing to write on either side. There may still be refusals, or a status that waits. */
    @JsonIgnore
    public boolean isEmpty() {
        return crm.isEmpty() && partnerCenter.isEmpty();
    }

    /**
     * The base as long as nothing of this plan is written: with all that both sides say alike, and the rest as it was.
     *
     * @param base what the plan was made from; may be null
     */
    public JsonNode agreedAlready(JsonNode base) {
        ObjectNode agreed = Views.copy(nextBase);
        Stream.concat(crm.stream(), partnerCenter.stream()).map(Change::path)
            .forEach(path -> Views.set(agreed, path, Views.valueAt(base, path)));
        return agreed;
    }

    /** The same plan with further refusals. */
    public Plan refusing(List<Refusal> more) {
        List<Refusal> all = new ArrayList<>(refusals);
        all.addAll(more);
        return new Plan(crm, partnerCenter, conflicts, all, waitsForGrace, again, nextBase, intent);
    }

    /** The same plan with further conflicts. */
    public Plan conceding(List<Conflict> more) {
        List<Conflict> all = new ArrayList<>(conflicts);
        all.addAll(more);
        return new Plan(crm, partnerCenter, all, refusals, waitsForGrace, again, nextBase, intent);
    }

    /** The same plan as far as it is about Partner Center: the record was not written. */
    public Plan withoutCrm() {
        return new Plan(List.of(), partnerCenter, conflicts, refusals, waitsForGrace, again, nextBase, intent);
    }

    /** The changes of the record as a referral view that holds only the changed paths; a null in it clears the field. */
    public ObjectNode crmDocument() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        crm.forEach(change -> Views.set(document, change.path(), change.to()));
        return document;
    }

    /** The changes of the referral as an array of {@code {"op": "replace", "path", "value"}} (contract partner-center 3.3). */
    public ArrayNode partnerCenterPatch() {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        partnerCenter.forEach(change -> patch.addObject().put("op", "replace").put("path", change.path()).set("value", change.to()));
        return patch;
    }
}
