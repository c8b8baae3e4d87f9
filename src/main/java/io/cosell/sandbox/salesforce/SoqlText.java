package io.cosell.sandbox.salesforce;

/**
 * The text of a query, and how Salesforce points into it when something is wrong: the line, a caret below the place, row and column.
 *
 * @param source the query as it was sent
 */
record SoqlText(String source) {

    private static final int BEFORE = 40;
    private static final int AFTER = 40;

    /**
     * 400 with a place.
     *
     * @param code    errorCode
     * @param at      index into the text, its length for the end
     * @param message what is wrong there
     */
    Refusal refusal(String code, int at, String message) {
        int place = Math.min(at, source.length());
        int lineStart = source.lastIndexOf('\n', place - 1) + 1;
        int nextLine = source.indexOf('\n', place);
        int lineEnd = nextLine < 0 ? source.length() : nextLine;
        int row = (int) source.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
        int from = Math.max(lineStart, place - BEFORE);
        String shown = source.substring(from, Math.min(lineEnd, place + AFTER));
        return new Refusal(400, code, "\n" + shown + "\n" + " ".repeat(place - from) + "^\nERROR at Row:" + row + ":Column:"
            + (place - lineStart + 1) + "\n" + message);
    }
}
