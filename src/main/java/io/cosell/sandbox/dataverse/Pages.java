package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
import io.cosell.sandbox.Switches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lists in pages, and what changed since a list was read (sections 3.1 and 3.6). A page token holds the place of the last row answered,
 * so rows that come or go between two pages move nothing.
 */
final class Pages {

    private static final int NOT_COUNTED = -1;
    /** The sandbox's tables do not change while it runs. */
    private static final String METADATA_VERSION = "470000";
    private static final Duration TOKEN_LIFE = Duration.ofDays(7);
    private static final DateTimeFormatter TOKEN_TIME = DateTimeFormatter.ofPattern("MM/dd/yyyy HH:mm:ss");
    private static final Pattern DELTA_TOKEN = Pattern.compile("(\\d+)!(\\d\\d/\\d\\d/\\d{4} \\d\\d:\\d\\d:\\d\\d)");
    private static final Pattern COOKIE = Pattern.compile(
        "<cookie pagenumber=\"(\\d+)\" pagingcookie=\"([^\"]*)\" istracking=\"(True|False)\" />");
    private static final List<String> NOT_WITH_TRACKING = List.of("$filter", "$orderby", "$expand", "$top");

    private final Store store;
    private final Clock clock;
    private final Switches switches;

    Pages(Store store, Clock clock, Switches switches) {
        this.store = store;
        this.clock = clock;
        this.switches = switches;
    }

    /**
     * Where a read goes on.
     *
     * @param page    number of the page to answer, from 1
     * @param after   place of the last row answered, null on the first page
     * @param mark    version the delta link of the last page starts from
     */
    private record Place(int page, JsonNode after, long mark) {
    }

    /**
     * A piece of a list.
     *
     * @param rows its rows
     * @param more whether more rows come behind them
     * @param all  how many rows fit the query, before and behind too
     */
    record Slice(List<Row> rows, boolean more, int all) {

        Row last() {
            return rows.get(rows.size() - 1);
        }
    }

    /**
     * The rows that fit a query, in its order, from a place on. Keeps no more rows in order than are answered: a table may hold many.
     *
     * @param after place of the last row answered before, null from the start
     * @param size  most rows
     */
    static Slice slice(Collection<Row> rows, Table table, Query query, JsonNode after, int size) {
        Comparator<Row> order = comparator(query);
        // the last of the rows kept so far comes first, to make room for one that goes before it
        PriorityQueue<Row> kept = new PriorityQueue<>(order.reversed());
        int all = 0;
        int rest = 0;
        for (Row row : rows) {
            if (query.filter().test(row)) {
                all++;
                if (after == null || comparePlace(table, query, row, after) > 0) {
                    rest++;
                    if (kept.size() < size) {
                        kept.add(row);
                    } else if (size > 0 && order.compare(row, kept.peek()) < 0) {
                        kept.poll();
                        kept.add(row);
                    }
                }
            }
        }
        return new Slice(kept.stream().sorted(order).toList(), rest > kept.size(), all);
    }

    private static Comparator<Row> comparator(Query query) {
        Comparator<Row> order = Comparator.comparing(row -> 0);
        for (Query.Order part : query.order()) {
            Comparator<Row> next = (a, b) -> Values.compare(part.value(a), part.value(b));
            order = order.thenComparing(part.descending() ? next.reversed() : next);
        }
        return order.thenComparingLong(Row::sequence);
    }

    /**
     * Answers a list, one page of it.
     *
     * @param rows    all rows the address leads to
     * @param address address of the list without query
     */
    Reply list(Table table, Collection<Row> rows, Query query, View view, Request request, String address) {
        boolean tracked = view.prefer().trackChanges() || request.query().containsKey("$deltatoken");
        if (tracked) {
            refuseWithTracking(table, request);
        }
        if (request.query().containsKey("$deltatoken")) {
            return delta(table, query, view, request, address);
        }
        Place place = place(request);
        int limit = view.prefer().pageSize().isPresent() ? Integer.MAX_VALUE : query.top(); // $top is ignored beside odata.maxpagesize
        int size = Math.min(view.prefer().pageSize().orElse(Prefer.LARGEST_PAGE), limit);
        Slice slice = slice(rows, table, query, place.after(), size);
        List<Row> page = slice.rows();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", view.context(table, query));
        count(json, slice.all(), query, view);
        json.put("value", page.stream().map(row -> view.row(table, row, query)).toList());
        if (slice.more() && page.size() < limit) {
            json.put("@odata.nextLink", nextLink(request.query(), address, place.page(), placeOf(query, slice.last()), place.mark(), tracked));
        } else if (tracked) {
            json.put("@odata.deltaLink", deltaLink(request, address, place.mark()));
        }
        return Reply.json(200, json);
    }

