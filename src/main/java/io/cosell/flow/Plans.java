package io.cosell.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cosell.lane.RefusedFailure;
import io.cosell.plan.Change;
import io.cosell.plan.Field;
import io.cosell.plan.Plan;
import io.cosell.plan.Policy;
import io.cosell.plan.Side;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/**
 * Says what a plan would write, all of it, and holds a plan that is carried out against the one that was approved. Works on the
 * variables of a lane's exchange: {@code link}, {@code referral}, {@code record}, {@code plan}, {@code outcome}. Bean {@code plans}; writes
 * nothing.
 */
public final class Plans {

    /** Variable of the exchange that holds the approved plan. */
    public static final String APPROVED = "approved";
    /** Variable of the exchange that says that the approved plan holds, and is being written. */
    public static final String APPLYING = "applying";

    private static final String CRM = "crm";
    private static final String PARTNER_CENTER = "partner-center";
    /** What the connector keeps by itself, beside the fields that travel. */
    private static final String OWN = "the connector keeps it itself";
    /** The CRM id of a referral. */
    private static final String CRM_ID = "/externalReferenceId";
    /** An audit line begins with the minute in which it was written, and a dash. */
    private static final int TIME_OF_LINE = "2027-01-31 12:00 - ".length();

    private final Rules rules;
    private final Store store;
    private final Ledger ledger;

    /**
     * @param rules  what both sides are compared under
     * @param store  knows what noticed a deal; it is only read
     * @param ledger knows what the seller would be told
     */
    public Plans(Rules rules, Store store, Ledger ledger) {
        this.rules = rules;
        this.store = store;
        this.ledger = ledger;
    }

    /** What both sides are compared under. */
    public String mappingVersion() {
        return rules.mappingVersion();
    }

    /** What would be written for the deal of the exchange. */
    public DealPlan of(Exchange exchange) {
        Link link = exchange.getVariable("link", Link.class);
        Map<String, Object> referral = document(exchange, "referral");
        Map<String, Object> record = document(exchange, "record");
        Plan plan = exchange.getVariable("plan", Plan.class);
        String recordKind = record == null ? link.recordKind() : (String) record.get("kind");
        String recordId = record == null ? link.recordId() : (String) record.get("id");
        if (plan == null) {
            return new DealPlan(link.id(), link.referralId(), recordKind, recordId, name(referral, record), noticedBy(link, referral,
                record),
                exchange.getVariable("outcome", String.class), null, List.of(), null, List.of(), false, false);
        }
        List<DealPlan.Write> writes = new ArrayList<>();
        plan.partnerCenter().forEach(change -> writes.add(write(Side.PARTNER_CENTER, change)));
        if (!Objects.equals(referral.get("externalReferenceId"), recordId) && !"Closed".equals(referral.get("status"))) {
            writes.add(new DealPlan.Write(PARTNER_CENTER, CRM_ID, "CRM id", node(referral.get("externalReferenceId")), node(recordId),
                "the referral does not name its record", OWN));
        }
        plan.crm().forEach(change -> writes.add(write(Side.CRM, change)));
        addTold(writes, ledger.tell(exchange), record);
        List<DealPlan.Other> others = new ArrayList<>();
        plan.conflicts().forEach(conflict -> others.add(new DealPlan.Other("conflict", key(conflict.winner().other()), conflict.path(),
            conflict.title(), conflict.lost(), "changed on both sides; the other value is kept in the journal")));
        plan.refusals().forEach(refusal -> others.add(new DealPlan.Other("refused", key(refusal.side()), refusal.path(), refusal.title(),
            refusal.value(), refusal.text())));
        return new DealPlan(link.id(), (String) referral.get("id"), recordKind, recordId, name(referral, record),
            noticedBy(link, referral, record), null,
            new DealPlan.Guard((String) referral.get("etag"), (String) record.get("etag"), digest(link), mappingVersion()), writes,
            node(exchange.getVariable("crmColumns")), others,
            plan.waitsForGrace(), plan.again());
    }

    /** What would be written to the record, without the audit text, which holds the time; null for nothing. */
    public Map<String, Object> update(Exchange exchange) {
        Map<String, Object> update = ledger.tell(exchange);
        if (update != null) {
            update.remove("audit");
        }
        return update;
    }

    /** What the seller is told beside the data: audit line, mark in the name, identifier and link. */
    private static void addTold(List<DealPlan.Write> writes, Map<String, Object> update, Map<String, Object> record) {
        if (update == null) {
            return;
        }
        if (update.get("audit") instanceof String audit) {
            String before = record.get("audit") instanceof String text && !text.isBlank() ? "\n" + text : "";
            String line = audit.endsWith(before) ? audit.substring(0, audit.length() - before.length()) : audit;
            writes.add(new DealPlan.Write(CRM, null, "Audit", null, TextNode.valueOf(line.substring(Math.min(TIME_OF_LINE, line.length()))),
                "a line on top of the audit text", OWN));
        }
        if (update.get("view") instanceof Map<?, ?> view && view.containsKey("name")) {
            String shown = update.get("mark") + String.valueOf(view.get("name"));
            if (!shown.equals(record.get("displayName"))) {
                writes.add(new DealPlan.Write(CRM, null, "Name with its mark", node(record.get("displayName")), node(shown),
                    "the mark tells how the deal stands", OWN));
            }
        }
        Stream.of("referralId", "referralLink").filter(update::containsKey).forEach(member -> writes.add(new DealPlan.Write(CRM, null,
            member.equals("referralId") ? "Referral Identifier" : "Referral Link", node(record.get(member)), node(update.get(member)),
            "the record does not name its referral", OWN)));
    }

