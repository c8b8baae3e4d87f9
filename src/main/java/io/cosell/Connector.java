package io.cosell;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.config.Columns;
import io.cosell.config.ConfigurationCheck;
import io.cosell.config.Finding;
import io.cosell.config.HostPatterns;
import io.cosell.config.Preflight;
import io.cosell.config.Setting;
import io.cosell.config.Settings;
import io.cosell.dev.Development;
import io.cosell.flow.Archive;
import io.cosell.flow.Calls;
import io.cosell.flow.DealPlan;
import io.cosell.flow.Documents;
import io.cosell.flow.DoorKey;
import io.cosell.flow.Healing;
import io.cosell.flow.Intake;
import io.cosell.flow.Ledger;
import io.cosell.flow.Noticed;
import io.cosell.flow.Planning;
import io.cosell.flow.Plans;
import io.cosell.flow.RefreshTokenFile;
import io.cosell.flow.Rules;
import io.cosell.flow.Telling;
import io.cosell.flow.Times;
import io.cosell.flow.Tokens;
import io.cosell.lane.LaneRunner;
import io.cosell.lane.Lanes;
import io.cosell.odata.ODataBatch;
import io.cosell.plan.Policy;
import io.cosell.plan.PolicyException;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.CrmTables;
import io.cosell.store.Database;
import io.cosell.store.Heal;
import io.cosell.store.Lease;
import io.cosell.store.Store;
import io.cosell.webhook.WebhookConfig;
import io.cosell.webhook.WebhookVerifier;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector put together: settings checked, store opened, beans made, routes loaded, lanes started. Everything a deal needs is in
 * the routes; this class only decides which of them run.
 */
public final class Connector implements AutoCloseable {

    /** What the connector is started for. */
    public enum Purpose {
        /** Takes webhooks, asks on schedules, runs lanes. */
        SERVE,
        /** One command of a person: no webhook, no schedule; lanes run. */
        COMMAND,
        /** Only looks: no lane runs, nothing is written. */
        LOOK,
        /** Carries out approved plans: no lane runs by itself. */
        APPLY
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);
    private static final String REFRESH_TOKEN = "cosell.partner-center.refresh-token";
    /** HTTP 413 Content Too Large. */
    private static final int TOO_LARGE = 413;
    /** Settings that may differ between processes which share a store, and change nothing about a deal. */
    private static final List<String> OF_THE_PROCESS = List.of("cosell.data-folder", "cosell.store.", "cosell.lanes.",
        "cosell.webhook.trust-store");

    /** Behind {@code cosell.CRM}: whether the route CRM-change-events listens to what the CRM announces; a CRM need not have it. */
    private static final String CHANGE_EVENTS = ".change-events";

    /** Routes that wait for the outside world, which a single command does not start. */
    private static final List<String> WAITING_ROUTES = List.of("partner-center-to-crm", "crm-webhook", "related-referral-changes",
        "crm-opportunity-to-partner-center", "crm-leads-to-partner-center", "crm-solutions-to-partner-center", "auto-heal",
        "auto-heal-of-all", "auto-heal-at-start", "keep-call-counts");

    /** The beans that routes may name. */
    private static final Map<String, Class<?>> BEANS = Map.ofEntries(Map.entry("store", Store.class), Map.entry("lanes", Lanes.class),
        Map.entry("planning", Planning.class), Map.entry("telling", Telling.class), Map.entry("ledger", Ledger.class),
        Map.entry("healing", Healing.class), Map.entry("intake", Intake.class), Map.entry("documents", Documents.class),
        Map.entry("times", Times.class), Map.entry("noticed", Noticed.class), Map.entry("calls", Calls.class),
        Map.entry("odataBatch", ODataBatch.class), Map.entry("tokens", Tokens.class), Map.entry("doorKey", DoorKey.class),
        Map.entry("plans", Plans.class), Map.entry("archive", Archive.class), Map.entry("webhookVerifier", WebhookVerifier.class),
        Map.entry("changeEventsLease", Lease.class));

