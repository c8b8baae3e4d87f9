package io.cosell.lane;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.cosell.store.Change;
import io.cosell.store.Side;
import io.cosell.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs lanes on db-scheduler: a task's key is the lane, so no lane runs twice at a time, on any number of machines that share the
 * database. A mark is stored before its task; a mark whose task was refused because the lane was just running is found again by the
 * check after the run, and one whose process died in between by a search that goes on all the time on one of the machines. A lane whose
 * process is killed or stands still goes on elsewhere within the time given as {@code takeover}. Bean {@code lanes} in the routes.
 */
public final class Lanes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final TaskDescriptor<Void> LANE = TaskDescriptor.of("lane", Void.class);
    private static final TaskDescriptor<Void> SEARCH = TaskDescriptor.of("search-forgotten-lanes", Void.class);
    /** db-scheduler takes no fewer. */
    private static final int MISSED_HEARTBEATS = 4;
    /** It looks for missed heartbeats at every second one; one more is left for what that takes. */
    private static final int HEARTBEATS_UNTIL_TAKEOVER = MISSED_HEARTBEATS + 2 + 1;

    private final Store store;
    private final Scheduler scheduler;
    private final Clock clock;
    /** Lanes that a person asked to run while they ran. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    /** Read by each lane that runs, written by what must not happen while one does. */
    private final ReadWriteLock running = new ReentrantReadWriteLock(true);

    /**
     * @param dataSource   the store's database
     * @param store        the store
     * @param run          works off one lane and says when it has to run again, as {@link LaneRunner#run}
     * @param threads      how many lanes run at a time
     * @param pollInterval how often due tasks are looked for; tasks that are due at once do not wait for it
     * @param takeover     how soon a lane goes on whose process was killed or stands still
     * @param process      name of this process, different from that of any other
     */
    public Lanes(DataSource dataSource, Store store, Function<String, Optional<Duration>> run, int threads, Duration pollInterval,
                 Duration takeover, String process) {
        this(store, run, (lane, search) -> Scheduler.create(dataSource, lane)
            .startTasks(search)
            .schedulerName(new SchedulerName.Fixed(process))
            .threads(threads)
            .pollingInterval(pollInterval)
            .heartbeatInterval(takeover.dividedBy(HEARTBEATS_UNTIL_TAKEOVER))
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .enableImmediateExecution()
            .shutdownMaxWait(Duration.ofSeconds(20))
            .build(), takeover, Clock.systemUTC());
    }

    /**
     * Lanes on a scheduler of the caller's.
     *
     * @param store     the store
     * @param run       works off one lane and says when it has to run again
     * @param scheduler makes the scheduler, on the store's database, from the task of a lane and the one that searches for forgotten lanes
     * @param takeover  how often it searches
     * @param clock     the scheduler's clock
     */
    public Lanes(Store store, Function<String, Optional<Duration>> run,
                 BiFunction<Task<Void>, RecurringTask<Void>, Scheduler> scheduler, Duration takeover, Clock clock) {
        this.store = store;
        this.clock = clock;
        CustomTask<Void> task = Tasks.custom(LANE)
            .onFailure(new FailureHandler.OnFailureReschedule<>(FixedDelay.ofSeconds(10)))
            .onDeadExecutionRevive()
            .execute((instance, context) -> {
                String lane = instance.getId();
                Optional<Duration> next = whileNothingElse(() -> run.apply(lane));
                return (complete, operations) -> {
                    if (next.isPresent()) {
                        operations.reschedule(complete, clock.instant().plus(next.get()));
                    } else {
                        operations.stop();
                    }
                    // A mark stored while the task still stood could not call it; seen here, it is not lost. Where a person asked for it,
                    // a run that failed must not keep the person waiting.
                    if (asked.remove(lane) && store.isMarked(lane)) {
                        schedule(lane, true);
                    } else {
                        wake(lane);
                    }
                };
            });
        RecurringTask<Void> search = Tasks.recurring(SEARCH, FixedDelay.of(takeover))
            .execute((instance, context) -> store.forgottenLanes().forEach(this::wake));
        this.scheduler = scheduler.apply(task, search);
    }

    /** Starts to run lanes, those first that were marked when the program last stopped. */
    public void start() {
        List<String> left = store.markedLinks();
        left.forEach(this::wake);
        scheduler.start();
        if (!left.isEmpty()) {
            LOG.info("{} deals waited in the store and are worked off now.", left.size());
        }
    }

    /**
     * Stores changes and marks the lanes they belong to. When this returns, nothing of it can get lost.
     *
     * @param changes     the hints; see {@link Store#accept}
     * @param cursorName  cursor that moves with them, or null
     * @param cursorValue its new value, or null
     * @return ids of the marked lanes, and related events that no link knows
     */
    public Store.Accepted accept(List<Change> changes, String cursorName, String cursorValue) {
        Store.Accepted accepted = store.accept(changes, cursorName, cursorValue);
        try {
            accepted.lanes().forEach(this::wake);
        } catch (RuntimeException e) {
            LOG.warn("Changes of {} deals are stored, but their lanes could not be called; they are found again soon.",
                accepted.lanes().size(), e);
        }
        return accepted;
    }

    /** Marks one lane and makes it run as soon as it may. */
    public void mark(String linkId, Side side) {
        store.mark(linkId, side);
        wake(linkId);
    }

    /** Marks one lane and makes it run at once, even if it waits because of failures: a person asked for it. */
    public void runNow(String linkId) {
        store.mark(linkId, Side.BOTH);
        asked.add(linkId);
        if (schedule(linkId, true)) {
            asked.remove(linkId);
        }
    }

    /**
     * Makes a marked lane run; another process may have run it meanwhile, then there is nothing to do. One that waits out a grace period
     * runs at once; one that waits because of failures keeps its pause.
     */
    public void wake(String linkId) {
        store.failuresIfMarked(linkId).ifPresent(failures -> schedule(linkId, failures == 0));
    }

    /** Waits until no lane runs, does this, and lets lanes run again. */
    public void whileNoneRuns(Runnable work) {
        running.writeLock().lock();
        try {
            work.run();
        } finally {
            running.writeLock().unlock();
        }
    }

    private <T> T whileNothingElse(Supplier<T> lane) {
        running.readLock().lock();
        try {
            return lane.get();
        } finally {
            running.readLock().unlock();
        }
    }

    /** False if the lane runs just now. */
    private boolean schedule(String linkId, boolean evenIfItWaits) {
        TaskInstance<Void> task = LANE.instance(linkId).build();
        if (scheduler.scheduleIfNotExists(task, clock.instant())) {
            return true;
        }
        if (evenIfItWaits) {
            try {
                return scheduler.reschedule(task, clock.instant());
            } catch (TaskInstanceException e) {
                LOG.debug("Lane {} runs just now; it sees the mark when it is done.", linkId);
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        scheduler.stop();
    }
}
