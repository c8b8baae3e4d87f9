package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Trouble;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people do by name, the sandbox as one document, kinds of calls and answers to faults (checklist 7 and 10). */
class ActsAndStateTest {

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private Object does(String name, String parameters) throws Exception {
        Act act = org.sandbox.acts().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
        return act.does().apply(SandboxSystem.JSON.readTree(parameters));
    }

    private String made(String name, String parameters) throws Exception {
        return (String) ((Map<?, ?>) does(name, parameters)).get("id");
    }

    @Test
    void sellersAndTheCrmsOwnAutomationActByName() throws Exception {
        String id = made("create-row", "{\"table\":\"opportunity\",\"columns\":{\"name\":\"Deal\",\"estimatedvalue\":5}}");
        does("update-row", "{\"as\":\"automation\",\"table\":\"opportunity\",\"id\":\"" + id + "\",\"columns\":{\"name\":\"Deal ✔\"}}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("name", "Deal ✔")
            .containsEntry("_createdby_value", DataverseSandbox.SELLER).containsEntry("_modifiedby_value", DataverseSandbox.AUTOMATION);
        does("win-opportunity", "{\"id\":\"" + id + "\"}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("statecode", 1);
        does("reopen-opportunity", "{\"id\":\"" + id + "\"}");
        does("lose-opportunity", "{\"id\":\"" + id + "\",\"status\":5}");
        assertThat(org.sandbox.row("opportunity", id)).containsEntry("statuscode", 5);
        String lead = made("create-row", "{\"as\":\"other-seller\",\"table\":\"lead\",\"columns\":{\"lastname\":\"Fox\",\"subject\":\"Topic\"}}");
        assertThat(org.sandbox.row("opportunity", made("qualify-lead", "{\"id\":\"" + lead + "\"}"))).containsEntry("name", "Topic");
        String other = made("create-row", "{\"table\":\"lead\",\"columns\":{\"lastname\":\"Wolf\"}}");
        does("disqualify-lead", "{\"id\":\"" + other + "\"}");
        assertThat(org.sandbox.row("lead", other)).containsEntry("statuscode", 4);
        does("delete-row", "{\"table\":\"lead\",\"id\":\"" + other + "\"}");
        assertThat((List<?>) does("show-rows", "{\"table\":\"lead\"}")).hasSize(1);
        assertThatThrownBy(() -> does("create-row", "{\"columns\":{}}")).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("table");
        assertThatThrownBy(() -> does("create-row", "{\"as\":\"nobody\",\"table\":\"lead\",\"columns\":{}}"))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nobody");
    }

    /** Section 4.1, checklist 7: the three codes on demand. */
    @ParameterizedTest
    @CsvSource({"requests,0x80072322", "time,0x80072321", "concurrency,0x80072326"})
    void theNextCallIsThrottled(String limit, String code) throws Exception {
        does("throttle-next", "{\"limit\":\"" + limit + "\",\"seconds\":7}");
        var refused = org.get("accounts");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.header("Retry-After")).isEqualTo("7");
        assertThat(org.get("accounts").status()).isEqualTo(200);
    }

    @Test
    void anAdministratorTakesPrivilegesTokensAndRegistersWebhooks() throws Exception {
        does("take-privilege", "{\"privilege\":\"prvReadAccount\"}");
        assertThat(org.get("accounts").status()).isEqualTo(403);
        does("give-privilege", "{\"privilege\":\"prvReadAccount\"}");
        assertThat(org.get("accounts").status()).isEqualTo(200);
        made("register-webhook", "{\"url\":\"http://127.0.0.1:1/\",\"header\":\"x\",\"value\":\"y\",\"tables\":[\"lead\",\"account\"]}");
        assertThat(org.sandbox.rows("sdkmessageprocessingstep")).hasSize(6);
        does("revoke-tokens", "{}");
        assertThat(org.get("accounts").status()).isEqualTo(401);
    }

    @Test
    void theStateIsReadableAndRestoredWithVersionsDeletionsSwitchesAndRoles() throws Exception {
        String account = org.sandbox.create("account", Map.of("name", "Contoso"));
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal", "estimatedvalue", 5, "estimatedclosedate", "2026-12-01",
            "customerid_account@odata.bind", "/accounts(" + account + ")", "msft_microsoftpartnercenterreferralsync", true));
        org.sandbox.create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + id + ")"));
        String link = org.get("opportunities?$select=name", "Prefer", "odata.track-changes").json().path("@odata.deltaLink").asText();
        String gone = org.sandbox.create("opportunity", Map.of("name", "Gone"));
        org.sandbox.delete("opportunity", gone);
        org.sandbox.switches().turn(DataverseSwitch.DELETIONS_COME_FIRST, true);
        org.sandbox.takePrivilege("prvDeleteLead");
        ObjectNode state = org.sandbox.state();
        var row = state.at("/store/tables/opportunity/rows/0/values");
        assertThat(row.path("estimatedclosedate").asText()).isEqualTo("2026-12-01");
        assertThat(row.at("/customerid/table").asText()).isEqualTo("account");
        try (Organisation other = new Organisation()) {
            other.sandbox.create("account", Map.of("name", "Not in the document"));
            other.sandbox.restore((ObjectNode) SandboxSystem.JSON.readTree(state.toString()));
            assertThat(other.sandbox.rows("opportunity")).isEqualTo(org.sandbox.rows("opportunity"));
            assertThat(other.sandbox.rows("account")).isEqualTo(org.sandbox.rows("account"));
            assertThat(other.get("opportunities(" + id + ")").header("ETag")).isEqualTo(org.get("opportunities(" + id + ")").header("ETag"));
            assertThat(other.get(link.replace(org.sandbox.address(), other.sandbox.address())).json().at("/value/0/id").asText())
                .isEqualTo(gone);
            assertThat(other.sandbox.switches().has(DataverseSwitch.DELETIONS_COME_FIRST)).isTrue();
            assertThat(other.delete("leads(" + id + ")").status()).isEqualTo(403);
            assertThat(other.sandbox.history()).isEmpty();
            other.sandbox.create("msft_microsoftsolution", Map.of());
            assertThat(other.sandbox.rows("msft_microsoftsolution")).extracting(one -> one.get("msft_name"))
                .containsExactly("2026-11-20-00001", "2026-11-20-00002");
            ObjectNode foreign = state.deepCopy();
            ((ObjectNode) foreign.at("/store/tables/opportunity/rows/0/values")).put("nothing", 1);
            assertThatThrownBy(() -> other.sandbox.restore(foreign)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing");
            assertThat(other.sandbox.rows("opportunity")).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"POST,/contoso/oauth2/v2.0/token,,SIGN_IN", "GET,accounts(accountnumber='1'),,READ", "GET,accounts,,LIST",
        "GET,accounts/$count,,LIST", "GET,accounts,odata.track-changes,CHANGES", "POST,accounts,,CREATE",
        "PATCH,accounts(accountnumber='1'),,CREATE", "PATCH,accounts(00000000-0000-0000-0000-000000000001),,UPDATE",
        "DELETE,accounts(1),,DELETE", "DELETE,accounts(1)/primarycontactid/$ref,,UPDATE", "PUT,accounts(1)/name,,UPDATE",
        "POST,WinOpportunity,,ACTION", "POST,leads(1)/Microsoft.Dynamics.CRM.QualifyLead,,ACTION", "POST,$batch,,BATCH",
        "POST,serviceendpoints,,REGISTRATION", "GET,WhoAmI,,OTHER", "GET,$metadata,,OTHER"})
    void callsAreSorted(String method, String path, String prefer, CallKind kind) {
        Request request = new Request(method, path.startsWith("/") ? path : "/api/data/v9.2/" + path, Map.of(),
            prefer == null ? Map.of() : Map.of("Prefer", prefer), new byte[0]);
        assertThat(org.sandbox.kind(request)).isEqualTo(kind);
    }

    /** Sections 1.3, 3.4, 4.1 and 4.2: what the system itself says when it is in trouble. */
    @ParameterizedTest
    @CsvSource({"THROTTLED,429,0x80072322,9", "UNAVAILABLE,503,0x80044a08,9", "SERVER_ERROR,500,0x80040216,",
        "PRECONDITION_FAILED,412,0x80060882,", "SESSION_EXPIRED,401,0x80072560,"})
    void troubleIsAnsweredInItsOwnWords(Trouble trouble, int status, String code, String retryAfter) throws Exception {
        var reply = org.sandbox.refusal(trouble, new Request("GET", "/api/data/v9.2/accounts", Map.of(), Map.of(), new byte[0]), 9);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(SandboxSystem.JSON.readTree(reply.body()).at("/error/code").asText()).isEqualTo(code);
        assertThat(reply.headers().get("Retry-After")).isEqualTo(retryAfter);
    }

    /** Section 1.1: only the token that was refused is gone. */
    @Test
    void anExpiredSessionIsOneToken() {
        String second = org.token("sandbox-client", "sandbox-secret").json().path("access_token").asText();
        org.sandbox.refusal(Trouble.SESSION_EXPIRED, new Request("GET", "/", Map.of(), Map.of("Authorization", "Bearer " + second),
            new byte[0]), 0);
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        org.use(second);
        assertThat(org.get("WhoAmI").status()).isEqualTo(401);
    }
}
