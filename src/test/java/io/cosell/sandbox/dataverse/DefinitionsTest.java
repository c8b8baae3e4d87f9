package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client asks about tables before it maps anything: section 2 of the contract, in the shapes of Microsoft's metadata types. */
class DefinitionsTest {

    private static final String OPPORTUNITY = "EntityDefinitions(LogicalName='opportunity')";

    private final Organisation org = new Organisation(DataverseOptions.defaults()
        .withAlternateKey("opportunity", "msft_microsoftpartnercenterreferralidentifier"));

    @AfterEach
    void stop() {
        org.close();
    }

    private JsonNode attribute(String name) {
        var answer = org.get(OPPORTUNITY + "/Attributes(LogicalName='" + name + "')?$expand=OptionSet");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    /** Sections 2.2 and 3.6. */
    @Test
    void aTableSaysItsSetKeysAndColumns() {
        var table = org.get(OPPORTUNITY + "?$select=EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled&$expand=Keys($select=KeyAttributes)")
            .json();
        assertThat(table.path("EntitySetName").asText()).isEqualTo("opportunities");
        assertThat(table.path("PrimaryIdAttribute").asText()).isEqualTo("opportunityid");
        assertThat(table.path("ChangeTrackingEnabled").asBoolean()).isTrue();
        assertThat(table.has("LogicalName")).isFalse();
        assertThat(table.has("Attributes")).isFalse();
        assertThat(table.at("/Keys/0/KeyAttributes/0").asText()).isEqualTo("msft_microsoftpartnercenterreferralidentifier");
        assertThat(org.get("EntityDefinitions?$filter=LogicalName eq 'lead'&$select=LogicalName").json().path("value")).hasSize(1);
        String id = org.get(OPPORTUNITY).json().path("MetadataId").asText();
        assertThat(org.get("EntityDefinitions(" + id + ")").json().path("LogicalName").asText()).isEqualTo("opportunity");
        assertThat(org.get("EntityDefinitions(LogicalName='nothing')").status()).isEqualTo(404);
        assertThat(org.get("EntityDefinitions?$orderby=LogicalName").status()).isEqualTo(501);
    }

    /** Section 2.2: types, lengths, choices and how strongly a value is asked for. */
    @Test
    void aColumnSaysItsTypeLengthAndChoices() {
        JsonNode name = attribute("name");
        assertThat(name.path("AttributeType").asText()).isEqualTo("String");
        assertThat(name.path("MaxLength").asInt()).isEqualTo(300);
        assertThat(name.at("/RequiredLevel/Value").asText()).isEqualTo("ApplicationRequired");
        assertThat(name.path("@odata.type").asText()).isEqualTo("#Microsoft.Dynamics.CRM.StringAttributeMetadata");
        JsonNode status = attribute("statuscode");
        assertThat(status.path("AttributeType").asText()).isEqualTo("Status");
        assertThat(status.at("/OptionSet/Options/2/Value").asInt()).isEqualTo(3);
        assertThat(status.at("/OptionSet/Options/2/State").asInt()).isEqualTo(1);
        assertThat(status.at("/OptionSet/Options/2/Label/UserLocalizedLabel/Label").asText()).isEqualTo("Won");
        assertThat(attribute("customerid").path("Targets").toString()).isEqualTo("[\"account\",\"contact\"]");
        assertThat(attribute("versionnumber").path("IsValidForUpdate").asBoolean()).isFalse();
        JsonNode picklists = org.get(OPPORTUNITY + "/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName"
            + "&$expand=OptionSet").json().path("value");
        assertThat(picklists.findValuesAsText("LogicalName")).contains("msft_microsoftpartnercenterhelp", "salesstage")
            .doesNotContain("statuscode", "name");
        assertThat(picklists.get(0).at("/OptionSet/Options").size()).isPositive();
        assertThat(org.get(OPPORTUNITY + "/Attributes(LogicalName='nothing')").status()).isEqualTo(404);
    }

    /** Section 2.1: a custom lookup's navigation property is cased. */
    @Test
    void relationshipsSayTheirNavigationProperties() {
        JsonNode one = org.get(
            "RelationshipDefinitions(SchemaName='msft_opportunity_msft_microsoftsolution_OpportunityId')").json();
        assertThat(one.path("ReferencedEntity").asText()).isEqualTo("opportunity");
        assertThat(one.path("ReferencingAttribute").asText()).isEqualTo("msft_opportunityid");
        assertThat(one.path("ReferencingEntityNavigationPropertyName").asText()).isEqualTo("msft_OpportunityId");
        assertThat(org.get(OPPORTUNITY + "/ManyToOneRelationships?$select=ReferencingEntityNavigationPropertyName").json()
            .findValuesAsText("ReferencingEntityNavigationPropertyName")).contains("customerid_account", "msft_SolutionArea");
    }

    /** Sections 2.1 and 5.4: names of columns and navigation properties. */
    @Test
    void theServiceDocumentOfTypesHoldsTablesAndTheirProperties() {
        var answer = org.get("$metadata");
        assertThat(answer.header("Content-Type")).startsWith("application/xml");
        assertThat(answer.text()).contains("<EntityType Name=\"opportunity\"", "<Property Name=\"_customerid_value\" Type=\"Edm.Guid\"/>",
            "<NavigationProperty Name=\"customerid_contact\" Type=\"mscrm.contact\"/>", "<EntitySet Name=\"opportunities\"");
    }

    /** Section 1.1: good tests of a connection. */
    @Test
    void theOrganisationSaysWhoItIs() {
        var answer = org.get("RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')");
        assertThat(answer.json().at("/Detail/OrganizationId").asText()).isEqualTo(org.get("WhoAmI").json().path("OrganizationId").asText());
    }
}
