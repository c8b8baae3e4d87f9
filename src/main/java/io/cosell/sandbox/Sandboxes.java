package io.cosell.sandbox;

import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Partner Center and Dynamics 365 on free loopback ports, with one clock, and the settings that point a connector at them. */
public final class Sandboxes implements AutoCloseable {

    private final SandboxClock clock = new SandboxClock();
    private final PartnerCenterSandbox partnerCenter;
    private final DataverseSandbox dynamics365;
    private final int connectorPort = freePort();

    private Sandboxes(PartnerCenterOptions partnerCenterOptions, DataverseOptions dataverseOptions) {
        partnerCenter = new PartnerCenterSandbox(clock, partnerCenterOptions);
        dynamics365 = new DataverseSandbox(clock, dataverseOptions);
        partnerCenter.start(0);
        dynamics365.start(0);
    }

    /** Starts both with their defaults. */
    public static Sandboxes start() {
        return start(PartnerCenterOptions.defaults(), DataverseOptions.defaults());
    }

    /** Starts both. */
    public static Sandboxes start(PartnerCenterOptions partnerCenterOptions, DataverseOptions dataverseOptions) {
        return new Sandboxes(partnerCenterOptions, dataverseOptions);
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

    /** Where a connector with these settings takes webhooks. */
    public String connectorAddress() {
        return "http://127.0.0.1:" + connectorPort;
    }

    /**
     * Settings for a connector that works on these sandboxes.
     *
     * @param folder where its store, refresh token and the trust store of the sandbox go
     */
    public Map<String, String> settings(Path folder) {
        Map<String, String> settings = new LinkedHashMap<>();
        PartnerCenterOptions.Account account = partnerCenter.options().account();
        // Quartz keeps its schedulers by this name, for the whole JVM: of two connectors with one name, the first to stop stops both.
        settings.put("camel.main.name", "cosell-" + connectorPort);
        settings.put("cosell.crm", "dynamics365");
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
        settings.put("cosell.dynamics365.address", dynamics365.address() + "/api/data/v9.2");
        settings.put("cosell.dynamics365.scope", dynamics365.address() + "/.default");
        settings.put("cosell.dynamics365.sign-in-address", dynamics365.address());
        settings.put("cosell.dynamics365.tenant-id", "contoso.example");
        settings.put("cosell.dynamics365.client-id", dynamics365.options().clientId());
        settings.put("cosell.dynamics365.client-secret", dynamics365.options().clientSecret());
        settings.put("cosell.crm-changes.schedule", "0/1 * * * * ?");
        settings.put("cosell.data-folder", folder.toString());
        settings.put("cosell.store.url", "jdbc:sqlite:" + folder.resolve("cosell.db"));
        settings.put("camel.server.port", String.valueOf(connectorPort));
        settings.put("camel.management.enabled", "false");
        return settings;
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
    public void close() {
        partnerCenter.close();
        dynamics365.close();
    }
}