    private final Main main;
    private final HikariDataSource dataSource;
    private final Store store;
    private final Calls calls;
    private final Lanes lanes;
    private final Planning planning;
    private final Settings settings;
    private final RefreshTokenFile refreshTokens;
    private final String routes;
    private final String mappings;
    private final String configuration;
    private final Purpose purpose;
    private final Clock clock;
    /** Tells this process from others on the same store, and its predecessor on this machine. */
    private final String process = "cosell-" + UUID.randomUUID();
    private final Path folder;
    private final Map<String, String> overrides;
    private final Rules rules;
    private ProducerTemplate camel;
    private LaneRunner runner;
    private Development development;

    /**
     * Starts the connector.
     *
     * @param folder    working folder: its routes, mappings and application.properties are used where it has them, those of the jar
     *                  otherwise
     * @param overrides settings that win over all others, by name
     * @param purpose   what it is started for
     * @throws ConfigurationException if anything in settings, routes or mappings is wrong, with all that is
     */
    public static Connector start(Path folder, Map<String, String> overrides, Purpose purpose) {
        return start(folder, overrides, purpose, Clock.systemUTC());
    }

    /** Starts the connector with a clock of the caller's. */
    public static Connector start(Path folder, Map<String, String> overrides, Purpose purpose, Clock clock) {
        return start(folder, overrides, purpose, new Surroundings() {
            @Override
            public Clock clock() {
                return clock;
            }
        });
    }

    /** Starts the connector in surroundings of the caller's. */
    public static Connector start(Path folder, Map<String, String> overrides, Purpose purpose, Surroundings surroundings) {
        Connector connector = new Connector(folder, overrides, purpose, surroundings);
        connector.main.start();
        connector.begin();
        return connector;
    }

