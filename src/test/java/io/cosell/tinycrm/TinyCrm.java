package io.cosell.tinycrm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A stand-in for Tiny CRM: deals, companies and people over plain REST, as docs/third-crm.md tells it. */
final class TinyCrm implements AutoCloseable {

    static final String KEY = "key-of-the-connector";
    static final Set<String> CURRENCIES = Set.of("USD", "EUR");
    static final int LONGEST_TITLE = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> FIELDS = Set.of("title", "stage", "lostReason", "amount", "currency", "closesOn", "notes", "products",
        "companyId", "contactId", "shareWithMicrosoft", "referralId", "referralLink", "syncLog", "microsoftHelp", "visibleToMicrosoft",
        "microsoftDealId");
    private static final Map<String, Object> OWNER = Map.of("firstName", "Sam", "lastName", "Seller", "email", "sam@partner.example",
        "phone", "2065550100");
    private static final Set<String> STAGES = Set.of("offered", "open", "won", "lost");

    private final Map<String, Map<String, Object>> deals = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> companies = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> people = new LinkedHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpServer server;
    private int lastId;

    /** An answer that is no success. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        Refusal(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    TinyCrm() {
        this(0);
    }

    private TinyCrm(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/api", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    /** Runs it until Ctrl-C, for who follows docs/third-crm.md; the port is the first argument, 8085 without one. */
    public static void main(String[] arguments) {
        TinyCrm crm = new TinyCrm(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8085);
        System.out.println("Tiny CRM is at " + crm.settings().get("cosell.tinycrm.address") + ", its key is " + KEY);
    }

    /** Settings for a connector that serves it. */
    Map<String, String> settings() {
        return Map.of("cosell.crm", "tinycrm", "cosell.tinycrm.address", "http://127.0.0.1:" + server.getAddress().getPort() + "/api",
            "cosell.tinycrm.api-key", KEY);
    }

    // ---- what a seller does

    synchronized String sellerMakes(Map<String, Object> deal) {
        return (String) newDeal(deal).get("id");
    }

    synchronized void sellerChanges(String id, Map<String, Object> changes) {
        change(id, changes);
    }

    synchronized String sellerMakesCompany(Map<String, Object> company) {
        return (String) newThing("C-", companies, company).get("id");
    }

    synchronized String sellerMakesPerson(Map<String, Object> person) {
        return (String) newThing("P-", people, person).get("id");
    }

    /** A deal as it is read. */
    synchronized Map<String, Object> deal(String id) {
        return shown(deals.get(id));
    }

    synchronized List<Map<String, Object>> deals() {
        return deals.values().stream().map(this::shown).toList();
    }

    synchronized int companies() {
        return companies.size();
    }

    /** The calls so far, as method and path. */
    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    // ---- what it answers

    private void serve(HttpExchange http) throws IOException {
        int status = 200;
        Object answer;
        try {
            if (!KEY.equals(http.getRequestHeaders().getFirst("X-Api-Key"))) {
                throw new Refusal(401, "no-key", "The header X-Api-Key is missing or wrong.");
            }
            byte[] body = http.getRequestBody().readAllBytes();
            Map<String, Object> document = body.length == 0 ? Map.of() : object(JSON.readValue(body, Map.class));
            answer = answer(http.getRequestMethod(), http.getRequestURI().getPath().substring("/api".length()),
                query(http.getRequestURI().getRawQuery()), document, http.getRequestHeaders().getFirst("If-Match"));
        } catch (Refusal e) {
            status = e.status;
            answer = Map.of("error", Map.of("code", e.code, "message", e.getMessage()));
        }
        byte[] text = JSON.writeValueAsBytes(answer);
        http.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        http.sendResponseHeaders(status, text.length);
        http.getResponseBody().write(text);
        http.close();
    }

    private synchronized Object answer(String method, String path, Map<String, String> query, Map<String, Object> body, String ifMatch) {
        calls.add(method + " " + path);
        String[] steps = path.substring(1).split("/");
        return switch (method + " " + steps[0] + (steps.length > 1 ? "/" : "")) {
            case "GET deals" -> query.containsKey("since") ? changed(query)
                : Map.of("items", list(deals, deal -> matches(deal, query, "id", "referralId")));
            case "GET deals/" -> shown(found(steps[1]));
            case "POST deals" -> shown(newDeal(body));
            case "PATCH deals/" -> {
                String version = "\"" + found(steps[1]).get("version") + "\"";
                if (ifMatch != null && !ifMatch.equals(version)) {
                    throw new Refusal(412, "changed", "The deal has changed.");
                }
                yield shown(change(steps[1], body));
            }
            case "GET companies" -> Map.of("items", list(companies, company -> matches(company, query, "name", "postcode")));
            case "POST companies" -> newThing("C-", companies, body);
            case "GET people" -> Map.of("items", list(people, person -> matches(person, query, "email")));
            case "POST people" -> newThing("P-", people, body);
            default -> throw new Refusal(404, "no-such-address", "There is nothing here.");
        };
    }

