package io.cosell.cli;

import io.cosell.demo.Demo;
import io.cosell.sandbox.Crm;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code demo}: a story of deals that travel, on sandboxes of both systems. */
@Command(name = "demo", mixinStandardHelpOptions = true,
    description = {"Plays a story of deals that travel between Partner Center and a CRM, in under a minute, on sandboxes of both.",
        "Needs no account and leaves nothing behind. Exits 0 only if both sides are equal in the end."},
    footer = {"", "Set COSELL_LOG_LEVEL to INFO to see the log of the connector too.", "", "Example: java -jar cosell.jar demo --stay"})
public final class DemoCommand implements Callable<Integer> {

    @Option(names = "--stay", description = "Leaves both systems and the connector up after the story, and prints their addresses.")
    private boolean stay;

    @Option(names = "--crm", converter = NamedCrm.class, defaultValue = "dynamics365", paramLabel = "CRM",
        description = "The CRM: dynamics365 (without this option) or salesforce.")
    private Crm crm;

    @Spec
    private CommandSpec spec;

    /** A CRM by its name in the settings. */
    static final class NamedCrm implements ITypeConverter<Crm> {

        @Override
        public Crm convert(String value) {
            try {
                return Crm.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (System.getenv("COSELL_LOG_LEVEL") == null) {
            Configurator.setAllLevels("", Level.ERROR);
        }
        try (Demo demo = new Demo(crm, spec.commandLine().getOut())) {
            Thread atExit = new Thread(demo::close, "demo-end");
            Runtime.getRuntime().addShutdownHook(atExit); // for Ctrl-C; closing twice does nothing
            int code = demo.play();
            if (stay) {
                demo.printAddresses();
                new CountDownLatch(1).await();
            }
            return code;
        }
    }
}
