package io.cosell.cli;

import io.cosell.Connector;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code register-webhook}: the flow "Partner Center Webhook Registration". */
@Command(name = "register-webhook", mixinStandardHelpOptions = true,
    description = {"Registers this process for the referral events of Partner Center, and lets a validation event prove it.",
        "The address is cosell.webhook.public-address with cosell.webhook.path. Another address that is registered is left alone unless"
            + " cosell.webhook.overwrite is Yes."},
    footer = {"", "Example: java -jar cosell.jar register-webhook"})
public final class RegisterWebhookCommand implements Callable<Integer> {

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Connector connector = root.connect(Connector.Purpose.COMMAND)) {
            spec.commandLine().getOut().println(connector.camel().requestBody("direct:webhook-registration", null, String.class));
            return 0;
        }
    }
}
