package io.cosell.store;

/**
 * What a mark says may have moved: one of the two sides, both, Microsoft's own referral of the engagement, or neither
 * where only the plan asks for another round. */
public enum Side {
    REFERRAL, RECORD, BOTH, RELATED, NEITHER;

    boolean referral() {
        return this == REFERRAL || this == BOTH;
    }

    boolean record() {
        return this == RECORD || this == BOTH;
    }
}
