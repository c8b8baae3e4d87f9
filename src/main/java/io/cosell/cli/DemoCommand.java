package io.cosell.cli;

import io.cosell.demo.Demo;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: a story of deals that travel, on sandboxes of both systems. */
@Command(name = "demo", mixinStandardHelpOptions = true,
    description = {"Plays a story of deals that travel between Partner Center and Dynamics 365, in under a minute, on sandboxes of both.",
        "Needs no account and leaves nothing behind. Exits 0 only if both sides are equal in the end."},
    footer = {"", "Set COSELL_LOG_LEVEL to INFO to see the log of the connector too.", "", "Example: java -jar cosell.jar demo --stay"})
public final class DemoCommand implements Callable<Integer> {

    @Option(names = "--stay", description = "Leaves both systems and the connector up after the story, and prints their addresses.")
    private boolean stay;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (System.getenv("COSELL_LOG_LEVEL") == null) {
            Configurator.setAllLevels("", Level.ERROR);
        }
        try (Demo demo = new Demo(spec.commandLine().getOut())) {
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
