package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.SandboxSystem;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables, columns and lookups that are made: beyond the contract, in the shapes of Microsoft's guide to table definitions. */
class MakingTablesTest {

    private static final String LABEL = "{\"LocalizedLabels\":[{\"Label\":\"Some words\",\"LanguageCode\":1033}]}";
    private static final String OPPORTUNITY = "EntityDefinitions(LogicalName='opportunity')";

    private final Organisation org = new Organisation(DataverseOptions.defaults().withoutMicrosoftSolution());

    @AfterEach
    void stop() {
        org.close();
    }

    private static String column(String type, String name, String more) {
        return "{\"@odata.type\":\"Microsoft.Dynamics.CRM." + type + "AttributeMetadata\",\"SchemaName\":\"" + name + "\",\"DisplayName\":" + LABEL
            + more + "}";
    }

    private static String table(String name) {
        return "{\"SchemaName\":\"" + name + "\",\"DisplayName\":" + LABEL + ",\"DisplayCollectionName\":" + LABEL
            + ",\"OwnershipType\":\"UserOwned\",\"ChangeTrackingEnabled\":true,\"Attributes\":["
            + column("String", "own_Name", ",\"IsPrimaryName\":true,\"MaxLength\":100") + "]}";
    }

    private static String lookup() {
        return "{\"@odata.type\":\"Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata\",\"SchemaName\":\"own_opportunity_own_part\","
            + "\"ReferencedEntity\":\"opportunity\",\"ReferencedAttribute\":\"opportunityid\",\"ReferencingEntity\":\"own_part\","
            + "\"CascadeConfiguration\":{\"Delete\":\"Cascade\"},\"Lookup\":{\"SchemaName\":\"own_OpportunityId\",\"DisplayName\":" + LABEL + "}}";
    }

    @Test
    void anEmptyOrganisationHasNothingOfMicrosofts() {
        assertThat(org.get("EntityDefinitions(LogicalName='msft_microsoftsolution')").status()).isEqualTo(404);
        assertThat(org.get("opportunities?$select=msft_microsoftpartnercenterreferralsync").status()).isEqualTo(400);
        assertThat(org.get("msft_microsoftsolutions").status()).isEqualTo(404);
        assertThat(org.get("$metadata").text()).doesNotContain("msft_");
        assertThat(org.get("RelationshipDefinitions").status()).isEqualTo(200);
        assertThat(org.get("opportunities?$select=name").status()).isEqualTo(200);
    }

    @Test
    void aColumnCanBeUsedAtOnce() {
        String id = org.sandbox.create("opportunity", Map.of("name", "Before"));

        Organisation.Answer made = org.post(OPPORTUNITY + "/Attributes", column("String", "own_Text", ",\"MaxLength\":5"));
        assertThat(made.status()).isEqualTo(204);
        assertThat(made.header("OData-EntityId")).contains("/EntityDefinitions(").contains(")/Attributes(");
        org.sandbox.update("opportunity", id, Map.of("own_text", "abcde"));

        assertThat(org.get("opportunities(" + id + ")?$select=own_text").json().path("own_text").asText()).isEqualTo("abcde");
        assertThat(org.patch("opportunities(" + id + ")", "{\"own_text\":\"abcdef\"}").code()).isEqualTo("0x80044331");
        assertThat(org.get(OPPORTUNITY + "/Attributes(LogicalName='own_text')").json().path("MaxLength").asInt()).isEqualTo(5);
    }

    @Test
    void choicesAndSwitchesHaveTheirValues() {
        org.post(OPPORTUNITY + "/Attributes", column("Picklist", "own_Choice", ",\"OptionSet\":{\"Options\":[{\"Value\":7,\"Label\":" + LABEL + "}]}"));
        org.post(OPPORTUNITY + "/Attributes", column("Boolean", "own_Switch", ",\"DefaultValue\":false"));
        String id = org.sandbox.create("opportunity", Map.of("name", "After", "own_choice", 7));

        assertThat(org.sandbox.row("opportunity", id)).containsEntry("own_choice", 7).containsEntry("own_switch", false);
        assertThat(org.patch("opportunities(" + id + ")", "{\"own_choice\":8}").status()).isEqualTo(400);
    }