    private DealPlan.Write write(Side side, Change change) {
        return new DealPlan.Write(key(side), change.path(), change.title(), change.from(), change.to(), change.why(),
            rules.policy().fieldOf(change.path()).map(Plans::rule).orElse(OWN));
    }

    /** The rule of a field in words. */
    private static String rule(Field field) {
        boolean both = field.updates(Side.CRM) && field.updates(Side.PARTNER_CENTER);
        String way = both ? "both ways" : field.updates(Side.CRM) ? "to the CRM only" : "to Partner Center only";
        return way + (field.oneWay() ? ", once set it stays" : "")
            + (!both || field.winner() == null ? "" : ", " + field.winner().label() + " wins") + " (" + field.path() + ")";
    }

    /** Which hints told of the deal; of a side that differs from what was last seen and of which no hint told, that. */
    private List<String> noticedBy(Link link, Map<String, Object> referral, Map<String, Object> record) {
        List<String> hints = new ArrayList<>(link.isMarked() ? marksOf(store.link(link.id())) : List.of());
        if (link.referral() != null && referral != null && !Objects.equals(link.referral().get("etag"), referral.get("etag"))) {
            hints.add("the referral is not as last seen");
        }
        if (link.record() != null && record != null && !Objects.equals(link.record().get("etag"), record.get("etag"))) {
            hints.add("the record is not as last seen");
        }
        return hints;
    }

    /** What led to the marks that wait on a link. */
    private List<String> marksOf(Link link) {
        List<String> hints = new ArrayList<>();
        if (link.referralMoved() || link.relatedMoved()) {
            hints.addAll(store.lastEvents(link.id()));
        }
        if (link.noticed() != null) {
            hints.add("a poll of the CRM brought the record's row");
        } else if (link.recordMoved()) {
            hints.add("the record was marked in the store");
        }
        return hints.isEmpty() ? List.of("it was marked in the store") : hints;
    }

    /**
     * Holds what would be written now against the approved plan, variable {@code approved}.
     *
     * @throws RefusedFailure if anything moved since
     */
    public void check(Exchange exchange) {
        DealPlan approved = exchange.getVariable(APPROVED, DealPlan.class);
        DealPlan now = of(exchange);
        String moved = moved(approved, now);
        if (moved != null) {
            throw new RefusedFailure(moved);
        }
        exchange.setVariable(APPLYING, true);
    }

    private static String moved(DealPlan approved, DealPlan now) {
        if (now.guard() == null) {
            return "It can't be written any more. " + now.outcome();
        }
        DealPlan.Guard then = approved.guard();
        if (then == null) {
            return "The saved plan does not say what it rests on. Plan it again.";
        }
        if (!Objects.equals(then.mappingVersion(), now.guard().mappingVersion())) {
            return "The mappings, or settings that they name, are not those of the plan (version " + now.guard().mappingVersion() + " now, "
                + then.mappingVersion() + " then). Plan it again.";
        }
        if (!Objects.equals(then.referral(), now.guard().referral()) || !Objects.equals(approved.referralId(), now.referralId())) {
            return "The referral was changed in Partner Center since the plan was made. Plan it again.";
        }
        if (!Objects.equals(then.record(), now.guard().record()) || !Objects.equals(approved.recordId(), now.recordId())) {
            return "The record was changed in the CRM since the plan was made. Plan it again.";
        }
        if (!Objects.equals(then.base(), now.guard().base())) {
            return "The connector has worked on the deal since the plan was made. Plan it again.";
        }
        return approved.asSaved().equals(now.asSaved()) ? null
            : "What would be written now is not what the plan says: its file, a setting or a grace period changed. Plan it again.";
    }

    private static String digest(Link link) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Stream.of(link.base(), link.intent(), link.refused(), link.closedSeenAt(), link.told())
                .forEach(part -> digest.update((part + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(Map<String, Object> referral, Map<String, Object> record) {
        return Stream.of(Objects.requireNonNullElse(referral, Map.<String, Object>of()), Objects.requireNonNullElse(record, Map.<String,
            Object>of()))
            .map(document -> document.get("view")).filter(Map.class::isInstance).map(view -> ((Map<?, ?>) view).get("name"))
            .filter(String.class::isInstance).map(String.class::cast).findFirst().orElse(null);
    }

    private static String key(Side side) {
        return side == Side.CRM ? CRM : PARTNER_CENTER;
    }

    private static JsonNode node(Object value) {
        return value == null ? NullNode.getInstance() : Planning.JSON.valueToTree(value);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> document(Exchange exchange, String variable) {
        return (Map<String, Object>) exchange.getVariable(variable);
    }
}
