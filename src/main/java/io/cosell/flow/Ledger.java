package io.cosell.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.lane.RefusedFailure;
import io.cosell.lane.StaleFailure;
import io.cosell.lane.Tally;
import io.cosell.plan.Plan;
import io.cosell.plan.Refusal;
import io.cosell.plan.Sharing;
import io.cosell.store.Entry;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.StaleClaimException;
import io.cosell.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Keeps the book of a lane while its routes work: what is about to be written, what was made, how it ended. Works on the variables of
 * the lane's exchange: {@code link}, {@code referral}, {@code record}, {@code plan}, {@code microsoft}. Bean {@code ledger}.
 */
public final class Ledger {

    /** Help asked has no path of its own in Partner Center; it is a second referral (contract 2.6). */
    public static final String HELP = "/inviteContext/assistanceRequestCode";
    /** Clocks of two systems may differ by this much when a referral is looked for by the time it was made. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

    private final Store store;
    private final Planning planning;
    private final Telling telling;
    private final Rules rules;

    /** @param rules what the sides of a deal are compared under */
    public Ledger(Store store, Planning planning, Telling telling, Rules rules) {
        this.store = store;
        this.planning = planning;
        this.telling = telling;
        this.rules = rules;
    }

    /** Ends the lane's work without synchronising. Variable {@code ended} is the reason, {@code endState} skipped or ended. */
    public void end(Exchange exchange) {
        Link link = link(exchange);
        String state = Objects.requireNonNullElse(exchange.getVariable("endState", String.class), "skipped");
        String reason = exchange.getVariable("ended", String.class);
        List<Entry> entries = reason.equals(link.reason()) ? List.of() : List.of(Entry.of(state, reason));
        // What was about to be made may be there without being known yet.
        set(exchange, store.finish(link, Store.columns("state", state, "reason", reason, "intent", planning.making(link), "failures", 0,
            "referral", exchange.getVariable("referral"), "record", exchange.getVariable("record")), costing(exchange, entries)));
    }

    /**
     * A referral names a record, or a record carries its identifier: if that record has a link already, this deal goes on there.
     *
     * @param recordId the record that was named
     * @return whether the lane ends here
     * @throws RefusedFailure if that record belongs to the deal of another referral: a record has one, and a person must say which
     */
    public boolean goesOnElsewhere(String recordId, Exchange exchange) {
        Link link = link(exchange);
        Optional<Link> other = recordId == null || recordId.isBlank() ? Optional.empty() : store.find(recordId);
        if (other.isEmpty() || other.get().id().equals(link.id())) {
            return false;
        }
        if (other.get().referralId() != null) {
            throw new RefusedFailure("Its CRM id names the record " + recordId + ", which belongs to the deal of referral "
                + other.get().referralId() + " already. If the deal was made twice, close this one in Partner Center; if it is another"
                + " deal, clear its CRM id there.");
        }
        store.merge(link, other.get());
        exchange.setVariable("otherLane", other.get().id());
        return true;
    }

    /** Keeps that a referral is about to be made, so that a crash in between leads to a search and not to a second one. */
    public void intendReferral(Exchange exchange) {
        ObjectNode intent = planning.intentOf(io.cosell.plan.Side.PARTNER_CENTER, Planning.REFERRAL,
            Planning.JSON.valueToTree(document(exchange, "document"))).put("creating", store.now());
        set(exchange, store.intend(link(exchange), intent));
    }

    /** Keeps what a record is about to be made from; variable {@code deal} is the document. */
    public void intendRecord(Exchange exchange) {
        set(exchange, store.intend(link(exchange), planning.intentOf(io.cosell.plan.Side.CRM,
            (String) document(exchange, "deal").get("kind"), Planning.JSON.valueToTree(view(document(exchange, "deal"))))));
    }

    /** Since when a referral may have been made that the store does not know; null if none was begun. */
    public String creatingSince(Exchange exchange) {
        Link link = link(exchange);
        return link.intent() == null || !link.intent().has("creating") ? null
            : Instant.parse(link.intent().get("creating").asText()).minus(CLOCK_SKEW).toString();
    }

