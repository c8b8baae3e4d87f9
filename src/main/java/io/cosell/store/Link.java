package io.cosell.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * The pair of a referral and a record, with all that was last agreed on and last seen. Its id is the key of its lane.
 *
 * @param id            key of the link and its lane
 * @param referralId    id of the referral, null while it is not made
 * @param engagementId  engagement of the referral, null while unknown
 * @param recordKind    opportunity or lead, null while there is no record
 * @param recordId      id of the record, null while it is not made
 * @param state         open, linked, resting, skipped or ended
 * @param reason        why it rests, was skipped or ended; null otherwise
 * @param base          referral view both sides last agreed on, null before the first agreement
 * @param intent        what the connector was about to write when it last stopped, null if nothing was under way
 * @param referral      the referral as last seen, null if never
 * @param record        the record as last seen, null if never
 * @param noticed       the record as a poll brought it since, in the CRM's own words; null if none did, or if it must be read
 * @param microsoft     what Microsoft's referral last said, null if there is none
 * @param refused       by path, the value Partner Center refused
 * @param closedSeenAt  ISO time since when the record is closed while the referral is not, null if it is not so
 * @param told          the last reason written to the record
 * @param failures      temporary failures in a row
 * @param marks         how often the lane was marked
 * @param marksDone     up to which mark it has been worked off
 * @param referralMoved whether the referral may have changed since it was last seen
 * @param recordMoved   whether the record may have changed since it was last seen
 * @param relatedMoved  whether Microsoft's referral may have changed
 * @param version       raised by each change of the link
 */
public record Link(String id, String referralId, String engagementId, String recordKind, String recordId, String state, String reason,
                   JsonNode base, JsonNode intent, Map<String, Object> referral, Map<String, Object> record,
                   Map<String, Object> noticed, Map<String, Object> microsoft, Map<String, JsonNode> refused, String closedSeenAt,
                   String told, int failures, long marks, long marksDone, boolean referralMoved, boolean recordMoved,
                   boolean relatedMoved, long version) {

    /** Whether a mark waits to be worked off. */
    public boolean isMarked() {
        return marks > marksDone;
    }

    /** A link that is not in the store, for a deal of which only one side is known. */
    public static Link of(String id, String referralId, String recordKind, String recordId) {
        return new Link(id, referralId, null, recordKind, recordId, "open", null, null, null, null, null, null, null, Map.of(), null, null,
            0, 0, 0, true, true, false, 0);
    }

    /** The same link as if both sides might have changed, and have to be read. */
    public Link moved() {
        return new Link(id, referralId, engagementId, recordKind, recordId, state, reason, base, intent, referral, record, null, microsoft,
            refused, closedSeenAt, told, failures, marks, marksDone, true, true, relatedMoved, version);
    }

    /** The same link as a lane holds it that works off the marks up to this one. */
    Link claimedAt(long mark) {
        return new Link(id, referralId, engagementId, recordKind, recordId, state, reason, base, intent, referral, record, noticed,
            microsoft, refused, closedSeenAt, told, failures, mark, marksDone, referralMoved, recordMoved, relatedMoved, version);
    }
}
