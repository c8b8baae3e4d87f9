package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Change;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Row;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Store;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lists in pages, and what changed since a list was read (sections 3.1 and 3.6). A page token holds the place of the last row answered,
 * so rows that come or go between two pages move nothing.
 */
final class Pages {

    private static final Duration TOKEN_LIFE = Duration.ofDays(7);
    private static final DateTimeFormatter TOKEN_TIME = DateTimeFormatter.ofPattern("MM/dd/yyyy HH:mm:ss");
    private static final Pattern DELTA_TOKEN = Pattern.compile("(\\d+)!(\\d\\d/\\d\\d/\\d{4} \\d\\d:\\d\\d:\\d\\d)");
    private static final Pattern COOKIE = Pattern.compile(
        "<cookie pagenumber=\"(\\d+)\" pagingcookie=\"([^\"]*)\" istracking=\"(True|False)\" />");
    private static final List<String> NOT_WITH_TRACKING = List.of("$filter", "$orderby", "$expand", "$top");

    private final Store store;
    private final Clock clock;

    Pages(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
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

    /** Rows that fit a query, in its order. */
    static List<Row> sorted(Collection<Row> rows, Query query) {
        return rows.stream().filter(query.filter()).sorted(comparator(query)).toList();
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
        List<Row> fitting = sorted(rows, query);
        List<Row> rest = place.after() == null ? fitting
            : fitting.stream().filter(row -> comparePlace(table, query, row, place.after()) > 0).toList();
        int limit = view.prefer().pageSize().isPresent() ? Integer.MAX_VALUE : query.top(); // $top is ignored beside odata.maxpagesize
        int size = Math.min(view.prefer().pageSize().orElse(Prefer.LARGEST_PAGE), limit);
        List<Row> page = rest.stream().limit(size).toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", view.context(table, query));
        if (query.count()) {
            count(json, fitting.size(), view);
        }
        json.put("value", page.stream().map(row -> view.row(table, row, query)).toList());
        if (rest.size() > page.size() && page.size() < limit) {
            Row last = page.get(page.size() - 1);
            List<Object> after = new ArrayList<>(query.order().stream().map(part -> Values.toJson(part.value(last))).toList());
            after.add(last.sequence());
            json.put("@odata.nextLink", nextLink(request, address, place, after, tracked));
        } else if (tracked) {
            json.put("@odata.deltaLink", deltaLink(request, address, place.mark()));
        }
        return Reply.json(200, json);
    }

    private static void count(Map<String, Object> json, int all, View view) {
        json.put("@odata.count", Math.min(all, Prefer.LARGEST_PAGE));
        if (view.prefer().wants(Prefer.TOTAL)) {
            json.put("@" + Prefer.TOTAL, Math.min(all, Prefer.LARGEST_PAGE));
        }
        if (view.prefer().wants(Prefer.TOTAL_CAPPED)) {
            json.put("@" + Prefer.TOTAL_CAPPED, all > Prefer.LARGEST_PAGE);
        }
    }

    /** Answers {@code set/$count}, with {@code $deltatoken} the number of changes. */
    Reply count(Table table, Query query, Request request) {
        long number = Math.min(Prefer.LARGEST_PAGE, sorted(store.rows(table.name()), query).size());
        if (request.query().containsKey("$deltatoken")) {
            refuseWithTracking(table, request);
            long since = since(request);
            number = changed(table, since, store.version()).size() + deleted(table, since, store.version()).size();
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
        List<Map<String, Object>> value = new ArrayList<>();
        rows.forEach(row -> value.add(view.row(table, row, query)));
        gone.forEach(one -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("@odata.context", view.root() + "$metadata#" + table.set() + "/$deletedEntity");
            json.put("id", one.id());
            json.put("reason", "deleted");
            value.add(json);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", view.context(table, query) + "/$delta");
        json.put("value", value);
        boolean more = changed.stream().anyMatch(row -> row.version() > lastRow)
            || deleted.stream().anyMatch(one -> one.version() > lastDeletion);
        if (more) {
            json.put("@odata.nextLink", nextLink(request, address, place, List.of(lastRow, lastDeletion), true));
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
                    throw new Refusal(400, "0x80044352", "The delta token is older than " + TOKEN_LIFE.toDays()
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

    private static String nextLink(Request request, String address, Place place, List<Object> after, boolean tracked) {
        Map<String, Object> inside = new LinkedHashMap<>();
        inside.put("after", after);
        inside.put("mark", place.mark());
        try {
            String cookie = Base64.getUrlEncoder().withoutPadding().encodeToString(SandboxSystem.JSON.writeValueAsBytes(inside));
            String token = "<cookie pagenumber=\"" + (place.page() + 1) + "\" pagingcookie=\"" + cookie + "\" istracking=\""
                + (tracked ? "True" : "False") + "\" />";
            return link(request, address, List.of("$skiptoken"), "$skiptoken=" + encode(token));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String deltaLink(Request request, String address, long mark) {
        String token = mark + "!" + TOKEN_TIME.format(now());
        return link(request, address, List.of("$skiptoken", "$deltatoken"), "$deltatoken=" + encode(token));
    }

    private static String link(Request request, String address, List<String> without, String with) {
        return address + "?" + String.join("&", Stream.concat(
            request.query().entrySet().stream().filter(option -> !without.contains(option.getKey()))
                .map(option -> option.getKey() + "=" + encode(option.getValue())),
            Stream.of(with)).toList());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
