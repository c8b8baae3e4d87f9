package io.cosell;

import io.cosell.cli.RootCommand;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Entry point of {@code cosell.jar}; the commands are in {@link io.cosell.cli}. */
public final class Cosell {

    private Cosell() {
    }

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /**
     * Runs one command.
     *
     * @return exit code: 0 done, 1 it failed or refused, 2 the command line is wrong
     */
    public static int run(String... args) {
        return commands(Path.of(""), Map.of()).execute(args);
    }

    /**
     * The commands on another working folder than the current one.
     *
     * @param folder    its routes, mappings and application.properties are used where it has them
     * @param overrides settings that win over all others, by name
     */
    public static CommandLine commands(Path folder, Map<String, String> overrides) {
        return commands(folder, overrides, Clock.systemUTC());
    }

    /** The commands with a clock of the caller's, for those that look at the time. */
    public static CommandLine commands(Path folder, Map<String, String> overrides, Clock clock) {
        CommandLine line = new CommandLine(new RootCommand(folder, overrides, clock));
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText(explain(failure)));
            return 1;
        });
        return line;
    }

    /** Failures that are written for people are shown as they are; of others the last cause, with its kind. */
    private static String explain(Throwable failure) {
        List<Class<?>> written = List.of(ConfigurationException.class, io.cosell.lane.LaneFailure.class, IllegalArgumentException.class);
        Throwable last = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Throwable candidate = cause;
            last = cause;
            if (written.stream().anyMatch(kind -> kind.isInstance(candidate))) {
                return cause.getMessage();
            }
        }
        return last.toString();
    }
}
