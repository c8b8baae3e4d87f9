package io.cosell.flow;

import com.fasterxml.jackson.core.type.TypeReference;
import io.cosell.lane.Lanes;
import io.cosell.store.Change;
import io.cosell.store.Heal;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.Standing;
import io.cosell.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/**
 * Keeps the book of a round of auto-heal: what was listed, which deals it had to mark by itself, and what can be said of all deals
 * afterwards. Variable {@code round} of the exchange holds the round. Bean {@code healing}.
 */
public class Healing {

    private static final TypeReference<List<Change>> CHANGES = new TypeReference<>() { };
    private static final String REFERRALS = "auto-heal partner-center";
    private static final String RECORDS = "auto-heal crm";
    /** How far the first round of all looks back. */
    private static final Duration FIRST = Duration.ofDays(1);
    /** More deals than this are counted in a statement, not named. */
    private static final int NAMED = 50;

    private final Store store;
    private final Lanes lanes;
    private final Clock clock;
    private final Duration overlap;
    private final Duration patience;
    private final Rules rules;

    /**
     * @param overlap  how far a round looks back behind the newest change the round before has seen
     * @param patience how long a round waits for the deals it marked before it says how all deals stand
     * @param rules    what the sides are compared under
     */
    public Healing(Store store, Lanes lanes, Clock clock, Duration overlap, Duration patience, Rules rules) {
        this.store = store;
        this.lanes = lanes;
        this.clock = clock;
        this.overlap = overlap;
        this.patience = patience;
        this.rules = rules;
    }

    /** One side of a round: from when on it is listed, and what the lists held. Times are those of the side's own clock. */
    private static final class Listing {
        private final Instant mark;
        private final Set<String> ids = new HashSet<>();
        private Instant newest;

        private Listing(Instant mark) {
            this.mark = mark;
            this.newest = mark;
        }
    }

    /**
     * What a round that only lists looks for.
     *
     * @param since     from when on, null for all deals
     * @param everyDeal whether deals that are known to be in step count too
     */
    public record Look(Instant since, boolean everyDeal) {
    }

    /**
     * What a look found.
     *
     * @param deals  by the id of the link, or of the referral or record that has none, what the lists say of it
     * @param inStep how many more were listed that are known to be in step
     */
    public record Looked(Map<String, List<String>> deals, int inStep) {
    }

    /** One round. */
    public static final class Round {
        private final boolean complete;
        private final Instant startedAt;
        private final long startedNanos = System.nanoTime();
        private final Duration overlap;
        private final Listing referrals;
        private final Listing records;
        private final Set<String> recovered = new LinkedHashSet<>();
        private final Set<String> marked = new LinkedHashSet<>();
        /** Those of the marked deals that may still be at work. */
        private final Queue<String> waitsFor = new ArrayDeque<>();
        /** Of a round that only looks: what for, what the lists say by the id of a deal's link, or of what has none, and what is new. */
        private Look look;
        private final Map<String, List<String>> listed = new LinkedHashMap<>();
        private final Set<String> changed = new HashSet<>();

        private Round(boolean complete, Instant startedAt, Duration overlap, Instant referrals, Instant records) {
            this.complete = complete;
            this.startedAt = startedAt;
            this.overlap = overlap;
            this.referrals = new Listing(referrals);
            this.records = new Listing(records);
        }

        /** From when on referrals are listed, as a filter takes it. */
        public String getReferralsSince() {
            return since(referrals);
        }

        /** From when on records are listed. */
        public String getRecordsSince() {
            return since(records);
        }

        private String since(Listing listing) {
            if (look != null && !complete) {
                return Store.time(look.since());
            }
            return Store.time(complete ? Instant.EPOCH : listing.mark.minus(overlap));
        }
    }

    /**
     * A round begins. Each side is listed from the newest change seen of it, by that side's own clock, so that clocks that differ
     * lose nothing; the overlap is for changes that a side shows later than their time says.
     *
     * @param asked {@code all} to list every deal; anything else for what changed since the round before
     */
    public Round begin(String asked) {
        return new Round("all".equals(asked), clock.instant(), overlap, mark(REFERRALS), mark(RECORDS));
    }

    private Instant mark(String cursor) {
        String mark = store.cursor(cursor);
        return mark == null ? clock.instant().minus(FIRST) : Instant.parse(mark);
    }

