package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A filter of the list (section 3.1) or of the analytics: comparisons by eq, ne, gt, ge, lt, le of known fields, joined by {@code and},
 * {@code or} and parentheses, and {@code team/any(t:t/email eq '...')}. Words go in single quotes (doubled inside), times do not.
 * Times are compared as the texts they are stored as, all of one width.
 */
final class Filter implements Predicate<JsonNode> {

    /** What a field holds. */
    enum Type {
        WORD,
        /** A time as referrals show it. */
        TIME,
        /** A time as analytics show it. */
        SECONDS
    }

    /** The fields of a referral that can be compared. {@code email} is the 2019 spelling of a team member's address. */
    static final Map<String, Type> REFERRAL = Map.of(
        "engagementId", Type.WORD,
        "status", Type.WORD,
        "substatus", Type.WORD,
        "qualification", Type.WORD,
        "type", Type.WORD,
        "direction", Type.WORD,
        "updatedDateTime", Type.TIME,
        "customerProfile/address/country", Type.WORD,
        "email", Type.WORD);

    private static final Map<String, IntPredicate> OPERATORS = Map.of(
        "eq", order -> order == 0,
        "ne", order -> order != 0,
        "gt", order -> order > 0,
        "ge", order -> order >= 0,
        "lt", order -> order < 0,
        "le", order -> order <= 0);

    private static final Pattern TOKEN = Pattern.compile("\\s*([()]|'(?:[^']|'')*'|[^\\s()']+)");
    private static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private final List<String> tokens = new ArrayList<>();
    private final Set<String> engagements = new HashSet<>();
    private final Map<String, Type> fields;
    private final String option;
    private final Predicate<JsonNode> whole;
    private boolean alternatives;
    private int next;

    /**
     * Reads a filter.
     *
     * @param option name of the query option it stands in
     * @param fields what can be compared
     * @throws Refusal 400 with the option as target if it cannot be read
     */
    Filter(String text, String option, Map<String, Type> fields) {
        this.option = option;
        this.fields = fields;
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, text.length());
        }
        if (!text.substring(end).isBlank()) {
            throw wrong("has a quote without an end");
        }
        whole = either();
        if (next < tokens.size()) {
            throw wrong("goes on with '" + tokens.get(next) + "' where 'and', 'or' or its end belongs");
        }
    }

    @Override
    public boolean test(JsonNode referral) {
        return whole.test(referral);
    }

    /** The engagements this filter asks for by name; only for these the list shows Microsoft's referrals too. */
    Set<String> engagements() {
        return engagements;
    }

    /** The one engagement that everything this filter finds is of; null if it does not say so. */
    String onlyEngagement() {
        return engagements.size() == 1 && !alternatives ? engagements.iterator().next() : null;
    }

    private Predicate<JsonNode> either() {
        Predicate<JsonNode> result = both();
        while (skip("or")) {
            alternatives = true;
            result = result.or(both());
        }
        return result;
    }

    private Predicate<JsonNode> both() {
        Predicate<JsonNode> result = one();
        while (skip("and")) {
            result = result.and(one());
        }
        return result;
    }

    private Predicate<JsonNode> one() {
        if (skip("(")) {
            Predicate<JsonNode> inside = either();
            expect(")");
            return inside;
        }
        String field = take();
        if (field.equals("team/any") && fields.containsKey("email")) {
            return anyMember();
        }
        Type type = fields.get(field);
        if (type == null) {
            throw wrong("names '" + field + "', which cannot be filtered; these can: "
                + fields.keySet().stream().sorted().toList() + (fields.containsKey("email") ? " and team/any(...)" : ""));
        }
        Predicate<JsonNode> comparison = comparison(field, type);
        if (field.equals("email")) {
            return referral -> any(referral.path("team"), comparison);
        }
        JsonPointer pointer = JsonPointer.compile("/" + field);
        return field.contains("/") ? referral -> comparison.test(referral.at(pointer))
            : referral -> comparison.test(referral.path(field));
    }

    /** {@code (t:t/email eq '...')} behind {@code team/any}. */
    private Predicate<JsonNode> anyMember() {
        expect("(");
        String head = take();
        if (head.endsWith(":")) {
            head += take();
        }
        if (!head.matches("(\\w+):\\1/email")) {
            throw wrong("has '" + head + "' in team/any; only t:t/email is known");
        }
        Predicate<JsonNode> comparison = comparison("email", Type.WORD);
        expect(")");
        return referral -> any(referral.path("team"), comparison);
    }

    private static boolean any(JsonNode members, Predicate<JsonNode> comparison) {
        for (JsonNode member : members) { // no stream: this runs for every referral there is
            if (comparison.test(member.path("email"))) {
                return true;
            }
        }
        return false;
    }

    private Predicate<JsonNode> comparison(String field, Type type) {
        String word = take();
        IntPredicate operator = OPERATORS.get(word);
        if (operator == null) {
            throw wrong("has '" + word + "' after " + field + "; known are eq, ne, gt, ge, lt, le");
        }
        String literal = take();
        if (literal.equals("null")) {
            return value -> operator.test(value.isMissingNode() || value.isNull() ? 0 : 1);
        }
        if (type != Type.WORD) {
            String time = type == Type.TIME ? Times.utc(time(literal)) : Times.seconds(time(literal));
            return value -> value.isTextual() && operator.test(value.textValue().compareTo(time));
        }
        String wanted = word(field, literal);
        if (field.equals("engagementId") && word.equals("eq")) {
            engagements.add(wanted);
        }
        return value -> value.isTextual() ? operator.test(value.textValue().compareTo(wanted)) : word.equals("ne");
    }

    /** A word in quotes, or an engagement id without (seen in the links of one public payload). */
    private String word(String field, String literal) {
        if (literal.startsWith("'")) {
            return literal.substring(1, literal.length() - 1).replace("''", "'");
        }
        if (field.equals("engagementId") && GUID.matcher(literal).matches()) {
            return literal;
        }
        throw wrong("needs single quotes around " + literal);
    }

    private Instant time(String literal) {
        try {
            return OffsetDateTime.parse(literal).toInstant();
        } catch (DateTimeException e) {
            throw wrong("needs a time such as 2024-11-14T00:00:00Z, without quotes, instead of " + literal);
        }
    }

    private boolean skip(String token) {
        boolean there = next < tokens.size() && tokens.get(next).equals(token);
        next += there ? 1 : 0;
        return there;
    }

    private void expect(String token) {
        if (!skip(token)) {
            throw wrong("lacks '" + token + "'");
        }
    }

    private String take() {
        if (next == tokens.size()) {
            throw wrong("ends too early");
        }
        return tokens.get(next++);
    }

    private Refusal wrong(String how) {
        return Refusal.invalid(option, "The filter " + how + ".");
    }
}
