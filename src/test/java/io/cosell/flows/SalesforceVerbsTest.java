package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.Connector;
import io.cosell.flow.Noticed;
import io.cosell.lane.NotFoundFailure;
import io.cosell.lane.RefusedFailure;
import io.cosell.lane.StaleFailure;
import io.cosell.lane.TemporaryFailure;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of the Salesforce adapter, one by one, over HTTP against the sandbox. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SalesforceVerbsTest {

    private static final String REFERRAL = "7a1c6a3e-0f3c-4f0e-9d52-3f4f3c9f0a";

    @TempDir
    private static Path folder;
    private Sandboxes sandboxes;
    private SalesforceSandbox salesforce;
    private Connector connector;
    private int referrals = 10;

    @BeforeAll
    void open() {
        sandboxes = Sandboxes.start();
        salesforce = sandboxes.salesforce();
        salesforce.switches().turn(SalesforceSwitch.MULTI_CURRENCY, false);
        connector = Connector.start(folder, sandboxes.settings(folder, "salesforce"), Connector.Purpose.LOOK, sandboxes.clock());
    }

    @AfterAll
    void close() {
        connector.close();
        sandboxes.close();
    }

    @BeforeEach
    void laterThanAllBefore() {
        later();
    }

    /** Salesforce tells times in whole seconds. */
    private void later() {
        sandboxes.clock().move(Duration.ofSeconds(2));
    }

    // ---- calling verbs

    private Map<String, Object> verb(String name, Object body, Map<String, Object> variables) {
        Exchange exchange = new DefaultExchange(connector.camel().getCamelContext());
        variables.forEach(exchange::setVariable);
        exchange.getIn().setBody(body);
        Exchange done = connector.camel().send("direct:" + name, exchange);
        if (done.getException() != null) {
            throw new CamelExecutionException(done.getException().getMessage(), done, done.getException());
        }
        return Stage.part(done.getMessage().getBody());
    }

    private Map<String, Object> read(String kind, String id) {
        return verb("crm-read", Map.of("kind", kind, "id", id), Map.of());
    }

    private Map<String, Object> find(Map<String, Object> wanted) {
        return verb("crm-find", wanted, Map.of());
    }

    private Map<String, Object> make(Map<String, Object> deal) {
        Map<String, Object> found = find(Map.of("referralId", deal.get("referralId"), "view", deal.get("view")));
        return verb("customize", deal, Map.of("found", found));
    }

    private Map<String, Object> update(Map<String, Object> record, Map<String, Object> changes) {
        Map<String, Object> document = new LinkedHashMap<>();
        List.of("kind", "id", "etag", "solutions").forEach(name -> document.put(name, record.getOrDefault(name, List.of())));
        document.put("mark", "");
        document.put("view", Map.of());
        document.putAll(changes);
        return verb("crm-update", document, Map.of());
    }

    private static void fails(ThrowingCallable call, Class<?> failure, String... words) {
        assertThatThrownBy(call).satisfies(thrown -> assertThat(thrown.getCause()).isInstanceOf(failure).message().contains(words));
    }

    private Map<String, Object> deal(String kind, String name, String... solutions) {
        String referral = REFERRAL + referrals++;
        Map<String, Object> customer = new LinkedHashMap<>(Map.of("name", "Customer of " + name,
            "address", Map.of("addressLine1", "1 Main Street", "city", "Redmond", "postalCode", "98052", "country", "US"),
            "team", List.of(Map.of("firstName", "Carla", "lastName", "Customer", "email", referral + "@customer.example",
                "phoneNumber", "2065550199"))));
        Map<String, Object> view = new LinkedHashMap<>(Map.of("name", name, "status", "Active", "substatus", "Accepted",
            "details", Map.of("dealValue", 50000, "currency", "USD", "closingDateTime", "2027-03-31T00:00:00Z", "notes", "Notes",
                "requirements", Map.of("solutions", List.of(solutions).stream().map(id -> Map.of("id", id, "name", "Solution " + id)).toList())),
            "customerProfile", customer, "team", List.of(Map.of("email", "sam.seller@contoso.example"))));
        return new LinkedHashMap<>(Map.of("kind", kind, "view", view, "mark", "✔ ", "audit", "Made.", "referralId", referral,
            "referralLink", "https://partner.microsoft.com/referrals/v2/inbox?id=" + referral, "sync", true));
    }

    private long calls() {
        return salesforce.count(call -> call.kind() != CallKind.SIGN_IN);
    }

    private long rows(String object) {
        return salesforce.rows(object).size();
    }

    private List<Map<String, Object>> of(String object, String field, Object id) {
        return salesforce.rows(object).stream().filter(row -> id.equals(row.get(field))).toList();
    }

    private static Object view(Map<String, Object> record, String... path) {
        Object value = record.get("view");
        for (String step : path) {
            value = ((Map<?, ?>) value).get(step);
        }
        return value;
    }

    // ---- making

    @Test
    void aDealIsMadeInTwoCallsWithAllThatBelongsToIt() {
        long before = calls();
        Map<String, Object> record = make(deal("opportunity", "Two calls", "SOL-34104-EBB", "SOL-NEW-1"));

        assertThat(calls() - before).as("one to look, one to write and read back").isEqualTo(2);
        Map<String, Object> row = salesforce.row("Opportunity", (String) record.get("id"));
        assertThat(row).containsEntry("Name", "✔ Two calls").containsEntry("StageName", "Qualification")
            .containsEntry("Sync_With_Partner_Center__c", true).containsEntry("Audit__c", "Made.");
        assertThat(record).containsEntry("status", "Active").containsEntry("sync", true).containsEntry("displayName", "✔ Two calls");
        assertThat(view(record, "name")).isEqualTo("Two calls");
        assertThat(view(record, "customerProfile", "address", "postalCode")).isEqualTo("98052");
        assertThat(view(record, "details", "currency")).isEqualTo("USD");
        assertThat((List<?>) record.get("solutions")).hasSize(2);
        assertThat(of("OpportunityContactRole", "OpportunityId", record.get("id"))).singleElement()
            .satisfies(role -> assertThat(role).containsEntry("IsPrimary", true));
        assertThat(of("OpportunityTeamMember", "OpportunityId", record.get("id"))).hasSize(1);
        assertThat(of("Microsoft_Solution_Detail__c", "Solution_Identifier__c", "SOL-NEW-1")).hasSize(1);
    }

    @Test
    void aSecondTryMakesNothingAndChangesNothing() {
        Map<String, Object> deal = deal("opportunity", "Once", "SOL-34104-EBB");
        Map<String, Object> found = find(Map.of("view", deal.get("view")));
        Map<String, Object> first = verb("customize", deal, Map.of("found", found));
        salesforce.update("Opportunity", (String) first.get("id"), Map.of("Name", "A seller's"));
        List<Long> before = List.of(rows("Opportunity"), rows("Account"), rows("Contact"));

        fails(() -> verb("customize", deal, Map.of("found", found)), StaleFailure.class, "Changed in Salesforce");
        assertThat(List.of(rows("Opportunity"), rows("Account"), rows("Contact"))).isEqualTo(before);
        assertThat(salesforce.row("Opportunity", (String) first.get("id"))).containsEntry("Name", "A seller's");
        assertThat(find(Map.of("referralId", deal.get("referralId")))).containsEntry("record",
            Map.of("kind", "opportunity", "id", first.get("id"), "made", true));
    }

    @Test
    void whatIsThereIsFoundAndUsed() {
        Map<String, Object> deal = deal("opportunity", "O'Neil \\ & Söhne", "SOL-34104-EBB");
        Map<String, Object> first = make(deal);
        Map<String, Object> again = deal("opportunity", "O'Neil \\ & Söhne", "SOL-34104-EBB");
        Stage.part(again.get("view")).put("customerProfile", Stage.part(deal.get("view")).get("customerProfile"));
        long accounts = rows("Account");
        long contacts = rows("Contact");
        Map<String, Object> second = make(again);

        assertThat(rows("Account")).isEqualTo(accounts);
        assertThat(rows("Contact")).isEqualTo(contacts);
        assertThat(second.get("id")).isNotEqualTo(first.get("id"));
    }

    @Test
    void aLeadIsMadeAndFound() {
        Map<String, Object> deal = deal("lead", "A lead");
        Stage.part(deal.get("view")).put("status", "New");
        Map<String, Object> record = make(deal);

        assertThat(record).containsEntry("kind", "lead").containsEntry("status", "New").containsEntry("sync", true);
        assertThat(salesforce.row("Lead", (String) record.get("id"))).containsEntry("Status", "Open - Not Contacted");
        assertThat(find(Map.of("referralId", deal.get("referralId")))).containsEntry("record",
            Map.of("kind", "lead", "id", record.get("id"), "made", true));
        assertThat(find(Map.of("referralId", "none", "externalReferenceId", record.get("id")))).containsEntry("record",
            Map.of("kind", "lead", "id", record.get("id"), "made", false));
    }

    @Test
    void aDealThatIsNotAcceptedWaitsOnHoldAndOtherReferralsAreLeads() {
        assertThat(kindOf("New", "Shared")).isEqualTo("opportunity");
        assertThat(kindOf("New", "Independent")).isEqualTo("lead");
        assertThat(kindOf("Active", "Independent")).isEqualTo("opportunity");
        Map<String, Object> deal = deal("opportunity", "On hold", "SOL-34104-EBB");
        Stage.part(deal.get("view")).put("status", "New");
        Stage.part(deal.get("view")).put("substatus", "Pending");
        assertThat(make(deal)).containsEntry("status", "New");
        assertThat(of("Opportunity", "Name", "✔ On hold")).singleElement().satisfies(row ->
            assertThat(row).containsEntry("StageName", "On Hold"));
    }

    private String kindOf(String status, String type) {
        return connector.camel().requestBody("direct:crm-kind", Map.of("status", status, "type", type), String.class);
    }

    @Test
    void nothingToLookForIsNoCall() {
        long before = calls();
        assertThat(find(Map.of("view", Map.of()))).containsEntry("details", null);
        assertThat(calls()).isEqualTo(before);
    }

    @Test
    void severalOpportunitiesWithTheIdentifierAreRefusedByName() {
        String one = salesforce.create("Opportunity", Map.of("Name", "A", "StageName", "Prospecting", "CloseDate", "2027-01-01",
            "Referral_Identifier__c", "twice"));
        String two = salesforce.create("Opportunity", Map.of("Name", "B", "StageName", "Prospecting", "CloseDate", "2027-01-01",
            "Referral_Identifier__c", "twice"));

        fails(() -> find(Map.of("referralId", "twice")), RefusedFailure.class, one, two, "Leave the identifier in the right one");
        Map<String, Object> deal = deal("opportunity", "Thrice", "SOL-34104-EBB");
        deal.put("referralId", "twice");
        fails(() -> verb("customize", deal, Map.of("found", find(Map.of("view", deal.get("view"))))), RefusedFailure.class, one, two);
    }

    // ---- reading

    @Test
    void aRecordThatHasJustChangedIsReadAgainWhenTheSecondIsOver() {
        Map<String, Object> record = make(deal("opportunity", "Just changed", "SOL-34104-EBB"));
        later();
        long before = calls();
        assertThat(read("opportunity", (String) record.get("id"))).containsEntry("etag", record.get("etag"));
        assertThat(calls() - before).isEqualTo(1);
        salesforce.update("Opportunity", (String) record.get("id"), Map.of("Description", "By a seller"));
        assertThat(view(read("opportunity", (String) record.get("id")), "details", "notes")).isEqualTo("By a seller");
        assertThat(calls() - before).isEqualTo(3);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        Map<String, Object> record = make(deal("opportunity", "Deleted", "SOL-34104-EBB"));
        salesforce.delete("Opportunity", (String) record.get("id"));
        fails(() -> read("opportunity", (String) record.get("id")), NotFoundFailure.class, "no such record");
        fails(() -> update(record, Map.of("view", Map.of("name", "Later"))), StaleFailure.class, "Changed in Salesforce");
    }

    @Test
    void aConvertedLeadIsReadAsItsOpportunity() {
        Map<String, Object> lead = make(deal("lead", "Converted"));
        String opportunity = salesforce.convertLead((String) lead.get("id"));
        assertThat(read("lead", (String) lead.get("id"))).containsEntry("kind", "opportunity").containsEntry("id", opportunity);
    }

    // ---- changing

    @Test
    void oneCallChangesFieldsAndStageAndReadsBack() {
        Map<String, Object> record = make(deal("opportunity", "Won", "SOL-34104-EBB"));
        later();
        long before = calls();
        Map<String, Object> won = update(record, Map.of("audit", "Won.", "view", Map.of("status", "Closed", "substatus", "Won",
            "details", Map.of("dealValue", 60000, "currency", "USD"))));

        assertThat(calls() - before).isEqualTo(1);
        assertThat(won).containsEntry("status", "Closed").containsEntry("audit", "Won.");
        assertThat(salesforce.row("Opportunity", (String) record.get("id"))).containsEntry("StageName", "Closed Won");
        assertThat(won.get("etag")).isNotEqualTo(record.get("etag"));
    }

    @Test
    void solutionsAreAddedBeforeOthersAreTakenOutSoThatTheDealStaysSwitchedOn() {
        Map<String, Object> record = make(deal("opportunity", "Other solution", "SOL-34104-EBB"));
        later();
        Map<String, Object> changed = update(record, Map.of("view", Map.of("details", Map.of("requirements",
            Map.of("solutions", List.of(Map.of("id", "SOL-15974-MQF"), Map.of("id", "SOL-NEW-2", "name", "New")))))));

        assertThat(((List<?>) changed.get("solutions")).stream().map(row -> ((Map<?, ?>) row).get("id")).toList())
            .asList().containsExactlyInAnyOrder("SOL-15974-MQF", "SOL-NEW-2");
        assertThat(changed).containsEntry("sync", true);
    }

    @Test
    void aChangeInALaterSecondMakesTheWriteStale() {
        Map<String, Object> record = make(deal("opportunity", "Stale", "SOL-34104-EBB"));
        later();
        salesforce.update("Opportunity", (String) record.get("id"), Map.of("Amount", 1));
        fails(() -> update(record, Map.of("view", Map.of("name", "Lost"))), StaleFailure.class, "Changed in Salesforce since it was read");
        assertThat(salesforce.row("Opportunity", (String) record.get("id"))).containsEntry("Name", "✔ Stale");
    }

    @Test
    void aSellersChangeInTheSecondOfTheConnectorsOwnMakesTheWriteStaleToo() {
        sandboxes.clock().stop();
        try {
            Map<String, Object> record = make(deal("opportunity", "Same second", "SOL-34104-EBB"));
            salesforce.update("Opportunity", (String) record.get("id"), Map.of("Amount", 1));
            fails(() -> update(record, Map.of("view", Map.of("name", "Lost"))), StaleFailure.class, "Changed in Salesforce");
            assertThat(salesforce.row("Opportunity", (String) record.get("id"))).containsEntry("Name", "✔ Same second");
        } finally {
            sandboxes.clock().resume();
        }
    }

    @Test
    void anAcceptedLeadGoesOnAsAnOpportunityAndTheLeadSaysSo() {
        Map<String, Object> deal = deal("lead", "Accepted", "SOL-34104-EBB");
        Map<String, Object> full = Stage.part(deal.get("view"));
        full.put("status", "New");
        Map<String, Object> lead = make(deal);
        later();
        full.put("status", "Active");
        Map<String, Object> referral = new LinkedHashMap<>(Map.of("id", deal.get("referralId"), "view", full));
        Map<String, Object> document = new LinkedHashMap<>(Map.of("kind", "lead", "id", lead.get("id"), "etag", lead.get("etag"), "mark", "✔ ",
            "audit", "Status.\nMade.", "view", Map.of("status", "Active", "substatus", "Accepted")));
        Map<String, Object> record = verb("crm-update", document, Map.of("referral", referral));

        assertThat(record).containsEntry("kind", "opportunity").containsEntry("status", "Active")
            .containsEntry("referralId", deal.get("referralId"));
        assertThat(salesforce.row("Lead", (String) lead.get("id")).get("Audit__c")).asString().contains("goes on as an opportunity", "Made.");
        assertThat(find(Map.of("referralId", deal.get("referralId")))).containsEntry("record",
            Map.of("kind", "opportunity", "id", record.get("id"), "made", true));
        long opportunities = rows("Opportunity");
        assertThat(verb("crm-update", document, Map.of("referral", referral))).as("after a crash").containsEntry("id", record.get("id"));
        assertThat(rows("Opportunity")).isEqualTo(opportunities);
    }

    // ---- changes

    private void polls(String kind) {
        connector.camel().requestBody("direct:crm-changes", kind);
    }

    private Link linkOf(Map<String, Object> record) {
        return connector.store().find((String) record.get("id")).orElseThrow();
    }

    private Link linked(Map<String, Object> record) {
        polls("opportunity");
        Link link = linkOf(record);
        return connector.store().finish(link, Store.columns("state", "linked", "record", record), List.of());
    }

    @Test
    void aPollBringsTheRowAsAReadingWouldAndKnowsItsOwnWrites() {
        Map<String, Object> record = make(deal("opportunity", "Polled", "SOL-34104-EBB"));
        linked(record);
        later();
        polls("opportunity");
        polls("solution");
        assertThat(linkOf(record).isMarked()).as("own writes are echoes").isFalse();

        salesforce.update("Opportunity", (String) record.get("id"), Map.of("Description", "By a seller"));
        later();
        long before = calls();
        polls("opportunity");
        Link link = linkOf(record);
        assertThat(link.isMarked()).isTrue();
        Map<String, Object> row = verb("crm-row", Map.of("kind", "opportunity", "row", link.noticed()), Map.of());
        assertThat(calls() - before).as("one call to notice and to know it all").isEqualTo(1);
        assertThat(row).usingRecursiveComparison().withEqualsForType((a, b) -> a.compareTo(b) == 0, BigDecimal.class)
            .isEqualTo(read("opportunity", (String) record.get("id")));
        assertThat(new Noticed().record(linked(record), row)).isEqualTo(row);
    }

    @Test
    void aRowThatChangedInTheSecondOfTheAnswerIsNotedWithoutItsRow() {
        Map<String, Object> record = make(deal("opportunity", "This second", "SOL-34104-EBB"));
        linked(record);
        sandboxes.clock().stop();
        try {
            salesforce.update("Opportunity", (String) record.get("id"), Map.of("Description", "Once"));
            polls("opportunity");
            assertThat(linkOf(record).isMarked()).isTrue();
            assertThat(linkOf(record).noticed()).isNull();
        } finally {
            sandboxes.clock().resume();
        }
    }

    @Test
    void aSellersChangeInTheSecondOfTheConnectorsOwnIsNoticed() {
        sandboxes.clock().stop();
        try {
            Map<String, Object> record = make(deal("opportunity", "No echo", "SOL-34104-EBB"));
            linked(record);
            polls("opportunity");
            assertThat(linkOf(record).isMarked()).isFalse();
            salesforce.update("Opportunity", (String) record.get("id"), Map.of("Description", "By a seller"));
            polls("opportunity");
            assertThat(linkOf(record).isMarked()).isTrue();
        } finally {
            sandboxes.clock().resume();
        }
    }

    @Test
    void aSolutionASellerChangesMarksItsDealAndSoDoesADeletedRecord() {
        Map<String, Object> record = make(deal("opportunity", "Solution row", "SOL-34104-EBB"));
        linked(record);
        later();
        String row = (String) ((Map<?, ?>) ((List<?>) record.get("solutions")).get(0)).get("rowId");
        salesforce.update("Microsoft_Solutions__c", row, Map.of("Quantity__c", 3));
        polls("solution");
        assertThat(linkOf(record).isMarked()).isTrue();
        linked(record);
        salesforce.delete("Opportunity", (String) record.get("id"));
        polls("opportunity");
        assertThat(linkOf(record).isMarked()).isTrue();
    }

    @Test
    void manyRowsOfOneSecondComeInPagesAndNoneIsLeftOut() {
        sandboxes.clock().stop();
        List<String> ids = new ArrayList<>();
        try {
            later();
            for (int i = 0; i < 1100; i++) {
                ids.add(salesforce.create("Opportunity", Map.of("Name", "Many " + i, "StageName", "Qualification", "CloseDate", "2027-01-01",
                    "Sync_With_Partner_Center__c", true)));
            }
        } finally {
            sandboxes.clock().resume();
        }
        long before = calls();
        polls("opportunity");
        assertThat(calls() - before).isEqualTo(2);
        assertThat(ids).allSatisfy(id -> assertThat(connector.store().find(id)).isPresent());
    }

    @Test
    void ofAMergedLeadTheSurvivorIsTold() {
        Map<String, Object> lead = make(deal("lead", "Merged away"));
        String survivor = (String) make(deal("lead", "Survivor")).get("id");
        salesforce.mergeLead((String) lead.get("id"), survivor);
        assertThat(read("lead", (String) lead.get("id"))).containsEntry("mergedInto", survivor).containsEntry("kind", "lead");
        assertThat(read("lead", survivor)).containsEntry("id", survivor);
    }

    // ---- refusals

    @Test
    void aTextThatIsTooLongNamesItsField() {
        Map<String, Object> record = make(deal("opportunity", "Long", "SOL-34104-EBB"));
        later();
        fails(() -> update(record, Map.of("view", Map.of("name", "x".repeat(130)))), RefusedFailure.class, "Name", "Shorten the text");
    }

    @Test
    void whatARuleRefusesIsToldInTheRulesWords() {
        salesforce.switches().turn(SalesforceSwitch.REQUIRED_SOLUTION_AREA, true);
        try {
            fails(() -> make(deal("opportunity", "Ruled", "SOL-34104-EBB")), RefusedFailure.class, "A validation rule", "Solution_Area__c");
        } finally {
            salesforce.switches().turn(SalesforceSwitch.REQUIRED_SOLUTION_AREA, false);
        }
    }

    @Test
    void theRuleThatWantsASolutionFirstIsObeyed() {
        salesforce.switches().turn(SalesforceSwitch.CANNOT_SYNC_WITHOUT_SOLUTION, true);
        try {
            assertThat(make(deal("opportunity", "Solution first", "SOL-34104-EBB"))).containsEntry("sync", true);
        } finally {
            salesforce.switches().turn(SalesforceSwitch.CANNOT_SYNC_WITHOUT_SOLUTION, false);
        }
    }

    @Test
    void aDuplicateIsRefusedWithTheRecordThatIsThere() {
        Map<String, Object> deal = deal("opportunity", "Double", "SOL-34104-EBB");
        Map<String, Object> found = find(Map.of("view", deal.get("view")));
        String account = salesforce.create("Account", Map.of("Name", "Customer of Double", "BillingPostalCode", "98052"));
        salesforce.switches().turn(SalesforceSwitch.DUPLICATE_RULE, true);
        try {
            fails(() -> verb("customize", deal, Map.of("found", found)), RefusedFailure.class, "A duplicate rule", account);
        } finally {
            salesforce.switches().turn(SalesforceSwitch.DUPLICATE_RULE, false);
        }
    }

    @Test
    void aCurrencyTheOrganisationDoesNotHaveIsRefused() {
        Map<String, Object> deal = deal("opportunity", "In francs", "SOL-34104-EBB");
        Stage.part(deal.get("view")).put("details", Map.of("dealValue", 1, "currency", "CHF", "closingDateTime", "2027-01-01T00:00:00Z"));
        fails(() -> make(deal), RefusedFailure.class, "The currency CHF is not set up in Salesforce, which has USD only");
    }

    @Test
    void aLockedRowAndALimitUsedUpPass() {
        Map<String, Object> record = make(deal("opportunity", "Locked", "SOL-34104-EBB"));
        later();
        salesforce.fail(Fault.instead("POST", "/composite", Reply.json(200, Map.of("compositeResponse", List.of(
            Map.of("body", List.of(Map.of("errorCode", "PROCESSING_HALTED", "message", "undone")), "httpStatusCode", 400, "referenceId", "a",
                "httpHeaders", Map.of()),
            Map.of("body", List.of(Map.of("errorCode", "UNABLE_TO_LOCK_ROW", "message", "unable to obtain exclusive access")),
                "httpStatusCode", 400, "referenceId", "b", "httpHeaders", Map.of()))))));
        fails(() -> update(record, Map.of("view", Map.of("name", "Later"))), TemporaryFailure.class, "can't answer just now");
        salesforce.fail(Fault.instead("GET", "/query", SalesforceSandbox.throttledByConcurrency()));
        fails(() -> read("opportunity", (String) record.get("id")), TemporaryFailure.class, "can't answer just now (403)");
    }

    @Test
    void anExpiredSessionIsTemporaryAndTheNextCallSignsInAnew() {
        Map<String, Object> record = make(deal("opportunity", "Expired", "SOL-34104-EBB"));
        later();
        salesforce.expireSessions();
        fails(() -> read("opportunity", (String) record.get("id")), TemporaryFailure.class, "401");
        assertThat(read("opportunity", (String) record.get("id"))).containsEntry("id", record.get("id"));
    }

    @Test
    void aTokenWithoutExpiryIsKept() {
        make(deal("opportunity", "One sign-in", "SOL-34104-EBB"));
        long signIns = salesforce.count(call -> call.kind() == CallKind.SIGN_IN);
        make(deal("opportunity", "No sign-in", "SOL-34104-EBB"));
        assertThat(salesforce.count(call -> call.kind() == CallKind.SIGN_IN)).isEqualTo(signIns);
    }
}
