package io.cosell.sandbox.dataverse;

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
import java.util.UUID;
import java.util.regex.Pattern;

/** Values of columns: from JSON, to JSON, to what people see, and in order. */
final class Values {

    static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final DateTimeFormatter DATE_FOR_PEOPLE = DateTimeFormatter.ofPattern("M/d/yyyy", Locale.US);
    private static final DateTimeFormatter TIME_FOR_PEOPLE = DateTimeFormatter.ofPattern("M/d/yyyy h:mm a", Locale.US);

    private Values() {
    }

    /**
     * Reads the value of a column that is no lookup.
     *
     * @return the value, null where JSON says null or an empty text, which Dataverse does not keep apart
     * @throws Refusal for a wrong type, a text too long, a number out of range or a choice that is not in the list (section 4.2)
     */
    static Object fromJson(Table table, Column column, JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        return switch (column.type()) {
            case STRING, MEMO -> text(table, column, json);
            case MONEY, DECIMAL, DOUBLE -> {
                BigDecimal number = number(table, column, json);
                inRange(table, column, number);
                yield number.setScale(column.decimals(), RoundingMode.HALF_UP);
            }
            case INT -> {
                inRange(table, column, number(table, column, json));
                yield whole(table, column, json);
            }
            case BIGINT -> number(table, column, json).longValue();
            case CHOICE, STATE, STATUS -> choice(table, column, json);
            case BOOL -> {
                require(json.isBoolean(), table, column, json);
                yield json.booleanValue();
            }
            case DATE -> {
                require(json.isTextual(), table, column, json);
                try {
                    yield LocalDate.parse(json.textValue());
                } catch (DateTimeException e) {
                    throw wrongType(table, column, json);
                }
            }
            case DATETIME -> {
                require(json.isTextual(), table, column, json);
                try {
                    yield OffsetDateTime.parse(json.textValue()).toInstant().truncatedTo(ChronoUnit.SECONDS);
                } catch (DateTimeException e) {
                    throw wrongType(table, column, json);
                }
            }
            case UNIQUEIDENTIFIER -> {
                require(json.isTextual() && GUID.matcher(json.textValue()).matches(), table, column, json);
                yield id(json.textValue());
            }
            case LOOKUP, OWNER, CUSTOMER -> throw new IllegalArgumentException("a lookup has no plain value: " + column.name());
        };
    }

    /** A guid as the sandbox keeps it: lower case. */
    static String id(String guid) {
        return UUID.fromString(guid).toString();
    }

    private static String text(Table table, Column column, JsonNode json) {
        require(json.isTextual(), table, column, json);
        String text = json.textValue();
        if (text.length() > column.max()) {
            throw new Refusal(400, "0x80044331", "A validation error occurred. The length of the '" + column.name() + "' attribute of the '"
                + table.name() + "' entity exceeded the maximum allowed length of '" + column.max() + "'.");
        }
        return text.isEmpty() ? null : text;
    }

    private static BigDecimal number(Table table, Column column, JsonNode json) {
        require(json.isNumber(), table, column, json);
        return json.decimalValue();
    }

    private static int whole(Table table, Column column, JsonNode json) {
        require(json.isIntegralNumber() && json.canConvertToInt(), table, column, json);
        return json.intValue();
    }

    private static int choice(Table table, Column column, JsonNode json) {
        int value = whole(table, column, json);
        if (!column.values().containsKey(value)) {
            throw new Refusal(400, "0x8004431A", "A validation error occurred. The value '" + value + "' of '" + column.name()
                + "' on record of type '"
                + table.name() + "' is outside the valid range. Accepted Values: " + column.values().keySet());
        }
        return value;
    }

    private static void inRange(Table table, Column column, BigDecimal number) {
        if (column.min() != null && number.compareTo(column.min()) < 0 || column.top() != null && number.compareTo(column.top()) > 0) {
            throw new Refusal(400, "0x80044330", "A validation error occurred. The value '" + number.toPlainString() + "' of '"
                + column.name()
                + "' on record of type '" + table.name() + "' is outside the valid range.");
        }
    }

    private static void require(boolean fits, Table table, Column column, JsonNode json) {
        if (!fits) {
            throw wrongType(table, column, json);
        }
    }

    private static Refusal wrongType(Table table, Column column, JsonNode json) {
        return Refusal.payload("Cannot convert the value " + json + " of the property '" + column.name() + "' of '" + table.name() + "' to "
            + column.type().name().toLowerCase(Locale.ROOT) + ".");
    }

    /** The value as Jackson is to write it. */
    static Object toJson(Object value) {
        if (value instanceof Ref ref) {
            return ref.id();
        }
        return value instanceof Instant || value instanceof LocalDate ? value.toString() : value;
    }

    /**
     * The value as the annotation FormattedValue shows it to people (section 2.1).
     *
     * @param symbol sign of the row's currency
     * @return the text, null where Dataverse adds none
     */
    static String forPeople(Column column, Object value, String symbol) {
        return switch (column.type()) {
            case MONEY -> symbol + String.format(Locale.US, "%,.2f", (BigDecimal) value);
            case DECIMAL, DOUBLE -> String.format(Locale.US, "%,." + column.decimals() + "f", (BigDecimal) value);
            case INT, BIGINT -> String.format(Locale.US, "%,d", (Number) value);
            case BOOL -> (Boolean) value ? "Yes" : "No";
            case CHOICE, STATE, STATUS -> column.values().get((Integer) value);
            case DATE -> DATE_FOR_PEOPLE.format((LocalDate) value);
            case DATETIME -> TIME_FOR_PEOPLE.format(((Instant) value).atOffset(ZoneOffset.UTC));
            default -> null;
        };
    }

    /**
     * Order of two values of one column, as SQL Server would have it: nothing first, text without regard to case.
     *
     * @return negative, zero or positive
     */
    static int compare(Object a, Object b) {
        if (a == null || b == null) {
            return Boolean.compare(a != null, b != null);
        }
        if (a instanceof BigDecimal one && b instanceof BigDecimal other) {
            return one.compareTo(other);
        }
        if (a instanceof Integer one && b instanceof Integer other) {
            return one.compareTo(other);
        }
        if (a instanceof Number && b instanceof Number) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
        }
        if (a instanceof Boolean one && b instanceof Boolean other) {
            return one.compareTo(other);
        }
        if (a instanceof Instant one && b instanceof Instant other) {
            return one.compareTo(other);
        }
        if (a instanceof LocalDate one && b instanceof LocalDate other) {
            return one.compareTo(other);
        }
        return toJson(a).toString().compareToIgnoreCase(toJson(b).toString());
    }
}
