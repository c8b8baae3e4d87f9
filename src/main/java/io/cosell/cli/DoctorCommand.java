package io.cosell.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cosell.Visit;
import io.cosell.doctor.Diagnosis;
import io.cosell.doctor.Diagnosis.Level;
import io.cosell.doctor.Doctor;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code doctor}: everything wrong in the live systems, read-only. */
@Command(name = "doctor", mixinStandardHelpOptions = true,
    description = {"Looks at the live systems for everything that keeps deals from being synchronised, and says what to do about each. "
        + "Only reads.",
        "Sign-in and rights of each account, webhook, tables, columns, mandatory columns, choices, currencies, limits, clocks, addresses, "
            + "and how the deals of the store stand. What no call tells is said to be not known."},
    footer = {"", "Exit code 0 means that nothing was found, 1 that something was.", "",
        "Example: java -jar cosell.jar doctor --format json"})
public final class DoctorCommand implements Callable<Integer> {

    private static final Map<Level, String> COLOURS = Map.of(Level.ERROR, "red", Level.WARNING, "yellow", Level.UNKNOWN, "cyan", Level.OK,
        "green");

    @Mixin
    private TextOrJson format;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        List<Diagnosis> diagnoses;
        try (Visit visit = root.visit()) {
            diagnoses = new Doctor(visit, root.clock()).examine();
        }
        if (format.isJson()) {
            out.println(json(diagnoses));
        } else {
            print(diagnoses, out, spec.commandLine().getColorScheme().ansi());
        }
        out.flush();
        return diagnoses.stream().anyMatch(Diagnosis::isFinding) ? 1 : 0;
    }

    private static void print(List<Diagnosis> diagnoses, PrintWriter out, Ansi ansi) {
        for (String system : diagnoses.stream().map(Diagnosis::system).distinct().toList()) {
            out.println(system);
            for (Level level : Level.values()) {
                diagnoses.stream().filter(one -> one.system().equals(system) && one.level() == level).forEach(one -> {
                    String word = String.format("%-10s", level.word());
                    out.println("  " + ansi.string("@|" + COLOURS.get(level) + " " + word + "|@") + " " + one.about() + ": "
                        + Tables.line(one.message()));
                    if (!one.fix().isEmpty()) {
                        out.println("             " + (level == Level.UNKNOWN ? "do: " : "fix: ") + Tables.line(one.fix()));
                    }
                });
            }
            out.println();
        }
        long errors = count(diagnoses, Level.ERROR);
        long warnings = count(diagnoses, Level.WARNING);
        long unknown = count(diagnoses, Level.UNKNOWN);
        out.println((errors + warnings == 0 ? "Nothing is wrong" : Tables.count(errors, "error") + ", " + Tables.count(warnings, "warning"))
            + (unknown == 0 ? "." : "; " + Tables.count(unknown, "thing") + " can't be known from here."));
    }

    private static long count(List<Diagnosis> diagnoses, Level level) {
        return diagnoses.stream().filter(one -> one.level() == level).count();
    }

    private static String json(List<Diagnosis> diagnoses) throws JsonProcessingException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("good", diagnoses.stream().noneMatch(Diagnosis::isFinding));
        document.put("findings", diagnoses.stream().filter(Diagnosis::isFinding).map(DoctorCommand::json).toList());
        document.put("notKnown", diagnoses.stream().filter(one -> one.level() == Level.UNKNOWN).map(DoctorCommand::json).toList());
        document.put("asItShouldBe", diagnoses.stream().filter(one -> one.level() == Level.OK).map(DoctorCommand::json).toList());
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document);
    }

    private static Map<String, Object> json(Diagnosis diagnosis) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("level", diagnosis.level().word());
        document.put("system", diagnosis.system());
        document.put("about", diagnosis.about());
        document.put("message", diagnosis.message());
        document.put("fix", diagnosis.fix());
        return document;
    }
}
