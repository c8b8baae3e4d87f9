package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The values of picklists: those of {@code objects.yaml}, and of lists that the organisation keeps as records. */
final class Picklists {

    /** Picklists whose values are records: which object, and which field of it. */
    private static final Map<String, List<String>> KEPT = Map.of("StageName", List.of("OpportunityStage", "MasterLabel"),
        "CurrencyIsoCode", List.of("CurrencyType", "IsoCode"));

    private final Store store;
    private final Switches switches;

    Picklists(Store store, Switches switches) {
        this.store = store;
        this.switches = switches;
    }

    /** All values of a picklist, in order. */
    List<String> values(Field field) {
        List<String> kept = KEPT.get(field.name());
        if (kept != null) {
            return store.rows(kept.get(0)).stream().filter(row -> Boolean.TRUE.equals(row.get("IsActive")))
                .map(row -> (String) row.get(kept.get(1))).toList();
        }
        return switch (field.name()) {
            case "BillingCountryCode" -> Countries.codes();
            case "BillingStateCode" -> Countries.stateCodes();
            case "How_can_Microsoft_help__c" -> field.values().stream().map(this::help).toList();
            default -> field.values();
        };
    }

    private String help(String value) {
        return switches.has(SalesforceSwitch.HELP_IN_SENTENCE_CASE) ? value.charAt(0) + value.substring(1).toLowerCase(Locale.ROOT)
            : value;
    }

    /**
     * Checks a value.
     *
     * @throws Refusal 400 if the picklist is restricted and has no such value
     */
    void check(Field field, String value) {
        boolean restricted = field.restricted()
            || field.name().equals("StageName") && !switches.has(SalesforceSwitch.UNLISTED_STAGES);
        if (restricted && !values(field).contains(value)) {
            throw Refusal.record("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", field.label() + ": bad value for restricted picklist field: "
                + value, field.name());
        }
    }

    /**
     * Checks a dependent picklist (2.4) against the field that controls it.
     *
     * @param values of the whole record
     */
    void checkDependent(Field field, Map<String, Object> values) {
        Object value = values.get(field.name());
        if (field.controlledBy() != null && value != null
            && !field.controls().getOrDefault(String.valueOf(values.get(field.controlledBy())), List.of()).contains(value.toString())) {
            throw Refusal.record("FIELD_INTEGRITY_EXCEPTION", field.label() + ": bad value for dependent picklist field: " + value,
                field.name());
        }
    }

    /** The stage with this name, or null. */
    Row stage(String name) {
        return store.rows("OpportunityStage").stream().filter(row -> name.equals(row.get("MasterLabel"))).findFirst().orElse(null);
    }
}
