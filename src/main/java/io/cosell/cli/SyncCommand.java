package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code sync}: brings one deal in step now, or all that rest, and prints what was done. */
@Command(name = "sync", mixinStandardHelpOptions = true,
    description = "Brings one deal in step now, or all that rest, both sides read anew, and prints what was done.",
    footer = {"", "Example: java -jar cosell.jar sync 4111fffc-f9ee-4d53-bba6-569135228642",
        "         java -jar cosell.jar sync --resting"})
public final class SyncCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 100;

    /** What to bring in step: one of the two. */
    static final class Which {
        @Parameters(paramLabel = "ID", description = "Id of the referral or of the record.")
        private String id;

        @Option(names = "--resting", required = true, description = "All deals that rest because something was refused.")
        private boolean resting;
    }

    @ArgGroup(multiplicity = "1")
    private Which which;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "120",
        description = "How long to wait; ${DEFAULT-VALUE} if not given.")
    private int timeout;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Connector connector = root.connect(Connector.Purpose.COMMAND)) {
            List<String> links = which.resting ? connector.store().restingLinks() : List.of(link(connector));
            if (links.isEmpty()) {
                out.println("No deal rests.");
            }
            return sync(connector, links, out);
        }
    }

    private String link(Connector connector) {
        Link found = connector.camel().requestBody("direct:find-deal", which.id, Link.class);
        return connector.store().find(found.id()).map(Link::id).orElseGet(() -> found.recordId() != null
            ? connector.store().newLink("crm", found.recordId(), found.recordKind())
            : connector.store().newLink("partner-center", found.referralId(), null));
    }

    private int sync(Connector connector, List<String> links, PrintWriter out) throws InterruptedException {
        Store store = connector.store();
        long before = store.journalEnd();
        Map<String, Integer> failures = links.stream().collect(Collectors.toMap(link -> link, link -> store.link(link).failures()));
        links.forEach(connector.lanes()::runNow);
        Instant until = Instant.now().plus(Duration.ofSeconds(timeout));
        int notInStep = 0;
        for (String id : links) {
            while (store.failuresIfMarked(id).filter(now -> now <= failures.get(id)).isPresent() && Instant.now().isBefore(until)) {
                Thread.sleep(POLL_MILLIS);
            }
            Link link = store.link(id);
            if (links.size() > 1) {
                out.println((link.referralId() != null ? "Referral " + link.referralId() : "Record " + link.recordId()) + ":");
            }
            store.journalOf(id, before).forEach(entry -> out.println(Tables.entry(entry)));
            out.println(outcome(link));
            notInStep += link.isMarked() || link.reason() != null ? 1 : 0;
        }
        return notInStep == 0 ? 0 : 1;
    }

    private static String outcome(Link link) {
        if (link.isMarked()) {
            return "Not in step yet: " + (link.reason() == null ? "it still waits for its turn." : link.reason());
        }
        return link.reason() == null ? "In step." : link.state() + ": " + link.reason();
    }
}
