package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.flow.Answers;
import io.cosell.flow.DealPlan;
import io.cosell.flow.Healing;
import io.cosell.store.Link;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.camel.Exchange;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code plan}: what would be written for deals, field by field; writes nothing. */
@Command(name = "plan", mixinStandardHelpOptions = true,
    description = "Prints what would be written for deals, field by field and on both sides, and why; writes nothing, neither to the "
        + "systems nor to the store.",
    footer = {"", "Exit code 0 means that each deal could be planned, 1 that some could not.", "",
        "Example: java -jar cosell.jar plan 4111fffc-f9ee-4d53-bba6-569135228642",
        "         java -jar cosell.jar plan --since 2h --save plan.json",
        "         java -jar cosell.jar plan --all --format json",
        "         java -jar cosell.jar plan --all --mappings new-mappings"})
public final class PlanCommand implements Callable<Integer> {

    private static final String FAILED = "It could not be planned: ";

    /** How a plan is printed. */
    enum Format { table, json }

    /** Which deals: one of the three. */
    static final class Which {
        @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of referrals or records.")
        private List<String> ids;

        @Option(names = "--since", required = true, paramLabel = "TIME", converter = Since.class,
            description = "All deals that changed on either side since then: a UTC time (2027-01-31T12:00:00Z), a day (2027-01-31), or "
                + "how long ago (90m, 2h, 7d); and those that wait in the store.")
        private Instant since;

        @Option(names = "--all", required = true, description = "All deals.")
        private boolean all;
    }

    @ArgGroup(multiplicity = "1")
    private Which which;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
        description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
    private Format format;

    @Option(names = "--save", paramLabel = "FILE",
        description = "Keeps the plan in this file, for \"apply\". It holds values of deals; only "
        + "you can read it.")
    private Path save;

