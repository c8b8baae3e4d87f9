package io.cosell.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariDataSource;
import io.cosell.Cosell;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceOptions.OwnField;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import io.cosell.store.Database;
import io.cosell.store.Heal;
import io.cosell.store.Store;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code doctor} on organisations that differ from the start, on a store with deals, with many things wrong, and what it prints. */
class DoctorCommandTest {

    @TempDir
    Path folder;
    private Ward ward;

    @AfterEach
    void close() {
        ward.close();
    }

    private void open(Crm crm, Sandboxes sandboxes) throws Exception {
        ward = new Ward(crm, sandboxes);
        ward.heal(folder);
    }

    private static String messages(Ward.Visit visit) {
        return visit.findings().stream().map(one -> one.path("message").asText() + " -> " + one.path("fix").asText())
            .collect(Collectors.joining("\n"));
    }

    @Test
    void mandatoryColumnsThatNobodyFillsInDynamics365() throws Exception {
        open(Crm.DYNAMICS_365, Sandboxes.start(PartnerCenterOptions.defaults(), DataverseOptions.defaults()
            .withColumn("opportunity", "contoso_region", "string", true).withColumn("account", "contoso_segment", "string", true)
            .withCurrencies("EUR")));
        Ward.Visit visit = ward.visit();

        assertThat(messages(visit)).hasLineCount(2).contains("the column contoso_region of opportunity must be filled, and no mapping "
            + "fills it",
            "opportunity-create.json", "the column contoso_segment of account must be filled");

        ward.mapping("dynamics365/opportunity-create.json", text -> text.replaceFirst("\"isrevenuesystemcalculated",
            "\"contoso_region\": \"EMEA\",\n        \"isrevenuesystemcalculated"));
        ward.settings.put("camel.main.name", "doctor-again");
        assertThat(messages(ward.visit())).hasLineCount(1).contains("contoso_segment");
    }

    @Test
    void mandatoryFieldsThatNobodyFillsAndACertificateThatRunsOutInSalesforce() throws Exception {
        Sandboxes sandboxes = Sandboxes.startWith(DataverseOptions.defaults(),
            SalesforceOptions.defaults().with(SalesforceSwitch.MULTI_CURRENCY)
            .withField(new OwnField("Opportunity", "Contoso_Region__c", "text", true, false, false)));
        sandboxes.salesforce();
        open(Crm.SALESFORCE, sandboxes);
        Path keys = folder.resolve("key.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
            "cosell", "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=cosell", "-storetype", "PKCS12", "-keystore", keys.toString(),
            "-storepass", "changeit", "-validity", "10").redirectErrorStream(true).start();
        assertThat(keytool.waitFor()).isZero();

        assertThat(messages(ward.visit())).hasLineCount(1).contains("the column Contoso_Region__c of Opportunity must be filled");

        ward.set("sign-in", "jwt-bearer");
        ward.set("user-name", "nobody");
        ward.set("key-store", keys.toString());
        ward.set("key-store-password", "changeit");
        ward.settings.put("camel.main.name", "doctor-again");
        assertThat(messages(ward.visit())).contains("runs out in 9 days", "give the certificate to the app",
            "The sign-in for Salesforce failed (400, invalid_grant)");

        ward.set("key-store-password", "wrong");
        ward.settings.put("camel.main.name", "doctor-once-more");
        assertThat(messages(ward.visit())).contains("the key store " + keys + " can't be read",
            "correct cosell.salesforce.key-store and its password");
    }

