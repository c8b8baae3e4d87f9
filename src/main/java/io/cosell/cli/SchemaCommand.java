package io.cosell.cli;

import io.cosell.CrmAlone;
import io.cosell.schema.CrmSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code schema}: saves the tables and columns of the CRM for {@code check}. */
@Command(name = "schema", mixinStandardHelpOptions = true,
    description = {"Reads the tables and columns that the connector works with from the CRM, and saves them for \"check\".",
        "Only the CRM is called, and only read. What the connector's account may not see is not in the file."},
    footer = {"", "Exit code 0 means that the file was written, 1 that the CRM refused or that the adapter can't do this.", "",
        "Example: java -jar cosell.jar schema && java -jar cosell.jar check"})
public final class SchemaCommand implements Callable<Integer> {

    @Option(names = "--out", paramLabel = "FILE", description = "The file; " + CrmSchema.FILE + " of the working folder if not given.")
    private Path file;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (CrmAlone crm = root.crmAlone()) {
            CrmSchema schema = crm.connector().crmSchema().orElseThrow(() -> new IllegalArgumentException("The adapter "
                + crm.connector().crm() + " can't read its CRM's schema: it has no verb crm-schema. docs/adapter.md says what that gives."));
            Path written = file != null ? file : root.folder().resolve(CrmSchema.FILE);
            try {
                schema.write(written);
            } catch (IOException e) {
                throw new IllegalArgumentException(written + ": can't be written: " + e.getMessage(), e);
            }
            List<List<String>> rows = schema.tables().entrySet().stream()
                .map(table -> List.of(table.getKey(), String.valueOf(table.getValue().columns().size()))).toList();
            Tables.print(out, List.of("Table", "Columns"), rows, 50, 10);
            out.println();
            List<String> missing = crm.connector().crmTables().names().stream().filter(name -> schema.table(name).isEmpty()).toList();
            if (!missing.isEmpty()) {
                out.println("Not there, or not to be seen by the connector's account: " + String.join(", ", missing) + ".");
            }
            out.println(Tables.count(rows.size(), "table") + " of " + schema.crm() + " saved in " + written
                + ". \"check\" uses it if it lies in the working folder.");
            out.flush();
            return 0;
        }
    }
}
