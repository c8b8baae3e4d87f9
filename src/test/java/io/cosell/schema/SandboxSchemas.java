package io.cosell.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cosell.schema.CrmSchema.Column;
import io.cosell.schema.CrmSchema.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The schemas of the CRMs' sandboxes, as a saved schema has them. */
public final class SandboxSchemas {

    private static final Path FOLDER = Path.of("src/main/resources/sandbox");

    private SandboxSchemas() {
    }

    /** The schema of a sandbox. */
    public static CrmSchema of(String crm) throws IOException {
        return crm.equals("salesforce") ? salesforce() : dynamics365();
    }

    private static CrmSchema dynamics365() throws IOException {
        JsonNode file = new YAMLMapper().readTree(FOLDER.resolve("dataverse/tables.yaml").toFile());
        return schema("dynamics365", file.path("tables"), "columns", "columnSets", file.path("columnSets"));
    }

    private static CrmSchema salesforce() throws IOException {
        JsonNode file = new YAMLMapper().readTree(FOLDER.resolve("salesforce/objects.yaml").toFile());
        return schema("salesforce", file.path("objects"), "fields", "sets", file.path("fieldSets"));
    }

    private static CrmSchema schema(String crm, JsonNode tables, String own, String setsName, JsonNode sets) {
        Map<String, Table> made = new LinkedHashMap<>();
        tables.properties().forEach(table -> {
            Map<String, Column> columns = new LinkedHashMap<>();
            BiConsumer<String, JsonNode> add = (name, column) -> columns.put(name, new Column(column.path("type").asText(), null,
                column.path("required").asBoolean(), choices(column.path("values"))));
            for (String key : new String[] {setsName, "optionalColumnSets"}) {
                table.getValue().path(key).forEach(name -> sets.path(name.asText()).properties()
                    .forEach(column -> add.accept(column.getKey(), column.getValue())));
            }
            table.getValue().path(own).properties().forEach(column -> add.accept(column.getKey(), column.getValue()));
            if (crm.equals("dynamics365")) {
                columns.putIfAbsent(table.getKey() + "id", new Column("uniqueidentifier", null, false, Map.of()));
            }
            made.put(table.getKey(), new Table(columns));
        });
        return new CrmSchema(crm, made);
    }

    private static Map<String, String> choices(JsonNode values) {
        Map<String, String> choices = new LinkedHashMap<>();
        values.properties().forEach(value -> choices.put(value.getKey(), value.getValue().asText()));
        return choices;
    }
}
