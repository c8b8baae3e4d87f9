package io.cosell.sandbox.salesforce;

import io.github.apexdevtools.apexparser.ApexLexer;
import io.github.apexdevtools.apexparser.ApexParser;
import io.github.apexdevtools.apexparser.CaseInsensitiveInputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.tree.TerminalNode;

/**
 * Reads SOQL (section 3.2) with the grammar of apex-parser. That grammar knows all of SOQL, the sandbox a part: what is well written but
 * not evaluated answers 501, what is not well written 400 MALFORMED_QUERY.
 */
final class SoqlReader {

    private static final String MALFORMED = "MALFORMED_QUERY";
    /** Stands for the backslash in {@code \_} and {@code \%}, which the grammar does not know; a character nobody uses. */
    static final char LIKE_ESCAPE = '\uE000';
    private static final Pattern ESCAPED = Pattern.compile("\\\\(u[0-9A-Fa-f]{4}|.)", Pattern.DOTALL);
    private static final Map<String, String> ESCAPES = Map.of("n", "\n", "r", "\r", "t", "\t", "b", "\b", "f", "\f");
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().parseCaseInsensitive()
        .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendPattern("[XXX][XX][X]").toFormatter(Locale.ROOT);
    private static final Map<String, Soql.Operator> OPERATORS = Map.of("=", Soql.Operator.EQUAL, "!=", Soql.Operator.NOT_EQUAL,
        "<>", Soql.Operator.NOT_EQUAL, "<", Soql.Operator.LESS, ">", Soql.Operator.GREATER, "<=", Soql.Operator.LESS_OR_EQUAL,
        ">=", Soql.Operator.GREATER_OR_EQUAL, "LIKE", Soql.Operator.LIKE, "IN", Soql.Operator.IN, "NOTIN", Soql.Operator.NOT_IN);

    private final SoqlText text;
    private Refusal noToken;
    private int noTokenAt;

    private SoqlReader(SoqlText text) {
        this.text = text;
    }

    /**
     * Reads a query.
     *
     * @throws Refusal 400 MALFORMED_QUERY if it is no SOQL, 501 if it is but uses what the sandbox does not evaluate
     */
    static Soql read(SoqlText text) {
        return new SoqlReader(text).query(text.source());
    }

    private Soql query(String source) {
        if (source.isBlank()) {
            throw new Refusal(400, MALFORMED, "A query string has to be specified");
        }
        String readable = ESCAPED.matcher(source).replaceAll(escape -> Matcher.quoteReplacement(
            "_%".contains(escape.group(1)) ? LIKE_ESCAPE + escape.group(1) : escape.group()));
        ApexLexer lexer = new ApexLexer(new CaseInsensitiveInputStream(CharStreams.fromString(readable)));
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        ApexParser parser = new ApexParser(tokens);
        lexer.removeErrorListeners();
        lexer.addErrorListener(new Errors());
        parser.removeErrorListeners();
        parser.addErrorListener(new Errors());
        tokens.fill();
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        ApexParser.QueryContext query;
        try {
            query = parser.query();
        } catch (Refusal e) { // the quick way of reading can fail where the thorough one does not
            parser.reset();
            parser.getInterpreter().setPredictionMode(PredictionMode.LL);
            query = parser.query();
        }
        Token next = tokens.LT(1);
        if (next.getType() != Token.EOF || noToken != null) {
            throw unexpected(next);
        }
        return query(query);
    }

    /** What is wrong first: this token, or a character before it that belongs to none. */
    private Refusal unexpected(Token token) {
        int at = token.getType() == Token.EOF ? text.source().length() : token.getStartIndex();
        return noToken != null && noTokenAt <= at ? noToken : text.refusal(MALFORMED, at,
            "unexpected token: '" + (token.getType() == Token.EOF ? "<EOF>" : token.getText()) + "'");
    }

    /** Keeps the first error of the lexer, which goes on behind it, and ends the parser at its first. */
    private final class Errors extends BaseErrorListener {
        @Override
        public void syntaxError(Recognizer<?, ?> recognizer, Object symbol, int line, int column, String message, RecognitionException e) {
            if (symbol instanceof Token token) {
                throw unexpected(token);
            }
            if (noToken == null) {
                int lineStart = 0;
                for (int row = 1; row < line; row++) {
                    lineStart = text.source().indexOf('\n', lineStart) + 1;
                }
                noTokenAt = lineStart + column;
                noToken = text.refusal(MALFORMED, noTokenAt, text.source().startsWith("'", noTokenAt)
                    ? "Illegal string literal: a quote or an escape sequence is wrong"
                    : "unexpected character: '" + text.source().charAt(noTokenAt) + "'");
            }
        }
    }

