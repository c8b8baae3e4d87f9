package io.cosell.simulation;

import io.cosell.simulation.Timeline.Place;
import io.cosell.simulation.Timeline.Side;
import io.cosell.simulation.Timeline.Write;
import io.cosell.store.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks the four sentences of the contract when a run is over, from outside: by what was written on both sides and what they show now, and
 * by what the connector lists as refused or as lost in a conflict. Knows nothing of planner or mappings.
 */
final class Referee {

    private static final Map<String, String> PATHS = Map.of(Sight.NAME, "/name", Sight.VALUE, "/details/dealValue",
        Sight.CLOSING, "/details/closingDateTime", Sight.NOTES, "/details/notes", Sight.STATUS, "/status",
        Sight.VISIBLE, "/consent/consentToShareReferralWithMicrosoftSellers", Sight.MSX, "/trackingInfo/microsoftMsxId");
    private static final String SOLUTIONS = "/details/requirements/solutions";
    /** Fields in which either side may overwrite the other, and nothing but the winner of a conflict decides. */
    private static final Set<String> PLAIN = Set.of(Sight.NAME, Sight.VALUE, Sight.CLOSING, Sight.NOTES);
    private static final Set<String> LEFT_ALONE = Set.of("resting", "skipped", "ended");

    /** A deal on both sides. */
    private record Pair(Sight referral, Sight record) {
    }

    private final World world;
    private final Timeline timeline;
    private final List<Sight> referrals;
    private final List<Sight> records;
    private final List<String> violations = new ArrayList<>();

    Referee(World world, Timeline timeline) {
        this.world = world;
        this.timeline = timeline;
        referrals = world.referrals();
        records = world.crm().records();
    }

    List<String> violations() {
        nothingDoubled();
        nothingFailedInside();
        List<Pair> pairs = new ArrayList<>();
        for (Sight referral : referrals) {
            List<Sight> counterparts = records.stream().filter(record -> belong(referral, record)).toList();
            if (counterparts.isEmpty()) {
                listed("1: referral " + referral + " has no record", referral.id());
            }
            counterparts.forEach(record -> pairs.add(new Pair(referral, record)));
        }
        records.stream().filter(Sight::shared).filter(record -> referrals.stream().noneMatch(referral -> belong(referral, record)))
            .forEach(record -> listed("1: record " + record + " is shared and has no referral", record.id()));
        pairs.forEach(this::equal);
        pairs.forEach(this::nothingLost);
        return violations;
    }

    private static boolean belong(Sight referral, Sight record) {
        return referral.id().equals(record.other()) || record.id().equals(referral.other()) || record.deal().equals(referral.other());
    }

    private void nothingDoubled() {
        for (Sight referral : referrals) {
            List<Sight> twins = records.stream().filter(record -> referral.id().equals(record.other())).toList();
            if (twins.size() > 1) {
                violations.add("2: a referral has several records: " + twins);
            }
        }
        for (Sight record : records) {
            List<Sight> twins = referrals.stream().filter(referral -> record.id().equals(referral.other())).toList();
            if (twins.size() > 1) {
                violations.add("2: a record has several referrals: " + twins);
            }
        }
        if (timeline.made(Side.CRM, false) > timeline.made(Side.PARTNER_CENTER, true)) {
            violations.add("2: the connector made more records than there were deals in Partner Center.");
        }
        if (timeline.made(Side.PARTNER_CENTER, false) > timeline.made(Side.CRM, true)) {
            violations.add("2: the connector made more referrals than there were deals in the CRM.");
        }
        world.partnerCenter().microsoftReferrals().stream().collect(Collectors.groupingBy(one -> one.get("engagementId"),
            Collectors.counting())).forEach((engagement, count) -> {
                if (count > 1) {
                    violations.add("2: Microsoft is invited " + count + " times to engagement " + engagement);
                }
            });
        for (Sight sight : referrals) {
            if (sight.fields().containsValue("twice")) {
                violations.add("2: a solution is there twice: " + sight);
            }
        }
        for (Sight sight : records) {
            if (sight.fields().containsValue("twice")) {
                violations.add("2: a solution is there twice: " + sight);
            }
        }
    }

    private void nothingFailedInside() {
        world.store().journal().stream().map(entry -> String.valueOf(entry.get("reason")))
            .filter(reason -> reason.contains("The connector failed")).findFirst().ifPresent(violations::add);
    }

