package io.cosell.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds Camel's placeholders, such as {@code {{cosell.crm}}}, in the text of a file. */
final class Placeholders {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");
    /** What stands before is looked at after the braces are found: at each sign of a text it would take a fifth of a start. */
    private static final Pattern INSIDE_ANOTHER = Pattern.compile("\\{\\{(?<=\\{\\{[^{}]{0,200}\\{\\{)([^{}]+)}}(?=[^{}]*}})");

    private Placeholders() {
    }

    /**
     * One placeholder.
     *
     * @param expression what stands between the braces, such as {@code cosell.crm}, {@code env:HOME} or {@code name:default}
     * @param line       its line, the first being 1
     */
    record Placeholder(String expression, int line) {

        @Override
        public String toString() {
            return "{{" + expression + "}}";
        }
    }

    /** Every placeholder, in the order of the text. */
    static List<Placeholder> in(String text) {
        List<Placeholder> found = new ArrayList<>();
        replace(text, placeholder -> {
            found.add(placeholder);
            return "";
        });
        return List.copyOf(found);
    }

    /**
     * The text with a value in each placeholder's place; those that stand inside another one, as in
     * {@code {{cosell.{{cosell.crm}}.address}}}, come first. Values are not searched for further placeholders.
     */
    static String replace(String text, Function<Placeholder, String> values) {
        return replace(PLACEHOLDER, replace(INSIDE_ANOTHER, text, values), values);
    }

    private static String replace(Pattern pattern, String text, Function<Placeholder, String> values) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder result = new StringBuilder(text.length());
        int line = 1;
        int counted = 0;
        while (matcher.find()) {
            line += (int) text.substring(counted, matcher.start()).chars().filter(c -> c == '\n').count();
            counted = matcher.start();
            String value = values.apply(new Placeholder(matcher.group(1).strip(), line));
            matcher.appendReplacement(result, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(result).toString();
    }
}