    @Test
    void aTableAndALookupCanBeUsedAtOnce() {
        assertThat(org.post("EntityDefinitions", table("own_Part")).status()).isEqualTo(204);
        assertThat(org.post("RelationshipDefinitions", lookup()).status()).isEqualTo(204);
        String deal = org.sandbox.create("opportunity", Map.of("name", "A deal"));
        String part = org.create("own_parts", "{\"own_name\":\"A part\",\"own_OpportunityId@odata.bind\":\"/opportunities(" + deal + ")\"}");

        assertThat(org.get("opportunities(" + deal + ")?$expand=own_opportunity_own_part").json().at("/own_opportunity_own_part/0/own_name").asText())
            .isEqualTo("A part");
        assertThat(org.get("own_parts", "Prefer", "odata.track-changes").text()).contains("deltaLink");
        org.sandbox.delete("opportunity", deal);
        assertThat(org.sandbox.row("own_part", part)).isNull();
    }

    @Test
    void whatIsThereIsRefused() {
        org.post(OPPORTUNITY + "/Attributes", column("Boolean", "own_Switch", ""));
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("Boolean", "own_Switch", "")).message()).contains("already exists");
        org.post("EntityDefinitions", table("own_Part"));
        assertThat(org.post("EntityDefinitions", table("own_Part")).message()).contains("already exists");
    }

    @Test
    void bodiesThatLackSomethingAreRefused() {
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("String", "own_Text", "")).message()).contains("MaxLength");
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("Boolean", "text", "")).message()).contains("prefix of a publisher");
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("Boolean", "own_Switch", "").replace("LocalizedLabels", "Labels")).message())
            .contains("LocalizedLabels");
        assertThat(org.post("EntityDefinitions", table("own_Part").replace("IsPrimaryName", "Other")).message()).contains("IsPrimaryName");
        assertThat(org.post("RelationshipDefinitions", lookup()).message()).contains("no entity 'own_part'");
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("Image", "own_Picture", "")).status()).isEqualTo(501);
    }

    @Test
    void eachTakesItsOwnPrivilege() {
        for (String privilege : new String[] {"prvCreateAttribute", "prvCreateEntity", "prvCreateRelationship", "prvPublishCustomization"}) {
            org.sandbox.takePrivilege(privilege);
        }
        assertThat(org.post(OPPORTUNITY + "/Attributes", column("Boolean", "own_Switch", "")).message()).contains("prvCreateAttribute");
        assertThat(org.post("EntityDefinitions", table("own_Part")).message()).contains("prvCreateEntity");
        assertThat(org.post("RelationshipDefinitions", lookup()).message()).contains("prvCreateRelationship");
        assertThat(org.post("PublishXml", "{\"ParameterXml\":\"<importexportxml/>\"}").message()).contains("prvPublishCustomization");
    }

    @Test
    void aSavedStateHoldsWhatWasMade() {
        org.post("EntityDefinitions", table("own_Part"));
        org.post("RelationshipDefinitions", lookup());
        String deal = org.sandbox.create("opportunity", Map.of("name", "A deal"));
        org.create("own_parts", "{\"own_name\":\"A part\",\"own_OpportunityId@odata.bind\":\"/opportunities(" + deal + ")\"}");
        ObjectNode state = SandboxSystem.JSON.valueToTree(org.sandbox.state());

        try (Organisation other = new Organisation()) {
            other.sandbox.restore(state);
            assertThat(other.sandbox.rows("own_part")).hasSize(1);
            assertThat(other.get("own_parts?$select=own_name").json().at("/value/0/own_name").asText()).isEqualTo("A part");
        }
    }
}
