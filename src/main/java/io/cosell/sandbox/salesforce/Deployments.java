package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Ref;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.SandboxSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Deployments of metadata through {@code /metadata/deployRequest}, as the Metadata API's guide describes them: objects, their fields and
 * permission sets, whole or not at all. A deployed field is hidden until a permission set shows it to the integration user. Of the Tooling
 * API only the list of custom objects and fields is there. Not part of contract salesforce.md; codes and texts of refusals are the
 * sandbox's own.
 */
final class Deployments {

    private static final Pattern BOUNDARY = Pattern.compile("multipart/form-data\\s*;.*?boundary=\"?([^\";\\s]+)\"?.*",
        Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern PART = Pattern.compile(".*?name=\"(\\w+)\".*?\\r\\n\\r\\n(.*)\\r\\n", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern TOOLING = Pattern.compile("SELECT\\s+[\\w,\\s]+\\s+FROM\\s+(CustomField|CustomObject)"
        + "(?:\\s+WHERE\\s+DeveloperName\\s+IN\\s*\\(([^)]*)\\))?\\s*", Pattern.CASE_INSENSITIVE);
    private static final String CUSTOM = "__c";
    private static final Map<String, String> TYPES = Map.of("Checkbox", "checkbox", "Text", "text", "Url", "url", "LongTextArea", "textarea",
        "Picklist", "picklist", "Lookup", "lookup", "MasterDetail", "lookup");
    private static final List<String> RIGHTS = List.of("allowRead", "allowCreate", "allowEdit", "allowDelete");

    /** A deployment that was asked for; its answer comes when somebody has asked once whether it is done. */
    private static final class Deployment {
        private final Map<String, Object> result;
        private boolean asked;

        Deployment(Map<String, Object> result) {
            this.result = result;
        }
    }

    private final Org org;
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();
    /** What each permission set shows: objects, and fields with their object. */
    private final Map<String, Set<String>> permissionSets = new LinkedHashMap<>();

    Deployments(Org org) {
        this.org = org;
    }

    List<Resource> resources() {
        return List.of(
            new Resource("POST", "/metadata/deployRequest", CallKind.ACTION, (call, parts) -> deploy(call)),
            new Resource("GET", "/metadata/deployRequest/{id}", CallKind.OTHER, (call, parts) -> status(parts.get("id"))),
            new Resource("GET", "/tooling/query", CallKind.LIST, (call, parts) -> custom(call)));
    }

    /** What the permission sets of the integration user show. */
    Set<String> shown() {
        Set<String> shown = new HashSet<>();
        org.store().rows("PermissionSetAssignment").stream()
            .filter(row -> row.get("AssigneeId") instanceof Ref user && user.id().equals(Seed.INTEGRATION_USER))
            .map(row -> org.store().find("PermissionSet", ((Ref) row.get("PermissionSetId")).id()))
            .forEach(set -> shown.addAll(permissionSets.getOrDefault(String.valueOf(set.get("Name")), Set.of())));
        return shown;
    }

    /** What was deployed, for a saved state. */
    ObjectNode state() {
        ObjectNode state = SandboxSystem.JSON.createObjectNode();
        state.set("objects", org.schema().deployed());
        state.set("permissionSets", SandboxSystem.JSON.valueToTree(permissionSets));
        return state;
    }

    /** Puts what a saved state says in the place of all that was deployed. */
    void restore(JsonNode state) {
        org.schema().replaceDeployed(state.path("objects") instanceof ObjectNode objects ? objects : SandboxSystem.JSON.createObjectNode());
        permissionSets.clear();
        state.path("permissionSets").properties().forEach(set -> {
            Set<String> shows = new TreeSet<>();
            set.getValue().forEach(name -> shows.add(name.asText()));
            permissionSets.put(set.getKey(), shows);
        });
    }

    // ---- deploying

    private Reply deploy(ApiCall call) {
        if (org.switches().has(SalesforceSwitch.MAY_NOT_DEPLOY)) {
            throw new Refusal(403, "INSUFFICIENT_ACCESS",
                "INSUFFICIENT_ACCESS: use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions");
        }
        Map<String, byte[]> parts = parts(call);
        JsonNode options;
        try {
            options = SandboxSystem.JSON.readTree(parts.getOrDefault("json", new byte[0])).path("deployOptions");
        } catch (IOException e) {
            throw new Refusal(400, "JSON_PARSER_ERROR", "The part named json is no JSON.");
        }
        if (!options.path("singlePackage").asBoolean() || !options.path("rollbackOnError").asBoolean()) {
            throw Refusal.unsupported("deployments without singlePackage and rollbackOnError");
        }
        Package given = new Package(files(parts.getOrDefault("file", new byte[0])));
        given.read();
        if (given.failures.isEmpty() && !options.path("checkOnly").asBoolean()) {
            given.apply();
        }
        String id = Ids.of("0Af", deployments.size() + 1L);
        deployments.put(id, new Deployment(given.result(id)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("deployOptions", options);
        json.put("deployResult", Map.of("id", id, "done", false, "status", "Pending", "success", false));
        return Reply.json(201, json);
    }

    private Reply status(String id) {
        Deployment deployment = deployments.get(id);
        if (deployment == null) {
            throw Refusal.notFound();
        }
        boolean first = !deployment.asked;
        deployment.asked = true;
        return Reply.json(200, Map.of("id", id, "deployResult", first
            ? Map.of("id", id, "done", false, "status", "InProgress", "success", false) : deployment.result));
    }

    private static Map<String, byte[]> parts(ApiCall call) {
        Matcher boundary = BOUNDARY.matcher(call.request().header("Content-Type").orElse(""));
        if (!boundary.matches()) {
            throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "A deployment is multipart/form-data with the parts json and file.");
        }
        Map<String, byte[]> parts = new LinkedHashMap<>();
        for (String part : new String(call.request().body(), StandardCharsets.ISO_8859_1).split(Pattern.quote("--" + boundary.group(1)))) {
            Matcher named = PART.matcher(part);
            if (named.matches()) {
                parts.put(named.group(1), named.group(2).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return parts;
    }

    private static Map<String, byte[]> files(byte[] zip) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        } catch (IOException e) {
            throw new Refusal(400, "INVALID_ZIP", "The part named file is no zip: " + e.getMessage());
        }
        return files;
    }

    /** What one deployment brings. */
    private final class Package {
        private final Map<String, byte[]> files;
        private final List<Map<String, Object>> failures = new ArrayList<>();
        private final Set<String> listed = new HashSet<>();
        private final ObjectNode objects = SandboxSystem.JSON.createObjectNode();
        private final Map<String, String> labels = new LinkedHashMap<>();
        private final Map<String, Set<String>> sets = new LinkedHashMap<>();
        private int components;

        Package(Map<String, byte[]> files) {
            this.files = files;
        }

        void read() {
            Element manifest = xml("package.xml");
            if (manifest == null) {
                fail("package.xml", "", "No package.xml found");
                return;
            }
            children(manifest, "types").forEach(type -> children(type, "members")
                .forEach(member -> listed.add(member.getTextContent().trim())));
            files.keySet().stream().filter(name -> name.startsWith("objects/")).forEach(this::object);
            files.keySet().stream().filter(name -> name.startsWith("permissionsets/")).forEach(this::permissionSet);
            files.keySet().stream().filter(name -> !name.matches("package\\.xml|(objects|permissionsets)/.+")).forEach(name ->
                fail(name, "", "The Salesforce sandbox does not simulate the deployment of " + name));
        }

        private void object(String file) {
            String name = file.replaceFirst("objects/(.*)\\.object$", "$1");
            Element xml = xml(file);
            if (xml == null) {
                return;
            }
            boolean there = exists(name);
            ObjectNode made = objects.putObject(name);
            ObjectNode fields = made.putObject("fields");
            if (!there) {
                if (!name.endsWith(CUSTOM)) {
                    fail(name, "CustomObject", "Entity of type '" + name + "' cannot be found");
                    return;
                }
                mustBeListed(name, "CustomObject");
                for (String needed : List.of("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel")) {
                    if (children(xml, needed).isEmpty()) {
                        fail(name, "CustomObject", "Required field is missing: " + needed);
                        return;
                    }
                }
                Element nameField = children(xml, "nameField").get(0);
                boolean auto = text(nameField, "type").equals("AutoNumber");
                made.put("prefix", String.format("a%02d", 10 + Math.toIntExact(org.schema().deployed().properties().stream()
                    .filter(object -> object.getValue().has("prefix")).count()) + objects.size())).put("label", text(xml, "label"))
                    .put("plural", text(xml, "pluralLabel"));
                made.putArray("sets").add("every").add("currency");
                if (!text(xml, "sharingModel").equals("ControlledByParent")) {
                    made.withArray("sets").add("owned");
                }
                ObjectNode own = made.putObject("nameFields").putObject("Name").put("label", text(nameField, "label"));
                if (auto) {
                    own.put("type", "autonumber").put("readOnly", true).put("pattern", text(nameField, "displayFormat"));
                } else {
                    own.put("type", "text").put("length", 80).put("required", true);
                }
                components++;
            }
            children(xml, "fields").forEach(field -> field(name, field, there, fields));
        }

        private void field(String object, Element xml, boolean objectThere, ObjectNode to) {
            String name = text(xml, "fullName");
            String full = object + "." + name;
            String type = text(xml, "type");
            if (!name.endsWith(CUSTOM)) {
                fail(full, "CustomField", "The name of a custom field ends in __c");
            } else if (objectThere && existing(object).field(name).isPresent()) {
                fail(full, "CustomField", "The Salesforce sandbox does not simulate changes of fields that are there");
            } else if (!TYPES.containsKey(type)) {
                fail(full, "CustomField", "The Salesforce sandbox does not simulate fields of type " + type);
            } else if (text(xml, "label").isEmpty()) {
                fail(full, "CustomField", "Required field is missing: label");
            } else {
                if (objectThere) {
                    mustBeListed(full, "CustomField");
                }
                described(object, full, type, xml, to.putObject(name).put("type", TYPES.get(type)).put("label", text(xml, "label")));
                components++;
            }
        }

        private void described(String object, String full, String type, Element xml, ObjectNode field) {
            boolean required = text(xml, "required").equals("true");
            field.put("required", required);
            switch (type) {
                case "Checkbox" -> {
                    need(xml, full, "defaultValue");
                    field.put("default", text(xml, "defaultValue").equals("true"));
                }
                case "Text", "LongTextArea" -> {
                    need(xml, full, "length");
                    if (type.equals("LongTextArea")) {
                        need(xml, full, "visibleLines");
                    }
                    field.put("length", text(xml, "length").matches("\\d{1,6}") ? Integer.parseInt(text(xml, "length")) : 0)
                        .put("externalId", text(xml, "externalId").equals("true")).put("unique", text(xml, "unique").equals("true"));
                }
                case "Picklist" -> {
                    Element set = children(xml, "valueSet").stream().findFirst().orElse(xml);
                    field.put("restricted", text(set, "restricted").equals("true"));
                    children(set, "valueSetDefinition").forEach(definition -> children(definition, "value").forEach(value ->
                        field.withArray("values").add(text(value, "fullName"))));
                }
                case "Lookup", "MasterDetail" -> {
                    need(xml, full, "referenceTo");
                    need(xml, full, "relationshipName");
                    String target = text(xml, "referenceTo");
                    if (!exists(target) && !files.containsKey("objects/" + target + ".object")) {
                        fail(full, "CustomField", "referenceTo value of '" + target + "' does not resolve to a valid sObject type");
                    }
                    if (type.equals("Lookup") && required && !List.of("Restrict", "Cascade").contains(text(xml, "deleteConstraint"))) {
                        fail(full, "CustomField", "Must specify deleteConstraint Restrict or Cascade for a required lookup");
                    }
                    field.put("children", text(xml, "relationshipName") + "__r").putArray("targets").add(target);
                    if (type.equals("MasterDetail")) {
                        field.put("required", true).put("createOnly", true).put("onDelete", "cascade");
                    } else if (text(xml, "deleteConstraint").equals("Restrict")) {
                        field.put("onDelete", "restrict");
                    }
                }
                default -> { }
            }
        }

        private void permissionSet(String file) {
            String name = file.replaceFirst("permissionsets/(.*)\\.permissionset$", "$1");
            Element xml = xml(file);
            if (xml == null) {
                return;
            }
            mustBeListed(name, "PermissionSet");
            Set<String> shows = new TreeSet<>();
            Set<String> readable = new HashSet<>();
            for (Element object : children(xml, "objectPermissions")) {
                String of = text(object, "object");
                if (!exists(of) && !objects.has(of)) {
                    fail(name, "PermissionSet", "In field: object - no CustomObject named " + of + " found");
                } else if (RIGHTS.stream().skip(1).anyMatch(right -> text(object, right).equals("true"))
                    && !text(object, "allowRead").equals("true")) {
                    fail(name, "PermissionSet", "Permission " + of + " depends on permission(s): Read " + of);
                } else if (text(object, "allowRead").equals("true")) {
                    shows.add(of);
                    readable.add(of);
                }
            }
            readable.stream().filter(of -> objects.path(of).has("prefix")).forEach(of -> objects.path(of).path("fields").forEach(field -> {
                String master = field.path("onDelete").asText().equals("cascade") ? field.path("targets").path(0).asText() : of;
                if (!readable.contains(master)) {
                    fail(name, "PermissionSet", "Permission Read " + of + " depends on permission(s): Read " + master);
                }
            }));
            for (Element field : children(xml, "fieldPermissions")) {
                String[] full = text(field, "field").split("\\.", 2);
                JsonNode deployed = objects.path(full[0]).path("fields").path(full.length > 1 ? full[1] : "");
                Field there = full.length > 1 && exists(full[0]) ? existing(full[0]).field(full[1]).orElse(null) : null;
                if (deployed.isMissingNode() && there == null) {
                    fail(name, "PermissionSet", "In field: field - no CustomField named " + String.join(".", full) + " found");
                } else if (deployed.path("required").asBoolean() || there != null && there.required()) {
                    fail(name, "PermissionSet", "You cannot deploy to a required field: " + String.join(".", full));
                } else if (text(field, "readable").equals("true") && text(field, "editable").equals("true")) {
                    shows.add(String.join(".", full));
                }
            }
            labels.put(name, text(xml, "label"));
            sets.put(name, shows);
            components++;
        }

        void apply() {
            objects.properties().stream().filter(object -> object.getValue().has("prefix"))
                .forEach(object -> List.copyOf(org.store().rows(object.getKey())).forEach(org.store()::remove));
            org.schema().deploy(objects);
            sets.forEach((name, shows) -> {
                permissionSets.put(name, shows);
                if (org.store().rows("PermissionSet").stream().noneMatch(row -> name.equals(row.get("Name")))) {
                    org.rules().create(org.schema().whole("PermissionSet"), SandboxSystem.JSON.createObjectNode().put("Name", name)
                        .put("Label", labels.get(name)), Author.administrator(Seed.INTEGRATION_USER));
                }
            });
        }

        Map<String, Object> result(String id) {
            boolean good = failures.isEmpty();
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("id", id);
            result.put("done", true);
            result.put("status", good ? "Succeeded" : "Failed");
            result.put("success", good);
            result.put("numberComponentsDeployed", good ? components : 0);
            result.put("numberComponentErrors", failures.size());
            result.put("rollbackOnError", true);
            result.put("details", Map.of("componentFailures", failures));
            return result;
        }

        private boolean exists(String object) {
            return org.schema().existing().stream().anyMatch(one -> one.name().equals(object));
        }

        private SObject existing(String object) {
            return org.schema().existing().stream().filter(one -> one.name().equals(object)).findFirst().orElseThrow();
        }

        private void mustBeListed(String name, String type) {
            if (!listed.contains(name)) {
                fail(name, type, "Not in package.xml");
            }
        }

        private void need(Element xml, String full, String member) {
            if (text(xml, member).isEmpty()) {
                fail(full, "CustomField", "Required field is missing: " + member);
            }
        }

        private void fail(String name, String type, String problem) {
            Map<String, Object> failure = new LinkedHashMap<>();
            failure.put("componentType", type);
            failure.put("fullName", name);
            failure.put("problem", problem);
            failure.put("problemType", "Error");
            failure.put("success", false);
            failures.add(failure);
        }

        private Element xml(String file) {
            if (!files.containsKey(file)) {
                return null;
            }
            try {
                DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
                factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
                factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
                return factory.newDocumentBuilder().parse(new ByteArrayInputStream(files.get(file))).getDocumentElement();
            } catch (SAXException e) {
                fail(file, "", "Error parsing file: " + e.getMessage());
                return null;
            } catch (ParserConfigurationException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static List<Element> children(Element of, String name) {
        return IntStream.range(0, of.getChildNodes().getLength()).mapToObj(of.getChildNodes()::item)
            .filter(node -> node.getNodeType() == Node.ELEMENT_NODE && node.getNodeName().equals(name)).map(Element.class::cast).toList();
    }

    private static String text(Element of, String name) {
        return children(of, name).stream().findFirst().map(child -> child.getTextContent().trim()).orElse("");
    }

    // ---- what custom objects and fields there are

    private Reply custom(ApiCall call) {
        Matcher query = TOOLING.matcher(call.request().parameter("q").orElse(""));
        if (!query.matches()) {
            throw Refusal.unsupported("queries of the Tooling API other than DeveloperName IN (...) of CustomField and CustomObject");
        }
        Set<String> wanted = new HashSet<>();
        Stream.of(query.group(2) == null ? new String[0] : query.group(2).split(","))
            .forEach(name -> wanted.add(name.trim().replace("'", "")));
        List<Map<String, Object>> records = new ArrayList<>();
        for (SObject object : org.schema().existing()) {
            String id = object.isCustom() ? Ids.of("01I", Math.abs((long) object.name().hashCode())) : object.name();
            if (query.group(1).equalsIgnoreCase("CustomObject")) {
                add(records, object.name(), "Id", id, wanted);
            } else {
                object.fields().values().forEach(field -> add(records, field.name(), "TableEnumOrId", id, wanted));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("size", records.size());
        json.put("totalSize", records.size());
        json.put("done", true);
        json.put("records", records);
        return Reply.json(200, json);
    }

    private static void add(List<Map<String, Object>> records, String name, String member, String value, Set<String> wanted) {
        String developer = name.replaceFirst("__c$", "");
        if (name.endsWith(CUSTOM) && (wanted.isEmpty() || wanted.contains(developer))) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("DeveloperName", developer);
            row.put("NamespacePrefix", null);
            row.put(member, value);
            records.add(row);
        }
    }
}
