package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What the organisation does by itself around a write: derived fields before it, triggers after it (sections 2.1, 2.2, 2.7). Each
 * object has its own short method, found in the two tables below.
 */
final class Logic {

    private static final String AMOUNT = "Amount";
    private static final String PROBABILITY = "Probability";
    private static final String CURRENCY = "CurrencyIsoCode";
    private static final String PRIMARY = "IsPrimary";
    private static final String CONTACT = "ContactId";
    private static final String OPPORTUNITY = "OpportunityId";
    private static final String UNIT_PRICE = "UnitPrice";
    private static final String TOTAL_PRICE = "TotalPrice";

    /** Fills in what is derived. */
    @FunctionalInterface
    private interface Before {
        void run(Row before, Map<String, Object> values, Map<String, Object> written);
    }

    /** Does what follows; the record after is null when it was deleted, the one before when it is new. */
    @FunctionalInterface
    private interface After {
        void run(Row before, Row after, Author by);
    }

    private final Map<String, Before> befores = Map.of(
        "Opportunity", this::deriveFromStage,
        "Lead", (before, values, written) -> requireUnconverted(before),
        "Account", (before, values, written) -> alignCountry(values, written),
        "OpportunityLineItem", this::price,
        "PricebookEntry", (before, values, written) -> values.put("Name", nameOf(values.get("Product2Id"))),
        "OpportunityTeamMember", (before, values, written) -> values.put("Name", nameOf(values.get("UserId"))));
    private final Map<String, After> afters = Map.of(
        "Opportunity", this::makePrimaryRole,
        "OpportunityContactRole", this::keepOnePrimary,
        "OpportunityLineItem", this::addUpProducts,
        "Microsoft_Solutions__c", this::recountSolutions);

    private final Schema schema;
    private final Store store;
    private final Switches switches;
    private final Picklists picklists;
    private final Rules rules;

    Logic(Schema schema, Store store, Switches switches, Picklists picklists, Rules rules) {
        this.schema = schema;
        this.store = store;
        this.switches = switches;
        this.picklists = picklists;
        this.rules = rules;
    }

    /**
     * Before a save: joined names, currency, and what is special about the object.
     *
     * @param before as it was, null for a new record
     * @param values as it will be; changed
     * @param written what the caller writes
     */
    void before(SObject object, Row before, Map<String, Object> values, Map<String, Object> written) {
        object.fields().values().stream().filter(field -> !field.joined().isEmpty()).forEach(field ->
            values.put(field.name(), field.joined().stream().map(values::get).filter(Objects::nonNull).map(Object::toString)
                .collect(Collectors.joining(" "))));
        if (schema.whole(object.name()).field(CURRENCY).isPresent() && values.get(CURRENCY) == null) {
            store.rows("CurrencyType").stream().filter(row -> Boolean.TRUE.equals(row.get("IsCorporate"))).findFirst()
                .ifPresent(corporate -> values.put(CURRENCY, corporate.get("IsoCode")));
        }
        Before own = befores.get(object.name());
        if (own != null) {
            own.run(before, values, written);
        }
    }

    /** The validation rules of the package. */
    void validate(SObject object, Row before, Map<String, Object> values) {
        if (object.name().equals("Opportunity")) {
            PackageRule.check(object, before, values, switches);
        }
    }

    /** After a save or a deletion. */
    void after(SObject object, Row before, Row after, Author by) {
        After own = afters.get(object.name());
        if (own != null) {
            own.run(before, after, by);
        }
    }

    // ---- opportunities (2.1)

    private void deriveFromStage(Row before, Map<String, Object> values, Map<String, Object> written) {
        if (before != null && Boolean.TRUE.equals(before.get("HasOpportunityLineItem")) && written.containsKey(AMOUNT)) {
            values.put(AMOUNT, before.get(AMOUNT)); // ignored, not refused
        }
        String name = (String) values.get("StageName");
        if (name == null) {
            return; // refused as missing
        }
        Row stage = picklists.stage(name);
        values.put("IsClosed", stage != null && Boolean.TRUE.equals(stage.get("IsClosed")));
        values.put("IsWon", stage != null && Boolean.TRUE.equals(stage.get("IsWon")));
        values.put("ForecastCategory", stage == null ? "Pipeline" : stage.get("ForecastCategory"));
        boolean moved = before == null || !name.equals(before.get("StageName"));
        if (written.get(PROBABILITY) == null && (moved || values.get(PROBABILITY) == null)) {
            values.put(PROBABILITY, stage == null ? BigDecimal.ZERO : stage.get("DefaultProbability"));
        }
    }

    private void makePrimaryRole(Row before, Row after, Author by) {
        if (before == null && after.get(CONTACT) != null) {
            Map<String, Object> role = new LinkedHashMap<>();
            role.put(OPPORTUNITY, new Ref("Opportunity", after.id()));
            role.put(CONTACT, after.get(CONTACT));
            role.put(PRIMARY, true);
            rules.insert(schema.require("OpportunityContactRole"), role, by);
        }
    }

