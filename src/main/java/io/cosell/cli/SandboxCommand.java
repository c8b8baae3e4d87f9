package io.cosell.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.FaultPlan;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switches;
import io.cosell.sandbox.control.StateFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sandbox}: the sandboxes alone, with their control address, until the process is told to stop. */
@Command(name = "sandbox", mixinStandardHelpOptions = true,
    description = {"Starts sandboxes of Partner Center and the CRMs on this machine, and an address to control them, until Ctrl-C.",
        "They listen on 127.0.0.1 only, send nothing to Microsoft or Salesforce, and forget everything at the end unless --save is given."},
    footer = {"", "Example: java -jar cosell.jar sandbox --settings application.properties",
        "         then, in the same folder: java -jar cosell.jar run"})
public final class SandboxCommand implements Callable<Integer> {

    /** First line of a settings file that may be overwritten. */
    private static final String OURS = "# Written by: cosell sandbox --settings. Written again at its next start.";
    private static final int LAST_FIRST_PORT = 65_530;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8090",
        description = "Port of the control address; Partner Center, Dynamics 365, Salesforce, the connector of the settings and the change"
            + " events of Salesforce get the next five. 0 takes free ports. ${DEFAULT-VALUE} if not given.")
    private int port;

    @Option(names = "--settings", paramLabel = "FILE",
        description = "Writes the settings that point a connector at the sandboxes to this file, and their trust store beside it."
            + " Without it they are printed.")
    private Path settings;

    @Option(names = "--seed-data", paramLabel = "N", arity = "0..1", fallbackValue = "10",
        description = "Puts N example deals into each system; ${FALLBACK-VALUE} without a number.")
    private Integer seedData;

    @Option(names = "--load", paramLabel = "FILE", description = "Starts with what this file says; see --save.")
    private Path load;

    @Option(names = "--save", paramLabel = "FILE", description = "Writes all that the systems know to this file at the end.")
    private Path save;

    @Option(names = "--switch", paramLabel = "SYSTEM.NAME", arity = "1",
        description = "Answers an open point of a contract the other way; can be given several times. GET /systems/{system}/switches at"
            + " the control address lists them.")
    private List<String> switches = List.of();

    @Option(names = "--faults", paramLabel = "FILE",
        description = "Lets calls and events go wrong as the plan in this file says; see docs/sandbox-control.md.")
    private Path faults;

    @Option(names = "--clock", paramLabel = "TIME", description = "Sets the clock of all systems, such as 2027-01-31T12:00:00Z.")
    private String time;

    @Option(names = "--stopped", description = "Stops the clock.")
    private boolean stopped;

    @Spec
    private CommandSpec spec;

    /** Holds the trust store and the connector's store of printed settings. */
    private Path scratch;

    @Override
    public Integer call() throws IOException, InterruptedException {
        require(port >= 0 && port <= LAST_FIRST_PORT, "--port " + port + ": must be 0, or a port up to " + LAST_FIRST_PORT + ".");
        require(seedData == null || seedData > 0, "--seed-data " + seedData + ": must be 1 or more.");
        Instant start = time == null ? null : time();
        JsonNode known = load == null ? null : json("--load", load);
        JsonNode plan = faults == null ? null : json("--faults", faults);
        hasFolder("--save", save);
        hasFolder("--settings", settings);
        require(settings == null || !Files.exists(settings) || Files.readString(settings).startsWith(OURS), "--settings " + settings
            + ": this file is there already and was not written by this command. Give another name, or take it away first.");
        try (Sandboxes sandboxes = Sandboxes.start(Sandboxes.Ports.from(port))) {
            sandboxes.salesforceWithChangeEvents();
            prepare(sandboxes, known, start, plan);
            sandboxes.control();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(sandboxes), "sandbox-end"));
            print(sandboxes);
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private Instant time() {
        try {
            return Instant.parse(time);
        } catch (DateTimeParseException e) {
            throw wrong("--clock " + time + ": must be a UTC time, such as 2027-01-31T12:00:00Z.");
        }
    }

    private JsonNode json(String option, Path file) {
        try {
            return SandboxSystem.JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw wrong(option + " " + file + ": is no JSON: " + e.getMessage());
        } catch (IOException e) {
            throw wrong(option + " " + file + ": can't be read: " + e.getMessage());
        }
    }

    private void hasFolder(String option, Path file) {
        require(file == null || Files.isDirectory(file.toAbsolutePath().getParent()), option + " " + file + ": there is no such folder.");
    }

    private void require(boolean holds, String reason) {
        if (!holds) {
            throw wrong(reason);
        }
    }

    private ParameterException wrong(String reason) {
        return new ParameterException(spec.commandLine(), reason);
    }

    private void prepare(Sandboxes sandboxes, JsonNode known, Instant start, JsonNode plan) {
        if (known != null) {
            try {
                new StateFile(sandboxes.clock(), sandboxes.systems()).read(known);
            } catch (IllegalArgumentException e) {
                throw wrong("--load " + load + ": " + e.getMessage());
            }
        }
        if (stopped) {
            sandboxes.clock().stop();
        }
        if (start != null) {
            sandboxes.clock().set(start);
        }
        sandboxes.systems().forEach(SandboxSystem::tick);
        switches.forEach(name -> turn(sandboxes, name));
        if (plan != null) {
            set(sandboxes, plan);
        }
        if (seedData != null) {
            sandboxes.addExampleDeals(seedData);
        }
    }

    private void turn(Sandboxes sandboxes, String name) {
        String[] parts = name.split("\\.", 2);
        String names = sandboxes.systems().stream().map(SandboxSystem::name).collect(Collectors.joining(", "));
        require(parts.length == 2, "--switch " + name + ": must be SYSTEM.NAME; the systems are " + names + ".");
        Switches all = sandboxes.systems().stream().filter(system -> system.name().equals(parts[0])).findFirst()
            .orElseThrow(() -> wrong("--switch " + name + ": there is no system " + parts[0] + "; there are " + names + ".")).switches();
        try {
            all.turn(all.named(parts[1]), true);
        } catch (IllegalArgumentException e) {
            throw wrong("--switch " + name + ": " + e.getMessage());
        }
    }

    private void set(Sandboxes sandboxes, JsonNode json) {
        try {
            FaultPlan plan = FaultPlan.of(json, sandboxes.systems().stream().map(SandboxSystem::name).toList());
            sandboxes.systems().forEach(system -> system.plan(plan));
        } catch (IllegalArgumentException e) {
            throw wrong("--faults " + faults + ": " + e.getMessage());
        }
    }

    private void print(Sandboxes sandboxes) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println("The sandboxes are up, for this machine only.");
        out.println();
        out.printf("  %-16s %s%n", "Control", sandboxes.control().address());
        sandboxes.printAddresses(out);
        out.println();
        if (settings == null) {
            scratch = Files.createTempDirectory("cosell-sandbox");
            out.println("Settings of a connector that works on them, for application.properties (its store goes at the end, too):");
            out.println();
            out.println(properties(sandboxes.settings(scratch)));
        } else {
            write(settings, OURS + System.lineSeparator() + properties(sandboxes.settings(settings.toAbsolutePath().getParent())));
            out.println("Settings of a connector that works on them are in " + settings + ".");
        }
        out.println();
        out.println("Press Ctrl-C to end it.");
        out.flush();
    }

    private static String properties(Map<String, String> settings) {
        return settings.entrySet().stream()
            .map(setting -> setting.getKey() + " = " + setting.getValue().replace("\\", "\\\\") + System.lineSeparator())
            .collect(Collectors.joining());
    }

    private void end(Sandboxes sandboxes) {
        try {
            if (save != null) {
                write(save, SandboxSystem.JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(new StateFile(sandboxes.clock(), sandboxes.systems()).write()));
            }
            sandboxes.close();
            if (scratch != null) {
                tidy(scratch);
            }
        } catch (IOException | RuntimeException e) {
            spec.commandLine().getErr().println("Not everything could be saved or tidied up: " + e);
        }
    }

    private static void tidy(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }

    /** Writes a file whole or not at all. */
    private static void write(Path file, String text) throws IOException {
        Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName().toString(), ".part");
        Files.writeString(beside, text);
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
