package io.cosell.plan;

import static io.cosell.plan.Fixtures.json;
import static io.cosell.plan.Fixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Fixtures.Sides;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.arbitraries.ListArbitrary;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for every plan, whatever the documents: checked on 100,000 generated cases and, type by type, on every combination. The
 * seeds are fixed, so that a failure comes again.
 */
class PlannerLawsTest {

    private static final Policy POLICY = Fixtures.shipped();
    private static final List<Field> FIELDS = POLICY.fields().stream()
        .filter(field -> field.updates(Side.CRM) || field.updates(Side.PARTNER_CENTER)).toList();
    private static final int STATUS = index("/status");

    /** Fragments a field may have, by main path. The first is a usual one. */
    private static final Map<String, List<JsonNode>> VALUES = values();

    private static Map<String, List<JsonNode>> values() {
        Map<String, List<JsonNode>> values = new LinkedHashMap<>();
        values.put("/name", fragments("{'name':'a'}", "{'name':'b'}", "{'name':' c\\r\\n'}", "{'name':null}"));
        values.put("/details/dealValue", Stream.of("1,'currency':'USD'", "'2.50','currency':'USD'", "2.5,'currency':'EUR'",
            "0,'currency':'USD'", "null,'currency':null", "null,'currency':'USD'", "7,'currency':null")
            .map(text -> json("{'details':{'dealValue':" + text + "}}")).toList());
        values.put("/details/closingDateTime", Stream.of("'2026-01-31T00:00:00Z'", "'2026-02-01'", "'2026-03-01T23:30:00-02:00'", "null")
            .map(text -> json("{'details':{'closingDateTime':" + text + "}}")).toList());
        values.put("/details/notes", Stream.of("'n'", "'m'", "'o'", "''").map(text -> json("{'details':{'notes':" + text + "}}")).toList());
        values.put("/details/requirements/solutions", Stream.of("{'id':'A'}", "{'id':'A'},{'id':'B'}", "{'id':'c','price':1},{'id':'A'}",
            "{'id':'B'},{'id':'C'}", "{'id':'C'}", "")
            .map(text -> json("{'details':{'requirements':{'solutions':[" + text + "]}}}")).toList());
        values.put("/consent/consentToShareReferralWithMicrosoftSellers", Stream.of("false", "true", "'Yes'", "null")
            .map(text -> json("{'consent':{'consentToShareReferralWithMicrosoftSellers':" + text + "}}")).toList());
        values.put("/inviteContext/assistanceRequestCode", Stream.of("null", "'GeneralOrOther'", "'QuotesOrLicensing'")
            .map(text -> json("{'inviteContext':{'assistanceRequestCode':" + text + "}}")).toList());
        values.put("/status", Stream.of("New','substatus':'Pending", "New','substatus':'Received", "Active','substatus':'Accepted",
            "Closed','substatus':'Won", "Closed','substatus':'Lost", "Closed','substatus':'Declined", "Closed','substatus':'Expired",
            "Closed','substatus':'Error").map(text -> json("{'status':'" + text + "'}")).toList());
        values.put("/trackingInfo/microsoftMsxId", Stream.of("null", "'1'", "'2'")
            .map(text -> json("{'trackingInfo':{'microsoftMsxId':" + text + "}}")).toList());
        return values;
    }

    private static List<JsonNode> fragments(String... texts) {
        return Stream.of(texts).map(Fixtures::json).toList();
    }

    private static int index(String path) {
        return FIELDS.stream().map(Field::path).toList().indexOf(path);
    }

    // ---- generated deals ----

    /** A deal: which value each field has; -1 is absent. */
    private static ObjectNode view(List<Integer> choices) {
        ObjectNode view = (ObjectNode) json("{'unknown':{'kept':true}}");
        for (int i = 0; i < FIELDS.size(); i++) {
            put(view, i, choices.get(i));
        }
        return view;
    }

