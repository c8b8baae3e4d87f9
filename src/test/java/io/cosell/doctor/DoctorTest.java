package io.cosell.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.Switch;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** One thing wrong at a time: {@code doctor} finds it and says what to do, and finds nothing where all is well. It never writes. */
@TestInstance(Lifecycle.PER_CLASS)
class DoctorTest {

    private static final String PARTNER_CENTER = "Partner Center";
    private static final String CRM = "CRM (";

    @TempDir
    Path folder;
    private Ward dynamics;
    private Ward salesforce;
    private int visits;

    /**
     * Something wrong.
     *
     * @param ill     makes it so
     * @param system  what the finding must belong to
     * @param message what it must say
     * @param fix     what it must tell to do
     * @param alone   whether there must be no other finding
     */
    private record Illness(String name, Consumer<Ward> ill, String system, String message, String fix, boolean alone) {

        Illness(String name, Consumer<Ward> ill, String system, String message, String fix) {
            this(name, ill, system, message, fix, true);
        }
    }

    private static Illness withMore(String name, Consumer<Ward> ill, String system, String message, String fix) {
        return new Illness(name, ill, system, message, fix, false);
    }

    private static void turn(SandboxSystem system, String name) {
        Switch which = system.switches().named(name);
        system.switches().turn(which, true);
    }

    // ---- Partner Center

    private static List<Illness> partnerCenter() {
        return List.of(
            new Illness("wrong secret", ward -> ward.settings.put("cosell.partner-center.client-secret", "wrong"),
                PARTNER_CENTER, "failed (401, AADSTS7000215)", "Set cosell.partner-center.client-secret"),
            new Illness("unknown app", ward -> ward.settings.put("cosell.partner-center.client-id", "nobody"),
                PARTNER_CENTER, "failed (401, AADSTS700016)", "Correct cosell.partner-center.client-id"),
            new Illness("unknown tenant", ward -> ward.settings.put("cosell.partner-center.tenant-id", "fabrikam.example"),
                PARTNER_CENTER, "failed (400, AADSTS90002)", "Correct cosell.partner-center.tenant-id"),
            new Illness("refresh token that has run out", ward -> ward.settings.put("cosell.partner-center.refresh-token", "old"),
                PARTNER_CENTER, "failed (400, AADSTS70008)", "Run the command login"),
            new Illness("never signed in", ward -> ward.settings.remove("cosell.partner-center.refresh-token"),
                PARTNER_CENTER, "nobody has signed in", "run the command login"),
            new Illness("no role", ward -> ward.act(ward.sandboxes.partnerCenter(), "set-role", Map.of("role", "none")),
                PARTNER_CENTER, "denies access (403)", "the account is user@contoso.com: give the user the role Referrals admin"),
            new Illness("conditional access", ward -> turn(ward.sandboxes.partnerCenter(), "CONDITIONAL_ACCESS"),
                PARTNER_CENTER, "at insufficientClaims", "conditional access"),
            new Illness("no webhook", Ward::nothingRegistered,
                PARTNER_CENTER, "no address is registered for events", "run register-webhook"),
            new Illness("webhook taken over", ward -> ward.registered("https://flows.example/trigger", "referral-created",
                "referral-updated"),
                PARTNER_CENTER, "events go to another address, https://flows.example/trigger", "cosell.webhook.overwrite = Yes"),
            new Illness("events missing", ward -> ward.registered(ward.sandboxes.connectorAddress() + "/partner-center-events",
                "referral-created"),
                PARTNER_CENTER, "not for all events", "run register-webhook"),
            new Illness("no right to register", ward -> ward.act(ward.sandboxes.partnerCenter(), "set-role", Map.of("role", "admin",
                "registers", false)),
                PARTNER_CENTER, "Partner Center Events denies access (403)", "a role that may register for events"),
            new Illness("no public address", ward -> ward.settings.put("cosell.webhook.public-address", ""),
                PARTNER_CENTER, "cosell.webhook.public-address is empty", "set it to the https address"),
            new Illness("connector behind the proxy is down", ward -> ward.answer = 502,
                PARTNER_CENTER, "but not the connector (502)", "start the connector"),
            new Illness("proxy that does not know the path", ward -> ward.answer = 404,
                PARTNER_CENTER, "knows no such path (404)", "let the proxy pass the path on"),
            withMore("nothing at the address of the webhook", ward -> ward.settings.put("cosell.webhook.public-address",
                "http://127.0.0.1:9"),
                PARTNER_CENTER, "nothing answers at http://127.0.0.1:9/partner-center-events", "cosell.webhook.public-address"),
            new Illness("address that nobody has", ward -> ward.settings.put("cosell.partner-center.address",
                "http://127.0.0.1:9/v1.0/engagements"),
                PARTNER_CENTER, "an address can't be reached", "correct the addresses under cosell.partner-center"),
            new Illness("service that is busy", ward -> ward.sandboxes.partnerCenter().fail(new Fault(
                    request -> request.path().startsWith(PartnerCenterSandbox.REFERRALS), Fault.When.INSTEAD,
                    ward.sandboxes.partnerCenter().refusal(Trouble.UNAVAILABLE, request(), 7))),
                PARTNER_CENTER, "can't answer just now (503)", "run doctor again in a while"),
            new Illness("setting that is missing", ward -> ward.settings.remove("cosell.partner-center.client-id"),
                "Settings", "cosell.partner-center.client-id is missing", "set it to"),
            new Illness("setting of a wrong type", ward -> ward.settings.put("cosell.terminal-grace", "soon"),
                "Settings", "cosell.terminal-grace must be", ""));
    }

