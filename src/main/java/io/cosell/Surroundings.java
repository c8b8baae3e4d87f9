package io.cosell;

import io.cosell.config.Finding;
import io.cosell.flow.Healing;
import io.cosell.flow.Intake;
import io.cosell.flow.Rules;
import io.cosell.lane.Lanes;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/** What a connector stands on besides its settings. A test that drives a connector step by step gives it parts of its own. */
public interface Surroundings {

    /** The clock of everything but Quartz, Camel and the scheduler of the lanes. */
    default Clock clock() {
        return Clock.systemUTC();
    }

    /** The store's database as the connector sees it. */
    default DataSource database(DataSource opened) {
        return opened;
    }

    /**
     * Lanes on a scheduler of the caller's; empty for the usual ones.
     *
     * @param store    the store
     * @param run      works off one lane and says when it has to run again
     * @param takeover how often forgotten lanes are searched for
     */
    default Optional<Lanes> lanes(Store store, Function<String, Optional<Duration>> run, Duration takeover) {
        return Optional.empty();
    }

    /** What takes hints of change from routes to lanes; bean {@code intake}. */
    default Intake intake(Lanes lanes, Store store) {
        return new Intake(lanes, store);
    }

    /** What keeps the book of auto-heal; bean {@code healing}. */
    default Healing healing(Store store, Lanes lanes, Duration overlap, Duration patience, Rules rules) {
        return new Healing(store, lanes, clock(), overlap, patience, rules);
    }

    /** A folder of mappings that stands for the configured one. */
    default Optional<Path> mappings() {
        return Optional.empty();
    }

    /** Whether to start although this is wrong, for commands that look at what is wrong or help to set it up. */
    default boolean tolerates(Finding finding) {
        return false;
    }

    /** Beans by name, for Camel's registry; they replace those of the connector. */
    default Map<String, Object> beans() {
        return Map.of();
    }
}
