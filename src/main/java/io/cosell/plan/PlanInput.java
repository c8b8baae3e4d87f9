package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Everything a plan depends on.
 *
 * @param policy        the rules
 * @param base          the referral view both sides last agreed on; null if they never have
 * @param partnerCenter the referral as it is now
 * @param crm           the record as it is now, mapped into a referral view
 * @param refused       values Partner Center has refused before, by path; the same change is not planned again but listed. Null means none
 * @param graceOver     whether a terminal status made in the CRM has waited out its grace period
 * @param onHold        whether the record waits on hold until the seller answers: only its status goes to Partner Center
 */
public record PlanInput(Policy policy, JsonNode base, JsonNode partnerCenter, JsonNode crm, Map<String, JsonNode> refused,
                        boolean graceOver, boolean onHold) {

    /** As above, of a record that is not on hold. */
    public PlanInput(Policy policy, JsonNode base, JsonNode partnerCenter, JsonNode crm, Map<String, JsonNode> refused, boolean graceOver) {
        this(policy, base, partnerCenter, crm, refused, graceOver, false);
    }

    /** Keeps the map immutable. */
    public PlanInput {
        refused = refused == null ? Map.of() : Map.copyOf(refused);
    }
}
