package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Compares what both sides say with what they last agreed on, and says what has to be written where (design sections 1, 2 and 5;
 * contracts partner-center 2.2 to 2.7, 3.3, 6.6 and 7.1). Pure functions: nothing is read, written or remembered, and the same
 * input always gives the same answer.
 */
public final class Planner {

    private Planner() {
    }

    /** The plan for one link: changes for each side, conflicts, refusals and the base that follows. */
    public static Plan plan(PlanInput input) {
        boolean closedThere = input.policy().fields().stream()
            .anyMatch(field -> field.type() == Field.Type.STATUS && closed(field, input.partnerCenter()));
        boolean closedHere = input.policy().fields().stream()
            .anyMatch(field -> field.type() == Field.Type.STATUS && closed(field, input.crm()));

        // The status comes first, since a plan that reopens the record may write its other fields too.
        Map<Field, FieldPlan> plans = new LinkedHashMap<>();
        FieldPlan.Context forStatus = new FieldPlan.Context(input, closedThere, closedHere);
        input.policy().fields().stream().filter(field -> field.type() == Field.Type.STATUS)
            .forEach(field -> FieldPlan.of(forStatus, field).ifPresent(plan -> plans.put(field, plan)));
        boolean staysClosed = closedHere && plans.values().stream().noneMatch(FieldPlan::reopensCrm);
        FieldPlan.Context context = new FieldPlan.Context(input, closedThere, staysClosed);
        input.policy().fields().stream().filter(field -> field.type() != Field.Type.STATUS)
            .forEach(field -> FieldPlan.of(context, field).ifPresent(plan -> plans.put(field, plan)));

        List<FieldPlan> inOrder = input.policy().fields().stream().filter(plans::containsKey).map(plans::get).toList();
        List<Change> crm = inOrder.stream().flatMap(plan -> plan.crmChanges().stream()).toList();
        List<Change> partnerCenter = inOrder.stream().flatMap(plan -> plan.partnerCenterChanges().stream()).toList();
        ObjectNode nextBase = Views.copy(input.base());
        ObjectNode intent = JsonNodeFactory.instance.objectNode();
        ObjectNode crmIntent = intent.putObject(Side.CRM.key());
        ObjectNode partnerCenterIntent = intent.putObject(Side.PARTNER_CENTER.key());
        ObjectNode seen = intent.putObject("seen");
        ObjectNode crmSeen = seen.putObject(Side.CRM.key());
        ObjectNode partnerCenterSeen = seen.putObject(Side.PARTNER_CENTER.key());
        crm.forEach(change -> crmIntent.set(change.path(), change.to()));
        partnerCenter.forEach(change -> partnerCenterIntent.set(change.path(), change.to()));
        inOrder.forEach(plan -> {
            plan.agree(nextBase);
            plan.seen(crmSeen, partnerCenterSeen);
        });
        return new Plan(crm, partnerCenter,
            inOrder.stream().flatMap(plan -> plan.conflicts().stream()).toList(),
            inOrder.stream().flatMap(plan -> plan.refusals().stream()).toList(),
            inOrder.stream().anyMatch(FieldPlan::waitsForGrace),
            inOrder.stream().anyMatch(FieldPlan::again),
            nextBase, intent);
    }

    /**
     * Finds the base after a plan was stored and perhaps written in part: each value of the plan that now stands on its side was put
     * there by us, so it becomes the base of that field. Otherwise it would look like a user's change and could overwrite what a
     * user did meanwhile on the other side. Of a list only the elements that the plan added or took out are settled.
     *
     * @param policy        the rules
     * @param base          the base before the plan; may be null
     * @param intent        what {@link Plan#intent} gave
     * @param partnerCenter the referral as it is now
     * @param crm           the record as it is now, mapped into a referral view
     * @return the base to plan from
     */
    public static JsonNode settle(Policy policy, JsonNode base, JsonNode intent, JsonNode partnerCenter, JsonNode crm) {
        return settle(policy, base, intent, partnerCenter, crm, false);
    }

    /**
     * The same for a side that was made from the intent, which happens whole or not at all: all of the intent is agreed on, also what
     * stands there no longer. Whoever looked at the side alone would take what a user has changed since for what never was.
     *
     * @param made whether the side that the intent writes was made from it, and not only changed
     */
    public static JsonNode settle(Policy policy, JsonNode base, JsonNode intent, JsonNode partnerCenter, JsonNode crm, boolean made) {
        ObjectNode settled = Views.copy(base);
        for (Field field : policy.fields()) {
            List<String> paths = Normalise.held(field, crm);
            if (!paths.isEmpty()) {
                settle(field, paths, Side.CRM, intent, crm, made, settled);
                // What Partner Center does not show was agreed on only when it was asked for.
                settle(field, paths, Side.PARTNER_CENTER, intent, partnerCenter, made && field.readable(), settled);
            }
        }
        return settled;
    }

