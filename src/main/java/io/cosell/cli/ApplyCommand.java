package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.flow.DealPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code apply FILE}: carries out a saved plan, and refuses each deal of which anything moved since. */
@Command(name = "apply", mixinStandardHelpOptions = true,
    description = "Carries out a plan that was saved with \"plan --save\", deal by deal. A deal of which anything moved since is "
        + "left as it is: referral, record, what both last agreed on, or the mappings.",
    footer = {"", "Exit code 0 means that all was written as planned, 1 that some deals were refused.", "",
        "Example: java -jar cosell.jar apply plan.json",
        "         (the plan is made by: java -jar cosell.jar plan --since 2h --save plan.json)"})
public final class ApplyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The plan.")
    private Path file;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PlanFile plan = PlanFile.read(file);
        PrintWriter out = spec.commandLine().getOut();
        List<DealPlan> deals = plan.deals().stream().filter(deal -> !deal.writes().isEmpty()).toList();
        try (Connector connector = root.connect(Connector.Purpose.APPLY)) {
            if (!connector.crm().equals(plan.crm())) {
                throw new IllegalArgumentException(file + " was made for " + plan.crm() + "; this connector serves " + connector.crm()
                    + ".");
            }
            List<Optional<String>> refusals = Work.each(deals, connector.threads(), "Applying deals", spec.commandLine().getErr(),
                connector::apply);
            for (int i = 0; i < deals.size(); i++) {
                out.println(Tables.line((refusals.get(i).isEmpty() ? "applied: " : "refused: ") + deals.get(i).deal()
                    + refusals.get(i).map(reason -> ": " + reason).orElse("")));
            }
            long refused = refusals.stream().filter(Optional::isPresent).count();
            long oneSide = plan.deals().stream().filter(deal -> deal.outcome() != null).count();
            long others = plan.deals().size() - deals.size() - oneSide;
            out.println(Tables.count(deals.size() - refused, "deal") + " applied, " + refused + " refused"
                + (others == 0 ? "" : ", " + others + " with nothing to write")
                + (oneSide == 0 ? "." : ", " + oneSide + " that have not both sides left alone (\"sync ID\" makes what is missing)."));
            return refused == 0 ? 0 : 1;
        }
    }
}