    private Soql query(ApexParser.QueryContext query) {
        refuse("USING SCOPE", query.usingScope());
        ApexParser.WithClauseContext with = query.withClause(); // security and mode change nothing here
        refuse("WITH", with == null ? null : with.filteringExpression() != null ? with.filteringExpression() : with.logicalExpression());
        refuse("GROUP BY", query.groupByClause());
        refuse("ALL ROWS; ask /queryAll for deleted records", query.allRowsClause());
        refuse("UPDATE TRACKING and UPDATE VIEWSTAT", query.updateList());
        Integer offset = query.offsetClause() == null ? null
            : number(query.offsetClause(), query.offsetClause().IntegerLiteral());
        return new Soql(query.selectList().selectEntry().stream()
            .map(entry -> item(entry, entry.fieldName(), entry.soqlFunction(), entry.subQuery(), entry.soqlId())).toList(),
            from(query.fromNameList()), alias(query.fromNameList()), query.whereClause() == null ? null
                : condition(query.whereClause().logicalExpression()), order(query.orderByClause()), limit(query.limitClause()),
            offset == null ? 0 : offset);
    }

    private Soql query(ApexParser.SubQueryContext query) {
        refuse("UPDATE TRACKING and UPDATE VIEWSTAT", query.updateList());
        return new Soql(query.subFieldList().subFieldEntry().stream()
            .map(entry -> item(entry, entry.fieldName(), entry.soqlFunction(), entry.subQuery(), entry.soqlId())).toList(),
            from(query.fromNameList()), alias(query.fromNameList()), query.whereClause() == null ? null
                : condition(query.whereClause().logicalExpression()), order(query.orderByClause()), limit(query.limitClause()), 0);
    }

    private static void refuse(String what, ParserRuleContext clause) {
        if (clause != null) {
            throw Refusal.unsupported(what + " in SOQL");
        }
    }

    private Soql.Item item(ParserRuleContext entry, ApexParser.FieldNameContext field, ApexParser.SoqlFunctionContext function,
                           ApexParser.SubQueryContext child, ApexParser.SoqlIdContext alias) {
        if (function != null) {
            return function(function);
        }
        if (alias != null) {
            throw text.refusal(MALFORMED, alias.getStart().getStartIndex(), "only aggregate expressions use field aliasing");
        }
        if (field != null) {
            return path(field);
        }
        if (child != null) {
            return new Soql.Child(query(child));
        }
        throw Refusal.unsupported("TYPEOF in SOQL");
    }

    private static Soql.Item function(ApexParser.SoqlFunctionContext function) {
        if (function.COUNT() != null && function.fieldName() == null) {
            return new Soql.Count();
        }
        if (function.FIELDS() != null) {
            return new Soql.Fields(function.soqlFieldsParameter().getText().toUpperCase(Locale.ROOT), function.getStart().getStartIndex());
        }
        throw unsupported(function);
    }

    private static Refusal unsupported(ApexParser.SoqlFunctionContext function) {
        return Refusal.unsupported("the function " + function.getStart().getText().toUpperCase(Locale.ROOT) + " in SOQL");
    }

    private static Soql.Path path(ApexParser.FieldNameContext field) {
        return new Soql.Path(field.soqlId().stream().map(ParserRuleContext::getText).toList(), field.getStart().getStartIndex());
    }

    private static Soql.Path from(ApexParser.FromNameListContext from) {
        if (from.fieldName().size() > 1) {
            throw Refusal.unsupported("several names in FROM");
        }
        return path(from.fieldName(0));
    }

    private static String alias(ApexParser.FromNameListContext from) {
        return from.soqlId().isEmpty() ? null : from.soqlId(0).getText();
    }

