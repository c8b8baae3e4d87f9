package io.cosell;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.Task;
import io.cosell.lane.Lanes;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
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

    /** The clock of {@link #scheduler}; db-scheduler's own goes by the time of the machine. */
    default Clock schedulerClock() {
        return Clock.systemUTC();
    }

    /** What runs the lanes. */
    default Scheduler scheduler(DataSource database, Task<?> task, int threads) {
        return Lanes.onThreads(database, task, threads, Duration.ofSeconds(1));
    }

    /** Beans by name, for Camel's registry; they replace those of the connector. */
    default Map<String, Object> beans() {
        return Map.of();
    }
}