    @Test
    void everythingWrongIsFoundAtOnce() throws Exception {
        open(Crm.DYNAMICS_365, Sandboxes.start());
        ward.settings.put("cosell.terminal-grase", "5m");
        ward.settings.put("cosell.terminal-grace", "soon");
        ward.nothingRegistered();
        ward.answer = 502;
        ward.act(ward.sandboxes.partnerCenter(), "set-role", Map.of("role", "none"));
        ward.act(ward.crm, "take-privilege", Map.of("privilege", "prvWriteLead"));
        ward.act(ward.crm, "take-privilege", Map.of("privilege", "prvCreateContact"));
        ward.crm.switches().turn(ward.crm.switches().named("LEADS_NOT_TRACKED"), true);
        ward.settings.put("cosell.deal-value-field", "contoso_value");
        ward.settings.put("cosell.name-length", "350");
        ward.settings.put("cosell.store.url", "jdbc:postgresql://127.0.0.1:9/none");
        ward.wellKnown();
        Ward.Visit visit = ward.visit();

        assertThat(messages(visit)).contains("cosell.terminal-grace must be", "denies access (403)", "no address is registered",
            "but not the connector (502)",
            "write lead", "create contact", "change tracking is off for lead", "no column contoso_value", "but cosell.name-length is 350",
            "the store can't be read");
        assertThat(visit.code()).isEqualTo(1);
        assertThat(ward.writes()).isEmpty();
    }

    @Test
    void howDealsStand() throws Exception {
        open(Crm.DYNAMICS_365, Sandboxes.start());
        try (HikariDataSource database = Database.open(ward.settings.get("cosell.store.url"), "", "")) {
            Store store = new Store(database, ward.sandboxes.clock());
            for (int number = 1; number <= 5; number++) {
                String link = store.newLink("crm", "11111111-2222-3333-4444-55555555555" + number, "opportunity");
                store.rest(store.link(link), Store.columns("state", "resting", "reason", "Solution ID is required."), List.of());
            }
            String partly = store.newLink("partner-center", "77777777-8888-9999-0000-111111111111", null);
            store.finish(store.link(partly), Store.columns("state", "linked", "reason", "Deal value may not be empty.", "failures", 0),
                List.of());
            String over = store.newLink("partner-center", "66666666-7777-8888-9999-000000000000", null);
            store.finish(store.link(over), Store.columns("state", "linked", "referral", Map.of("status", "Closed")), List.of());
            store.healed(new Heal(Store.time(ward.sandboxes.clock().instant().minus(Duration.ofDays(3))), true, "v", 1, 1, 0, 1, 1,
                "said"));
        }

        Ward.Visit visit = ward.visit();

        assertThat(messages(visit)).hasLineCount(6)
            .containsPattern("record 11111111-2222-3333-4444-55555555555\\d rests: Solution ID is required. -> do what the reason says, then "
                + "run sync")
            .contains("2 more deals rest -> see them with plan --all, then run sync --resting")
            .contains("referral 77777777-8888-9999-0000-111111111111: Deal value may not be empty. -> do what the reason says")
            .contains("no connector runs on this store -> start the connector (run)");
        assertThat(visit.report().path("asItShouldBe").findValuesAsText("message"))
            .contains("7 deals, 1 of them closed in Partner Center, which takes no more changes of these");
    }

    @Test
    void aPersonReadsItSystemBySystem() throws Exception {
        open(Crm.DYNAMICS_365, Sandboxes.start());
        ward.act(ward.crm, "take-privilege", Map.of("privilege", "prvWriteLead"));
        StringWriter out = new StringWriter();
        CommandLine line = Cosell.commands(folder, ward.settings, ward.clock).setOut(new PrintWriter(out, true));

        assertThat(line.execute("doctor")).isEqualTo(1);
        assertThat(out.toString()).startsWith("Partner Center\n").contains("  ok         sign-in: as user@contoso.com, for referrals\n",
            "CRM (dynamics365)\n  error      rights: the application user Cosell Connector may not write lead\n             fix: give "
                + "prvWriteLead to a security role",
            "  not known  client secret: when the secret of the app registration runs out", "             do: ", "1 error, 0 warnings; ");
        assertThat(out.toString()).doesNotContain("sandbox-secret", "sandbox-refresh-token");
    }

    @Test
    void itIsSaidWhatAnAdapterCannotTell() throws Exception {
        open(Crm.DYNAMICS_365, Sandboxes.start());
        ward.routes("dynamics365/crm-doctor.camel.yaml", "dynamics365/crm-schema.camel.yaml");
        Ward.Visit visit = ward.visit();

        assertThat(visit.findings()).isEmpty();
        assertThat(visit.report().path("notKnown")).extracting(JsonNode::toString).anyMatch(one -> one.contains("no verb crm-doctor"))
            .anyMatch(one -> one.contains("no verb crm-schema"));
    }
}