    private static void put(ObjectNode view, int field, int choice) {
        if (choice >= 0) {
            List<JsonNode> values = VALUES.get(FIELDS.get(field).path());
            JsonNode fragment = values.get(choice % values.size());
            FIELDS.get(field).paths().stream().filter(path -> !fragment.at(path).isMissingNode())
                .forEach(path -> Views.set(view, path, fragment.at(path)));
        }
    }

    private static ListArbitrary<Integer> choices(int from) {
        return Arbitraries.integers().between(from, 167).list().ofSize(FIELDS.size());
    }

    @Provide
    Arbitrary<Sides> deals() {
        // Each side keeps about half of the base, so that unchanged fields are as frequent as changed ones.
        Arbitrary<List<Boolean>> keep = Arbitraries.of(true, false).list().ofSize(FIELDS.size());
        Arbitrary<List<Boolean>> hold = Arbitraries.frequency(Tuple.of(9, true), Tuple.of(1, false))
            .list().ofSize(FIELDS.size());
        Arbitrary<Boolean> agreed = Arbitraries.frequency(Tuple.of(9, true), Tuple.of(1, false));
        return Combinators.combine(choices(0), choices(0), choices(0), keep, keep, hold, agreed)
            .as((base, there, here, keepThere, keepHere, holds, known) -> {
                List<Integer> partnerCenter = new ArrayList<>();
                List<Integer> crm = new ArrayList<>();
                for (int i = 0; i < FIELDS.size(); i++) {
                    partnerCenter.add(keepThere.get(i) ? base.get(i) : there.get(i));
                    crm.add(!holds.get(i) ? Integer.valueOf(-1) : keepHere.get(i) ? base.get(i) : here.get(i));
                }
                return new Sides(known ? view(base) : null, view(partnerCenter), view(crm));
            });
    }

    private static Plan plan(Policy policy, Sides sides) {
        return Fixtures.plan(policy, sides.base(), sides.partnerCenter(), sides.crm());
    }

    private static Sides write(Plan plan, Sides sides) {
        return written(plan, sides.partnerCenter(), sides.crm());
    }

    // ---- the laws ----

