package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.dataverse.Organisation.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Section 3.5 of the contract. */
class BatchTest {

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private Answer batch(String body, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Content-Type";
        all[1] = "multipart/mixed;boundary=batch_1";
        return org.post("$batch", "\r\n" + body + "--batch_1--\r\n", all);
    }

    private static String part(String request, String body) {
        return "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n" + request + " HTTP/1.1\r\n"
            + "Content-Type: application/json\r\n\r\n" + body + "\r\n";
    }

    private static String changeSet(String... parts) {
        return "--batch_1\r\nContent-Type: multipart/mixed;boundary=changeset_1\r\n\r\n" + String.join("", parts) + "--changeset_1--\r\n";
    }

    private static String change(int id, String request, String body) {
        return "--changeset_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: " + id + "\r\n\r\n"
            + request
            + " HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" + body + "\r\n";
    }

    @Test
    void oneChangeSetMakesAccountContactDealAndSolution() {
        String detail = (String) org.sandbox.rows("msft_microsoftsolutiondetail").get(0).get("msft_microsoftsolutiondetailid");
        var answer = batch(part("GET " + org.sandbox.address()
            + "/api/data/v9.2/transactioncurrencies?$filter=isocurrencycode%20eq%20'EUR'", "")
            + changeSet(
                change(1, "POST " + org.sandbox.address() + "/api/data/v9.2/accounts", "{\"name\":\"Contoso\"}"),
                change(2, "POST /api/data/v9.2/contacts?tag=cosell",
                    "{\"lastname\":\"Fox\",\"parentcustomerid_account@odata.bind\":\"$1\"}"),
                change(3, "POST opportunities",
                    "{\"name\":\"Deal\",\"parentaccountid@odata.bind\":\"/$1\",\"parentcontactid@odata.bind\":\"$2\"}"),
                change(4, "POST msft_microsoftsolutions", "{\"msft_OpportunityId@odata.bind\":\"$3\",\"msft_SolutionDetailId@odata.bind\":"
                    + "\"/msft_microsoftsolutiondetails(" + detail + ")\"}"),
                change(5, "PATCH $1", "{\"description\":\"costs $1\"}"),
                change(6, "PUT $3/description", "{\"value\":\"x\"}"))
            + part("GET accounts?$select=name", ""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("multipart/mixed; boundary=batchresponse_");
        assertThat(answer.text()).startsWith("--batchresponse_").contains("Content-Type: multipart/mixed; boundary=changesetresponse_")
            .contains("Content-ID: 4\r\n").contains("HTTP/1.1 204 No Content\r\n").contains("OData-EntityId: " + org.sandbox.address())
            .contains("HTTP/1.1 200 OK\r\n")
            .contains("\"isocurrencycode\":\"EUR\"").contains("\"name\":\"Contoso\"");
        String account = (String) org.sandbox.rows("account").get(0).get("accountid");
        assertThat(org.sandbox.rows("account").get(0)).containsEntry("description", "costs $1");
        assertThat(org.sandbox.rows("contact").get(0)).containsEntry("_parentcustomerid_value", account);
        assertThat(org.sandbox.rows("opportunity").get(0)).containsEntry("_parentaccountid_value", account)
            .containsEntry("description", "x");
        assertThat(org.sandbox.rows("msft_microsoftsolution").get(0)).containsEntry("_msft_solutiondetailid_value", detail);
        assertThat(org.sandbox.history()).filteredOn(change -> "cosell".equals(change.tag())).hasSize(1);
    }

    @Test
    void aChangeSetIsAllOrNothing() {
        var answer = batch(changeSet(
            change(1, "POST accounts", "{\"name\":\"Contoso\"}"),
            change(2, "POST contacts", "{\"lastname\":\"" + "x".repeat(51) + "\"}")) + part("GET accounts", ""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("Content-ID: 2").contains("HTTP/1.1 400 Bad Request").contains("0x80044331").contains("REQ_ID: ")
            .doesNotContain("changesetresponse_").doesNotContain("HTTP/1.1 200");
        assertThat(org.sandbox.rows("account")).isEmpty();
        assertThat(org.sandbox.history()).isEmpty();
    }

    @Test
    void continueOnErrorRunsTheRest() {
        var answer = batch(part("GET accounts(00000000-0000-0000-0000-000000000001)", "") + part("POST accounts", "{\"name\":\"Contoso\"}"),
            "Prefer", "odata.continue-on-error");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("HTTP/1.1 404 Not Found").contains("HTTP/1.1 204 No Content");
        assertThat(org.sandbox.rows("account")).hasSize(1);
        assertThat(batch(part("GET accounts(00000000-0000-0000-0000-000000000001)", "") + part("POST accounts", "{\"name\":\"Other\"}"))
            .status()).isEqualTo(404);
        assertThat(org.sandbox.rows("account")).hasSize(1);
    }

    @Test
    void refusesWhatTheContractForbids() {
        assertThat(batch(changeSet(change(1, "GET accounts", ""))).text()).contains("A change set can't hold GET requests.");
        var early = batch(changeSet(change(1, "POST contacts", "{\"lastname\":\"Fox\",\"parentcustomerid_account@odata.bind\":\"$9\"}")));
        assertThat(early.status()).isEqualTo(400);
        assertThat(early.text()).contains("Content-ID Reference: '$9' does not exist in the batch context.");
        assertThat(org.post("$batch", "--b\nx\n--b--", "Content-Type", "multipart/mixed;boundary=b").status()).isEqualTo(400);
        assertThat(org.post("$batch", "{}", "Content-Type", "application/json").status()).isEqualTo(400);
        assertThat(batch(part("GET WhoAmI", "").repeat(1001)).text()).contains("at most 1000");
    }
}
