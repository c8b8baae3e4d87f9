package io.cosell.sandbox.dataverse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.SandboxSystem;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tables, columns, keys and relationships as {@code EntityDefinitions} and {@code RelationshipDefinitions} describe them: as far as
 * {@code tables.yaml} knows them, and as they were made by {@link Definitions}.
 *
 * <p>Not part of contract dataverse.md, but what a client asks before it maps anything; shapes by Microsoft's
 * reference of the metadata types. Schema names of columns are their logical names except where a navigation property shows the casing.
 */
final class Metadata {

    static final Set<String> SETS = Set.of("EntityDefinitions", "RelationshipDefinitions");

    /** Members that come with {@code $expand} only. */
    private static final Set<String> EXPANDED = Set.of("Attributes", "Keys", "OneToManyRelationships", "ManyToOneRelationships",
        "OptionSet", "GlobalOptionSet");
    private static final String NAMESPACE = "Microsoft.Dynamics.CRM.";
    private static final int ENGLISH = 1033;
    private static final Pattern KEY = Pattern.compile("([A-Za-z]+)='((?:[^']|'')*)'|(" + Values.GUID.pattern() + ")");
    private static final Pattern SEGMENT = Pattern.compile("([^(]+)(?:\\((.*)\\))?");
    private static final Pattern EQUALS = Pattern.compile("\\s*([A-Za-z]+)\\s+eq\\s+('(?:[^']|'')*'|[^\\s']+)\\s*");
    private static final Map<Type, String> TYPES = Map.ofEntries(Map.entry(Type.STRING, "String"), Map.entry(Type.MEMO, "Memo"),
        Map.entry(Type.MONEY, "Money"), Map.entry(Type.DECIMAL, "Decimal"), Map.entry(Type.DOUBLE, "Double"),
        Map.entry(Type.INT, "Integer"), Map.entry(Type.BIGINT, "BigInt"), Map.entry(Type.BOOL, "Boolean"),
        Map.entry(Type.CHOICE, "Picklist"), Map.entry(Type.STATE, "State"), Map.entry(Type.STATUS, "Status"),
        Map.entry(Type.DATE, "DateTime"), Map.entry(Type.DATETIME, "DateTime"), Map.entry(Type.LOOKUP, "Lookup"),
        Map.entry(Type.OWNER, "Owner"), Map.entry(Type.CUSTOMER, "Customer"), Map.entry(Type.UNIQUEIDENTIFIER, "Uniqueidentifier"));

    private final Schema schema;

    Metadata(Schema schema) {
        this.schema = schema;
    }

