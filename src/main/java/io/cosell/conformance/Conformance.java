package io.cosell.conformance;

import io.cosell.Connector;
import io.cosell.CrmAlone;
import io.cosell.Surroundings;
import io.cosell.flow.Healing;
import io.cosell.flow.Intake;
import io.cosell.flow.Rules;
import io.cosell.lane.Lanes;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tries every verb of the adapter that is configured, against the CRM that is configured. It starts a connector of its own whose lanes do
 * not run and whose store is a file that is deleted in the end; Partner Center is neither needed nor called.
 */
public final class Conformance implements AutoCloseable {

    private final CrmAlone crm;
    private final Connector connector;
    private final Watch watch = new Watch();

    /**
     * Starts a connector for the checks; nothing is called yet.
     *
     * @param working   working folder with routes, mappings and application.properties, where it has them
     * @param overrides settings that win over all others
     * @throws io.cosell.ConfigurationException if settings, routes or mappings are not right
     */
    public Conformance(Path working, Map<String, String> overrides) {
        crm = new CrmAlone(working, overrides, new Surroundings() {
            @Override
            public Intake intake(Lanes lanes, Store store) {
                return watch.intake(lanes, store);
            }

            @Override
            public Healing healing(Store store, Lanes lanes, Duration overlap, Duration patience, Rules rules) {
                return watch.healing(store, lanes, rules);
            }
        });
        connector = crm.connector();
    }

    /** The CRM, as in cosell.crm. */
    public String crm() {
        return connector.settings().get("cosell.crm");
    }

    /** Whether the CRM is on this machine, so that it is nobody's real one. */
    public boolean isOnThisMachine() {
        return connector.settings().isCrmOnThisMachine();
    }

    /**
     * Runs all checks. Those that need a record are left out if none could be made.
     *
     * @param currency a currency that the CRM has
     * @param patience how much later than it was made the CRM may tell of a change
     * @param told     hears of each check as soon as it is made
     */
    public Report run(String currency, Duration patience, Consumer<Check> told) {
        Suite suite = new Suite(connector, watch, new Sample(currency), told);
        Kinds kinds = new Kinds(suite);
        kinds.check();
        Making making = new Making(suite);
        making.check();
        if (making.record() != null) {
            Changing changing = new Changing(suite, making.record());
            changing.check(kinds);
            new Noticing(suite, changing.record(), kinds.hasLeads(), patience).check();
        }
        List<String> left = suite.cleanUp();
        return new Report(crm(), Sample.PREFIX, suite.checks(), suite.verbs.all(), left);
    }

    @Override
    public void close() {
        crm.close();
    }
}
