package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Connector;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.CrmRecord;
import io.cosell.sandbox.CrmSeller;
import io.cosell.sandbox.Customer;
import io.cosell.sandbox.DealField;
import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Person;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.cosell.store.Heal;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Partner Center, a CRM and a connector on them, with the shipped routes and mappings: the stage of the flow tests. What is done and seen in
 * the CRM goes through {@link #seller}, by the same words in every CRM; {@link #crm} and what stands below it are for tests about
 * Dynamics 365 alone.
 */
final class Stage implements AutoCloseable {

    static final String SOLUTION = "SOL-34104-EBB";
    /** A schedule that no test lives to see. */
    static final String NEVER = "0 0 0 1 1 ? 2099";

    final Crm which;
    final Sandboxes sandboxes;
    final PartnerCenterSandbox partnerCenter;
    final CrmSeller seller;
    final SandboxSystem system;
    final DataverseSandbox crm;
    final Map<String, String> settings;
    final Path folder;
    private Connector connector;

    private Stage(Crm which, Path folder, PartnerCenterOptions partnerCenterOptions, DataverseOptions dataverseOptions,
                  Map<String, String> overrides) {
        this.which = which;
        this.folder = folder;
        sandboxes = Sandboxes.start(partnerCenterOptions, dataverseOptions);
        partnerCenter = sandboxes.partnerCenter();
        crm = sandboxes.dynamics365();
        seller = which.seller(sandboxes);
        system = seller.system();
        if ("Yes".equals(overrides.get("cosell.salesforce.change-events"))) {
            sandboxes.salesforceWithChangeEvents();
        }
        settings = new LinkedHashMap<>(which.settings(sandboxes, dataFolder()));
        // Quartz keeps its schedulers by name for the whole process; two stages at a time must not share one.
        settings.put("camel.main.name", "cosell-" + UUID.randomUUID());
        // Auto-heal runs once at the start and then only when a test asks for it, not whenever the hour has come.
        settings.put("cosell.auto-heal.schedule", NEVER);
        settings.put("cosell.auto-heal.full-schedule", NEVER);
        settings.put("cosell.lanes.first-pause", "1s");
        settings.put("cosell.terminal-grace", "0s");
        settings.putAll(overrides);
    }

    /** A folder of the CRM's own: one working folder may serve the stages of all of them, one after the other. */
    private Path dataFolder() {
        try {
            return Files.createDirectories(folder.resolve("data-" + which.setting()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stage open(Crm which, Path folder, Map<String, String> overrides) {
        return open(which, folder, PartnerCenterOptions.defaults(), overrides);
    }

    static Stage open(Crm which, Path folder, PartnerCenterOptions partnerCenter, Map<String, String> overrides) {
        return new Stage(which, folder, partnerCenter, DataverseOptions.defaults(), overrides).started();
    }

    /** Settings with which offers become leads in every CRM. */
    static Map<String, String> offersAsLeads(Crm which) {
        return which == Crm.SALESFORCE ? Map.of("cosell.salesforce.new-cosell-deals", "lead") : Map.of();
    }

    static Stage open(Path folder, Map<String, String> overrides) {
        return open(Crm.DYNAMICS_365, folder, overrides);
    }

    static Stage open(Path folder, PartnerCenterOptions partnerCenter, DataverseOptions dataverse, Map<String, String> overrides) {
        return new Stage(Crm.DYNAMICS_365, folder, partnerCenter, dataverse, overrides).started();
    }

    private Stage started() {
        startConnector();
        camelRegister();
        return this;
    }

    void startConnector() {
        startConnector(sandboxes.clock());
    }

    /** A connector whose clock is not the one of the systems. */
    void startConnector(Clock clock) {
        connector = Connector.start(folder, settings, Connector.Purpose.SERVE, clock);
    }

    /** One round of auto-heal, and what it said; {@code what} is all or changed. */
    Heal heal(String what) {
        Exchange exchange = connector.camel().request("direct:auto-heal-now", message -> message.getIn().setBody(what));
        settled();
        return exchange.getVariable("healed", Heal.class);
    }

    void stopConnector() {
        connector.close();
        connector = null;
    }

    /** Undoes what a test that ended may have left: faults that nothing met, events held or dropped, a connector that is stopped. */
    void makeWhole() {
        system.failNoMore();
        partnerCenter.failNoMore();
        partnerCenter.dropWebhooks(false);
        partnerCenter.holdWebhooks(false);
        if (connector == null) {
            startConnector();
        }
    }

    void camelRegister() {
        connector.camel().requestBody("direct:webhook-registration", null, String.class);
    }

    Connector connector() {
        return connector;
    }

    Store store() {
        return connector.store();
    }

    /** All links, oldest first. */
    List<Link> links() {
        return store().standings().stream().map(deal -> store().link(deal.id())).toList();
    }

    /** A contact of an account. */
    String contact(String account) {
        return seller.makesContact(account, new Person("Carla", "Customer", "carla@customer.example", "2065550199"));
    }

    /** An opportunity as a seller enters it, complete and not shared yet; returns its id. */
    String opportunity(String name, Consumer<Map<DealField, Object>> changes) {
        String account = seller.makesAccount(Customer.named("Customer of " + name));
        Map<DealField, Object> values = new EnumMap<>(DealField.class);
        values.put(DealField.NAME, name);
        values.put(DealField.NOTES, "Notes on " + name);
        values.put(DealField.VALUE, 50000);
        values.put(DealField.CLOSING, "2027-03-31");
        values.put(DealField.CURRENCY, "USD");
        values.put(DealField.ACCOUNT, account);
        values.put(DealField.CONTACT, contact(account));
        changes.accept(values);
        return seller.makesOpportunity(values);
    }

    /** Adds a solution to an opportunity. */
    void solution(String opportunity, String solutionId) {
        seller.addsSolution(opportunity, solutionId);
    }

    /** Sets Sync with Partner Center to Yes. */
    void share(String opportunity) {
        seller.shares(opportunity);
    }

    /** A complete opportunity with one solution, shared; waits until its referral is made and written back. Returns the record id. */
    String sharedOpportunity(String name, Consumer<Map<DealField, Object>> changes) {
        String id = opportunity(name, changes);
        solution(id, SOLUTION);
        share(id);
        eventually(() -> link(id).state().equals("linked"));
        settled();
        return id;
    }

    Link link(String anyId) {
        return store().find(anyId).orElseThrow(() -> new AssertionError("no link for " + anyId));
    }

    boolean isLinked(String anyId) {
        return store().find(anyId).filter(link -> link.state().equals("linked")).isPresent();
    }

    /** The record of a deal by either id; of a lead that became an opportunity, the opportunity. */
    CrmRecord record(String anyId) {
        Optional<Link> link = connector == null ? Optional.empty() : store().find(anyId).filter(found -> found.recordId() != null);
        return seller.record(link.map(Link::recordId).orElse(anyId));
    }

    /** Records of the CRM that carry the identifier of this referral. */
    List<CrmRecord> recordsOf(String referral) {
        return seller.records().stream().filter(record -> referral.equals(record.referralId())).toList();
    }

    Object at(Map<String, Object> document, String... path) {
        Object value = document;
        for (String step : path) {
            value = ((Map<?, ?>) value).get(step);
        }
        return value;
    }

    void eventually(java.util.concurrent.Callable<Boolean> condition) {
        try {
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + journalSoFar(), e);
        }
    }

    /** What the connector did until now, for the message of a test that waited in vain. */
    private String journalSoFar() {
        return connector == null ? "" : store().journal().stream().map(entry -> "\n  " + entry).collect(Collectors.joining());
    }

    /**
     * Waits until webhooks are delivered and no lane has anything to do. A lane's own writes raise events before it is done, so what
     * counts is a delivery after the last lane, that neither marks a lane nor is followed by another event.
     */
    void settled() {
        eventually(() -> {
            if (!store().markedLinks().isEmpty()) {
                return false;
            }
            int events = partnerCenter.deliveries().size();
            partnerCenter.awaitDelivered();
            return store().markedLinks().isEmpty() && partnerCenter.deliveries().size() == events;
        });
    }

    List<Map<String, Object>> journal(String anyId) {
        return store().journalOf(link(anyId).id());
    }

    // ---- deals that come from Partner Center

    /** A deal that the partner makes in Partner Center, accepted from the start, of a customer of its own; returns the referral's id. */
    String deal(String name, Consumer<Map<String, Object>> changes) {
        return partnerCenter.partnerCreates(named(ExampleReferrals.outbound(), name, changes));
    }

    /** A deal that Microsoft offers the partner, not answered yet, of a customer of its own; returns the referral's id. */
    String offer(String name, Consumer<Map<String, Object>> changes) {
        return partnerCenter.microsoftInvites(named(ExampleReferrals.inbound(), name, changes));
    }

    /** A deal made in Partner Center and brought into the CRM; returns the referral's id. */
    String receivedDeal(String name) {
        String referral = deal(name, changes -> { });
        eventually(() -> isLinked(referral));
        settled();
        return referral;
    }

    /** An offered deal brought into the CRM, not answered yet; returns the referral's id. */
    String receivedOffer(String name) {
        String referral = offer(name, changes -> { });
        eventually(() -> isLinked(referral));
        settled();
        return referral;
    }

    private Map<String, Object> named(Map<String, Object> referral, String name, Consumer<Map<String, Object>> changes) {
        referral.put("name", name);
        Map<String, Object> customer = part(referral, "customerProfile");
        customer.put("name", "Customer of " + name);
        part(((List<?>) customer.get("team")).get(0)).put("email", name.replaceAll("[^A-Za-z0-9]", ".") + "@customer.example");
        changes.accept(referral);
        return referral;
    }

    /** The body of an event about a referral, as Partner Center words it. */
    static byte[] event(String name, String referral) {
        return """
            {"EventName": "%s", "ResourceUri": "https://api.partnercenter.microsoft.com/engagements/v1/referrals/%s",
             "ResourceName": "referral", "AuditUri": null, "ResourceChangeUtcDate": "2026-02-17T00:05:39.5485487+00:00"}
            """.formatted(name, referral).getBytes(StandardCharsets.UTF_8);
    }

    /** A member of a document that is a document. */
    static Map<String, Object> part(Map<String, Object> document, String name) {
        return part(document.get(name));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> part(Object document) {
        return (Map<String, Object>) document;
    }

    /** The reasons of a deal's journal entries of one kind. */
    List<String> reasons(String anyId, String kind) {
        return journal(anyId).stream().filter(entry -> kind.equals(entry.get("kind"))).map(entry -> (String) entry.get("reason")).toList();
    }

    /** How often a record was read by itself. */
    long readsOf(String record) {
        return system.count(call -> call.method().equals("GET") && call.path().contains(record));
    }

    // ---- calls of the connector to the CRM, to be used with faults

    private Predicate<Request> batches(Predicate<String> text) {
        return request -> system.kind(request) == CallKind.BATCH && text.test(request.text());
    }

    /** The next call that changes something in the CRM is answered with a failure that passes. */
    Fault nextWriteFails() {
        return new Fault(batches(text -> text.contains("PATCH")), Fault.When.INSTEAD, system.refusal(Trouble.UNAVAILABLE, null, 1));
    }

    /** A call that changes the record of a referral. */
    Predicate<Request> writes(String referral) {
        String record = link(referral).recordId();
        return batches(text -> text.contains("PATCH") && (text.contains(referral) || text.contains(record)));
    }

    /** A call that makes an opportunity. */
    Predicate<Request> makesOpportunity() {
        return which == Crm.DYNAMICS_365 ? batches(text -> text.contains("If-None-Match"))
            : batches(text -> text.contains("sobjects/Opportunity"));
    }

    /** A call that fills the opportunity of an accepted lead; in a CRM that lets no program qualify leads, it makes it too. */
    Predicate<Request> fillsOpportunity() {
        return which == Crm.DYNAMICS_365 ? batches(text -> text.contains("PATCH") && text.contains("/opportunities("))
            : makesOpportunity();
    }

    /** A call that asks for changed opportunities. */
    Predicate<Request> asksForOpportunities() {
        return request -> request.method().equals("GET") && (which == Crm.DYNAMICS_365 ? request.path().endsWith("/opportunities")
            : String.valueOf(request.query().get("q")).contains(" FROM Opportunity WHERE (SystemModstamp"));
    }

    /** Waits until the CRM was asked for changes of every table this many times more. */
    void polls(int more) {
        Map<String, Long> goals = seller.polledTables().stream().collect(Collectors.toMap(table -> table, table -> pollsOf(table) + more));
        eventually(() -> goals.entrySet().stream().allMatch(goal -> pollsOf(goal.getKey()) >= goal.getValue()));
    }

    private long pollsOf(String table) {
        return system.count(call -> call.status() == 200 && seller.polled(call).filter(table::equals).isPresent());
    }

    /** How many rows were written in the CRM and how many changes were sent to Partner Center so far. */
    List<Long> writes() {
        return List.of((long) system.history().size(), partnerCenter.count(call -> call.isWrite() && call.path().contains("/referrals")));
    }

    /** Waits until all is done and seen by the polls, and checks that then nothing is written any more. */
    void comesToRest() {
        settled();
        polls(1);
        settled();
        List<Long> before = writes();
        polls(2);
        settled();
        assertThat(writes()).as("writes to the CRM and to Partner Center at rest").isEqualTo(before);
    }

    // ---- Dynamics 365 alone

    String currency(String code) {
        return crm.rows("transactioncurrency").stream().filter(row -> code.equals(row.get("isocurrencycode")))
            .map(row -> (String) row.get("transactioncurrencyid")).findFirst().orElseThrow();
    }

    Map<String, Object> opportunityRow(String id) {
        return crm.row("opportunity", id);
    }

    /** Rows of a CRM table whose column has this value. */
    List<Map<String, Object>> rows(String table, String column, Object value) {
        return crm.rows(table).stream().filter(row -> value.equals(row.get(column))).toList();
    }

    /** The opportunity that the deal of a referral has in the CRM. */
    Map<String, Object> opportunityOf(String referral) {
        return crm.row("opportunity", link(referral).recordId());
    }

    /** The lead that the deal of a referral has in the CRM. */
    Map<String, Object> leadOf(String referral) {
        return crm.row("lead", link(referral).recordId());
    }

    /** Identifiers of the solutions that an opportunity has in the CRM. */
    List<Object> solutionsOf(String opportunity) {
        return rows("msft_microsoftsolution", "_msft_opportunityid_value", opportunity).stream()
            .map(row -> crm.row("msft_microsoftsolutiondetail", (String) row.get("_msft_solutiondetailid_value"))
                .get("msft_solutionidentifier")).toList();
    }

    @Override
    public void close() {
        if (connector != null) {
            connector.close();
        }
        sandboxes.close();
    }
}
