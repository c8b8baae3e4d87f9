package io.cosell.lane;

import io.cosell.store.Entry;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.StaleClaimException;
import io.cosell.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one lane once: sends its link to the route {@code lane} and decides, by how that ended, when the lane runs next. All the work
 * on the deal is in the routes; this class knows only how to fail well.
 */
public final class LaneRunner {

    /** How often a lane reads and plans again at once after a guard refused a write. */
    static final int STALE_LIMIT = 5;
    /** How often one run may go round because new marks came or the plan asked for it. */
    static final int ROUND_LIMIT = 10;

    /** Variable of the lane: name for people of the system that was called last. */
    private static final String CALLED_SYSTEM = "calledSystem";

    private static final Logger LOG = LoggerFactory.getLogger(LaneRunner.class);

    private final ProducerTemplate camel;
    private final Store store;
    private final Clock clock;
    private final Duration firstPause;
    private final Duration longestPause;

    /**
     * @param camel        sends to the routes
     * @param store        the store
     * @param clock        for Retry-After values that are dates
     * @param firstPause   pause after a first temporary failure; doubles with each further one
     * @param longestPause bound of the doubling; a longer Retry-After is obeyed all the same
     */
    public LaneRunner(ProducerTemplate camel, Store store, Clock clock, Duration firstPause, Duration longestPause) {
        this.camel = camel;
        this.store = store;
        this.clock = clock;
        this.firstPause = firstPause;
        this.longestPause = longestPause;
    }

    /**
     * Works off the marks of one lane.
     *
     * @return when the lane has to run again; empty if only a new mark makes it run
     */
    public Optional<Duration> run(String linkId) {
        Link link = store.link(linkId);
        try (var onEveryLogLine = MDC.putCloseable("referral", name(link))) {
            return rounds(link);
        }
    }

    /**
     * Carries out an approved plan of one deal by the route {@code apply-deal}, once. What could not be finished is marked, so that the
     * connector goes on with it as with any other lane; of a plan that does not hold any more nothing is written.
     *
     * @param approved what the route holds against what would be written now, its variable {@code approved}
     * @return why it was not carried out; empty if it was
     */
    public Optional<String> apply(String linkId, Object approved) {
        if (store.find(linkId).isEmpty()) {
            return Optional.of("This store does not know the deal. Was the plan made on another one?");
        }
        try (var onEveryLogLine = MDC.putCloseable("referral", name(store.link(linkId)))) {
            Exchange exchange = camel.request("direct:apply-deal", message -> {
                message.getIn().setBody(linkId);
                message.setVariable(Tally.VARIABLE, new Tally());
                message.setVariable("approved", approved);
            });
            Throwable failure = unwrap(exchange.getException());
            if (failure == null) {
                if (exchange.getVariable("waitSeconds") != null) {
                    store.mark(linkId, Side.NEITHER); // nobody waits here until the grace period is over; the lane does
                }
                return Optional.empty();
            }
            if (exchange.getVariable("applying") == null) {
                return Optional.of(describe(failure, exchange));
            }
            store.mark(linkId, Side.BOTH);
            return Optional.of((isStale(failure) ? "It changed while it was written: " : "It could not be written: ")
                + describe(failure, exchange) + " The connector looks at it again when it runs.");
        }
    }