    /**
     * Serves until the process is told to stop. Returns the exit code.
     *
     * @param folder      working folder
     * @param overrides   settings that win over all others, by name
     * @param development whether saved routes and mappings take effect while it runs
     */
    public static int serve(Path folder, Map<String, String> overrides, boolean development) throws Exception {
        Connector connector = new Connector(folder, overrides, Purpose.SERVE, new Surroundings() { });
        connector.main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterStart(BaseMainSupport support) {
                connector.begin();
                if (development) {
                    connector.develop(Development::log);
                }
            }

            @Override
            public void beforeStop(BaseMainSupport support) {
                connector.closeDevelopment();
                connector.lanes.close();
            }

            @Override
            public void afterStop(BaseMainSupport support) {
                connector.closeStore();
            }
        });
        connector.main.run();
        return connector.main.getExitCode();
    }

    private Connector(Path folder, Map<String, String> overrides, Purpose purpose, Surroundings surroundings) {
        this.purpose = purpose;
        clock = surroundings.clock();
        routes = location(folder, "routes");
        settings = settings(folder, routes, overrides);
        this.folder = folder;
        this.overrides = overrides;
        mappings = surroundings.mappings().map(other -> "file:" + other).orElseGet(() -> location(folder, "mappings"));
        refreshTokens = new RefreshTokenFile(folder.resolve(settings.resolve("cosell.data-folder").orElse("data")));
        Policy policy = check(routes, mappings, surroundings);
        configuration = fingerprint(routes, mappings);

        dataSource = Database.open(settings.get("cosell.store.url"), settings.get("cosell.store.user"),
            settings.get("cosell.store.password"));
        DataSource database = surroundings.database(dataSource);
        store = new Store(database, clock);
        checkStore();
        calls = new Calls(store);
        rules = new Rules(policy, mappingVersion(mappings));
        planning = new Planning(rules, clock, settings.duration("cosell.terminal-grace"));
        int longestName = settings.isYes("cosell.show-check-mark-in-name") ? Integer.parseInt(settings.get("cosell.name-length")) : 0;
        Telling telling = new Telling(clock, longestName, settings.isYes("cosell.audit-successes"),
            Integer.parseInt(settings.get("cosell.audit-length")), settings.get("cosell.partner-center.deal-link"));

        main = new Main();
        int threads = Integer.parseInt(settings.get("cosell.lanes.threads"));
        Duration takeover = settings.duration("cosell.lanes.takeover");
        lanes = surroundings.lanes(store, lane -> runner.run(lane), takeover).orElseGet(() -> new Lanes(Database.forLanes(dataSource), store,
            lane -> runner.run(lane), threads, Duration.ofSeconds(1), takeover, process));
        bindBeans(folder, telling, surroundings);

        if (purpose == Purpose.SERVE && Database.isShared(settings.get("cosell.store.url"))) {
            main.bind("quartz", Schedules.shared(dataSource, process));
        }
        List<String> excluded = new ArrayList<>(purpose == Purpose.SERVE ? List.of() : WAITING_ROUTES);
        if (settings.get("cosell.crm-webhook.key").isEmpty()) {
            excluded.add("crm-webhook");
        }
        String crm = settings.get("cosell.crm");
        boolean events = settings.names().contains("cosell." + crm + CHANGE_EVENTS) && settings.isYes("cosell." + crm + CHANGE_EVENTS);
        if (!events || purpose != Purpose.SERVE) {
            excluded.add(crm + "-change-events");
        }
        main.setPropertyPlaceholderLocations("file:" + folder.resolve("application.properties") + ";optional=true,"
            + "classpath:application.properties," + routes + "/" + crm + "/" + crm + ".properties;optional=true");
        main.configure().withBasePackageScanEnabled(false)
            .withRoutesIncludePattern(routeFolders(routes).stream().flatMap(Connector::routeFiles).collect(Collectors.joining(",")));
        if (!excluded.isEmpty()) {
            main.configure().withRouteFilterExcludePattern(String.join(",", excluded));
        }
        engineSettingsOfEnvironment(folder).forEach(main::addOverrideProperty);
        overrides.forEach(main::addOverrideProperty);
        main.addOverrideProperty("cosell.mappings", mappings);
        if (events) {
            main.addOverrideProperty("cosell.crm-changes.schedule", settings.get("cosell.crm-changes.schedule-with-events"));
        }
        if (purpose != Purpose.SERVE) {
            main.addOverrideProperty("camel.server.enabled", "false");
            main.addOverrideProperty("camel.management.enabled", "false");
        }
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport support) {
                support.getCamelContext().getPropertiesComponent().setEncoding("UTF-8");
            }

            @Override
            public void afterConfigure(BaseMainSupport support) {
                if (purpose == Purpose.SERVE) {
                    checkPorts();
                }
            }
        });
    }

    /** The beans that routes name. */
    private void bindBeans(Path folder, Telling telling, Surroundings surroundings) {
        Map<String, Object> beans = new LinkedHashMap<>();
        beans.put("store", store);
        beans.put("lanes", lanes);
        beans.put("planning", planning);
        beans.put("telling", telling);
        Ledger ledger = new Ledger(store, planning, telling, rules);
        beans.put("ledger", ledger);
        beans.put("plans", new Plans(rules, store, ledger));
        beans.put("healing", surroundings.healing(store, lanes, settings.duration("cosell.auto-heal.overlap"),
            settings.duration("cosell.auto-heal.patience"), rules));
        beans.put("intake", surroundings.intake(lanes, store));
        beans.put("documents", new Documents());
        beans.put("times", new Times(clock));
        beans.put("noticed", new Noticed());
        beans.put("calls", calls);
        beans.put("odataBatch", new ODataBatch());
        beans.put("archive", new Archive());
        beans.put("tokens", new Tokens(clock, refreshTokens));
        beans.put("doorKey", new DoorKey(settings.get("cosell.crm-webhook.key")));
        beans.put("webhookVerifier", new WebhookVerifier(webhook(), clock));
        // A process that has the store for itself need not wait until the lease of its predecessor, which was killed, ends.
        beans.put("changeEventsLease", new Lease(store, "change events", Database.isShared(settings.get("cosell.store.url")) ? process
            : "the only process", settings.duration("cosell.lanes.takeover")));
        // The registry keeps beans of one name apart by their class: a second one would not replace the first.
        beans.putAll(surroundings.beans());
        beans.forEach(main::bind);
    }

    /** What comes after the routes are up: lanes run. */
    private void begin() {
        camel = main.getCamelContext().createProducerTemplate();
        runner = new LaneRunner(camel, store, clock, settings.duration("cosell.lanes.first-pause"),
            settings.duration("cosell.lanes.longest-pause"));
        if (purpose == Purpose.SERVE) {
            measureHealing();
            refuseLargeBodies();
            tryRestingLanesAfterChange();
            LOG.info("Cosell Connector serves: Partner Center and {}; webhook on {}{}; store {}; this process is {}.",
                settings.get("cosell.crm"), name(server("camel.server")), settings.get("cosell.webhook.path"),
                settings.get("cosell.store.url").replaceFirst("\\?.*", ""), process);
        }
        if (purpose == Purpose.SERVE || purpose == Purpose.COMMAND) {
            lanes.start();
        }
    }

    /** What the last round of auto-heal proved, as metrics. */
    private void measureHealing() {
        MeterRegistry metrics = main.getCamelContext().getRegistry().findSingleByType(MeterRegistry.class);
        if (metrics != null) {
            Gauge.builder("cosell_heal_linked", store, from -> heal(from, Heal::linked))
                .description("Linked deals at the last round of auto-heal").register(metrics);
            Gauge.builder("cosell_heal_not_in_step", store, from -> heal(from, heal -> heal.linked() - heal.inStep()))
                .description("Linked deals that were not equal at the last round of auto-heal").register(metrics);
            Gauge.builder("cosell_heal_recovered", store, from -> heal(from, Heal::recovered))
                .description("Deals with changes recovered in the last round of auto-heal").register(metrics);
            Gauge.builder("cosell_heal_time", store, from -> heal(from, heal -> Instant.parse(heal.at()).getEpochSecond()))
                .description("When the last round of auto-heal began").baseUnit("seconds").register(metrics);
        }
    }

    private static double heal(Store store, ToDoubleFunction<Heal> value) {
        return store.lastHeal().map(heal -> value.applyAsDouble(heal)).orElse(Double.NaN);
    }

    /** The server refuses a body over the limit before any route sees it; without this it would log each as an error of its own. */
    private void refuseLargeBodies() {
        VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(main.getCamelContext(),
            VertxPlatformHttpRouter.getRouterNameFromPort(server("camel.server").getPort()));
        if (router != null) {
            router.route().last().failureHandler(request -> {
                if (request.statusCode() == TOO_LARGE) {
                    request.response().setStatusCode(TOO_LARGE).putHeader("Content-Type", "application/json")
                        .end("{\"error\":{\"code\":\"body-too-large\",\"message\":\"The body is larger than this webhook takes.\"}}");
                } else {
                    request.next();
                }
            });
        }
    }

    /**
     * From now on saved routes and mappings take effect at once; ends with the connector.
     *
     * @param told hears of what is in effect, and of what is not and why
     */
    public Development develop(Consumer<Development.News> told) {
        development = new Development(new Development.Running() {
            @Override
            public CamelContext camel() {
                return main.getCamelContext();
            }

            @Override
            public Lanes lanes() {
                return lanes;
            }

            @Override
            public List<Path> routes() {
                return routeFolders(routes).stream().map(Preflight::folder).toList();
            }

            @Override
            public List<Path> mappings() {
                return mappingFolders(mappings).map(Preflight::folder).toList();
            }

            @Override
            public Path folder() {
                return folder;
            }

            @Override
            public List<Finding> check() {
                try {
                    return ConfigurationCheck.run(settings, Preflight.folder(routes), Preflight.folder(mappings), BEANS, schema(folder))
                        .findings();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public List<Finding> checkSettings() {
                return Connector.settings(folder, overrides).findings();
            }

            @Override
            public Map<String, String> settings() {
                return settingLines();
            }

            @Override
            public int use(Policy policy) {
                rules.replace(policy, mappingVersion(mappings));
                int retried = store.configuredAs(fingerprint(routes, mappings));
                store.markedLinks().forEach(lanes::wake);
                return retried;
            }
        }, told);
        return development;
    }

    /** The lines of the files of settings, by name. */
    private Map<String, String> settingLines() {
        Properties lines = new Properties();
        Path ofTheCrm = Preflight.folder(routes + "/" + crm()).resolve(crm() + ".properties");
        for (Path file : List.of(ofTheCrm, folder.resolve("application.properties"))) {
            try (Reader reader = Files.newBufferedReader(file)) {
                lines.load(reader);
            } catch (NoSuchFileException e) {
                continue; // neither has to be there
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return lines.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, lines::getProperty));
    }

    /** A deal that was refused under other routes, mappings or settings may go through now. */
    private void tryRestingLanesAfterChange() {
        int resting = store.configuredAs(configuration);
        if (resting > 0) {
            LOG.info("The configuration changed since the last start: {} deals that rested are tried again.", resting);
        }
    }

    private InetSocketAddress server(String group) {
        var properties = main.getCamelContext().getPropertiesComponent();
        return new InetSocketAddress(properties.resolveProperty(group + ".host").orElse("127.0.0.1"),
            Integer.parseInt(properties.resolveProperty(group + ".port").orElse("8080")));
    }

    /** To one CRM, the records of another look deleted: their links would end. */
    private void checkStore() {
        String crm = settings.get("cosell.crm");
        String other = store.recordsOf(crm);
        if (!other.equals(crm)) {
            dataSource.close();
            throw new ConfigurationException(List.of("application.properties: cosell.crm: the store holds deals with records of " + other
                + " — give " + crm + " a store of its own (cosell.store.url, cosell.data-folder), or set cosell.crm back to " + other));
        }
    }

    /** Camel goes on without its server if the port is taken; a connector that nobody can reach must not seem to run. */
    private void checkPorts() {
        List<String> taken = Stream.of("camel.server", "camel.management")
            .filter(group -> main.getCamelContext().getPropertiesComponent().resolveProperty(group + ".enabled").orElse("").equals("true"))
            .filter(group -> !isFree(server(group)))
            .map(group -> "application.properties: " + group + ".port: another program listens on " + name(server(group))
                + " — stop it, or set another port")
            .toList();
        if (!taken.isEmpty()) {
            throw new ConfigurationException(taken);
        }
    }

    private static String name(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    private static boolean isFree(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket(address.getPort(), 1, address.getAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** A digest of everything that can change what becomes of a deal; secrets are left out. */
    private String fingerprint(String routes, String mappings) {
        List<Setting> told = settings.catalog().stream()
            .filter(setting -> !setting.secret() && OF_THE_PROCESS.stream().noneMatch(setting.name()::startsWith)).toList();
        return digest(told, Stream.concat(routeFolders(routes).stream(), mappingFolders(mappings)).toList());
    }

    /** A short digest of what the two sides of a deal are compared under: the mappings, and the settings that they name. */
    private String mappingVersion(String mappings) {
        List<String> folders = mappingFolders(mappings).toList();
        String texts = folders.stream().flatMap(folder -> files(folder).stream()).map(Connector::text).collect(Collectors.joining());
        return digest(settings.catalog().stream().filter(setting -> texts.contains("{{" + setting.name() + "}}")).toList(), folders)
            .substring(0, 12);
    }

    private Stream<String> mappingFolders(String mappings) {
        return Stream.of(mappings, mappings + "/partner-center", mappings + "/" + settings.get("cosell.crm"));
    }

    private String digest(List<Setting> told, List<String> folders) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            told.stream().map(setting -> setting.name() + "=" + settings.get(setting.name()) + "\n")
                .forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
            folders.stream().flatMap(folder -> files(folder).stream()).map(Connector::text)
                .forEach(text -> digest.update(text.getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> files(String folder) {
        try (Stream<Path> files = Files.list(Preflight.folder(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The settings of a working folder, with what is wrong with them.
     *
     * @param folder    working folder; its application.properties is used where it has one
     * @param overrides settings that win over all others, by name
     */
    public static Settings settings(Path folder, Map<String, String> overrides) {
        return settings(folder, location(folder, "routes"), overrides);
    }

    private static Settings settings(Path folder, String routes, Map<String, String> overrides) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        overrides.forEach((name, value) -> environment.put(name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
        Path file = folder.resolve("application.properties");
        try (InputStream packed = resource("application.properties")) {
            return Settings.load(packed, Optional.of(Preflight.folder(routes)), Files.exists(file) ? Optional.of(file) : Optional.empty(), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Environment variables override the engine's settings of the files too; Camel by itself does not do so for all of them. */
    private static Map<String, String> engineSettingsOfEnvironment(Path folder) {
        Properties files = new Properties();
        Path file = folder.resolve("application.properties");
        try (InputStream packed = resource("application.properties");
             InputStream own = Files.exists(file) ? Files.newInputStream(file) : InputStream.nullInputStream()) {
            files.load(packed);
            files.load(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> found = new HashMap<>();
        files.stringPropertyNames().stream().filter(name -> name.startsWith("camel.")).forEach(name ->
            variablesOf(name).map(System.getenv()::get).filter(Objects::nonNull).findFirst().ifPresent(value -> found.put(name, value)));
        return found;
    }

    /** CAMEL_SERVER_MAX_BODY_SIZE and CAMEL_SERVER_MAXBODYSIZE for camel.server.maxBodySize. */
    private static Stream<String> variablesOf(String name) {
        String words = name.replaceAll("([a-z])([A-Z])", "$1-$2");
        return Stream.of(words, name).map(form -> form.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
    }

    private static InputStream resource(String name) {
        return Connector.class.getClassLoader().getResourceAsStream(name);
    }

    /** The mappings of a working folder, or those of the jar where it has none. */
    public static Path mappings(Path folder) {
        return Preflight.folder(location(folder, "mappings"));
    }

    /** A folder of the working folder where it is there, the one of the jar otherwise; never a mix of both. */
    private static String location(Path folder, String name) {
        Path own = folder.resolve(name);
        return Files.isDirectory(own) ? "file:" + own : "classpath:" + name;
    }

    private List<String> routeFolders(String routes) {
        return List.of(routes, routes + "/partner-center", routes + "/" + settings.get("cosell.crm"));
    }

    /** Each file by its name: a pattern would find those of all folders below too, and so the routes of another CRM. */
    private static Stream<String> routeFiles(String folder) {
        try (Stream<Path> files = Files.list(Preflight.folder(folder))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".camel.yaml")).sorted()
                .map(name -> folder + "/" + name).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Everything wrong in settings, routes and mappings, without starting anything.
     *
     * @param folder    the working folder
     * @param overrides settings that win over all others, by name
     * @param schema    saved schema of the CRM; that of the working folder, if it is there, when none is named
     */
    public static ConfigurationCheck.Result check(Path folder, Map<String, String> overrides, Optional<Path> schema) {
        String routes = location(folder, "routes");
        try {
            return ConfigurationCheck.run(settings(folder, routes, overrides), Preflight.folder(routes),
                Preflight.folder(location(folder, "mappings")), BEANS,
                schema.or(() -> schema(folder)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> schema(Path folder) {
        return Optional.of(folder.resolve(CrmSchema.FILE)).filter(Files::exists);
    }

    /** Checks all there is to check before anything starts, and reads the policy on the way. */
    private Policy check(String routes, String mappings, Surroundings surroundings) {
        List<Finding> findings = new ArrayList<>(settings.findings());
        if (findings.stream().noneMatch(finding -> finding.isError() && finding.message().contains("cosell.crm "))) {
            List<Path> folders = routeFolders(routes).stream().map(Preflight::folder).toList();
            findings = new ArrayList<>(Preflight.run(settings, folders, Preflight.folder(mappings)));
            String crm = settings.get("cosell.crm");
            if (!Files.isDirectory(Preflight.folder(mappings).resolve(crm))) {
                findings.add(Finding.error(Preflight.folder(mappings).toString(), 0, "there is no folder of mappings for the CRM " + crm,
                    "create " + crm + " in it"));
            }
        }
        if (refreshTokens.newest("partner-center", settings.resolve(REFRESH_TOKEN).orElse("")).isEmpty()) {
            findings.add(Finding.error("application.properties", 0, "nobody has signed in to Partner Center",
                "run the command login, or set " + REFRESH_TOKEN));
        }
        findings.removeIf(surroundings::tolerates);
        Path fields = Preflight.folder(mappings).resolve("fields.yaml");
        Policy policy;
        try (InputStream yaml = Files.newInputStream(fields)) {
            policy = Policy.parse(yaml, fields.toString());
        } catch (PolicyException e) {
            throw new ConfigurationException(join(findings, e.problems()));
        } catch (IOException e) {
            throw new ConfigurationException(join(findings, List.of(fields + ": can't be read.")));
        }
        if (findings.stream().anyMatch(Finding::isError)) {
            throw new ConfigurationException(join(findings, List.of()));
        }
        if (purpose == Purpose.SERVE) {
            findings.forEach(warning -> LOG.warn("{}", warning));
        }
        return policy;
    }

    private static List<String> join(List<Finding> findings, List<String> problems) {
        List<String> all = new ArrayList<>(findings.stream().map(Finding::toString).toList());
        all.addAll(problems);
        return all;
    }

    private WebhookConfig webhook() {
        WebhookConfig defaults = WebhookConfig.defaults();
        String trustStore = settings.get("cosell.webhook.trust-store");
        return new WebhookConfig(HostPatterns.parse(settings.get("cosell.webhook.certificate-hosts")),
            HostPatterns.parse(settings.get("cosell.webhook.resource-hosts")),
            trustStore.isEmpty() ? Optional.empty() : Optional.of(Path.of(trustStore)),
            settings.get("cosell.webhook.trust-store-password"), defaults.cacheTime(), defaults.connectTimeout(), defaults.readTimeout());
    }

    /** Sends to routes. */
    public ProducerTemplate camel() {
        return camel;
    }

    public Store store() {
        return store;
    }

    /** Carries out an approved plan of one deal; returns why it was not, empty if it was. */
    public Optional<String> apply(DealPlan approved) {
        return runner.apply(approved.link(), approved);
    }

    /** What the sides of a deal are compared under. */
    public String mappingVersion() {
        return rules.mappingVersion();
    }

    /** The CRM it serves. */
    public String crm() {
        return settings.get("cosell.crm");
    }

    /**
     * Tables and columns of the CRM, as the account of the connector sees them. Reads only.
     *
     * @return empty if the adapter has no verb for it
     */
    public Optional<CrmSchema> crmSchema() {
        return offers("crm-schema")
            ? Optional.of(CrmSchema.of(crm(), camel.requestBody("direct:crm-schema", Map.of("tables", crmTables().names()))))
            : Optional.empty();
    }

    /** The tables that the connector works with, and what must be in them. */
    public CrmTables crmTables() {
        Path file = Preflight.folder(routes).resolve(crm()).resolve(CrmTables.FILE);
        return CrmTables.read(file, text -> settings.fill(file.toString(), text, Map.of(), name -> Optional.empty()))
            .with(Columns.of(settings, Preflight.folder(mappings)).stream().filter(column -> !column.nested())
                .map(Columns.Column::table).toList());
    }

    /** The columns of the CRM that the mappings name. */
    public List<Columns.Column> columns() {
        return Columns.of(settings, Preflight.folder(mappings));
    }

    /** Whether a route begins at this {@code direct:} endpoint; some verbs of an adapter are optional. */
    public boolean offers(String verb) {
        return main.getCamelContext().getRoutes().stream()
            .anyMatch(route -> route.getEndpoint().getEndpointUri().equals("direct://" + verb));
    }

    /** How many deals it works on at a time. */
    public int threads() {
        return Integer.parseInt(settings.get("cosell.lanes.threads"));
    }

    public Lanes lanes() {
        return lanes;
    }

    public Planning planning() {
        return planning;
    }

    public Settings settings() {
        return settings;
    }

    @Override
    public void close() {
        closeDevelopment();
        lanes.close();
        main.stop();
        closeStore();
    }

    private void closeDevelopment() {
        if (development != null) {
            development.close();
        }
    }

    private void closeStore() {
        calls.keep();
        dataSource.close();
    }
}
