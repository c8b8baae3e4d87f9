package io.cosell.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The plan of one field: three values in, changes, conflict and refusals out. Every write goes through {@link #write}, which knows
 * what may not be written, so the rules of the types need not.
 */
final class FieldPlan {

    /**
     * What a field's plan depends on beside its values.
     *
     * @param input               the planner's input
     * @param partnerCenterClosed whether the deal is closed in Partner Center, where nothing can be edited then
     * @param crmClosed           whether the record is closed in the CRM and stays so
     */
    record Context(PlanInput input, boolean partnerCenterClosed, boolean crmClosed) {
    }

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Context context;
    private final Field field;
    private final Value base;
    private final Value partnerCenter;
    private final Value crm;

    private final List<Change> crmChanges = new ArrayList<>();
    private final List<Change> partnerCenterChanges = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private Value crmAfter;
    private Value partnerCenterAfter;
    private boolean waitsForGrace;
    private boolean again;

    private FieldPlan(Context context, Field field, Value base, Value partnerCenter, Value crm) {
        this.context = context;
        this.field = field;
        this.base = base;
        this.partnerCenter = partnerCenter;
        this.crm = crm;
        this.partnerCenterAfter = partnerCenter;
        this.crmAfter = crm;
    }

    /** Plans one field; empty if it is none of the fields that are kept the same after creation, or the CRM does not hold it. */
    static Optional<FieldPlan> of(Context context, Field field) {
        PlanInput input = context.input();
        List<String> paths = Normalise.held(field, input.crm());
        if (paths.isEmpty() || !field.updates(Side.CRM) && !field.updates(Side.PARTNER_CENTER)) {
            return Optional.empty();
        }
        Value base = agreed(field, input.base(), paths);
        List<Refusal> bad = new ArrayList<>();
        Value partnerCenter = field.readable() ? read(field, Side.PARTNER_CENTER, input.partnerCenter(), paths, bad) : base;
        Value crm = read(field, Side.CRM, input.crm(), paths, bad);
        FieldPlan plan = new FieldPlan(context, field, base, partnerCenter, crm);
        plan.refusals.addAll(bad);
        if (bad.isEmpty()) {
            plan.decide();
        }
        return Optional.of(plan);
    }

    /** Reads a value, or adds the refusal that says what is wrong with it and gives null. */
    static Value read(Field field, Side side, JsonNode view, List<String> paths, List<Refusal> bad) {
        try {
            return Normalise.read(field, view, paths);
        } catch (Normalise.BadValue e) {
            bad.add(new Refusal(field.path(), field.title(), side, e.value(), Refusal.Code.BAD_VALUE,
                "%s in %s is %s, which is not %s. Correct it there; until then this field is left alone on both sides."
                    .formatted(field.title(), side.label(), words(e.value()), e.getMessage())));
            return null;
        }
    }

    /** The value last agreed on. A base written under other rules may not be readable; then nothing was agreed on. */
    static Value agreed(Field field, JsonNode base, List<String> paths) {
        try {
            return Normalise.read(field, base, paths);
        } catch (Normalise.BadValue e) {
            Map<String, JsonNode> nothing = new LinkedHashMap<>();
            paths.forEach(path -> nothing.put(path, NODES.nullNode()));
            return new Value(field.type() == Field.Type.LIST ? Set.of() : null, nothing);
        }
    }

    List<Change> crmChanges() {
        return crmChanges;
    }

    List<Change> partnerCenterChanges() {
        return partnerCenterChanges;
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    List<Refusal> refusals() {
        return refusals;
    }

    boolean waitsForGrace() {
        return waitsForGrace;
    }

    boolean again() {
        return again;
    }

    /** Whether a change of the record's status leaves it open. */
    boolean reopensCrm() {
        return !crmChanges.isEmpty() && crmAfter.key() instanceof Status status && !status.closed();
    }

    /** Moves the base to what both sides agree on once the changes are written; where they do not agree it stays. */
    void agree(ObjectNode nextBase) {
        if (partnerCenterAfter == null || crmAfter == null) {
            return;
        }
        if (field.oneWay() && !isEmpty(base) && isEmpty(crmAfter)) {
            // Undone, and closed records do not let us put it back: what was once set is still remembered.
            return;
        }
        if (partnerCenterAfter.same(crmAfter) || again) {
            // A deal that is accepted on its way to being closed: the accepting is ours and must not look like a user's.
            partnerCenterAfter.members().forEach((path, value) -> Views.set(nextBase, path, value));
        } else if (field.type() == Field.Type.LIST) {
            Set<?> inBase = keys(base);
            Map<String, JsonNode> elements = new LinkedHashMap<>(elements(partnerCenterAfter));
            elements(crmAfter).forEach(elements::putIfAbsent);
            elements(base).forEach(elements::putIfAbsent);
            elements.keySet().removeIf(key -> {
                boolean there = keys(partnerCenterAfter).contains(key);
                return there == keys(crmAfter).contains(key) ? !there : !inBase.contains(key);
            });
            Views.set(nextBase, field.path(), Normalise.list(field, elements.values()).json());
        }
    }

    /** Adds what each side said before the changes, for {@link Planner#settle}. */
    void seen(ObjectNode crmSeen, ObjectNode partnerCenterSeen) {
        if (!crmChanges.isEmpty()) {
            crm.members().forEach(crmSeen::set);
        }
        if (!partnerCenterChanges.isEmpty()) {
            partnerCenter.members().forEach(partnerCenterSeen::set);
        }
    }

    private void decide() {
        if (field.oneWay() && field.type() == Field.Type.SWITCH) {
            oneWaySwitch();
        } else if (field.oneWay()) {
            oneWayChoice();
        } else if (field.type() == Field.Type.STATUS) {
            status();
        } else if (field.type() == Field.Type.LIST) {
            list();
        } else {
            plain();
        }
    }

    // ---- the rules ----

    private void plain() {
        if (partnerCenter.same(crm)) {
            return;
        }
        if (directed()) {
            fromSource();
        } else if (isEmpty(base) && isEmpty(partnerCenter) != isEmpty(crm)) {
            // Never agreed on, and one side has nothing to say.
            Side source = isEmpty(partnerCenter) ? Side.CRM : Side.PARTNER_CENTER;
            write(source.other(), of(source), "set in " + source.label() + ", empty in " + source.other().label());
        } else if (crm.same(base)) {
            write(Side.CRM, partnerCenter, changedIn(Side.PARTNER_CENTER));
        } else if (partnerCenter.same(base)) {
            write(Side.PARTNER_CENTER, crm, changedIn(Side.CRM));
        } else {
            winnerOf().ifPresent(winner -> {
                if (write(winner.other(), of(winner), bothChanged(winner))) {
                    conflict(winner);
                }
            });
        }
    }

    /** The field travels one way only: the source's value replaces whatever a person typed into the copy. */
    private void fromSource() {
        Side source = source();
        Value copy = of(source.other());
        boolean edited = !copy.same(base) && !(isEmpty(base) && isEmpty(copy));
        String reason = edited ? "the field travels one way only and is kept in " + source.label() : changedIn(source);
        if (write(source.other(), of(source), reason) && edited) {
            conflict(source);
        }
    }

    private void status() {
        Status there = (Status) partnerCenter.key();
        Status here = (Status) crm.key();
        Status before = (Status) base.key();
        if (there == here || there.endsLike(here)) {
            return;
        }
        if (there.closed()) {
            closedThere(there, here, before);
        } else if (directed() ? source() == Side.PARTNER_CENTER : here == before) {
            boolean edited = here != before;
            if (write(Side.CRM, partnerCenter, changedIn(Side.PARTNER_CENTER)) && edited) {
                conflict(Side.PARTNER_CENTER);
            }
        } else if (directed() || there == before || furtherAlongHere(there, here, before)) {
            boolean lost = there != before && !furtherAlongHere(there, here, before);
            if (statusToPartnerCenter(there, here, changedIn(Side.CRM)) && lost) {
                conflict(Side.CRM);
            }
        } else {
            winnerOf().ifPresent(winner -> {
                boolean written = winner == Side.CRM ? statusToPartnerCenter(there, here, bothChanged(winner))
                    : write(Side.CRM, partnerCenter, bothChanged(winner));
                if (written) {
                    conflict(winner);
                }
            });
        }
    }

    /** What Partner Center has closed stays closed, whoever may win otherwise. */
    private void closedThere(Status there, Status here, Status before) {
        boolean reopened = before != null && before.closed() && !here.closed();
        if (reopened || !field.updates(Side.CRM) && here != before) {
            refuse(Refusal.Code.CLOSED, Side.CRM, crm, ("The deal is %s in Partner Center and cannot be %s there. Close the record again, "
                + "or open a new deal.").formatted(there, reopened ? "reopened" : "changed"));
        } else if (field.updates(Side.CRM) && write(Side.CRM, partnerCenter, "closed in Partner Center, which cannot be undone")
            && here != before) {
            conflict(Side.PARTNER_CENTER);
        }
    }

    /** Both sides moved forward, or were never in step, and the CRM is further, by a way Partner Center allows: nothing is lost by going on. */
    private static boolean furtherAlongHere(Status there, Status here, Status before) {
        return (before == null || there.progress() >= before.progress()) && here.progress() > there.progress()
            && there.stepTowards(here).isPresent();
    }

    private boolean statusToPartnerCenter(Status there, Status here, String why) {
        Optional<Status> step = there.stepTowards(here);
        if (step.isEmpty()) {
            refuse(Refusal.Code.ILLEGAL_STATUS, Side.CRM, crm, ("Partner Center does not allow a deal to go from %s to %s. "
                + "Set the status of the record back, or to one that can follow: %s.").formatted(there, here, following(there)));
            return false;
        }
        if (here.closed() && !context.input().graceOver()) {
            waitsForGrace = true;
            return false;
        }
        boolean whole = step.get() == here;
        boolean written = write(Side.PARTNER_CENTER, whole ? crm : Normalise.status(field, step.get()),
            whole ? why : why + "; a deal must be accepted before it is closed");
        if (written && whole && here.closed()) {
            reason(why);
        }
        again = written && !whole;
        return written;
    }

    /** The reason goes along with a status that closes the deal and is never compared. */
    private void reason(String why) {
        field.paths().stream().skip(2).findFirst().ifPresent(path -> {
            JsonNode reason = Views.at(context.input().crm(), path);
            if (!Views.isBlank(reason) && reason.isValueNode()) {
                partnerCenterChanges.add(new Change(path, field.title(), Views.valueAt(context.input().partnerCenter(), path),
                    NODES.textNode(reason.asText().strip()), why));
            }
        });
    }

    private static String following(Status there) {
        return there == Status.NEW ? "Active/Accepted, Closed/Won, Closed/Lost or Closed/Declined"
            : "Closed/Won, Closed/Lost or Closed/Error";
    }

    private void oneWaySwitch() {
        boolean set = isOn(base) || isOn(partnerCenter) || isOn(crm);
        if (!set) {
            return;
        }
        Value on = isOn(partnerCenter) ? partnerCenter : isOn(crm) ? crm : base;
        for (Side side : Side.values()) {
            boolean undone = isOn(base) && !isOn(of(side));
            if (undone) {
                oneWay(side, on);
            }
            // The CRM always gets back what it undid, even where changes do not travel to it.
            if (!isOn(of(side)) && (field.updates(side) || undone && side == Side.CRM)) {
                write(side, on, undone ? "cannot be undone, put back" : changedIn(side.other()));
            }
        }
    }

    private void oneWayChoice() {
        // What Partner Center shows is a fact; what was agreed on before stands above what the CRM says now.
        Side keeper = partnerCenter.key() != null ? Side.PARTNER_CENTER : base.key() != null ? null : Side.CRM;
        Value set = keeper == null ? base : of(keeper);
        boolean crmUndone = !crm.same(set) && !crm.same(base);
        if (crmUndone) {
            oneWay(Side.CRM, set);
        }
        if (!crm.same(set) && (field.updates(Side.CRM) || base.key() != null && crmUndone)) {
            write(Side.CRM, set, crmUndone ? "cannot be changed once set, put back" : changedIn(Side.PARTNER_CENTER));
        }
        if (partnerCenter.key() == null && set.key() != null) {
            boolean undone = base.key() != null;
            if (undone) {
                oneWay(Side.PARTNER_CENTER, set);
            }
            if (field.updates(Side.PARTNER_CENTER)) {
                write(Side.PARTNER_CENTER, set, undone ? "cannot be unset, put back" : changedIn(Side.CRM));
            }
        }
    }

    private void oneWay(Side side, Value stays) {
        refuse(Refusal.Code.ONE_WAY, side, of(side), "%s cannot be undone once it is %s. The change in %s to %s was not taken over."
            .formatted(field.title(), words(stays.json()), side.label(), words(of(side).json())));
    }

    private void list() {
        if (keys(partnerCenter).equals(keys(crm))) {
            return;
        }
        Map<String, JsonNode> there = elements(partnerCenter);
        Map<String, JsonNode> here = elements(crm);
        Set<String> result = new LinkedHashSet<>(there.keySet());
        result.addAll(here.keySet());
        if (directed()) {
            result.retainAll(elements(of(source())).keySet());
        } else {
            // What both had and one took out is out; what one put in is in.
            result.removeIf(key -> keys(base).contains(key) && !(there.containsKey(key) && here.containsKey(key)));
        }
        Value forThere = Normalise.list(field, result.stream().map(key -> there.getOrDefault(key, here.get(key))).toList());
        Value forHere = Normalise.list(field, result.stream().map(key -> here.getOrDefault(key, there.get(key))).toList());
        if (directed()) {
            Side source = source();
            Value copy = of(source.other());
            boolean edited = !copy.same(base);
            if (write(source.other(), source == Side.CRM ? forThere : forHere, changedIn(source)) && edited) {
                conflict(source);
            }
            return;
        }
        boolean held = !partnerCenter.same(forThere) && !write(Side.PARTNER_CENTER, forThere, changedIn(Side.CRM));
        if (!crm.same(forHere) && !(held && emptied(forThere))) {
            write(Side.CRM, forHere, changedIn(Side.PARTNER_CENTER));
        }
    }

    // ---- what the rules share ----

    private boolean directed() {
        return field.updates(Side.CRM) != field.updates(Side.PARTNER_CENTER);
    }

    private Side source() {
        return field.updates(Side.PARTNER_CENTER) ? Side.CRM : Side.PARTNER_CENTER;
    }

    private Value of(Side side) {
        return side == Side.CRM ? crm : partnerCenter;
    }

    private static String changedIn(Side side) {
        return "changed in " + side.label();
    }

    private static String bothChanged(Side winner) {
        return "changed on both sides; the field's rule lets " + winner.label() + " win";
    }

    private Optional<Side> winnerOf() {
        if (field.winner() == null) {
            refuse(Refusal.Code.CONFLICT, Side.CRM, crm, ("%s was changed on both sides: %s in Partner Center, %s in the CRM. "
                + "Nothing was written; make both sides the same.")
                .formatted(field.title(), words(partnerCenter.json()), words(crm.json())));
        }
        return Optional.ofNullable(field.winner());
    }

    /** Plans a write, unless something forbids it: then it is refused and the answer is false. */
    private boolean write(Side target, Value to, String why) {
        return target == Side.CRM ? writeCrm(to, why) : writePartnerCenter(to, why);
    }

    private boolean writeCrm(Value to, String why) {
        if (context.crmClosed() && field.type() != Field.Type.STATUS) {
            refuseOnce(Refusal.Code.CLOSED_IN_CRM, Side.PARTNER_CENTER, partnerCenter, ("The record is closed in the CRM and takes no "
                + "edit. Partner Center's %s %s stays there only; reopen the record if it is needed.")
                .formatted(field.title(), words(to.json())));
            return false;
        }
        addChanges(crmChanges, context.input().crm(), crm, to, why);
        crmAfter = to;
        return true;
    }

    private boolean writePartnerCenter(Value to, String why) {
        if (context.partnerCenterClosed()) {
            refuseOnce(Refusal.Code.CLOSED, Side.CRM, crm, ("The deal is closed in Partner Center, nothing can be changed there. "
                + "%s %s stays in the CRM only; open a new deal if Microsoft must know.").formatted(field.title(), words(crm.json())));
            return false;
        }
        if (context.input().onHold() && field.type() != Field.Type.STATUS) {
            return false; // nothing is agreed on, so it goes out once the seller has answered
        }
        if (emptied(to)) {
            refuseOnce(Refusal.Code.EMPTY, Side.CRM, crm, ("%s may not be %s in Partner Center; it stays %s there. "
                + "Set it in the CRM.").formatted(field.title(), field.type() == Field.Type.MONEY ? "empty or 0" : "empty",
                words(partnerCenter.json())));
            return false;
        }
        if (refusedBefore(to)) {
            refuseOnce(Refusal.Code.REFUSED, Side.CRM, crm, ("Partner Center refused %s as %s. It is sent again once it is "
                + "changed to something else.").formatted(words(to.json()), field.title()));
            return false;
        }
        addChanges(partnerCenterChanges, context.input().partnerCenter(), partnerCenter, to, why);
        partnerCenterAfter = to;
        return true;
    }

    /**
     * One change for each path that differs. A status is written whole, since its two words must fit (contract partner-center 3.3);
     * of an amount that is cleared the currency is left as it is.
     */
    private void addChanges(List<Change> changes, JsonNode view, Value from, Value to, String why) {
        to.members().forEach((path, value) -> {
            boolean differs = field.type() == Field.Type.STATUS || field.paths().size() == 1 || !value.equals(from.members().get(path));
            boolean idle = field.type() == Field.Type.MONEY && to.key() == null && to.members().containsKey(field.path())
                && !path.equals(field.path());
            if (differs && !idle) {
                changes.add(new Change(path, field.title(), Views.valueAt(view, path), value, why));
            }
        });
    }

    /** Whether Partner Center refused exactly this value before, in at least one of the paths that are to be written. */
    private boolean refusedBefore(Value to) {
        Map<String, JsonNode> refused = context.input().refused();
        if (to.members().keySet().stream().noneMatch(refused::containsKey)) {
            return false;
        }
        ObjectNode view = NODES.objectNode();
        to.members().forEach((path, value) -> Views.set(view, path, refused.getOrDefault(path, value)));
        try {
            return Normalise.read(field, view, List.copyOf(to.members().keySet())).same(to);
        } catch (Normalise.BadValue e) {
            return false;
        }
    }

    private void conflict(Side winner) {
        conflicts.add(new Conflict(field.path(), field.title(), base.json(), partnerCenter.json(), crm.json(), winner,
            of(winner.other()).json()));
    }

    private void refuse(Refusal.Code code, Side side, Value value, String text) {
        refusals.add(new Refusal(field.path(), field.title(), side, value.json(), code, text));
    }

    /** One reason for a field is enough for a reader. */
    private void refuseOnce(Refusal.Code code, Side side, Value value, String text) {
        if (refusals.isEmpty()) {
            refuse(code, side, value, text);
        }
    }

    /** Whether a value has nothing to say. Where a field may never be empty, an amount of 0 or without a currency says nothing either. */
    private boolean isEmpty(Value value) {
        return value.key() == null || value.key().equals(Set.of()) || value.key().equals(false) || field.neverEmpty()
            && field.type() == Field.Type.MONEY && value.members().values().stream().anyMatch(FieldPlan::isNothing);
    }

    private boolean emptied(Value value) {
        return field.neverEmpty() && isEmpty(value);
    }

    private static boolean isNothing(JsonNode member) {
        return member.isNull() || member.isNumber() && member.decimalValue().compareTo(BigDecimal.ZERO) == 0;
    }

    private static boolean isOn(Value value) {
        return Objects.equals(value.key(), true);
    }

    private static Set<?> keys(Value value) {
        return (Set<?>) value.key();
    }

    private Map<String, JsonNode> elements(Value value) {
        return Planner.elements(field, value.json());
    }

    /** A value as it stands in a sentence. */
    private static String words(JsonNode value) {
        if (Views.isBlank(value)) {
            return "(empty)";
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? "Yes" : "No";
        }
        return "\"" + plain(value) + "\"";
    }

    /** Without the signs of JSON: an amount and its currency with a space between, elements of a list with a comma. */
    private static String plain(JsonNode value) {
        if (value.isBigDecimal()) {
            return value.decimalValue().toPlainString();
        }
        return value.isValueNode() ? value.asText() : StreamSupport.stream(value.spliterator(), false).filter(part -> !Views.isBlank(part))
            .map(FieldPlan::plain).collect(Collectors.joining(value.isArray() ? ", " : " "));
    }
}