    /**
     * A round that only lists: it marks no lane and moves no mark.
     *
     * @param look what to look for
     */
    public Round look(Look look) {
        Round round = new Round(look.since() == null, clock.instant(), overlap, mark(REFERRALS), mark(RECORDS));
        round.look = look;
        return round;
    }

    /**
     * The deals that a look found. A linked deal that is as last seen, and was compared under this mapping, is known to be in step.
     */
    public Looked looked(Round round) {
        Map<String, List<String>> deals = new LinkedHashMap<>();
        int inStep = 0;
        for (Standing deal : store.standings()) {
            boolean shown = round.referrals.ids.contains(deal.referralId()) && round.records.ids.contains(deal.recordId());
            List<String> says = round.listed.remove(deal.id());
            boolean known = deal.isInStep() && rules.mappingVersion().equals(deal.comparedUnder()) && !round.changed.contains(deal.id());
            boolean asked = says != null || deal.marked()
                || round.complete && (deal.isLinked() || Set.of("open", "resting").contains(deal.state()));
            if (asked && known && (shown || !round.complete) && !round.look.everyDeal()) {
                inStep++;
            } else if (asked) {
                deals.put(deal.id(), says == null ? List.of() : says);
            }
        }
        deals.putAll(round.listed);
        return new Looked(deals, inStep);
    }

    /** From when on a table is looked at again after its cursor was refused: an overlap before it was last good; empty for all. */
    public String lookAgainSince(String cursor) {
        String good = store.lastGood(cursor);
        return good == null ? "" : Store.time(Instant.parse(good).minus(overlap));
    }

    /** Takes one page of a list (body: documents with the members of {@link Change}); deals that are not as last seen are marked. */
    public void page(Exchange exchange) {
        Round round = exchange.getVariable("round", Round.class);
        List<Change> listed = Planning.JSON.convertValue(exchange.getMessage().getBody(), CHANGES);
        List<Change> changes = new ArrayList<>();
        for (Change change : listed) {
            Listing listing = change.source().equals("crm") ? round.records : round.referrals;
            Instant at = Instant.parse(change.changedAt());
            listing.ids.add(change.resourceId());
            if (at.isAfter(listing.newest)) {
                listing.newest = at;
            }
            // What was there long before the connector looks after links alone; a full comparison takes up no old deals.
            boolean recent = !at.isBefore(listing.mark.minus(overlap));
            changes.add(recent || !change.shared() ? change : change.unshared());
        }
        if (round.look != null) {
            changes.forEach(change -> look(round, change));
            return;
        }
        note(round, lanes.accept(changes, null, null));
    }

    private void look(Round round, Change change) {
        Optional<Link> link = store.find(change.resourceId());
        if (link.isPresent() || change.shared()) {
            String id = link.map(Link::id).orElse(change.resourceId());
            round.listed.computeIfAbsent(id, key -> new ArrayList<>()).add(change.name() + " of " + change.source() + ", changed at "
                + change.changedAt());
            if (link.isEmpty() || !Store.isAsLastSeen(change, link.get())) {
                round.changed.add(id);
            }
        }
    }

    private static void note(Round round, Store.Accepted accepted) {
        round.marked.addAll(accepted.lanes());
        round.recovered.addAll(accepted.missed());
    }

    /**
     * Both sides are listed. In a full comparison a linked deal that a list did not show is looked at, and so is one that was never
     * compared under this mapping. The marks of the sides move to the newest change seen, never past now.
     */
    public void listed(Round round) {
        if (round.complete) {
            for (Standing deal : store.standings()) {
                boolean shown = round.referrals.ids.contains(deal.referralId()) && round.records.ids.contains(deal.recordId());
                if (deal.isLinked() && !deal.marked() && (!shown || deal.isInStep() && !rules.mappingVersion().equals(deal.comparedUnder()))) {
                    lanes.mark(deal.id(), Side.BOTH);
                    round.marked.add(deal.id());
                }
            }
        }
        round.waitsFor.addAll(round.marked);
        store.moveCursors(REFERRALS, mark(round, round.referrals), RECORDS, mark(round, round.records));
    }

    private static String mark(Round round, Listing listing) {
        return Store.time(listing.newest.isAfter(round.startedAt) ? round.startedAt : listing.newest);
    }