    @Property(seed = "1", tries = 15000, edgeCases = EdgeCasesMode.NONE)
    void nothingIsPlannedWhereAllAgree(@ForAll("deals") Sides sides) {
        Plan plan = Fixtures.plan(POLICY, sides.crm(), sides.crm(), sides.crm());
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.conflicts()).isEmpty();
    }

    @Property(seed = "2", tries = 15000, edgeCases = EdgeCasesMode.NONE)
    void aWrittenPlanLeavesNothingToDo(@ForAll("deals") Sides sides) {
        leavesNothingToDo(POLICY, sides);
    }

    @Property(seed = "3", tries = 10000, edgeCases = EdgeCasesMode.NONE)
    void nothingAUserChangedDisappears(@ForAll("deals") Sides sides) {
        nothingDisappears(POLICY, sides);
    }

    @Property(seed = "4", tries = 20000, edgeCases = EdgeCasesMode.NONE)
    void whatIsOneWayNeverGoesBack(@ForAll("deals") Sides sides) {
        Plan plan = plan(POLICY, sides);
        Sides after = write(plan, sides);
        Field consent = FIELDS.get(index("/consent/consentToShareReferralWithMicrosoftSellers"));
        assertThat(on(consent, after.partnerCenter())).isGreaterThanOrEqualTo(on(consent, sides.partnerCenter()));
        assertThat(on(consent, after.crm())).isGreaterThanOrEqualTo(on(consent, sides.crm()));
        assertThat(on(consent, after.base())).isGreaterThanOrEqualTo(on(consent, sides.base()));
        Field help = FIELDS.get(index("/inviteContext/assistanceRequestCode"));
        JsonNode asked = Views.valueAt(sides.base(), help.path());
        if (!asked.isNull()) {
            assertThat(Views.valueAt(after.base(), help.path())).isEqualTo(asked);
            assertThat(plan.partnerCenter()).noneMatch(change -> change.path().equals(help.path()));
        }
    }

    /** A value that a user set and a plan overwrites is kept as the loser of a conflict, exactly as it stood. */
    @Property(seed = "8", tries = 10000, edgeCases = EdgeCasesMode.NONE)
    void aLosingValueIsAlwaysKept(@ForAll("deals") Sides sides) {
        Plan plan = plan(POLICY, sides);
        for (Conflict conflict : plan.conflicts()) {
            Field field = POLICY.fieldOf(conflict.path()).orElseThrow();
            JsonNode loser = conflict.winner() == Side.CRM ? sides.partnerCenter() : sides.crm();
            List<String> paths = Normalise.held(field, sides.crm());
            ObjectNode kept = (ObjectNode) json("{}");
            // A field with several paths keeps them together.
            paths.forEach(path -> Views.set(kept, path, paths.size() == 1 && !conflict.lost().isObject() ? conflict.lost()
                : conflict.lost().path(path.substring(path.lastIndexOf('/') + 1))));
            assertThat(FieldPlan.agreed(field, kept, paths).key()).as(field.path()).isEqualTo(FieldPlan.agreed(field, loser, paths).key());
        }
        for (Side side : Side.values()) {
            JsonNode before = side == Side.CRM ? sides.crm() : sides.partnerCenter();
            for (Change change : side == Side.CRM ? plan.crm() : plan.partnerCenter()) {
                Field field = POLICY.fieldOf(change.path()).orElseThrow();
                boolean told = plan.refusals().stream().anyMatch(refusal -> refusal.path().equals(field.path()));
                // Elements of a list and steps of a status add up, and nothing of either side is lost.
                boolean unseen = side == Side.PARTNER_CENTER && !field.readable();
                if (field.type() == Field.Type.LIST || field.type() == Field.Type.STATUS || told || unseen) {
                    continue;
                }
                List<String> paths = Normalise.held(field, sides.crm());
                Value base = FieldPlan.agreed(field, sides.base(), paths);
                Value said = FieldPlan.agreed(field, before, paths);
                boolean users = !said.same(base) && !(nothingToSay(field, base) && nothingToSay(field, said));
                assertThat(!users || plan.conflicts().stream().anyMatch(conflict -> conflict.winner() == side.other()
                    && field.paths().contains(conflict.path()))).as(() -> field.path() + " of " + side + " in " + sides).isTrue();
            }
        }
    }

    /** What cannot be understood, or was refused, rests alone: the plan for every other field is the one it would have been. */
    @Property(seed = "9", tries = 12000, edgeCases = EdgeCasesMode.NONE)
    void aRefusedFieldBlocksNoOther(@ForAll("deals") Sides sides, @ForAll Random random) {
        Plan usual = plan(POLICY, sides);
        List<String> bad = List.copyOf(BAD.keySet());
        Field hit = POLICY.fieldOf(bad.get(random.nextInt(bad.size()))).orElseThrow();
        ObjectNode there = sides.partnerCenter().deepCopy();
        ObjectNode here = sides.crm().deepCopy();
        Map<String, JsonNode> refused = new LinkedHashMap<>();
        if (random.nextBoolean()) {
            Views.set(random.nextBoolean() ? there : here, hit.path(), BAD.get(hit.path()));
        } else {
            refused.put(hit.path(), Views.valueAt(here, hit.path()));
        }
        Plan plan = Planner.plan(new PlanInput(POLICY, sides.base(), there, here, refused, true));
        assertThat(others(plan.crm(), hit)).isEqualTo(others(usual.crm(), hit));
        assertThat(others(plan.partnerCenter(), hit)).isEqualTo(others(usual.partnerCenter(), hit));
    }

    /** By main path, a value that no field of its type can have. */
    private static final Map<String, JsonNode> BAD = Map.of("/name", json("[1]"), "/details/dealValue", json("'much'"),
        "/details/closingDateTime", json("'soon'"), "/details/notes", json("[1]"), "/details/requirements/solutions", json("[{'bad':1}]"),
        "/consent/consentToShareReferralWithMicrosoftSellers", json("'perhaps'"), "/inviteContext/assistanceRequestCode", json("'much'"));

    private static List<Change> others(List<Change> changes, Field hit) {
        return changes.stream().filter(change -> !hit.paths().contains(change.path())).toList();
    }

    private static int on(Field field, JsonNode view) {
        return Objects.equals(FieldPlan.agreed(field, view, field.paths()).key(), true) ? 1 : 0;
    }

    /** The same input gives the same plan, and the same plan has the order of the policy. */
    @Property(seed = "5", tries = 12000, edgeCases = EdgeCasesMode.NONE)
    void aPlanIsAFunctionInTheOrderOfThePolicy(@ForAll("deals") Sides sides) {
        Plan plan = plan(POLICY, sides);
        assertThat(plan(POLICY, sides)).isEqualTo(plan);
        List<String> order = POLICY.fields().stream().flatMap(field -> field.paths().stream()).toList();
        assertThat(plan.crm().stream().map(change -> order.indexOf(change.path())).toList()).isSorted();
        assertThat(plan.partnerCenter().stream().map(change -> order.indexOf(change.path())).toList()).isSorted();
        assertThat(plan.crmDocument().has("unknown")).isFalse();
    }

    /** Edits of different fields on both sides: found together or one after the other, the outcome is the same. */
    @Property(seed = "6", tries = 4000, edgeCases = EdgeCasesMode.NONE)
    void disjointEditsMayComeInAnyOrder(@ForAll("deals") Sides sides, @ForAll("choices") List<Integer> edits,
                                        @ForAll("choices") List<Integer> sideOf) {
        // Both start from the same agreed, open deal.
        ObjectNode start = sides.partnerCenter().deepCopy();
        put(start, STATUS, 2);
        Sides agreed = settled(POLICY, new Sides(start, start, start));
        ObjectNode there = agreed.partnerCenter().deepCopy();
        ObjectNode here = agreed.crm().deepCopy();
        for (int i = 0; i < FIELDS.size(); i++) {
            if (i != STATUS && sideOf.get(i) % 3 != 0) {
                put(sideOf.get(i) % 3 == 1 ? there : here, i, edits.get(i));
            }
        }
        Sides together = settled(POLICY, new Sides(agreed.base(), there, here));
        Sides first = settled(POLICY, new Sides(agreed.base(), there, agreed.crm()));
        ObjectNode hereLater = first.crm().deepCopy();
        for (int i = 0; i < FIELDS.size(); i++) {
            if (i != STATUS && sideOf.get(i) % 3 == 2) {
                put(hereLater, i, edits.get(i));
            }
        }
        Sides inTurn = settled(POLICY, new Sides(first.base(), first.partnerCenter(), hereLater));
        for (Field field : FIELDS) {
            assertThat(read(field, inTurn.partnerCenter()).key()).as(field.path()).isEqualTo(read(field, together.partnerCenter()).key());
            assertThat(read(field, inTurn.crm()).key()).as(field.path()).isEqualTo(read(field, together.crm()).key());
        }
    }

    @Provide("choices")
    Arbitrary<List<Integer>> choiceLists() {
        return choices(0);
    }

    /**
     * Users edit while the connector plans, writes, is refused by guards and dies at any point. Each field, and each element of the
     * list, is edited on one side only, so the outcome is known: both sides say what was said last, and no write of ours was ever
     * taken for an edit.
     */
    @Property(seed = "7", tries = 2000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theLastWordOfAUserStandsThroughCrashes(@ForAll Random random) {
        List<Integer> played = Stream.of("/details/closingDateTime", "/details/notes", "/trackingInfo/microsoftMsxId", "/name",
            "/details/dealValue").map(PlannerLawsTest::index).toList();
        Map<Integer, Side> owner = new LinkedHashMap<>();
        played.forEach(field -> owner.put(field, switch (FIELDS.get(field).path()) {
            case "/trackingInfo/microsoftMsxId" -> Side.PARTNER_CENTER;
            case "/name" -> Side.CRM;
            default -> random.nextBoolean() ? Side.CRM : Side.PARTNER_CENTER;
        }));
        ObjectNode start = view(FIELDS.stream().map(field -> 0).toList());
        put(start, STATUS, 2);
        ObjectNode there = start.deepCopy();
        ObjectNode here = start.deepCopy();
        JsonNode base = start.deepCopy();
        for (int round = 0; round < 12; round++) {
            edit(random, owner, there, here);
            Plan plan = Fixtures.plan(POLICY, base, there.deepCopy(), here.deepCopy());
            assertThat(plan.conflicts()).as("each field has one author").isEmpty();
            // Users go on while the plan is on its way: a guard then refuses the whole write of that side.
            ObjectNode thereSeen = there.deepCopy();
            ObjectNode hereSeen = here.deepCopy();
            if (random.nextInt(3) == 0) {
                edit(random, owner, there, here);
            }
            boolean thereWritten = there.equals(thereSeen) && random.nextInt(4) > 0;
            Set<Field> hereWritten = new HashSet<>();
            for (Field field : FIELDS) {
                if (here.equals(hereSeen) && random.nextInt(4) > 0) {
                    hereWritten.add(field);
                }
            }
            for (Change change : plan.crm()) {
                if (hereWritten.contains(POLICY.fieldOf(change.path()).orElseThrow())) {
                    Views.set(here, change.path(), change.to());
                }
            }
            if (thereWritten) {
                plan.partnerCenter().forEach(change -> Views.set(there, change.path(), change.to()));
            }
            if (random.nextInt(2) == 0) {
                edit(random, owner, there, here);
            }
            boolean whole = (thereWritten || plan.partnerCenter().isEmpty())
                && plan.crm().stream().allMatch(change -> hereWritten.contains(POLICY.fieldOf(change.path()).orElseThrow()));
            base = whole && random.nextBoolean() ? plan.nextBase() : Planner.settle(POLICY, base, plan.intent(), there, here);
        }
        Map<Integer, Value> said = new LinkedHashMap<>();
        ObjectNode thereLast = there.deepCopy();
        ObjectNode hereLast = here.deepCopy();
        owner.forEach((field, side) -> said.put(field, read(FIELDS.get(field), side == Side.CRM ? hereLast : thereLast)));
        Set<String> elements = new HashSet<>(Set.of("A"));
        ids(there).stream().filter(PARTNER_CENTERS::contains).forEach(elements::add);
        ids(here).stream().filter(CRMS::contains).forEach(elements::add);
        Sides end = settled(POLICY, new Sides(base, there, here));
        assertThat(ids(end.partnerCenter())).isEqualTo(elements);
        assertThat(ids(end.crm())).isEqualTo(elements);
        Plan last = plan(POLICY, end);
        said.forEach((index, value) -> {
            Field field = FIELDS.get(index);
            boolean refused = last.refusals().stream().anyMatch(refusal -> refusal.path().equals(field.path()));
            assertThat(read(field, owner.get(index) == Side.CRM ? end.crm() : end.partnerCenter()).key()).as(field.path())
                .isEqualTo(value.key());
            if (!refused) {
                assertThat(read(field, end.crm()).key()).as(field.path()).isEqualTo(read(field, end.partnerCenter()).key());
            }
        });
    }

    private static final Set<String> PARTNER_CENTERS = Set.of("P", "Q");
    private static final Set<String> CRMS = Set.of("V", "W");

    private static Set<String> ids(JsonNode view) {
        return new HashSet<>(view.at("/details/requirements/solutions").findValuesAsText("id"));
    }

    /** Puts an element in if it is not there, and takes it out if it is. */
    private static void toggle(ObjectNode view, String id) {
        ArrayNode list = (ArrayNode) view.at("/details/requirements/solutions").deepCopy();
        int before = list.size();
        list.removeIf(element -> element.get("id").asText().equals(id));
        if (list.size() == before) {
            list.addObject().put("id", id);
        }
        Views.set(view, "/details/requirements/solutions", list);
    }

    private static void edit(Random random, Map<Integer, Side> owner, ObjectNode there, ObjectNode here) {
        PARTNER_CENTERS.stream().sorted().filter(id -> random.nextInt(4) == 0).forEach(id -> toggle(there, id));
        CRMS.stream().sorted().filter(id -> random.nextInt(4) == 0).forEach(id -> toggle(here, id));
        owner.forEach((field, side) -> {
            if (random.nextInt(4) == 0) {
                put(side == Side.CRM ? here : there, field, random.nextInt(100));
            }
        });
    }

    // ---- every combination, type by type ----

    static Stream<String> rules() {
        List<String> types = List.of("type: text", "type: money, with: [/cur], never-empty: partner-center", "type: date", "type: switch",
            "type: switch, one-way: true", "type: choice, values: [A, B]", "type: choice, values: [A, B], one-way: true",
            "type: list, key: id", "type: list, key: id, never-empty: partner-center", "type: document",
            "type: text, never-empty: partner-center",
            "type: status, with: [/substatus]");
        return types.stream().flatMap(type -> Stream.of("always", "create", "never").flatMap(toCrm ->
            Stream.of("always", "create", "never").flatMap(toPartnerCenter -> Stream.of("partner-center", "crm", "none").flatMap(winner ->
                Stream.of("both", "crm").filter(readable -> readable.equals("both") || allowsUnreadable(type, toCrm)).map(readable ->
                    type + ", to-crm: " + toCrm + ", to-partner-center: " + toPartnerCenter + ", winner: " + winner
                        + ", readable: " + readable)))));
    }

    private static boolean allowsUnreadable(String type, String toCrm) {
        return !toCrm.equals("always") && !type.contains("status");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyCombinationKeepsTheLaws(String rules) {
        String path = rules.contains("status") ? "/status" : "/x";
        Policy policy = Fixtures.policy("fields: [{path: " + path + ", title: Field X, " + rules + "}]");
        List<JsonNode> values = Stream.concat(Stream.of(json("{}")), Stream.of(texts(rules)).map(Fixtures::json)).toList();
        for (JsonNode base : values) {
            for (JsonNode there : values) {
                for (JsonNode here : values) {
                    Sides sides = new Sides(base, there, here);
                    leavesNothingToDo(policy, sides);
                    nothingDisappears(policy, sides);
                }
            }
        }
    }

    private static String[] texts(String rules) {
        if (rules.contains("money")) {
            return new String[] {"{'x':1,'cur':'USD'}", "{'x':'2','cur':'USD'}", "{'x':2,'cur':'eur'}", "{'x':0,'cur':'USD'}",
                "{'x':null,'cur':'USD'}", "{'x':3,'cur':null}", "{'x':3}", "{'cur':'USD'}", "{'x':'bad','cur':'USD'}"};
        }
        if (rules.contains("status")) {
            return Stream.concat(VALUES.get("/status").stream().map(JsonNode::toString), Stream.of("{'status':'Odd'}"))
                .toArray(String[]::new);
        }
        String values = rules.contains("date") ? "null; '2026-01-01'; '2026-01-01T23:00:00-02:00'; '2026-01-02T00:00:00Z'; 'bad'"
            : rules.contains("switch") ? "null; true; false; 'Yes'; 'bad'"
            : rules.contains("choice") ? "null; ''; 'A'; 'b'; 'bad'"
            : rules.contains("list") ? "null; []; [{'id':'A'}]; [{'id':'a'},{'id':'B'}]; [{'id':'B'}]; [{'id':'C'},{'id':'A'}]; [{'bad':1}]"
            : rules.contains("document") ? "null; {}; {'a':1}; {'a':'1'}; [1,2]" : "null; ' '; 'a'; 'b'; 'c'; [1]";
        return Stream.of(values.split("; ")).map(text -> "{'x':" + text + "}").toArray(String[]::new);
    }

    // ---- what the laws say ----

    private static void leavesNothingToDo(Policy policy, Sides sides) {
        Plan plan = plan(policy, sides);
        Sides after = write(plan, sides);
        if (plan.again()) {
            plan = plan(policy, after);
            assertThat(plan.again()).as("one step in between is enough").isFalse();
            after = write(plan, after);
        }
        Plan next = plan(policy, after);
        assertThat(next.isEmpty()).as(() -> sides + "\nfirst " + write(plan(policy, sides), sides) + "\nthen " + next).isTrue();
        assertThat(next.conflicts()).isEmpty();
        for (Field field : policy.fields()) {
            // Both sides are equal, or somebody is told.
            if (field.updates(Side.CRM) && field.updates(Side.PARTNER_CENTER) && !Normalise.held(field, after.crm()).isEmpty()
                && next.refusals().stream().noneMatch(refusal -> refusal.path().equals(field.path()))) {
                Value here = read(field, after.crm());
                Value there = masked(field, after.partnerCenter(), after.crm());
                boolean endedAlike = there.key() instanceof Status end && here.key() instanceof Status other && end.endsLike(other);
                assertThat(here.same(there) || endedAlike).as(field.path()).isTrue();
            }
        }
    }

    /** A value that was changed stands on its side, or reached the other, or is kept as lost or refused. */
    private static void nothingDisappears(Policy policy, Sides sides) {
        Plan plan = plan(policy, sides);
        Sides after = write(plan, sides);
        for (Field field : policy.fields()) {
            List<String> paths = Normalise.held(field, sides.crm());
            if (paths.isEmpty()) {
                assertThat(plan.crm()).noneMatch(change -> field.paths().contains(change.path()));
                continue;
            }
            boolean told = plan.refusals().stream().anyMatch(refusal -> refusal.path().equals(field.path()))
                || plan.conflicts().stream().anyMatch(conflict -> conflict.path().equals(field.path()));
            if (told) {
                continue;
            }
            Value base = FieldPlan.agreed(field, sides.base(), paths);
            for (Side side : Side.values()) {
                if (side == Side.PARTNER_CENTER && !field.readable()) {
                    continue;
                }
                JsonNode before = side == Side.CRM ? sides.crm() : sides.partnerCenter();
                JsonNode now = side == Side.CRM ? after.crm() : after.partnerCenter();
                Value said = FieldPlan.agreed(field, before, paths);
                Value stands = FieldPlan.agreed(field, now, paths);
                boolean kept = stands.same(said);
                if (field.type() == Field.Type.LIST) {
                    // An element that was put in is still there, one that was taken out is still gone.
                    Set<Object> touched = new HashSet<>((Set<?>) said.key());
                    touched.addAll((Set<?>) base.key());
                    touched.removeIf(key -> has(said, key) == has(base, key));
                    kept = touched.stream().allMatch(key -> has(stands, key) == has(said, key));
                } else if (stands.key() instanceof Status reached && said.key() instanceof Status hoped) {
                    kept = kept || reached.progress() > hoped.progress();
                }
                boolean changed = !said.same(base) && !(nothingToSay(field, base) && nothingToSay(field, said));
                assertThat(kept || !changed).as(() -> field.path() + " of " + side + " in " + sides).isTrue();
            }
        }
    }

    private static boolean has(Value list, Object key) {
        return ((Set<?>) list.key()).contains(key);
    }

    /** Without an agreed value an amount of 0, or without a currency, gives way to a real one. */
    private static boolean nothingToSay(Field field, Value value) {
        return value.key() == null || value.key().equals(false) || field.neverEmpty() && field.type() == Field.Type.MONEY
            && value.members().values().stream().anyMatch(member -> member.isNull() || member.asDouble(1) == 0);
    }

    private static Sides settled(Policy policy, Sides sides) {
        Sides now = sides;
        for (int i = 0; i < 4; i++) {
            now = write(plan(policy, now), now);
        }
        return now;
    }

    private static Value read(Field field, JsonNode view) {
        return masked(field, view, view);
    }

    private static Value masked(Field field, JsonNode view, JsonNode crm) {
        List<String> held = Normalise.held(field, crm);
        return FieldPlan.agreed(field, view, held.isEmpty() ? field.comparedPaths() : held);
    }
}