    /** A deal that is only on one side is listed with a reason. */
    private void listed(String what, String id) {
        Optional<Link> link = world.store().find(id);
        if (link.isEmpty() || !LEFT_ALONE.contains(link.get().state()) || link.get().reason() == null) {
            violations.add(what + ", and nothing says why: " + link.map(Link::state).orElse("no link"));
        }
    }

    private Optional<Link> link(Pair pair) {
        return world.store().find(pair.referral().id()).or(() -> world.store().find(pair.record().id()));
    }

    private static String path(String field) {
        return field.startsWith(Sight.SOLUTION) ? SOLUTIONS : PATHS.get(field);
    }

    /** Leads keep no solutions, and in some CRMs no more than the customer; what is not kept is not shown. */
    private static boolean travels(String field, Pair pair) {
        return field.startsWith(Sight.SOLUTION) ? pair.record().kind().equals("opportunity") : pair.record().fields().containsKey(field);
    }

    // ---- sentence 4, and the end of sentence 1

    private void equal(Pair pair) {
        Link link = link(pair).orElse(null);
        if (link == null) {
            violations.add("1: no link knows the deal " + pair);
            return;
        }
        if (LEFT_ALONE.contains(link.state()) && link.reason() != null) {
            if (link.reason().contains("set to No") && pair.record().shared()) {
                violations.add("1: left alone as switched off, but it is on: " + pair);
            }
            return;
        }
        Set<String> fields = new TreeSet<>(pair.referral().fields().keySet());
        fields.addAll(pair.record().fields().keySet());
        for (String field : fields) {
            String here = pair.referral().fields().get(field);
            String there = pair.record().fields().get(field);
            if (travels(field, pair) && !Objects.equals(here, there) && !isRefusedNow(link, field)
                && !waitsForAnAnswer(pair, field)) {
                violations.add("4: " + field + " is " + here + " in Partner Center and " + there + " in the CRM; link " + link.state()
                    + ", reason " + link.reason() + " " + brief(pair));
            }
        }
    }

    /**
     * What a seller edits in an opportunity on hold goes to Partner Center when the deal is accepted, and not before (contract salesforce.md
     * 2.8). What the connector writes into one, and what users enter in Partner Center alone, is equal all the same.
     */
    private boolean waitsForAnAnswer(Pair pair, String field) {
        Place there = new Place(Side.CRM, pair.record().deal());
        return pair.record().waits() && !field.equals(Sight.STATUS) && timeline.writes().stream()
            .filter(write -> write.place().equals(there) && write.field().equals(field)).reduce((one, next) -> next).filter(Write::user)
            .isPresent();
    }

    private boolean isRefusedNow(Link link, String field) {
        return link.reason() != null && journal(link).stream().anyMatch(entry -> "refused".equals(entry.get("kind"))
            && path(field).equals(entry.get("field")) && link.reason().contains(String.valueOf(entry.get("reason"))));
    }

    private List<Map<String, Object>> journal(Link link) {
        return world.store().journalOf(link.id());
    }

    private static String brief(Pair pair) {
        return "(referral " + pair.referral().id().substring(0, 8) + ", " + pair.record().kind() + " "
            + pair.record().deal().substring(0, 8) + ")";
    }

    // ---- sentences 1 and 3

    /** No value that a user entered was replaced by the connector before it had reached the other side, unless it is listed. */
    private void nothingLost(Pair pair) {
        Place here = new Place(Side.PARTNER_CENTER, pair.referral().deal());
        Place there = new Place(Side.CRM, pair.record().deal());
        Set<String> fields = new TreeSet<>(pair.referral().fields().keySet());
        fields.addAll(pair.record().fields().keySet());
        for (String field : fields) {
            if (travels(field, pair)) {
                nothingLost(pair, field, timeline.writes().stream().filter(write -> write.field().equals(field)
                    && (write.place().equals(here) || write.place().equals(there))).toList());
            }
        }
    }

