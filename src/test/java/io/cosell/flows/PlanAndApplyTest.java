package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Connector;
import io.cosell.Cosell;
import io.cosell.flow.DealPlan;
import io.cosell.plan.Plan;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Deal;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import picocli.CommandLine;

/** A plan over many changed deals, and what becomes of it when it is carried out. */
@ForEveryCrm
class PlanAndApplyTest {

    /** A thousand and more: {@code -Dplan.deals=1000}. */
    private static final int FEW = 250;
    private static final ObjectMapper JSON = SandboxSystem.JSON;
    /** The fields that this test changes, by their path, or title where they have none: the column that each CRM keeps them in. */
    private static final Map<Crm, Map<String, String>> COLUMNS = Map.of(
        Crm.DYNAMICS_365, Map.of("/name", "name", "/details/dealValue", "estimatedvalue", "/details/notes", "description",
            "Audit", "msft_microsoftpartnercenterreferralsyncaudit", "Name with its mark", "name"),
        Crm.SALESFORCE, Map.of("/name", "Name", "/details/dealValue", "Amount", "/details/notes", "Description", "Audit", "Audit__c",
            "Name with its mark", "Name"));

    @TempDir
    Path folder;
    @Parameter
    Crm crm;
    private Stage stage;

    private record Result(int code, String out, String err) {
    }

    private Result run(String... args) {
        Map<String, String> settings = new HashMap<>(stage.settings);
        settings.put("camel.main.name", "command");
        CommandLine line = Cosell.commands(folder, settings);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute(args);
        return new Result(code, out.toString(), err.toString());
    }

    /**
     * Deals that are in step, and no connector: nothing but the commands works on them from here on. They are made by people on both
     * sides, and linked in the store as the connector would have left them, which is quicker than to let it make them.
     */
    private List<Link> deals(int number) throws Exception {
        stage.stopConnector();
        stage.partnerCenter.dropWebhooks(true);
        Map<String, String> records = new LinkedHashMap<>();
        for (int i = 0; i < number; i++) {
            String name = "Deal " + i;
            String record = stage.seller.makesOpportunity("Customer " + i, new Deal(name, new BigDecimal("48000.50"), "EUR",
                LocalDate.of(2027, 6, 30), "Notes", "Active/Accepted", List.of(Stage.SOLUTION)));
            String referral = stage.deal(name, changes -> {
                changes.put("externalReferenceId", record);
                Stage.part(changes, "details").put("notes", "Notes");
            });
            stage.seller.edits(record, Map.of(DealField.NAME, "✔ " + name, DealField.IDENTIFIER, referral, DealField.SYNC, true,
                DealField.VISIBLE, true));
            records.put(referral, record);
        }
        stage.sandboxes.clock().move(Duration.ofSeconds(2));
        return link(records);
    }

