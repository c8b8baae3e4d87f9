package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The standard duplicate rule for accounts, where it is on: name and postal code are those of another account (section 3.5). The body of
 * the refusal has the misspelled member of the real one.
 */
final class Duplicates {

    private static final List<String> MATCHED = List.of("Name", "BillingPostalCode");
    private static final String TEXT = "Use one of these records?";
    private static final double CONFIDENCE = 96.0;
    /** The version of the API that addresses in the refusal name. */
    private static final String ROOT = Api.DATA + "v60.0";

    private final Store store;
    private final Switches switches;

    Duplicates(Store store, Switches switches) {
        this.store = store;
        this.switches = switches;
    }

    /**
     * Refuses a record that is there already.
     *
     * @throws Refusal 400 DUPLICATES_DETECTED
     */
    void check(SObject object, String id, Map<String, Object> values, Map<String, Object> written, Author by, boolean create) {
        boolean asked = object.name().equals("Account") && switches.has(SalesforceSwitch.DUPLICATE_RULE) && !by.allowSave()
            && (create || MATCHED.stream().anyMatch(written::containsKey))
            && MATCHED.stream().allMatch(field -> values.get(field) != null);
        if (!asked) {
            return;
        }
        List<Row> sameName = store.rowsWith(object.name(), MATCHED.get(0), values.get(MATCHED.get(0)));
        List<Row> found = sameName.stream().filter(other -> !other.id().equals(id)
            && MATCHED.stream().allMatch(field -> values.get(field).toString().equalsIgnoreCase(Objects.toString(other.get(field)))))
            .toList();
        if (!found.isEmpty()) {
            throw Refusal.records(List.of(new Refusal.Error("DUPLICATES_DETECTED", TEXT, null,
                Map.of("duplicateResut", result(object, found, by)))));
        }
    }

    private static Map<String, Object> result(SObject object, List<Row> found, Author by) {
        Map<String, Object> match = new LinkedHashMap<>();
        match.put("entityType", object.name());
        match.put("errors", List.of());
        match.put("matchEngine", "FuzzyMatchEngine");
        match.put("matchRecords", found.stream().map(row -> matchRecord(object, row, by)).toList());
        match.put("rule", "Standard_Account_Match_Rule_v1_0");
        match.put("size", found.size());
        match.put("success", true);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("allowSave", true);
        result.put("duplicateRule", "Standard_Account_Duplicate_Rule");
        result.put("duplicateRuleEntityType", object.name());
        result.put("errorMessage", TEXT);
        result.put("matchResults", List.of(match));
        return result;
    }

    private static Map<String, Object> matchRecord(SObject object, Row row, Author by) {
        List<Field> shown = by.recordDetails() ? List.copyOf(object.fields().values()) : List.of(object.fields().get("Id"));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("additionalInformation", List.of());
        json.put("fieldDiffs", List.of());
        json.put("matchConfidence", CONFIDENCE);
        json.put("record", View.record(ROOT, object, row, shown));
        return json;
    }
}
