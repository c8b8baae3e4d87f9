package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.Store;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code $filter} (section 3.1): {@code eq ne gt ge lt le and or not}, parentheses, {@code contains startswith endswith}, columns,
 * lookups as {@code _x_value}, columns of a looked-up row as {@code navigation/column}, and of Dataverse's own functions those of dates,
 * In, NotIn, Between and NotBetween.
 */
final class Filter {

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(?<sign>[(),=\\[\\]])|(?<text>'(?:[^']|'')*')"
        + "|(?<guid>" + Values.GUID.pattern() + ")"
        + "|(?<time>\\d{4}-\\d{2}-\\d{2}T[\\d:.]+(?:Z|[+-]\\d{2}:\\d{2}))|(?<date>\\d{4}-\\d{2}-\\d{2})|(?<number>-?\\d+(?:\\.\\d+)?)"
        + "|(?<name>[A-Za-z_][A-Za-z0-9_./]*))");
    private static final Set<String> COMPARISONS = Set.of("eq", "ne", "gt", "ge", "lt", "le");
    private static final String OWN = "Microsoft.Dynamics.CRM.";
    private static final Set<String> FUNCTIONS = Set.of("contains", "startswith", "endswith");

    private record Token(String kind, String text) {
        boolean is(String wanted) {
            return text.equals(wanted) && !kind.equals("text");
        }
    }

    private record Operand(Column column, Function<Row, Object> value) {
    }

    private final Schema schema;
    private final Store store;
    private final Clock clock;
    private final Table table;
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Filter(Schema schema, Store store, Clock clock, Table table, String source) {
        this.schema = schema;
        this.store = store;
        this.clock = clock;
        this.table = table;
        this.source = source;
        Matcher matcher = TOKEN.matcher(source);
        int end = 0;
        while (end < source.stripTrailing().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw Refusal.query("Syntax error at position " + end + " in '" + source + "'.");
            }
            for (String kind : List.of("sign", "text", "guid", "time", "date", "number", "name")) {
                if (matcher.group(kind) != null) {
                    tokens.add(new Token(kind, matcher.group(kind)));
                }
            }
            end = matcher.end();
        }
    }

    /**
     * Reads a filter.
     *
     * @throws Refusal 400 if it can't be read or names an unknown column, 501 for functions that are not simulated
     */
    static Predicate<Row> parse(Schema schema, Store store, Clock clock, Table table, String text) {
        Filter filter = new Filter(schema, store, clock, table, text);
        Predicate<Row> whole = filter.or();
        if (filter.at < filter.tokens.size()) {
            throw filter.syntax();
        }
        return whole;
    }

    private Predicate<Row> or() {
        Predicate<Row> left = and();
        while (take("or")) {
            left = left.or(and());
        }
        return left;
    }

    private Predicate<Row> and() {
        Predicate<Row> left = unary();
        while (take("and")) {
            left = left.and(unary());
        }
        return left;
    }

    private Predicate<Row> unary() {
        if (take("not")) {
            return unary().negate();
        }
        if (take("(")) {
            Predicate<Row> inner = or();
            expect(")");
            return inner;
        }
        Token token = next();
        if (!token.kind().equals("name")) {
            throw syntax();
        }
        return take("(") ? function(token.text()) : comparison(operand(token.text()));
    }

    private Predicate<Row> function(String name) {
        if (name.startsWith(OWN)) {
            return ownFunction(name.substring(OWN.length()));
        }
        if (!FUNCTIONS.contains(name)) {
            throw Refusal.unsupported("the query function " + name);
        }
        Operand operand = operand(next().text());
        expect(",");
        Token literal = next();
        expect(")");
        if (!operand.column().type().isText() || !literal.kind().equals("text")) {
            throw Refusal.query("The function " + name + " takes a text column and a text in single quotes: '" + source + "'.");
        }
        String part = text(literal).toLowerCase(Locale.ROOT);
        return row -> operand.value().apply(row) instanceof String value && switch (name) {
            case "contains" -> value.toLowerCase(Locale.ROOT).contains(part);
            case "startswith" -> value.toLowerCase(Locale.ROOT).startsWith(part);
            default -> value.toLowerCase(Locale.ROOT).endsWith(part);
        };
    }

    /** A function of Dataverse's own: {@code (PropertyName='x',PropertyValue=2)} or {@code (PropertyName='x',PropertyValues=['a','b'])}. */
    private Predicate<Row> ownFunction(String name) {
        Operand operand = null;
        List<Token> values = new ArrayList<>();
        do {
            Token parameter = next();
            expect("=");
            if (parameter.is("PropertyName")) {
                operand = operand(text(next()));
            } else if (parameter.is("PropertyValue")) {
                values.add(next());
            } else if (parameter.is("PropertyValues")) {
                expect("[");
                do {
                    values.add(next());
                } while (take(","));
                expect("]");
            } else {
                throw syntax();
            }
        } while (take(","));
        expect(")");
        if (operand == null) {
            throw syntax();
        }
        return switch (name) {
            case "In" -> anyOf(operand, values);
            case "NotIn" -> anyOf(operand, values).negate();
            case "Between" -> between(operand, values);
            case "NotBetween" -> between(operand, values).negate();
            case "NotOn" -> during(operand, span("On", values)).negate();
            default -> during(operand, span(name, values));
        };
    }

    private Predicate<Row> anyOf(Operand operand, List<Token> values) {
        List<Object> wanted = values.stream().map(value -> loose(operand.column(), value)).toList();
        return row -> wanted.stream().anyMatch(one -> Values.compare(operand.value().apply(row), one) == 0);
    }

    private Predicate<Row> between(Operand operand, List<Token> values) {
        if (values.size() != 2) {
            throw Refusal.query("Between takes two values: '" + source + "'.");
        }
        Object from = loose(operand.column(), values.get(0));
        Object to = loose(operand.column(), values.get(1));
        return row -> operand.value().apply(row) != null && Values.compare(operand.value().apply(row), from) >= 0
            && Values.compare(operand.value().apply(row), to) <= 0;
    }

    /** A value of a list, which is always quoted there. */
    private Object loose(Column column, Token value) {
        if (!value.kind().equals("text") || column.type().isText()) {
            return literal(column, value);
        }
        Filter inner = new Filter(schema, store, clock, table, text(value));
        return literal(column, inner.next());
    }

    private DateFunctions.Span span(String name, List<Token> values) {
        LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (DateFunctions.OF_NOW.containsKey(name) && values.isEmpty()) {
            return DateFunctions.OF_NOW.get(name).apply(now);
        }
        String value = values.size() == 1 ? values.get(0).text().replace("'", "") : "";
        try {
            if (DateFunctions.OF_DAY.containsKey(name)) {
                return DateFunctions.OF_DAY.get(name).apply(LocalDate.parse(value.replaceFirst("T.*", "")));
            }
            DateFunctions.Span span = DateFunctions.ofNumber(name, now, value.isEmpty() ? 0 : Long.parseLong(value));
            if (span != null && !value.isEmpty()) {
                return span;
            }
        } catch (DateTimeException | NumberFormatException e) {
            throw Refusal.query("The function " + name + " can't take '" + value + "'.");
        }
        throw Refusal.unsupported("the query function " + OWN + name);
    }

    private Predicate<Row> during(Operand operand, DateFunctions.Span span) {
        if (operand.column().type() != Type.DATE && operand.column().type() != Type.DATETIME) {
            throw Refusal.query("A date function takes a column of dates, and '" + operand.column().readName() + "' is none.");
        }
        return row -> {
            Object value = operand.value().apply(row);
            Instant time = value instanceof LocalDate date ? date.atStartOfDay(ZoneOffset.UTC).toInstant() : (Instant) value;
            return time != null && span.holds(time);
        };
    }

    private Predicate<Row> comparison(Operand operand) {
        String operator = next().text();
        if (!COMPARISONS.contains(operator)) {
            throw syntax();
        }
        Object wanted = literal(operand.column(), next());
        return row -> {
            Object value = operand.value().apply(row);
            boolean known = value != null && wanted != null;
            return switch (operator) {
                case "eq" -> Values.compare(value, wanted) == 0;
                case "ne" -> Values.compare(value, wanted) != 0;
                case "gt" -> known && Values.compare(value, wanted) > 0;
                case "ge" -> known && Values.compare(value, wanted) >= 0;
                case "lt" -> known && Values.compare(value, wanted) < 0;
                default -> known && Values.compare(value, wanted) <= 0;
            };
        };
    }

    private Operand operand(String path) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            return operand(table, path);
        }
        String navigation = path.substring(0, slash);
        Table.One one = table.one(navigation).orElseThrow(() -> Refusal.unknownProperty(navigation, table));
        if (one.targets().size() > 1) {
            throw Refusal.unsupported("filtering by a column of " + navigation + ", which has several tables");
        }
        Table target = schema.table(one.targets().get(0));
        Operand inner = operand(target, path.substring(slash + 1));
        return new Operand(inner.column(), row -> row.get(one.column().name()) instanceof Ref ref && ref.table().equals(target.name())
            ? inner.value().apply(store.find(ref.table(), ref.id())) : null);
    }

    private static Operand operand(Table table, String name) {
        if (name.equals(table.id())) {
            return new Operand(Query.idColumn(table), Row::id);
        }
        Column column = table.readable(name).orElseThrow(() -> Refusal.unknownProperty(name, table));
        return new Operand(column, row -> row.get(column.name()));
    }

    private Object literal(Column column, Token token) {
        if (token.is("null")) {
            return null;
        }
        Type type = column.type();
        try {
            if (token.kind().equals("text") && type.isText()) {
                return text(token);
            } else if (token.kind().equals("guid") && (type.isLookup() || type == Type.UNIQUEIDENTIFIER)) {
                return Values.id(token.text());
            } else if (token.kind().equals("number") && type.isNumber()) {
                return new BigDecimal(token.text());
            } else if (type == Type.BOOL && (token.is("true") || token.is("false"))) {
                return Boolean.valueOf(token.text());
            } else if (token.kind().equals("date") && type == Type.DATE) {
                return LocalDate.parse(token.text());
            } else if (token.kind().equals("date") && type == Type.DATETIME) {
                return LocalDate.parse(token.text()).atStartOfDay(ZoneOffset.UTC).toInstant();
            } else if (token.kind().equals("time") && type == Type.DATETIME) {
                return OffsetDateTime.parse(token.text()).toInstant();
            }
        } catch (DateTimeException e) {
            throw Refusal.query("'" + token.text() + "' in '" + source + "' is no date.");
        }
        if (token.kind().equals("name")) {
            throw Refusal.unsupported("comparing a column with " + token.text());
        }
        throw Refusal.query("A binary operator with incompatible types was detected: the column '" + column.readName() + "' is of type "
            + type.name().toLowerCase(Locale.ROOT) + " and can't be compared with " + token.text() + ".");
    }

    private static String text(Token token) {
        return token.text().substring(1, token.text().length() - 1).replace("''", "'");
    }

    private boolean take(String text) {
        if (at < tokens.size() && tokens.get(at).is(text)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String text) {
        if (!take(text)) {
            throw syntax();
        }
    }

    private Token next() {
        if (at == tokens.size()) {
            throw syntax();
        }
        return tokens.get(at++);
    }

    private Refusal syntax() {
        return Refusal.query("Syntax error in the filter '" + source + "'"
            + (at < tokens.size() ? " near '" + tokens.get(at).text() + "'." : " at its end."));
    }
}
