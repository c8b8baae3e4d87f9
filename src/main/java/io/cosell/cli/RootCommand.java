package io.cosell.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code java -jar cosell.jar}: without a command it runs the connector. */
@Command(name = "cosell", mixinStandardHelpOptions = true, version = "Cosell Connector 0.1.0",
    description = "Keeps co-sell referrals in Microsoft Partner Center and opportunities in a CRM the same, both ways.",
    footer = {"", "Without a command it runs the connector on the systems of application.properties.", "",
        "Example: java -jar cosell.jar demo"},
    subcommands = {RunCommand.class, DemoCommand.class, RegisterWebhookCommand.class, SyncCommand.class,
        PlanCommand.class, HelpCommand.class})
public final class RootCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        return new RunCommand().call();
    }
}