    /** One role at most is the primary one, and the opportunity shows whose it is. */
    private void keepOnePrimary(Row before, Row after, Author by) {
        SObject roles = schema.require("OpportunityContactRole");
        Row opportunity = parent(after == null ? before : after, OPPORTUNITY);
        if (opportunity == null) {
            return;
        }
        List<Row> primary = children(roles, OPPORTUNITY, opportunity).stream()
            .filter(role -> Boolean.TRUE.equals(role.get(PRIMARY))).toList();
        if (after != null && Boolean.TRUE.equals(after.get(PRIMARY))) {
            primary.stream().filter(role -> !role.id().equals(after.id())).forEach(role ->
                rules.system(roles, role, Map.of(PRIMARY, false), by));
        }
        Object contact = after != null && Boolean.TRUE.equals(after.get(PRIMARY)) ? after.get(CONTACT)
            : primary.stream().findFirst().map(role -> role.get(CONTACT)).orElse(null);
        if (!Objects.equals(contact, opportunity.get(CONTACT))) {
            rules.system(schema.require("Opportunity"), opportunity, Collections.singletonMap(CONTACT, contact), by);
        }
    }

    // ---- products (2.2)

    /** Unit price times quantity is the total; one of both prices is given, without either the list price counts. */
    private void price(Row before, Map<String, Object> values, Map<String, Object> written) {
        if (written.get(UNIT_PRICE) != null && written.get(TOTAL_PRICE) != null) {
            throw Refusal.record("FIELD_INTEGRITY_EXCEPTION", "field integrity exception: UnitPrice, TotalPrice (give one of both)",
                UNIT_PRICE, TOTAL_PRICE);
        }
        Row entry = values.get("PricebookEntryId") instanceof Ref ref ? store.find(ref.table(), ref.id()) : null;
        BigDecimal quantity = (BigDecimal) values.get("Quantity");
        if (entry == null || quantity == null || quantity.signum() == 0) {
            return; // refused as missing; a quantity of nothing has no unit price
        }
        values.put("Name", (nameOf(values.get(OPPORTUNITY)) + " " + entry.get("Name")).strip());
        if (written.get(TOTAL_PRICE) != null) {
            values.put(UNIT_PRICE, ((BigDecimal) values.get(TOTAL_PRICE)).divide(quantity, 2, RoundingMode.HALF_UP));
        } else {
            values.putIfAbsent(UNIT_PRICE, entry.get(UNIT_PRICE));
            values.put(TOTAL_PRICE, ((BigDecimal) values.get(UNIT_PRICE)).multiply(quantity).setScale(2, RoundingMode.HALF_UP));
        }
    }

    private void addUpProducts(Row before, Row after, Author by) {
        Row opportunity = parent(after == null ? before : after, OPPORTUNITY);
        if (opportunity == null) {
            return;
        }
        List<Row> items = children(schema.require("OpportunityLineItem"), OPPORTUNITY, opportunity);
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("HasOpportunityLineItem", !items.isEmpty());
        if (!items.isEmpty()) {
            written.put(AMOUNT, items.stream().map(item -> (BigDecimal) item.get(TOTAL_PRICE)).filter(Objects::nonNull)
                .reduce(BigDecimal.ZERO, BigDecimal::add));
            if (opportunity.get("Pricebook2Id") == null) {
                written.put("Pricebook2Id", parent(items.get(0), "PricebookEntryId").get("Pricebook2Id"));
            }
        }
        rules.system(schema.require("Opportunity"), opportunity, written, by);
    }

    // ---- accounts, leads (2.2)

    private void alignCountry(Map<String, Object> values, Map<String, Object> written) {
        if (schema.has(Feature.COUNTRY_PICKLISTS)) {
            Countries.align(values, written);
        }
    }

    private static void requireUnconverted(Row before) {
        if (before != null && Boolean.TRUE.equals(before.get("IsConverted"))) {
            throw Refusal.record("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
        }
    }

    // ---- the package (2.7)

    /** Trigger msft_SolutionTrigger: after insert and delete, not after update. */
    private void recountSolutions(Row before, Row after, Author by) {
        if (before != null && after != null || !schema.has(Feature.PACKAGE)) {
            return;
        }
        Row opportunity = parent(after == null ? before : after, "Opportunity__c");
        if (opportunity == null) {
            return;
        }
        int count = children(schema.require("Microsoft_Solutions__c"), "Opportunity__c", opportunity).size();
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("Solution_Count__c", BigDecimal.valueOf(count));
        if (count == 0) {
            written.put("Sync_With_Partner_Center__c", false);
        }
        try {
            rules.write(schema.require("Opportunity"), opportunity, written, by); // a trigger's update is one like any other
        } catch (Refusal refusal) {
            Refusal.Error first = refusal.errors().get(0);
            throw Refusal.record("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "msft_SolutionTrigger: execution of "
                + (after == null ? "AfterDelete" : "AfterInsert")
                + " caused by: System.DmlException: Update failed. First exception on row 0 with id " + opportunity.id()
                + "; first error: " + first.code() + ", " + first.message() + ": " + first.fields());
        }
    }

    // ---- helpers

    private Row parent(Row row, String field) {
        return row.get(field) instanceof Ref ref ? store.find(ref.table(), ref.id()) : null;
    }

    private List<Row> children(SObject object, String field, Row parent) {
        return store.rowsWith(object.name(), field, new Ref(parent.table(), parent.id()));
    }

    private String nameOf(Object ref) {
        Row row = ref instanceof Ref to ? store.find(to.table(), to.id()) : null;
        return row == null ? "" : String.valueOf(row.get("Name"));
    }
}
