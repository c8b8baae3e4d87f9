package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.Store;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code sync ID}: brings one deal in step now, and prints what was done. */
@Command(name = "sync", mixinStandardHelpOptions = true,
    description = "Brings one deal in step now, both sides read anew, and prints what was done.",
    footer = {"", "Example: java -jar cosell.jar sync 4111fffc-f9ee-4d53-bba6-569135228642"})
public final class SyncCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Id of the referral or of the record.")
    private String id;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "120", description = "How long to wait; ${DEFAULT-VALUE} if not given.")
    private int timeout;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        try (Connector connector = root.connect(Connector.Purpose.COMMAND)) {
            return sync(connector, spec.commandLine().getOut());
        }
    }

    private static String newLink(Store store, Link found) {
        return found.recordId() != null ? store.newLink("crm", found.recordId(), found.recordKind())
            : store.newLink("partner-center", found.referralId(), null);
    }

    private int sync(Connector connector, PrintWriter out) throws InterruptedException {
        Link found = connector.camel().requestBody("direct:find-deal", id, Link.class);
        String link = connector.store().find(found.id()).map(Link::id).orElseGet(() -> newLink(connector.store(), found));
        List<Map<String, Object>> before = connector.store().journalOf(link);
        connector.lanes().mark(link, Side.BOTH);
        Instant until = Instant.now().plus(Duration.ofSeconds(timeout));
        while (connector.store().link(link).isMarked() && connector.store().link(link).failures() == 0 && Instant.now().isBefore(until)) {
            Thread.sleep(100);
        }
        Link done = connector.store().link(link);
        List<Map<String, Object>> journal = connector.store().journalOf(link);
        journal.subList(before.size(), journal.size()).forEach(entry -> out.println(Tables.entry(entry)));
        if (done.isMarked()) {
            out.println("Not in step yet: " + (done.reason() == null ? "it still waits for its turn." : done.reason()));
            return 1;
        }
        out.println(done.reason() == null ? "In step." : done.state() + ": " + done.reason());
        return done.reason() == null ? 0 : 1;
    }
}