    private Soql.Condition condition(ApexParser.LogicalExpressionContext logical) {
        List<Soql.Condition> parts = logical.conditionalExpression().stream().map(part -> part.logicalExpression() != null
            ? condition(part.logicalExpression()) : comparison(part.fieldExpression())).toList();
        if (logical.NOT() != null) {
            return new Soql.Not(parts.get(0));
        }
        return parts.size() == 1 ? parts.get(0) : logical.SOQLOR().isEmpty() ? new Soql.And(parts) : new Soql.Or(parts);
    }

    private Soql.Condition comparison(ApexParser.FieldExpressionContext comparison) {
        if (comparison.soqlFunction() != null) {
            throw unsupported(comparison.soqlFunction());
        }
        if (comparison.fieldName() == null) {
            throw Refusal.unsupported("FORMULA in SOQL");
        }
        String operator = comparison.comparisonOperator().getText().toUpperCase(Locale.ROOT);
        Soql.Value value = value(comparison.value());
        boolean many = value instanceof Soql.Many || value instanceof Soql.Select;
        Soql.Operator known = Optional.ofNullable(OPERATORS.get(operator)).orElseThrow(() ->
            Refusal.unsupported(operator + ", for fields with several choices, in SOQL"));
        if (many != (known == Soql.Operator.IN || known == Soql.Operator.NOT_IN)) {
            throw unexpected(comparison.value().getStart());
        }
        return new Soql.Comparison(path(comparison.fieldName()), known, value);
    }

    private Soql.Value value(ApexParser.ValueContext value) {
        if (value.valueList() != null) {
            return new Soql.Many(value.valueList().value().stream().map(this::value).toList());
        }
        if (value.subQuery() != null) {
            return new Soql.Select(query(value.subQuery()));
        }
        if (value.dateFormula() != null) {
            return period(value.dateFormula());
        }
        Token token = value.getStart();
        if (value.boundExpression() != null) {
            throw unexpected(token); // :variable is Apex, not for this interface
        }
        if (value.NULL() != null) {
            return new Soql.Literal(null);
        }
        if (value.BooleanLiteral() != null) {
            return new Soql.Literal(Boolean.valueOf(value.getText()));
        }
        if (value.StringLiteral() != null) {
            return new Soql.Literal(string(value.getText()));
        }
        try {
            if (value.signedNumber() != null) {
                return new Soql.Literal(new BigDecimal(value.getText()));
            }
            if (value.DateLiteral() != null) {
                return new Soql.Literal(LocalDate.parse(value.getText()));
            }
            if (value.DateTimeLiteral() != null) {
                return new Soql.Literal(TIME.parse(value.getText(), OffsetDateTime::from).toInstant());
            }
        } catch (DateTimeException | NumberFormatException e) {
            throw text.refusal(MALFORMED, token.getStartIndex(), "invalid value: " + value.getText());
        }
        throw Refusal.unsupported("the value " + value.getText() + " in SOQL");
    }

    private static String string(String quoted) {
        return ESCAPED.matcher(quoted.substring(1, quoted.length() - 1)).replaceAll(escape -> {
            String code = escape.group(1);
            return Matcher.quoteReplacement(code.length() > 1 ? Character.toString(Integer.parseInt(code.substring(1), 16))
                : ESCAPES.getOrDefault(code, code));
        });
    }

    private static Soql.Period period(ApexParser.DateFormulaContext formula) {
        return new Soql.Period(DateLiteral.valueOf(formula.getStart().getText().toUpperCase(Locale.ROOT)),
            formula.signedInteger() == null ? 0 : Integer.parseInt(formula.signedInteger().getText()));
    }

    private List<Soql.Order> order(ApexParser.OrderByClauseContext clause) {
        List<Soql.Order> order = new ArrayList<>();
        if (clause != null) {
            for (ApexParser.FieldOrderContext part : clause.fieldOrderList().fieldOrder()) {
                if (part.soqlFunction() != null) {
                    throw unsupported(part.soqlFunction());
                }
                order.add(new Soql.Order(path(part.fieldName()), part.DESC() != null, part.LAST() != null));
            }
        }
        return order;
    }

    private Integer limit(ApexParser.LimitClauseContext clause) {
        return clause == null ? null : number(clause, clause.IntegerLiteral());
    }

    private Integer number(ParserRuleContext clause, TerminalNode literal) {
        if (literal == null) {
            throw unexpected(clause.getStop());
        }
        try {
            return Integer.valueOf(literal.getText());
        } catch (NumberFormatException e) {
            throw unexpected(literal.getSymbol());
        }
    }
}
