package io.cosell.doctor;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.config.Settings;
import io.cosell.store.Database;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import org.quartz.CronExpression;

/** How the deals stand in the store, and whether a connector works on them. */
final class DealsExam {

    private static final String SYSTEM = "Deals";
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String SCHEDULE = "cosell.auto-heal.schedule";
    /** A round of auto-heal may take as long, and a process may be down for an upgrade. */
    private static final Duration LATE = Duration.ofHours(2);
    private static final int SHOWN = 3;

    private final Report report;
    private final Settings settings;
    private final Clock clock;

    DealsExam(Report report, Settings settings, Clock clock) {
        this.report = report;
        this.settings = settings;
        this.clock = clock;
    }

    void run() {
        String url = settings.resolve("cosell.store.url").orElse("");
        if (url.startsWith(SQLITE) && !Files.exists(Path.of(url.substring(SQLITE.length()).replaceFirst("\\?.*", "")))) {
            report.ok(SYSTEM, "store", "none yet: the connector has not run here");
            return;
        }
        try (HikariDataSource database = Database.open(url, settings.resolve("cosell.store.user").orElse(""),
            settings.resolve("cosell.store.password").orElse(""))) {
            Store store = new Store(database, clock);
            links(store);
            store.lastHeal().ifPresent(heal -> lastRound(Instant.parse(heal.at())));
        } catch (RuntimeException e) {
            report.error(SYSTEM, "store", "the store can't be read: " + e.getMessage(),
                "correct cosell.store.url, user and password; look at the disk or the database");
        }
    }

    private void links(Store store) {
        List<String> resting = store.restingLinks();
        resting.stream().limit(SHOWN).map(store::link).forEach(link -> report.warning(SYSTEM, "resting", name(link) + " rests: "
            + link.reason(), "do what the reason says, then run sync with its id, or sync --resting"));
        if (resting.size() > SHOWN) {
            report.warning(SYSTEM, "resting", resting.size() - SHOWN + " more deals rest",
                "see them with plan --all, then run sync --resting");
        }
        List<String> partly = store.partlyRefusedLinks();
        partly.stream().limit(SHOWN).map(store::link).forEach(link -> report.warning(SYSTEM, "not all travels", name(link) + ": "
            + link.reason(), "do what the reason says; the connector goes on by itself"));
        if (partly.size() > SHOWN) {
            report.warning(SYSTEM, "not all travels", "a field does not travel in " + (partly.size() - SHOWN) + " more deals",
                "see them with plan --all");
        }
        report.ok(SYSTEM, "store", store.count() + " deals, " + store.countClosed()
            + " of them closed in Partner Center, which takes no more changes of these");
    }

    private static String name(Link link) {
        return link.referralId() != null ? "referral " + link.referralId() : "record " + link.recordId();
    }

    /** A connector that runs has had its last round not long after it was due. */
    private void lastRound(Instant last) {
        try {
            CronExpression schedule = new CronExpression(settings.resolve(SCHEDULE).orElse(""));
            schedule.setTimeZone(TimeZone.getDefault());
            Date due = schedule.getNextValidTimeAfter(Date.from(last));
            if (due != null && due.toInstant().plus(LATE).isBefore(clock.instant())) {
                report.error(SYSTEM, "connector", "the last round of auto-heal was at " + last
                    + " and the next one is overdue: no connector runs on this store",
                    "start the connector (run), and see to it that it is started with the machine");
            } else {
                report.ok(SYSTEM, "connector", "the last round of auto-heal was at " + last);
            }
        } catch (ParseException e) {
            report.error(SYSTEM, "connector", SCHEDULE + " is no schedule: " + e.getMessage(), "correct it");
        }
    }
}
