package io.cosell.sandbox.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.partnercenter.SandboxCertificates;
import io.cosell.sandbox.salesforce.ChangeEventsTrouble;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.generic.GenericRecord;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Apache Camel's own subscriber to change events against the sandbox. It can trust the whole JVM's certificates only. */
@Isolated("it changes what the JVM trusts")
class CamelSalesforceEventsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;
    private final SalesforceSandbox sandbox = new SalesforceSandbox(new SandboxClock());
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final List<GenericRecord> events = new CopyOnWriteArrayList<>();
    private final Map<String, String> before = new LinkedHashMap<>();

    @BeforeEach
    void start() throws Exception {
        SandboxCertificates certificates = SandboxCertificates.ofThisProcess();
        trust("javax.net.ssl.trustStore", certificates.writeTrustStore(folder).toString());
        trust("javax.net.ssl.trustStorePassword", SandboxCertificates.PASSWORD);
        trust("javax.net.ssl.trustStoreType", "PKCS12");
        sandbox.start(0);
        sandbox.startChangeEvents(0, certificates.serverKeyStore(), SandboxCertificates.PASSWORD);
        SalesforceComponent component = new SalesforceComponent();
        component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
        component.setClientId("sandbox-client");
        component.setClientSecret("sandbox-secret");
        component.setLoginUrl(sandbox.address());
        component.setPubSubHost("127.0.0.1");
        component.setPubSubPort(Integer.parseInt(sandbox.changeEventsAddress().split(":")[1]));
        camel.addComponent("salesforce", component);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("salesforce:pubSubSubscribe:/data/OpportunityChangeEvent?replayPreset=LATEST")
                    .process(exchange -> events.add(exchange.getMessage().getBody(GenericRecord.class)));
            }
        });
        camel.start();
        await().atMost(PATIENCE).until(() -> sandbox.changeEventStreams() == 1);
    }

    private void trust(String name, String value) {
        before.put(name, System.getProperty(name));
        System.setProperty(name, value);
    }

    @AfterEach
    void stop() {
        // In this order: a subscriber that was cut off goes on trying after its end.
        camel.stop();
        sandbox.close();
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private String deal(String name) {
        return sandbox.create("Opportunity", Map.of("Name", name, "StageName", "Prospecting", "CloseDate", "2026-12-31"));
    }

    /** Section 4.2: sign-in, TLS, topic, schema, payload, and more events than it asks for at a time. */
    @Test
    void itSubscribesAndReadsChangeEvents() {
        String first = deal("First");
        for (int i = 0; i < 120; i++) {
            deal("Deal " + i);
        }

        await().atMost(PATIENCE).until(() -> events.size() == 121);
        assertThat(String.valueOf(((GenericRecord) events.get(0).get("ChangeEventHeader")).get("recordIds"))).isEqualTo("[" + first + "]");
        assertThat(events.get(0).get("Name")).hasToString("First");
    }

    /** Section 3.7: error codes of the service, with which it signs in anew and goes on behind its last event. */
    @Test
    void itGoesOnAfterItsStreamWasCutOrItsSessionEnded() {
        deal("Before");
        await().atMost(PATIENCE).until(() -> events.size() == 1);
        sandbox.changeEvents(ChangeEventsTrouble.STREAMS_CUT, 1);
        deal("Meanwhile");
        await().atMost(PATIENCE).until(() -> events.size() == 2);
        sandbox.expireSessions();
        deal("After");

        await().atMost(PATIENCE).until(() -> events.size() == 3);
    }
}