    private static Request request() {
        return new Request("GET", PartnerCenterSandbox.REFERRALS, Map.of(), Map.of(), new byte[0]);
    }

    // ---- any CRM

    private static List<Illness> anyCrm(String title) {
        return List.of(
            new Illness("clock that is ahead", ward -> ward.clock = Clock.offset(ward.sandboxes.clock(), Duration.ofMinutes(7)),
                CRM, "the clock of this machine is 7 min", "time server"),
            new Illness("deals in a currency that is not there", ward -> ward.sandboxes.partnerCenter().partnerCreates(inYen()),
                CRM, "open deals in Partner Center are in JPY", "add it in"),
            new Illness("names longer than their column", ward -> ward.settings.put("cosell.name-length", "400"),
                CRM, "but cosell.name-length is 400", "lower cosell.name-length"),
            new Illness("column of the deal value that is not there", ward -> ward.settings.put("cosell.deal-value-field", "contoso_value"),
                CRM, "contoso_value", "cosell.deal-value-field"),
            new Illness("column of the country that is not there", ward -> ward.settings.put("cosell.customer-country-field",
                "contoso_country"),
                CRM, "contoso_country", "correct"),
            new Illness("wrong secret of the CRM's app", ward -> ward.set("client-secret", "wrong"),
                CRM, "The sign-in for " + title + " failed (4", "." + "client-secret"),
            new Illness("unknown app of the CRM", ward -> ward.set("client-id", "nobody"),
                CRM, "The sign-in for " + title + " failed (4", ".client-id"),
            new Illness("CRM that nobody reaches", ward -> {
                ward.set("address", "http://127.0.0.1:9/api/data/v9.2");
                ward.set("sign-in-address", ward.crm.address());
            }, CRM, "an address can't be reached", "correct the addresses under cosell."),
            new Illness("CRM that is down", ward -> ward.crm.fail(new Fault(request -> request.path().contains("/data/"),
                Fault.When.INSTEAD,
                ward.crm.refusal(Trouble.SERVER_ERROR, request(), 1))),
                CRM, "can't answer just now (500)", "run doctor again in a while"),
            new Illness("secret of the CRM that is missing", ward -> ward.settings.remove(ward.settings.keySet().stream()
                .filter(name -> name.equals("cosell." + ward.settings.get("cosell.crm") + ".client-secret")).findFirst().orElseThrow()),
                "Settings", ".client-secret refers to {{env:", "set the environment variable"));
    }

    private static Map<String, Object> inYen() {
        Map<String, Object> referral = ExampleReferrals.outbound();
        @SuppressWarnings("unchecked")
        Map<String, Object> details = (Map<String, Object>) referral.get("details");
        details.put("currency", "JPY");
        return referral;
    }

