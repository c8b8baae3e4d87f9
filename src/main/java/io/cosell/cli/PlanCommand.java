package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.plan.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.camel.Exchange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code plan ID}: what would be written for one deal, field by field; writes nothing. */
@Command(name = "plan", mixinStandardHelpOptions = true,
    description = "Prints what would be written for one deal, field by field and side by side, and writes nothing.",
    footer = {"", "Example: java -jar cosell.jar plan 4111fffc-f9ee-4d53-bba6-569135228642"})
public final class PlanCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Id of the referral or of the record.")
    private String id;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Connector connector = root.connect(Connector.Purpose.LOOK)) {
            Exchange exchange = connector.camel().request("direct:plan-deal", message -> message.getIn().setBody(id));
            if (exchange.getException() != null) {
                throw new IllegalArgumentException(exchange.getException().getMessage(), exchange.getException());
            }
            print(exchange.getVariable("plan", Plan.class), exchange.getVariable("outcome", String.class), spec.commandLine().getOut());
            return 0;
        }
    }

    private static void print(Plan plan, String outcome, PrintWriter out) {
        if (outcome != null) {
            out.println(outcome);
        }
        if (plan == null) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        plan.partnerCenter().forEach(change -> rows.add(List.of("Partner Center", change.title(), Tables.value(change.from()),
            Tables.value(change.to()), change.why())));
        plan.crm().forEach(change -> rows.add(List.of("CRM", change.title(), Tables.value(change.from()), Tables.value(change.to()),
            change.why())));
        plan.conflicts().forEach(conflict -> rows.add(List.of(conflict.winner().other().label() + " loses", conflict.title(),
            Tables.value(conflict.lost()), "", "changed on both sides; the other value is kept in the journal")));
        plan.refusals().forEach(refusal -> rows.add(List.of("not written", refusal.title(), Tables.value(refusal.value()), "",
            refusal.text())));
        if (rows.isEmpty()) {
            out.println("Nothing would be written: both sides are in step.");
        } else {
            Tables.print(out, List.of("Where", "Field", "Now", "Then", "Why"), rows, 16, 26, 32, 32, 50);
        }
        if (plan.waitsForGrace()) {
            out.println("The status of the record goes to Partner Center after its grace period (cosell.terminal-grace).");
        }
    }
}
