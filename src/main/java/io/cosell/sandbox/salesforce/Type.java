package io.cosell.sandbox.salesforce;

/** What a field holds (contract salesforce.md, section 2). */
enum Type {
    ID("id"), TEXT("string"), TEXTAREA("textarea"), PICKLIST("picklist"), CHECKBOX("boolean"), CURRENCY("currency"), PERCENT("percent"),
    NUMBER("double"), INT("int"), DATE("date"), DATETIME("datetime"), LOOKUP("reference"), EMAIL("email"), PHONE("phone"), URL("url"),
    BASE64("base64"), AUTONUMBER("string");

    private final String wire;

    Type(String wire) {
        this.wire = wire;
    }

    /** Its name in the answer to describe. */
    String wire() {
        return wire;
    }

    /** True where the value is kept as text. */
    boolean isText() {
        return switch (this) {
            case TEXT, TEXTAREA, PICKLIST, EMAIL, PHONE, URL, BASE64, AUTONUMBER -> true;
            default -> false;
        };
    }

    /** True where the value is a number with digits behind the point, kept as BigDecimal. */
    boolean isFraction() {
        return this == CURRENCY || this == PERCENT || this == NUMBER;
    }

    boolean isNumber() {
        return isFraction() || this == INT;
    }
}