    // ---- Dynamics 365

    private static Illness without(String privilege) {
        return new Illness("without " + privilege, ward -> ward.act(ward.crm, "take-privilege", Map.of("privilege", privilege)),
            CRM, "the application user Cosell Connector may not", "give " + privilege + " to a security role");
    }

    private static List<Illness> dynamics() {
        return List.of(without("prvWriteOpportunity"), without("prvCreateAccount"), without("prvDeleteMsft_microsoftsolution"),
            without("prvAppendToTransactioncurrency"),
            new Illness("may not read leads", ward -> ward.act(ward.crm, "take-privilege", Map.of("privilege", "prvReadLead")),
                CRM, "lead", "security role"),
            new Illness("reads its own rows only", ward -> ward.act(ward.crm, "take-privilege", Map.of("privilege",
                "prvReadOrganizationWide")),
                CRM, "is read at the level Basic only", "at the level Organization"),
            new Illness("change tracking off", ward -> turn(ward.crm, "LEADS_NOT_TRACKED"),
                CRM, "change tracking is off for lead", "switch on \"Track changes\" of the table lead"),
            withMore("leads without the columns", ward -> turn(ward.crm, "LEADS_WITHOUT_MICROSOFT_COLUMNS"),
                CRM, "there is no column msft_microsoft", "setup-crm"),
            withMore("table of solutions by another name", ward -> ward.set("solution-detail", "new_solution"),
                CRM, "there is no table new_solution", "correct cosell.dynamics365.solution-detail"),
            new Illness("lookup by another name", ward -> ward.set("solution-detail-navigation", "msft_Nowhere"),
                CRM, "msft_Nowhere", "cosell.dynamics365.solution*"),
            new Illness("choice that the column does not have", ward -> ward.mapping("dynamics365/opportunity-out.json",
                text -> text.replace("#299600003", "#299600009")),
                CRM, "msft_microsoftpartnercenterhelp of opportunity has no choice \"299600009\"", "opportunity-out.json:"),
            new Illness("column that is not there", ward -> ward.mapping("dynamics365/opportunity-out.json",
                text -> text.replace("\"record.description\"", "\"record.contoso_notes\"")),
                CRM, "there is no column contoso_notes in opportunity", "opportunity-out.json:"),
            new Illness("disabled account", ward -> ward.sandboxes.dynamics365().update("systemuser",
                DataverseSandbox.APPLICATION_USER, Map.of("isdisabled", true)),
                CRM, "is disabled", "rights"),
            new Illness("another Web API", ward -> ward.set("address", ward.crm.address() + "/api/nodata/v9.2"),
                CRM, "no such thing", "correct the addresses under cosell.dynamics365"));
    }

    // ---- Salesforce

    private static Illness may(String permission, String object) {
        return new Illness("may not " + permission + " " + object, ward -> ward.act(ward.crm, "take-permission",
            Map.of("object", object, "permission", permission)), CRM, " may not " + permission + " " + object, "permission set");
    }

    private static List<Illness> salesforce() {
        return List.of(may("edit", "Opportunity"), may("create", "Lead"), may("delete", "Microsoft_Solutions__c"), may("create", "Account"),
            new Illness("stage that is not there", ward -> ward.set("on-hold-stage-name", "Waiting room"),
                CRM, "StageName of Opportunity has no choice \"Waiting room\"", "correct cosell.salesforce.on-hold-stage-name"),
            new Illness("status that is not there", ward -> ward.set("new-lead-status", "Fresh"),
                CRM, "Status of Lead has no choice \"Fresh\"", "correct cosell.salesforce.new-lead-status"),
            new Illness("words of 2020", ward -> turn(ward.crm, "HELP_IN_SENTENCE_CASE"),
                CRM, "How_can_Microsoft_help__c of Opportunity has no choice", "add it"),
            new Illness("package of 2023", ward -> turn(ward.crm, "PACKAGE_OF_2023"),
                CRM, "Customer_purchase_intent__c", ""),
            new Illness("opportunity teams off", ward -> turn(ward.crm, "TEAMS_OFF"),
                CRM, "OpportunityTeamMember", "cosell.salesforce.opportunity-relations"),
            new Illness("one currency, several configured", ward -> ward.crm.switches().turn(ward.crm.switches().named("MULTI_CURRENCY"),
                false),
                CRM, "urrency", "cosell.salesforce.organisation-currency"),
            new Illness("several currencies, one configured", ward -> ward.set("organisation-currency", "USD"),
                CRM, "the organisation has several currencies", "empty cosell.salesforce.organisation-currency"),
            new Illness("no API", ward -> turn(ward.crm, "NO_API"),
                CRM, "API is not enabled", "rights"),
            new Illness("inactive user", ward -> ward.act(ward.crm, "update", Map.of("object", "User", "id",
                integrationUser(ward), "fields", Map.of("IsActive", false), "as", "administrator")),
                CRM, "failed (400, inactive_user)", "Activate the user"),
            new Illness("few calls left", ward -> ward.act(ward.crm, "use-up-calls", Map.of("left", 900)),
                CRM, "API calls of the organisation in 24 hours left", "cosell.crm-changes.schedule"));
    }

