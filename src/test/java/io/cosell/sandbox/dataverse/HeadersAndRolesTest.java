package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, and what headers ask for: sections 1.1, 1.2, 1.3, 4.1 and 4.2 of the contract. */
class HeadersAndRolesTest {

    private final Organisation org = new Organisation(DataverseOptions.defaults().withLargestBody(10_000));

    @AfterEach
    void stop() {
        org.close();
    }

    /** Section 1.1: disabling the application user breaks every call. */
    @Test
    void aDisabledApplicationUserMayDoNothing() {
        org.sandbox.update("systemuser", DataverseSandbox.APPLICATION_USER, Map.of("isdisabled", true));
        var refused = org.get("WhoAmI");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).contains("disabled");
        org.sandbox.update("systemuser", DataverseSandbox.APPLICATION_USER, Map.of("isdisabled", false));
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
    }

    /** Section 4.2: 403 with 0x80040220 or 0x80048306. */
    @ParameterizedTest
    @CsvSource({"prvCreateAccount,POST,accounts", "prvReadAccount,GET,accounts", "prvReadAccount,GET,accounts/$count",
        "prvReadAccount,GET,opportunities?$expand=parentaccountid", "prvReadOpportunity,GET,opportunities(OPP)",
        "prvWriteOpportunity,PATCH,opportunities(OPP)", "prvWriteOpportunity,PUT,opportunities(OPP)/name",
        "prvDeleteOpportunity,DELETE,opportunities(OPP)", "prvCreateOpportunity,PATCH,opportunities(00000000-0000-0000-0000-000000000001)",
        "prvReadOrganizationWide,GET,opportunities"})
    void aMissingPrivilegeIsRefusedUntilItIsGiven(String privilege, String method, String path) {
        String id = org.sandbox.create("opportunity", Map.of("name", "Deal"));
        String body = method.equals("GET") || method.equals("DELETE") ? null : path.endsWith("/name") ? "{\"value\":\"New\"}"
            : "{\"name\":\"New\"}";
        String[] headers = privilege.startsWith("prvReadOrganization") ? new String[] {"Prefer", "odata.track-changes"} : new String[0];
        org.sandbox.takePrivilege(privilege);
        var before = org.sandbox.history();
        var refused = org.send(method, path.replace("OPP", id), body, headers);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("0x80040220");
        assertThat(refused.message()).contains(privilege);
        assertThat(org.sandbox.history()).isEqualTo(before);
        org.sandbox.switches().turn(DataverseSwitch.MISSING_PRIVILEGE_IS_80048306, true);
        assertThat(org.send(method, path.replace("OPP", id), body, headers).code()).isEqualTo("0x80048306");
        org.sandbox.givePrivilege(privilege);
        assertThat(org.send(method, path.replace("OPP", id), body, headers).status()).isLessThan(300);
    }

    /** Section 1.2: acting for a user and bypassing business logic take a privilege each. */
    @ParameterizedTest
    @CsvSource({"MSCRMCallerID,0a0b0c0d-0000-4000-8000-000000000002,prvActOnBehalfOfAnotherUser",
        "MSCRM.BypassBusinessLogicExecution,'CustomSync,CustomAsync',prvBypassCustomBusinessLogic",
        "MSCRM.BypassBusinessLogicExecutionStepIds,00000000-0000-0000-0000-000000000001,prvBypassCustomBusinessLogic",
        "MSCRM.BypassCustomPluginExecution,true,prvBypassCustomPlugins"})
    void headersThatNeedAPrivilege(String header, String value, String privilege) {
        assertThat(org.get("accounts", header, value).status()).isEqualTo(200);
        org.sandbox.takePrivilege(privilege);
        assertThat(org.get("accounts", header, value).status()).isEqualTo(403);
        assertThat(org.get("accounts").status()).isEqualTo(200);
    }

    /** Section 1.2: headers that change nothing here are taken. */
    @ParameterizedTest
    @CsvSource({"Consistency,Strong", "MSCRM.SuppressCallbackRegistrationExpanderJob,true", "MSCRM.SolutionUniqueName,contoso",
        "If-None-Match,null", "OData-MaxVersion,4.0", "MSCRM.SuppressDuplicateDetection,true"})
    void headersThatAreTaken(String header, String value) {
        assertThat(org.post("accounts", "{\"name\":\"Contoso\"}", header, value).status()).isEqualTo(204);
    }

    /** Section 1.2: unknown kinds of logic, and more than three steps, are refused. */
    @Test
    void bypassHeadersAreChecked() {
        assertThat(org.get("accounts", "MSCRM.BypassBusinessLogicExecution", "Everything").message()).contains("Everything");
        assertThat(org.get("accounts", "MSCRM.BypassBusinessLogicExecutionStepIds", "a,b,c,d").message()).contains("at most 3");
    }

    /** Section 1.2, 4.2: more detail comes as annotations inside error. */
    @Test
    void errorsCarryTheDetailsThatAreAskedFor() {
        String path = "accounts(00000000-0000-0000-0000-000000000001)";
        assertThat(org.get(path).json().path("error")).hasSize(2);
        var all = org.get(path, "Prefer", "odata.include-annotations=\"*\"").json().path("error");
        assertThat(all.path("@Microsoft.PowerApps.CDS.ErrorDetails.HttpStatusCode").asText()).isEqualTo("404");
        assertThat(all.path("@Microsoft.PowerApps.CDS.InnerError.Message").asText()).contains("Does Not Exist");
        assertThat(all.path("@Microsoft.PowerApps.CDS.TraceText").asText()).isNotEmpty();
        var one = org.get(path, "Prefer", "odata.include-annotations=\"Microsoft.PowerApps.CDS.HelpLink\"").json().path("error");
        assertThat(one).hasSize(3);
        assertThat(one.path("@Microsoft.PowerApps.CDS.HelpLink").asText()).contains("0x80040217");
    }

    /** Section 4.2: a body that is too large answers 413. */
    @Test
    void aBodyThatIsTooLargeIsRefused() {
        assertThat(org.post("accounts", "{\"name\":\"" + "x".repeat(10_000) + "\"}").status()).isEqualTo(413);
        assertThat(org.sandbox.rows("account")).isEmpty();
    }

    /** Section 4.1: 6000 requests in a sliding window of 300 seconds of sandbox time; Retry-After grows with each push; a batch counts once. */
    @Test
    void tooManyRequestsAreThrottledUntilTheWindowHasMoved() {
        org.sandbox.switches().turn(DataverseSwitch.SERVICE_PROTECTION, true);
        String batch = "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET /api/data/v9.2/WhoAmI HTTP/1.1"
            + "\r\n\r\n\r\n";
        org.post("$batch", batch.repeat(3) + "--b--\r\n", "Content-Type", "multipart/mixed;boundary=b");
        assertThat(org.get("WhoAmI").header("x-ms-ratelimit-burst-remaining-xrm-requests")).isEqualTo("5998");
        org.clock.move(Duration.ofSeconds(100));
        for (int i = 2; i < ServiceProtection.MOST_REQUESTS; i++) {
            assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        }
        var refused = org.get("WhoAmI");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("0x80072322");
        assertThat(refused.message()).isEqualTo("Number of requests exceeded the limit of 6000 over time window of 300 seconds.");
        int wait = Integer.parseInt(refused.header("Retry-After"));
        assertThat(Integer.parseInt(org.get("WhoAmI").header("Retry-After"))).isGreaterThan(wait);
        org.clock.move(Duration.ofSeconds(wait));
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        assertThat(org.get("WhoAmI").status()).isEqualTo(200);
        assertThat(org.get("WhoAmI").status()).isEqualTo(429);
    }
}
