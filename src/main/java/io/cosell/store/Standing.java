package io.cosell.store;

/**
 * How a deal stands, without its documents.
 *
 * @param id            key of the link
 * @param referralId    its referral, null while there is none
 * @param recordKind    opportunity or lead, null while there is no record
 * @param recordId      its record, null while there is none
 * @param state         as in {@link Link}
 * @param reason        why it is not in step, null if nothing is known against it
 * @param marked        whether it waits for its turn
 * @param closing       whether a closing status waits out its grace period
 * @param comparedUnder mapping version under which its sides were last compared, null if they never were
 */
public record Standing(String id, String referralId, String recordKind, String recordId, String state, String reason, boolean marked,
                       boolean closing, String comparedUnder) {

    /** Whether it has both sides and is kept in step, as far as it can be. */
    public boolean isLinked() {
        return referralId != null && recordId != null && !state.equals("skipped") && !state.equals("ended");
    }

    /** Whether nothing is known against its being equal, under whatever mapping. */
    public boolean isInStep() {
        return state.equals("linked") && !marked && reason == null && !closing;
    }

    /** A side of it is gone, while the link still names it; a link that goes on elsewhere names one side only. */
    public boolean isOrphaned() {
        return state.equals("ended") && referralId != null && recordId != null;
    }
}