    /**
     * Answers a read.
     *
     * @param root  address of the service
     * @param set   one of {@link #SETS}
     * @param key   what stands in its parentheses, null without
     * @param below further segments
     * @param query query options: {@code $select}, {@code $filter} with eq, and, and or without parentheses, {@code $expand}
     */
    Reply answer(String root, String set, String key, List<String> below, Map<String, String> query) {
        List<ObjectNode> relationships = relationships();
        List<ObjectNode> found = set.equals("EntityDefinitions") ? schema.all().stream().map(table -> entity(table, relationships)).toList()
            : relationships;
        boolean single = false;
        List<String> segments = new ArrayList<>(List.of(key == null ? set : set + "(" + key + ")"));
        segments.addAll(below);
        for (int i = 0; i < segments.size(); i++) {
            Matcher segment = SEGMENT.matcher(segments.get(i));
            if (!segment.matches()) {
                throw Refusal.query("Syntax error in the address at '" + segments.get(i) + "'.");
            }
            String name = segment.group(1);
            if (name.startsWith(NAMESPACE)) {
                found = found.stream().filter(one -> one.path("@odata.type").asText().equals("#" + name)).toList();
            } else if (i > 0) {
                found = related(found, name);
                single = false;
            }
            if (segment.group(2) != null) {
                found = List.of(one(found, segment.group(2)));
                single = true;
            }
        }
        if (single && found.isEmpty()) {
            throw new Refusal(404, "0x80060888", "Resource not found for the segment '" + segments.get(segments.size() - 1) + "'.");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("@odata.context", root + "$metadata#" + String.join("/", segments) + (single ? "/$entity" : ""));
        if (single) {
            shaped(found.get(0), query).properties().forEach(member -> json.put(member.getKey(), member.getValue()));
        } else {
            json.put("value", found.stream().filter(filter(query.get("$filter"))).map(one -> shaped(one, query)).toList());
        }
        return Reply.json(200, json);
    }

    private static List<ObjectNode> related(List<ObjectNode> of, String name) {
        if (of.size() != 1 || !(of.get(0).get(name) instanceof ArrayNode members)) {
            throw new Refusal(404, "0x8006088a", "Resource not found for the segment '" + name + "'.");
        }
        List<ObjectNode> all = new ArrayList<>();
        members.forEach(member -> all.add((ObjectNode) member));
        return all;
    }

    private static ObjectNode one(List<ObjectNode> all, String key) {
        Matcher parts = KEY.matcher(key.trim());
        if (!parts.matches()) {
            throw Refusal.query("The key '" + key + "' is not valid: it is LogicalName='…', SchemaName='…' or the MetadataId.");
        }
        String member = parts.group(3) != null ? "MetadataId" : parts.group(1);
        String value = parts.group(3) != null ? Values.id(parts.group(3)) : parts.group(2).replace("''", "'");
        return all.stream().filter(candidate -> value.equals(candidate.path(member).asText())).findFirst().orElseThrow(() ->
            new Refusal(404, "0x80060888", "Could not find a definition with " + member + " '" + value + "'."));
    }

    private static Predicate<ObjectNode> filter(String text) {
        if (text == null) {
            return one -> true;
        }
        return Stream.of(text.split("\\s+or\\s+")).map(Metadata::conditions).reduce(one -> false, Predicate::or);
    }

    private static Predicate<ObjectNode> conditions(String text) {
        Predicate<ObjectNode> all = one -> true;
        for (String part : text.split("\\s+and\\s+")) {
            Matcher equals = EQUALS.matcher(part);
            if (!equals.matches()) {
                throw Refusal.unsupported("the filter '" + text + "' on definitions; only eq, and, and or");
            }
            String value = equals.group(2).replaceAll("^'|'$", "").replace("''", "'");
            all = all.and(one -> one.path(equals.group(1)).asText().equals(value));
        }
        return all;
    }

    /** What the caller selected and expanded; collections and choices come with {@code $expand} only. */
    private static ObjectNode shaped(ObjectNode whole, Map<String, String> query) {
        Set.copyOf(query.keySet()).stream().filter(option -> option.startsWith("$")
            && !Set.of("$select", "$filter", "$expand").contains(option)).findFirst().ifPresent(option -> {
                throw Refusal.unsupported("the query option " + option + " on definitions");
            });
        Map<String, Map<String, String>> expand = new LinkedHashMap<>();
        if (query.containsKey("$expand")) {
            Query.split(query.get("$expand"), ',').forEach(part -> expand.put(part.trim().replaceFirst("\\(.*", ""), Query.inner(part.trim())));
        }
        Set<String> selected = query.containsKey("$select") ? Set.of(query.get("$select").trim().split("\\s*,\\s*")) : null;
        ObjectNode json = SandboxSystem.JSON.createObjectNode();
        whole.properties().forEach(member -> {
            String name = member.getKey();
            if (EXPANDED.contains(name)) {
                if (expand.containsKey(name)) {
                    json.set(name, expanded(member.getValue(), expand.get(name)));
                }
            } else if (selected == null || selected.contains(name) || name.equals("MetadataId") || name.startsWith("@")) {
                json.set(name, member.getValue());
            }
        });
        return json;
    }

    private static JsonNode expanded(JsonNode value, Map<String, String> query) {
        if (!(value instanceof ArrayNode list)) {
            return value;
        }
        ArrayNode shaped = SandboxSystem.JSON.createArrayNode();
        list.forEach(member -> {
            if (filter(query.get("$filter")).test((ObjectNode) member)) {
                shaped.add(shaped((ObjectNode) member, query));
            }
        });
        return shaped;
    }

    private static ObjectNode entity(Table table, List<ObjectNode> relationships) {
        ObjectNode json = SandboxSystem.JSON.createObjectNode();
        json.put("MetadataId", id(table.name())).put("LogicalName", table.name()).put("SchemaName", table.name())
            .put("EntitySetName", table.set()).put("LogicalCollectionName", table.set()).put("CollectionSchemaName", table.set())
            .put("PrimaryIdAttribute", table.id()).put("PrimaryNameAttribute", table.primaryName())
            .put("ChangeTrackingEnabled", table.changeTracking()).put("IsOptimisticConcurrencyEnabled", true)
            .put("IsCustomEntity", table.name().contains("_"))
            .put("OwnershipType", table.columns().containsKey("ownerid") ? "UserOwned" : "OrganizationOwned");
        json.set("DisplayName", label(table.name()));
        json.set("Privileges", SandboxSystem.JSON.valueToTree(Privileges.of(table.name())));
        ArrayNode attributes = json.putArray("Attributes");
        attributes.add(attribute(table, Query.idColumn(table)));
        table.columns().values().forEach(column -> attributes.add(attribute(table, column)));
        ArrayNode keys = json.putArray("Keys");
        table.keys().forEach(key -> {
            ObjectNode one = keys.addObject().put("MetadataId", id(table.name() + key)).put("LogicalName", key.get(0) + "_key")
                .put("SchemaName", key.get(0) + "_key").put("EntityLogicalName", table.name()).put("EntityKeyIndexStatus", "Active");
            one.set("KeyAttributes", SandboxSystem.JSON.valueToTree(key));
        });
        ArrayNode many = json.putArray("OneToManyRelationships");
        ArrayNode one = json.putArray("ManyToOneRelationships");
        relationships.forEach(relationship -> {
            if (relationship.path("ReferencedEntity").asText().equals(table.name())) {
                many.add(relationship);
            }
            if (relationship.path("ReferencingEntity").asText().equals(table.name())) {
                one.add(relationship);
            }
        });
        return json;
    }

    private static ObjectNode attribute(Table table, Column column) {
        String type = TYPES.get(column.type());
        boolean primary = column.name().equals(table.id());
        ObjectNode json = SandboxSystem.JSON.createObjectNode();
        json.put("@odata.type", "#" + NAMESPACE + (type.equals("Uniqueidentifier") ? "UniqueIdentifier" : type) + "AttributeMetadata")
            .put("MetadataId", id(table.name() + "." + column.name())).put("LogicalName", column.name())
            .put("SchemaName", column.navigation("").equalsIgnoreCase(column.name()) ? column.navigation("") : column.name())
            .put("EntityLogicalName", table.name()).put("AttributeType", type).put("IsPrimaryId", primary)
            .put("IsPrimaryName", column.name().equals(table.primaryName())).put("IsCustomAttribute", column.name().contains("_"))
            .put("IsValidForRead", true).put("IsValidForCreate", primary || !column.readOnly())
            .put("IsValidForUpdate", !primary && !column.readOnly() && !column.createOnly());
        json.putObject("AttributeTypeName").put("Value", type + "Type");
        json.putObject("RequiredLevel").put("Value", column.requiredLevel()).put("CanBeChanged", !column.required())
            .put("ManagedPropertyLogicalName", "canmodifyrequirementlevelsettings");
        json.set("DisplayName", label(column.name()));
        switch (column.type()) {
            case STRING, MEMO -> json.put("MaxLength", column.max());
            case MONEY, DECIMAL, DOUBLE, INT -> {
                number(json, "MinValue", column.min());
                number(json, "MaxValue", column.top());
                if (column.type().isFraction()) {
                    json.put("Precision", column.decimals());
                }
            }
            case DATE, DATETIME -> json.put("Format", column.type() == Type.DATE ? "DateOnly" : "DateAndTime")
                .putObject("DateTimeBehavior").put("Value", column.type() == Type.DATE ? "DateOnly" : "UserLocal");
            case LOOKUP, OWNER, CUSTOMER -> json.set("Targets", SandboxSystem.JSON.valueToTree(column.targets()));
            case CHOICE, STATE, STATUS -> options(json.putObject("OptionSet"), table, column);
            default -> { }
        }
        return json;
    }

    private static void number(ObjectNode json, String name, BigDecimal value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void options(ObjectNode set, Table table, Column column) {
        set.put("MetadataId", id(table.name() + "." + column.name() + " options")).put("Name", table.name() + "_" + column.name())
            .put("IsGlobal", false).put("OptionSetType", TYPES.get(column.type()));
        ArrayNode options = set.putArray("Options");
        column.values().forEach((value, text) -> {
            ObjectNode option = options.addObject().put("Value", value);
            if (column.states().containsKey(value)) {
                option.put("State", column.states().get(value));
            }
            option.set("Label", label(text));
        });
    }

    /** One relationship for each table a lookup may lead to. */
    private List<ObjectNode> relationships() {
        List<ObjectNode> all = new ArrayList<>();
        for (Table table : schema.all()) {
            for (Column column : table.columns().values()) {
                for (String target : column.targets()) {
                    all.add(relationship(table, column, schema.table(target)));
                }
            }
        }
        return all;
    }

    private static ObjectNode relationship(Table table, Column column, Table target) {
        String collection = target.collections().entrySet().stream().filter(many -> many.getValue().table().equals(table.name())
            && many.getValue().column().equals(column.name())).map(Map.Entry::getKey).findFirst().orElse(null);
        String name = collection != null ? collection : target.name() + "_" + table.name() + "_" + column.name();
        ObjectNode json = SandboxSystem.JSON.createObjectNode();
        json.put("@odata.type", "#" + NAMESPACE + "OneToManyRelationshipMetadata").put("MetadataId", id(name + table.name()))
            .put("SchemaName", name).put("RelationshipType", "OneToManyRelationship")
            .put("ReferencedEntity", target.name()).put("ReferencedAttribute", target.id())
            .put("ReferencedEntityNavigationPropertyName", collection)
            .put("ReferencingEntity", table.name()).put("ReferencingAttribute", column.name())
            .put("ReferencingEntityNavigationPropertyName", column.navigation(target.name()));
        json.putObject("CascadeConfiguration").put("Delete", column.cascades() ? "Cascade" : "RemoveLink");
        return json;
    }

    private static ObjectNode label(String text) {
        Function<ObjectNode, ObjectNode> fill = one -> one.put("Label", text).put("LanguageCode", ENGLISH);
        ObjectNode label = SandboxSystem.JSON.createObjectNode();
        fill.apply(label.putArray("LocalizedLabels").addObject());
        fill.apply(label.putObject("UserLocalizedLabel"));
        return label;
    }

    /** The same id for the same definition in every sandbox. */
    static String id(String name) {
        return UUID.nameUUIDFromBytes(("metadata " + name.toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8)).toString();
    }
}
