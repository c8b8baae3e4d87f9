package io.cosell.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.cosell.Connector;
import io.cosell.flow.Planning;
import io.cosell.lane.Lanes;
import io.cosell.plan.Plan;
import io.cosell.store.Change;
import io.cosell.store.Database;
import io.cosell.store.Entry;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What an update is made of, each part run alone, in the connector's process with the connector's own pieces. Its lanes stand still. */
final class Parts {

    /** Settings of the benchmark among those of the connector. */
    static final String STUB = "benchmark.stub";
    static final String EVENT = "benchmark.event";
    static final String SIGNATURE = "benchmark.signature";
    static final String CERTIFICATE = "benchmark.certificate";
    static final String LINK = "benchmark.link";
    static final String REQUEST = "benchmark.request";
    /** Path of a route that does nothing. */
    static final String NOTHING = "/benchmark-nothing";

    /** Warmed up is what the JVM's compiler takes no more than this part of, or what ran this often without coming to that. */
    private static final double COMPILERS_PART = 0.05;
    private static final int MOST_WARM_UPS = 20;
    private static final Duration MEASURED = Duration.ofMillis(3000);
    private static final int LINKS = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Connector connector;
    private final Map<String, String> settings;
    private final ProducerTemplate camel;

    Parts(Connector connector, Map<String, String> settings) throws Exception {
        this.connector = connector;
        this.settings = settings;
        camel = connector.camel();
        CamelContext context = camel.getCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                String hydrated = "?inputType=Hydrated&outputType=Hydrated";
                from("platform-http:" + NOTHING + "?httpMethodRestrict=POST").setBody(constant("")).setHeader(Exchange.HTTP_RESPONSE_CODE)
                    .constant(202);
                from("direct:benchmark-signature").to("bean:webhookVerifier?method=verify").to("bean:webhookVerifier?method=readEvent");
                from("direct:benchmark-referral-in").to("jolt:mapping:partner-center/referral-in.json" + hydrated);
                from("direct:benchmark-record-in").to("jolt:mapping:dynamics365/opportunity-in.json" + hydrated);
                from("direct:benchmark-record-out").to("jolt:mapping:dynamics365/opportunity-out.json" + hydrated)
                    .to("jolt:mapping:dynamics365/opportunity-update.json" + hydrated);
                from("direct:benchmark-get").to(settings.get(STUB) + "?httpMethod=GET").convertBodyTo(byte[].class);
                from("direct:benchmark-post").to(settings.get(STUB) + "?httpMethod=POST").convertBodyTo(byte[].class);
            }
        });
    }

    /** Processor and elapsed time of one round of a part, in microseconds. */
    String measure(String part) throws Exception {
        return switch (part) {
            case "signature" -> measure(1, this::signature);
            case "jolt" -> measure(1, mapping());
            case "planner" -> measure(1, planner());
            case "http-out" -> measure(1, this::twoCalls);
            case "store" -> store();
            default -> throw new IllegalArgumentException(part);
        };
    }

    /** The work of one round and what it may throw. */
    private interface Round {
        void run() throws Exception;
    }

    private static String measure(int updates, Round round) throws Exception {
        long compiling;
        int warmUps = 0;
        do {
            compiling = ConnectorUnderTest.compilerMillis();
            repeat(round, MEASURED);
            compiling = ConnectorUnderTest.compilerMillis() - compiling;
        } while (compiling > COMPILERS_PART * MEASURED.toMillis() && ++warmUps < MOST_WARM_UPS);
        long cpu = ConnectorUnderTest.cpuNanos();
        long start = System.nanoTime();
        int rounds = repeat(round, MEASURED);
        double each = 1e3 * rounds * updates;
        return (ConnectorUnderTest.cpuNanos() - cpu) / each + " " + (System.nanoTime() - start) / each;
    }

    private static int repeat(Round round, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        int rounds = 0;
        while (System.nanoTime() < end) {
            round.run();
            rounds++;
        }
        return rounds;
    }

    private void signature() {
        send("direct:benchmark-signature", settings.get(EVENT).getBytes(StandardCharsets.UTF_8), Map.of("Authorization",
            settings.get(SIGNATURE), "X-MS-Certificate-Url", settings.get(CERTIFICATE), "X-MS-Signature-Algorithm", "rsa-sha256"));
    }

    /** The documents of one update: two come in as JSON, one goes out. */
    private Round mapping() throws IOException {
        byte[] referral = example("partner-center/referral-in");
        byte[] record = example("dynamics365/opportunity-in");
        byte[] out = example("dynamics365/opportunity-out");
        return () -> {
            send("direct:benchmark-referral-in", JSON.readValue(referral, Object.class), Map.of());
            send("direct:benchmark-record-out", JSON.readValue(out, Object.class), Map.of());
            send("direct:benchmark-record-in", JSON.readValue(record, Object.class), Map.of());
        };
    }

    private static byte[] example(String name) throws IOException {
        try (InputStream in = Parts.class.getResourceAsStream("/mappings/examples/" + name + "/full.input.json")) {
            return in.readAllBytes();
        }
    }

    private Round planner() {
        Planning planning = camel.getCamelContext().getRegistry().lookupByNameAndType("planning", Planning.class);
        Link link = connector.store().find(settings.get(LINK)).orElseThrow();
        Map<String, Object> referral = new LinkedHashMap<>(link.referral());
        Map<String, Object> view = new LinkedHashMap<>(document(referral.get("view")));
        Map<String, Object> details = new LinkedHashMap<>(document(view.get("details")));
        details.put("dealValue", 1);
        view.put("details", details);
        referral.put("view", view);
        return () -> {
            Plan plan = planning.plan(link, referral, link.record());
            if (plan.crm().size() != 1) {
                throw new IllegalStateException("The plan is not the expected one: " + plan);
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> document(Object value) {
        return (Map<String, Object>) value;
    }

    private void twoCalls() {
        send("direct:benchmark-get", null, Map.of());
        send("direct:benchmark-post", settings.get(REQUEST), Map.of("Content-Type", "application/json"));
    }

    private void send(String route, Object body, Map<String, Object> headers) {
        Exchange exchange = camel.request(route, message -> {
            message.getIn().setBody(body);
            message.getIn().setHeaders(new LinkedHashMap<>(headers));
        });
        if (exchange.getException() != null) {
            throw new IllegalStateException(route, exchange.getException());
        }
        Integer status = exchange.getVariable("webhookStatus", Integer.class);
        if (status != null && status != 202) {
            throw new IllegalStateException(route + " answered " + status);
        }
    }

    /** Events accepted, lanes picked, intent, result and journal kept: everything the store does for an update, and nothing else. */
    private String store() throws Exception {
        try (HikariDataSource source = Database.open(settings.get("cosell.store.url"), settings.get("cosell.store.user"),
            settings.get("cosell.store.password"))) {
            Store store = new Store(source, Clock.systemUTC());
            Laps laps = new Laps();
            try (Lanes lanes = new Lanes(Database.forLanes(source), store, id -> {
                workOff(store, id);
                laps.done();
                return Optional.empty();
            }, Integer.parseInt(settings.get("cosell.lanes.threads")), Duration.ofSeconds(1), Duration.ofSeconds(30), "parts")) {
                lanes.start();
                // Some of them: all links of the largest store, with their documents, are more than the heap that is measured.
                List<String> referrals = JdbcClient.create(source).sql("select referral_id from link where referral_id is not null limit " + LINKS)
                    .query(String.class).list();
                return measure(referrals.size(), () -> {
                    laps.start(referrals.size());
                    for (String referral : referrals) {
                        lanes.accept(List.of(new Change("partner-center", "referral-updated", referral, null, Instant.now().toString(),
                            null, true)), null, null);
                    }
                    laps.await();
                });
            }
        }
    }

    /** Waits for a number of lanes. */
    private static final class Laps {

        private volatile CountDownLatch left = new CountDownLatch(0);

        void start(int lanes) {
            left = new CountDownLatch(lanes);
        }

        void done() {
            left.countDown();
        }

        void await() throws InterruptedException {
            left.await();
        }
    }

    /** As a lane does: read for its name, read for its work, intend, finish, look for a new mark. */
    private static void workOff(Store store, String id) {
        store.link(id);
        Link link = store.link(id);
        JsonNode value = JSON.getNodeFactory().numberNode(1);
        Link intended = store.intend(link, JSON.createObjectNode().set("/details/dealValue", value));
        store.finish(intended, Store.columns("state", "linked", "reason", null, "told", null, "base", link.base(), "intent", null,
            "referral", link.referral(), "record", link.record(), "record_id", link.recordId(), "record_kind", link.recordKind(),
            "engagement_id", link.engagementId(), "failures", 0, "closed_seen_at", null),
            List.of(new Entry("written", "crm", "/details/dealValue", "1", "2", "Changed in Partner Center.")));
        store.isMarked(id);
    }
}
