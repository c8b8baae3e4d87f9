package io.cosell.config;

import io.cosell.config.Columns.Column;
import io.cosell.config.Columns.Use;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.CrmSchema.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks the columns that specs name against the saved schema of the CRM. */
final class SchemaChecks {

    private SchemaChecks() {
    }

    static List<Finding> run(String crm, List<Column> columns, Path file) {
        CrmSchema schema;
        try {
            schema = CrmSchema.read(file);
        } catch (IOException e) {
            return List.of(Finding.error(file.toString(), 0, "the saved schema can't be read: " + e.getMessage(),
                "save it anew with the command schema"));
        }
        if (!schema.crm().equals(crm)) {
            return List.of(Finding.error(file.toString(), 0, "this is the schema of " + schema.crm() + ", but cosell.crm is " + crm,
                "save the one of " + crm + " with the command schema, or name another file with --schema"));
        }
        List<Finding> findings = new ArrayList<>();
        Set<String> missing = new HashSet<>();
        columns.forEach(column -> check(schema, column, file, missing, findings));
        return findings;
    }

    private static void check(CrmSchema schema, Column column, Path file, Set<String> missing, List<Finding> findings) {
        Optional<Map.Entry<String, Table>> table = schema.tables().entrySet().stream()
            .filter(entry -> entry.getKey().equalsIgnoreCase(column.table())).findFirst();
        if (table.isEmpty() && !column.nested()) {
            if (missing.add(column.table())) {
                findings.add(Finding.error(file.toString(), 0, "the saved schema has no table " + column.table() + ", which "
                    + column.file() + " needs", Names.didYouMean(column.table(), schema.tables().keySet(),
                        "save it anew with the command schema")));
            }
            return;
        }
        // What is read through a lookup is a column of a table that the spec does not name: any of them will do.
        List<Table> tables = table.map(found -> List.of(found.getValue())).orElseGet(() -> List.copyOf(schema.tables().values()));
        Set<String> known = tables.stream().flatMap(one -> one.columns().keySet().stream()).collect(Collectors.toCollection(TreeSet::new));
        if (!known.contains(column.name())) {
            findings.add(Finding.error(column.file(), column.line(), table.map(found -> "the table " + found.getKey() + " has no column ")
                .orElse("no table of the saved schema has a column ") + column.name(),
                Names.didYouMean(column.name(), known,
                    "create it in the CRM (setup-crm does for those that the connector brings) and save the schema anew, or correct the name")));
            return;
        }
        table.map(found -> found.getValue().columns().get(column.name())).filter(found -> !found.choices().isEmpty()).ifPresent(found ->
            column.values().stream().filter(value -> !found.choices().containsKey(value)).forEach(value ->
                findings.add(Finding.error(column.file(), column.line(), "the column " + column.name() + " has no choice \"" + value + "\"",
                    Names.didYouMean(value, found.choices().keySet(), (column.use() == Use.READ ? "it has " : "it takes ")
                        + String.join(", ", found.choices().entrySet().stream().map(choice -> choice.getKey() + " (" + choice.getValue() + ")")
                            .toList()))))));
    }
}