    private List<Link> link(Map<String, String> records) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        // What is lost with the machine here can be made again, so no commit waits for the disk.
        SingleConnectionDataSource database = new SingleConnectionDataSource(stage.settings.get("cosell.store.url") + "?synchronous=OFF",
            true);
        try (Connector connector = Connector.start(folder, stage.settings, Connector.Purpose.LOOK)) {
            Store store = new Store(database, stage.sandboxes.clock());
            Map<Link, Future<Exchange>> read = new LinkedHashMap<>();
            for (Map.Entry<String, String> deal : records.entrySet()) {
                String id = store.newLink("partner-center", deal.getKey(), null);
                Link link = store.progress(store.link(id), Store.columns("record_id", deal.getValue(), "record_kind", "opportunity"),
                    List.of());
                read.put(link, pool.submit(() -> connector.camel().request("direct:plan-deal", message -> message.getIn().setBody(id))));
            }
            Map<Link, Exchange> seen = new LinkedHashMap<>();
            for (Map.Entry<Link, Future<Exchange>> deal : read.entrySet()) {
                seen.put(deal.getKey(), deal.getValue().get());
            }
            List<Link> linked = new ArrayList<>();
            seen.forEach((link, deal) -> {
                assertThat(deal.getVariable("dealPlan", DealPlan.class)).matches(DealPlan::isInStep, "is in step");
                linked.add(store.finish(link, Store.columns("state", "linked", "base", deal.getVariable("plan", Plan.class).nextBase(),
                    "referral", deal.getVariable("referral"), "record", deal.getVariable("record"),
                    "compared_under", connector.mappingVersion()), List.of()));
            });
            return linked;
        } finally {
            database.destroy();
            pool.shutdownNow();
        }
    }

    /** Three kinds of change: in Partner Center, in the CRM, and of one field on both sides. */
    private void change(List<Link> deals) {
        for (int i = 0; i < deals.size(); i++) {
            Link deal = deals.get(i);
            if (i % 3 != 1) {
                stage.partnerCenter.partnerEdits(deal.referralId(), Map.of("/details/dealValue", 1000 + i, "/details/notes", "Portal "
                    + i));
            }
            if (i % 3 != 0) {
                stage.seller.edits(deal.recordId(), Map.of(DealField.NAME, "Renamed " + i, DealField.NOTES, "Seller " + i));
            }
        }
        stage.sandboxes.clock().move(Duration.ofSeconds(2));
    }

    private List<Call> calls() {
        List<Call> calls = new ArrayList<>(stage.partnerCenter.calls());
        calls.addAll(stage.system.calls());
        return calls;
    }

    private List<RowChange> history() {
        List<RowChange> history = new ArrayList<>(stage.partnerCenter.history());
        history.addAll(stage.system.history());
        return history;
    }

    private static List<RowChange> since(SandboxSystem system, int then) {
        return system.history().subList(then, system.history().size());
    }

    /** What each deal got, by its side and its id there and the place there; the audit text without its time and its older lines. */
    private Map<String, Map<String, String>> written(List<RowChange> there, List<RowChange> inCrm) {
        Map<String, Map<String, String>> written = new TreeMap<>();
        there.forEach(change -> addWritten(written, "partner-center ", change));
        inCrm.forEach(change -> addWritten(written, "crm ", change));
        return written;
    }

    private void addWritten(Map<String, Map<String, String>> written, String side, RowChange change) {
        assertThat(written).as("one write to one row").doesNotContainKey(side + change.id());
        change.written().forEach((place, value) -> {
            String text = place.equals(COLUMNS.get(crm).get("Audit")) ? String.valueOf(value).lines().findFirst().orElse("").substring(19)
                : text(JSON.valueToTree(value));
            written.computeIfAbsent(side + change.id(), id -> new TreeMap<>()).put(place, text);
        });
    }

    /** The same as a plan says it. */
    private Map<String, Map<String, String>> planned(JsonNode plan) {
        Map<String, Map<String, String>> planned = new TreeMap<>();
        plan.path("deals").forEach(deal -> deal.path("writes").forEach(write -> {
            boolean inCrm = write.path("side").asText().equals("crm");
            String path = write.path("path").isNull() ? write.path("title").asText() : write.path("path").asText();
            planned.computeIfAbsent(write.path("side").asText() + " " + deal.path(inCrm ? "recordId" : "referralId").asText(),
                id -> new TreeMap<>()).put(inCrm ? COLUMNS.get(crm).getOrDefault(path, path) : path, text(write.path("to")));
        }));
        return planned;
    }

    private static String text(JsonNode value) {
        return value.isNumber() ? new BigDecimal(value.asText()).stripTrailingZeros().toPlainString() : value.asText();
    }

    /** Marks, cursors, journal and all else that the store keeps of deals. */
    private List<Object> stored() {
        JdbcClient store = JdbcClient.create(new DriverManagerDataSource(stage.settings.get("cosell.store.url")));
        return Stream.of("link", "journal", "event", "cursor_mark", "scheduled_tasks", "heal", "link_part")
            .<Object>map(table -> store.sql("select * from " + table + " order by 1, 2").query().listOfRows()).toList();
    }

    @Test
    void whatIsWrittenIsWhatWasPlannedAndADealThatMovedIsRefused() throws Exception {
        int number = Integer.getInteger("plan.deals", crm == Crm.DYNAMICS_365 ? FEW : 30);
        try (Stage opened = Stage.open(crm, folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            stage = opened;
            List<Link> deals = deals(number);
            change(deals);
            Path file = folder.resolve("plan.json");
            List<Object> stored = stored();
            List<RowChange> before = history();
            stage.partnerCenter.forgetCalls();
            stage.system.forgetCalls();

            Result plan = run("plan", "--since", "1h", "--save", file.toString());

            assertThat(plan.err()).isEmpty();
            assertThat(plan.code()).isZero();
            assertThat(plan.out()).contains(String.format("%,d deals: %d would be written", number, number), "The plan is in " + file);
            assertThat(calls()).hasSizeGreaterThan(number).noneMatch(call -> call.wrote() && call.kind() != CallKind.SIGN_IN);
            assertThat(calls().stream().filter(Call::isWrite)).isEmpty();
            assertThat(history()).isEqualTo(before);
            assertThat(stored()).isEqualTo(stored);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            }

            Link editedThere = deals.get(3);
            Link editedHere = deals.get(number - 1);
            stage.partnerCenter.partnerEdits(editedThere.referralId(), Map.of("/details/notes", "Edited in between"));
            stage.seller.edits(editedHere.recordId(), DealField.NOTES, "Edited in between");
            stage.sandboxes.clock().move(Duration.ofSeconds(2));
            int there = stage.partnerCenter.history().size();
            int inCrm = stage.system.history().size();

            Result applied = run("apply", file.toString());

            assertThat(applied.err()).isEmpty();
            assertThat(applied.code()).isEqualTo(1);
            assertThat(applied.out().lines().filter(line -> line.startsWith("refused: "))).hasSize(2)
                .anySatisfy(line -> assertThat(line).contains(editedThere.referralId(), "The referral was changed in Partner Center since"))
                .anySatisfy(line -> assertThat(line).contains(editedHere.recordId(), "The record was changed in the CRM since"));
            assertThat(applied.out()).contains(String.format("%d deals applied, 2 refused.", number - 2));
            JsonNode saved = JSON.readTree(file.toFile());
            Map<String, Map<String, String>> expected = planned(saved);
            List.of(editedThere, editedHere).forEach(deal -> expected.keySet().removeAll(
                List.of("partner-center " + deal.referralId(), "crm " + deal.recordId())));
            assertThat(written(since(stage.partnerCenter, there), since(stage.system, inCrm))).isEqualTo(expected);

            Result again = run("plan", "--all");

            assertThat(again.out()).contains(String.format("%,d deals: 2 would be written", number), (number - 2) + " in step");
        }
    }

    @Test
    void twoSetsOfMappingsAreComparedOverTheSameDealsReadOnceAndAPlanOfOneIsRefusedUnderTheOther() throws Exception {
        try (Stage opened = Stage.open(crm, folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            stage = opened;
            List<Link> deals = deals(6);
            change(deals);
            Path file = folder.resolve("plan.json");
            assertThat(run("plan", "--all", "--save", file.toString()).code()).isZero();
            Path same = copy(Path.of("mappings"), folder.resolve("same"));
            Path other = copy(same, folder.resolve("other"));
            // Notes of the record are not compared any more.
            replace(other.resolve(crm.setting()).resolve("opportunity-in.json"), "\"view.details.notes\"", "\"view.nowhere\"");
            List<Object> stored = stored();
            List<RowChange> before = history();
            stage.partnerCenter.forgetCalls();
            stage.system.forgetCalls();

            Result unchanged = run("plan", "--all", "--mappings", same.toString());

            assertThat(unchanged).isEqualTo(new Result(0, "6 deals compared: the same would be written for each of them.\n", ""));
            assertThat(deals).allSatisfy(deal -> assertThat(calls().stream().filter(call -> call.kind() == CallKind.READ
                && call.path().contains(deal.referralId())).filter(call -> call.system().equals("partner-center"))).hasSize(1));

            Result compared = run("plan", "--all", "--mappings", other.toString());

            assertThat(compared.err()).isEmpty();
            assertThat(compared.out()).contains("6 deals compared: 6 would be written differently with the mappings in " + other + ".")
                .containsPattern("CRM +Notes +Notes +Portal 0 +\\(not written\\)")
                .containsPattern("Partner Center +Notes +Notes +Seller 1 +\\(not written\\)")
                .containsPattern("CRM +Notes +2\\R").containsPattern("Partner Center +Notes +4\\R");
            Path out = copy(same, folder.resolve("out"));
            replace(out.resolve(crm.setting()).resolve("opportunity-out.json"), "\"record." + COLUMNS.get(crm).get("/details/notes") + "\"",
                "\"record.another_column\"");
            assertThat(run("plan", "--all", "--mappings", out.toString()).out()).containsPattern("CRM +column another_column +2\\R")
                .contains("6 deals compared: 2 would be written differently");
            JsonNode json = JSON.readTree(run("plan", deals.get(0).recordId(), "--mappings", other.toString(), "--format", "json").out());
            assertThat(json.path("deals").path(0).path("differences").path(0).path("path").asText()).isEqualTo("/details/notes");
            assertThat(history()).isEqualTo(before);
            assertThat(stored()).isEqualTo(stored);

            copy(other, folder.resolve("mappings"));
            Result applied = run("apply", file.toString());

            assertThat(applied.code()).isEqualTo(1);
            assertThat(applied.out().lines().filter(line -> line.startsWith("refused: "))).hasSize(6)
                .allSatisfy(line -> assertThat(line).contains("The mappings, or settings that they name, are not those of the plan"));
            assertThat(history()).isEqualTo(before);
        }
    }

    @Test
    void aPlanThatWasEditedOrIsNoneIsRefused() throws Exception {
        try (Stage opened = Stage.open(crm, folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            stage = opened;
            change(deals(1));
            Path file = folder.resolve("plan.json");
            assertThat(run("plan", "--all", "--save", file.toString()).code()).isZero();
            replace(file, "\"Portal 0\"", "\"Something else\"");
            List<RowChange> before = history();

            assertThat(run("apply", file.toString()).out()).contains("What would be written now is not what the plan says");
            assertThat(history()).isEqualTo(before);

            Files.writeString(file, "{\"deals\": 1}");
            assertThat(run("apply", file.toString())).matches(result -> result.code() == 1 && result.err().contains("is no plan"));
            assertThat(run("plan", "--since", "yesterday")).matches(result -> result.code() == 2 && result.err().contains("is no time"));
        }
    }

    @Test
    void whatApplyCouldNotFinishTheConnectorFinishes() throws Exception {
        try (Stage opened = Stage.open(crm, folder, Map.of("cosell.crm-changes.schedule", Stage.NEVER))) {
            stage = opened;
            Link deal = deals(3).get(2);
            change(List.of(deal, deal, deal));
            Path file = folder.resolve("plan.json");
            assertThat(run("plan", deal.recordId(), deal.referralId(), "11111111-2222-3333-4444-555555555555", "--save", file.toString()))
                .matches(result -> result.code() == 1 && result.out()
                .contains("It could not be planned: Neither Partner Center nor the CRM"));
            stage.system.fail(stage.nextWriteFails());

            Result applied = run("apply", file.toString());

            assertThat(applied.code()).isEqualTo(1);
            assertThat(applied.out()).contains("It could not be written: ", "The connector looks at it again when it runs.");

            stage.startConnector();
            stage.eventually(() -> stage.isLinked(deal.recordId()) && stage.store().markedLinks().isEmpty()
                && stage.record(deal.recordId()).text(DealField.NAME).equals("✔ Renamed 2")
                && stage.partnerCenter.referral(deal.referralId()).get("name").equals("Renamed 2"));
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return to;
    }

    private static void replace(Path file, String text, String with) throws IOException {
        String before = Files.readString(file);
        assertThat(before).contains(text);
        Files.writeString(file, before.replace(text, with));
    }
}
