package io.cosell.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Runs the connector against the sandboxes on each store with more and more links, then its parts alone, and prints both side by side
 * as Markdown, also into the file that is the first argument. Fails if anything was lost on the way.
 */
public final class Benchmark {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int DEALS = 500;
    /** How many updates, and events, each figure is made of. */
    private static final int UPDATES = Integer.parseInt(env("BENCHMARK_UPDATES", "1500"));
    /** How many come before the first figure: the JVM compiles what is called often, and that takes a while on one core. */
    private static final int WARM_UP = Integer.parseInt(env("BENCHMARK_WARM_UP", "20000"));
    private static final int TIMED = 400;
    private static final int COUNTED = 20;
    private static final List<Integer> SIZES = Arrays.stream(env("BENCHMARK_LINKS", "100,1000,10000,100000").split(","))
        .map(Integer::valueOf).toList();
    private static final List<String> STORES = List.of(env("BENCHMARK_STORES", "embedded,postgresql").split(","));

    private final Path folder;
    private final Report report = new Report();
    private World world;
    private EmbeddedPostgres server;

    private Benchmark(Path folder) {
        this.folder = folder;
    }

    /** Measures and prints. */
    public static void main(String[] args) throws Exception {
        ConnectorProcess.makeRoom();
        Path folder = Files.createTempDirectory("cosell-benchmark");
        Benchmark benchmark = new Benchmark(folder);
        try {
            benchmark.run();
            String markdown = benchmark.report.markdown();
            System.out.println(markdown);
            if (args.length > 0) {
                Files.writeString(Path.of(args[0]), markdown);
            }
        } finally {
            benchmark.close();
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
        System.exit(0); // HTTP clients keep threads
    }

    private static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    private void run() throws Exception {
        for (String store : STORES) {
            Map<String, Object> link = inNewWorld(() -> lanes(store));
            inNewWorld(() -> door(store, link));
        }
    }

    /** A connector looks at its start for what it has missed: nothing may be left of the one before. */
    private <T> T inNewWorld(Callable<T> work) throws Exception {
        try (World fresh = new World(example("partner-center/referral-in"))) {
            world = fresh;
            return work.call();
        }
    }

    private void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private StoreAccess store(String kind, Path own, String database) throws IOException, SQLException {
        if (!kind.equals("postgresql")) {
            return StoreAccess.sqlite(own);
        }
        Path data = folder.resolve("postgresql");
        if (server == null) {
            server = StoreAccess.server(data);
        }
        return StoreAccess.postgres(server, data, database);
    }

    private Map<String, String> settings(Path own, StoreAccess store) {
        Map<String, String> settings = world.settings(own);
        settings.putAll(store.settings());
        return settings;
    }

    // ---- lanes end to end

    /** Returns a link as it stands in the store at the end. */
    private Map<String, Object> lanes(String kind) throws Exception {
        Path own = Files.createDirectory(folder.resolve(kind + "-lanes"));
        try (StoreAccess store = store(kind, own, "lanes"); ConnectorProcess connector = new ConnectorProcess(own, settings(own, store))) {
            connector.tell("register");
            List<String> deals = more(store, List.of(), Math.min(DEALS, SIZES.get(0)));
            if (kind.equals(STORES.get(0))) {
                calls(store, connector);
            }
            poll(store, connector);
            for (int done = 0; done < WARM_UP / 2; done += deals.size()) {
                waveIn(store, deals);
                waveOut(store, connector, records(store, deals));
            }
            for (int links : SIZES) {
                deals = more(store, deals, Math.min(DEALS, links));
                store.fillTo(links);
                waveIn(store, deals);
                measure(kind, links, store, connector, deals);
            }
            check(store);
            return store.anyLink();
        }
    }

    /** As many deals as wanted in both systems and in the store. */
    private List<String> more(StoreAccess store, List<String> deals, int wanted) throws Exception {
        List<String> fresh = world.fresh(wanted - deals.size());
        world.send(world.events(fresh), new Histogram(3));
        idle(store);
        List<String> all = new ArrayList<>(deals);
        all.addAll(fresh);
        return all;
    }

    private Map<String, String> recordsByReferral(StoreAccess store, List<String> deals) throws SQLException {
        Map<String, String> all = store.pairs("select referral_id, record_id from link where state = 'linked' and id not like 'filled-%'");
        all.keySet().retainAll(deals);
        if (all.size() != deals.size()) {
            throw new IllegalStateException((deals.size() - all.size()) + " of " + deals.size() + " deals are not linked.");
        }
        return all;
    }

    private List<String> records(StoreAccess store, List<String> deals) throws SQLException {
        return List.copyOf(recordsByReferral(store, deals).values());
    }

    /** One change in Partner Center of each deal. Returns how long it took from the first event until the last lane was done. */
    private long waveIn(StoreAccess store, List<String> deals) throws Exception {
        deals.forEach(world::editReferral);
        List<World.Event> events = world.events(deals);
        long before = written(store);
        long start = System.nanoTime();
        world.send(events, new Histogram(3));
        idle(store);
        long took = System.nanoTime() - start;
        expect(written(store) - before, deals.size());
        return took;
    }

    /** One change in the CRM of each deal, noticed by one poll. */
    private long waveOut(StoreAccess store, ConnectorProcess connector, List<String> records) throws Exception {
        records.forEach(world::editRecord);
        long before = written(store);
        long start = System.nanoTime();
        connector.tell("poll");
        idle(store);
        long took = System.nanoTime() - start;
        expect(written(store) - before, records.size());
        return took;
    }

    /** Everything that changed until now is noticed and done with. */
    private static void poll(StoreAccess store, ConnectorProcess connector) throws Exception {
        connector.tell("poll");
        idle(store);
    }

    private static long written(StoreAccess store) throws SQLException {
        return store.number("select count(*) from journal where kind = 'written'");
    }

    private static void expect(long found, long wanted) {
        if (found != wanted) {
            throw new IllegalStateException("Not " + wanted + " changes were written, but " + found + ".");
        }
    }

    /** Nothing is left to do. */
    private static void idle(StoreAccess store) throws Exception {
        await(() -> store.number("select count(*) from scheduled_tasks where task_name = 'lane'") == 0);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The connector did not come to an end within " + PATIENCE + ".");
            }
            LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
        }
    }

    private void measure(String kind, int links, StoreAccess store, ConnectorProcess connector, List<String> deals) throws Exception {
        List<String> records = records(store, deals);
        Use in = use(store, connector, deals.size(), () -> waveIn(store, deals));
        poll(store, connector);
        Use out = use(store, connector, deals.size(), () -> waveOut(store, connector, records));
        Histogram millis = latency(store, deals, in.perSecond() / 2);
        report.lanes(kind, links, in, out, millis, connector.collected());
    }

    /** Waves until there are enough updates. */
    private Use use(StoreAccess store, ConnectorProcess connector, int wave, Callable<Long> waves) throws Exception {
        Map<String, Long> calls = world.calls();
        ConnectorProcess.Figures before = connector.figures();
        Duration server = store.serverTime();
        long nanos = 0;
        int done = 0;
        for (; done < UPDATES; done += wave) {
            nanos += waves.call();
        }
        ConnectorProcess.Figures after = connector.figures();
        return new Use(done, nanos, after.cpuNanos() - before.cpuNanos(), after.compilerNanos() - before.compilerNanos(),
            store.serverTime().minus(server).toNanos(), world.callsSince(calls).values().stream().mapToLong(Long::longValue).sum());
    }

    /** From the edit in Partner Center until the journal says it is written in the CRM, at an even pace. */
    private Histogram latency(StoreAccess store, List<String> deals, double perSecond) throws Exception {
        Histogram millis = new Histogram(3);
        for (int timed = 0; timed < TIMED; timed += deals.size()) {
            List<String> some = deals.subList(0, Math.min(TIMED, deals.size()));
            List<World.Event> events = world.events(some);
            Map<String, Long> edited = new HashMap<>();
            List<CompletableFuture<Void>> answers = new ArrayList<>();
            long before = store.journalEnd();
            long start = System.nanoTime();
            for (int i = 0; i < some.size(); i++) {
                LockSupport.parkNanos((long) (start + i * 1e9 / perSecond - System.nanoTime()));
                edited.put(some.get(i), System.currentTimeMillis());
                world.editReferral(some.get(i));
                answers.add(world.send(events.get(i)));
            }
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
            idle(store);
            store.pairs("select referral_id, at from journal where kind = 'written' and id > " + before).forEach((referral, at) ->
                millis.recordValue(Math.max(0, Instant.parse(at).toEpochMilli() - edited.get(referral))));
        }
        return millis;
    }

    /** What a benchmark that loses changes finds is worth nothing. A link that ended as another one took over its deal is none. */
    private void check(StoreAccess store) throws SQLException {
        List<String> bad = store.strings("select coalesce(reason, state) from link where (state <> 'linked' or failures > 0"
            + " or marks > marks_done) and not (state = 'ended' and (referral_id is null or record_id is null))");
        if (!bad.isEmpty()) {
            throw new IllegalStateException(bad.size() + " links are not in step: " + bad.stream().distinct().toList());
        }
    }

    // ---- calls

    private void calls(StoreAccess store, ConnectorProcess connector) throws Exception {
        poll(store, connector);
        world.partnerCenter().dropWebhooks(false);
        List<String> deals = counted("create, Partner Center to CRM", store, connector, () -> world.fresh(COUNTED));
        counted("update, Partner Center to CRM", store, connector, () -> {
            deals.forEach(world::editReferral);
            return deals;
        });
        List<String> records = records(store, deals);
        counted("update, CRM to Partner Center", store, connector, () -> {
            records.forEach(world::editRecord);
            return records;
        });
        counted("create, CRM to Partner Center", store, connector, () -> share(false));
        counted("create, CRM to Partner Center, Microsoft invited", store, connector, () -> share(true));
        world.partnerCenter().dropWebhooks(true);
    }

    private List<String> share(boolean withHelp) {
        return Stream.generate(() -> world.sharedOpportunity(withHelp)).limit(COUNTED).toList();
    }

    /** Counts until nothing more happens: also what echoes and the poll after it cause. */
    private List<String> counted(String change, StoreAccess store, ConnectorProcess connector, Callable<List<String>> people)
            throws Exception {
        settle(store, connector);
        Map<String, Long> before = world.calls();
        List<String> changed = people.call();
        settle(store, connector);
        report.calls(change, changed.size(), world.callsSince(before));
        return changed;
    }

    private void settle(StoreAccess store, ConnectorProcess connector) throws Exception {
        for (int round = 0; round < 2; round++) {
            world.partnerCenter().awaitDelivered();
            poll(store, connector);
        }
        world.partnerCenter().awaitDelivered();
        idle(store);
    }

    // ---- the door, and parts alone

    /** Returns the figures of the last size. */
    private Door door(String kind, Map<String, Object> link) throws Exception {
        Path own = Files.createDirectory(folder.resolve(kind + "-door"));
        try (StoreAccess store = store(kind, own, "door")) {
            Map<String, String> settings = settings(own, store);
            World.Event event = world.event((String) link.get("referral_id"));
            settings.put(Parts.EVENT, new String(event.body(), StandardCharsets.UTF_8));
            settings.put(Parts.SIGNATURE, event.signature());
            settings.put(Parts.CERTIFICATE, world.partnerCenter().certificateAddress().toString());
            settings.put(Parts.LINK, (String) link.get("id"));
            settings.put(Parts.REQUEST, example("dynamics365/opportunity-out"));
            try (ConnectorProcess connector = new ConnectorProcess(own, settings)) {
                connector.tell("stop-lanes");
                store.insertLink(link);
                store.fillTo(SIZES.get(0));
                Door last = acknowledge(store, connector, WARM_UP);
                for (int links : SIZES) {
                    store.fillTo(links);
                    acknowledge(store, connector, DEALS);
                    last = acknowledge(store, connector, UPDATES);
                    report.door(kind, links, last);
                }
                parts(kind, connector);
                return last;
            }
        }
    }

    /** What the door did. */
    record Door(Use use, Histogram nanos) {
    }

    private Door acknowledge(StoreAccess store, ConnectorProcess connector, int events) throws Exception {
        List<String> referrals = store.strings("select referral_id from link limit " + DEALS);
        Histogram nanos = new Histogram(3);
        long cpu = 0;
        long compiler = 0;
        long took = 0;
        Duration server = Duration.ZERO;
        int done = 0;
        for (; done < events; done += referrals.size()) {
            List<World.Event> wave = world.events(referrals);
            ConnectorProcess.Figures before = connector.figures();
            Duration serverBefore = store.serverTime();
            long start = System.nanoTime();
            world.send(wave, nanos);
            took += System.nanoTime() - start;
            ConnectorProcess.Figures after = connector.figures();
            cpu += after.cpuNanos() - before.cpuNanos();
            compiler += after.compilerNanos() - before.compilerNanos();
            server = server.plus(store.serverTime().minus(serverBefore));
            store.forgetMarks();
        }
        return new Door(new Use(done, took, cpu, compiler, server.toNanos(), 0), nanos);
    }

    private void parts(String kind, ConnectorProcess connector) throws Exception {
        connector.tell("open-parts");
        Map<String, Double> parts = new LinkedHashMap<>();
        if (kind.equals(STORES.get(0))) {
            world.sendNothing(WARM_UP);
            long cpu = connector.figures().cpuNanos();
            world.sendNothing(UPDATES);
            parts.put("HTTP in: a request answered by a route that does nothing", (connector.figures().cpuNanos() - cpu) / 1e3 / UPDATES);
            parts.put("signature: event verified and read", micros(connector.tell("part signature")));
            parts.put("JOLT: two documents in, one out, with their JSON", micros(connector.tell("part jolt")));
            parts.put("planner: one plan", micros(connector.tell("part planner")));
            parts.put("HTTP out: one GET and one POST of the engine", micros(connector.tell("part http-out")));
        }
        parts.put("store: event, mark, lane, intent, result, journal", micros(connector.tell("part store")));
        report.parts(kind, parts);
    }

    private static double micros(String answer) {
        return Double.parseDouble(answer.split(" ")[0]);
    }

    private static String example(String name) throws IOException {
        try (var in = Benchmark.class.getResourceAsStream("/mappings/examples/" + name + "/full.input.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
