package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Turns conditions of a query into tests of rows (section 3.2), as SOQL compares: text without regard to case, ids in both lengths,
 * an empty field unequal to every value and equal only to null.
 */
final class Filters {

    private static final String WRONG_OPERATOR = "INVALID_QUERY_FILTER_OPERATOR";

    /** What conditions need to know of the organisation. */
    interface Values {

        /** Reads a field in a row, null if it or a record on the way is not there. */
        Function<Row, Object> reader(Query.Column column);

        /** The values that a query inside of a condition answers. */
        List<Object> select(SoqlText text, Soql soql);

        LocalDate today();
    }

    /** How the values of a type are written in a query, in the words of the refusal of others. */
    private static final Map<Type, String> WRITTEN = Map.of(
        Type.CHECKBOX, "boolean and should not be enclosed in quotes",
        Type.DATE, "date and should not be enclosed in quotes",
        Type.DATETIME, "dateTime and should not be enclosed in quotes",
        Type.INT, "int and should not be enclosed in quotes",
        Type.NUMBER, "double and should not be enclosed in quotes",
        Type.PERCENT, "double and should not be enclosed in quotes",
        Type.CURRENCY, "double and should not be enclosed in quotes");
    private static final String WRITTEN_AS_TEXT = "string and should be enclosed in quotes";

    private final QueryResolver resolver;
    private final SoqlText text;
    private final Values values;

    Filters(QueryResolver resolver, SoqlText text, Values values) {
        this.resolver = resolver;
        this.text = text;
        this.values = values;
    }

    /** The test that a condition is. */
    Predicate<Row> test(Soql soql, SObject object, Soql.Condition condition) {
        if (condition instanceof Soql.And and) {
            return and.all().stream().map(part -> test(soql, object, part)).reduce(Predicate::and).orElseThrow();
        }
        if (condition instanceof Soql.Or or) {
            return or.any().stream().map(part -> test(soql, object, part)).reduce(Predicate::or).orElseThrow();
        }
        if (condition instanceof Soql.Not not) {
            return test(soql, object, not.inner()).negate();
        }
        Soql.Comparison comparison = (Soql.Comparison) condition;
        Query.Column column = resolver.column(soql, object, comparison.path());
        if (QueryResolver.isLong(column.field())) {
            throw text.refusal("INVALID_FIELD", comparison.path().at(), "field '" + comparison.path().text()
                + "' can not be filtered in a query call");
        }
        return test(comparison, column.field(), values.reader(column));
    }

    private Predicate<Row> test(Soql.Comparison comparison, Field field, Function<Row, Object> read) {
        Soql.Operator operator = comparison.operator();
        return switch (operator) {
            case IN, NOT_IN -> {
                Predicate<Row> any = any(comparison, field, read);
                yield operator == Soql.Operator.IN ? any : any.negate();
            }
            case LIKE -> like(comparison, field, read);
            default -> comparison.value() instanceof Soql.Period period ? period(comparison, field, read, period)
                : single(comparison, field, read, literal(comparison, field, comparison.value()));
        };
    }

    private Predicate<Row> any(Soql.Comparison comparison, Field field, Function<Row, Object> read) {
        Set<Object> wanted = new HashSet<>();
        List<Predicate<Row>> periods = new ArrayList<>();
        if (comparison.value() instanceof Soql.Select select) {
            values.select(text, select.query()).forEach(value -> wanted.add(key(value)));
        } else {
            for (Soql.Value value : ((Soql.Many) comparison.value()).values()) {
                if (value instanceof Soql.Period period) {
                    periods.add(period(new Soql.Comparison(comparison.path(), Soql.Operator.EQUAL, period), field, read, period));
                } else {
                    wanted.add(key(literal(comparison, field, value)));
                }
            }
        }
        Predicate<Row> listed = row -> wanted.contains(key(read.apply(row)));
        return periods.stream().reduce(listed, Predicate::or);
    }

