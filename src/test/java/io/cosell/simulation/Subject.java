package io.cosell.simulation;

import io.cosell.sandbox.Crm;
import java.util.Arrays;
import java.util.Map;

/** A CRM that the simulation runs with, and what it makes of offers. */
enum Subject {
    /** New deals are leads. */
    DYNAMICS_365("dynamics365", Crm.DYNAMICS_365, Map.of()),
    /** New deals are opportunities on hold. */
    SALESFORCE("salesforce", Crm.SALESFORCE, Map.of()),
    /** New deals are leads; one that is accepted in Partner Center stays, and an opportunity is made beside it. */
    SALESFORCE_LEADS("salesforce-leads", Crm.SALESFORCE, Map.of("cosell.salesforce.new-cosell-deals", "lead"));

    private final String title;
    private final Crm crm;
    private final Map<String, String> settings;

    Subject(String title, Crm crm, Map<String, String> settings) {
        this.title = title;
        this.crm = crm;
        this.settings = settings;
    }

    /**
     * The one with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Subject of(String title) {
        return Arrays.stream(values()).filter(one -> one.title.equals(title)).findFirst().orElseThrow(() ->
            new IllegalArgumentException("The simulation does not know " + title + ". It knows " + Arrays.toString(values()) + "."));
    }

    Crm crm() {
        return crm;
    }

    /** Settings of the connector. */
    Map<String, String> settings() {
        return settings;
    }

    @Override
    public String toString() {
        return title;
    }
}
