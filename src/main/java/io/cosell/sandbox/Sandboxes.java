package io.cosell.sandbox;

import io.cosell.sandbox.control.Control;
import io.cosell.sandbox.control.ControlServer;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.cosell.sandbox.partnercenter.SandboxCertificates;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import io.cosell.sandbox.salesforce.SalesforceSwitch;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Partner Center and the CRMs on loopback ports, with one clock, and the settings that point a connector at them. Partner Center and
 * Dynamics 365 are there from the start; Salesforce and the control address start when they are first asked for.
 */
public final class Sandboxes implements AutoCloseable {

    /** Salesforce has several currencies, as the other CRM. */
    private static final SalesforceOptions SALESFORCE = SalesforceOptions.defaults().with(SalesforceSwitch.MULTI_CURRENCY);
    private static final String DYNAMICS_365_TENANT = "contoso.example";

    private final SandboxClock clock = new SandboxClock();
    private final Ports ports;
    private final PartnerCenterSandbox partnerCenter;
    private final DataverseSandbox dynamics365;
    private final int connectorPort;
    private final SalesforceOptions salesforceOptions;
    private SalesforceSandbox salesforce;
    private ControlServer control;

    /**
     * Where to listen; 0 for a free port.
     *
     * @param connector    where the connector of {@link #settings} listens
     * @param changeEvents the Pub/Sub API of Salesforce
     */
    public record Ports(int control, int partnerCenter, int dynamics365, int salesforce, int connector, int changeEvents) {

        /** Every port a free one. */
        public static final Ports FREE = new Ports(0, 0, 0, 0, 0, 0);

        /** This port for the control address, the next ones for the others; 0 for free ones. */
        public static Ports from(int first) {
            return first == 0 ? FREE : new Ports(first, first + 1, first + 2, first + 3, first + 4, first + 5);
        }
    }

    /**
     * How to get into a system.
     *
     * @param system  the system
     * @param title   its name for people
     * @param address where its records are
     * @param signIn  what its token endpoint wants, by name; the first is the address of the endpoint
     */
    public record Entrance(SandboxSystem system, String title, String address, Map<String, String> signIn) {
    }

    private Sandboxes(Ports ports, PartnerCenterOptions partnerCenterOptions, DataverseOptions dataverseOptions,
                      SalesforceOptions salesforceOptions) {
        this.salesforceOptions = salesforceOptions;
        this.ports = ports;
        connectorPort = ports.connector() == 0 ? freePort() : ports.connector();
        partnerCenter = new PartnerCenterSandbox(clock, partnerCenterOptions);
        dynamics365 = new DataverseSandbox(clock, dataverseOptions);
        open(partnerCenter, ports.partnerCenter());
        open(dynamics365, ports.dynamics365());
    }

    /** Starts with the defaults, on free ports. */
    public static Sandboxes start() {
        return start(Ports.FREE);
    }

    /**
     * Starts with the defaults.
     *
     * @throws IllegalStateException if another program has one of the ports
     */
    public static Sandboxes start(Ports ports) {
        return new Sandboxes(ports, PartnerCenterOptions.defaults(), DataverseOptions.defaults(), SALESFORCE);
    }

    /** Starts on free ports. */
    public static Sandboxes start(PartnerCenterOptions partnerCenterOptions, DataverseOptions dataverseOptions) {
        return new Sandboxes(Ports.FREE, partnerCenterOptions, dataverseOptions, SALESFORCE);
    }

    /** Starts on free ports, with CRMs as they are before anything is set up in them: without Microsoft's tables, columns and fields. */
    public static Sandboxes startEmpty() {
        return startWith(DataverseOptions.defaults().withoutMicrosoftSolution(), SALESFORCE.with(SalesforceSwitch.WITHOUT_PACKAGE));
    }

    /** Starts on free ports with CRMs of the caller's. */
    public static Sandboxes startWith(DataverseOptions dataverseOptions, SalesforceOptions salesforceOptions) {
        return new Sandboxes(Ports.FREE, PartnerCenterOptions.defaults(), dataverseOptions, salesforceOptions);
    }

    private void open(SandboxSystem system, int port) {
        try {
            system.start(port);
        } catch (CompletionException e) {
            system.close();
            close();
            throw new IllegalStateException("Port " + port + " can't be used for " + system.name() + ": " + e.getCause().getMessage(), e);
        }
    }

