package io.cosell.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.schema.CrmSchema.Column;
import io.cosell.schema.CrmSchema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a CRM has of the tables and columns that the connector needs, and what is missing. Pure.
 *
 * @param items every table that can be made and every column, in the order of the file
 */
public record Setup(List<Item> items) {

    /** How something that is needed stands. */
    public enum State {
        /** It is there as it has to be. */
        THERE,
        /** It is not there, and can be made. */
        MISSING,
        /** It is there, and is not what it has to be; or it is not there, and can't be made. */
        DIFFERENT
    }

    /**
     * A table or a column.
     *
     * @param table  the table
     * @param column the column; empty for the table itself
     * @param wanted what the file says of it
     * @param state  how it stands
     * @param why    what is different; empty otherwise
     */
    public record Item(String table, String column, JsonNode wanted, State state, String why) {

        /** Its name, such as {@code deal.amount}. */
        public String name() {
            return column.isEmpty() ? table : table + "." + column;
        }

        /** What people see. */
        public String label() {
            return (column.isEmpty() ? wanted.path("make") : wanted).path("label").asText();
        }

        /** Its type in a few words. */
        public String type() {
            String length = wanted.has("length") ? " (" + wanted.path("length").asText() + ")" : "";
            return column.isEmpty() ? "table" : wanted.path("type").asText() + length;
        }
    }

    /** Copies the items. */
    public Setup {
        items = List.copyOf(items);
    }

    /** Compares what is needed with what is there. */
    public static Setup of(CrmTables needed, CrmSchema schema) {
        List<Item> items = new ArrayList<>();
        needed.tables().forEach((name, wanted) -> {
            Optional<Table> table = schema.table(name);
            boolean made = table.isPresent() || wanted.has("make");
            if (wanted.has("make")) {
                items.add(new Item(name, "", wanted, table.isPresent() ? State.THERE : State.MISSING, ""));
            } else if (wanted.has("columns") && table.isEmpty()) {
                items.add(new Item(name, "", wanted, State.DIFFERENT, "is not there, or hidden from the connector's account; it is part of the CRM"
                    + " itself, and can't be made"));
            }
            if (made) {
                wanted.path("columns").properties().forEach(column -> items.add(item(name, column.getKey(), column.getValue(), table)));
            }
        });
        return new Setup(items);
    }

    private static Item item(String table, String name, JsonNode wanted, Optional<Table> there) {
        Optional<Column> column = there.flatMap(found -> found.columns().entrySet().stream()
            .filter(one -> one.getKey().equalsIgnoreCase(name)).map(Map.Entry::getValue).findFirst());
        String why = column.map(found -> different(wanted, found)).orElse("");
        return new Item(table, name, wanted, column.isEmpty() ? State.MISSING : why.isEmpty() ? State.THERE : State.DIFFERENT, why);
    }

    private static String different(JsonNode wanted, Column there) {
        String type = wanted.path("type").asText();
        if (!type.equalsIgnoreCase(there.type())) {
            return "is of type " + there.type() + ", must be " + type;
        }
        if (there.maxLength() != null && there.maxLength() < wanted.path("length").asInt()) {
            return "takes " + there.maxLength() + " characters, must take " + wanted.path("length").asText();
        }
        List<String> choices = wanted.path("choices").properties().stream().filter(choice -> !there.choices().containsKey(choice.getKey()))
            .map(choice -> choice.getKey() + (choice.getValue().asText().equals(choice.getKey()) ? "" : " (" + choice.getValue().asText() + ")"))
            .toList();
        return choices.isEmpty() ? "" : "has no choice " + String.join(", ", choices);
    }

    /** Those that stand so. */
    public List<Item> all(State state) {
        return items.stream().filter(item -> item.state() == state).toList();
    }

    /** What is missing, in the form of the file: a table that is there has no {@code make}. */
    public ObjectNode missing() {
        ObjectNode tables = JsonNodeFactory.instance.objectNode();
        for (Item item : all(State.MISSING)) {
            ObjectNode table = tables.withObjectProperty(item.table());
            if (item.column().isEmpty()) {
                table.set("make", item.wanted().path("make"));
            } else {
                table.withObjectProperty("columns").set(item.column(), item.wanted());
            }
        }
        return tables;
    }
}
