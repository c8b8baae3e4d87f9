package io.cosell.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One step of a run: something that a user, the network, the clock or the connector does. What it means depends on what is there when it
 * is its turn; where it makes no sense, or is refused, nothing happens. So any step can be left out of a run.
 *
 * @param kind what happens
 * @param deal to which deal of the side, counted round
 * @param a    see {@link Kind}
 * @param b    see {@link Kind}
 * @param user what a user does while the connector is at work or down; null but for {@link Kind#MEANWHILE} and deaths
 */
record Step(Kind kind, int deal, int a, int b, Step user) {

    /** What can happen. */
    enum Kind {
        // in Partner Center
        MICROSOFT_SENDS, PARTNER_CREATES, PARTNER_EDITS, PARTNER_TOGGLES_SOLUTION, PARTNER_MAKES_VISIBLE, PARTNER_ACCEPTS,
        PARTNER_DECLINES, PARTNER_CLOSES, MICROSOFT_ACCEPTS, MICROSOFT_DECLINES, MICROSOFT_CLOSES,
        // in the CRM
        SELLER_CREATES, SELLER_EDITS, SELLER_TOGGLES_SOLUTION, SELLER_MAKES_VISIBLE, SELLER_TOGGLES_SYNC, SELLER_ASKS_FOR_HELP,
        SELLER_WINS, SELLER_LOSES, SELLER_REOPENS, SELLER_QUALIFIES, SELLER_DISQUALIFIES, SELLER_DELETES,
        /** A seller sets something back that the connector wrote last, to what it was before. */
        SELLER_TAKES_BACK,
        // on the way
        EVENT_COMES, EVENT_COMES_TWICE, NEWEST_EVENT_COMES, EVENT_NEVER_COMES, CLOCK_MOVES, SESSIONS_END, CALL_FAILS,
        /**
         * Right after auto-heal has listed an edit of the other deal, a partner edits this one on a server whose clock is behind, and no
         * event tells of it.
         */
        PARTNER_EDITS_UNHEARD,
        // in the connector
        POLL, LANES, LOOK_UP_RELATED, HEAL, DIES_AT_CALL, DIES_AT_TRANSACTION,
        /** It dies here and now, after all that it has acknowledged; a user does something before the next process starts. */
        DIES,
        /** It dies right after its a-th write from now on was done; a user does something before the next process starts. */
        DIES_AT_WRITE,
        /** At its a-th call from now on, a user does something. */
        MEANWHILE,
        /**
         * A partner changes or accepts a deal that is in step; the process dies right after a write that comes of it, or the answer to
         * the write is lost. A user does something before the next try.
         */
        WRITTEN_UNHEARD
    }

    private static final Kind[] USERS = weighted(
        4, Kind.PARTNER_EDITS, 4, Kind.SELLER_EDITS, 1, Kind.PARTNER_TOGGLES_SOLUTION, 1, Kind.SELLER_TOGGLES_SOLUTION,
        1, Kind.PARTNER_ACCEPTS, 1, Kind.PARTNER_CLOSES, 1, Kind.SELLER_WINS, 1, Kind.SELLER_QUALIFIES, 1, Kind.SELLER_TOGGLES_SYNC);
    private static final Kind[] ALL = weighted(
        2, Kind.MICROSOFT_SENDS, 2, Kind.PARTNER_CREATES, 10, Kind.PARTNER_EDITS, 3, Kind.PARTNER_TOGGLES_SOLUTION,
        1, Kind.PARTNER_MAKES_VISIBLE, 2, Kind.PARTNER_ACCEPTS, 1, Kind.PARTNER_DECLINES, 2, Kind.PARTNER_CLOSES,
        2, Kind.MICROSOFT_ACCEPTS, 1, Kind.MICROSOFT_DECLINES, 1, Kind.MICROSOFT_CLOSES,
        3, Kind.SELLER_CREATES, 10, Kind.SELLER_EDITS, 3, Kind.SELLER_TOGGLES_SOLUTION, 1, Kind.SELLER_MAKES_VISIBLE,
        3, Kind.SELLER_TOGGLES_SYNC, 2, Kind.SELLER_ASKS_FOR_HELP, 2, Kind.SELLER_WINS, 1, Kind.SELLER_LOSES, 1, Kind.SELLER_REOPENS,
        2, Kind.SELLER_QUALIFIES, 1, Kind.SELLER_DISQUALIFIES, 1, Kind.SELLER_DELETES,
        10, Kind.EVENT_COMES, 2, Kind.EVENT_COMES_TWICE, 3, Kind.NEWEST_EVENT_COMES, 1, Kind.EVENT_NEVER_COMES, 4, Kind.CLOCK_MOVES,
        1, Kind.SESSIONS_END, 6, Kind.CALL_FAILS, 1, Kind.PARTNER_EDITS_UNHEARD,
        12, Kind.POLL, 20, Kind.LANES, 1, Kind.LOOK_UP_RELATED, 2, Kind.HEAL, 3, Kind.DIES_AT_CALL, 3, Kind.DIES_AT_TRANSACTION,
        2, Kind.DIES, 4, Kind.DIES_AT_WRITE, 8, Kind.MEANWHILE);
    /** Of every ten runs one is calm: what is missed in it is not put right by all that happens after. */
    private static final int TEN = 10;
    private static final int CALM = 0;
    private static final Kind[] FEW = weighted(
        2, Kind.MICROSOFT_SENDS, 3, Kind.PARTNER_CREATES, 1, Kind.SELLER_CREATES, 2, Kind.PARTNER_EDITS, 1, Kind.SELLER_EDITS,
        6, Kind.EVENT_COMES, 3, Kind.POLL, 6, Kind.LANES, 1, Kind.HEAL, 1, Kind.CLOCK_MOVES, 3, Kind.PARTNER_EDITS_UNHEARD);
    /** Where it is about offers: as above, with more offers that are answered. */
    private static final Kind[] OFFERS = Stream.concat(Arrays.stream(ALL), Arrays.stream(weighted(
        6, Kind.MICROSOFT_SENDS, 8, Kind.PARTNER_ACCEPTS, 4, Kind.SELLER_QUALIFIES, 2, Kind.SELLER_DISQUALIFIES, 6, Kind.EVENT_COMES,
        6, Kind.LANES))).toArray(Kind[]::new);
    /** Another of every ten is about writes whose answer is lost, and sellers who take back what was written. */
    private static final int TAKEN_BACK = 5;
    private static final Kind[] UNHEARD = weighted(
        2, Kind.MICROSOFT_SENDS, 1, Kind.PARTNER_CREATES, 1, Kind.SELLER_CREATES, 1, Kind.PARTNER_EDITS, 1, Kind.SELLER_EDITS,
        1, Kind.SELLER_TOGGLES_SOLUTION, 1, Kind.SELLER_QUALIFIES, 2, Kind.SELLER_TAKES_BACK, 3, Kind.EVENT_COMES, 2, Kind.CLOCK_MOVES,
        3, Kind.POLL, 4, Kind.LANES, 1, Kind.CALL_FAILS, 1, Kind.DIES_AT_WRITE, 5, Kind.WRITTEN_UNHEARD);
    private static final Kind[] UNHEARD_USERS = weighted(
        4, Kind.SELLER_TAKES_BACK, 1, Kind.SELLER_EDITS, 1, Kind.SELLER_TOGGLES_SOLUTION, 1, Kind.PARTNER_EDITS,
        1, Kind.PARTNER_TOGGLES_SOLUTION);
    private static final Set<Kind> WITH_A_USER = EnumSet.of(Kind.MEANWHILE, Kind.DIES, Kind.DIES_AT_WRITE,
        Kind.WRITTEN_UNHEARD);

    private static final int ROUND = 12;
    private static final int LEAST = 15;
    private static final int MORE = 16;

    private static Kind[] weighted(Object... weightsAndKinds) {
        List<Kind> kinds = new ArrayList<>();
        for (int i = 0; i < weightsAndKinds.length; i += 2) {
            for (int n = 0; n < (Integer) weightsAndKinds[i]; n++) {
                kinds.add((Kind) weightsAndKinds[i + 1]);
            }
        }
        return kinds.toArray(Kind[]::new);
    }

    /** The steps of a run. Two deals at the beginning, so that there is something to disturb. */
    static List<Step> of(long seed, Subject subject) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Step> steps = new ArrayList<>();
        boolean offers = subject == Subject.SALESFORCE_LEADS;
        Kind[] makes = {Kind.MICROSOFT_SENDS, offers ? Kind.MICROSOFT_SENDS : Kind.PARTNER_CREATES, Kind.SELLER_CREATES};
        steps.add(draw(makes, USERS, random));
        int count = LEAST + random.nextInt(MORE);
        for (int i = 0; i < count; i++) {
            steps.add(switch (Math.floorMod(seed, TEN)) {
                case CALM -> draw(FEW, USERS, random);
                case TAKEN_BACK -> draw(UNHEARD, UNHEARD_USERS, random);
                default -> draw(offers ? OFFERS : ALL, USERS, random);
            });
        }
        return steps;
    }

    private static Step draw(Kind[] from, Kind[] users, SplittableRandom random) {
        Kind kind = from[random.nextInt(from.length)];
        return new Step(kind, random.nextInt(2), random.nextInt(ROUND), random.nextInt(1000),
            WITH_A_USER.contains(kind) ? draw(users, users, random) : null);
    }

    @Override
    public String toString() {
        return kind + " deal " + deal + ", " + a + ", " + b + (user == null ? "" : ": " + user);
    }
}
