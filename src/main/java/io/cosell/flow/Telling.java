package io.cosell.flow;

import io.cosell.store.Link;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the seller sees in the record beside the data: audit lines in plain words, the mark in the name, the referral's identifier and
 * link (documents.md, "Fields the CRM section shows"). Bean {@code telling}. It decides whether the record has to be written at all,
 * so that nothing is told twice and a deal at rest costs no call.
 */
public final class Telling {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);
    private static final String GOOD = "✔ ";
    private static final String BAD = "✖ ";

    private final Clock clock;
    private final int longestName;
    private final boolean auditsSuccesses;
    private final int auditLength;
    private final String dealLink;

    /**
     * @param clock           for the time in audit lines (UTC)
     * @param longestName     most characters of a name with its mark; 0 for names without marks
     * @param auditsSuccesses whether a change that went to Partner Center writes an audit line
     * @param auditLength     most characters of the audit field
     * @param dealLink        address of a referral for people, without its id
     */
    public Telling(Clock clock, int longestName, boolean auditsSuccesses, int auditLength, String dealLink) {
        this.clock = clock;
        this.longestName = longestName;
        this.auditsSuccesses = auditsSuccesses;
        this.auditLength = auditLength;
        this.dealLink = dealLink;
    }

    /** What happened to a deal in one round of its lane, as far as the seller is told. */
    public record News(String toCrm, String toPartnerCenter, String failure, String microsoft) {
    }

    /**
     * @param toCrm           titles of the fields that came from Partner Center, empty for none
     * @param toPartnerCenter titles of the fields that went to Partner Center, empty for none
     * @param failure         why something does not travel, null for nothing
     * @param microsoft       what Microsoft answered, null for nothing new
     */
    public News news(String toCrm, String toPartnerCenter, String failure, String microsoft) {
        return new News(toCrm, toPartnerCenter, failure, microsoft);
    }

    /**
     * The document to write to a record that is there already.
     *
     * @param link   the deal
     * @param record the record as it is, as the adapter reads it
     * @param view   the fields that change, in the shape of a referral view; empty for none
     * @param news   what happened
     * @return the document for {@code direct:crm-update}; null if the record needs no write
     */
    public Map<String, Object> update(Link link, Map<String, Object> record, Map<String, Object> view, News news) {
        boolean closed = "Closed".equals(view(record).get("status"));
        boolean changes = !view.isEmpty();
        if (closed && !changes) {
            // A closed record is read-only; the journal tells instead.
            return null;
        }
        boolean healthy = news.failure() == null;
        boolean failureIsNew = !healthy && !news.failure().equals(link.told());
        boolean recovered = healthy && link.told() != null;
        // A mapping that keeps no identifier, as one for leads may, is not asked for it.
        boolean identity = link.referralId() != null && record.containsKey("referralId")
            && !link.referralId().equals(record.get("referralId"));
        Object name = view.containsKey("name") ? view.get("name") : view(record).get("name");
        String mark = mark(healthy, name);
        boolean marked = !mark.isEmpty() && !(mark + name).equals(record.get("displayName"));
        String line = line(news, identity, failureIsNew, recovered);
        if (!changes && !identity && !marked && line == null) {
            return null;
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", record.get("kind"));
        document.put("id", record.get("id"));
        document.put("etag", record.get("etag"));
        document.put("solutions", record.getOrDefault("solutions", List.of()));
        Map<String, Object> told = new LinkedHashMap<>(view);
        if (marked) {
            told.put("name", name);
        }
        document.put("view", told);
        document.put("mark", mark);
        if (line != null) {
            document.put("audit", append((String) record.get("audit"), line));
        }
        if (identity) {
            identify(document, link.referralId());
        }
        return document;
    }

    /**
     * The document to make a new record from.
     *
     * @param referralId the referral
     * @param kind       opportunity or lead
     * @param view       the fields, in the shape of a referral view
     */
    public Map<String, Object> create(String referralId, String kind, Map<String, Object> view) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", kind);
        document.put("view", view);
        document.put("mark", mark(true, view.get("name")));
        document.put("audit", append(null, "Partner Center Referral to CRM sync success. Made from the referral."));
        identify(document, referralId);
        return document;
    }

    /**
     * The document with which the opportunity of an accepted lead is filled: with the referral's identifier and link, and with an audit
     * line that the lead does not have, so that it can be told whether this was written.
     *
     * @param document all else, with the audit text of the lead
     */
    public Map<String, Object> filling(Map<String, Object> document, String referralId) {
        Map<String, Object> more = new LinkedHashMap<>(document);
        more.put("audit", append((String) document.get("audit"), "The lead goes on as this opportunity, filled from the referral."));
        identify(more, referralId);
        return more;
    }

    /** The mark for a name; none for a record without a name, which a mark alone would not make better, and for one that has no room. */
    private String mark(boolean healthy, Object name) {
        return name == null || String.valueOf(name).isBlank() || String.valueOf(name).length() + GOOD.length() > longestName ? ""
            : healthy ? GOOD : BAD;
    }

    private void identify(Map<String, Object> document, String referralId) {
        document.put("referralId", referralId);
        document.put("referralLink", dealLink + referralId);
        document.put("sync", true);
    }

    private String line(News news, boolean identity, boolean failureIsNew, boolean recovered) {
        StringBuilder text = new StringBuilder();
        if (!news.toCrm().isEmpty()) {
            text.append("Partner Center Referral to CRM sync success: ").append(news.toCrm()).append(". ");
        }
        boolean wentOut = !news.toPartnerCenter().isEmpty();
        if (wentOut && auditsSuccesses) {
            text.append("CRM to Partner Center Referral sync success: ").append(news.toPartnerCenter()).append(". ");
        } else if (identity || recovered && !wentOut) {
            text.append("CRM to Partner Center Referral sync success. ");
        }
        if (news.microsoft() != null) {
            text.append(news.microsoft()).append(' ');
        }
        if (failureIsNew) {
            text.append("Sync failed: ").append(news.failure());
        }
        return text.isEmpty() ? null : text.toString().strip();
    }

    /**
     * What Microsoft's referral of the deal says, for the seller.
     *
     * @param microsoft {@code status}, {@code substatus}, {@code statusReason} and {@code contacts} (names)
     */
    public String microsoft(Map<String, Object> microsoft) {
        String substatus = String.valueOf(microsoft.get("substatus"));
        String reason = microsoft.get("statusReason") instanceof String given && !given.isBlank() ? " Reason: " + given + "." : "";
        List<?> contacts = microsoft.get("contacts") instanceof List<?> names ? names : List.of();
        return switch (substatus) {
            case "Pending", "Received" -> "Microsoft is invited and has 14 days to answer.";
            case "Accepted" -> "Microsoft accepted the deal." + (contacts.isEmpty() ? ""
                : " Microsoft sellers: " + String.join(", ", contacts.stream().map(String::valueOf).toList()) + ".");
            case "Declined" -> "Microsoft declined the deal." + reason;
            case "Expired" -> "Microsoft did not answer in time; its referral expired.";
            default -> "Microsoft's referral is now " + microsoft.get("status") + "/" + substatus + "." + reason;
        };
    }

    /** Puts a line on top of the audit text; the oldest lines go where it gets too long. */
    String append(String audit, String line) {
        String text = TIME.format(clock.instant()) + " - " + line + (audit == null || audit.isBlank() ? "" : "\n" + audit);
        if (text.length() <= auditLength) {
            return text;
        }
        int lineEnd = text.lastIndexOf('\n', auditLength);
        return lineEnd > 0 ? text.substring(0, lineEnd) : text.substring(0, auditLength);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> view(Map<String, Object> record) {
        return (Map<String, Object>) record.getOrDefault("view", Map.of());
    }
}
