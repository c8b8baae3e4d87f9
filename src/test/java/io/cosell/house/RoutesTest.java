package io.cosell.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What holds for every route file. */
class RoutesTest {

    private static final String ENDING = ".camel.yaml";
    private static final Set<String> KINDS = Set.of("route", "routeTemplate", "templatedRoute", "routeConfiguration");

    private static List<Path> all() {
        return Project.files(Project.ROUTES, ENDING);
    }

    private static List<Path> flows() {
        return Project.files(Project.ROUTES, ENDING, 1);
    }

    @Test
    void noFlowNamesACrm() {
        assertThat(flows()).isNotEmpty();
        assertThat(Project.places(flows(), Pattern.compile("(?i)dynamics|dataverse|salesforce|msft_|microsoft\\.dynamics|"
            + String.join("|", Project.crms())))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> eachFileIsNamedAfterItsFirstRouteAndEachRouteSaysWhatItIsFor() {
        return all().stream().map(file -> DynamicTest.dynamicTest(file.toString(), () -> {
            List<Map<?, ?>> elements = elements(file);
            assertThat(elements).isNotEmpty().allSatisfy(element -> assertThat(KINDS).containsAll(strings(element.keySet())));
            String name = file.getFileName().toString().replace(ENDING, "");
            elements.stream().filter(element -> element.containsKey("route") || element.containsKey("routeTemplate")).findFirst()
                .ifPresent(first -> assertThat(member(first.values().iterator().next(), "id")).isEqualTo(name));
            for (Map<?, ?> element : elements) {
                if (element.containsKey("route") || element.containsKey("routeTemplate")) {
                    Object route = element.values().iterator().next();
                    assertThat(member(route, "description")).as("description of " + member(route, "id")).isInstanceOf(String.class)
                        .asString().isNotBlank();
                }
            }
            assertThat(Project.text(file).lines().skip(1).findFirst()).as("what it does, in words, below the schema").hasValueSatisfying(line ->
                assertThat(line).startsWith("# "));
        }));
    }

    @Test
    void noHeaderOfTheOutsideWorldGetsPastTheFirstStep() {
        List<String> doors = new ArrayList<>();
        eachRoute((file, route) -> {
            Object from = member(route, "from");
            if (String.valueOf(member(from, "uri")).startsWith("platform-http:")) {
                doors.add(file.toString());
                Object firstStep = ((List<?>) member(from, "steps")).get(0);
                assertThat(((Map<?, ?>) firstStep).keySet()).as("first step in " + file).isEqualTo(Set.of("removeHeaders"));
                assertThat(member(member(firstStep, "removeHeaders"), "pattern")).as("removed headers in " + file).isEqualTo("*");
            }
        });
        assertThat(doors).isNotEmpty();
    }

    @Test
    void logsHoldNoBodiesHeadersOrSecrets() {
        Pattern inside = Pattern.compile("\\$\\{(in)?(body|header|exchange(?!Id)|variables}|messageAs|prettyBody|bodyAs|bodyOneLine)"
            + "|\\{\\{(env:|[^}]*(secret|password|refresh-token|-key))|token", Pattern.CASE_INSENSITIVE);
        List<String> found = new ArrayList<>();
        eachRoute((file, route) -> eachMember(route, (name, value) -> {
            if (name.equals("log")) {
                String message = value instanceof Map<?, ?> log ? String.valueOf(log.get("message")) : String.valueOf(value);
                inside.matcher(message).results().forEach(match -> found.add(file + ": " + match.group() + " in \"" + message + "\""));
            } else if (name.equals("uri") && String.valueOf(value).startsWith("log:")) {
                found.add(file + ": " + value + " would log whole messages");
            }
        }));
        assertThat(found).isEmpty();
    }

    private static void eachRoute(BiConsumer<Path, Object> check) {
        for (Path file : all()) {
            for (Map<?, ?> element : elements(file)) {
                check.accept(file, element.values().iterator().next());
            }
        }
    }

    private static void eachMember(Object node, BiConsumer<String, Object> check) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                check.accept(String.valueOf(name), value);
                eachMember(value, check);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(element -> eachMember(element, check));
        }
    }

    private static Object member(Object node, String name) {
        return node instanceof Map<?, ?> map ? map.get(name) : null;
    }

    private static List<String> strings(Set<?> values) {
        return values.stream().map(String::valueOf).toList();
    }

    private static List<Map<?, ?>> elements(Path file) {
        List<Map<?, ?>> elements = new ArrayList<>();
        for (Object element : (List<?>) new Load(LoadSettings.builder().build()).loadFromString(Project.text(file))) {
            elements.add((Map<?, ?>) element);
        }
        return elements;
    }
}
