package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.store.Heal;
import java.util.concurrent.Callable;
import org.apache.camel.Exchange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heal}: one round of auto-heal now, or a comparison of all deals, and what it proves. */
@Command(name = "heal", mixinStandardHelpOptions = true,
    description = "Finds and repairs what events missed, and says how all deals stand.",
    footer = {"", "Exit code 0 means that all linked deals are equal, 1 that some are not.", "", "Example: java -jar cosell.jar heal --all"})
public final class HealCommand implements Callable<Integer> {

    @Option(names = "--all", description = "Lists and compares every deal, not only what changed since the last time. "
        + "Deals that were last compared under another mapping are read anew, two calls each.")
    private boolean all;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Connector connector = root.connect(Connector.Purpose.COMMAND)) {
            Exchange exchange = connector.camel().request("direct:auto-heal-now",
                message -> message.getIn().setBody(all ? "all" : "changed"));
            if (exchange.getException() != null) {
                throw new IllegalStateException(exchange.getException());
            }
            Heal heal = exchange.getVariable("healed", Heal.class);
            if (heal == null) {
                throw new IllegalArgumentException(exchange.getVariable("unhealed", String.class));
            }
            spec.commandLine().getOut().println(heal.statement());
            return heal.allInStep() ? 0 : 1;
        }
    }
}
