package io.cosell.cli;

import io.cosell.Connector;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code run}: the connector on the configured systems, until the process is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true,
    description = "Runs the connector on the systems of application.properties (the default).",
    footer = {"", "Example: java -jar cosell.jar run"})
public final class RunCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        return Connector.serve(Path.of(""));
    }
}
