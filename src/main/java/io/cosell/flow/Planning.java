package io.cosell.flow;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Change;
import io.cosell.plan.Conflict;
import io.cosell.plan.Plan;
import io.cosell.plan.PlanInput;
import io.cosell.plan.Planner;
import io.cosell.plan.Policy;
import io.cosell.plan.Refusal;
import io.cosell.plan.Sharing;
import io.cosell.store.Entry;
import io.cosell.store.Link;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Hands the documents of a lane to the planner and its plan to the routes. Bean {@code planning}; keeps nothing but the policy.
 */
public final class Planning {

    static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };
    /** Fields whose values hold names and addresses of people; the journal says only that they were written. */
    private static final Set<String> PERSONAL = Set.of("/customerProfile", "/team");

    /** Kind of what is made in Partner Center. */
    public static final String REFERRAL = "referral";
    /** Member of an intent: what kind of thing is made from it. */
    private static final String MAKING = "making";
    /** Member of an intent: the audit text that the record gets with it. */
    private static final String TOLD = "told";
    /** Member of an intent: an intent of its own, with which the opportunity of an accepted lead is filled. */
    private static final String FILLING = "filling";

    private final Rules rules;
    private final Clock clock;
    private final Duration grace;

    /**
     * @param rules holds the policy
     * @param clock tells when a grace period is over
     * @param grace how long a terminal status made in the CRM waits
     */
    public Planning(Rules rules, Clock clock, Duration grace) {
        this.rules = rules;
        this.clock = clock;
        this.grace = grace;
    }

    /** The rules of mappings/fields.yaml. */
    public Policy policy() {
        return rules.policy();
    }

    /**
     * Plans one deal.
     *
     * @param link     base, intent, refused values and since when the record is closed
     * @param referral the referral, its referral view under {@code view}
     * @param record   the record, its referral view under {@code view}
     */
    public Plan plan(Link link, Map<String, Object> referral, Map<String, Object> record) {
        JsonNode partnerCenter = view(referral);
        JsonNode crm = view(record);
        JsonNode base = settledBase(link, link.intent(), record, partnerCenter, crm);
        Plan plan = plan(link, base, partnerCenter, crm, isOnHold(record));
        return plan.conceding(isFromLead(link, record) ? givenWay(link, crm, plan) : passedOver(link, base, partnerCenter, crm, plan));
    }

    /**
     * Values of the opportunity that a lead has become which give way to those of Partner Center. Whether the CRM filled them in or a
     * seller entered them since, nothing tells; so they are kept as any value that loses.
     */
    private static List<Conflict> givenWay(Link link, JsonNode crm, Plan plan) {
        JsonNode lead = lead(link, crm);
        return plan.crm().stream()
            .filter(change -> isNotOf(lead, change.path(), change.from()) && !change.from().asText().isBlank()
                && plan.conflicts().stream().noneMatch(conflict -> conflict.path().equals(change.path())))
            .map(change -> new Conflict(change.path(), change.title(), null, change.to(), change.from(), io.cosell.plan.Side.PARTNER_CENTER,
                change.from()))
            .toList();
    }

    /**
     * That a deal was accepted in Partner Center, when the seller lost its opportunity on hold: that turns the offer down. Now that it is
     * accepted it ends as lost on both sides; the two answers were at odds all the same, and a person is told, as of a lead.
     */
    private static List<Conflict> passedOver(Link link, JsonNode base, JsonNode partnerCenter, JsonNode crm, Plan plan) {
        if (!isLostOnHold(link, base, crm) || isNew(partnerCenter)) {
            return List.of();
        }
        return plan.partnerCenter().stream().filter(change -> change.path().equals("/status"))
            .map(change -> new Conflict(change.path(), change.title(), statusOf(base), statusOf(partnerCenter), statusOf(crm),
                io.cosell.plan.Side.CRM, statusOf(partnerCenter)))
            .toList();
    }

    private static JsonNode statusOf(JsonNode view) {
        return view.<ObjectNode>deepCopy().retain("status", "substatus");
    }

    private static boolean isFromLead(Link link, Map<String, Object> record) {
        return link.base() != null && link.recordKind() != null && !link.recordKind().equals(record.get("kind"));
    }

    /** The lead as last seen. */
    private static JsonNode lead(Link link, JsonNode crm) {
        return link.record() == null ? crm : view(link.record());
    }

    /** Whether a value is a text that leads of this CRM do not hold. */
    private static boolean isNotOf(JsonNode lead, String path, JsonNode value) {
        return value.isTextual() && lead.at(path).isMissingNode();
    }

    /** An opportunity of a referral that is not accepted yet; leads are that by nature, and what is edited in them travels. */
    private static boolean isOnHold(Map<String, Object> record) {
        return "opportunity".equals(record.get("kind")) && "New".equals(record.get("status"));
    }

    /** What both sides last agreed on, with all that the connector had begun to write and that has landed, and all that they say alike. */
    public JsonNode settledBase(Link link, Map<String, Object> referral, Map<String, Object> record) {
        return settledBase(link, link.intent(), referral, record);
    }

    /** The same with an intent other than the link's. */
    public JsonNode settledBase(Link link, JsonNode intent, Map<String, Object> referral, Map<String, Object> record) {
        return agreedBase(link, settledBase(link, intent, record, view(referral), view(record)), referral, record);
    }

    /**
     * The base with all that both sides say alike, though nobody planned it: an opportunity that a lead became was made from all of the
     * referral, and leads hold less. At a later look nobody could tell what never was agreed on from what a user has changed since.
     */
    public JsonNode agreedBase(Link link, JsonNode base, Map<String, Object> referral, Map<String, Object> record) {
        return plan(link, base, view(referral), view(record), isOnHold(record)).agreedAlready(base);
    }

    private JsonNode settledBase(Link link, JsonNode intent, Map<String, Object> record, JsonNode partnerCenter, JsonNode crm) {
        JsonNode base = baseFor(link, record, crm);
        if (intent == null) {
            return base;
        }
        // The opportunity holds the filling whole, and nothing of what the lead was to be told besides.
        JsonNode done = isTold(intent.path(FILLING), record) ? intent.get(FILLING) : intent;
        return Planner.settle(policy(), base, done, partnerCenter, crm, isFoundAgain(done, record));
    }

    /**
     * Whether all of the intent was written by a run that did not come to say so: a side was made from it, or the record was told of it.
     * A lead that became an opportunity holds other fields.
     */
    private static boolean isFoundAgain(JsonNode intent, Map<String, Object> record) {
        String making = intent.path(MAKING).asText();
        return making.equals(REFERRAL) || making.equals(record.get("kind")) || isTold(intent, record);
    }

    /**
     * Whether the record carries the very audit text that goes with an intent. It is written in one batch with all else, after Partner
     * Center, so all of the intent has landed; what stands there no longer, somebody has taken back since. CRMs may turn line ends.
     */
    private static boolean isTold(JsonNode intent, Map<String, Object> record) {
        return intent.path(TOLD).isTextual() && record.get("audit") instanceof String audit
            && lines(intent.get(TOLD).textValue()).equals(lines(audit));
    }

    private static String lines(String text) {
        return text.replace("\r", "").strip();
    }

    /**
     * What is stored before a plan is written.
     *
     * @param record what it is written to
     * @param told   the audit text that the record gets with it; null for none
     */
    public ObjectNode intentOf(Link link, Plan plan, Map<String, Object> record, String told) {
        ObjectNode intent = plan.intent().deepCopy();
        if (told != null) {
            intent.put(TOLD, told);
        }
        // An opportunity that was filled unseen is known by its filling only, however often the lead is planned anew.
        if ("lead".equals(record.get("kind")) && link.intent() != null && link.intent().has(FILLING)) {
            intent.set(FILLING, link.intent().get(FILLING));
        }
        return intent;
    }

    /** Whether the link's intent is that of this plan, stored before. */
    public boolean isIntended(Link link, Plan plan) {
        return link.intent() instanceof ObjectNode intent && plan.intent().equals(intent.deepCopy().without(List.of(TOLD, FILLING)));
    }

    /** Whether an earlier run was about to write the record and did not come to say how that went. */
    public boolean isUnheard(Link link) {
        return link.intent() != null && link.intent().has(TOLD);
    }

    /** Whether the record tells that all of the link's intent was written, or all that it was filled with. */
    public boolean isDone(Link link, Map<String, Object> record) {
        return link.intent() != null && record != null
            && (isTold(link.intent(), record) || isTold(link.intent().path(FILLING), record));
    }

    /** The base with all of an intent that {@link #isDone}, whatever both sides say now. */
    public JsonNode baseOfDone(Link link, Map<String, Object> record) {
        return settledBase(link, link.intent(), record, JsonNodeFactory.instance.objectNode(), view(record));
    }

    /**
     * The link's intent with that of the opportunity which the accepted lead becomes. It is filled with all of the referral, after Partner
     * Center was written.
     *
     * @param view what it is filled with
     * @param told its audit text, which the lead does not have
     */
    public ObjectNode intentOfFilling(Link link, JsonNode view, String told) {
        ObjectNode intent = link.intent().deepCopy();
        ObjectNode filling = intentOf(io.cosell.plan.Side.CRM, "", view);
        filling.remove(MAKING);
        List.of(io.cosell.plan.Side.PARTNER_CENTER.key(), "seen").forEach(part -> filling.set(part, intent.path(part).deepCopy()));
        return intent.set(FILLING, filling.put(TOLD, told));
    }

    /** Whether this is the opportunity that an earlier run has filled, unseen, and not one that a seller made of the lead. */
    public boolean isFilled(Link link, Map<String, Object> record) {
        return link.intent() != null && isTold(link.intent().path(FILLING), record);
    }

    /** The base of a plan of a lead, written to the opportunity that {@link #isFilled}. */
    public JsonNode baseOfFilled(Link link, JsonNode base, Map<String, Object> referral, Map<String, Object> record) {
        return Planner.settle(policy(), base, link.intent().get(FILLING), view(referral), view(record), true);
    }

    /** The link's intent if something is made from it; null otherwise. */
    public JsonNode making(Link link) {
        return link.intent() != null && link.intent().has(MAKING) ? link.intent() : null;
    }

    /** The link's intent when the side that it makes is not made from it, or answered to being made: what has landed can be seen. */
    public JsonNode intentAsSeen(Link link) {
        return link.intent() instanceof ObjectNode intent ? intent.deepCopy().without(MAKING) : link.intent();
    }

    /**
     * What is about to be stored before a side is made: its values, in the form of {@link Plan#intent}. Without it they would look like
     * a user's when the other side is edited in the same moment.
     *
     * @param side the side that is made
     * @param kind what is made: the kind of the record, or {@link #REFERRAL}
     * @param view what it is made from
     */
    public ObjectNode intentOf(io.cosell.plan.Side side, String kind, JsonNode view) {
        ObjectNode intent = JSON.createObjectNode().put(MAKING, kind);
        ObjectNode values = intent.putObject(side.key());
        policy().fields().stream()
            .filter(field -> field.updates(io.cosell.plan.Side.CRM) || field.updates(io.cosell.plan.Side.PARTNER_CENTER))
            .flatMap(field -> field.paths().stream()).filter(path -> !view.at(path).isMissingNode())
            .forEach(path -> values.set(path, view.at(path)));
        return intent;
    }

    /** Help that is asked for while the record lacks what an invitation needs is refused with the reason; all else travels. */
    private Plan plan(Link link, JsonNode base, JsonNode partnerCenter, JsonNode crm, boolean onHold) {
        boolean asked = isBlank(base == null ? null : base.at(Ledger.HELP)) && !isBlank(crm.at(Ledger.HELP));
        List<Refusal> missing = asked ? Planner.share(policy(), crm).refusals() : List.of();
        if (!missing.isEmpty()) {
            remove((ObjectNode) crm, Ledger.HELP);
        }
        // It was never accepted, and must not be for being closed.
        if (isLostOnHold(link, base, crm) && isNew(partnerCenter)) {
            ((ObjectNode) crm).put("substatus", "Declined");
        }
        return Planner.plan(new PlanInput(policy(), base, partnerCenter, crm, link.refused(), graceLeft(link).isZero(), onHold)).refusing(missing);
    }

    /** An opportunity that waited on hold and was lost there. */
    private static boolean isLostOnHold(Link link, JsonNode base, JsonNode crm) {
        return "opportunity".equals(link.recordKind()) && base != null && isNew(base) && "Lost".equals(crm.path("substatus").asText());
    }

    private static boolean isNew(JsonNode view) {
        return "New".equals(view.path("status").asText());
    }

    private static boolean isBlank(JsonNode value) {
        return value == null || value.isMissingNode() || value.isNull() || value.asText().isBlank();
    }

    /**
     * Whether both sides, as they are after a plan was written, ask for one more round: for a change, or to tell what can't travel. What
     * the answer to a write shows for the first time, no hint tells any more.
     */
    public boolean asksForMore(Link link, Map<String, Object> referral, Map<String, Object> record) {
        Plan next = plan(link, link.base(), view(referral), view(record), isOnHold(record));
        String reason = reason(next.refusals());
        return !next.isEmpty() || reason != null && !reason.equals(link.told());
    }

    /**
     * A qualified lead goes on as an opportunity: what that does not hold yet was not emptied by anybody, and a text that leads of
     * this CRM do not hold, such as the name of the deal, is what the CRM filled in by itself: the referral knows better. See
     * {@link #givenWay}.
     */
    private JsonNode baseFor(Link link, Map<String, Object> record, JsonNode crm) {
        if (!isFromLead(link, record)) {
            return link.base();
        }
        ObjectNode base = link.base().deepCopy();
        JsonNode lead = lead(link, crm);
        policy().fields().forEach(field -> field.paths().forEach(path -> {
            JsonNode value = crm.at(path);
            if (value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()) {
                remove(base, path);
            } else if (isNotOf(lead, path, value) && field.updates(io.cosell.plan.Side.CRM)
                && base.at(path.substring(0, path.lastIndexOf('/'))) instanceof ObjectNode parent) {
                parent.set(path.substring(path.lastIndexOf('/') + 1), value);
            }
        }));
        return base;
    }

    private static void remove(ObjectNode document, String path) {
        int last = path.lastIndexOf('/');
        if (document.at(path.substring(0, last)) instanceof ObjectNode parent) {
            parent.remove(path.substring(last + 1));
        }
    }

    /** What is left of the grace period of a deal closed in the CRM; all of it if it has not begun. */
    public Duration graceLeft(Link link) {
        if (link.closedSeenAt() == null) {
            return grace;
        }
        Duration left = Duration.between(clock.instant(), Instant.parse(link.closedSeenAt()).plus(grace));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Seconds until a waiting status may go out, at least one. */
    public long waitSeconds(Link link) {
        return Math.max(1, graceLeft(link).toSeconds() + 1);
    }

    /** The referral view that a new record is made from. */
    public Map<String, Object> receive(Map<String, Object> referral) {
        return document(Planner.receive(policy(), view(referral)));
    }

    /** The referral view that a new referral is made from, or what the record lacks. */
    public Sharing share(Map<String, Object> record) {
        return Planner.share(policy(), view(record));
    }

    /** The referral view that Microsoft is invited with: the record's values in the form that Partner Center takes. */
    public Map<String, Object> invitation(Map<String, Object> record) {
        return document(share(record).document());
    }

    /** A planner document as maps and lists, for JOLT. */
    public Map<String, Object> document(JsonNode node) {
        return JSON.convertValue(node, DOCUMENT);
    }

    /** The changes of the referral as operations of a JSON Patch, without those of the given path. */
    public List<Object> patchWithout(Plan plan, String path) {
        return JSON.convertValue(plan.partnerCenterPatch(), new TypeReference<List<Map<String, Object>>>() { }).stream()
            .filter(operation -> !operation.get("path").equals(path)).collect(Collectors.toList());
    }

    /** Whether the plan changes this path of the referral. */
    public boolean changesReferral(Plan plan, String path) {
        return plan.partnerCenter().stream().anyMatch(change -> change.path().equals(path));
    }

    /**
     * The values refused so far, with the one of the plan that Partner Center just refused; the same as before if the refusal names
     * none of the plan's fields.
     *
     * @param target what Partner Center named as the place of the error, dotted or as a pointer, null if it named none
     */
    public Map<String, JsonNode> refused(Link link, Plan plan, String target) {
        Map<String, JsonNode> refused = new LinkedHashMap<>(link.refused());
        if (target != null) {
            String path = "/" + target.replace('.', '/').replaceFirst("^/+", "");
            plan.partnerCenter().stream().filter(change -> change.path().equals(path))
                .forEach(change -> refused.put(policy().fieldOf(change.path()).orElseThrow().path(), change.to()));
        }
        return refused;
    }

    /** The reasons of a plan's refusals as one text for the seller; null if there are none. */
    public String reason(List<Refusal> refusals) {
        return refusals.isEmpty() ? null : refusals.stream().map(Refusal::text).distinct().collect(Collectors.joining(" "));
    }

    /** Titles of the changed fields, for people. */
    public String titles(List<Change> changes) {
        return String.join(", ", changes.stream().map(Change::title).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** What the journal keeps of values that lose. It is kept before they are overwritten: afterwards they are nowhere else. */
    public List<Entry> conflicts(Plan plan) {
        List<Entry> entries = new ArrayList<>();
        for (Conflict conflict : plan.conflicts()) {
            entries.add(new Entry("conflict", side(conflict.winner()), conflict.path(), value(conflict.path(), conflict.lost()),
                value(conflict.path(), conflict.winner() == io.cosell.plan.Side.CRM ? conflict.crm() : conflict.partnerCenter()),
                conflict.title() + (conflict.base() == null ? " of the opportunity that the lead became is another; "
                    : " was changed on both sides; ") + conflict.winner().label() + " wins, the other value is kept here."));
        }
        return entries;
    }

    /**
     * What the journal keeps of a plan that was written, besides its {@link #conflicts}.
     *
     * @param reasonTold the refusals told last; refusals that are the same are not repeated
     */
    public List<Entry> entries(Plan plan, String reasonTold) {
        List<Entry> entries = new ArrayList<>();
        plan.crm().forEach(change -> entries.add(written("crm", change)));
        plan.partnerCenter().forEach(change -> entries.add(written("partner-center", change)));
        if (plan.refusals().size() > 0 && !reason(plan.refusals()).equals(reasonTold)) {
            for (Refusal refusal : plan.refusals()) {
                entries.add(new Entry("refused", side(refusal.side()), refusal.path(), null, value(refusal.path(), refusal.value()),
                    refusal.text()));
            }
        }
        return entries;
    }

    /** The name of a side in the journal. */
    private static String side(io.cosell.plan.Side side) {
        return side == io.cosell.plan.Side.CRM ? "crm" : "partner-center";
    }

    private static Entry written(String side, Change change) {
        return new Entry("written", side, change.path(), value(change.path(), change.from()), value(change.path(), change.to()),
            change.why());
    }

    private static String value(String path, JsonNode value) {
        if (value == null || value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (PERSONAL.stream().anyMatch(path::startsWith)) {
            return "(people and addresses are not kept in the journal)";
        }
        return text(value);
    }

    /** A value for people: numbers without exponent or idle zeros. */
    public static String text(JsonNode value) {
        if (value.isNumber()) {
            return value.decimalValue().stripTrailingZeros().toPlainString();
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static JsonNode view(Map<String, Object> document) {
        return JSON.valueToTree(document.get("view"));
    }
}
