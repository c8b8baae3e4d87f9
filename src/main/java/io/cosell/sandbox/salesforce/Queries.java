package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The resources {@code /query} and {@code /queryAll}, in pages (section 3.2). */
final class Queries {

    private static final int SMALLEST_PAGE = 200;
    private static final int LARGEST_PAGE = 2000;
    /** Section 3.2: about two days. */
    private static final Duration LOCATOR_LIFE = Duration.ofDays(2);
    private static final int MOST_LOCATORS = 1000;
    private static final String LOCATOR_PREFIX = "01g";
    private static final Pattern LOCATOR = Pattern.compile("(01g\\w{15})-(\\d{1,9})");
    private static final Pattern BATCH_SIZE = Pattern.compile("\\s*batchSize\\s*=\\s*(\\d{1,9})\\s*", Pattern.CASE_INSENSITIVE);

    /** A query whose pages are still asked for: its rows are those of the first page's time. */
    private record Cursor(SoqlText text, Soql soql, boolean deletedToo, List<Row> rows, int pageSize, Instant made) {
    }

    private final Org org;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Cursor> eldest) {
            return size() > MOST_LOCATORS;
        }
    };
    private long made;

    Queries(Org org) {
        this.org = org;
    }

    List<Resource> resources() {
        return List.of(
            new Resource("GET", "/query", CallKind.LIST, (call, parts) -> first(call, false)),
            new Resource("GET", "/queryAll", CallKind.LIST, (call, parts) -> first(call, true)),
            new Resource("GET", "/query/{locator}", CallKind.LIST, (call, parts) -> next(call, parts.get("locator"))),
            new Resource("GET", "/queryAll/{locator}", CallKind.LIST, (call, parts) -> next(call, parts.get("locator"))));
    }

    private Reply first(ApiCall call, boolean deletedToo) {
        if (call.request().query().containsKey("explain")) {
            throw Refusal.unsupported("query plans");
        }
        SoqlText text = new SoqlText(call.request().parameter("q").orElse(""));
        Soql soql = SoqlReader.read(text);
        QueryRun run = new QueryRun(org, text, soql, deletedToo);
        List<Row> rows = run.rows();
        if (run.counts()) {
            return Reply.json(200, QueryRun.answer(rows.size(), null, List.of()));
        }
        Cursor cursor = new Cursor(text, soql, deletedToo, rows, pageSize(call), org.clock().instant());
        String id = null;
        if (rows.size() > cursor.pageSize()) {
            cursors.values().removeIf(this::isOver);
            id = Ids.of(LOCATOR_PREFIX, ++made);
            cursors.put(id, cursor);
        }
        return page(call, run, cursor, id, 0);
    }

    private Reply next(ApiCall call, String locator) {
        Matcher place = LOCATOR.matcher(locator);
        Cursor cursor = place.matches() ? cursors.get(place.group(1)) : null;
        if (cursor == null || isOver(cursor) || Integer.parseInt(place.group(2)) >= cursor.rows().size()) {
            throw new Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        }
        QueryRun run = new QueryRun(org, cursor.text(), cursor.soql(), cursor.deletedToo());
        return page(call, run, cursor, place.group(1), Integer.parseInt(place.group(2)));
    }

    private boolean isOver(Cursor cursor) {
        return !org.clock().instant().isBefore(cursor.made().plus(LOCATOR_LIFE));
    }

    private static Reply page(ApiCall call, QueryRun run, Cursor cursor, String locator, int from) {
        int to = Math.min(from + cursor.pageSize(), cursor.rows().size());
        String next = to < cursor.rows().size() ? call.root() + "/query/" + locator + "-" + to : null;
        return Reply.json(200, QueryRun.answer(cursor.rows().size(), next,
            cursor.rows().subList(from, to).stream().map(row -> run.json(call.root(), row)).toList()));
    }

    /** Section 3.2: a hint, taken as it is within its bounds. */
    private static int pageSize(ApiCall call) {
        String options = call.request().header("Sforce-Query-Options").orElse("");
        Matcher size = BATCH_SIZE.matcher(options);
        return size.matches() ? Math.max(SMALLEST_PAGE, Math.min(LARGEST_PAGE, Integer.parseInt(size.group(1)))) : LARGEST_PAGE;
    }
}
