package io.cosell.sandbox.dataverse;

/** What a column holds (contract dataverse.md, section 2). */
enum Type {
    STRING, MEMO, MONEY, DECIMAL, DOUBLE, INT, BIGINT, BOOL, CHOICE, STATE, STATUS, DATE, DATETIME, LOOKUP, OWNER, CUSTOMER,
        UNIQUEIDENTIFIER;

    boolean isText() {
        return this == STRING || this == MEMO;
    }

    /** True where the column points to another row. */
    boolean isLookup() {
        return this == LOOKUP || this == OWNER || this == CUSTOMER;
    }

    /** True where the column holds one number out of a list. */
    boolean isChoice() {
        return this == CHOICE || this == STATE || this == STATUS;
    }

    /** True where the column holds a number with digits behind the point. */
    boolean isFraction() {
        return this == MONEY || this == DECIMAL || this == DOUBLE;
    }

    boolean isNumber() {
        return isFraction() || isChoice() || this == INT || this == BIGINT;
    }
}
