package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;

/** What sort of deal a referral is; section 2.2, first match wins. */
enum Category {
    CO_SELL, MARKETPLACE_LEAD, QUALIFIED_LEAD, OWN_PIPELINE;

    static Category of(JsonNode referral) {
        if (referral.path("type").asText().equals("Shared")) {
            return CO_SELL;
        }
        if (referral.path("qualification").asText().equals("Direct")) {
            return MARKETPLACE_LEAD;
        }
        boolean fromMicrosoft = referral.at("/inviteContext/invitedBy/organizationId").asText().equals(Referrals.MICROSOFT);
        return fromMicrosoft ? QUALIFIED_LEAD : OWN_PIPELINE;
    }
}
