package io.cosell.simulation;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Trouble;
import io.cosell.sandbox.Delivery;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Plays the steps of one run in a world, lets it come to rest, and hands it to the referee. */
final class Run implements Gate.Watch {

    private static final List<String> SOLUTIONS = List.of("SOL-34104-EBB", "SOL-15974-MQF");
    private static final List<String> EDITABLE = List.of(Sight.NAME, Sight.VALUE, Sight.CLOSING, Sight.NOTES);
    private static final List<Step.Kind> PARTNERS = List.of(Step.Kind.PARTNER_ACCEPTS, Step.Kind.PARTNER_TOGGLES_SOLUTION,
        Step.Kind.PARTNER_EDITS);
    private static final List<Trouble> TROUBLES = List.of(Trouble.ANSWER_LOST, Trouble.REQUEST_LOST, Trouble.THROTTLED,
        Trouble.UNAVAILABLE, Trouble.SESSION_EXPIRED, Trouble.PRECONDITION_FAILED, Trouble.ANSWER_LOST, Trouble.SERVER_ERROR);
    private static final List<Duration> PAUSES = List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1),
        Duration.ofMinutes(6), Duration.ofMinutes(20), Duration.ofHours(2));
    private static final LocalDate FIRST_CLOSING = LocalDate.parse("2027-06-01");
    /** Nothing happens in no time: two changes of one deal never carry the same time. */
    private static final Duration INSTANT = Duration.ofMillis(1);
    private static final Duration SERVERS_APART = Duration.ofMinutes(4);
    /** After this, a change on the slower server is still later than the last one of the same deal. */
    private static final Duration AT_LEAST_APART = Duration.ofMinutes(6);
    /** Longer than the grace period, the longest pause of a lane and the time after which the work of a dead process is taken over. */
    private static final Duration LONG_PAUSE = Duration.ofMinutes(30);
    private static final int CYCLES = 2;
    private static final int USUAL = 4;
    /** Most rounds of lanes in a cycle. A lane that goes on after that does not come to rest. */
    private static final int ROUNDS = 6;

    /** Someone who acts when the connector makes its n-th call. */
    private static final class Waiting {
        private int calls;
        private final Step step;

        Waiting(int calls, Step step) {
            this.calls = calls;
            this.step = step;
        }
    }

    /**
     * How a run went.
     *
     * @param violations what the referee found; empty if all was well
     * @param trace      the connector's calls, without ids
     * @param timeline   what was written
     */
    record Outcome(List<String> violations, List<String> trace, Timeline timeline) {

        boolean isGood() {
            return violations.isEmpty();
        }
    }

    private final World world;
    private final PartnerCenterSandbox partnerCenter;
    private final CrmUser crm;
    private final List<Step> steps;
    private final long seed;
    private final Timeline timeline = new Timeline();
    private final List<Delivery> events = new ArrayList<>();
    private final Set<Integer> seenEvents = new HashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    /** What users do before the next process starts. */
    private final List<Step> whileDown = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int step;
    private int names;
    private boolean eventLost;

    Run(World world, long seed, List<Step> steps) {
        this.world = world;
        this.seed = seed;
        this.steps = steps;
        partnerCenter = world.partnerCenter();
        crm = world.crm();
    }

    /** Plays the run that belongs to a seed. */
    static Outcome of(World world, long seed) {
        return new Run(world, seed, Step.of(seed, world.subject())).play();
    }

    Outcome play() {
        // The clocks of two machines are never quite the same.
        world.begin(Duration.ofMinutes(Math.floorMod(seed * 7, 11) - 5L));
        world.watch(this);
        world.gate().counts(true);
        world.heal();
        crm.tables().forEach(each -> world.flow("direct:notice-crm-changes", each));
        for (Step one : steps) {
            step++;
            happens(one);
        }
        step++;
        world.gate().counts(false);
        waiting.clear();
        comesToRest();
        world.watch(null);
        return new Outcome(violations, trace, timeline);
    }

    private void happens(Step one) {
        switch (one.kind()) {
            case EVENT_COMES -> delivers(0, 1, one.a());
            case EVENT_COMES_TWICE -> delivers(0, 2, one.a());
            case NEWEST_EVENT_COMES -> delivers(Math.max(0, events().size() - 1), 1, 0);
            case EVENT_NEVER_COMES -> {
                if (!events().isEmpty()) {
                    events.remove(one.b() % events.size());
                    eventLost = true;
                }
            }
            case CLOCK_MOVES -> acts(() -> world.moveClock(PAUSES.get(one.a() % PAUSES.size())));
            case SESSIONS_END -> {
                if (one.a() % 2 == 0) {
                    partnerCenter.revokeAccessTokens();
                } else {
                    crm.endSessions();
                }
            }
            case CALL_FAILS -> fails(one);
            case POLL -> polls(one.a());
            case LANES -> works(world::lanes);
            case LOOK_UP_RELATED -> works(() -> world.flow("direct:resolve-related-referrals", null));
            case HEAL -> works(() -> world.heal());
            case DIES_AT_CALL -> world.gate().dieAtCall(one.a() % 6, one.b() % 3 != 0);
            case DIES_AT_TRANSACTION -> world.gate().dieAtTransaction(one.a(), one.b() % 2 == 0);
            case DIES -> {
                world.gate().die();
                whileDown.add(one.user());
            }
            case DIES_AT_WRITE -> {
                world.gate().dieAtWrite(one.a() % 4);
                whileDown.add(one.user());
            }
            case PARTNER_EDITS_UNHEARD -> {
                acts(() -> world.moveClock(AT_LEAST_APART));
                acts(() -> user(new Step(Step.Kind.PARTNER_EDITS, one.deal() + 1, one.a(), one.b() + 1, null)));
                works(world::heal);
                int heard = events().size();
                acts(() -> user(one), SERVERS_APART);
                eventLost |= events().size() > heard;
                events.subList(heard, events.size()).clear();
            }
            case WRITTEN_UNHEARD -> {
                listens();
                Step.Kind kind = PARTNERS.get(one.b() % PARTNERS.size());
                acts(() -> user(new Step(kind, one.deal(), one.a(), one.b(), null)));
                if (one.a() % 2 == 0) {
                    world.gate().dieAtWrite(one.a() / 2 % USUAL);
                } else {
                    losesAnswer(one.a() / 2 % USUAL);
                }
                listens();
                acts(() -> user(one.user()));
            }
            case MEANWHILE -> waiting.add(new Waiting(one.a() % 6, one.user()));
            default -> acts(() -> user(one), behind(one));
        }
    }

    // ---- users

    /** A user does something. What the systems refuse has not happened. */
    private void acts(Runnable act) {
        acts(act, Duration.ZERO);
    }

    private void acts(Runnable act, Duration behind) {
        world.moveClock(INSTANT.minus(behind));
        try {
            act.run();
        } catch (RuntimeException e) {
            if (!e.getClass().getSimpleName().equals("Refusal") && !(e instanceof IllegalArgumentException)) {
                throw e;
            }
        } finally {
            world.moveClock(behind);
        }
        look(true);
    }

    /** The servers of one system do not all have the same time: some changes carry an earlier one than those before them. */
    private static Duration behind(Step one) {
        return one.b() % USUAL == 0 ? SERVERS_APART : Duration.ZERO;
    }

    private void look(boolean user) {
        timeline.look(world.referrals(), crm.records(), user, step);
    }

    private void user(Step one) {
        String kind = one.kind().name();
        if (kind.equals("MICROSOFT_SENDS")) {
            partnerCenter.microsoftInvites(referral(ExampleReferrals.inbound(), one));
        } else if (kind.equals("PARTNER_CREATES")) {
            partnerCenter.partnerCreates(referral(ExampleReferrals.outbound(), one));
        } else if (kind.equals("SELLER_CREATES")) {
            crm.makesDeal("Deal " + ++names, 50_000 + names, FIRST_CLOSING.plusDays(names),
                one.b() % 8 == 0 ? List.of() : SOLUTIONS.subList(0, 1 + one.b() % 2), one.a() % USUAL != 0);
        } else if (kind.startsWith("SELLER")) {
            List<Sight> records = crm.records();
            if (!records.isEmpty()) {
                seller(one, records.get(one.deal() % records.size()));
            }
        } else {
            List<Sight> referrals = world.referrals();
            if (!referrals.isEmpty()) {
                partner(one, referrals.get(one.deal() % referrals.size()));
            }
        }
    }

    private Map<String, Object> referral(Map<String, Object> referral, Step one) {
        String name = "Deal " + ++names;
        referral.put("name", name);
        part(referral, "customerProfile").put("name", "Customer of " + name);
        part(referral, "details").put("dealValue", 50_000 + names);
        if (one.a() % 2 == 0) {
            ((Map<?, ?>) referral.get("inviteContext")).remove("assistanceRequestCode");
        }
        return referral;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> part(Map<String, Object> document, String name) {
        return (Map<String, Object>) document.get(name);
    }

    private void partner(Step one, Sight referral) {
        String id = referral.id();
        String engagement = (String) partnerCenter.referral(id).get("engagementId");
        switch (one.kind()) {
            case PARTNER_EDITS, PARTNER_EDITS_UNHEARD -> {
                String field = EDITABLE.get(one.a() % EDITABLE.size());
                String value = value(field, one.b());
                partnerCenter.partnerEdits(id, switch (field) {
                    case Sight.NAME -> Map.of("/name", value);
                    case Sight.VALUE -> Map.of("/details/dealValue", Integer.parseInt(value));
                    case Sight.CLOSING -> Map.of("/details/closingDateTime", value + "T00:00:00Z");
                    default -> Map.of("/details/notes", value);
                });
            }
            case PARTNER_TOGGLES_SOLUTION -> {
                Set<String> has = new HashSet<>();
                SOLUTIONS.stream().filter(solution -> referral.fields().containsKey(Sight.SOLUTION + solution)).forEach(has::add);
                String solution = SOLUTIONS.get(one.a() % SOLUTIONS.size());
                if (!has.remove(solution)) {
                    has.add(solution);
                }
                partnerCenter.partnerEdits(id, Map.of("/details/requirements/solutions", has.stream().sorted()
                    .map(had -> Map.of("id", had, "name", "Solution " + had, "type", "Name")).toList()));
            }
            case PARTNER_MAKES_VISIBLE -> partnerCenter.partnerEdits(id,
                Map.of("/consent/consentToShareReferralWithMicrosoftSellers", true));
            case PARTNER_ACCEPTS -> partnerCenter.partnerAccepts(id);
            case PARTNER_DECLINES -> partnerCenter.partnerDeclines(id, "Other");
            case PARTNER_CLOSES -> partnerCenter.partnerCloses(id, one.a() % 2 == 0 ? "Won" : "Lost", "Other");
            case MICROSOFT_ACCEPTS -> partnerCenter.microsoftAccepts(engagement, "7-" + one.b(),
                List.of(Map.of("firstName", "Mia", "lastName", "Seller", "email", "mia@microsoft.example")));
            case MICROSOFT_DECLINES -> partnerCenter.microsoftDeclines(engagement, "Out of scope");
            case MICROSOFT_CLOSES -> partnerCenter.microsoftCloses(engagement, one.a() % 2 == 0 ? "Won" : "Lost", "Done");
            default -> throw new IllegalStateException(one.kind().name());
        }
    }

    private void seller(Step one, Sight record) {
        switch (one.kind()) {
            case SELLER_EDITS -> {
                String field = EDITABLE.get(one.a() % EDITABLE.size());
                crm.edits(record, field, value(field, one.b()));
            }
            case SELLER_TOGGLES_SOLUTION -> {
                String solution = SOLUTIONS.get(one.a() % SOLUTIONS.size());
                if (!record.kind().equals("opportunity")) {
                    return;
                }
                if (record.fields().containsKey(Sight.SOLUTION + solution)) {
                    crm.removesSolution(record, solution);
                } else {
                    crm.addsSolution(record, solution);
                }
            }
            case SELLER_MAKES_VISIBLE -> crm.makesVisible(record, one.a() % USUAL != 0);
            case SELLER_TOGGLES_SYNC -> crm.sharesWithPartnerCenter(record, !record.shared());
            case SELLER_ASKS_FOR_HELP -> crm.asksForHelp(record);
            case SELLER_WINS -> crm.wins(record);
            case SELLER_LOSES -> crm.loses(record);
            case SELLER_REOPENS -> crm.reopens(record);
            case SELLER_QUALIFIES -> crm.qualifies(record);
            case SELLER_DISQUALIFIES -> crm.disqualifies(record);
            case SELLER_TAKES_BACK -> takesBack(one, record);
            case SELLER_DELETES -> {
                // A record that is deleted before the connector could learn that its own creation had succeeded is made once more.
                if (record.other() == null || world.referrals().stream().anyMatch(referral -> record.id().equals(referral.other()))) {
                    crm.deletes(record);
                }
            }
            default -> throw new IllegalStateException(one.kind().name());
        }
    }

    /** What stands there is still as the connector wrote it, and had another value before. */
    private void takesBack(Step one, Sight record) {
        List<Timeline.Write> newest = timeline.newest(new Timeline.Place(Timeline.Side.CRM, record.deal())).stream()
            .filter(write -> !write.user() && Objects.equals(write.to(), record.fields().get(write.field())))
            .filter(write -> write.field().startsWith(Sight.SOLUTION) && record.kind().equals("opportunity")
                || EDITABLE.contains(write.field()) && write.from() != null && !write.from().isEmpty()).toList();
        if (newest.isEmpty()) {
            return;
        }
        Timeline.Write write = newest.get(one.a() % newest.size());
        if (!write.field().startsWith(Sight.SOLUTION)) {
            crm.edits(record, write.field(), write.field().equals(Sight.VALUE) ? write.from().replaceFirst(" .*", "") : write.from());
        } else if (write.to() == null) {
            crm.addsSolution(record, write.field().substring(Sight.SOLUTION.length()));
        } else {
            crm.removesSolution(record, write.field().substring(Sight.SOLUTION.length()));
        }
    }

    /** Mostly a value that nobody else enters, so that it can be told where it went; sometimes one that was there before. */
    private static String value(String field, int b) {
        int number = b % 3 == 0 ? b % 9 : b;
        return switch (field) {
            case Sight.NAME -> "Name " + number;
            case Sight.VALUE -> String.valueOf(60_000 + number);
            case Sight.CLOSING -> FIRST_CLOSING.plusDays(100 + number).toString();
            default -> b % 50 == 1 ? "" : "Note " + number;
        };
    }

    // ---- the network

    /** Events that Partner Center has raised and that did not come yet, oldest first. */
    private List<Delivery> events() {
        for (Delivery delivery : partnerCenter.deliveries()) {
            if (delivery.state() == Delivery.State.HELD && seenEvents.add(delivery.number())) {
                events.add(delivery);
            }
        }
        return events;
    }

    /** An event comes; it goes on waiting if the connector does not take it. */
    private void delivers(int first, int times, int more) {
        restartIfDead();
        for (int i = 0; i <= more % 3 && events().size() > first; i++) {
            Delivery event = events.get(first);
            boolean taken = false;
            for (int n = 0; n < times && !world.gate().isDead(); n++) {
                taken |= partnerCenter.deliver(event.body(), false) == 202;
            }
            if (taken) {
                events.remove(event);
            } else {
                return;
            }
        }
    }

    /** All events that are on their way come, and the lanes run. */
    private void listens() {
        for (int i = events().size(); i > 0; i--) {
            delivers(0, 1, 0);
        }
        works(world::lanes);
    }

    /** The answer to the n-th write to the CRM from now on is lost. */
    private void losesAnswer(int n) {
        int[] left = {n};
        crm.system().fail(new Fault(request -> !request.method().equals("GET") && left[0]-- == 0, Fault.When.AFTER, null));
    }

    private void fails(Step one) {
        SandboxSystem system = world.systems().get(one.b() % 2);
        Trouble trouble = TROUBLES.get(one.a() % TROUBLES.size());
        boolean anyCall = one.b() % 5 == 0;
        system.fail(FaultPlan.Rule.byChance(system.name(), null, trouble, 1), request -> anyCall || !request.method().equals("GET"));
    }

    // ---- the connector

    private void polls(int table) {
        List<String> tables = crm.tables();
        works(() -> {
            if (table % USUAL < tables.size()) {
                world.flow("direct:notice-crm-changes", tables.get(table % USUAL));
            } else {
                tables.forEach(each -> world.flow("direct:notice-crm-changes", each));
            }
        });
    }

    private void works(Runnable work) {
        restartIfDead();
        try {
            work.run();
        } catch (RuntimeException e) {
            if (!world.gate().isDead()) {
                throw e;
            }
        }
    }

    private void restartIfDead() {
        if (world.gate().isDead()) {
            restart();
        }
    }

    private void restart() {
        List<Step> now = List.copyOf(whileDown);
        whileDown.clear();
        now.forEach(one -> acts(() -> user(one), behind(one)));
        world.restart();
        trace.add("-- a new process --");
    }

    @Override
    public void before(String method, String path) {
        Iterator<Waiting> all = waiting.iterator();
        List<Step> now = new ArrayList<>();
        while (all.hasNext()) {
            Waiting one = all.next();
            if (one.calls-- <= 0) {
                all.remove();
                now.add(one.step);
            }
        }
        world.moveClock(INSTANT);
        now.forEach(one -> acts(() -> user(one), behind(one)));
    }

    @Override
    public void after(String method, String path, int status) {
        trace.add(step + " " + method + " " + path.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID")
            .replaceAll("deltatoken=[0-9]+", "deltatoken=N") + " " + status);
        if (Gate.isWrite(method, path)) {
            look(false);
        }
    }

    // ---- the end

    private void comesToRest() {
        world.systems().forEach(SandboxSystem::failNoMore);
        if (world.gate().isDead()) {
            restart();
        } else {
            world.gate().revive();
        }
        // The first time round finds out that sessions had ended and calls failed; from here on both systems answer.
        cycles(1);
        cycles(CYCLES);
        quiet("after the last change");
        if (!eventLost) {
            judge("without auto-heal");
        }
        world.heal();
        cycles(CYCLES);
        quiet("after auto-heal");
        judge("after auto-heal");
    }

    private void judge(String when) {
        if (violations.isEmpty()) {
            violations.addAll(new Referee(world, timeline).violations().stream().map(text -> text + " (" + when + ")").toList());
        }
    }

    private void quiet(String when) {
        List<Integer> before = writes();
        cycles(1);
        if (!writes().equals(before)) {
            violations.add("4: the connector still writes two cycles " + when + ".");
        }
    }

    /** Committed writes on both sides. */
    private List<Integer> writes() {
        return world.systems().stream().map(system -> system.history().size()).toList();
    }

    private void cycles(int count) {
        for (int i = 0; i < count; i++) {
            acts(() -> world.moveClock(LONG_PAUSE));
            while (!events().isEmpty()) {
                Delivery event = events.remove(0);
                int status = partnerCenter.deliver(event.body(), false);
                if (status != 202) {
                    violations.add("An event was answered with " + status + " although nothing was wrong: " + event);
                    return;
                }
            }
            world.flow("direct:resolve-related-referrals", null);
            crm.tables().forEach(each -> world.flow("direct:notice-crm-changes", each));
            for (int round = 0; round < ROUNDS; round++) {
                world.lanes();
            }
        }
    }
}
