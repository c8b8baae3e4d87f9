package io.cosell.store;

/**
 * What one round of auto-heal proved.
 *
 * @param at             when it began
 * @param complete       whether every deal was listed, not only what changed since the round before
 * @param mappingVersion under which mapping the sides were compared
 * @param linked         deals that have both sides and are kept in step
 * @param inStep         those of them that are equal
 * @param recovered      deals with changes that no event and no poll had told of
 * @param referrals      how many were listed and compared by their version tags
 * @param records        the same of records
 * @param statement      all of it in words
 */
public record Heal(String at, boolean complete, String mappingVersion, int linked, int inStep, int recovered, int referrals, int records,
                   String statement) {

    /** Whether every linked deal is equal. */
    public boolean allInStep() {
        return linked == inStep;
    }
}
