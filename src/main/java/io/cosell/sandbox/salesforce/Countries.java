package io.cosell.sandbox.salesforce;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The lists of an organisation with state and country picklists (section 2.2): codes and labels go together, and only listed ones are
 * taken.
 */
final class Countries {

    private static final Map<String, String> COUNTRIES = countries();
    private static final Map<String, Map<String, String>> STATES = states();

    private Countries() {
    }

    private static Map<String, String> countries() {
        Map<String, String> countries = new LinkedHashMap<>();
        for (String code : Locale.getISOCountries()) {
            countries.put(code, new Locale.Builder().setRegion(code).build().getDisplayCountry(Locale.ENGLISH));
        }
        return countries;
    }

    private static Map<String, Map<String, String>> states() {
        Map<String, Map<String, String>> states = new LinkedHashMap<>();
        Schema.file().path("states").fields().forEachRemaining(country -> {
            Map<String, String> own = new LinkedHashMap<>();
            country.getValue().fields().forEachRemaining(state -> own.put(state.getKey(), state.getValue().asText()));
            states.put(country.getKey(), own);
        });
        return states;
    }

    static List<String> codes() {
        return List.copyOf(COUNTRIES.keySet());
    }

    static List<String> stateCodes() {
        List<String> all = new ArrayList<>();
        STATES.values().forEach(states -> all.addAll(states.keySet()));
        return all;
    }

    /**
     * Keeps codes and labels of an account's billing address in step.
     *
     * @param values  of the whole record; changed
     * @param written what the caller writes
     * @throws Refusal 400 FIELD_INTEGRITY_EXCEPTION for a country or state that is not listed
     */
    static void align(Map<String, Object> values, Map<String, Object> written) {
        align("country", "BillingCountry", COUNTRIES, values, written);
        Map<String, String> states = STATES.getOrDefault(String.valueOf(values.get("BillingCountryCode")), Map.of());
        align("state", "BillingState", states, values, written);
    }

    private static void align(String what, String label, Map<String, String> listed, Map<String, Object> values,
                              Map<String, Object> written) {
        String code = label + "Code";
        boolean byLabel = !written.containsKey(code) && written.containsKey(label);
        String given = (String) values.get(byLabel ? label : code);
        if (given == null) {
            values.remove(label);
            values.remove(code);
            return;
        }
        Map.Entry<String, String> found = listed.entrySet().stream()
            .filter(entry -> Objects.equals(byLabel ? entry.getValue() : entry.getKey(), given)
                || byLabel && entry.getKey().equals(given)).findFirst().orElseThrow(() ->
                Refusal.record("FIELD_INTEGRITY_EXCEPTION", "There's a problem with this " + what + ", even though it may appear correct."
                    + " Please select a " + what + " from the list of valid " + (what.equals("state") ? "states" : "countries") + ".: "
                    + label.replace("Billing", "Billing "), byLabel ? label : code));
        values.put(code, found.getKey());
        values.put(label, found.getValue());
    }
}
