package io.cosell.dev;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What a route file adds to the connector.
 *
 * @param routes     ids of routes, those made from templates among them
 * @param templates  ids of route templates
 * @param uses       ids of the templates that its routes are made from
 * @param configures whether it says something about all routes
 * @param others     what it adds besides, which can't be replaced while the connector runs: beans, routes without an id
 */
record RouteFile(Set<String> routes, Set<String> templates, Set<String> uses, boolean configures, Set<String> others) {

    /** @param text the file's text, which is YAML; null for a file that is not there */
    static RouteFile parse(String text) {
        RouteFile file = new RouteFile(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), false, new TreeSet<>());
        Object root = text == null ? null : new Load(LoadSettings.builder().build()).loadFromString(text);
        boolean configures = false;
        for (Object element : root instanceof List<?> list ? list : List.of()) {
            for (Map.Entry<?, ?> part : element instanceof Map<?, ?> map ? map.entrySet() : Map.<Object, Object>of().entrySet()) {
                String kind = String.valueOf(part.getKey());
                switch (kind) {
                    case "route", "from" -> file.add(file.routes, member(part.getValue(), "id"), kind + " without an id");
                    case "routeTemplate" -> file.add(file.templates, member(part.getValue(), "id"), kind + " without an id");
                    case "templatedRoute" -> {
                        file.add(file.routes, member(part.getValue(), "routeId"), kind + " without a routeId");
                        member(part.getValue(), "routeTemplateRef").ifPresent(file.uses::add);
                    }
                    case "routeConfiguration" -> configures = true;
                    default -> file.others.add(kind);
                }
            }
        }
        return new RouteFile(file.routes, file.templates, file.uses, configures, file.others);
    }

    private void add(Set<String> ids, Optional<String> id, String otherwise) {
        id.ifPresentOrElse(ids::add, () -> others.add(otherwise));
    }

    private static Optional<String> member(Object node, String name) {
        return node instanceof Map<?, ?> map ? Optional.ofNullable(map.get(name)).map(String::valueOf) : Optional.empty();
    }
}
