package io.cosell.schema;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The schema of a CRM as it is kept in a file, {@code crm-schema.json} in the working folder. Only what mappings need is in it.
 *
 * @param crm    the CRM's name, as {@code cosell.crm} has it
 * @param tables the tables by the name that calls and mappings use
 */
public record CrmSchema(String crm, Map<String, Table> tables) {

    /** Name of the file in the working folder. */
    public static final String FILE = "crm-schema.json";

    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** Copies the tables, in the order of their names. */
    public CrmSchema {
        if (crm == null || crm.isBlank()) {
            throw new IllegalArgumentException("\"crm\" is missing");
        }
        tables = sorted(tables);
    }

    /**
     * A table.
     *
     * @param columns the columns by name
     */
    public record Table(Map<String, Column> columns) {

        /** Copies the columns, in the order of their names. */
        public Table {
            columns = sorted(columns);
        }
    }

    /**
     * A column.
     *
     * @param type      the CRM's own word for its type, such as {@code text} or {@code picklist}
     * @param maxLength how many characters a text may have; null where there is no such limit
     * @param required  whether a new record must have a value in it
     * @param choices   the labels of its choices by the value that is written; empty when it has none
     */
    @JsonInclude(Include.NON_EMPTY)
    public record Column(String type, Integer maxLength, boolean required, Map<String, String> choices) {

        /** Copies the choices, in the order given. */
        public Column {
            choices = choices == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(choices));
        }
    }

    /**
     * The schema that an adapter has read.
     *
     * @param crm      the CRM's name
     * @param document what its verb gave: {@code tables} as in the file
     * @throws IllegalArgumentException when the document is no schema
     */
    public static CrmSchema of(String crm, Object document) {
        JsonNode tables = JSON.valueToTree(document).path("tables");
        if (!tables.isObject()) {
            throw new IllegalArgumentException("The adapter " + crm + " gave no tables. Correct its crm-schema.");
        }
        return JSON.convertValue(JSON.createObjectNode().put("crm", crm).set("tables", tables), CrmSchema.class);
    }

    /** A table by its name, without regard to case. */
    public Optional<Table> table(String name) {
        return tables.entrySet().stream().filter(table -> table.getKey().equalsIgnoreCase(name)).map(Map.Entry::getValue).findFirst();
    }

    /**
     * Reads a schema.
     *
     * @throws IOException when the file can't be read or is no schema; the message says what is wrong and where
     */
    public static CrmSchema read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            CrmSchema schema = JSON.readValue(text, CrmSchema.class);
            if (schema == null) {
                throw new IOException(file + ": this is not a saved schema of a CRM");
            }
            return schema;
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new IOException(file + line + ": this is not a saved schema of a CRM: " + e.getOriginalMessage().replaceAll("\\s+", " "), e);
        }
    }

    /** Writes the schema; the same schema gives the same text, so that two of them can be compared line by line. */
    public void write(Path file) throws IOException {
        Separators separators = Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
        Files.writeString(file, JSON.writer(printer).writeValueAsString(this) + "\n");
    }

    private static <T> Map<String, T> sorted(Map<String, T> map) {
        return map == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
