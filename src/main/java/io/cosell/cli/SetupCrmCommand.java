package io.cosell.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Connector;
import io.cosell.CrmAlone;
import io.cosell.lane.RefusedFailure;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.CrmTables;
import io.cosell.schema.Setup;
import io.cosell.schema.Setup.Item;
import io.cosell.schema.Setup.State;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code setup-crm}: makes the tables and columns in the CRM that the connector needs and that are not there. */
@Command(name = "setup-crm", mixinStandardHelpOptions = true,
    description = {"Makes the tables and columns in the CRM that the connector needs and that are missing there.",
        "Without --yes it only shows them. What is there is never changed, whatever it is. Only the CRM is called; after a failure, or at any "
            + "other time, run it again: it goes on with what is still missing."},
    footer = {"", "Exit code 0 means that nothing is missing, or that nothing was asked for but to look; 1 that something could not be"
        + " made, or is there in another form.", "",
        "Example: java -jar cosell.jar setup-crm", "         java -jar cosell.jar setup-crm --files setup",
        "         java -jar cosell.jar setup-crm --yes"})
public final class SetupCrmCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };
    private static final int NAME = 60;
    private static final int TYPE = 18;
    private static final int LABEL = 45;

    @Option(names = "--yes", description = "Makes what is missing.")
    private boolean yes;

    @Option(names = "--files", paramLabel = "DIR",
        description = "Writes the change as files to this folder, for those who bring it into the CRM in another way, and makes nothing.")
    private Path files;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    /**
     * What an adapter would do.
     *
     * @param steps one after the other; each has a {@code title} and what it {@code makes}, and the rest is the adapter's
     * @param files the same as files: text by path
     */
    private record Change(List<Map<String, Object>> steps, Map<String, String> files) {
    }

    @Override
    public Integer call() throws IOException {
        out = spec.commandLine().getOut();
        if (yes && files != null) {
            throw new IllegalArgumentException("--yes makes the change and --files only writes it down. Give one of them.");
        }
        try (CrmAlone crm = root.crmAlone()) {
            return setUp(crm.connector());
        } finally {
            out.flush();
        }
    }

    private int setUp(Connector connector) throws IOException {
        String crm = connector.crm();
        CrmTables needed = connector.crmTables();
        if (!connector.offers("crm-schema") || !connector.offers("crm-setup")) {
            throw new IllegalArgumentException("The adapter " + crm + " can't set up its CRM: it has no verbs crm-schema and crm-setup. "
                + "Make the columns that its mappings name by hand; docs/adapter.md says what the verbs do.");
        }
        Setup setup = Setup.of(needed, connector.crmSchema().orElseThrow());
        List<Item> missing = setup.all(State.MISSING);
        print(crm, setup, missing);
        int code = setup.all(State.DIFFERENT).isEmpty() ? 0 : 1;
        if (missing.isEmpty()) {
            return code;
        }
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("missing", JSON.convertValue(setup.missing(), DOCUMENT));
        question.put("needed", JSON.convertValue(needed.tables(), DOCUMENT));
        Change change = JSON.convertValue(connector.camel().requestBody("direct:crm-setup", question), Change.class);
        if (files != null) {
            write(change.files());
            return code;
        }
        if (!yes) {
            out.println("Nothing was changed. Add --yes to make " + (missing.size() == 1 ? "it" : "them")
                + ", or --files DIR to write the change as files.");
            return code;
        }
        return make(connector, change.steps()) && seen(needed, connector.crmSchema().orElseThrow()) ? code : 1;
    }

    private void print(String crm, Setup setup, List<Item> missing) {
        if (!missing.isEmpty()) {
            Tables.print(out, List.of("Missing in " + crm, "Type", "Label"),
                missing.stream().map(item -> List.of(item.name(), item.type(), item.label())).toList(), NAME, TYPE, LABEL);
            out.println();
        }
        List<Item> different = setup.all(State.DIFFERENT);
        if (!different.isEmpty()) {
            out.println("There in another form. It is left as it is; change it in the CRM, or give the connector another column in the"
                + " mappings and in tables.yaml:");
            different.forEach(item -> out.println("  " + item.name() + ": " + item.why()));
            out.println();
        }
        out.println(missing.isEmpty() && different.isEmpty()
            ? "Nothing to do: all " + setup.items().size() + " tables and columns are there."
            : count(missing) + " missing, " + setup.all(State.THERE).size() + " there" + (different.isEmpty() ? "." : ", " + different.size()
                + " there in another form."));
    }

    private static String count(List<Item> items) {
        long tables = items.stream().filter(item -> item.column().isEmpty()).count();
        return Stream.of(tables == 0 ? "" : Tables.count(tables, "table"),
            tables == items.size() && tables > 0 ? "" : Tables.count(items.size() - tables, "column"))
            .filter(part -> !part.isEmpty()).collect(Collectors.joining(" and "));
    }

    private void write(Map<String, String> texts) throws IOException {
        if (Files.exists(files) && !isEmptyFolder(files)) {
            throw new IllegalArgumentException("--files " + files
                + ": there is something in the way. Give a folder that is empty or not there yet.");
        }
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = files.resolve(text.getKey()).normalize();
            if (!file.startsWith(files.normalize())) {
                throw new IllegalArgumentException("The adapter names a file outside the folder: " + text.getKey());
            }
            Files.createDirectories(file.getParent());
            Files.writeString(file, text.getValue());
        }
        out.println("Nothing was changed. The change is in " + files + ":");
        texts.keySet().forEach(name -> out.println("  " + name));
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.findAny().isEmpty();
        }
    }

    /** Carries the steps out; false if one of them failed. */
    private boolean make(Connector connector, List<Map<String, Object>> steps) {
        for (int i = 0; i < steps.size(); i++) {
            String title = String.valueOf(steps.get(i).get("title"));
            try {
                connector.camel().requestBody("direct:crm-setup-step", steps.get(i));
                out.println("done    " + title);
                out.flush();
            } catch (CamelExecutionException e) {
                out.println("failed  " + title);
                steps.subList(i + 1, steps.size()).forEach(step -> out.println("not yet " + step.get("title")));
                out.println();
                out.println(Tables.line(e.getCause() == null ? e.getMessage() : String.valueOf(e.getCause().getMessage())));
                out.println(afterFailure(e.getCause() instanceof RefusedFailure, i == 0));
                return false;
            }
        }
        return true;
    }

    /** An answer that was lost says nothing about what became of the request. */
    private static String afterFailure(boolean refused, boolean first) {
        if (!refused) {
            return "Whether this was made all the same is not known. Run the command again: it looks what is there, and goes on with what is"
                + " missing.";
        }
        return first ? "Nothing was made. Mend the cause and run the command again."
            : "What is done stays. Mend the cause and run the command again: it goes on with what is missing.";
    }

    /** Whether the connector sees all that was made; says so. */
    private boolean seen(CrmTables needed, CrmSchema schema) {
        List<Item> missing = Setup.of(needed, schema).all(State.MISSING);
        out.println();
        out.println(missing.isEmpty() ? "All is made, and the connector's account sees it."
            : "All is made, but the connector's account does not see " + missing.stream().map(Item::name).collect(Collectors.joining(", "))
                + ". Give it the right to.");
        if (Files.exists(root.folder().resolve(CrmSchema.FILE))) {
            out.println(CrmSchema.FILE + " is from before; save it again with \"schema\".");
        }
        return missing.isEmpty();
    }
}
