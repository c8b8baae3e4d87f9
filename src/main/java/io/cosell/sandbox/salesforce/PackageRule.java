package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import io.cosell.sandbox.Switches;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A validation rule of the co-sell package on opportunities (section 2.7). Each is inactive until its switch is on. The texts are the
 * sandbox's own.
 *
 * @param active  switch that makes it active
 * @param broken  true of a save it refuses
 * @param field   where the error stands
 * @param message what it says
 */
record PackageRule(SalesforceSwitch active, Predicate<Save> broken, String field, String message) {

    /**
     * A record about to be saved.
     *
     * @param before as it was, null for a new one
     * @param values as it will be
     */
    record Save(Row before, Map<String, Object> values) {

        boolean lacks(String field) {
            return values.get(field) == null;
        }

        boolean changes(String field) {
            return before != null && !Objects.equals(before.get(field), values.get(field));
        }

        boolean syncs() {
            return Boolean.TRUE.equals(values.get(SYNC));
        }

        boolean is(String type) {
            return type.equals(values.get(TYPE));
        }
    }

    private static final String SYNC = "Sync_With_Partner_Center__c";
    private static final String TYPE = "Co_sell_Type__c";
    private static final String INTENT = "Customer_purchase_intent__c";
    private static final String ROLE = "Partner_Role__c";
    private static final String AREA = "Solution_Area__c";
    private static final String PLAY = "Solution_Play__c";
    private static final String IP = "IP Co-sell";
    private static final String SERVICES = "Services Co-sell";

    private static final List<PackageRule> ALL = List.of(
        new PackageRule(SalesforceSwitch.CANNOT_SYNC_WITHOUT_SOLUTION,
            save -> save.syncs() && save.is(IP) && BigDecimal.ZERO.compareTo((BigDecimal) save.values.getOrDefault("Solution_Count__c",
                BigDecimal.ZERO)) == 0,
            SYNC, "Add a solution before you sync this opportunity with Partner Center."),
        new PackageRule(SalesforceSwitch.CANNOT_UPDATE_THE_COSELL_TYPE,
            save -> save.changes(TYPE) && !save.changes("Referral_Link__c") && !save.changes("Referral_Identifier__c"),
            TYPE, "The co-sell type can't be changed."),
        new PackageRule(SalesforceSwitch.REQUIRED_CO_SELL_TYPE, save -> save.syncs() && save.lacks(TYPE), TYPE,
            "A co-sell type is required to sync with Partner Center."),
        new PackageRule(SalesforceSwitch.REQUIRED_CUSTOMER_PURCHASE_INTENT, save -> save.syncs() && save.is(IP) && save.lacks(INTENT),
            INTENT, "A customer purchase intent is required to sync with Partner Center."),
        new PackageRule(SalesforceSwitch.REQUIRED_PARTNER_ROLE, save -> save.syncs() && save.is(SERVICES) && save.lacks(ROLE), ROLE,
            "A partner role is required to sync with Partner Center."),
        new PackageRule(SalesforceSwitch.REQUIRED_SOLUTION_AREA, save -> save.syncs() && save.lacks(AREA), AREA,
            "A solution area is required to sync with Partner Center."),
        new PackageRule(SalesforceSwitch.REQUIRED_SOLUTION_PLAY, save -> save.syncs() && save.lacks(PLAY), PLAY,
            "A solution play is required to sync with Partner Center."));

    /**
     * Applies every active rule whose field the organisation has.
     *
     * @throws Refusal 400 FIELD_CUSTOM_VALIDATION_EXCEPTION with every rule that is broken
     */
    static void check(SObject opportunity, Row before, Map<String, Object> values, Switches switches) {
        Save save = new Save(before, values);
        List<Refusal.Error> errors = ALL.stream()
            .filter(rule -> switches.has(rule.active()) && opportunity.field(rule.field()).isPresent() && rule.broken().test(save))
            .map(rule -> new Refusal.Error("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message(), List.of(rule.field()), Map.of())).toList();
        if (!errors.isEmpty()) {
            throw Refusal.records(errors);
        }
    }
}
