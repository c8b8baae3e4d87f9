package io.cosell.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code run}: the connector on the configured systems, until the process is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true,
    description = "Runs the connector on the systems of application.properties (the default).",
    footer = {"", "Example: java -jar cosell.jar run"})
public final class RunCommand implements Callable<Integer> {

    @Option(names = "--dev", description = {"What is saved in the folders routes and mappings takes effect at once, if check finds no"
        + " mistake in it; otherwise the log says why not, and what was in effect before stays. Not for production."})
    private boolean development;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Path folder = root.folder();
        if (development && Stream.of("routes", "mappings").map(folder::resolve).noneMatch(Files::isDirectory)) {
            throw new ParameterException(spec.commandLine(), "--dev takes up what is saved in the folders routes and mappings, and neither"
                + " is here. Take them out of the jar first: unzip cosell.jar 'routes/*' 'mappings/*'");
        }
        return root.serve(development);
    }
}
