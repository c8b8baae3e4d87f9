package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * One field of an object, as {@code objects.yaml} describes it; the head of that file says what each member means.
 *
 * @param name API name in proper case
 */
record Field(String name, Type type, String label, Integer length, Integer digits, Integer scale, boolean required,
             @JsonProperty("default") JsonNode initial, boolean readOnly, boolean createOnly, List<String> values, boolean restricted,
             String controlledBy, Map<String, List<String>> controls, List<String> targets, String relationship, String children,
             String onDelete, Map<String, Object> mustBe, String filterMessage, boolean externalId, boolean unique,
             List<String> joined, String pattern, Feature feature) {

    private static final String CUSTOM = "__c";
    private static final int USUAL_LENGTH = 255;
    private static final int USUAL_DIGITS = 16;
    private static final int USUAL_SCALE = 2;

    Field {
        label = label == null ? Field.labelOf(name) : label;
        length = length == null ? USUAL_LENGTH : length;
        digits = digits == null ? USUAL_DIGITS : digits;
        scale = scale == null ? USUAL_SCALE : scale;
        values = values == null ? List.of() : values;
        controls = controls == null ? Map.of() : controls;
        targets = targets == null ? List.of() : targets;
        relationship = relationship == null && type == Type.LOOKUP ? relationshipOf(name) : relationship;
        mustBe = mustBe == null ? Map.of() : mustBe;
        filterMessage = filterMessage == null ? "Value does not exist or does not match filter criteria." : filterMessage;
        joined = joined == null ? List.of() : joined;
    }

    private static String labelOf(String name) {
        String words = name.endsWith(CUSTOM) ? name.substring(0, name.length() - CUSTOM.length()).replace('_', ' ')
            : name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
        return words.endsWith(" Id") ? words.replaceFirst(" Id$", " ID") : words;
    }

    private static String relationshipOf(String name) {
        return name.endsWith(CUSTOM) ? name.substring(0, name.length() - 1) + "r" : name.replaceFirst("Id$", "");
    }

    /** True for fields that an administrator or a package added. */
    boolean isCustom() {
        return name.endsWith(CUSTOM);
    }

    boolean cascades() {
        return "cascade".equals(onDelete);
    }

    boolean restricts() {
        return "restrict".equals(onDelete);
    }
}
