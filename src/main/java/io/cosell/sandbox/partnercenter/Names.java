package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Member names on the wire: any case in requests, camelCase in answers (section 2). */
final class Names {

    /** Every top-level member of a referral (section 2.1). */
    static final Set<String> TOP_LEVEL = words("""
        id engagementId name externalReferenceId organizationId organizationName businessProfileId mpnId createdDateTime updatedDateTime
        expirationDateTime acceptedDateTime closedDateTime status substatus statusReason qualification type referralSource callToAction
        customerProfile consent details team inviteContext target eTag links direction favorite campaignId salesStage referralProgram
        trackingInfo lastModifiedVia createdVia lastRunId registrations registrationStatus quality isSpam tags dealSensitivity""");

    /** Every member inside the top-level ones (sections 2.4 to 2.8). */
    private static final Set<String> INNER = words("""
        address addressLine1 addressLine2 city state postalCode region country size ids profileType isMatchingComplete
        firstName lastName phoneNumber email contactPreference locale disableNotifications title emailValidationStatus
        phoneValidationStatus
        consentToToShareInfoWithOthers consentToContact consentToShareReferralWithMicrosoftSellers
        consentToMicrosoftToContactSpecificPartners
        notes dealValue currency closingDateTime customerAction customerRequestedContact incentiveLevel requirements industries products
        services solutions offers salesPlays additionalRequirements attributes iot publisherName solutionType price quantity
        customerLicenseAgreementNumber deviceCategory siliconType azureCertifiedDevice attachServices
        invitedBy assistanceRequestCode invitedMpnId relatedReferrals self uri method
        microsoftMsxId microsoftUSFedOpportunityId microsoftUSFedLeadId migratedPSCDealId migratedPSCPartnerDealId
        solutionDetails contract value isDeployedOnAzure primaryDeploymentOn pricingModel marketplaceTransactionDetails
        isMarketplaceTransacted marketplaceTransactionDateTime term signDateTime startDateTime endDateTime registrationDateTime
        statusHistory""");

    private static final Map<String, String> BY_LOWER_CASE = Stream.concat(TOP_LEVEL.stream(), INNER.stream()).distinct()
        .collect(Collectors.toMap(name -> name.toLowerCase(Locale.ROOT), Function.identity()));

    private Names() {
    }

    /** The wire name of a member sent in any case; an unknown name only gets a small first letter. */
    static String wire(String sent) {
        String known = BY_LOWER_CASE.get(sent.toLowerCase(Locale.ROOT));
        if (known != null || sent.isEmpty()) {
            return known == null ? sent : known;
        }
        return sent.substring(0, 1).toLowerCase(Locale.ROOT) + sent.substring(1);
    }

    /** A copy with all member names as on the wire and plain numbers (10000, not 1E+4). */
    static JsonNode wire(JsonNode sent) {
        if (sent instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(member -> copy.set(wire(member.getKey()), wire(member.getValue())));
            return copy;
        }
        if (sent instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(wire(item)));
            return copy;
        }
        return sent.isNumber() ? number(sent.decimalValue()) : sent;
    }

    /** A number without an exponent. */
    static JsonNode number(BigDecimal value) {
        return DecimalNode.valueOf(value.scale() < 0 ? value.setScale(0) : value);
    }

    /** A JSON pointer with all member names as on the wire. */
    static String wirePointer(String sent) {
        return Arrays.stream(sent.split("/", -1)).map(Names::wire).collect(Collectors.joining("/"));
    }

    private static Set<String> words(String text) {
        return Set.of(text.trim().split("\\s+"));
    }
}