    /** The referral of the deal is there. Help asked with it counts as agreed, because Partner Center does not show it. */
    public void referralMade(Exchange exchange) {
        Map<String, Object> referral = document(exchange, "referral");
        Link link = link(exchange);
        // Found again after a crash, it may have been edited since it was made.
        JsonNode intent = exchange.getVariable("justMade") == null ? link.intent() : planning.intentAsSeen(link);
        set(exchange, store.progress(link, Store.columns("referral_id", referral.get("id"),
                "engagement_id", referral.get("engagementId"), "referral", referral, "intent", intent,
                "base", planning.settledBase(link, intent, referral, document(exchange, "record"))),
            costing(exchange, List.of(Entry.of("linked", "Referral made in Partner Center.")))));
    }

    /**
     * Microsoft is invited; from here on the help asked for is agreed on, and events of Microsoft's referral are recognised.
     * Variable {@code invited} is that referral.
     */
    public void microsoftInvited(Exchange exchange) {
        Link link = link(exchange);
        ObjectNode base = link.base() instanceof ObjectNode known ? known.deepCopy() : JsonNodeFactory.instance.objectNode();
        Object help = ((Map<?, ?>) view(document(exchange, "record")).get("inviteContext")).get("assistanceRequestCode");
        base.withObject("/inviteContext").put("assistanceRequestCode", (String) help);
        // Where a plan asked for it, the plan's own entry in the journal tells of it.
        List<Entry> entries = plan(exchange) != null ? List.of()
            : List.of(new Entry("written", "partner-center", HELP, null, (String) help, "Microsoft is invited to the deal."));
        set(exchange, store.progress(link, Store.columns("base", base, "microsoft_id", document(exchange, "invited").get("id")),
            costing(exchange, entries)));
    }

    /** A referral that the record carries already, from an earlier connector or another store, is taken up. */
    public void referralAdopted(Exchange exchange) {
        Map<String, Object> referral = document(exchange, "referral");
        set(exchange, store.progress(link(exchange), Store.columns("referral_id", referral.get("id"),
                "engagement_id", referral.get("engagementId"), "referral", referral, "intent", planning.intentAsSeen(link(exchange))),
            costing(exchange, List.of(Entry.of("linked", "The record carries the identifier of this referral; it is taken up.")))));
    }

    /**
     * Whether the referral that a record names belongs to the deal of another link; that link's lane is told, this one ends. So it is too
     * where the other link was about to make a record: it knows what this one was made from.
     */
    public boolean referralElsewhere(String referralId, Exchange exchange) {
        Optional<Link> other = store.find(referralId);
        if (other.isEmpty() || other.get().id().equals(link(exchange).id())
            || other.get().recordId() == null && other.get().intent() == null) {
            return false;
        }
        set(exchange, store.handOver(link(exchange), other.get()));
        exchange.setVariable("otherLane", other.get().id());
        return true;
    }

    /**
     * The CRM merged the record of the deal into another, which was read instead: the deal goes on with that one. If that one has a
     * deal of its own, two deals stand for one record, and a person has to choose: variable {@code ended} says so.
     */
    public void followMerge(Exchange exchange) {
        Link link = link(exchange);
        Map<String, Object> survivor = document(exchange, "record");
        Optional<Link> other = store.find((String) survivor.get("id"));
        if (other.isPresent() && !other.get().id().equals(link.id()) && other.get().referralId() != null) {
            exchange.setVariable("ended", "The CRM merged this record into " + survivor.get("id")
                + ", which has a deal of its own (referral " + other.get().referralId() + "). Nothing is written any more; close the referral"
                + " that is not needed in Partner Center.");
            exchange.setVariable("endState", "ended");
            exchange.setVariable("record", null);
            return;
        }
        set(exchange, store.progress(link, Store.columns("record_id", survivor.get("id"), "record_kind", survivor.get("kind"),
            "record", survivor), List.of(Entry.of("linked", "The CRM merged the record " + link.recordId() + " into " + survivor.get("id")
                + "; the deal goes on with that one."))));
    }

    /**
     * Whether the seller has switched off a deal that was in step: the record still carries the referral's identifier and says No. A
     * record without the identifier, such as the opportunity of a lead just qualified, was never switched at all.
     */
    public boolean isSwitchedOff(Exchange exchange) {
        Map<String, Object> record = document(exchange, "record");
        String referralId = link(exchange).referralId();
        return record != null && referralId != null && referralId.equals(record.get("referralId"))
            && !Boolean.TRUE.equals(record.get("sync"));
    }

