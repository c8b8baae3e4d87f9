package io.cosell.cli;

import io.cosell.Connector;
import io.cosell.CrmAlone;
import io.cosell.Surroundings;
import io.cosell.Visit;
import io.cosell.config.ConfigurationCheck;
import io.cosell.config.Settings;
import io.cosell.conformance.Conformance;
import io.cosell.flow.Answers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code java -jar cosell.jar}: without a command it runs the connector. */
@Command(name = "cosell", mixinStandardHelpOptions = true, version = "Cosell Connector 0.1.0",
    description = "Keeps co-sell referrals in Microsoft Partner Center and opportunities in a CRM the same, both ways.",
    footer = {"", "Without a command it runs the connector on the systems of application.properties.", "",
        "Example: java -jar cosell.jar demo"},
    subcommands = {RunCommand.class, CheckCommand.class, DemoCommand.class, SandboxCommand.class,
        LoginCommand.class, DoctorCommand.class, RegisterWebhookCommand.class, SyncCommand.class, PlanCommand.class, ApplyCommand.class,
        TestCommand.class, HealCommand.class, ConformanceCommand.class, SchemaCommand.class, SetupCrmCommand.class, HelpCommand.class})
public final class RootCommand implements Callable<Integer> {

    private final Path folder;
    private final Map<String, String> overrides;
    private final Clock clock;

    /**
     * @param folder    working folder of the commands
     * @param overrides settings that win over all others, by name
     * @param clock     what time it is on this machine, for commands that look at it
     */
    public RootCommand(Path folder, Map<String, String> overrides, Clock clock) {
        this.folder = folder;
        this.overrides = overrides;
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        return serve(false);
    }

    int serve(boolean development) throws Exception {
        return Connector.serve(folder, overrides, development);
    }

    /** Everything wrong in the files of the working folder; {@code schema} may be null. */
    ConfigurationCheck.Result check(Path schema) {
        return Connector.check(folder, overrides, Optional.ofNullable(schema));
    }

    /** The checks of the adapter that is configured. */
    Conformance conformance() {
        return new Conformance(folder, overrides);
    }

    /** A connector that calls the systems although not all is set up. It starts without a word, so that the command's own are seen. */
    Visit visit() {
        beQuiet();
        return new Visit(folder, overrides, clock);
    }

    /** A connector for work with the CRM alone. It starts without a word, so that the command's own are seen. */
    CrmAlone crmAlone() {
        beQuiet();
        return new CrmAlone(folder, overrides, new Surroundings() { });
    }

    private static void beQuiet() {
        if (System.getenv("COSELL_LOG_LEVEL") == null) {
            Configurator.setAllLevels("", Level.ERROR);
        }
    }

    /** A connector for one command. */
    Connector connect(Connector.Purpose purpose) {
        return Connector.start(folder, overrides, purpose);
    }

    /** What time it is on this machine. */
    Clock clock() {
        return clock;
    }

    /** The working folder of the commands. */
    Path folder() {
        return folder;
    }

    /** The settings of the working folder. */
    Settings settings() {
        return Connector.settings(folder, overrides);
    }

    /**
     * A connector that only looks, and shares what it reads with another.
     *
     * @param answers  its side of what they share
     * @param mappings folder of mappings that stands for the configured one; null for that
     */
    Connector look(HttpClientConfigurer answers, Path mappings) {
        Map<String, String> settings = new HashMap<>(overrides);
        settings.putAll(Answers.settings());
        return Connector.start(folder, settings, Connector.Purpose.LOOK, new Surroundings() {
            @Override
            public Optional<Path> mappings() {
                return Optional.ofNullable(mappings).map(Path::toAbsolutePath);
            }

            @Override
            public Map<String, Object> beans() {
                return Map.of(Answers.BEAN, answers);
            }
        });
    }
}
