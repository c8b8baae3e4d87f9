package io.cosell.sandbox.clients;

import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The npm package jsforce, written for the real Salesforce, against the Salesforce sandbox (salesforce.md 5.1 and 5.2, and its
 * checklist). The tests themselves stand in {@code src/test/node/jsforce}.
 */
class JsforceTest {

    private static final KeyPair KEYS = keys();

    @TestFactory
    Stream<DynamicTest> signsIn() throws Exception {
        return run("sign-in");
    }

    @TestFactory
    Stream<DynamicTest> writesRecords() throws Exception {
        return run("records");
    }

    @TestFactory
    Stream<DynamicTest> writesManyRecordsAtOnce() throws Exception {
        return run("collections");
    }

    @TestFactory
    Stream<DynamicTest> queries() throws Exception {
        return run("queries");
    }

    @TestFactory
    Stream<DynamicTest> followsChangesAndReadsMetadata() throws Exception {
        return run("changes");
    }

    @TestFactory
    Stream<DynamicTest> understandsRefusals() throws Exception {
        return run("errors");
    }

    @TestFactory
    Stream<DynamicTest> runsOutOfCalls() throws Exception {
        return run("limits");
    }

    private static Stream<DynamicTest> run(String script) throws IOException, InterruptedException {
        SalesforceOptions options = SalesforceOptions.defaults().withDailyCalls(100_000).withKey(KEYS.getPublic());
        SandboxClock clock = new SandboxClock();
        try (SalesforceSandbox sandbox = new SalesforceSandbox(clock, options);
             Backstage backstage = new Backstage(sandbox, clock)
                 .with("seed-deals", act -> seed(sandbox, act.path("count").asInt()))) {
            sandbox.start(0);
            return NodeClients.run("jsforce/" + script + ".test.mjs", Map.of("SANDBOX_ADDRESS", sandbox.address(),
                "BACKSTAGE_ADDRESS", backstage.address(), "INTEGRATION_USER", options.app().username(), "JWT_KEY", pem()));
        }
    }

    private static int seed(SalesforceSandbox sandbox, int count) {
        for (int i = 0; i < count; i++) {
            sandbox.create("Opportunity", Map.of("Name", "Seeded %05d".formatted(i), "StageName", "Prospecting",
                "CloseDate", "2026-12-31"));
        }
        return count;
    }

    /** Made for this run: the sandbox knows the public key, the script signs with the private one. */
    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem() {
        String key = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(KEYS.getPrivate().getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n";
    }
}
