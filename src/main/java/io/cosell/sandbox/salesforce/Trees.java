package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records with their children, all or none: {@code /composite/tree/{object}} (section 3.3). */
final class Trees {

    private static final int MOST = 200;
    private static final String INVALID = "INVALID_INPUT";

    private final Org org;

    Trees(Org org) {
        this.org = org;
    }

    List<Resource> resources() {
        return List.of(new Resource("POST", "/composite/tree/{object}", CallKind.BATCH, (call, parts) -> create(call, parts.get("object"))));
    }

    /**
     * A record of the tree.
     *
     * @param fields   what to write, without its children
     * @param parent   the record it belongs to, null at the top
     * @param children how it points to its parent, null at the top
     */
    private record Node(SObject object, String referenceId, ObjectNode fields, Node parent, SObject.Child children) {
    }

    /** Ends a transaction that must not count. */
    private static final class Undone extends RuntimeException {
        Undone() {
            super(null, null, false, false);
        }
    }

    private Reply create(ApiCall call, String name) {
        SObject root = org.schema().object(name).orElseThrow(Refusal::notFound);
        List<Node> nodes = read(Subrequest.list(call.body(), "records"), root);
        if (nodes.size() > MOST) {
            throw Subrequest.invalid("A tree has at most " + MOST + " records, this one has " + nodes.size() + ".");
        }
        List<Map<String, Object>> errors = new ArrayList<>(duplicates(nodes));
        if (!errors.isEmpty()) {
            return answer(400, errors);
        }
        Map<Node, String> ids = new IdentityHashMap<>();
        try {
            org.store().transaction(() -> {
                nodes.forEach(node -> write(node, ids, errors, call.author()));
                if (!errors.isEmpty()) {
                    throw new Undone();
                }
                return null;
            });
        } catch (Undone undone) {
            return answer(400, errors);
        }
        return answer(201, nodes.stream().map(node -> result(node, "id", ids.get(node))).toList());
    }

    private static Reply answer(int status, List<Map<String, Object>> results) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("hasErrors", status >= 400);
        answer.put("results", results);
        return Reply.json(status, answer);
    }

    private static Map<String, Object> result(Node node, String name, Object value) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("referenceId", node.referenceId());
        result.put(name, value);
        return result;
    }

    /** All records, those of one level before those of the next. */
    private List<Node> read(List<JsonNode> records, SObject root) {
        List<Node> nodes = new ArrayList<>();
        Deque<Node> open = new ArrayDeque<>();
        records.forEach(record -> open.add(node(record, root, null, null)));
        while (!open.isEmpty()) {
            Node node = open.remove();
            nodes.add(node);
            open.addAll(children(node));
        }
        return nodes;
    }

    private Node node(JsonNode json, SObject object, Node parent, SObject.Child children) {
        String type = json.path("attributes").path("type").asText();
        String referenceId = json.path("attributes").path("referenceId").asText();
        if (!(json instanceof ObjectNode record) || referenceId.isEmpty()) {
            throw Subrequest.invalid("Include a reference ID for each record in the request.");
        }
        if (!type.equalsIgnoreCase(object.name())) {
            throw Subrequest.invalid("The record " + referenceId + " must be of type " + object.name() + ", not " + type + ".");
        }
        return new Node(object, referenceId, record.deepCopy(), parent, children);
    }

    /** Takes the children out of a record. */
    private Collection<Node> children(Node node) {
        List<Node> found = new ArrayList<>();
        for (SObject.Child child : node.object().children().values()) {
            JsonNode list = node.fields().remove(child.name());
            if (list != null) {
                list.path("records").forEach(record -> found.add(node(record, org.schema().require(child.object()), node, child)));
            }
        }
        return found;
    }

    private static List<Map<String, Object>> duplicates(List<Node> nodes) {
        Map<String, Integer> times = new HashMap<>();
        nodes.forEach(node -> times.merge(node.referenceId(), 1, Integer::sum));
        return nodes.stream().filter(node -> times.get(node.referenceId()) > 1).map(node -> error(node,
            Refusal.record(INVALID, "Duplicate ReferenceId provided in the request."))).toList();
    }

    private static Map<String, Object> error(Node node, Refusal refusal) {
        return result(node, "errors", refusal.errors().stream().map(Refusal.Error::jsonInCollection).toList());
    }

    /** Children of a record that failed are left out: only what caused an error is named. */
    private void write(Node node, Map<Node, String> ids, List<Map<String, Object>> errors, Author by) {
        ObjectNode fields = node.fields().deepCopy();
        if (node.parent() != null) {
            String parent = ids.get(node.parent());
            if (parent == null) {
                return;
            }
            fields.put(node.children().field().name(), parent);
        }
        try {
            ids.put(node, org.store().transaction(() -> org.rules().create(node.object(), fields, by).id()));
        } catch (Refusal refusal) {
            errors.add(error(node, refusal));
        }
    }
}