    @Option(names = "--mappings", paramLabel = "DIR",
        description = "Compares what the configured mappings and those in this folder would write "
        + "for the same deals, which are read once.")
    private Path mappings;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    /** A time, or how long ago. */
    static final class Since implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String value) {
            try {
                if (value.matches("\\d{1,6}[smhd]")) {
                    Duration ago = Duration.parse((value.endsWith("d") ? "P" : "PT") + value.toUpperCase(Locale.ROOT));
                    return Clock.systemUTC().instant().minus(ago).truncatedTo(ChronoUnit.SECONDS);
                }
                return value.length() == "2027-01-31".length() ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'" + value
                    + "' is no time. Give a UTC time such as 2027-01-31T12:00:00Z, a day, or how long"
                    + " ago, such as 2h.");
            }
        }
    }

    @Override
    public Integer call() {
        if (mappings != null) {
            return compare();
        }
        try (Connector connector = root.connect(Connector.Purpose.LOOK)) {
            Healing.Looked deals = deals(connector, false);
            List<DealPlan> plans = Work.each(List.copyOf(deals.deals().entrySet()), connector.threads(), "Planning deals",
                spec.commandLine().getErr(), deal -> plan(connector, deal.getKey(), deal.getValue(), isOne()));
            PlanFile plan = new PlanFile(PlanFile.FORMAT, connector.store().now(), connector.crm(), connector.mappingVersion(),
                deals.inStep(), plans);
            if (save != null) {
                plan.save(save);
            }
            print(plan);
            return plans.stream().anyMatch(PlanCommand::hasFailed) ? 1 : 0;
        }
    }

    private int compare() {
        if (save != null) {
            throw new ParameterException(spec.commandLine(), "--save keeps a plan, and --mappings makes none. Give one of the two.");
        }
        if (!Files.isDirectory(mappings)) {
            throw new ParameterException(spec.commandLine(), "--mappings " + mappings + ": there is no such folder.");
        }
        Answers answers = new Answers();
        try (Connector connector = root.look(answers.keeping(), null); Connector other = root.look(answers.giving(), mappings)) {
            List<MappingComparison.Pair> pairs = Work.each(List.copyOf(deals(connector, true).deals().keySet()), connector.threads(),
                "Comparing deals", spec.commandLine().getErr(), id -> new MappingComparison.Pair(plan(connector, id, List.of(), isOne()),
                    plan(other, id, List.of(), isOne())));
            MappingComparison comparison = MappingComparison.of(connector.mappingVersion(), mappings.toString(), pairs);
            if (format == Format.json) {
                spec.commandLine().getOut().println(PlanFile.json(comparison));
            } else {
                comparison.print(spec.commandLine().getOut());
            }
            return pairs.stream().anyMatch(pair -> hasFailed(pair.configured()) || hasFailed(pair.other())) ? 1 : 0;
        }
    }

    private Healing.Looked deals(Connector connector, boolean everyDeal) {
        if (which.ids != null) {
            Map<String, List<String>> asked = new LinkedHashMap<>();
            // Both ids of a deal name one deal.
            which.ids.forEach(id -> asked.put(connector.store().find(id).map(Link::id).orElse(id), List.of()));
            return new Healing.Looked(asked, 0);
        }
        return connector.camel().requestBody("direct:list-deals", new Healing.Look(which.since, everyDeal), Healing.Looked.class);
    }

    private boolean isOne() {
        return which.ids != null && which.ids.size() == 1;
    }

    private static boolean hasFailed(DealPlan plan) {
        return plan.outcome() != null && plan.outcome().startsWith(FAILED);
    }

    private static DealPlan plan(Connector connector, String id, List<String> listed, boolean only) {
        Exchange exchange = connector.camel().request("direct:plan-deal", message -> message.getIn().setBody(id));
        if (exchange.getException() != null && only) {
            throw new IllegalArgumentException(exchange.getException().getMessage(), exchange.getException());
        }
        if (exchange.getException() != null) {
            return DealPlan.failed(connector.store().find(id).orElse(Link.of(id, id, null, null)), FAILED + exchange.getException()
                .getMessage());
        }
        DealPlan plan = exchange.getVariable("dealPlan", DealPlan.class);
        List<String> hints = new ArrayList<>(plan.noticedBy());
        hints.addAll(listed);
        return plan.noticedBy(hints);
    }

    private void print(PlanFile plan) {
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(plan.json());
            return;
        }
        boolean many = !isOne();
        for (DealPlan deal : plan.deals()) {
            if (many && !deal.isInStep()) {
                out.println(Tables.line(deal.deal()));
            }
            if (!many || !deal.isInStep()) {
                print(deal, out);
            }
            if (many && !deal.isInStep()) {
                out.println();
            }
        }
        if (many) {
            out.println(summary(plan));
        }
        if (save != null) {
            out.println("The plan is in " + save + "; \"apply " + save + "\" carries it out.");
        }
    }

    private static void print(DealPlan deal, PrintWriter out) {
        if (deal.outcome() != null) {
            out.println(deal.outcome());
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        deal.writes().forEach(write -> rows.add(List.of(side(write.side()), write.title(), write.from() == null ? ""
            : Tables.value(write.from()),
            Tables.value(write.to()), write.why() + "; " + write.policy())));
        deal.others().forEach(other -> rows.add(List.of(other.kind().equals("conflict") ? side(other.side()) + " loses" : "not written",
            other.title(), Tables.value(other.value()), "", other.why())));
        if (rows.isEmpty()) {
            out.println("Nothing would be written: both sides are in step.");
        } else {
            if (!deal.noticedBy().isEmpty()) {
                out.println(Tables.line("Noticed by: " + String.join("; ", deal.noticedBy()) + "."));
            }
            Tables.print(out, List.of("Where", "Field", "Now", "Then", "Why"), rows, 16, 26, 32, 32, 50);
        }
        if (deal.waits()) {
            out.println("The status of the record goes to Partner Center after its grace period (cosell.terminal-grace).");
        }
        if (deal.again()) {
            out.println("Another plan follows as soon as this one is written.");
        }
    }

    private static String side(String side) {
        return side.equals("crm") ? "CRM" : "Partner Center";
    }

    private static String summary(PlanFile plan) {
        long written = plan.deals().stream().filter(deal -> !deal.writes().isEmpty()).count();
        long inStep = plan.deals().stream().filter(DealPlan::isInStep).count() + plan.inStep();
        long toCrm = plan.deals().stream().flatMap(deal -> deal.writes().stream()).filter(write -> write.side().equals("crm")).count();
        long all = plan.deals().stream().mapToLong(deal -> deal.writes().size()).sum();
        return Tables.count(plan.deals().size() + plan.inStep(), "deal") + ": " + written + " would be written (" + Tables.count(toCrm,
            "value")
            + " in the CRM, " + (all - toCrm) + " in Partner Center), " + inStep + " in step, "
            + (plan.deals().size() + plan.inStep() - written - inStep) + " with nothing to write for another reason.";
    }
}