    /** Every system; those that were not started yet are now. */
    public List<SandboxSystem> systems() {
        return List.of(partnerCenter, dynamics365, salesforce());
    }

    /** The control address over every system. The first call starts it. */
    public synchronized ControlServer control() {
        if (control == null) {
            control = ControlServer.start(new Control(clock, systems(), this::addExampleDeals), ports.control());
        }
        return control;
    }

    /**
     * Puts example deals into every system.
     *
     * @param deals how many each gets
     * @return the ids made, by system
     */
    public Map<String, List<String>> addExampleDeals(int deals) {
        return ExampleDeals.into(this, deals);
    }

    /** The ways into every system that is started. */
    public synchronized List<Entrance> entrances() {
        PartnerCenterOptions.Account account = partnerCenter.options().account();
        List<Entrance> entrances = new ArrayList<>(List.of(
            new Entrance(partnerCenter, "Partner Center", partnerCenter.address() + PartnerCenterSandbox.REFERRALS, ordered(
                "sign-in", partnerCenter.address() + "/" + account.tenant() + "/oauth2/token",
                "client", account.clientId() + ", secret " + account.clientSecret(),
                "refresh token", account.refreshToken())),
            new Entrance(dynamics365, "Dynamics 365", dynamics365.address() + "/api/data/v9.2", ordered(
                "sign-in", dynamics365.address() + "/" + DYNAMICS_365_TENANT + "/oauth2/v2.0/token",
                "client", dynamics365.options().clientId() + ", secret " + dynamics365.options().clientSecret()))));
        if (salesforce != null) {
            Map<String, String> signIn = ordered(
                "sign-in", salesforce.address() + "/services/oauth2/token",
                "client", salesforce.options().app().clientId() + ", secret " + salesforce.options().app().clientSecret());
            if (salesforce.changeEventsAddress() != null) {
                signIn.put("change events", salesforce.changeEventsAddress() + ", gRPC over TLS");
            }
            entrances.add(new Entrance(salesforce, "Salesforce", salesforce.address() + "/services/data/", signIn));
        }
        return entrances;
    }

    /** Prints the ways into every system that is started. */
    public void printAddresses(PrintWriter out) {
        printAddresses(out, entrances().stream().map(Entrance::title).toList());
    }

    /** Prints the ways into the systems with these titles. */
    public void printAddresses(PrintWriter out, List<String> titles) {
        for (Entrance entrance : entrances().stream().filter(one -> titles.contains(one.title())).toList()) {
            out.printf("  %-16s %s%n", entrance.title(), entrance.address());
            entrance.signIn().forEach((name, value) -> out.printf("    %-14s %s%n", name, value));
        }
    }