    private Predicate<Row> like(Soql.Comparison comparison, Field field, Function<Row, Object> read) {
        if (!field.type().isText()) {
            throw text.refusal(WRONG_OPERATOR, comparison.path().at(), "invalid operator on " + field.type().wire() + " field");
        }
        if (!(comparison.value() instanceof Soql.Literal literal && literal.value() instanceof String pattern)) {
            throw wrongValue(comparison, field);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == SoqlReader.LIKE_ESCAPE && i + 1 < pattern.length()) {
                regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        Pattern whole = Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
        return row -> read.apply(row) instanceof String value && whole.matcher(value).matches();
    }

    private Predicate<Row> period(Soql.Comparison comparison, Field field, Function<Row, Object> read, Soql.Period period) {
        if (field.type() != Type.DATE && field.type() != Type.DATETIME) {
            throw wrongValue(comparison, field);
        }
        DateLiteral.Days days = period.literal().days(values.today(), period.number());
        Object from = field.type() == Type.DATE ? days.from() : days.from().atStartOfDay().toInstant(ZoneOffset.UTC);
        Object until = field.type() == Type.DATE ? days.until() : days.until().atStartOfDay().toInstant(ZoneOffset.UTC);
        return row -> {
            Object value = read.apply(row);
            if (value == null) {
                return comparison.operator() == Soql.Operator.NOT_EQUAL;
            }
            boolean before = compare(value, from) < 0;
            boolean after = compare(value, until) >= 0;
            return switch (comparison.operator()) {
                case EQUAL -> !before && !after;
                case NOT_EQUAL -> before || after;
                case LESS -> before;
                case LESS_OR_EQUAL -> !after;
                case GREATER -> after;
                default -> !before;
            };
        };
    }

    private Predicate<Row> single(Soql.Comparison comparison, Field field, Function<Row, Object> read, Object literal) {
        Soql.Operator operator = comparison.operator();
        boolean equality = operator == Soql.Operator.EQUAL || operator == Soql.Operator.NOT_EQUAL;
        if (!equality && (field.type() == Type.CHECKBOX || literal == null)) {
            throw text.refusal(WRONG_OPERATOR, comparison.path().at(), "invalid operator on " + field.type().wire() + " field");
        }
        if (equality) {
            Predicate<Row> equal = equal(read, literal);
            return operator == Soql.Operator.EQUAL ? equal : equal.negate();
        }
        Object wanted = key(literal);
        return row -> {
            Object value = key(read.apply(row));
            int order = value == null ? 0 : compare(value, wanted);
            return value != null && switch (operator) {
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                default -> order >= 0;
            };
        };
    }

    /** Equality is asked of every row of a table: text is compared as it is, without making keys. */
    private static Predicate<Row> equal(Function<Row, Object> read, Object literal) {
        if (literal instanceof String string) {
            return row -> read.apply(row) instanceof String value && string.equalsIgnoreCase(value);
        }
        Object wanted = key(literal);
        return row -> Objects.equals(key(read.apply(row)), wanted);
    }

    /** The value of a literal, in the form the field is kept in. */
    private Object literal(Soql.Comparison comparison, Field field, Soql.Value value) {
        Object literal = value instanceof Soql.Literal plain ? plain.value() : value;
        if (literal == null) {
            return null;
        }
        if (literal instanceof String string) {
            String plain = string.replace(String.valueOf(SoqlReader.LIKE_ESCAPE), "");
            if (field.type() == Type.ID || field.type() == Type.LOOKUP) {
                return plain.isEmpty() ? null : new Ref("", Ids.full(plain).orElseThrow(() ->
                    text.refusal(WRONG_OPERATOR, comparison.path().at(), "invalid ID field: " + plain)));
            }
            literal = plain;
        }
        boolean fits = switch (field.type()) {
            case ID, LOOKUP -> false;
            case CHECKBOX -> literal instanceof Boolean;
            case CURRENCY, PERCENT, NUMBER, INT -> literal instanceof BigDecimal;
            case DATE -> literal instanceof LocalDate;
            case DATETIME -> literal instanceof Instant;
            default -> literal instanceof String;
        };
        if (!fits) {
            throw wrongValue(comparison, field);
        }
        return "".equals(literal) ? null : literal;
    }

    private Refusal wrongValue(Soql.Comparison comparison, Field field) {
        return text.refusal("INVALID_FIELD", comparison.path().at(), "value of filter criterion for field '" + comparison.path().text()
            + "' must be of type " + WRITTEN.getOrDefault(field.type(), WRITTEN_AS_TEXT));
    }

    /** What a value is told apart by: text in small letters, numbers without zeros at the end, records by their id. */
    static Object key(Object value) {
        if (value instanceof String string) {
            return string.toLowerCase(Locale.ROOT);
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.stripTrailingZeros();
        }
        if (value instanceof Integer number) {
            return BigDecimal.valueOf(number).stripTrailingZeros();
        }
        return value instanceof Ref ref ? new Id(ref.id()) : value;
    }

    /** Compares two keys of the same kind. */
    @SuppressWarnings("unchecked")
    static int compare(Object a, Object b) {
        return ((Comparable<Object>) a).compareTo(b);
    }

    /** An id, in which case matters. */
    record Id(String id) implements Comparable<Id> {
        @Override
        public int compareTo(Id other) {
            return id.compareTo(other.id);
        }
    }
}