    /** Place of a row in the order of a query. */
    static List<Object> placeOf(Query query, Row row) {
        List<Object> place = new ArrayList<>(query.order().stream().map(part -> Values.toJson(part.value(row))).toList());
        place.add(row.sequence());
        return place;
    }

    /** {@code @odata.count}, capped, and the annotations that reveal the cap (section 3.1). */
    private void count(Map<String, Object> json, int all, Query query, View view) {
        if (query.count()) {
            json.put("@odata.count", Math.min(all, Prefer.LARGEST_PAGE));
        }
        Map<String, Object> annotations = new LinkedHashMap<>();
        annotations.put(Prefer.TOTAL, query.count() ? Math.min(all, Prefer.LARGEST_PAGE) : NOT_COUNTED);
        annotations.put(Prefer.TOTAL_CAPPED, query.count() && all > Prefer.LARGEST_PAGE);
        annotations.put(Prefer.METADATA_VERSION, METADATA_VERSION);
        annotations.forEach((name, value) -> {
            if (view.prefer().wants(name)) {
                json.put("@" + name, value);
            }
        });
    }

    /** Answers {@code set/$count}, with {@code $deltatoken} the number of changes. */
    Reply count(Table table, Query query, Request request) {
        long number;
        if (request.query().containsKey("$deltatoken")) {
            refuseWithTracking(table, request);
            long since = since(request);
            number = changed(table, since, store.version()).size() + deleted(table, since, store.version()).size();
        } else {
            number = Math.min(Prefer.LARGEST_PAGE, store.rows(table.name()).stream().filter(query.filter()).count());
        }
        return Reply.text(200, "text/plain", Long.toString(number));
    }

