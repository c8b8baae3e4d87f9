package io.cosell;

import io.cosell.cli.RootCommand;
import io.cosell.lane.LaneFailure;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.RuntimeCamelException;
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

    private static boolean isWritten(Throwable failure) {
        return failure instanceof ConfigurationException || failure instanceof LaneFailure || failure instanceof IllegalArgumentException;
    }

    /** Failures that are written for people are shown as they are; of others the first that is more than a wrapping, with its kind. */
    private static String explain(Throwable failure) {
        Throwable first = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isWritten(cause)) {
                return cause.getMessage();
            }
            if (first == null && (cause.getCause() == null || !(cause instanceof RuntimeCamelException))) {
                first = cause;
            }
        }
        return first instanceof IllegalStateException ? first.getMessage() : String.valueOf(first);
    }
}