    /**
     * The record of the deal is there. What it was made from is agreed on here and now: of what is no longer there at a later look,
     * nobody could tell whether it never was or a user took it out.
     */
    public void recordMade(String how, Exchange exchange) {
        recordThere(how, planning.intentAsSeen(link(exchange)), exchange);
    }

    /**
     * The record of the deal was there already.
     *
     * @param made whether this connector made it, in a run that did not come to say so; a user may have changed it since
     */
    public void recordFound(Boolean made, Exchange exchange) {
        Link link = link(exchange);
        recordThere("The record was there already; it is taken up.",
            Boolean.TRUE.equals(made) ? link.intent() : planning.intentAsSeen(link), exchange);
    }

    private void recordThere(String how, JsonNode intent, Exchange exchange) {
        Link link = link(exchange);
        Map<String, Object> record = document(exchange, "record");
        Map<String, Object> referral = document(exchange, "referral");
        set(exchange, store.progress(link, Store.columns("record_id", record.get("id"), "record_kind", record.get("kind"),
            "record", record, "referral", referral, "engagement_id", referral.get("engagementId"), "intent", intent,
            "base", planning.settledBase(link, intent, referral, record)),
            costing(exchange, List.of(Entry.of("linked", how)))));
    }

    /**
     * Before something is made that no key and no version tag guards.
     *
     * @throws StaleClaimException if this process stood still and another one has worked on the deal meanwhile
     */
    public void holdsItsClaim(Exchange exchange) {
        Link link = link(exchange);
        if (store.link(link.id()).version() != link.version()) {
            throw new StaleClaimException(link.id());
        }
    }

    /** Keeps what the plan is about to write and what it is about to overwrite; once, if the same plan is tried again. */
    public void intend(Exchange exchange) {
        Link link = link(exchange);
        Plan plan = plan(exchange);
        // What an earlier intent has brought about is agreed on; it must not be forgotten with that intent.
        Map<String, Object> record = document(exchange, "record");
        String told = plan.crm().isEmpty() ? null : (String) update(exchange).get("audit");
        exchange.setVariable("auditText", told);
        Map<String, Object> columns = Store.columns("base", planning.settledBase(link, document(exchange, "referral"), record),
            "intent", planning.intentOf(link, plan, record, told));
        if (!record.get("kind").equals(link.recordKind())) {
            // The base is that of the opportunity now; the next look must not take it for the lead's once more.
            columns.putAll(Store.columns("record", record, "record_id", record.get("id"), "record_kind", record.get("kind")));
        }
        set(exchange, store.progress(link, columns, planning.isIntended(link, plan) ? List.of() : planning.conflicts(plan)));
    }

    /**
     * Keeps what the opportunity of an accepted lead is about to be filled with, before it is: without it nobody could tell later whether
     * a solution that is not there never was or a user took it out.
     *
     * @param filling what will be written to the opportunity
     */
    public void intendFilling(Map<String, Object> filling, Exchange exchange) {
        Link link = link(exchange);
        if (link == null) {
            return; // the verb is tried by itself, without a deal
        }
        set(exchange, store.intend(link, planning.intentOfFilling(link, Planning.JSON.valueToTree(view(filling)),
            (String) filling.get("audit"))));
    }

    /** Whether an opportunity that was found in place of a lead is not one that an earlier run has filled: a seller may have made it. */
    public boolean isNotFilled(Map<String, Object> record, Exchange exchange) {
        Link link = link(exchange);
        return link != null && !planning.isFilled(link, record); // without a deal the verb is tried by itself
    }

    /**
     * Ends a run that failed after it had begun to write: what each side said last is held against what was intended, and what is done
     * is agreed on. At a later look nobody could tell what was never written from what a user has undone since. Does nothing after
     * {@link #done}.
     */
    public void keepWhatIsDone(Exchange exchange) {
        Link link = link(exchange);
        if (link.intent() == null) {
            return;
        }
        Map<String, Object> referral = document(exchange, "referral");
        Map<String, Object> record = document(exchange, "record");
        JsonNode base = planning.settledBase(link, referral, record);
        set(exchange, store.progress(link, Store.columns("base", base, "intent", planning.isDone(link, record) ? null : link.intent(),
            "referral", referral, "record", record, "record_id", record.get("id"), "record_kind", record.get("kind")), List.of()));
    }