    private static Map<String, String> ordered(String... namesAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    public SandboxClock clock() {
        return clock;
    }

    public PartnerCenterSandbox partnerCenter() {
        return partnerCenter;
    }

    public DataverseSandbox dynamics365() {
        return dynamics365;
    }

    /** Salesforce, with several currencies as the other CRM has; the first call starts it. */
    public synchronized SalesforceSandbox salesforce() {
        if (salesforce == null) {
            SalesforceSandbox made = new SalesforceSandbox(clock, salesforceOptions);
            open(made, ports.salesforce());
            salesforce = made;
        }
        return salesforce;
    }

    /** Salesforce with change events: its Pub/Sub API is started with the first call. */
    public synchronized SalesforceSandbox salesforceWithChangeEvents() {
        SalesforceSandbox system = salesforce();
        if (system.changeEventsAddress() == null) {
            system.startChangeEvents(ports.changeEvents(), partnerCenter.certificates().serverKeyStore(), SandboxCertificates.PASSWORD);
        }
        return system;
    }

    /** Where a connector with these settings takes webhooks. */
    public String connectorAddress() {
        return "http://127.0.0.1:" + connectorPort;
    }

    /**
     * Settings for a connector that works on Partner Center and Dynamics 365.
     *
     * @param folder where its store, refresh token and the trust store of the sandbox go
     */
    public Map<String, String> settings(Path folder) {
        return settings(folder, dynamics365.name());
    }

    /**
     * Settings for a connector that works on these sandboxes. Those of the other CRM, if it is up, are there too: only cosell.crm chooses.
     *
     * @param folder where its store, refresh token and the trust store of the sandbox go
     * @param crm    which CRM it serves, as in {@code cosell.crm}
     */
    public Map<String, String> settings(Path folder, String crm) {
        Map<String, String> settings = new LinkedHashMap<>();
        PartnerCenterOptions.Account account = partnerCenter.options().account();
        // Quartz keeps its schedulers by this name, for the whole JVM: of two connectors with one name, the first to stop stops both.
        settings.put("camel.main.name", "cosell-" + connectorPort);
        settings.put("cosell.crm", crm);
        settings.put("cosell.partner-center.address", partnerCenter.address() + "/v1.0/engagements");
        settings.put("cosell.partner-center.events-address", partnerCenter.address() + "/webhooks/v1");
        settings.put("cosell.partner-center.sign-in-address", partnerCenter.address());
        settings.put("cosell.partner-center.tenant-id", account.tenant());
        settings.put("cosell.partner-center.client-id", account.clientId());
        settings.put("cosell.partner-center.client-secret", account.clientSecret());
        settings.put("cosell.partner-center.refresh-token", account.refreshToken());
        settings.put("cosell.webhook.public-address", connectorAddress());
        settings.put("cosell.webhook.certificate-hosts", partnerCenter.certificateAddress().getAuthority());
        settings.put("cosell.webhook.trust-store", partnerCenter.writeTrustStore(folder).toString());
        settings.put("cosell.webhook.trust-store-password", "sandbox");
        settings.putAll(dynamics365Settings());
        if (salesforce != null || !crm.equals(dynamics365.name())) {
            settings.putAll(salesforceSettings());
        }
        if (salesforce != null && salesforce.changeEventsAddress() != null) {
            settings.put("cosell.salesforce.change-events-address", salesforce.changeEventsAddress());
            settings.put("cosell.salesforce.change-events-trust-store", settings.get("cosell.webhook.trust-store"));
            settings.put("cosell.salesforce.change-events-trust-store-password", SandboxCertificates.PASSWORD);
        }
        settings.put("cosell.crm-changes.schedule", "0/1 * * * * ?");
        settings.put("cosell.data-folder", folder.toString());
        settings.put("cosell.store.url", "jdbc:sqlite:" + folder.resolve("cosell.db"));
        settings.put("camel.server.port", String.valueOf(connectorPort));
        settings.put("camel.management.enabled", "false");
        return settings;
    }

    private Map<String, String> dynamics365Settings() {
        return ordered(
            "cosell.dynamics365.address", dynamics365.address() + "/api/data/v9.2",
            "cosell.dynamics365.scope", dynamics365.address() + "/.default",
            "cosell.dynamics365.sign-in-address", dynamics365.address(),
            "cosell.dynamics365.tenant-id", DYNAMICS_365_TENANT,
            "cosell.dynamics365.client-id", dynamics365.options().clientId(),
            "cosell.dynamics365.client-secret", dynamics365.options().clientSecret());
    }

    private Map<String, String> salesforceSettings() {
        SalesforceSandbox system = salesforce();
        return ordered(
            "cosell.salesforce.address", system.address(),
            "cosell.salesforce.sign-in-address", system.address(),
            "cosell.salesforce.client-id", system.options().app().clientId(),
            "cosell.salesforce.client-secret", system.options().app().clientSecret(),
            "cosell.salesforce.on-hold-stage-name", "On Hold",
            "cosell.salesforce.active-stage-name", "Qualification",
            // With one currency an organisation has no field for it
            "cosell.salesforce.organisation-currency", system.switches().has(SalesforceSwitch.MULTI_CURRENCY) ? ""
                : system.options().currencies().get(0));
    }

    /**
     * A free port below those that systems hand out by themselves, so that no connection takes it before the connector listens on it.
     */
    private static int freePort() {
        return ThreadLocalRandom.current().ints(20_000, 32_000).filter(Sandboxes::isFree).findFirst().orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() {
        if (control != null) {
            control.close();
        }
        partnerCenter.close();
        dynamics365.close();
        if (salesforce != null) {
            salesforce.close();
        }
    }
}
