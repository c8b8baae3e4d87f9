package io.cosell.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.config.Columns.Column;
import io.cosell.config.Columns.Use;
import io.cosell.schema.CrmSchema;
import io.cosell.schema.CrmSchema.Table;
import io.cosell.schema.CrmTables;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares what the CRM has with what the connector's tables, mappings and settings need. */
final class SchemaExam {

    private static final String TABLES = "tables";
    private static final String COLUMNS = "columns";
    private static final String CHOICES = "choices";
    private static final String MAKE = "make it in the CRM (setup-crm does), or let the account of the connector see it";

    private final Report report;
    private final String system;
    private final CrmSchema schema;
    /** Columns that are told of as missing already. */
    private final Set<String> missing = new HashSet<>();

    SchemaExam(Report report, String system, CrmSchema schema) {
        this.report = report;
        this.system = system;
        this.schema = schema;
    }

    /**
     * Compares all.
     *
     * @param tables what must be there by itself
     * @param specs  columns that the mappings name
     * @param needs  what the settings name, and what the routes fill; null if the adapter does not tell
     */
    void run(CrmTables tables, List<Column> specs, JsonNode needs) {
        int before = report.all().size();
        if (needs != null) {
            needs.path("needs").forEach(this::need); // first: tables.yaml and the mappings take many names from settings
        }
        tables.tables().forEach(this::table);
        specs.forEach(this::spec);
        if (needs != null) {
            mandatory(specs, needs.path("filled"));
        } else {
            report.unknown(system, "mandatory columns", "which mandatory columns nobody fills: the adapter does not tell which its routes "
                + "fill",
                "look at the columns with \"required\": true in crm-schema.json");
        }
        if (report.all().stream().skip(before).noneMatch(Diagnosis::isFinding)) {
            long columns = schema.tables().values().stream().mapToLong(table -> table.columns().size()).sum();
            report.ok(system, TABLES, schema.tables().size() + " tables with " + columns + " columns have all that the connector needs");
        }
    }

    // ---- what must be there by itself

    private void table(String name, JsonNode described) {
        Optional<Table> table = schema.table(name);
        if (table.isEmpty()) {
            if (!described.path("columns").isEmpty()) {
                noTable(name, MAKE);
            }
            return;
        }
        described.path("columns").properties().forEach(column -> column(name, table.get(), column.getKey(), column.getValue()));
    }

    private void noTable(String name, String fix) {
        if (missing.add(name.toLowerCase(Locale.ROOT))) {
            report.error(system, TABLES, "there is no table " + name + ", or the account of the connector does not see it", fix);
        }
    }

    private void column(String name, Table table, String column, JsonNode described) {
        CrmSchema.Column found = table.columns().get(column);
        if (found == null) {
            noColumn(name, column, MAKE);
            return;
        }
        String type = described.path("type").asText(found.type());
        if (!type.equalsIgnoreCase(found.type())) {
            report.error(system, COLUMNS, "the column " + column + " of " + name + " is of the type " + found.type() + " instead of "
                + type,
                "make it anew with the right type, after saving what it holds");
        }
        if (!found.choices().isEmpty()) {
            described.path("choices").properties().forEach(choice -> choice(name, column, found, choice.getKey(),
                "add it (" + choice.getValue().asText() + ") to the column, or change tables.yaml and the mappings"));
        }
    }

    private void noColumn(String table, String column, String fix) {
        if (missing.add((table + "." + column).toLowerCase(Locale.ROOT))) {
            report.error(system, COLUMNS, "there is no column " + column + " in " + own(table)
                + ", or the account of the connector does not see it", fix);
        }
    }

    private void choice(String name, String column, CrmSchema.Column found, String value, String fix) {
        String table = own(name);
        if (!found.choices().containsKey(value)) {
            report.error(system, CHOICES, "the column " + column + " of " + table + " has no choice \"" + value + "\"; it has "
                + found.choices().entrySet().stream().map(SchemaExam::words).collect(Collectors.joining(", ")), fix);
        }
    }

    /** The name of a table as the CRM writes it. */
    private String own(String name) {
        return schema.tables().keySet().stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }

    private static String words(Map.Entry<String, String> choice) {
        return choice.getKey().equals(choice.getValue()) ? choice.getKey() : choice.getKey() + " (" + choice.getValue() + ")";
    }

    // ---- what mappings name

    private void spec(Column column) {
        Optional<Table> table = schema.table(column.table());
        if (table.isEmpty() && !column.nested()) {
            noTable(column.table(), MAKE);
            return;
        }
        String place = column.file() + ":" + column.line();
        // What is read through a lookup is a column of a table that the spec does not name: any of them will do.
        boolean there = table.map(found -> found.columns().containsKey(column.name()))
            .orElseGet(() -> schema.tables().values().stream().anyMatch(any -> any.columns().containsKey(column.name())));
        if (!there) {
            noColumn(table.isPresent() ? column.table() : "any table", column.name(), "correct " + place + ", or " + MAKE);
        }
        table.map(found -> found.columns().get(column.name())).filter(found -> !found.choices().isEmpty()).ifPresent(found ->
            column.values().forEach(value -> choice(column.table(), column.name(), found, value, "correct " + place
                + ", or add it to the column")));
    }

    // ---- what settings name

    private void need(JsonNode need) {
        String setting = need.path("setting").asText();
        String name = need.path("table").asText();
        String column = need.path("column").asText("");
        Optional<Table> table = schema.table(name);
        if (table.isEmpty()) {
            noTable(name, "correct " + setting + ", or " + MAKE);
            return;
        }
        if (column.isEmpty()) {
            return;
        }
        CrmSchema.Column found = table.get().columns().get(column);
        String choice = need.path("choice").asText("");
        if (found == null) {
            if (choice.isEmpty() && !need.has("atLeast")) { // otherwise the setting names a value, not the column
                noColumn(name, column, "correct " + setting + ", or " + MAKE);
            }
            return;
        }
        if (!choice.isEmpty() && !found.choices().isEmpty()) {
            choice(name, column, found, choice, "correct " + setting + ", or add it to the column");
        }
        if (found.maxLength() != null && found.maxLength() < need.path("atLeast").asInt()) {
            report.error(system, COLUMNS, "the column " + column + " of " + name + " takes " + found.maxLength() + " characters, but "
                + setting + " is "
                + need.path("atLeast").asInt(), "make the column longer, or lower " + setting);
        }
    }

    // ---- what must be filled

    /** Columns without which a new record is not complete, and that neither a mapping nor a route fills. */
    private void mandatory(List<Column> specs, JsonNode filled) {
        Map<String, Set<String>> written = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        specs.stream().filter(column -> column.use() == Use.WRITTEN && !column.nested())
            .forEach(column -> written.computeIfAbsent(column.table(), table -> new TreeSet<>()).add(column.name()));
        filled.properties().forEach(table -> table.getValue().forEach(column ->
            written.computeIfAbsent(table.getKey(), name -> new TreeSet<>()).add(column.asText())));
        written.forEach((name, columns) -> schema.table(name).ifPresent(table -> {
            List<String> open = new ArrayList<>(table.columns().entrySet().stream().filter(column -> column.getValue().required())
                .map(Map.Entry::getKey).filter(column -> !columns.contains(column)).toList());
            open.forEach(column -> report.error(system, "mandatory columns", "the column " + column + " of " + own(name)
                + " must be filled, and no mapping fills it: new records are refused, or sellers can't save them",
                "give it a value in " + name.toLowerCase(Locale.ROOT)
                    + "-create.json or -out.json of the CRM's mappings, or let it be optional in the CRM"));
        }));
    }
}
