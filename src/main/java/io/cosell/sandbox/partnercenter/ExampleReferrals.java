package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.cosell.sandbox.SandboxSystem;
import java.util.LinkedHashMap;
import java.util.Map;

/** Valid referrals of fictitious companies, for the demo and for tests. Every call gives a new map that may be changed. */
public final class ExampleReferrals {

    private static final String INBOUND = """
        {
          "name": "Fabrikam fleet telemetry",
          "qualification": "SalesQualified",
          "type": "Shared",
          "target": [{"type": "SolutionProfile", "id": "SOL-34104-EBB"}],
          "customerProfile": {
            "name": "Fabrikam Inc",
            "address": {"addressLine1": "1 Harbour Road", "addressLine2": "", "city": "Seattle", "state": "WA", "postalCode": "98101",
                        "country": "US"},
            "size": "251to1000employees",
            "team": [{"firstName": "Sue", "lastName": "Smith", "phoneNumber": "2065550101", "email": "sue.smith@fabrikam.com"}],
            "ids": [{"profileType": "Duns", "id": "795986822"}]
          },
          "consent": {"consentToToShareInfoWithOthers": true, "consentToContact": true},
          "details": {
            "notes": "Fabrikam wants live data of 400 trucks and asks for a partner who has done it before.",
            "dealValue": 120000,
            "currency": "USD",
            "closingDateTime": "2027-03-31T00:00:00Z",
            "requirements": {
              "industries": [{"id": "Manufacturing"}],
              "products": [{"id": "Azure"}],
              "services": [{"id": "Integration"}],
              "solutions": [{"id": "SOL-34104-EBB", "name": "Contoso Telemetry", "type": "Name"}]
            }
          },
          "team": [],
          "inviteContext": {
            "notes": "Hi Contoso, can you help this customer? Thanks, John @ Microsoft",
            "invitedBy": {"organizationId": "msft", "organizationName": "Microsoft"}
          }
        }
        """;

    private static final String OUTBOUND = """
        {
          "name": "Adventure Works cold chain",
          "qualification": "SalesQualified",
          "type": "Shared",
          "target": [{"type": "SolutionProfile", "id": "SOL-34104-EBB"}],
          "customerProfile": {
            "name": "Adventure Works GmbH",
            "address": {"addressLine1": "Lindenstrasse 12", "addressLine2": "", "city": "Berlin", "state": "", "postalCode": "10969",
                        "country": "DE"},
            "size": "51to250employees",
            "team": [{"firstName": "Joe", "lastName": "Hansen", "phoneNumber": "4930555010", "email": "joe.hansen@adventure-works.com"}],
            "ids": []
          },
          "consent": {"consentToToShareInfoWithOthers": true, "consentToContact": true, "consentToShareReferralWithMicrosoftSellers": true},
          "details": {
            "notes": "Adventure Works has to prove the temperature of every delivery from next year on.",
            "dealValue": 48000.50,
            "currency": "EUR",
            "closingDateTime": "2027-06-30T00:00:00Z",
            "requirements": {
              "solutions": [{"id": "SOL-34104-EBB", "name": "Contoso Telemetry", "type": "Name"}],
              "additionalRequirements": {"iot": {}, "attributes": [{"id": "HaveNotDecided", "type": "CustomerMarketplaceIntent"}]}
            }
          },
          "team": [{"firstName": "Jane", "lastName": "Doe", "phoneNumber": "4255550100", "email": "jane.doe@contoso.com"}],
          "inviteContext": {"notes": "A technical architect would help.", "assistanceRequestCode": "CustomerTechnicalArchitecture"}
        }
        """;

    private ExampleReferrals() {
    }

    /** A deal that Microsoft offers the partner, for {@link PartnerCenterSandbox#microsoftInvites}. */
    public static Map<String, Object> inbound() {
        return read(INBOUND);
    }

    /** A deal of the partner's own that asks for Microsoft's help, for {@link PartnerCenterSandbox#partnerCreates} or POST. */
    public static Map<String, Object> outbound() {
        return read(OUTBOUND);
    }

    private static Map<String, Object> read(String json) {
        try {
            return SandboxSystem.JSON.readValue(json, new TypeReference<LinkedHashMap<String, Object>>() { });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
