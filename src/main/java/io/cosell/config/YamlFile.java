package io.cosell.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML file twice: as data for a schema, and as nodes that know their lines. Parsed by the parser Camel uses.
 *
 * @param name the file as the integrator knows it
 * @param data the document; JSON null when it is empty
 * @param root the document's root node; nothing when it is empty
 */
record YamlFile(String name, JsonNode data, Optional<Node> root) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A file that is not YAML. */
    static final class Malformed extends Exception {

        private static final long serialVersionUID = 1;

        private final transient Finding finding;

        private Malformed(Finding finding) {
            super(finding.toString());
            this.finding = finding;
        }

        Finding finding() {
            return finding;
        }
    }

    static YamlFile parse(String name, String text) throws Malformed {
        LoadSettings settings = LoadSettings.builder().setLabel(name).build();
        try {
            return new YamlFile(name, JSON.valueToTree(new Load(settings).loadFromString(text)), new Compose(settings).composeString(text));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            String column = e.getProblemMark().map(mark -> ", column " + (mark.getColumn() + 1)).orElse("");
            throw new Malformed(Finding.error(name, line, "this is not YAML" + column + ": " + e.getProblem().replaceAll("\\s+", " "),
                    "check the indentation and the quotes here and in the line above"));
        } catch (YamlEngineException e) {
            throw new Malformed(Finding.error(name, 0, "this is not YAML: " + e.getMessage().replaceAll("\\s+", " "), ""));
        }
    }

    /**
     * The line of what a path leads to, or of the last part of the path that is there. A member of a mapping is at the line of its key.
     *
     * @param path names of members and numbers of elements, from the root
     */
    int line(List<?> path) {
        int line = root.map(YamlFile::line).orElse(0);
        Node at = root.orElse(null);
        for (Object step : path) {
            if (at instanceof SequenceNode list && step instanceof Integer index && index < list.getValue().size()) {
                at = list.getValue().get(index);
                line = line(at);
            } else if (at instanceof MappingNode mapping && tuple(mapping, step.toString()).isPresent()) {
                NodeTuple member = tuple(mapping, step.toString()).get();
                line = line(member.getKeyNode());
                at = member.getValueNode();
            } else {
                return line;
            }
        }
        return line;
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** The member of a mapping with that name; nothing for other nodes. */
    static Optional<Node> member(Node node, String name) {
        return node instanceof MappingNode mapping ? tuple(mapping, name).map(NodeTuple::getValueNode) : Optional.empty();
    }

    private static Optional<NodeTuple> tuple(MappingNode mapping, String name) {
        return mapping.getValue().stream().filter(tuple -> text(tuple.getKeyNode()).filter(name::equals).isPresent()).findFirst();
    }

    /** The text of a scalar; nothing for other nodes. */
    static Optional<String> text(Node node) {
        return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    /** A node and every value below it. */
    static Stream<Node> all(Node node) {
        Stream<Node> below = Stream.empty();
        if (node instanceof SequenceNode list) {
            below = list.getValue().stream();
        } else if (node instanceof MappingNode mapping) {
            below = mapping.getValue().stream().map(NodeTuple::getValueNode);
        }
        return Stream.concat(Stream.of(node), below.flatMap(YamlFile::all));
    }
}