    /**
     * Partner Center refused the patch. If it named a field of it, that value is kept as refused and the deal is planned again without
     * it; otherwise the refusal stands.
     */
    public void refusedByPartnerCenter(Exchange exchange) throws Exception {
        Link link = link(exchange);
        var refused = planning.refused(link, plan(exchange), exchange.getVariable("refusedTarget", String.class));
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (refused.equals(link.refused())) {
            throw cause;
        }
        set(exchange, store.progress(link, Store.columns("refused", refused, "intent", null),
            costing(exchange, List.of(Entry.of("refused", cause.getMessage())))));
        throw new StaleFailure("Partner Center refused one field; the others are planned again.");
    }

    /**
     * What to write to the record after the referral was written, with the audit text that {@link #intend} has kept; null if there is
     * nothing to write or tell.
     */
    public Map<String, Object> tell(Exchange exchange) {
        Map<String, Object> update = update(exchange);
        if (exchange.getVariable("auditText") != null) {
            update.put("audit", exchange.getVariable("auditText"));
        }
        return update;
    }

    private Map<String, Object> update(Exchange exchange) {
        Plan plan = plan(exchange);
        return telling.update(link(exchange), document(exchange, "record"), planning.document(plan.crmDocument()),
            telling.news(planning.titles(plan.crm()), planning.titles(plan.partnerCenter()), planning.reason(plan.refusals()),
                microsoftNews(exchange)));
    }

    /** The document that a new record is made from; variables {@code kind} and {@code referral}. */
    public Map<String, Object> newRecord(Exchange exchange) {
        Map<String, Object> referral = document(exchange, "referral");
        return telling.create((String) referral.get("id"), exchange.getVariable("kind", String.class), planning.receive(referral));
    }

    /** Ends a round: both sides are as planned. Asks for another run if they are not yet equal or a status waits. */
    public void done(Exchange exchange) {
        Link link = link(exchange);
        Plan plan = plan(exchange);
        Map<String, Object> referral = document(exchange, "referral");
        Map<String, Object> record = document(exchange, "record");
        String reason = planning.reason(plan.refusals());
        String closedSeenAt = plan.waitsForGrace() && link.closedSeenAt() == null ? store.now()
            // A deal that was accepted only to be closed has waited already.
            : plan.waitsForGrace() || plan.again() ? link.closedSeenAt() : null;
        List<Entry> entries = new ArrayList<>(plan.isEmpty() ? planning.conflicts(plan) : List.of());
        // An opportunity that was found in place of the lead was not written: an earlier run has filled it, or a seller made it.
        boolean found = exchange.getVariable("foundOpportunity") != null;
        boolean foundAnother = found && isNotFilled(record, exchange);
        JsonNode base = foundAnother ? planning.settledBase(link, referral, record)
            : found ? planning.baseOfFilled(link, plan.nextBase(), referral, record) : plan.nextBase();
        entries.addAll(planning.entries(foundAnother ? plan.withoutCrm() : plan, link.told()));
        String microsoft = microsoftNews(exchange);
        if (microsoft != null) {
            entries.add(Entry.of("received", microsoftStatus(document(exchange, "microsoft"))));
        }
        Map<String, Object> columns = Store.columns("state", "linked", "reason", reason, "told", reason,
            "base", planning.agreedBase(link, base, referral, record),
            "intent", null, "referral", referral, "record", record, "record_id", record.get("id"), "record_kind", record.get("kind"),
            "engagement_id", referral.get("engagementId"), "failures", 0, "closed_seen_at", closedSeenAt,
            "compared_under", rules.mappingVersion());
        if (document(exchange, "microsoft") != null) {
            columns.put("microsoft", document(exchange, "microsoft"));
            columns.put("microsoft_id", document(exchange, "microsoft").get("id"));
        }
        Link done = store.finish(link, columns, costing(exchange, entries));
        set(exchange, done);
        // Also after an empty plan: the referral as it answers to its CRM id may carry what a user said meanwhile.
        if (plan.again() || planning.asksForMore(done, referral, record)) {
            store.mark(done.id(), Side.NEITHER);
        } else if (plan.waitsForGrace()) {
            exchange.setVariable("waitSeconds", planning.waitSeconds(done));
        }
    }

