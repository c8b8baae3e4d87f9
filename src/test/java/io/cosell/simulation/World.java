package io.cosell.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.cosell.Connector;
import io.cosell.Surroundings;
import io.cosell.flow.Intake;
import io.cosell.flow.Tokens;
import io.cosell.lane.Lanes;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.camel.model.DelayDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Both sandboxes and a connector that does nothing by itself: who drives it calls its flows and lanes, on one thread. It serves many runs
 * one after the other: {@link #begin} gives it fresh systems, an empty store and an empty memory.
 */
final class World implements AutoCloseable {

    private static final Instant START = Instant.parse("2027-01-04T08:00:00Z");
    private static final List<String> TABLES = List.of("link_part", "event", "journal", "cursor_mark", "scheduled_tasks", "heal",
        "call_count", "link");
    private static final String NOT_STARTED = "auto-heal,auto-heal-of-all,auto-heal-at-start,keep-call-counts,related-referral-changes,crm-webhook,"
        + "crm-opportunity-to-partner-center,crm-leads-to-partner-center,crm-solutions-to-partner-center,salesforce-change-events";

    private final Sandboxes sandboxes = Sandboxes.start();
    private final PartnerCenterSandbox partnerCenter = sandboxes.partnerCenter();
    private final Subject subject;
    private final CrmUser crm;
    private final List<ObjectNode> atStart;
    private final Gate gate;
    private final Connector connector;
    /** The intake of a connector that stores late; null if it does not. */
    private final LateIntake late;
    private Gate.Watch watch;
    private ManualScheduler scheduler;
    private DataSource database;
    private Duration skew = Duration.ZERO;

    /**
     * @param folder  where store and settings go
     * @param subject the CRM
     */
    World(Path folder, Subject subject) {
        this(folder, subject, Optional.empty());
    }

    /**
     * A world whose connector lacks a protection.
     *
     * @param folder   where store, settings and edited routes and mappings go
     * @param subject  the CRM
     * @param sabotage what is taken away
     */
    World(Path folder, Subject subject, Sabotage sabotage) {
        this(folder, subject, Optional.of(sabotage));
    }

    private World(Path folder, Subject subject, Optional<Sabotage> sabotage) {
        sabotage.ifPresent(one -> one.prepare(folder, subject.crm()));
        late = sabotage.filter(Sabotage::storesLate).isPresent() ? new LateIntake() : null;
        this.subject = subject;
        crm = new CrmUser(subject.crm().seller(sandboxes));
        sandboxes.clock().stop();
        sandboxes.clock().set(START);
        gate = new Gate(new Gate.Watch() {
            @Override
            public void before(String method, String path) {
                if (watch != null) {
                    watch.before(method, path);
                }
            }

            @Override
            public void after(String method, String path, int status) {
                if (watch != null) {
                    watch.after(method, path, status);
                }
            }
        });
        Map<String, String> settings = settings(subject, folder);
        sabotage.ifPresent(one -> settings.putAll(one.settings()));
        connector = Connector.start(folder, settings, Connector.Purpose.SERVE, surroundings());
        if (late != null) {
            late.goesTo(new Intake(connector.lanes(), connector.store()));
        }
        connector.camel().requestBody("direct:webhook-registration", null, String.class);
        sabotage.ifPresent(one -> one.statements().forEach(statement -> JdbcClient.create(database).sql(statement).update()));
        partnerCenter.holdWebhooks(true);
        atStart = systems().stream().map(SandboxSystem::state).toList();
    }

    private Map<String, String> settings(Subject subject, Path folder) {
        Map<String, String> settings = new LinkedHashMap<>(subject.crm().settings(sandboxes, folder));
        settings.putAll(subject.settings());
        settings.put("camel.main.name", "cosell-" + UUID.randomUUID());
        settings.put("camel.main.routeFilterExcludePattern", NOT_STARTED);
        settings.put("cosell.crm-webhook.key", "not-used");
        settings.put("camel.component.http.httpClientConfigurer", "#gate");
        // It would wait for lanes that only this thread can run.
        settings.put("cosell.auto-heal.patience", "0s");
        return settings;
    }

    private Surroundings surroundings() {
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return sandboxes.clock().instant().plus(skew);
            }
        };
        return new Surroundings() {
            @Override
            public Clock clock() {
                return clock;
            }

            @Override
            public DataSource database(DataSource opened) {
                database = opened;
                return gate.database(opened);
            }

            @Override
            public Optional<Lanes> lanes(Store store, Function<String, Optional<Duration>> run, Duration takeover) {
                return Optional.of(new Lanes(store, run, (lane, search) -> {
                    scheduler = TestHelper.createManualScheduler(gate.database(database), lane).startTasks(List.of(search))
                        .clock(new SettableClock() {
                            @Override
                            public Instant now() {
                                return clock.instant();
                            }
                        }).build();
                    return scheduler;
                }, takeover, clock));
            }

            @Override
            public Map<String, Object> beans() {
                Map<String, Object> beans = new HashMap<>(Map.of("gate", gate, "waiting", waiting()));
                if (late != null) {
                    beans.put("intake", late);
                }
                return beans;
            }
        };
    }

    /** Where a route waits during a run, the clock goes on instead. */
    private InterceptStrategy waiting() {
        return (context, definition, target, next) -> !(definition instanceof DelayDefinition delay) ? target : exchange -> {
            if (watch == null) {
                target.process(exchange);
            } else {
                moveClock(Duration.ofMillis(delay.getExpression().evaluate(exchange, Long.class)));
            }
        };
    }

    /** Everything as on the first day, the connector's clock off by the given time. */
    void begin(Duration off) {
        skew = off;
        watch = null;
        sandboxes.clock().set(START);
        for (int i = 0; i < systems().size(); i++) {
            systems().get(i).plan(FaultPlan.NONE);
            systems().get(i).restore(atStart.get(i).deepCopy());
            systems().get(i).events().forget();
            systems().get(i).forgetCalls();
        }
        JdbcClient store = JdbcClient.create(database);
        TABLES.forEach(table -> store.sql("delete from " + table).update());
        restart();
    }

    /** A new process on the same store. What a process has in memory is gone. */
    void restart() {
        gate.revive();
        if (late != null) {
            late.forget();
        }
        Tokens tokens = connector.camel().getCamelContext().getRegistry().lookupByNameAndType("tokens", Tokens.class);
        List.of("partner-center", "partner-center-events", crm.system().name()).forEach(tokens::forget);
        connector.lanes().start();
    }

    List<SandboxSystem> systems() {
        return List.of(partnerCenter, crm.system());
    }

    PartnerCenterSandbox partnerCenter() {
        return partnerCenter;
    }

    Subject subject() {
        return subject;
    }

    CrmUser crm() {
        return crm;
    }

    Gate gate() {
        return gate;
    }

    Store store() {
        return connector.store();
    }

    void watch(Gate.Watch other) {
        watch = other;
    }

    void moveClock(Duration by) {
        sandboxes.clock().move(by);
        partnerCenter.tick();
    }

    Instant now() {
        return sandboxes.clock().instant();
    }

    // ---- the connector at work

    /** Runs a flow; one that dies or fails has logged it, as Quartz would. */
    void flow(String endpoint, Object body) {
        connector.camel().request(endpoint, exchange -> exchange.getMessage().setBody(body));
    }

    void heal() {
        flow("direct:auto-heal-now", "changed");
    }

    /** Lanes that are due, and those that a dead process had left. */
    void lanes() {
        if (late != null) {
            late.storeNow();
        }
        scheduler.runDeadExecutionDetection();
        scheduler.runAnyDueExecutions();
    }

    // ---- what there is to see

    /** The partner's referrals, oldest first. */
    List<Sight> referrals() {
        List<Sight> seen = new ArrayList<>();
        for (Map<String, Object> referral : partnerCenter.referrals()) {
            JsonNode node = SandboxSystem.JSON.valueToTree(referral);
            JsonNode details = node.path("details");
            Map<String, String> fields = new TreeMap<>();
            fields.put(Sight.NAME, node.path("name").asText(""));
            fields.put(Sight.VALUE, Sight.money(details.path("dealValue").isNumber() ? details.path("dealValue").decimalValue() : null,
                details.path("currency").textValue()));
            String closing = details.path("closingDateTime").asText("");
            fields.put(Sight.CLOSING, closing.isEmpty() ? "" : closing.substring(0, 10));
            fields.put(Sight.NOTES, details.path("notes").asText(""));
            fields.put(Sight.STATUS, status(node.path("status").asText(), node.path("substatus").asText()));
            fields.put(Sight.VISIBLE, String.valueOf(node.at("/consent/consentToShareReferralWithMicrosoftSellers").asBoolean()));
            fields.put(Sight.MSX, node.at("/trackingInfo/microsoftMsxId").asText(""));
            details.at("/requirements/solutions").forEach(solution ->
                fields.merge(Sight.SOLUTION + solution.path("id").asText(), "yes", (one, two) -> "twice"));
            String id = node.path("id").asText();
            seen.add(new Sight(id, id, node.path("externalReferenceId").textValue(), "referral", true, fields));
        }
        return seen;
    }

    /** A CRM knows a deal as won or not, and no finer. */
    private static String status(String status, String substatus) {
        return !status.equals("Closed") ? status : substatus.equals("Won") ? "Won" : "Not won";
    }

    @Override
    public void close() {
        connector.close();
        sandboxes.close();
    }
}
