package io.cosell.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.config.Placeholders.Placeholder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Checks the route files that are loaded together. */
final class RouteChecks {

    static final String ENDING = ".camel.yaml";

    private static final Pattern DIRECT = Pattern.compile("direct:(?://)?([^?${}\\s,]+)(?:\\?.*)?");
    private static final Pattern MAPPING = Pattern.compile("(?:jolt:(?://)?)?mapping:([^?${}\\s,]+)(?:\\?.*)?");

    private final Settings settings;
    private final Path mappings;
    private final RouteSchema schema = RouteSchema.load();
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> routeIds = new HashMap<>();
    private final Set<String> consumed = new HashSet<>();
    private final List<Pattern> consumedByTemplates = new ArrayList<>();
    private final Map<Finding, String> calls = new LinkedHashMap<>();

    private RouteChecks(Settings settings, Path mappings) {
        this.settings = settings;
        this.mappings = mappings;
    }

    static List<Finding> run(Settings settings, List<Path> folders, Path mappings) {
        RouteChecks checks = new RouteChecks(settings, mappings);
        folders.forEach(checks::readFolder);
        checks.checkCalls();
        return checks.findings;
    }

    private void readFolder(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.getFileName().toString().endsWith(ENDING)).sorted().forEach(this::readFile);
        } catch (IOException e) {
            findings.add(Finding.error(folder.toString(), 0, "this folder of routes can't be read", "create it or correct its name"));
        }
    }

    private void readFile(Path path) {
        String name = path.toString();
        try {
            String text = Files.readString(path);
            YamlFile file = YamlFile.parse(name, text);
            checkPlaceholders(name, text);
            findings.addAll(schema.check(file));
            file.root().ifPresent(root -> {
                checkIds(path, root);
                collectAddresses(name, root, false);
            });
        } catch (YamlFile.Malformed e) {
            findings.add(e.finding());
        } catch (IOException e) {
            findings.add(Finding.error(name, 0, "the file can't be read as UTF-8 text", "check its permissions and its encoding"));
        }
    }

    /** Only the connector's own settings: a name without that beginning may be a parameter of a route template. */
    private void checkPlaceholders(String name, String text) {
        for (Placeholder placeholder : Placeholders.in(withoutComments(text))) {
            String setting = placeholder.expression().replaceFirst("^[?!]", "").replaceFirst(":.*", "");
            if (setting.startsWith("cosell.") && !settings.names().contains(setting)) {
                findings.add(Finding.error(name, placeholder.line(), "there is no setting " + setting,
                        Names.didYouMean(setting, settings.names(), "add it to application.properties or correct the name")));
            }
        }
    }

    private static String withoutComments(String text) {
        return text.replaceAll("(?m)^\\s*#.*$", "#"); // keeps the number of lines
    }

    private void checkIds(Path path, Node root) {
        List<Node> routes = root instanceof SequenceNode list ? list.getValue().stream().flatMap(RouteChecks::route).toList() : List.of();
        for (Node route : routes) {
            Optional<Node> id = YamlFile.member(route, "id");
            String text = id.flatMap(YamlFile::text).orElse("");
            int line = YamlFile.line(id.orElse(route));
            if (text.isEmpty()) {
                findings.add(Finding.warning(path.toString(), line, "this route has no id", "give it the id " + baseName(path)));
                continue;
            }
            String before = routeIds.putIfAbsent(text, path + ":" + line);
            if (before != null) {
                findings.add(Finding.error(path.toString(), line, "the route id " + text + " is used in " + before + " too",
                        "give each route its own id"));
            } else if (routes.size() == 1 && !text.equals(baseName(path))) {
                findings.add(Finding.error(path.toString(), line, "the route id " + text + " is not the name of the file",
                        "give it the id " + baseName(path) + " or rename the file to " + text + ENDING));
            }
        }
    }

    /** The mapping that holds a route's id: that of {@code route}, or of {@code from} in the short form. */
    private static Stream<Node> route(Node element) {
        return Stream.of("route", "from").flatMap(name -> YamlFile.member(element, name).stream()).limit(1);
    }

    private static String baseName(Path path) {
        String name = path.getFileName().toString();
        return name.substring(0, name.length() - ENDING.length());
    }

    /** Collects what is consumed and what is called. An address is a text of its own, or a scheme with its parts as parameters. */
    private void collectAddresses(String file, Node node, boolean consumer) {
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(element -> collectAddresses(file, element, false));
        } else if (node instanceof MappingNode mapping) {
            String scheme = YamlFile.member(node, "uri").flatMap(YamlFile::text).orElse("");
            YamlFile.member(node, "parameters").ifPresent(parameters -> {
                part(parameters, scheme, "direct", "name").ifPresent(part -> addAddress(file, part, "direct:", consumer));
                part(parameters, scheme, "jolt", "resourceUri").ifPresent(part -> addAddress(file, part, "", consumer));
            });
            for (var member : mapping.getValue()) {
                String key = YamlFile.text(member.getKeyNode()).orElse("");
                Node value = member.getValueNode();
                if (YamlFile.text(value).isPresent()) {
                    addAddress(file, value, "", key.equals("from") || consumer && key.equals("uri"));
                } else {
                    collectAddresses(file, value, key.equals("from"));
                }
            }
        } else {
            addAddress(file, node, "", consumer);
        }
    }

    private static Optional<Node> part(Node parameters, String scheme, String wanted, String name) {
        return scheme.equals(wanted) ? YamlFile.member(parameters, name).filter(node -> YamlFile.text(node).isPresent()) : Optional.empty();
    }

    private void addAddress(String file, Node node, String prefix, boolean consumer) {
        String text = prefix + Placeholders.replace(YamlFile.text(node).orElse(""),
                placeholder -> settings.resolve(placeholder.expression()).orElse(placeholder.toString()));
        int line = YamlFile.line(node);
        for (String address : text.split(",")) {
            if (consumer && address.startsWith("direct:") && address.contains("{{")) {
                // A route template: its parameters are known only to those who use it.
                consumedByTemplates.add(Pattern.compile("\\Q" + address.substring("direct:".length()).replaceAll("\\{\\{[^{}]+}}",
                        "\\\\E.+\\\\Q")));
            }
            Matcher direct = DIRECT.matcher(address.strip());
            if (direct.matches() && consumer) {
                consumed.add(direct.group(1));
            } else if (direct.matches()) {
                calls.put(Finding.error(file, line, "no route begins with direct:" + direct.group(1), ""), direct.group(1));
            }
            Matcher mapping = MAPPING.matcher(address.strip());
            if (mapping.matches()) {
                checkMapping(file, line, mapping.group(1));
            }
        }
    }

    private void checkMapping(String file, int line, String name) {
        try {
            MappingResourceResolver.requireInside(name);
            if (!Files.isRegularFile(mappings.resolve(name))) {
                findings.add(Finding.error(file, line, "there is no mapping " + name + " in " + mappings,
                        Names.didYouMean(name, MappingChecks.names(mappings), "create it or correct the name")));
            }
        } catch (IllegalArgumentException e) {
            findings.add(Finding.error(file, line, e.getMessage(), ""));
        }
    }

    private void checkCalls() {
        calls.forEach((finding, name) -> {
            if (!consumed.contains(name) && consumedByTemplates.stream().noneMatch(pattern -> pattern.matcher(name).matches())) {
                findings.add(Finding.error(finding.file(), finding.line(), finding.message(),
                        Names.didYouMean(name, new TreeSet<>(consumed), "add a route from direct:" + name + " or correct the name")));
            }
        });
    }
}