    private static void settle(Field field, List<String> paths, Side side, JsonNode intent, JsonNode view, boolean made,
                               ObjectNode settled) {
        JsonNode written = intent.path(side.key());
        if (paths.stream().noneMatch(written::has)) {
            return;
        }
        if (made) {
            paths.stream().filter(written::has).forEach(path -> Views.set(settled, path, written.get(path)));
            return;
        }
        JsonNode seenFlat = intent.path("seen").path(side.key());
        ObjectNode seen = Views.copy(settled);
        paths.stream().filter(seenFlat::has).forEach(path -> Views.set(seen, path, seenFlat.get(path)));
        ObjectNode wanted = seen.deepCopy();
        paths.stream().filter(written::has).forEach(path -> Views.set(wanted, path, written.get(path)));
        try {
            Value want = Normalise.read(field, wanted, paths);
            Value now = Normalise.read(field, view, paths);
            if (field.type() == Field.Type.LIST) {
                settleList(field, seen, want, now, settled);
            } else if (now.same(want)) {
                want.members().forEach((path, value) -> Views.set(settled, path, value));
            }
        } catch (Normalise.BadValue e) {
            // What stands there now is not what was written, so nothing has landed that could be told apart.
            return;
        }
    }

    private static void settleList(Field field, JsonNode seen, Value want, Value now, ObjectNode settled) throws Normalise.BadValue {
        Set<String> before = Normalise.elements(field, Views.valueAt(seen, field.path())).keySet();
        Map<String, JsonNode> wanted = Normalise.elements(field, want.json());
        Set<String> there = Normalise.elements(field, now.json()).keySet();
        Map<String, JsonNode> agreed = new LinkedHashMap<>(Normalise.elements(field, Views.valueAt(settled, field.path())));
        Set<String> all = new LinkedHashSet<>(before);
        all.addAll(wanted.keySet());
        for (String key : all) {
            boolean ours = before.contains(key) != wanted.containsKey(key);
            boolean landed = there.contains(key) == wanted.containsKey(key);
            if (ours && landed) {
                if (wanted.containsKey(key)) {
                    agreed.put(key, wanted.get(key));
                } else {
                    agreed.remove(key);
                }
            }
        }
        Views.set(settled, field.path(), Normalise.list(field, agreed.values()).json());
    }

    /**
     * Whether a record may be shared, and the document to create in Partner Center. A status is never part of it: the service starts
     * a partner's deal as Active/Accepted (contract partner-center 2.3), and the next plan goes on from there.
     *
     * @param policy the rules
     * @param crm    the record, mapped into a referral view
     */
    public static Sharing share(Policy policy, JsonNode crm) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        List<Refusal> refusals = new ArrayList<>();
        policy.fields().stream()
            .filter(field -> field.creates(Side.PARTNER_CENTER) && field.type() != Field.Type.STATUS)
            .forEach(field -> take(field, Side.CRM, crm, Normalise.held(field, crm), document, refusals));
        Set<Field> bad = new LinkedHashSet<>();
        refusals.forEach(refusal -> policy.fieldOf(refusal.path()).ifPresent(bad::add));
        for (Requirement requirement : policy.requirements()) {
            Optional<Field> field = policy.fieldOf(requirement.path());
            boolean asked = requirement.when() == null || isSet(Views.valueAt(crm, requirement.when()), false, null);
            if (asked && field.filter(bad::contains).isEmpty()
                && !isSet(Views.valueAt(crm, requirement.path()), requirement.nonZero(), requirement.pattern())) {
                refusals.add(new Refusal(requirement.path(), field.map(Field::title).orElse(requirement.path()), Side.CRM,
                    Views.valueAt(crm, requirement.path()), Refusal.Code.REQUIRED, requirement.reason()));
            }
        }
        return new Sharing(refusals.isEmpty() ? document : null, refusals);
    }

    /**
     * The document to create in the CRM. A value that cannot be understood is left out; the first plan lists it.
     *
     * @param policy        the rules
     * @param partnerCenter the referral
     */
    public static JsonNode receive(Policy policy, JsonNode partnerCenter) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        policy.fields().stream().filter(field -> field.creates(Side.CRM))
            .forEach(field -> take(field, Side.PARTNER_CENTER, partnerCenter, field.comparedPaths(), document, new ArrayList<>()));
        return document;
    }

    private static void take(Field field, Side side, JsonNode view, List<String> paths, ObjectNode document, List<Refusal> bad) {
        Value value = paths.isEmpty() ? null : FieldPlan.read(field, side, view, paths, bad);
        if (value != null) {
            value.members().forEach((path, member) -> {
                if (!Views.isBlank(member)) {
                    Views.set(document, path, member);
                }
            });
        }
    }

    private static boolean isSet(JsonNode value, boolean nonZero, Pattern pattern) {
        if (Views.isBlank(value) || value.isBoolean() && !value.booleanValue()) {
            return false;
        }
        String text = value.asText().strip();
        if (pattern != null) {
            return value.isValueNode() && pattern.matcher(text).matches();
        }
        // Text such as "0.00" is a number too; all digits 0 means no amount.
        return !nonZero || !text.matches("[+-]?0*\\.?0*");
    }

    private static boolean closed(Field field, JsonNode view) {
        return Status.closed(Views.at(view, field.path()).asText("").strip());
    }

    /** The elements of a list that is known to be well formed. */
    static Map<String, JsonNode> elements(Field field, JsonNode list) {
        try {
            return Normalise.elements(field, list);
        } catch (Normalise.BadValue e) {
            throw new IllegalStateException("a list that was read before cannot be read: " + e.getMessage(), e);
        }
    }
}
