package io.cosell.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cosell.conformance.Check;
import io.cosell.conformance.Check.Outcome;
import io.cosell.conformance.Conformance;
import io.cosell.conformance.Report;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code conformance}: tries the verbs of the adapter that is configured, and says of each what holds. */
@Command(name = "conformance", mixinStandardHelpOptions = true,
    description = {"Tries every verb of the adapter that is configured (cosell.crm) and says what holds.",
        "It makes test deals in the CRM, whose names begin with \"Cosell conformance\", and closes them in the end; it can't delete them. "
            + "Partner Center is not called, and the store of the connector is not touched. Stop a connector that serves the same CRM first."},
    footer = {"", "Exit code 0 means that all checks passed or do not apply, 1 that some failed.", "",
        "Example: java -jar cosell.jar conformance --yes --currency EUR"})
public final class ConformanceCommand implements Callable<Integer> {

    /** How to print what came out. */
    enum Format {
        table, json
    }

    @Option(names = "--yes", description = "Makes the test deals though the CRM is not on this machine. Use an organisation for tests.")
    private boolean yes;

    @Option(names = "--currency", paramLabel = "CODE", defaultValue = "USD",
        description = "ISO code of a currency that the CRM has; ${DEFAULT-VALUE} if not given.")
    private String currency;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "15",
        description = "How long to wait for the CRM to tell of a change; ${DEFAULT-VALUE} if not given.")
    private int patience;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
        description = "table or json; ${DEFAULT-VALUE} if not given.")
    private Format format;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        try (Conformance conformance = root.conformance()) {
            if (!yes && !conformance.isOnThisMachine()) {
                throw new IllegalArgumentException("The CRM " + conformance.crm() + " is not on this machine. The checks make test deals in it, "
                    + "whose names begin with \"Cosell conformance\", and can only close them. Add --yes if that may be.");
            }
            Report report = conformance.run(currency, Duration.ofSeconds(patience), check -> { });
            if (format == Format.json) {
                out.println(json(report));
            } else {
                print(report, out);
            }
            out.flush();
            return report.isGood() ? 0 : 1;
        }
    }

    private static void print(Report report, PrintWriter out) {
        Tables.print(out, List.of("Verb", "Outcome", "Calls", "What has to hold"), report.checks().stream().map(check ->
            List.of(check.verb(), check.outcome().toString(), check.calls(),
                check.tried() + (check.reason().isEmpty() ? "" : " — " + check.reason()))).toList(), 18, 16, 24, 100);
        out.println();
        Tables.print(out, List.of("Verb", "Used", "Calls"), report.calls().stream()
            .map(verb -> List.of(verb.verb(), String.valueOf(verb.times()), verb.calls())).toList(), 18, 6, 60);
        out.println();
        out.println("The adapter " + report.crm() + ": " + report.count(Outcome.PASSED) + " checks passed, " + report.count(Outcome.FAILED)
            + " failed, " + report.count(Outcome.NOT_APPLICABLE) + " do not apply.");
        if (!report.left().isEmpty()) {
            out.println("In the CRM are left, by names that begin with \"" + report.prefix() + "\": " + report.left().size() + " records, accounts, "
                + "contacts and solutions of theirs.");
            report.left().stream().filter(record -> record.contains("open")).forEach(record -> out.println("  " + record));
        }
    }

    private static String json(Report report) throws JsonProcessingException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("crm", report.crm());
        document.put("good", report.isGood());
        document.put("checks", report.checks().stream().map(ConformanceCommand::json).toList());
        document.put("calls", report.calls());
        document.put("left", report.left());
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document);
    }

    private static Map<String, Object> json(Check check) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("verb", check.verb());
        document.put("tried", check.tried());
        document.put("outcome", check.outcome().toString());
        document.put("reason", check.reason());
        document.put("calls", check.calls());
        return document;
    }
}
