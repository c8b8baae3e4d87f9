package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.flow.Archive;
import io.cosell.sandbox.SandboxSystem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deployments of metadata: beyond the contract, after the Metadata API's guide. */
class DeploymentsTest {

    private static final String FIELD = "<fields><fullName>Own__c</fullName><label>Own</label><length>20</length><type>Text</type></fields>";

    private final SalesforceOrg org = new SalesforceOrg(SalesforceSwitch.WITHOUT_PACKAGE);

    @AfterEach
    void stop() {
        org.close();
    }

    private static String xml(String root, String inside) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><" + root + " xmlns=\"http://soap.sforce.com/2006/04/metadata\">" + inside + "</" + root + ">";
    }

    private static Map<String, Object> oneField(String field) {
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("package.xml", xml("Package", "<types><members>Account.Own__c</members><name>CustomField</name></types>"
            + "<types><members>Ours</members><name>PermissionSet</name></types><version>60.0</version>"));
        files.put("objects/Account.object", xml("CustomObject", field));
        files.put("permissionsets/Ours.permissionset", xml("PermissionSet", "<fieldPermissions><editable>true</editable><field>Account.Own__c</field>"
            + "<readable>true</readable></fieldPermissions><label>Ours</label>"));
        return files;
    }

    private SalesforceOrg.Answer deploy(Map<String, Object> files, boolean checkOnly) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        new Archive().form(files, Map.of("deployOptions", Map.of("singlePackage", true, "rollbackOnError", true, "checkOnly", checkOnly)), exchange);
        return org.post("metadata/deployRequest", exchange.getMessage().getBody(byte[].class),
            exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class));
    }

    /** The end of a deployment: it is not done when it is asked for the first time. */
    private JsonNode result(Map<String, Object> files, boolean checkOnly) {
        String id = deploy(files, checkOnly).json().path("id").asText();
        String address = "metadata/deployRequest/" + id + "?includeDetails=true";
        assertThat(org.get(address).json().at("/deployResult/done").asBoolean(true)).isFalse();
        JsonNode result = org.get(address).json().path("deployResult");
        assertThat(result.path("done").asBoolean()).isTrue();
        return result;
    }

    private boolean isSeen() {
        return org.get("sobjects/Account/describe").text().contains("Own__c");
    }

    private void assign() {
        String set = org.get("query?q=SELECT+Id+FROM+PermissionSet+WHERE+Name='Ours'").json().at("/records/0/Id").asText();
        org.create("PermissionSetAssignment", "{'AssigneeId':'" + Seed.INTEGRATION_USER + "','PermissionSetId':'" + set + "'}");
    }

    @Test
    void anEmptyOrganisationHasNothingOfThePackage() {
        assertThat(org.get("sobjects/Opportunity/describe").text()).doesNotContain("Sync_With_Partner_Center__c", "Co_sell_Type__c");
        assertThat(org.get("sobjects/Microsoft_Solutions__c/describe").status()).isEqualTo(404);
    }

    @Test
    void aFieldIsHiddenUntilAPermissionSetShowsIt() {
        assertThat(result(oneField(FIELD), false).path("status").asText()).isEqualTo("Succeeded");
        assertThat(isSeen()).isFalse();
        assertThat(org.get("tooling/query?q=SELECT+DeveloperName,NamespacePrefix,TableEnumOrId+FROM+CustomField+WHERE+DeveloperName+IN+('Own')")
            .json().at("/records/0/TableEnumOrId").asText()).isEqualTo("Account");

        assign();
        assertThat(isSeen()).isTrue();
        String account = org.create("Account", "{'Name':'Contoso','Own__c':'here'}");
        assertThat(org.read("Account", account).path("Own__c").asText()).isEqualTo("here");
    }

    @Test
    void aFailureUndoesTheWhole() {
        JsonNode result = result(oneField(FIELD + FIELD.replace("Own__c", "Other__c")), false);

        assertThat(result.path("success").asBoolean(true)).isFalse();
        assertThat(result.at("/details/componentFailures/0/fullName").asText()).isEqualTo("Account.Other__c");
        assertThat(result.at("/details/componentFailures/0/problem").asText()).isEqualTo("Not in package.xml");
        assertThat(org.get("tooling/query?q=SELECT+DeveloperName,TableEnumOrId+FROM+CustomField+WHERE+DeveloperName+IN+('Own')").json()
            .path("records")).isEmpty();
    }

    @Test
    void whatTheMetadataApiRefusesIsRefused() {
        assertThat(problem(FIELD.replace("<length>20</length>", ""))).isEqualTo("Required field is missing: length");
        assertThat(problem(FIELD.replace("</fields>", "<required>true</required></fields>")))
            .isEqualTo("You cannot deploy to a required field: Account.Own__c");
        assertThat(problem(FIELD.replace("Text", "Lookup").replace("</fields>", "<referenceTo>Nothing__c</referenceTo><relationshipName>Own"
            + "</relationshipName></fields>"))).contains("does not resolve to a valid sObject type");
        assertThat(result(Map.of(), false).at("/details/componentFailures/0/problem").asText()).isEqualTo("No package.xml found");
    }

    private String problem(String field) {
        return result(oneField(field), false).at("/details/componentFailures/0/problem").asText();
    }

    @Test
    void aTrialDeploysNothing() {
        assertThat(result(oneField(FIELD), true).path("success").asBoolean()).isTrue();
        assertThat(org.get("tooling/query?q=SELECT+DeveloperName,TableEnumOrId+FROM+CustomField+WHERE+DeveloperName+IN+('Own')").json()
            .path("records")).isEmpty();
    }

    @Test
    void aSavedStateHoldsWhatWasDeployed() {
        result(oneField(FIELD), false);
        assign();
        org.create("Account", "{'Name':'Contoso','Own__c':'here'}");

        try (SalesforceOrg other = new SalesforceOrg()) {
            other.sandbox.restore(SandboxSystem.JSON.valueToTree(org.sandbox.state()));
            other.signIn();
            assertThat(other.get("query?q=SELECT+Own__c+FROM+Account").json().at("/records/0/Own__c").asText()).isEqualTo("here");
        }
    }
}