    private void nothingLost(Pair pair, String field, List<Write> writes) {
        String lastCommon = null;
        String lastMadeCommon = null;
        String[] now = new String[Side.values().length];
        for (int i = 0; i < writes.size(); i++) {
            Write write = writes.get(i);
            int side = write.place().side().ordinal();
            List<Write> later = writes.subList(i + 1, writes.size());
            if (write.user() && !isNothing(write) && isLost(write, later, now[1 - side], lastCommon)
                && !isPassed(pair, write, writes, later)
                && !isTakenBack(write, lastMadeCommon)) {
                if (!isKept(pair, field, write)) {
                    violations.add("3: a user's " + field + " was lost: " + write + " " + brief(pair));
                } else if (PLAIN.contains(field) && isLostToNobody(pair, write, writes, later)) {
                    violations.add("2: a user's " + field + " lost against a value that only the connector had written: " + write + " "
                        + brief(pair));
                }
            }
            now[side] = write.to();
            if (Objects.equals(now[0], now[1])) {
                lastCommon = write.to();
                lastMadeCommon = write.user() ? lastMadeCommon : write.to();
            }
        }
    }

    /** What a new deal leaves empty was entered by nobody. */
    private static boolean isNothing(Write write) {
        return write.from() == null && (write.to().isEmpty() || write.to().equals("false"));
    }

    private static boolean isLost(Write write, List<Write> later, String otherSide, String lastCommon) {
        if (Objects.equals(write.to(), otherSide) || Objects.equals(write.to(), lastCommon)) {
            return false;
        }
        for (Write next : later) {
            if (!next.place().equals(write.place())) {
                if (Objects.equals(next.to(), write.to())) {
                    return false;
                }
            } else {
                return !next.user();
            }
        }
        return false;
    }

    /** Whether the value that won a conflict was never entered by a user on its side: the connector took its own write for a user's. */
    private boolean isLostToNobody(Pair pair, Write write, List<Write> writes, List<Write> later) {
        String winner = later.stream().filter(next -> next.place().equals(write.place())).findFirst().orElseThrow().to();
        return journal(link(pair).orElseThrow()).stream().anyMatch(entry -> isConflict(entry, write))
            && writes.stream().noneMatch(other -> other.user() && !other.place().equals(write.place())
                && Objects.equals(other.to(), winner));
    }

    private static boolean isConflict(Map<String, Object> entry, Write write) {
        return "conflict".equals(entry.get("kind")) && path(write.field()).equals(entry.get("field"))
            && Objects.requireNonNullElse((String) entry.get("old_value"), "").contains(bare(write));
    }

    /** The value without its currency. */
    private static String bare(Write write) {
        return write.to() == null ? "" : write.to().replaceFirst(" [A-Z]{3}$", "");
    }

    /**
     * A solution that a user adds and takes out again is as it was, whether or not somebody added it on the other side meanwhile: that one
     * alone has changed what both sides last agreed on, and must travel (sentence 1).
     *
     * @param lastMadeCommon what the connector last made the same on both sides
     */
    private static boolean isTakenBack(Write write, String lastMadeCommon) {
        return write.field().startsWith(Sight.SOLUTION) && Objects.equals(write.to(), lastMadeCommon);
    }

    /**
     * A deal that one side accepts and the other one, having accepted it too, closes is a closed deal: the accepting was there already. So
     * it is with an opportunity that is won before it was accepted, for that accepts it (docs/planner.md). One that is lost on hold, a lead
     * that is disqualified, and an offer that is declined in Partner Center, accept nothing: there the two are at odds.
     */
    private static boolean isPassed(Pair pair, Write write, List<Write> writes, List<Write> later) {
        Optional<Write> next = later.stream().filter(other -> other.place().equals(write.place())).findFirst();
        return write.field().equals(Sight.STATUS) && write.to().equals("Active") && next.isPresent()
            && Set.of("Won", "Not won").contains(String.valueOf(next.get().to())) && writes.stream().anyMatch(other -> other.user()
                && !other.place().equals(write.place()) && next.get().to().equals(other.to()) && ("Active".equals(other.from())
                    || other.place().side() == Side.CRM && other.to().equals("Won") && pair.record().kind().equals("opportunity")));
    }

    private boolean isKept(Pair pair, String field, Write write) {
        String value = bare(write);
        return link(pair).stream().flatMap(link -> journal(link).stream()).anyMatch(entry ->
            Set.of("conflict", "refused").contains(String.valueOf(entry.get("kind"))) && path(field).equals(entry.get("field"))
                && (field.startsWith(Sight.SOLUTION) || field.equals(Sight.STATUS) || field.equals(Sight.VISIBLE)
                    || Objects.requireNonNullElse((String) entry.get("old_value"), "").contains(value)
                    || Objects.requireNonNullElse((String) entry.get("new_value"), "").contains(value)));
    }
}