    private static String integrationUser(Ward ward) {
        return (String) ward.sandboxes.salesforce().rows("User").get(0).get("Id");
    }

    // ----

    @TestFactory
    Stream<DynamicTest> withDynamics365() throws IOException {
        dynamics = new Ward(Crm.DYNAMICS_365, Sandboxes.start());
        return tests(dynamics, Stream.of(partnerCenter(), anyCrm("Dynamics 365"), dynamics()).flatMap(List::stream).toList());
    }

    @TestFactory
    Stream<DynamicTest> withSalesforce() throws IOException {
        Sandboxes sandboxes = Sandboxes.start();
        sandboxes.salesforce();
        salesforce = new Ward(Crm.SALESFORCE, sandboxes);
        return tests(salesforce, Stream.of(anyCrm("Salesforce"), salesforce()).flatMap(List::stream).toList());
    }

    @AfterAll
    void close() {
        Stream.of(dynamics, salesforce).filter(Objects::nonNull).forEach(Ward::close);
    }

    private Stream<DynamicTest> tests(Ward ward, List<Illness> illnesses) {
        return Stream.concat(Stream.of(DynamicTest.dynamicTest("nothing wrong", () -> healthy(ward))),
            illnesses.stream().map(illness -> DynamicTest.dynamicTest(illness.name(), () -> finds(ward, illness))));
    }

    private Path fresh() throws IOException {
        return Files.createDirectories(folder.resolve("visit-" + ++visits));
    }

    private void healthy(Ward ward) throws IOException {
        ward.heal(fresh());
        Ward.Visit visit = ward.visit();

        assertThat(visit.findings()).as(visit.err()).isEmpty();
        assertThat(visit.code()).isZero();
        assertThat(visit.report().path("notKnown")).isNotEmpty().allSatisfy(one -> assertThat(one.path("fix").asText()).isNotEmpty());
        assertThat(visit.report().path("asItShouldBe")).extracting(one -> one.path("about").asText()).contains("sign-in", "role", "webhook",
            "webhook address", "clock", "rights", "reading", "tables", "currencies", "limits");
        assertThat(ward.writes()).isEmpty();
    }

    private void finds(Ward ward, Illness illness) throws IOException {
        ward.heal(fresh());
        illness.ill().accept(ward);
        ward.wellKnown();
        Ward.Visit visit = ward.visit();

        assertThat(visit.findings()).as("%s %s", visit.err(), visit.report()).anySatisfy(finding -> {
            assertThat(finding.path("system").asText()).startsWith(illness.system());
            assertThat(finding.path("message").asText()).contains(illness.message());
            assertThat(finding.path("fix").asText()).contains(illness.fix());
        });
        assertThat(visit.findings()).allSatisfy(finding -> assertThat(finding.path("fix").asText()).isNotEmpty());
        if (illness.alone()) {
            assertThat(visit.findings()).allSatisfy(finding -> assertThat(finding.path("message").asText()).contains(illness.message()));
        }
        assertThat(visit.code()).isEqualTo(1);
        assertThat(ward.writes()).isEmpty();
        ward.crm.failNoMore();
        ward.sandboxes.partnerCenter().failNoMore();
    }
}
