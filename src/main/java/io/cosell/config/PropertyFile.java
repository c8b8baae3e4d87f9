package io.cosell.config;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A properties file with what {@link Properties} throws away: the line of every entry and the comment above it.
 *
 * @param name     the file as the integrator knows it
 * @param entries  in the order of the file, a key as often as it is there
 * @param findings lines that are no property
 */
record PropertyFile(String name, List<Entry> entries, List<Finding> findings) {

    /**
     * One property.
     *
     * @param key      its name
     * @param value    its value as Camel takes it: escapes resolved, blanks at the ends cut off
     * @param line     line it begins in, the first being 1
     * @param comments the comment lines directly above, without the sign, a blank line ending the block
     */
    record Entry(String key, String value, int line, List<String> comments) {
    }

    static PropertyFile parse(String name, String text) {
        List<Entry> entries = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        List<String> comments = new ArrayList<>();
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].stripLeading();
            if (line.isEmpty()) {
                comments.clear();
            } else if (line.startsWith("#") || line.startsWith("!")) {
                comments.add(line.substring(1).strip());
            } else {
                int start = i;
                StringBuilder whole = new StringBuilder(line);
                while (continues(lines[i]) && i + 1 < lines.length) {
                    whole.append('\n').append(lines[++i]);
                }
                try {
                    Properties one = new Properties();
                    one.load(new StringReader(whole.toString()));
                    for (Map.Entry<Object, Object> property : one.entrySet()) {
                        String value = ((String) property.getValue()).strip();
                        entries.add(new Entry((String) property.getKey(), value, start + 1, List.copyOf(comments)));
                    }
                } catch (IllegalArgumentException e) {
                    findings.add(Finding.error(name, start + 1, "this line holds a \\u that is no character",
                            "write \\\\ for a backslash"));
                } catch (IOException e) {
                    throw new IllegalStateException("A text in memory can't fail to be read", e);
                }
                comments.clear();
            }
        }
        return new PropertyFile(name, List.copyOf(entries), List.copyOf(findings));
    }

    private static boolean continues(String line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
