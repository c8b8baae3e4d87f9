package io.cosell.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.flow.Planning;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.TextTable;

/** Tables and values as the commands print them. */
public final class Tables {

    private static final int SHOWN = 300;

    private Tables() {
    }

    /**
     * Prints a table with wrapped cells.
     *
     * @param widths width of each column in characters
     */
    public static void print(PrintWriter out, List<String> head, List<List<String>> rows, int... widths) {
        Column[] columns = new Column[widths.length];
        for (int i = 0; i < widths.length; i++) {
            columns[i] = new Column(widths[i], i == 0 ? 0 : 1, Overflow.WRAP);
        }
        TextTable table = TextTable.forColumns(new ColorScheme.Builder(Ansi.OFF).build(), columns);
        table.addRowValues(head.toArray(String[]::new));
        table.addRowValues(head.stream().map(title -> "-".repeat(title.length())).toArray(String[]::new));
        rows.forEach(row -> table.addRowValues(row.stream().map(Tables::plain).toArray(String[]::new)));
        out.print(table);
        out.flush();
    }

    /** A number of things, such as "1 deal". */
    static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    /** Text that holds values of deals, in one line of whatever length. */
    static String line(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    /** A value of a plan in one line. */
    public static String value(JsonNode value) {
        if (value == null || value.isMissingNode() || value.isNull()) {
            return "(empty)";
        }
        return plain(Planning.text(value));
    }

    /** An entry of the journal in one line. */
    public static String entry(Map<String, Object> entry) {
        StringBuilder line = new StringBuilder(String.valueOf(entry.get("kind")));
        if (entry.get("side") != null) {
            line.append(' ').append(entry.get("side"));
        }
        if (entry.get("field") != null) {
            line.append(' ').append(entry.get("field")).append(": ").append(orEmpty(entry.get("old_value"))).append(" -> ")
                .append(orEmpty(entry.get("new_value")));
        }
        line.append(entry.get("reason") == null ? "" : " - " + entry.get("reason"));
        return plain(line + (entry.get("calls") == null ? "" : " [" + entry.get("calls") + "]"));
    }

    private static String orEmpty(Object value) {
        return value == null ? "(empty)" : String.valueOf(value);
    }

    /** No control characters of a deal's text reach the terminal. */
    private static String plain(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }
}
