package io.cosell.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.Connector;
import io.cosell.config.Settings;
import io.cosell.mapping.Examples;
import io.cosell.mapping.RoundTrips;
import io.cosell.mapping.Specs;
import io.cosell.mapping.Watch;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code test}: examples and round trips of the mappings, without any system. */
@Command(name = "test", mixinStandardHelpOptions = true,
    description = {"Tests the mappings of the CRM and of Partner Center without any system: every example under mappings/examples, and round"
        + " trips of generated documents: what the specs write must be read back.",
        "Exit code: 0 all is well, 1 an example differs or a field is lost that no declaration names."},
    footer = {"", "Example: java -jar cosell.jar test --documents 10000"})
public final class TestCommand implements Callable<Integer> {

    private static final String PARTNER_CENTER = "partner-center";

    @Option(names = "--documents", paramLabel = "N", defaultValue = "300",
        description = "How many documents each pair of specs writes and reads; ${DEFAULT-VALUE} if not given, 0 for examples alone.")
    private int documents;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
        description = "The same seed makes the same documents; ${DEFAULT-VALUE} if not given.")
    private long seed;

    @Option(names = "--accept", description = "Shows where examples differ and then writes what the specs make into their expected files.")
    private boolean accept;

    @Option(names = "--watch", description = "Goes on and tests again what a saved file changes, until Ctrl-C.")
    private boolean watch;

    @Mixin
    private TextOrJson format;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path mappings = Connector.mappings(root.folder());
        boolean own = mappings.getFileSystem() == FileSystems.getDefault();
        require(documents >= 0, "--documents " + documents + ": must be 0 or more.");
        require(own || !accept && !watch, "--accept and --watch need a folder mappings in the working folder; there is none.");
        require(!watch || !format.isJson(), "--watch prints text only.");
        if (!watch) {
            return test(mappings, any -> true) ? 0 : 1;
        }
        try (Watch changes = new Watch(mappings)) {
            attempt(mappings, any -> true);
            while (true) {
                out().println("Waiting for changes in " + mappings + "; Ctrl-C ends it.");
                out().flush();
                Set<Path> changed = changes.next();
                out().println();
                changed.forEach(file -> out().println("Changed: " + file));
                attempt(mappings, Watch.specs(mappings, changed));
            }
        }
    }

    /** A file that can't be read yet is no reason to stop watching. */
    private void attempt(Path mappings, Predicate<String> wanted) {
        try {
            test(mappings, wanted);
        } catch (RuntimeException e) {
            out().println(e.getMessage());
        }
    }

    private boolean test(Path mappings, Predicate<String> wanted) {
        Settings settings = root.settings();
        String crm = settings.get("cosell.crm");
        Specs specs = Specs.of(mappings, settings);
        Examples.Result examples = Examples.run(Specs.ofExamples(mappings, settings),
            name -> wanted.test(name) && (name.startsWith(crm + "/") || name.startsWith(PARTNER_CENTER + "/")));
        if (!format.isJson()) {
            print(examples);
        }
        List<Path> accepted = accept ? Examples.accept(examples) : List.of();
        List<RoundTrips.Report> reports = documents == 0 ? List.of()
            : RoundTrips.run(specs, List.of(crm, PARTNER_CENTER), new RoundTrips.Plan(documents, seed), wanted);
        boolean passes = examples.failures().size() == accepted.size() && reports.stream().allMatch(RoundTrips.Report::passes);
        if (format.isJson()) {
            out().println(json(examples, accepted, reports, passes).toPrettyString());
        } else {
            accepted.forEach(file -> out().println("Accepted: " + file));
            reports.forEach(this::print);
            out().println(passes ? "All is well." : "Not all is well: see above.");
        }
        out().flush();
        return passes;
    }

    private void print(Examples.Result result) {
        result.failures().forEach(failure -> {
            out().println(failure.file() + ": " + failure.text());
            failure.difference().forEach(line -> out().println("  " + line));
        });
        out().println("Examples: " + result.count() + ", of which " + (result.failures().isEmpty() ? "all are as expected."
            : result.failures().size() + " differ."));
    }

    private void print(RoundTrips.Report report) {
        out().println();
        out().println("Round trips of " + report.name() + ": " + report.documents() + " documents, seed " + seed);
        Tables.print(out(), List.of("Field", "Where", "Verdict", "How"), report.rows().stream().map(row -> List.of(row.title(), row.path(),
            row.verdict().toString(), row.note())).toList(), 26, 46, 12, 72);
        for (RoundTrips.Counterexample example : report.counterexamples()) {
            out().println();
            out().println("LOST: " + example.path() + " of " + report.name() + ": " + example.note());
            example.steps().forEach((what, document) -> out().println("  " + what + ": " + document));
            out().println("  Correct the specs, or declare it in mappings/" + report.name().replaceFirst("/.*", "/round-trips.yaml")
                + " if it can't be otherwise.");
        }
    }

    private ObjectNode json(Examples.Result result, List<Path> accepted, List<RoundTrips.Report> reports, boolean passes) {
        ObjectNode json = Specs.JSON.createObjectNode().put("passes", passes);
        ObjectNode examples = json.putObject("examples").put("count", result.count());
        ArrayNode failures = examples.putArray("failures");
        result.failures().forEach(failure -> failures.addObject().put("file", failure.file().toString()).put("text", failure.text())
            .put("difference", String.join("\n", failure.difference())).put("accepted", accepted.contains(failure.file())));
        ArrayNode pairs = json.putArray("roundTrips");
        for (RoundTrips.Report report : reports) {
            ObjectNode pair = pairs.addObject().put("pair", report.name()).put("documents", report.documents()).put("seed", seed)
                .put("passes", report.passes());
            ArrayNode fields = pair.putArray("fields");
            report.rows().forEach(row -> fields.addObject().put("path", row.path()).put("field", row.title())
                .put("verdict", row.verdict().toString()).put("note", row.note()));
            ArrayNode examplesOfLoss = pair.putArray("counterexamples");
            report.counterexamples().forEach(example -> {
                ObjectNode one = examplesOfLoss.addObject().put("path", example.path()).put("note", example.note());
                ArrayNode steps = one.putArray("steps");
                example.steps().forEach((what, document) -> steps.addObject().put("what", what).set("document", document));
            });
        }
        return json;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void require(boolean holds, String reason) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), reason);
        }
    }
}
