package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.RowChange;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Create, read, update, delete and the conditional matrix: sections 2.1, 3.2, 3.3 and 3.4 of the contract. */
class RowsTest {

    private static final String ID = "0f0e0d0c-0000-4000-8000-000000000001";

    private final Organisation org = new Organisation(DataverseOptions.defaults()
        .withAlternateKey("account", "accountnumber")
        .withAlternateKey("opportunity", "msft_microsoftpartnercenterreferralidentifier"));

    @AfterEach
    void stop() {
        org.close();
    }

    @Test
    void createAnswers204WithAddressOr201WithTheRow() {
        var plain = org.post("accounts", "{\"name\":\"Contoso\"}");
        assertThat(plain.status()).isEqualTo(204);
        assertThat(plain.text()).isEmpty();
        assertThat(plain.header("OData-EntityId")).startsWith(org.sandbox.address() + "/api/data/v9.2/accounts(");
        assertThat(plain.header("OData-Version")).isEqualTo("4.0");
        var shown = org.post("accounts?$select=name", "{\"name\":\"Fabrikam\"}", "Prefer", "return=representation");
        assertThat(shown.status()).isEqualTo(201);
        assertThat(shown.json().path("name").asText()).isEqualTo("Fabrikam");
        assertThat(shown.json().path("accountid").isTextual()).isTrue();
        assertThat(shown.json().has("address1_city")).isFalse();
        assertThat(shown.header("ETag")).isEqualTo(shown.json().path("@odata.etag").asText()).startsWith("W/\"");
        assertThat(shown.header("Preference-Applied")).isEqualTo("return=representation");
    }

    @Test
    void aGivenPrimaryKeyIsTakenOnce() {
        assertThat(org.post("accounts", "{\"accountid\":\"" + ID + "\",\"name\":\"Contoso\"}").header("OData-EntityId"))
            .endsWith("accounts(" + ID + ")");
        var again = org.post("accounts", "{\"accountid\":\"" + ID + "\",\"name\":\"Contoso\"}");
        assertThat(again.status()).isEqualTo(412);
        assertThat(again.code()).isEqualTo("0x80040237");
    }

