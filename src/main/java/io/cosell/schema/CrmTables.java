package io.cosell.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The tables of a CRM that the connector works with, and the columns of its own that must be in them: {@code tables.yaml} beside the CRM's
 * routes. Only type, length, choices and whether a table may be made are looked at here; all else is the adapter's.
 *
 * @param tables what the file says of each table, by name, in its order
 */
public record CrmTables(Map<String, JsonNode> tables) {

    /** Name of the file in the CRM's folder of routes. */
    public static final String FILE = "tables.yaml";

    /** Copies the tables, in the order given. */
    public CrmTables {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /**
     * Reads the file.
     *
     * @param fill puts the values of settings in the place of what stands for them
     * @return no tables where there is no such file
     * @throws IllegalArgumentException when the file can't be used; the message says why and where
     */
    public static CrmTables read(Path file, UnaryOperator<String> fill) {
        Map<String, JsonNode> tables = new LinkedHashMap<>();
        if (Files.exists(file)) {
            try {
                JsonNode all = new YAMLMapper().readTree(fill.apply(Files.readString(file))).path("tables");
                if (!all.isObject()) {
                    throw new IllegalArgumentException(file + ": there are no tables; they stand under \"tables\", by name");
                }
                all.properties().forEach(table -> {
                    requireTypes(file, table.getKey(), table.getValue().path("columns"));
                    tables.put(table.getKey(), table.getValue());
                });
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException(file + (e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr()) + ": "
                    + e.getOriginalMessage(), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new CrmTables(tables);
    }

    private static void requireTypes(Path file, String table, JsonNode columns) {
        columns.properties().stream().filter(column -> column.getValue().path("type").asText().isEmpty()).findFirst().ifPresent(column -> {
            throw new IllegalArgumentException(file + ": the column " + column.getKey() + " of the table " + table + " has no type");
        });
    }

    /** Names of the tables. */
    public List<String> names() {
        return List.copyOf(tables.keySet());
    }

    /** These tables and others that are only read; one whose name differs in case alone is the same. */
    public CrmTables with(Collection<String> more) {
        Map<String, JsonNode> all = new LinkedHashMap<>(tables);
        more.stream().filter(name -> all.keySet().stream().noneMatch(name::equalsIgnoreCase)).forEach(name ->
            all.put(name, new YAMLMapper().createObjectNode()));
        return new CrmTables(all);
    }
}
