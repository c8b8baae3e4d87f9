package io.cosell.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Java knows no column of any CRM: another CRM, or another column, must not need a programmer. */
class ColumnNamesTest {

    private static final Path TABLES = Path.of("src/main/resources/sandbox/dataverse/tables.yaml");
    private static final Path SANDBOX = Project.MAIN.resolve("io/cosell/sandbox");
    /** Columns whose names are ordinary words of programs and their comments. */
    private static final Set<String> ORDINARY_WORDS = Set.of("name", "description", "subject", "url", "rank", "contract", "mode", "stage",
        "attributes", "message", "quantity");
    private static final Pattern NAME = Pattern.compile("_?[a-z][a-z0-9]*(_[a-zA-Z0-9]+)*");

    @Test
    void noColumnNameInJavaOutsideTheSandbox() {
        Set<String> columns = new TreeSet<>(columnsOfTables());
        columns.addAll(columnsOfSpecs());
        columns.removeAll(ORDINARY_WORDS);
        assertThat(columns).as("the check knows the columns").contains("estimatedvalue", "estimatedclosedate", "statecode", "statuscode",
            "isocurrencycode", "address1_postalcode", "parentcontactid", "msft_microsoftpartnercenterreferralsync",
                "msft_solutionidentifier");
        List<Path> java = Project.files(Project.MAIN, ".java").stream().filter(file -> !file.startsWith(SANDBOX)).toList();
        assertThat(java).isNotEmpty();
        Pattern anyColumn = Pattern.compile("(?<![A-Za-z0-9_])(" + columns.stream().map(Pattern::quote).collect(Collectors.joining("|"))
            + ")(?![A-Za-z0-9_])|msft_\\w+|\\w+_value@|\\w+__[cr]\\b|\\b(StageName|CloseDate|SystemModstamp|CurrencyIsoCode|Billing[A-Z]\\w+)\\b"
            + "|\\b(shareWithMicrosoft|closesOn|syncLog|microsoftHelp|visibleToMicrosoft|microsoftDealId)\\b");
        assertThat(Project.places(java, anyColumn)).isEmpty();
    }

    /** What a CRM is called stands in its folders and settings; sandboxes and what shows them are of some CRMs by nature. */
    @Test
    void noCrmIsNamedInJavaOutsideTheSandbox() {
        Pattern crms = Pattern.compile("\"[^\"]*(" + String.join("|", Project.crms()) + "|(?i:dynamics|dataverse|salesforce))[^\"]*\"");
        assertThat(Project.crms()).contains("dynamics365", "salesforce", "tinycrm");
        List<Path> java = Project.files(Project.MAIN, ".java").stream().filter(file -> !file.startsWith(SANDBOX)
            && !file.startsWith(Project.MAIN.resolve("io/cosell/demo")) && !file.endsWith("DemoCommand.java")
            && !file.endsWith("SandboxCommand.java")).toList();
        assertThat(Project.places(java, crms)).isEmpty();
    }

    private static Set<String> columnsOfTables() {
        Set<String> columns = new TreeSet<>();
        Object tables = new Load(LoadSettings.builder().build()).loadFromString(Project.text(TABLES));
        collect(tables, columns);
        return columns;
    }

    /** Every key of a map of columns: one whose value says a type. */
    private static void collect(Object node, Set<String> columns) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value instanceof Map<?, ?> column && column.containsKey("type")) {
                    columns.add(String.valueOf(key));
                }
                collect(value, columns);
            });
        }
    }

    /** Keys that in-specs read and targets that out-specs write. */
    private static Set<String> columnsOfSpecs() {
        Set<String> columns = new TreeSet<>();
        for (Path file : Project.files(Project.MAPPINGS.resolve("dynamics365"), "-in.json")) {
            spec(file).path(0).path("spec").properties().forEach(member -> keys(member.getKey(), member.getValue(), columns));
        }
        return columns.stream().filter(name -> NAME.matcher(name).matches()).collect(Collectors.toSet());
    }

    private static void keys(String key, JsonNode value, Set<String> columns) {
        columns.add(key);
        value.properties().forEach(member -> keys(member.getKey(), member.getValue(), columns));
    }

    private static JsonNode spec(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }
}