    @Test
    void patchCreatesWhatIsNotThereAndUpdatesWhatIs() {
        assertThat(org.patch("accounts(" + ID + ")", "{\"name\":\"Contoso\"}", "If-Match", "*").message())
            .isEqualTo("account With Id = " + ID + " Does Not Exist");
        assertThat(org.patch("accounts(" + ID + ")", "{\"name\":\"Contoso\"}").status()).isEqualTo(204);
        assertThat(org.sandbox.rows("account")).hasSize(1);
        var shown = org.patch("accounts(" + ID + ")", "{\"name\":\"Contoso Ltd\"}", "Prefer", "return=representation");
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.json().path("name").asText()).isEqualTo("Contoso Ltd");
        var refused = org.patch("accounts(" + ID + ")", "{\"name\":\"Other\"}", "If-None-Match", "*");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.message()).isEqualTo("A record with matching key values already exists.");
        assertThat(org.patch("accounts(" + ID + ")", "{\"name\":\"Other\"}", "If-None-Match", "null").status()).isEqualTo(204);
    }

    @Test
    void everyWriteChangesTheEtagAndAStaleOneIsRefused() {
        String id = org.create("accounts", "{\"name\":\"Contoso\"}");
        String first = org.get("accounts(" + id + ")").header("ETag");
        assertThat(org.get("accounts(" + id + ")", "If-None-Match", first).status()).isEqualTo(304);
        assertThat(org.get("accounts(" + id + ")", "If-None-Match", "null").status()).isEqualTo(200);
        assertThat(org.get("accounts(" + id + ")", "If-None-Match", first, "Prefer", "odata.include-annotations=\"*\"").status())
            .isEqualTo(200);
        assertThat(org.patch("accounts(" + id + ")", "{\"name\":\"A\"}", "If-Match", first).status()).isEqualTo(204);
        assertThat(org.get("accounts(" + id + ")", "If-None-Match", first).status()).isEqualTo(200);
        var stale = org.patch("accounts(" + id + ")", "{\"name\":\"B\"}", "If-Match", first);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.message()).isEqualTo("The version of the existing record doesn't match the RowVersion property provided.");
        assertThat(org.delete("accounts(" + id + ")", "If-Match", first).status()).isEqualTo(412);
        assertThat(org.sandbox.row("account", id)).containsEntry("name", "A");
        assertThat(org.delete("accounts(" + id + ")", "If-Match", org.get("accounts(" + id + ")").header("ETag")).status()).isEqualTo(204);
        assertThat(org.delete("accounts(" + id + ")").status()).isEqualTo(404);
        assertThat(org.get("accounts(" + id + ")").code()).isEqualTo("0x80040217");
    }

    @Test
    void alternateKeysFindCreateAndKeepUnique() {
        var created = org.patch("accounts(accountnumber='A 1')", "{\"name\":\"Contoso\"}", "Prefer", "return=representation");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("accountnumber").asText()).isEqualTo("A 1");
        assertThat(created.header("OData-EntityId")).endsWith("accounts(accountnumber='A%201')");
        assertThat(org.patch("accounts(accountnumber='A 1')", "{\"name\":\"Contoso 2\",\"accountnumber\":\"ignored\"}").status())
            .isEqualTo(204);
        assertThat(org.get("accounts(accountnumber='A 1')?$select=name").json().path("name").asText()).isEqualTo("Contoso 2");
        var missing = org.get("accounts(accountnumber='none')");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.code()).isEqualTo("0x80060891");
        var undeclared = org.get("accounts(name='Contoso')");
        assertThat(undeclared.status()).isEqualTo(400);
        assertThat(undeclared.message()).startsWith("The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.account");
        var doubled = org.post("accounts", "{\"name\":\"Other\",\"accountnumber\":\"A 1\"}");
        assertThat(doubled.status()).isEqualTo(412);
        assertThat(doubled.code()).isEqualTo("0x80060892");
        assertThat(doubled.message()).contains("<Id>" + created.json().path("accountid").asText() + "</Id>");
        String contact = org.create("contacts",
            "{\"lastname\":\"Fox\",\"parentcustomerid_account@odata.bind\":\"/accounts(accountnumber='A 1')\"}");
        assertThat(org.sandbox.row("contact", contact)).containsEntry("_parentcustomerid_value", created.json().path("accountid").asText());
    }

    @Test
    void lookupsAreBoundByShortAndFullAddressAndClearedByRef() {
        String account = org.create("accounts", "{\"name\":\"Contoso\"}");
        String id = org.create("opportunities", "{\"name\":\"Deal\",\"parentaccountid@odata.bind\":\"/accounts(" + account + ")\","
            + "\"customerid_account@odata.bind\":\"" + org.sandbox.address() + "/api/data/v9.2/accounts(" + account + ")\"}");
        var shown = org.get("opportunities(" + id + ")?$select=_customerid_value,_parentaccountid_value", "Prefer",
            "odata.include-annotations=\"*\"").json();
        assertThat(shown.path("_customerid_value").asText()).isEqualTo(account);
        assertThat(shown.path("_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname").asText()).isEqualTo("account");
        assertThat(shown.path("_customerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty").asText())
            .isEqualTo("customerid_account");
        assertThat(shown.path("_customerid_value@OData.Community.Display.V1.FormattedValue").asText()).isEqualTo("Contoso");
        assertThat(org.delete("opportunities(" + id + ")/parentaccountid/$ref").status()).isEqualTo(204);
        assertThat(org.patch("opportunities(" + id + ")", "{\"customerid_account@odata.bind\":null}").status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("_parentaccountid_value", null)
            .containsEntry("_customerid_value", null);
        assertThat(org.send("PUT", "opportunities(" + id + ")/parentaccountid/$ref", "{\"@odata.id\":\"/accounts(" + account + ")\"}")
            .status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("_parentaccountid_value", account);
    }

    @Test
    void moneyBringsItsCurrencyAndLabelsComeOnRequest() {
        String euro = org.get("transactioncurrencies?$filter=isocurrencycode eq 'EUR'").json().at("/value/0/transactioncurrencyid")
            .asText();
        String id = org.create("opportunities",
            "{\"name\":\"Deal\",\"estimatedvalue\":5000.555,\"msft_microsoftpartnercenterhelp\":299600002,"
            + "\"transactioncurrencyid@odata.bind\":\"/transactioncurrencies(" + euro + ")\"}");
        var shown = org.get("opportunities(" + id + ")?$select=estimatedvalue,statuscode,msft_microsoftpartnercenterhelp",
            "Prefer", "odata.include-annotations=\"OData.Community.Display.V1.FormattedValue\"").json();
        assertThat(shown.path("estimatedvalue").decimalValue()).isEqualByComparingTo(new BigDecimal("5000.56"));
        assertThat(shown.path("_transactioncurrencyid_value").asText()).isEqualTo(euro);
        assertThat(shown.path("statuscode@OData.Community.Display.V1.FormattedValue").asText()).isEqualTo("In Progress");
        assertThat(shown.path("msft_microsoftpartnercenterhelp@OData.Community.Display.V1.FormattedValue").asText())
            .isEqualTo("Proof of concept or demo");
        assertThat(shown.path("estimatedvalue@OData.Community.Display.V1.FormattedValue").asText()).isEqualTo("€5,000.56");
        assertThat(shown.has("_transactioncurrencyid_value@Microsoft.Dynamics.CRM.lookuplogicalname")).isFalse();
        assertThat(org.get("opportunities(" + id + ")").json().has("statuscode@OData.Community.Display.V1.FormattedValue")).isFalse();
    }

    @Test
    void oneColumnHasAnAddress() {
        String id = org.create("accounts", "{\"name\":\"Contoso\",\"address1_city\":\"Bonn\"}");
        assertThat(org.get("accounts(" + id + ")/name").json().path("value").asText()).isEqualTo("Contoso");
        assertThat(org.send("PUT", "accounts(" + id + ")/name", "{\"value\":\"New\"}").status()).isEqualTo(204);
        assertThat(org.delete("accounts(" + id + ")/address1_city").status()).isEqualTo(204);
        assertThat(org.sandbox.row("account", id)).containsEntry("name", "New").containsEntry("address1_city", null);
    }

    @Test
    void javaAndHttpSeeTheSameRows() {
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal", "estimatedvalue", 100));
        org.sandbox.update("opportunity", id, Map.of("description", "by the seller"));
        assertThat(org.get("opportunities(" + id + ")").json().path("description").asText()).isEqualTo("by the seller");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("_modifiedby_value", DataverseSandbox.SELLER);
        org.patch("opportunities(" + id + ")?tag=cosell", "{\"description\":\"by the connector\"}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("_modifiedby_value", DataverseSandbox.APPLICATION_USER);
        assertThat(org.sandbox.history()).extracting(RowChange::message).containsExactly("Create", "Update", "Update");
        assertThat(org.sandbox.history()).extracting(RowChange::tag).containsExactly(null, null, "cosell");
        org.sandbox.delete("opportunity", id);
        assertThat(org.get("opportunities(" + id + ")").status()).isEqualTo(404);
        assertThat(org.sandbox.row("opportunity", id)).isNull();
    }

    @Test
    void solutionsGoWithTheirOpportunityAndOtherRowsLoseTheirLookup() {
        String account = org.sandbox.create("account", Map.of("name", "Contoso"));
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal", "parentaccountid@odata.bind", "/accounts(" + account + ")"));
        org.sandbox.create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + id + ")"));
        assertThat(org.sandbox.rows("msft_microsoftsolution").get(0)).containsEntry("msft_name", "2026-11-20-00001");
        org.sandbox.delete("account", account);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("_parentaccountid_value", null);
        org.sandbox.delete("opportunity", id);
        assertThat(org.sandbox.rows("msft_microsoftsolution")).isEmpty();
    }
}