    /**
     * Before a record is told why its lane rests: keeps that an earlier run had written all it meant to, if the record says so by the
     * audit text, which the new line will change.
     */
    public void keepWhatIsTold(Exchange exchange) {
        Link link = link(exchange);
        Map<String, Object> record = document(exchange, "record");
        if (planning.isDone(link, record)) {
            set(exchange, store.progress(link, Store.columns("base", planning.baseOfDone(link, record), "intent", null, "record", record,
                "record_id", record.get("id"), "record_kind", record.get("kind")), List.of()));
        }
    }

    /** What to write to the record of a lane that rests; null if the record knows already or can't be told. */
    public Map<String, Object> tellRest(Exchange exchange) {
        return telling.update(link(exchange), document(exchange, "record"), Map.of(),
            telling.news("", "", exchange.getVariable("reason", String.class), null));
    }

    /** The lane rests until record, referral or mapping changes. */
    public void rest(Exchange exchange) {
        Link link = link(exchange);
        String reason = exchange.getVariable("reason", String.class);
        List<Entry> entries = reason.equals(link.told()) ? List.of() : List.of(Entry.of("resting", reason));
        set(exchange, store.rest(link, Store.columns("state", "resting", "reason", reason, "told", reason, "intent", link.intent(),
            "failures", 0, "record", exchange.getVariable("record") == null ? link.record() : exchange.getVariable("record")),
            costing(exchange, entries)));
    }

    /** The entries with the calls that led to them, on the first of them: each call is told once. */
    private static List<Entry> costing(Exchange exchange, List<Entry> entries) {
        Tally tally = exchange.getVariable(Tally.VARIABLE, Tally.class);
        if (tally == null || entries.isEmpty()) {
            return entries;
        }
        List<Entry> told = new ArrayList<>(entries);
        told.set(0, entries.get(0).costing(tally.take()));
        return told;
    }

    /** The link that has this id on one of its sides; null if none has. */
    public Link known(String anyId) {
        return store.find(anyId).orElse(null);
    }

    /** A link, not in the store, for a referral that has none. */
    public Link unknownReferral(String referralId) {
        return Link.of("none", referralId, null, null);
    }

    /** A link, not in the store, for a record that has none. */
    public Link unknownRecord(String recordId, String kind) {
        return Link.of("none", null, kind, recordId);
    }

    /** The link as if both sides might have changed, so that both are read. */
    public Link asIfMoved(Link link) {
        return link.moved();
    }

    /** What sharing a record would do, in plain words. */
    public String outcomeOfSharing(Exchange exchange) {
        Map<String, Object> record = document(exchange, "record");
        if (!Boolean.TRUE.equals(record.get("sync"))) {
            return "Nothing would be written. Sync with Partner Center is not set to Yes in the record.";
        }
        Sharing sharing = planning.share(record);
        return sharing.refusals().isEmpty() ? "A referral would be made in Partner Center:\n" + sharing.document().toPrettyString()
            : "Nothing would be written. " + planning.reason(sharing.refusals());
    }

    /** What becomes of a referral without record, in plain words. */
    public String outcomeOfReceiving(Exchange exchange) {
        return "A record would be taken up or made in the CRM:\n"
            + Planning.JSON.valueToTree(planning.receive(document(exchange, "referral"))).toPrettyString();
    }

    private String microsoftNews(Exchange exchange) {
        Map<String, Object> now = document(exchange, "microsoft");
        Map<String, Object> before = link(exchange).microsoft();
        return now == null || now.equals(before) ? null : telling.microsoft(now);
    }

    private static String microsoftStatus(Map<String, Object> microsoft) {
        return "Microsoft's referral: " + microsoft.get("status") + "/" + microsoft.get("substatus") + ".";
    }

    /** The refusals of a sharing as one reason. */
    public String reason(List<Refusal> refusals) {
        return planning.reason(refusals);
    }

    private static Link link(Exchange exchange) {
        return exchange.getVariable("link", Link.class);
    }

    private static Plan plan(Exchange exchange) {
        return exchange.getVariable("plan", Plan.class);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> document(Exchange exchange, String variable) {
        return (Map<String, Object>) exchange.getVariable(variable);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> view(Map<String, Object> document) {
        return (Map<String, Object>) document.get("view");
    }

    private static void set(Exchange exchange, Link link) {
        exchange.setVariable("link", link);
    }
}