    private Optional<Duration> rounds(Link first) {
        String linkId = first.id();
        int stale = 0;
        for (int round = 0; round < ROUND_LIMIT; round++) {
            Link link = round == 0 ? first : store.link(linkId);
            Exchange exchange = camel.request("direct:lane", message -> {
                message.getIn().setBody(link);
                message.setVariable(Tally.VARIABLE, new Tally());
            });
            Throwable failure = unwrap(exchange.getException());
            if (failure == null) {
                Long waitSeconds = exchange.getVariable("waitSeconds", Long.class);
                if (waitSeconds != null) {
                    return Optional.of(Duration.ofSeconds(waitSeconds));
                }
                if (!store.isMarked(linkId)) {
                    return Optional.empty();
                }
            } else if (isStale(failure)) {
                if (++stale >= STALE_LIMIT) {
                    return Optional.of(pause(linkId, exchange, "Somebody keeps changing the deal while it is synchronised: "
                        + failure.getMessage()));
                }
                store.mark(linkId, Side.BOTH);
            } else if (isTemporary(failure)) {
                return Optional.of(pause(linkId, exchange, describe(failure, exchange)));
            } else {
                if (!(failure instanceof LaneFailure)) {
                    LOG.error("The lane of link {} failed in an unexpected way; it rests.", linkId, failure);
                }
                Optional<Duration> again = rest(linkId, failure, exchange);
                if (again.isPresent()) {
                    return again;
                }
                if (!store.isMarked(linkId)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(pause(linkId, null, "The two sides do not come to rest: each write is answered by another change."));
    }

    /** Tells the record and the journal why the lane rests. A failure to tell the record does not keep the lane from resting. */
    private Optional<Duration> rest(String linkId, Throwable failure, Exchange failed) {
        Link now = store.link(linkId);
        if (now.referralId() == null && now.recordId() == null) {
            store.mark(linkId, Side.NEITHER); // given up for another link while the lane ran: the next round ends it
            return Optional.empty();
        }
        Exchange exchange = camel.request("direct:lane-rests", message -> {
            message.getIn().setBody(linkId);
            message.setVariable(Tally.VARIABLE, failed.getVariable(Tally.VARIABLE));
            message.setVariable("reason", describe(failure, failed));
        });
        Throwable second = unwrap(exchange.getException());
        if (second == null) {
            return Optional.empty();
        }
        if (isTemporary(second) || isStale(second)) {
            store.mark(linkId, Side.BOTH);
            return Optional.of(pause(linkId, exchange, describe(second, exchange)));
        }
        Link link = store.link(linkId);
        store.rest(link, Store.columns("state", "resting", "reason", describe(failure, failed), "failures", 0),
            List.of(Entry.of("resting", describe(failure, failed)).costing(calls(exchange)),
                Entry.of("failed", "The record could not be told: " + describe(second, exchange))));
        return Optional.empty();
    }

    private Duration pause(String linkId, Exchange exchange, String reason) {
        Link link = store.link(linkId);
        Duration growing = firstPause.multipliedBy(1L << Math.min(link.failures(), 20));
        Duration pause = growing.compareTo(longestPause) > 0 ? longestPause : growing;
        Duration asked = retryAfter(exchange == null ? null : exchange.getVariable("retryAfter", String.class));
        if (asked.compareTo(pause) > 0) {
            pause = asked;
        }
        List<Entry> entries = Objects.equals(reason, link.reason()) ? List.of()
            : List.of(Entry.of("failed", reason + " The lane tries again by itself.").costing(calls(exchange)));
        store.progress(link, Store.columns("failures", link.failures() + 1, "reason", reason), entries);
        LOG.warn("Deal {}: {} Next try in {}.", name(link), reason, pause);
        return pause;
    }

    /** What the failed run cost; null if nothing is known of it. */
    private static String calls(Exchange exchange) {
        Tally tally = exchange == null ? null : exchange.getVariable(Tally.VARIABLE, Tally.class);
        return tally == null ? null : tally.take();
    }

    private static String name(Link link) {
        return link.referralId() != null ? "referral " + link.referralId() : link.recordKind() + " " + link.recordId();
    }

    /** What the routes threw, out of what Camel wraps around it when it comes from an expression. */
    private static Throwable unwrap(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LaneFailure || cause instanceof StaleClaimException) {
                return cause;
            }
        }
        return failure;
    }

    /** Changed or gone since it was read: reading again tells which. */
    private static boolean isStale(Throwable failure) {
        return failure instanceof StaleFailure || failure instanceof StaleClaimException || failure instanceof NotFoundFailure;
    }

    private static boolean isTemporary(Throwable failure) {
        return failure instanceof TemporaryFailure || failure instanceof IOException
            || failure.getCause() != null && failure.getCause() != failure && isTemporary(failure.getCause());
    }

    /** Network errors carry addresses in their messages; those stay out of journal and audit. */
    private static String describe(Throwable failure, Exchange exchange) {
        if (failure instanceof LaneFailure) {
            return failure.getMessage();
        }
        if (isTemporary(failure)) {
            return exchange.getVariable(CALLED_SYSTEM, "The system", String.class) + " could not be reached ("
                + failure.getClass().getSimpleName() + ").";
        }
        return "The connector failed on this deal (" + failure.getClass().getSimpleName() + "); its log says more.";
    }

    /** Retry-After as seconds or as an HTTP date; zero where it is neither. */
    Duration retryAfter(String value) {
        if (value == null || value.isBlank()) {
            return Duration.ZERO;
        }
        String text = value.strip();
        if (text.chars().allMatch(Character::isDigit) && text.length() < 10) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Duration until = Duration.between(clock.instant(), ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
