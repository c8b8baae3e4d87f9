package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.SandboxSystem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes tables, columns and lookups as {@code POST EntityDefinitions}, {@code .../Attributes} and {@code RelationshipDefinitions} do; what is
 * made can be used at once. Bodies by Microsoft's guide to table definitions with the Web API. Definitions can't be changed or deleted here,
 * and choices are made with their column only.
 */
final class Definitions {

    private static final String NAMESPACE = "#?Microsoft\\.Dynamics\\.CRM\\.";
    private static final Pattern SCHEMA_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]+");
    private static final Map<String, String> TYPES = Map.of("String", "string", "Memo", "memo", "Boolean", "bool", "Picklist", "choice", "Money",
        "money", "Decimal", "decimal", "Double", "double", "Integer", "int", "DateTime", "datetime");
    private static final Map<String, Integer> LONGEST = Map.of("String", 4000, "Memo", 1_048_576);
    private static final Set<String> DELETES = Set.of("Cascade", "RemoveLink");

    private final Schema schema;
    private final Privileges privileges;
    private final Consumer<Table> madeTable;
    /** Every accepted body with where it went, so that a saved state can make all of it again. */
    private final List<ObjectNode> accepted = new ArrayList<>();

    /**
     * @param madeTable told of each new table
     */
    Definitions(Schema schema, Privileges privileges, Consumer<Table> madeTable) {
        this.schema = schema;
        this.privileges = privileges;
        this.madeTable = madeTable;
    }

    /**
     * Answers a write.
     *
     * @param root  address of the service
     * @param set   EntityDefinitions or RelationshipDefinitions
     * @param table the table in its parentheses, null without
     * @param below further segments
     */
    Reply answer(String root, String set, String table, List<String> below, ObjectNode body) {
        String where;
        if (set.equals("EntityDefinitions") && table == null && below.isEmpty()) {
            privileges.require("prvCreateEntity", "the organization");
            where = "";
        } else if (set.equals("EntityDefinitions") && table != null && below.equals(List.of("Attributes"))) {
            privileges.require("prvCreateAttribute", "the organization");
            where = table;
        } else if (set.equals("RelationshipDefinitions") && table == null && below.isEmpty()) {
            privileges.require("prvCreateRelationship", "the organization");
            where = "->";
        } else {
            throw Refusal.unsupported("writes to " + set + (below.isEmpty() ? "" : "/" + String.join("/", below)));
        }
        String address = make(where, body);
        accepted.add(SandboxSystem.JSON.createObjectNode().put("where", where).set("body", body));
        return Reply.empty(204).with("OData-EntityId", root + address);
    }

    /** All that was made, for a saved state. */
    ArrayNode state() {
        return SandboxSystem.JSON.valueToTree(accepted);
    }

    /** Makes what a saved state says, and forgets what was made before. */
    void restore(JsonNode state) {
        schema.forgetMade();
        accepted.clear();
        state.forEach(one -> {
            ObjectNode body = (ObjectNode) one.path("body");
            make(one.path("where").asText(), body);
            accepted.add((ObjectNode) one);
        });
    }

    private String make(String where, ObjectNode body) {
        return where.isEmpty() ? table(body) : where.equals("->") ? lookup(body) : attribute(where, body);
    }

    private String table(ObjectNode body) {
        String name = name(body);
        if (schema.has(name)) {
            throw taken("An entity with the name " + name + " already exists.");
        }
        ObjectNode columns = Schema.columnSets("every", "active");
        if (body.path("OwnershipType").asText().equals("UserOwned")) {
            columns.setAll(Schema.columnSets("owned"));
        }
        String primary = null;
        Map<String, ObjectNode> own = new LinkedHashMap<>();
        for (JsonNode attribute : body.path("Attributes")) {
            String column = name((ObjectNode) attribute);
            own.put(column, described((ObjectNode) attribute));
            if (attribute.path("IsPrimaryName").asBoolean()) {
                primary = column;
            }
        }
        if (primary == null) {
            throw Refusal.payload("A table needs a String attribute with IsPrimaryName true.");
        }
        for (String member : List.of("DisplayName", "DisplayCollectionName")) {
            label(body, member);
        }
        columns.setAll(own);
        Map<String, Column> typed = new LinkedHashMap<>();
        columns.properties().forEach(column -> typed.put(column.getKey(), Schema.column(column.getKey(), (ObjectNode) column.getValue())));
        String set = body.path("EntitySetName").asText(name + "s");
        Table made = new Table(name, set, name + "id", primary, body.path("ChangeTrackingEnabled").asBoolean(), typed, null, null,
            null, null, null);
        schema.make(new Schema.Made(name, made, null, null));
        madeTable.accept(made);
        return "EntityDefinitions(" + Metadata.id(name) + ")";
    }

    private String attribute(String table, ObjectNode body) {
        if (!schema.has(table)) {
            throw new Refusal(404, "0x80060888", "Could not find an entity with the name " + table + ".");
        }
        String name = name(body);
        refuseTaken(table, name);
        schema.make(new Schema.Made(table, null, Schema.column(name, described(body)), null));
        return "EntityDefinitions(" + Metadata.id(table) + ")/Attributes(" + Metadata.id(table + "." + name) + ")";
    }

    private String lookup(ObjectNode body) {
        if (!type(body, "RelationshipMetadata").equals("OneToMany")) {
            throw Refusal.unsupported("relationships other than OneToManyRelationshipMetadata");
        }
        String target = body.path("ReferencedEntity").asText();
        String table = body.path("ReferencingEntity").asText();
        for (String one : List.of(target, table)) {
            if (!schema.has(one)) {
                throw Refusal.payload("There is no entity '" + one + "'.");
            }
        }
        if (!body.path("ReferencedAttribute").asText().equals(schema.table(target).id())) {
            throw Refusal.payload("ReferencedAttribute of a relationship to " + target + " is " + schema.table(target).id() + ".");
        }
        String collection = body.path("SchemaName").asText();
        name(body);
        if (!(body.path("Lookup") instanceof ObjectNode lookup)) {
            throw Refusal.payload("A relationship needs a Lookup.");
        }
        String name = name(lookup);
        refuseTaken(table, name);
        if (schema.table(target).collections().containsKey(collection)) {
            throw taken("A relationship with the name " + collection + " already exists.");
        }
        String delete = body.path("CascadeConfiguration").path("Delete").asText("RemoveLink");
        if (!DELETES.contains(delete)) {
            throw Refusal.unsupported("relationships that do " + delete + " on delete");
        }
        ObjectNode column = described(lookup, "lookup");
        column.put("navigation", lookup.path("SchemaName").asText()).putArray("targets").add(target);
        if (delete.equals("Cascade")) {
            column.put("onDelete", "cascade");
        }
        schema.make(new Schema.Made(table, null, Schema.column(name, column), collection));
        return "RelationshipDefinitions(" + Metadata.id(collection + table) + ")";
    }

    private void refuseTaken(String table, String column) {
        if (schema.table(table).columns().containsKey(column)) {
            throw taken("An attribute with the name " + column + " already exists in the entity " + table + ".");
        }
    }

    /** The code is not documented for the Web API. */
    private static Refusal taken(String message) {
        return new Refusal(400, "0x80047013", message);
    }

    private static ObjectNode described(ObjectNode body) {
        String type = type(body, "AttributeMetadata");
        if (!TYPES.containsKey(type)) {
            throw Refusal.unsupported("making columns of type " + type);
        }
        ObjectNode column = described(body, TYPES.get(type));
        if (LONGEST.containsKey(type)) {
            int length = body.path("MaxLength").asInt();
            if (length < 1 || length > LONGEST.get(type)) {
                throw Refusal.payload("MaxLength of " + type + " is 1 to " + LONGEST.get(type) + ".");
            }
            column.put("max", length).put("autonumber", body.hasNonNull("AutoNumberFormat"));
        } else if (type.equals("Boolean")) {
            column.put("default", body.path("DefaultValue").asBoolean());
        } else if (type.equals("Picklist")) {
            ObjectNode values = column.putObject("values");
            for (JsonNode option : body.path("OptionSet").path("Options")) {
                label((ObjectNode) option, "Label");
                values.put(option.path("Value").asText(), text(option.path("Label")));
            }
            if (values.isEmpty()) {
                throw Refusal.unsupported("Picklist columns without options of their own");
            }
        }
        return column;
    }

    private static ObjectNode described(ObjectNode body, String type) {
        label(body, "DisplayName");
        return SandboxSystem.JSON.createObjectNode().put("type", type).put("level", body.path("RequiredLevel").path("Value").asText("None"));
    }

    /** The logical name: the schema name in lower case. */
    private static String name(ObjectNode body) {
        String name = body.path("SchemaName").asText();
        if (!SCHEMA_NAME.matcher(name).matches()) {
            throw Refusal.payload("The SchemaName '" + name + "' must begin with the prefix of a publisher, such as new_.");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static String type(ObjectNode body, String ending) {
        return body.path("@odata.type").asText().replaceFirst(NAMESPACE, "").replaceFirst("(Complex)?" + ending + "$", "");
    }

    private static void label(ObjectNode body, String member) {
        if (text(body.path(member)).isEmpty()) {
            throw Refusal.payload(member + " needs LocalizedLabels with Label and LanguageCode.");
        }
    }

    private static String text(JsonNode label) {
        JsonNode first = label.path("LocalizedLabels").path(0);
        return first.path("LanguageCode").isInt() ? first.path("Label").asText() : "";
    }
}
