package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions.Switch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How each operation shows a referral: the same members, in the order of its official sample, with links, eTag and context where that
 * sample has them. Views share the inner objects of the referral, which nobody changes.
 */
enum ReferralView {
    /** Answer to GET of one: context first, eTag last. */
    READ,
    /** Item of a list: no eTag. */
    ITEM,
    /** Answer to POST: eTag behind the type. */
    CREATED,
    /** Answer to PUT, and to PATCH where it is asked for: eTag before the links. */
    REPLACED;

    private static final String HOST = "https://api.partner.microsoft.com/v1.0/";

    /** Section 2.1 in the order of the samples; what is not named here follows. */
    private static final List<String> ORDER = List.of("id", "engagementId", "organizationId", "organizationName", "name",
        "externalReferenceId", "createdDateTime", "updatedDateTime", "expirationDateTime", "acceptedDateTime", "closedDateTime", "status",
        "substatus", "statusReason", "qualification", "type", "direction", "eTag", "target", "customerProfile", "consent", "details",
        "team", "inviteContext");

    /** Members seen in public payloads that no official sample shows, with their empty values. */
    private static final Map<String, JsonNode> NEWER = Map.of(
        "registrationStatus", JsonNodeFactory.instance.textNode("None"),
        "quality", JsonNodeFactory.instance.textNode("Unknown"),
        "isSpam", JsonNodeFactory.instance.booleanNode(false),
        "tags", JsonNodeFactory.instance.arrayNode(),
        "dealSensitivity", JsonNodeFactory.instance.textNode("None"),
        "favorite", JsonNodeFactory.instance.booleanNode(false));

    /** The referral as this operation answers it. */
    ObjectNode of(ObjectNode referral, Switches switches) {
        String root = HOST + (this == ITEM || switches.has(Switch.LINKS_SPELT_RIGHT) ? "engagements" : "engagments") + "/referrals";
        ObjectNode shown = JsonNodeFactory.instance.objectNode();
        if (this == READ) {
            shown.put("@odata.context", root + "/$metadata#Referrals/$entity");
        }
        Set<String> names = new LinkedHashSet<>(ORDER);
        referral.fieldNames().forEachRemaining(names::add);
        if (this != CREATED) {
            names.remove("eTag");
        }
        names.stream().filter(referral::has).forEach(name -> shown.set(name, referral.get(name)));
        if (switches.has(Switch.NEWER_MEMBERS)) {
            NEWER.keySet().stream().sorted().filter(name -> !shown.has(name)).forEach(name -> shown.set(name, NEWER.get(name)));
        }
        if (this != READ && this != ITEM && switches.has(Switch.CREATE_OMITS_CLOSING_DATE) && shown.path("details").isObject()) {
            shown.set("details", shown.get("details").deepCopy());
            ((ObjectNode) shown.get("details")).remove("closingDateTime");
        }
        if (this == REPLACED) {
            shown.set("eTag", referral.get("eTag"));
        }
        link(shown.putObject("links"), root, referral);
        if (this == READ || this == ITEM && switches.has(Switch.LISTS_CARRY_ETAG)) {
            shown.set("eTag", referral.get("eTag"));
        }
        return shown;
    }

    private static void link(ObjectNode links, String root, ObjectNode referral) {
        links.putObject("relatedReferrals")
            .put("uri", root + "?$filter=engagementId eq '" + referral.get("engagementId").textValue() + "'").put("method", "GET");
        links.putObject("self").put("uri", root + "/" + referral.get("id").textValue()).put("method", "GET");
    }
}