    private Map<String, Object> changed(Map<String, String> query) {
        Instant since = Instant.parse(query.get("since"));
        int limit = Integer.parseInt(query.get("limit"));
        List<Map<String, Object>> all = deals.values().stream()
            .filter(deal -> at(deal).isAfter(since) || at(deal).equals(since) && text(deal, "id").compareTo(query.get("after")) > 0)
            .sorted(Comparator.comparing(TinyCrm::at).thenComparing(deal -> text(deal, "id"))).map(this::shown).toList();
        return Map.of("items", all.stream().limit(limit).toList(), "more", all.size() > limit);
    }

    private static Instant at(Map<String, Object> deal) {
        return Instant.parse(text(deal, "updatedAt"));
    }

    private static String text(Map<String, Object> thing, String name) {
        return String.valueOf(thing.get(name));
    }

    private static boolean matches(Map<String, Object> thing, Map<String, String> query, String... names) {
        return Arrays.stream(names).filter(query::containsKey)
            .allMatch(name -> query.get(name).equals(thing.get(name) == null ? "" : text(thing, name)));
    }

    private List<Map<String, Object>> list(Map<String, Map<String, Object>> things, Predicate<Map<String, Object>> which) {
        return things.values().stream().filter(thing -> !Boolean.TRUE.equals(thing.get("deleted"))).filter(which).map(this::shown).toList();
    }

    private Map<String, Object> found(String id) {
        Map<String, Object> deal = deals.get(id);
        if (deal == null || Boolean.TRUE.equals(deal.get("deleted"))) {
            throw new Refusal(404, "no-such-deal", "There is no such deal.");
        }
        return deal;
    }

    private Map<String, Object> newDeal(Map<String, Object> body) {
        check(body);
        if (body.get("referralId") != null && deals.values().stream().anyMatch(deal -> body.get("referralId").equals(deal.get("referralId")))) {
            throw new Refusal(409, "duplicate", "Another deal has this referralId.");
        }
        Map<String, Object> deal = new LinkedHashMap<>(Map.of("stage", "open", "shareWithMicrosoft", false, "version", 0,
            "owner", OWNER));
        deal.putAll(newThing("D-", deals, body));
        deals.put((String) deal.get("id"), deal);
        return touched(deal);
    }

    private Map<String, Object> change(String id, Map<String, Object> body) {
        check(body);
        Map<String, Object> deal = found(id);
        deal.putAll(body);
        return touched(deal);
    }

    private static Map<String, Object> touched(Map<String, Object> deal) {
        deal.put("version", (int) deal.get("version") + 1);
        deal.put("updatedAt", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        return deal;
    }

    /** A seller deletes a deal; lists of changes show that it is gone. */
    synchronized void sellerDeletes(String id) {
        touched(deals.get(id)).put("deleted", true);
    }

    private Map<String, Object> newThing(String prefix, Map<String, Map<String, Object>> things, Map<String, Object> body) {
        Map<String, Object> thing = new LinkedHashMap<>(body);
        thing.put("id", prefix + String.format("%06d", ++lastId));
        things.put((String) thing.get("id"), thing);
        return thing;
    }

    private static void check(Map<String, Object> body) {
        body.keySet().stream().filter(name -> !FIELDS.contains(name)).findFirst().ifPresent(name -> {
            throw new Refusal(422, "no-such-field", "A deal has no field " + name + ".");
        });
        if (body.get("title") instanceof String title && title.length() > LONGEST_TITLE) {
            throw new Refusal(422, "too-long", "The title has more than " + LONGEST_TITLE + " characters.");
        }
        if (body.get("currency") instanceof String currency && !CURRENCIES.contains(currency)) {
            throw new Refusal(422, "no-such-currency", "The currency " + currency + " is not set up.");
        }
        if (body.containsKey("stage") && !STAGES.contains(String.valueOf(body.get("stage")))) {
            throw new Refusal(422, "no-such-stage", "There is no stage " + body.get("stage") + ".");
        }
    }

    /** A deal with what belongs to it. */
    private Map<String, Object> shown(Map<String, Object> thing) {
        if (Boolean.TRUE.equals(thing.get("deleted"))) {
            return Map.of("id", thing.get("id"), "updatedAt", thing.get("updatedAt"), "version", thing.get("version"), "deleted", true);
        }
        Map<String, Object> shown = new LinkedHashMap<>(thing);
        if (companies.containsKey(String.valueOf(thing.get("companyId"))) && thing.containsKey("version")) {
            shown.put("company", companies.get(thing.get("companyId")));
        }
        if (people.containsKey(String.valueOf(thing.get("contactId")))) {
            shown.put("contact", people.get(thing.get("contactId")));
        }
        return shown;
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        if (raw != null) {
            for (String part : raw.split("&")) {
                String[] nameAndValue = part.split("=", 2);
                query.put(nameAndValue[0], URLDecoder.decode(nameAndValue[1], UTF_8));
            }
        }
        return query;
    }

    private static Map<String, Object> object(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>();
        map.forEach((name, value) -> object.put((String) name, value));
        return object;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
