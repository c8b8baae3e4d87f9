package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Ref;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/** Values of fields: from JSON and to JSON (sections 3.1, 3.2, 3.5). */
final class Values {

    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+");
    private static final DateTimeFormatter OUT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT);
    private static final DateTimeFormatter IN = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm[:ss][.SSS][.SS][.S][XXX][XX]", Locale.ROOT);

    private Values() {
    }

    /**
     * Reads the value of a field that is no lookup.
     *
     * @return the value, null where JSON says null or an empty text, which Salesforce does not keep apart
     * @throws Refusal for a wrong type, a text too long, a number out of range or a value outside a restricted picklist
     */
    static Object fromJson(Field field, JsonNode json) {
        if (json.isNull() || json.isTextual() && json.textValue().isEmpty()) {
            if (field.type() == Type.CHECKBOX) {
                throw Refusal.record("INVALID_TYPE_ON_FIELD_IN_RECORD", field.label() + ": value not of required type: " + json.asText(),
                    field.name());
            }
            return null;
        }
        return switch (field.type()) {
            case CHECKBOX -> {
                require(json.isBoolean(), field, json);
                yield json.booleanValue();
            }
            case CURRENCY, PERCENT, NUMBER -> inRange(field, number(field, json)).setScale(field.scale(), RoundingMode.HALF_UP);
            case INT -> {
                BigDecimal number = number(field, json);
                require(number.stripTrailingZeros().scale() <= 0, field, json);
                yield inRange(field, number).intValue();
            }
            case DATE -> date(field, json);
            case DATETIME -> {
                require(json.isTextual(), field, json);
                try {
                    yield time(json.textValue());
                } catch (DateTimeException e) {
                    throw wrongType(field, json);
                }
            }
            case LOOKUP, ID -> throw new IllegalArgumentException("a lookup has no plain value: " + field.name());
            default -> text(field, json);
        };
    }

    /**
     * A point in time as callers write it, in seconds.
     *
     * @throws DateTimeException if it is none
     */
    static Instant time(String text) {
        return IN.parse(text, OffsetDateTime::from).toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Reads a value that the store wrote.
     *
     * @throws IllegalArgumentException if it does not fit the field
     */
    static Object fromState(Field field, JsonNode json) {
        try {
            return switch (field.type()) {
                case LOOKUP -> new Ref(json.path("table").asText(), json.path("id").asText());
                case ID -> json.asText();
                case DATETIME -> Instant.parse(json.asText());
                case CURRENCY, PERCENT, NUMBER -> json.decimalValue().setScale(field.scale(), RoundingMode.HALF_UP);
                case INT -> json.intValue();
                case CHECKBOX -> json.booleanValue();
                case DATE -> LocalDate.parse(json.asText());
                default -> json.asText();
            };
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("The value of " + field.name() + " is no " + field.type().wire() + ": " + json, e);
        }
    }

    private static LocalDate date(Field field, JsonNode json) {
        require(json.isTextual(), field, json);
        try {
            return LocalDate.parse(json.textValue());
        } catch (DateTimeException e) {
            throw wrongType(field, json);
        }
    }

    private static String text(Field field, JsonNode json) {
        require(json.isTextual(), field, json);
        String text = field.type() == Type.TEXTAREA || field.type() == Type.BASE64 ? json.textValue() : json.textValue().strip();
        if (text.length() > field.length()) {
            throw Refusal.record("STRING_TOO_LONG", field.label() + ": data value too large: " + text + " (max length=" + field.length()
                + ")", field.name());
        }
        if (field.type() == Type.EMAIL && !EMAIL.matcher(text).matches()) {
            throw Refusal.record("INVALID_EMAIL_ADDRESS", field.label() + ": invalid email address: " + text, field.name());
        }
        return text.isEmpty() ? null : text;
    }

    private static BigDecimal number(Field field, JsonNode json) {
        if (json.isNumber()) {
            return json.decimalValue();
        }
        require(json.isTextual(), field, json);
        try {
            return new BigDecimal(json.textValue());
        } catch (NumberFormatException e) {
            throw wrongType(field, json);
        }
    }

    private static BigDecimal inRange(Field field, BigDecimal number) {
        if (number.abs().compareTo(BigDecimal.TEN.pow(field.digits())) >= 0) {
            throw Refusal.record("NUMBER_OUTSIDE_VALID_RANGE", field.label() + ": value outside of valid range on numeric field: "
                + number.toPlainString(), field.name());
        }
        return number;
    }

    private static void require(boolean fits, Field field, JsonNode json) {
        if (!fits) {
            throw wrongType(field, json);
        }
    }

    /** 400: JSON of a wrong type. */
    static Refusal wrongType(Field field, JsonNode json) {
        return new Refusal(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of " + field.type().wire() + " from "
            + json.asToken() + " value " + json.asText() + " or request may be missing a required field");
    }

    /** The value as Jackson is to write it. */
    static Object toJson(Object value) {
        if (value instanceof Ref ref) {
            return ref.id();
        }
        if (value instanceof BigDecimal number) {
            BigDecimal plain = number.stripTrailingZeros();
            return plain.scale() < 1 ? plain.setScale(1, RoundingMode.UNNECESSARY) : plain;
        }
        if (value instanceof Instant time) {
            return time(time);
        }
        return value instanceof LocalDate ? value.toString() : value;
    }

    /** A point in time as answers show it, such as {@code 2026-01-01T00:00:00.000+0000}. */
    static String time(Instant time) {
        return OUT.format(time.atOffset(ZoneOffset.UTC));
    }
}