    private Reply delta(Table table, Query query, View view, Request request, String address) {
        long since = since(request);
        Place place = place(request);
        List<Row> changed = changed(table, since, place.mark());
        List<Store.Deleted> deleted = deleted(table, since, place.mark());
        long afterRow = place.after() == null ? 0 : place.after().get(0).asLong();
        long afterDeletion = place.after() == null ? 0 : place.after().get(1).asLong();
        int size = view.prefer().pageSize().orElse(Prefer.LARGEST_PAGE);
        List<Row> rows = changed.stream().filter(row -> row.version() > afterRow).limit(size).toList();
        List<Store.Deleted> gone = deleted.stream().filter(one -> one.version() > afterDeletion).limit(size - rows.size()).toList();
        long lastRow = rows.isEmpty() ? afterRow : rows.get(rows.size() - 1).version();
        long lastDeletion = gone.isEmpty() ? afterDeletion : gone.get(gone.size() - 1).version();
        List<Map<String, Object>> value = new ArrayList<>(rows.stream().map(row -> view.row(table, row, query)).toList());
        value.addAll(switches.has(DataverseSwitch.DELETIONS_COME_FIRST) ? 0 : value.size(), gone.stream().map(one -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("@odata.context", view.root() + "$metadata#" + table.set() + "/$deletedEntity");
            json.put("id", one.id());
            json.put("reason", "deleted");
            return json;
        }).toList());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", view.context(table, query) + "/$delta");
        json.put("value", value);
        boolean more = changed.stream().anyMatch(row -> row.version() > lastRow)
            || deleted.stream().anyMatch(one -> one.version() > lastDeletion);
        if (more) {
            json.put("@odata.nextLink", nextLink(request.query(), address, place.page(), List.of(lastRow, lastDeletion), place.mark(),
                true));
        } else {
            json.put("@odata.deltaLink", deltaLink(request, address, place.mark()));
        }
        return Reply.json(200, json);
    }

    private List<Row> changed(Table table, long since, long until) {
        return store.changedSince(table.name(), since).stream().filter(row -> row.version() <= until).toList();
    }

    private List<Store.Deleted> deleted(Table table, long since, long until) {
        return store.deletedSince(table.name(), since).stream().filter(one -> one.version() <= until).toList();
    }

    private static void refuseWithTracking(Table table, Request request) {
        if (!table.changeTracking()) {
            throw Refusal.query("Change tracking is not enabled for the entity " + table.name() + ".");
        }
        NOT_WITH_TRACKING.stream().filter(request.query()::containsKey).findFirst().ifPresent(option -> {
            throw Refusal.query("The \"${" + option.substring(1) + "}\" query parameter isn't supported when Change Tracking is enabled.");
        });
    }

    /** Version a delta token starts from; refuses one that is too old. */
    private long since(Request request) {
        Matcher token = DELTA_TOKEN.matcher(request.query().get("$deltatoken"));
        try {
            if (token.matches()) {
                LocalDateTime made = LocalDateTime.parse(token.group(2), TOKEN_TIME);
                if (made.plus(TOKEN_LIFE).isBefore(now())) {
                    // Status and code of this refusal are not documented.
                    throw new Refusal(switches.has(DataverseSwitch.EXPIRED_DELTA_ANSWERS_410) ? 410 : 400, "0x80044352", "The delta token is older than " + TOKEN_LIFE.toDays()
                        + " days and has expired. Read the whole table again.");
                }
                return Long.parseLong(token.group(1));
            }
        } catch (DateTimeException e) {
            // refused below, as any other text
        }
        throw Refusal.query("The delta token '" + request.query().get("$deltatoken") + "' is not valid.");
    }

    /** The time, to the second as tokens hold it. */
    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
    }

    private Place place(Request request) {
        String token = request.query().get("$skiptoken");
        if (token == null) {
            return new Place(1, null, store.version());
        }
        Matcher cookie = COOKIE.matcher(token);
        try {
            if (cookie.matches()) {
                JsonNode inside = SandboxSystem.JSON.readTree(Base64.getUrlDecoder().decode(cookie.group(2)));
                return new Place(Integer.parseInt(cookie.group(1)), inside.path("after"), inside.path("mark").asLong());
            }
        } catch (IOException | IllegalArgumentException e) {
            // refused below, as any other text
        }
        throw Refusal.query("The skip token '" + token + "' is not valid: use the nextLink as it was answered.");
    }

    private static int comparePlace(Table table, Query query, Row row, JsonNode after) {
        for (int i = 0; i < query.order().size(); i++) {
            Query.Order part = query.order().get(i);
            Object there = part.column().type().isLookup() ? after.get(i).textValue() : Values.fromJson(table, part.column(), after.get(i));
            int order = Values.compare(part.value(row), there);
            if (order != 0) {
                return part.descending() ? -order : order;
            }
        }
        return Long.compare(row.sequence(), after.path(query.order().size()).asLong());
    }

    /**
     * Address of the next page.
     *
     * @param options query options of this page
     * @param address address of the list without query
     * @param page    number of this page
     * @param after   place of its last row
     * @param mark    version that changes are told from
     * @param tracked whether changes are asked for
     */
    static String nextLink(Map<String, String> options, String address, int page, List<Object> after, long mark, boolean tracked) {
        Map<String, Object> inside = new LinkedHashMap<>();
        inside.put("after", after);
        inside.put("mark", mark);
        try {
            String cookie = Base64.getUrlEncoder().withoutPadding().encodeToString(SandboxSystem.JSON.writeValueAsBytes(inside));
            String token = "<cookie pagenumber=\"" + (page + 1) + "\" pagingcookie=\"" + cookie + "\" istracking=\""
                + (tracked ? "True" : "False") + "\" />";
            return link(options, address, List.of("$skiptoken"), "$skiptoken=" + encode(token));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String deltaLink(Request request, String address, long mark) {
        String token = mark + "!" + TOKEN_TIME.format(now());
        return link(request.query(), address, List.of("$skiptoken", "$deltatoken"), "$deltatoken=" + encode(token));
    }

    private static String link(Map<String, String> options, String address, List<String> without, String with) {
        return address + "?" + String.join("&", Stream.concat(
            options.entrySet().stream().filter(option -> !without.contains(option.getKey()))
                .map(option -> option.getKey() + "=" + encode(option.getValue())),
            Stream.of(with)).toList());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