    /** Whether deals that this round marked are still at work, and it is worth waiting for them. */
    public boolean waits(Exchange exchange) {
        Round round = exchange.getVariable("round", Round.class);
        return System.nanoTime() - round.startedNanos < patience.toNanos() && !exchange.getContext().isStopping()
            && isAtWork(round);
    }

    /** Deals that are done are not asked for again: of many there may be, each is asked for once. */
    private boolean isAtWork(Round round) {
        while (!round.waitsFor.isEmpty() && !isAtWork(round.waitsFor.peek())) {
            round.waitsFor.remove();
        }
        return !round.waitsFor.isEmpty();
    }

    private boolean isAtWork(String link) {
        return store.failuresIfMarked(link).filter(failures -> failures == 0).isPresent();
    }

    /** Says what is proven now; keeps it, and journals it if changes were recovered. */
    public Heal say(Round round) {
        List<Standing> deals = store.standings();
        List<Standing> linked = deals.stream().filter(Standing::isLinked).toList();
        List<Standing> inStep = linked.stream().filter(Standing::isInStep).toList();
        String mappingVersion = rules.mappingVersion();
        long current = inStep.stream().filter(deal -> mappingVersion.equals(deal.comparedUnder())).count();
        Set<String> closed = deals.stream().anyMatch(Standing::isOrphaned) ? store.closedOrphans() : Set.of();
        List<Standing> others = deals.stream().filter(deal -> deal.isLinked() ? !deal.isInStep()
            : deal.isOrphaned() && !closed.contains(deal.id()) || Set.of("open", "resting").contains(deal.state())).toList();
        Heal heal = new Heal(Store.time(round.startedAt), round.complete, mappingVersion, linked.size(), (int) current,
            round.recovered.size(), round.referrals.ids.size(), round.records.ids.size(),
            statement(round, linked.size(), (int) current, inStep.size() - (int) current, others));
        store.healed(heal);
        return heal;
    }

    private String statement(Round round, int linked, int current, int older, List<Standing> others) {
        List<Standing> except = others.stream().filter(Standing::isLinked).toList();
        List<Standing> apart = others.stream().filter(deal -> !deal.isLinked()).toList();
        StringBuilder text = new StringBuilder("At ").append(Store.time(round.startedAt)).append(": ").append(count(linked, "linked deal"))
            .append(", ");
        if (older > 0) {
            text.append(current).append(" equal under mapping version ").append(rules.mappingVersion()).append(", ").append(older)
                .append(" equal under an earlier one and not compared since (\"heal --all\" does it)");
        } else {
            text.append("all equal under mapping version ").append(rules.mappingVersion());
        }
        text.append(except.isEmpty() ? "" : ", except these " + except.size() + ": " + names(except)).append("; ")
            .append(count(round.recovered.size(), "deal")).append(" with changes recovered that events had missed.");
        if (!apart.isEmpty()) {
            text.append(" Beside them, ").append(count(apart.size(), "deal")).append(" without a counterpart: ").append(names(apart))
                .append('.');
        }
        return text.append(' ').append(proof(round)).toString();
    }

    /** What the statement rests on. */
    private String proof(Round round) {
        String listed = count(round.referrals.ids.size(), "referral") + " and " + count(round.records.ids.size(), "record");
        if (round.complete) {
            return "Compared: all, by the version tags of " + listed + "; " + round.marked.size() + " of the deals were read.";
        }
        String all = store.lastHealOfAll();
        return "Compared: the version tags of " + listed + " listed as changed since " + round.getReferralsSince() + " and "
            + round.getRecordsSince() + "; " + round.marked.size() + " of the deals were read. The others are not listed as changed since "
            + "they were last compared; " + (all == null ? "all were never compared at once." : "all were last compared at " + all + ".");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String names(List<Standing> deals) {
        String named = deals.stream().limit(NAMED).map(Healing::name).collect(Collectors.joining("; "));
        return deals.size() > NAMED ? named + "; and " + (deals.size() - NAMED) + " more" : named;
    }

    private static String name(Standing deal) {
        String id = deal.referralId() != null ? "referral " + deal.referralId() : deal.recordKind() + " " + deal.recordId();
        String why = deal.reason() != null ? deal.reason().strip().replaceFirst("\\.$", "")
            : deal.marked() ? "it waits for its turn" : deal.closing() ? "its closing status waits out the grace period"
            : "it is " + deal.state();
        return id + " (" + why + ")";
    }
}
