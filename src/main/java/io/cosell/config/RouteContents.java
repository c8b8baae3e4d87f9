package io.cosell.config;

import io.cosell.config.Placeholders.Placeholder;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Language;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Checks what is inside routes, as far as no schema tells it: verbs, descriptions, methods of beans, expressions. */
final class RouteContents {

    private static final Pattern CALL = Pattern.compile("(?<name>[A-Za-z_]\\w*)\\s*(\\((?<arguments>.*)\\))?", Pattern.DOTALL);
    private static final Pattern VERB = Pattern.compile("direct:(?://)?([^?${}\\s,]+)");
    private static final List<String> CONDITIONS = List.of("when", "filter", "validate", "onWhen", "retryWhile");

    private final Settings settings;
    private final Map<String, Class<?>> beans;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, String> offered = new HashMap<>();
    private Language simple;

    private RouteContents(Settings settings, Map<String, Class<?>> beans) {
        this.settings = settings;
        this.beans = new HashMap<>(beans);
    }

    /**
     * Checks the routes of some folders.
     *
     * @param adapter the one of the folders that must offer the verbs
     */
    static List<Finding> run(Settings settings, List<Path> folders, Path adapter, Map<String, Class<?>> beans) throws IOException {
        RouteContents contents = new RouteContents(settings, beans);
        List<YamlFile> files = new ArrayList<>();
        for (Path folder : folders) {
            files.addAll(read(folder));
        }
        files.forEach(contents::addBeans);
        try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
            camel.build();
            contents.simple = camel.resolveLanguage("simple");
            files.forEach(contents::check);
        }
        contents.checkVerbs(adapter);
        return contents.findings;
    }

    /** Those that are YAML; others are told of by {@link RouteChecks}. */
    private static List<YamlFile> read(Path folder) {
        List<YamlFile> read = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.getFileName().toString().endsWith(RouteChecks.ENDING)).sorted().toList()) {
                try {
                    read.add(YamlFile.parse(file.toString(), Files.readString(file)));
                } catch (YamlFile.Malformed | IOException e) {
                    continue;
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return read;
    }

    /** Beans that a file declares itself; one whose class is not there is left to Camel. */
    private void addBeans(YamlFile file) {
        file.root().stream().flatMap(RouteContents::elements).flatMap(element -> YamlFile.member(element, "beans").stream())
            .flatMap(RouteContents::elements).forEach(bean -> text(bean, "name").ifPresent(name ->
                beans.put(name, text(bean, "type").flatMap(RouteContents::classOf).orElse(null))));
    }

    private static Optional<Class<?>> classOf(String name) {
        try {
            return Optional.of(Class.forName(name, false, RouteContents.class.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    private void check(YamlFile file) {
        file.root().stream().flatMap(RouteContents::elements).forEach(element -> {
            Stream.of("route", "routeTemplate").flatMap(kind -> YamlFile.member(element, kind).stream())
                .forEach(route -> checkRoute(file.name(), route));
            Stream.concat(Stream.of("route").flatMap(kind -> YamlFile.member(element, kind).stream()), Stream.of(element))
                .flatMap(route -> YamlFile.member(route, "from").stream()).flatMap(from -> YamlFile.member(from, "uri").stream())
                .forEach(uri -> offer(file.name(), uri));
            walk(file.name(), element, "");
        });
    }

    private void offer(String file, Node uri) {
        Matcher verb = VERB.matcher(YamlFile.text(uri).orElse(""));
        if (verb.lookingAt()) {
            offered.put(verb.group(1), file + ":" + YamlFile.line(uri));
        }
    }

    private void checkRoute(String file, Node route) {
        if (text(route, "description").filter(text -> !text.isBlank()).isEmpty()) {
            findings.add(Finding.warning(file, YamlFile.line(route), "the route " + text(route, "id").orElse("here") + " has no description",
                "say in a line what it does: editors show it"));
        }
    }

    private void walk(String file, Node node, String parent) {
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(element -> walk(file, element, parent));
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple member : mapping.getValue()) {
                String key = YamlFile.text(member.getKeyNode()).orElse("");
                Node value = member.getValueNode();
                switch (key) {
                    case "bean", "method" -> checkBean(file, value);
                    case "simple", "jq" -> expression(value).ifPresent(text -> checkExpression(file, text, key, CONDITIONS.contains(parent)));
                    case "log" -> (YamlFile.text(value).isPresent() ? Optional.of(value) : YamlFile.member(value, "message"))
                        .ifPresent(text -> checkExpression(file, text, "simple", false));
                    default -> {
                        // no expression of its own
                    }
                }
                walk(file, value, key.equals("expression") ? parent : key);
            }
        }
    }

    private static Optional<Node> expression(Node value) {
        return YamlFile.text(value).isPresent() ? Optional.of(value)
            : YamlFile.member(value, "expression").filter(node -> YamlFile.text(node).isPresent());
    }

    // ---- verbs

    private void checkVerbs(Path adapter) {
        List<String> verbs = Contract.load().verbs();
        for (String verb : verbs) {
            if (!offered.containsKey(verb)) {
                Optional<String> meant = Names.nearest(verb, offered.keySet().stream()
                    .filter(name -> !verbs.contains(name) && offered.get(name).startsWith(adapter.toString())).toList());
                String file = adapter.toString();
                int line = 0;
                if (meant.isPresent()) {
                    String place = offered.get(meant.get());
                    file = place.substring(0, place.lastIndexOf(':'));
                    line = Integer.parseInt(place.substring(place.lastIndexOf(':') + 1));
                }
                findings.add(Finding.error(file, line, "the adapter lacks the verb direct:" + verb, meant.map(name -> "is direct:" + name
                    + " meant to be it?").orElse("add a route from direct:" + verb + "; docs/adapter.md says what it has to do")));
            }
        }
    }

    /** Whether a finding of the other checks says that a verb is missing, which is told of by its adapter here. */
    static boolean isMissingVerb(Finding finding) {
        return Contract.load().verbs().stream().anyMatch(verb -> finding.message().equals("no route begins with direct:" + verb));
    }

    // ---- beans

    private void checkBean(String file, Node step) {
        Optional<String> name = text(step, "ref");
        Optional<Class<?>> type = text(step, "beanType").flatMap(RouteContents::classOf);
        if (name.isPresent() && !name.get().contains("{{")) {
            int line = YamlFile.member(step, "ref").map(YamlFile::line).orElse(0);
            if (!beans.containsKey(name.get())) {
                findings.add(Finding.error(file, line, "there is no bean " + name.get(),
                    Names.didYouMean(name.get(), beans.keySet(), "known are " + String.join(", ", new TreeSet<>(beans.keySet())))));
                return;
            }
            type = Optional.ofNullable(beans.get(name.get()));
        }
        if (type.isPresent() && text(step, "method").isPresent()) {
            checkMethod(file, YamlFile.member(step, "method").map(YamlFile::line).orElse(0), name.orElse(type.get().getSimpleName()), type.get(),
                text(step, "method").get());
        }
    }

    private void checkMethod(String file, int line, String bean, Class<?> type, String call) {
        Matcher parts = CALL.matcher(call.strip());
        if (!parts.matches()) {
            findings.add(Finding.error(file, line, "\"" + call + "\" is no call of a method", "write name(argument, argument), or the name alone"));
            return;
        }
        List<Method> methods = Arrays.stream(type.getMethods()).filter(method -> method.getDeclaringClass() != Object.class).toList();
        List<Method> named = methods.stream().filter(method -> method.getName().equals(parts.group("name"))).toList();
        if (named.isEmpty()) {
            findings.add(Finding.error(file, line, "the bean " + bean + " has no method " + parts.group("name"), Names.didYouMean(
                parts.group("name"), methods.stream().map(Method::getName).distinct().toList(), "known are " + String.join(", ",
                    new TreeSet<>(methods.stream().map(Method::getName).toList())))));
        } else if (parts.group("arguments") != null) {
            int given = count(parts.group("arguments"));
            if (named.stream().noneMatch(method -> method.getParameterCount() == given || method.isVarArgs()
                && given >= method.getParameterCount() - 1)) {
                findings.add(Finding.error(file, line, bean + "." + parts.group("name") + " does not take " + given + " arguments",
                    "it takes " + String.join(" or ", named.stream().map(method -> String.valueOf(method.getParameterCount())).distinct().sorted()
                        .toList())));
            }
        }
    }

    /** How many arguments stand between the parentheses of a call: commas inside quotes and brackets are part of one. */
    private static int count(String arguments) {
        if (arguments.isBlank()) {
            return 0;
        }
        int depth = 0;
        int count = 1;
        char quote = 0;
        for (char sign : arguments.toCharArray()) {
            if (quote != 0) {
                quote = sign == quote ? 0 : quote;
            } else if (sign == '\'' || sign == '"') {
                quote = sign;
            } else if ("({[".indexOf(sign) >= 0) {
                depth++;
            } else if (")}]".indexOf(sign) >= 0) {
                depth--;
            } else if (sign == ',' && depth == 0) {
                count++;
            }
        }
        return count;
    }

    // ---- expressions

    private void checkExpression(String file, Node node, String language, boolean condition) {
        String text = YamlFile.text(node).orElse("");
        try {
            if (language.equals("jq")) {
                JsonQuery.compile(Placeholders.replace(text, value("null")), Versions.JQ_1_6);
            } else if (condition) {
                simple.createPredicate(Placeholders.replace(text, value("x")));
            } else {
                simple.createExpression(Placeholders.replace(text, value("x")));
            }
        } catch (JsonQueryException | RuntimeException e) {
            String[] lines = String.valueOf(e.getMessage()).strip().split("\\R");
            findings.add(Finding.error(file, YamlFile.line(node), "this is not an expression of " + language + ": " + lines[0].strip(),
                language.equals("jq") ? "check brackets, quotes and pipes" : "check ${ } and the names in them"));
        }
    }

    /** Settings by their values; parameters of route templates, which are not known here, by a stand-in. */
    private Function<Placeholder, String> value(String standIn) {
        return placeholder -> settings.resolve(placeholder.expression()).filter(value -> !value.isEmpty()).orElse(standIn);
    }

    private static Stream<Node> elements(Node node) {
        return node instanceof SequenceNode list ? list.getValue().stream() : Stream.empty();
    }

    private static Optional<String> text(Node node, String name) {
        return YamlFile.member(node, name).flatMap(YamlFile::text);
    }
}
