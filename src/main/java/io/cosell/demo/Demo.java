package io.cosell.demo;

import io.cosell.Connector;
import io.cosell.sandbox.Crm;
import io.cosell.sandbox.Sandboxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The sandboxes of Partner Center and a CRM, and a connector between them, in a folder that is deleted at the end, with the routes, mappings and settings packed in
 * the jar.
 */
public final class Demo implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LAST_POLLS = 6;

    private final PrintWriter out;
    private final Crm crm;
    private final long startedAt = System.nanoTime();
    private final Path folder;
    private final Sandboxes sandboxes;
    private final Trail trail;
    private Connector connector;
    private boolean closed;

    /** Starts the sandboxes of Partner Center and this CRM. */
    public Demo(Crm crm, PrintWriter out) {
        this(crm, out, Sandboxes.start());
    }

    /** Plays on sandboxes of the caller's, which are closed with it. */
    Demo(Crm crm, PrintWriter out, Sandboxes sandboxes) {
        this.out = out;
        this.crm = crm;
        try {
            folder = Files.createTempDirectory("cosell-demo");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.sandboxes = sandboxes;
        trail = new Trail(sandboxes, crm);
    }

    /**
     * Starts the connector, plays the story, and prints every deal on both sides.
     *
     * @return exit code: 0 if both sides are equal, 1 if they differ or a step did not come to its end
     */
    public int play() {
        Narrator narrator = new Narrator(out, trail::news, PATIENCE, () -> Story.state(sandboxes, crm, connector));
        narrator.print(List.of("Cosell Connector: co-sell deals travel between Partner Center and " + crm.title() + ", on sandboxes.",
            "  -> a call of the connector, with the status of the answer    <- an event that Partner Center sends to it", ""));
        startConnector();
        narrator.says(connector.camel().requestBody("direct:webhook-registration", null, String.class));
        narrator.calls();
        try {
            Story story = new Story(sandboxes, crm, connector, narrator);
            story.play();
            comeToRest(narrator, story);
        } catch (StoryFailure e) {
            narrator.fails(e);
            return 1;
        }
        return conclude(Comparison.of(sandboxes, crm));
    }

    private void startConnector() {
        Map<String, String> settings = new TreeMap<>(crm.settings(sandboxes, folder));
        settings.put("cosell.terminal-grace", "0s");
        settings.put("cosell.lanes.first-pause", "1s");
        settings.put("cosell.cosell-opportunities-only", "No");
        Connector started = Connector.start(folder, settings, Connector.Purpose.SERVE, sandboxes.clock());
        synchronized (this) {
            connector = started;
        }
    }

    /** Nobody edits any more: waits until the connector has asked both ways and found nothing to write. */
    private void comeToRest(Narrator narrator, Story story) {
        long writes = trail.writes();
        long polls = trail.polls();
        narrator.until("the connector has nothing left to do", () -> story.isIdle() && trail.polls() >= polls + LAST_POLLS);
        long more = trail.writes() - writes;
        narrator.print("");
        narrator.print(more == 0 ? "Nobody edits any more, and the connector has stopped writing."
            : "Nobody edits any more, and the connector has written " + more + " more times.");
    }

    /** Prints table, totals and verdict. */
    int conclude(Comparison comparison) {
        out.println();
        comparison.print(out);
        out.println();
        out.println(trail.totals() + ".");
        boolean equal = comparison.isEqual();
        out.printf(Locale.ROOT, "%s After %.1f seconds.%n", equal ? "All " + comparison.pairs().size() + " deals are equal on both sides."
            : "The two sides differ.", (System.nanoTime() - startedAt) / 1e9);
        out.flush();
        return equal ? 0 : 1;
    }

    /** Prints where everything listens, and how to sign in to it. */
    public void printAddresses() {
        out.println();
        out.println("Everything stays up; what you change on one side goes on reaching the other.");
        sandboxes.printAddresses(out, List.of("Partner Center", crm.title()));
        out.println("  Connector        " + sandboxes.connectorAddress() + "/partner-center-events (events of Partner Center)");
        out.println("Press Ctrl-C to end it.");
        out.flush();
    }

    /** Where both systems and the connector listen. */
    Sandboxes sandboxes() {
        return sandboxes;
    }

    /** Holds all that the demo writes, until it is closed. */
    Path folder() {
        return folder;
    }

    /** Ends everything and deletes the folder; once. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (connector != null) {
            connector.close();
        }
        sandboxes.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
