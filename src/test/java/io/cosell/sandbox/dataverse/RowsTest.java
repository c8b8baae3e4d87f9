package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.RowChange;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Section 3.4: every line of the matrix on a row that is not there, and on one that is. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // method, there, header, value, status, code
        "PATCH,false,If-Match,*,404,0x80040217", "PATCH,false,If-Match,W/\"1\",404,0x80040217", "PATCH,false,If-None-Match,*,204,-",
        "PATCH,false,If-None-Match,null,204,-", "DELETE,false,If-Match,*,404,0x80040217", "GET,false,If-None-Match,W/\"1\",404,0x80040217",
        "PATCH,true,If-Match,*,204,-", "PATCH,true,If-Match,W/\"1\",412,0x80060882", "PATCH,true,If-Match,ETAG,204,-",
        "PATCH,true,If-None-Match,*,412,0x80040237", "DELETE,true,If-Match,W/\"1\",412,0x80060882", "DELETE,true,If-Match,ETAG,204,-",
        "DELETE,true,If-Match,*,204,-", "GET,true,If-None-Match,ETAG,304,-", "GET,true,If-None-Match,W/\"1\",200,-",
        "PUT,true,If-Match,W/\"1\",412,0x80060882", "PUT,true,If-Match,ETAG,204,-"})
    void conditions(String method, boolean there, String header, String value, int status, String code) {
        if (there) {
            org.sandbox.create("account", Map.of("accountid", ID, "name", "Contoso"));
        }
        String tag = there ? org.get("accounts(" + ID + ")").header("ETag") : "";
        String body = method.equals("PATCH") ? "{\"name\":\"New\"}" : method.equals("PUT") ? "{\"value\":\"New\"}" : null;
        var answer = org.send(method, "accounts(" + ID + ")" + (method.equals("PUT") ? "/name" : ""), body, header,
            value.replace("ETAG", tag));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (code != null) {
            assertThat(answer.code()).isEqualTo(code);
        }
    }

    /** Section 3.4: which code the body carries is not known. */
    @Test
    void theCodeOfAStaleEtagIsASwitch() {
        String id = org.create("accounts", "{\"name\":\"Contoso\"}");
        org.sandbox.switches().turn(DataverseSwitch.STALE_ETAG_WITHOUT_CODE, true);
        var stale = org.patch("accounts(" + id + ")", "{\"name\":\"A\"}", "If-Match", "W/\"1\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.json().at("/error/code").textValue()).isEmpty();
    }

    /** Section 3.3: quotes are doubled and encoded; some signs break addresses by key. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"O%27%27Brien (x),204", "%C3%A9-1,204", "a%2Fb,400", "a%3Cb,400", "a*b,400", "a%25b,400",
        "a%26b,400", "a:b,400", "a%3Fb,400", "a%2Bb,400"})
    void keysInAddresses(String value, int status) {
        String path = "accounts(accountnumber='" + value + "')";
        var answer = org.patch(path, "{\"name\":\"Contoso\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (status == 204) {
            assertThat(org.get(path).status()).isEqualTo(200);
            assertThat(org.sandbox.rows("account").get(0).get("accountnumber")).isIn("O'Brien (x)", "é-1");
        } else {
            org.sandbox.switches().turn(DataverseSwitch.KEYS_TAKE_ANY_CHARACTER, true);
            assertThat(org.patch(path, "{\"name\":\"Contoso\"}").status()).isEqualTo(204);
        }
    }

    /** Section 2.5: a currency's code stays; users are found by the key of their common type too. */
    @Test
    void aCurrencysCodeIsWrittenOnceAndUsersHaveTheirOwnersKey() {
        String id = org.create("transactioncurrencies", "{\"currencyname\":\"Franc\",\"isocurrencycode\":\"CHF\"}");
        assertThat(org.patch("transactioncurrencies(" + id + ")", "{\"isocurrencycode\":\"XXX\",\"currencyname\":\"Swiss franc\"}")
            .status()).isEqualTo(204);
        assertThat(org.sandbox.row("transactioncurrency", id)).containsEntry("isocurrencycode", "CHF")
            .containsEntry("currencyname", "Swiss franc");
        assertThat(org.get("systemusers(ownerid=" + DataverseSandbox.SELLER + ")").json().path("fullname").asText()).isEqualTo("Sam Seller");
        assertThat(org.get("accounts(ownerid=" + DataverseSandbox.SELLER + ")").status()).isEqualTo(400);
    }

    /** Section 2.2: while the system calculates it, the deal value is the sum of the line items. */
    @Test
    void lineItemsMakeTheDealValue() {
        String id = org.create("opportunities", "{\"name\":\"Deal\",\"estimatedvalue\":50}");
        String first = org.create("opportunityproducts", "{\"productdescription\":\"Seats\",\"quantity\":3,\"priceperunit\":10.5,"
            + "\"opportunityid@odata.bind\":\"/opportunities(" + id + ")\"}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", new BigDecimal("50.00"));
        org.patch("opportunities(" + id + ")", "{\"isrevenuesystemcalculated\":true,\"estimatedvalue\":7}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", new BigDecimal("31.50"));
        org.sandbox.create("opportunityproduct", Map.of("quantity", 1, "priceperunit", 8, "opportunityid@odata.bind",
            "/opportunities(" + id + ")"));
        assertThat(org.get("opportunities(" + id + ")?$expand=product_opportunities").json().path("product_opportunities")).hasSize(2);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", new BigDecimal("39.50"));
        org.delete("opportunityproducts(" + first + ")");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", new BigDecimal("8.00"));
        var last = org.sandbox.history().get(org.sandbox.history().size() - 1);
        assertThat(last.table()).isEqualTo("opportunity");
        assertThat(last.written()).containsOnlyKeys("estimatedvalue");
        assertThat(org.patch("opportunities(" + id + ")", "{\"estimatedvalue\":7}").status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", new BigDecimal("8.00"));
    }

    /** Section 5.4 and 5.5: the newer package's lookups lead to tables whose names are the project's own. */
    @Test
    void partnerRoleAreaAndPlayAreLookups() {
        String area = (String) org.sandbox.rows("msft_solutionarea").get(0).get("msft_solutionareaid");
        String id = org.create("opportunities", "{\"name\":\"Deal\",\"msft_SolutionArea@odata.bind\":\"/msft_solutionareas(" + area + ")\"}");
        assertThat(org.get("opportunities(" + id + ")?$select=_msft_solutionarea_value").json().path("_msft_solutionarea_value").asText())
            .isEqualTo(area);
        assertThat(org.patch("opportunities(" + id + ")", "{\"msft_solutionarea@odata.bind\":\"/msft_solutionareas(" + area + ")\"}")
            .status()).isEqualTo(400);
    }
}
