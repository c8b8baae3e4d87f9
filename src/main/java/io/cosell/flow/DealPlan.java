package io.cosell.flow;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.store.Link;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * What would be written for one deal, and what that rests on: the form in which a plan is shown, saved and carried out.
 *
 * @param link       key of the deal's link; {@code none} if the store knows it not yet
 * @param referralId its referral, null while there is none
 * @param recordKind opportunity or lead, null while there is no record
 * @param recordId   its record, null while there is none
 * @param name       its name, for people
 * @param noticedBy  which events, polls or lists told of a change
 * @param outcome    why nothing is written, or what would be made; null for a deal that has both sides
 * @param guard      what may not move until the plan is carried out; null for a deal that has not both sides
 * @param writes     what would be written, in the order of the policy
 * @param crmColumns what would be written to the record in the CRM's own words, as far as that takes no call; without the audit text
 * @param others     what would not be written, and what would be overwritten
 * @param waits      whether a closing status waits out its grace period
 * @param again      whether another plan follows as soon as this one is written
 */
public record DealPlan(String link, String referralId, String recordKind, String recordId, String name, List<String> noticedBy,
                       String outcome, Guard guard, List<Write> writes, JsonNode crmColumns, List<Other> others, boolean waits,
                       boolean again) {

    /**
     * What a plan rests on.
     *
     * @param referral       version tag of the referral
     * @param record         version tag of the record
     * @param base           digest of what both sides last agreed on, and of what was under way or refused
     * @param mappingVersion what both sides were compared under
     */
    public record Guard(String referral, String record, String base, String mappingVersion) {
    }

    /**
     * One value to be written.
     *
     * @param side   crm or partner-center
     * @param path   where, a JSON Pointer into the referral; null for what the seller is told beside the data
     * @param title  the field in plain words
     * @param from   what that side says now, null where it is not told
     * @param to     what is to be written
     * @param why    the reason in plain words
     * @param policy the rule that decides
     */
    public record Write(String side, String path, String title, JsonNode from, JsonNode to, String why, String policy) {
    }

    /**
     * A value that is lost or does not travel.
     *
     * @param kind  conflict or refused
     * @param side  the side where the value stands
     * @param path  the field's main path
     * @param title the field in plain words
     * @param value the value
     * @param why   the reason in plain words
     */
    public record Other(String kind, String side, String path, String title, JsonNode value, String why) {
    }

    /** Keeps lists immutable. */
    public DealPlan {
        noticedBy = List.copyOf(noticedBy);
        writes = List.copyOf(writes);
        others = List.copyOf(others);
    }

    /** A deal that could not be planned, or of which nothing would be written. */
    public static DealPlan failed(Link link, String outcome) {
        return new DealPlan(link.id(), link.referralId(), link.recordKind(), link.recordId(), null, List.of(), outcome, null, List.of(),
            null,
            List.of(), false, false);
    }

    /** The deal by the ids that people know. */
    public String deal() {
        String referral = referralId == null ? null : "referral " + referralId;
        String record = recordId == null ? null : recordKind + " " + recordId;
        return (referral == null ? record : record == null ? referral : referral + " and " + record) + (name == null ? "" : ", " + name);
    }

    /** Whether both sides are as they should be. */
    @JsonIgnore
    public boolean isInStep() {
        return outcome == null && writes.isEmpty() && others.isEmpty() && !waits;
    }

    /** What would be written and what not, as a file keeps it: numbers by their value, a missing value as an empty one. */
    JsonNode asSaved() {
        try {
            return Planning.JSON.readTree(Planning.JSON.writeValueAsString(Arrays.asList(writes, crmColumns, others, waits, again)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same plan, with what noticed the deal before this. */
    public DealPlan noticedBy(List<String> more) {
        return new DealPlan(link, referralId, recordKind, recordId, name, more, outcome, guard, writes, crmColumns, others, waits,
            again);
    }
}
