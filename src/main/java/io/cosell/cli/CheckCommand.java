package io.cosell.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.cosell.config.ConfigurationCheck.Result;
import io.cosell.config.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code check}: everything wrong in settings, routes and mappings, without calling any system. */
@Command(name = "check", mixinStandardHelpOptions = true,
    description = {"Finds everything wrong in settings, routes and mappings, with file, line and a suggestion. Calls no system.",
        "Looks at the files of the CRM that is configured (cosell.crm). If there is a saved schema of it, columns are checked too."},
    footer = {"", "Exit code 0 means that nothing was found, 1 that something was.", "",
        "Example: java -jar cosell.jar check --format json"})
public final class CheckCommand implements Callable<Integer> {

    @Mixin
    private TextOrJson format;

    @Option(names = "--schema", paramLabel = "FILE",
        description = "Saved schema of the CRM; crm-schema.json of the working folder if it is there.")
    private Path schema;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        Result result = root.check(schema);
        if (format.isJson()) {
            out.println(json(result));
        } else {
            print(result, out);
        }
        out.flush();
        return result.findings().isEmpty() ? 0 : 1;
    }

    private static void print(Result result, PrintWriter out) {
        result.findings().forEach(out::println);
        if (!result.findings().isEmpty()) {
            out.println();
        }
        int found = result.findings().size();
        out.println(found == 0 ? "Nothing is wrong." : found == 1 ? "1 finding." : found + " findings.");
        if (!result.open().isEmpty()) {
            out.println("Before the connector can run here, these settings need a value: " + String.join(", ", result.open()));
        }
    }

    private static String json(Result result) throws JsonProcessingException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("good", result.findings().isEmpty());
        document.put("findings", result.findings().stream().map(CheckCommand::json).toList());
        document.put("withoutValue", result.open());
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document);
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("level", finding.level().name().toLowerCase(Locale.ROOT));
        document.put("file", finding.file());
        document.put("line", finding.line());
        document.put("message", finding.message());
        document.put("suggestion", finding.hint());
        return document;
    }
}
