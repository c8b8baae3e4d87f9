package io.cosell.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * A value that does not travel, and why. Nothing of it is written and the base stays, so it is listed again until it is settled.
 *
 * @param path  the field's main path, or the path that is missing
 * @param title the field in plain words
 * @param side  the side where the value stands that does not travel; that is where a person can settle it
 * @param value the value; a field with several paths (money, status) shows it as one object
 * @param code  the kind of refusal, for programs
 * @param text  what happened and what to do, for people
 */
public record Refusal(String path, String title, Side side, JsonNode value, Code code, String text) {

    /** The kinds of refusal. Written as {@code bad-value}, {@code closed-in-crm} and so on. */
    public enum Code {
        /** The value cannot be understood. */
        BAD_VALUE,
        /** Both sides changed it and the policy names no winner. */
        CONFLICT,
        /** It would empty a field that may not be empty in Partner Center. */
        EMPTY,
        /** It would undo what cannot be undone. */
        ONE_WAY,
        /** Partner Center does not allow this step between statuses. */
        ILLEGAL_STATUS,
        /** The deal is closed in Partner Center and takes no edit. */
        CLOSED,
        /** The record is closed in the CRM and takes no edit. */
        CLOSED_IN_CRM,
        /** Partner Center has refused this very value before. */
        REFUSED,
        /** Something is missing that is needed to share the record. */
        REQUIRED;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
