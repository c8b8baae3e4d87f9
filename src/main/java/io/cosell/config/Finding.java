package io.cosell.config;

import java.util.Comparator;

/**
 * One thing wrong in what an integrator edits.
 *
 * @param level   whether the connector can start with it
 * @param file    the file as the integrator knows it, or {@code environment} for a variable
 * @param line    line in that file, the first being 1; 0 when the finding has no line
 * @param message what is wrong; never holds a secret
 * @param hint    what to do about it; may be empty
 */
public record Finding(Level level, String file, int line, String message, String hint) {

    /** Order of a report: by file, then line, errors before warnings. */
    static final Comparator<Finding> BY_PLACE = Comparator.comparing(Finding::file).thenComparingInt(Finding::line)
            .thenComparing(Finding::level).thenComparing(Finding::message);

    /** How bad it is. */
    public enum Level {
        /** The connector must not start. */
        ERROR,
        /** It can start, and someone should look. */
        WARNING
    }

    /** Something the connector must not start with. */
    public static Finding error(String file, int line, String message, String hint) {
        return new Finding(Level.ERROR, file, line, message, hint);
    }

    /** Something to look at. */
    public static Finding warning(String file, int line, String message, String hint) {
        return new Finding(Level.WARNING, file, line, message, hint);
    }

    /** True when the connector must not start. */
    public boolean isError() {
        return level == Level.ERROR;
    }

    /** {@code file:line: message — hint}, the form editors and terminals make a link of. */
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (isError() ? "" : "warning: ") + message
                + (hint.isEmpty() ? "" : " — " + hint);
    }
}
