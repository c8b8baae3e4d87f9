package io.cosell.sandbox.clients;

import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The npm package dynamics-web-api, written for the real Dataverse, against the Dataverse sandbox (dataverse.md, checklist 11; what the
 * client sends is in salesforce.md 5.2). The tests themselves stand in {@code src/test/node/dynamics-web-api}.
 */
class DynamicsWebApiTest {

    private final SandboxClock clock = new SandboxClock();
    private final DataverseSandbox sandbox = new DataverseSandbox(clock, DataverseOptions.defaults()
        .withAlternateKey("account", "accountnumber").withAlternateKey("opportunity", "msft_microsoftpartnercenterreferralidentifier"));
    private final Backstage backstage = new Backstage(sandbox, clock).with("last-change", act -> lastChange());

    @BeforeEach
    void start() {
        sandbox.start(0);
    }

    @AfterEach
    void stop() {
        backstage.close();
        sandbox.close();
    }

    @TestFactory
    Stream<DynamicTest> signsIn() throws Exception {
        return run("sign-in");
    }

    @TestFactory
    Stream<DynamicTest> writesRows() throws Exception {
        return run("rows");
    }

    @TestFactory
    Stream<DynamicTest> queries() throws Exception {
        return run("queries");
    }

    @TestFactory
    Stream<DynamicTest> followsChanges() throws Exception {
        return run("changes");
    }

    @TestFactory
    Stream<DynamicTest> sendsBatches() throws Exception {
        return run("batch");
    }

    @TestFactory
    Stream<DynamicTest> callsActions() throws Exception {
        return run("actions");
    }

    @TestFactory
    Stream<DynamicTest> readsMetadata() throws Exception {
        return run("metadata");
    }

    private Stream<DynamicTest> run(String script) throws IOException, InterruptedException {
        return NodeClients.run("dynamics-web-api/" + script + ".test.mjs",
            Map.of("SANDBOX_ADDRESS", sandbox.address(), "BACKSTAGE_ADDRESS", backstage.address()));
    }

    private Map<String, Object> lastChange() {
        RowChange last = sandbox.history().get(sandbox.history().size() - 1);
        return Map.of("user", last.user(), "tag", String.valueOf(last.tag()), "message", last.message(), "table", last.table());
    }
}
