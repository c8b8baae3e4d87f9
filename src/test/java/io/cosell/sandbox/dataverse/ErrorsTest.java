package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.sandbox.Fault;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections 4.1 and 4.2 of the contract. */
class ErrorsTest {

    private Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private void with(DataverseOptions options) {
        org.close();
        org = new Organisation(options);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"nothing\":1} | 400 | 0x80060888 | nothing",
        "{\"Nothing@odata.bind\":\"/accounts(x)\"} | 400 | 0x80060888 | Nothing",
        "{\"customerid@odata.bind\":\"/accounts(00000000-0000-0000-0000-000000000001)\"} | 400 | 0x80060888 | customerid",
        "{\"parentaccountid@odata.bind\":\"/accounts(00000000-0000-0000-0000-000000000001)\"} | 404 | 0x80040217 | Does Not Exist",
        "{\"parentaccountid@odata.bind\":\"/contacts(00000000-0000-0000-0000-000000000001)\"} | 400 | 0x80048d19 | contacts",
        "{\"parentaccountid@odata.bind\":\"nonsense\"} | 400 | 0x80048d19 | nonsense",
        "{\"_parentaccountid_value\":\"00000000-0000-0000-0000-000000000001\"} | 400 | 0x80048d19 | Navigation properties",
        "{\"salesstage\":9} | 400 | 0x8004431A | salesstage",
        "{\"msft_microsoftpartnercenterhelp\":1} | 400 | 0x8004431A | msft_microsoftpartnercenterhelp",
        "{\"closeprobability\":101} | 400 | 0x80044330 | closeprobability",
        "{\"budgetamount\":-1} | 400 | 0x80044330 | budgetamount",
        "{\"estimatedvalue\":\"5\"} | 400 | 0x80048d19 | estimatedvalue",
        "{\"estimatedclosedate\":\"2026-11-20T00:00:00Z\"} | 400 | 0x80048d19 | estimatedclosedate",
        "{\"name\":5} | 400 | 0x80048d19 | name",
        "{\"isrevenuesystemcalculated\":\"Yes\"} | 400 | 0x80048d19 | isrevenuesystemcalculated",
        "{\"opportunityid\":\"x\"} | 400 | 0x80048d19 | opportunityid",
        "[] | 400 | 0x80048d19 | object",
        "{ | 400 | 0x80048d19 | JSON",
        "{\"msft_opportunity_msft_microsoftsolution_OpportunityId\":[]} | 501 | 0x80040800 | msft_opportunity"})
    void refusesBodies(String body, int status, String code, String named) {
        var answer = org.post("opportunities", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.message()).contains(named);
        assertThat(org.sandbox.rows("opportunity")).isEmpty();
    }

    @Test
    void aTextTooLongIsRefusedInTheDocumentedWords() {
        assertThat(org.post("opportunities", "{\"name\":\"" + "x".repeat(301) + "\"}").message())
            .isEqualTo("A validation error occurred. The length of the"
            + " 'name' attribute of the 'opportunity' entity exceeded the maximum allowed length of '300'.");
    }

    @ParameterizedTest
    @CsvSource({"GET,nothings,404", "GET,GlobalOptionSetDefinitions,501", "POST,EntityDefinitions,400", "DELETE,EntityDefinitions(LogicalName='lead'),501",
        "POST,Merge,501", "POST,CreateMultiple,501", "POST,accounts/Microsoft.Dynamics.CRM.CreateMultiple,501", "PUT,accounts,405", "DELETE,WhoAmI,405",
        "GET,accounts(x),400",
        "GET,accounts/nothing,404", "POST,Microsoft.Dynamics.CRM.Other,501"})
    void unknownAddresses(String method, String path, int status) {
        var answer = org.send(method, path, method.equals("GET") ? null : "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.message()).isNotEmpty();
    }

    @Test
    void throttlesOnDemandAndDoesNothingThen() {
        for (var reply : List.of(DataverseSandbox.throttled(12), DataverseSandbox.throttledByTime(12),
            DataverseSandbox.throttledByConcurrency(12))) {
            org.sandbox.fail(Fault.instead("POST", "/accounts", reply));
            var answer = org.post("accounts", "{\"name\":\"Contoso\"}");
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("Retry-After")).isEqualTo("12");
            assertThat(answer.code()).isIn("0x80072322", "0x80072321", "0x80072326");
        }
        assertThat(org.sandbox.rows("account")).isEmpty();
        assertThat(org.post("accounts", "{\"name\":\"Contoso\"}").status()).isEqualTo(204);
    }

    @Test
    void duplicateRulesAreOffUnlessTurnedOn() {
        org.create("accounts", "{\"name\":\"Contoso\"}");
        org.create("accounts", "{\"name\":\"Contoso\"}");
        var found = org.post("accounts", "{\"name\":\"contoso\"}", "MSCRM.SuppressDuplicateDetection", "false");
        assertThat(found.status()).isEqualTo(412);
        assertThat(found.code()).isEqualTo("0x80040333");
        with(DataverseOptions.defaults().withDuplicateStatus(500));
        org.create("accounts", "{\"name\":\"Contoso\"}");
        assertThat(org.post("accounts", "{\"name\":\"Contoso\"}", "MSCRM.SuppressDuplicateDetection", "false").status()).isEqualTo(500);
    }

    @Test
    void aPartnersMandatoryColumnIsAskedFor() {
        with(DataverseOptions.defaults().withColumn("account", "contoso_region", "string", true));
        var refused = org.post("accounts", "{\"name\":\"Contoso\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("0x80040265");
        assertThat(refused.message()).contains("contoso_region");
        String id = org.create("accounts", "{\"name\":\"Contoso\",\"contoso_region\":\"West\"}");
        assertThat(org.patch("accounts(" + id + ")", "{\"contoso_region\":null}").status()).isEqualTo(400);
        assertThatThrownBy(() -> DataverseOptions.defaults().withColumn("account", "x", "lookup", false)).hasMessageContaining("lookup");
        assertThatThrownBy(() -> new DataverseSandbox(org.clock, DataverseOptions.defaults().withColumn("nothing", "x", "string", false)))
            .hasMessageContaining("nothing");
    }

    @Test
    void leadsCanBeWithoutMicrosoftsColumnsAndCurrenciesCanBeFew() {
        assertThat(org.post("leads", "{\"lastname\":\"Fox\",\"msft_microsoftpartnercenterreferralsync\":true}").status()).isEqualTo(204);
        with(DataverseOptions.defaults().withMicrosoftColumnsOnLead(false).withCurrencies("CHF"));
        assertThat(org.post("leads", "{\"lastname\":\"Fox\",\"msft_microsoftpartnercenterreferralsync\":true}").message())
            .contains("msft_microsoftpartnercenterreferralsync");
        assertThat(org.sandbox.rows("transactioncurrency")).extracting(row -> row.get("isocurrencycode")).containsExactly("CHF");
    }

    @Test
    void aSystemCalculatedDealValueTakesNoInput() {
        String id = org.create("opportunities", "{\"name\":\"Deal\",\"isrevenuesystemcalculated\":true,\"estimatedvalue\":5}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", null);
        assertThat(org.patch("opportunities(" + id + ")", "{\"estimatedvalue\":6}").status()).isEqualTo(204);
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("estimatedvalue", null);
    }

    /** Sections 4.2 and 5.4: what the documents leave open can be switched while the sandbox runs. */
    @Test
    void statusOfDuplicatesAndColumnsOfLeadsAreSwitches() {
        org.create("accounts", "{\"name\":\"Contoso\"}");
        org.sandbox.switches().turn(org.sandbox.switches().named("DUPLICATES_ANSWER_500"), true);
        assertThat(org.post("accounts", "{\"name\":\"Contoso\"}", "MSCRM.SuppressDuplicateDetection", "false").status()).isEqualTo(500);
        String shared = "{\"lastname\":\"Fox\",\"msft_microsoftpartnercenterreferralsync\":true}";
        String id = org.create("leads", shared);
        org.sandbox.switches().turn(DataverseSwitch.LEADS_WITHOUT_MICROSOFT_COLUMNS, true);
        assertThat(org.post("leads", shared).status()).isEqualTo(400);
        assertThat(org.get("leads(" + id + ")").json().has("msft_microsoftpartnercenterreferralsync")).isFalse();
        org.sandbox.switches().turn(DataverseSwitch.LEADS_WITHOUT_MICROSOFT_COLUMNS, false);
        assertThat(org.get("leads(" + id + ")").json().path("msft_microsoftpartnercenterreferralsync").asBoolean()).isTrue();
        assertThat(org.sandbox.switches().all()).allSatisfy(one -> {
            assertThat(one.section()).matches("\\d\\.\\d");
            assertThat(one.on()).isNotEqualTo(one.off());
        });
    }
}
