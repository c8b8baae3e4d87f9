package io.cosell.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs every example under mappings/examples through its spec, and sees to it that each spec has some. */
class MappingExamplesTest {

    private static final String INPUT = ".input.json";
    private static final String EXPECTED = ".expected.json";
    private static Mappings mappings;

    @BeforeAll
    static void start() {
        mappings = Mappings.shipped();
    }

    @AfterAll
    static void stop() {
        mappings.close();
    }

    @TestFactory
    Stream<DynamicTest> examples() {
        return files().stream().filter(file -> file.endsWith(INPUT)).map(file -> {
            String example = file.substring(0, file.length() - INPUT.length());
            return DynamicTest.dynamicTest(example, Mappings.EXAMPLES.resolve(file).toUri(), () -> check(example));
        });
    }

    private static void check(String example) {
        Path expected = Mappings.EXAMPLES.resolve(example + EXPECTED);
        JsonNode actual = mappings.run(spec(example), Mappings.read(Mappings.EXAMPLES.resolve(example + INPUT)));
        if (!Files.exists(expected)) {
            fail(expected + " is missing. The spec makes of its input:\n" + actual.toPrettyString());
        }
        List<String> differences = Mappings.differences(Mappings.read(expected), actual);
        if (!differences.isEmpty()) {
            fail(example + " differs:\n  " + String.join("\n  ", differences) + "\nThe spec makes of its input:\n" + actual.toPrettyString());
        }
    }

    @Test
    void everySpecHasExamplesAndEveryExampleASpec() {
        Map<String, Long> examples = files().stream().filter(file -> file.endsWith(INPUT))
            .collect(Collectors.groupingBy(MappingExamplesTest::spec, Collectors.counting()));
        assertThat(new TreeSet<>(examples.keySet())).as("specs with examples").isEqualTo(new TreeSet<>(Mappings.specs()));
        assertThat(files()).as("files that belong to no example").allMatch(file -> file.endsWith(INPUT)
            || file.endsWith(EXPECTED) && files().contains(file.replaceFirst("\\.expected\\.json$", INPUT)));
    }

    @Test
    void comparisonIsStrict() {
        assertThat(Mappings.differences(Mappings.json("{\"a\":1,\"b\":[1,2]}"), Mappings.json("{\"b\":[1.0,2],\"a\":1.00}"))).isEmpty();
        assertThat(Mappings.differences(Mappings.json("{\"a\":null,\"b\":\"1\",\"c\":[1,2]}"), Mappings.json("{\"b\":1,\"c\":[2,1,3]}")))
            .containsExactly("/a: expected null, but was nothing", "/b: expected \"1\", but was 1", "/c/0: expected 1, but was 2",
                "/c/1: expected 2, but was 1", "/c/2: expected nothing, but was 3");
    }

    private static String spec(String file) {
        return file.substring(0, file.lastIndexOf('/'));
    }

    private static List<String> files() {
        try (Stream<Path> files = Files.walk(Mappings.EXAMPLES)) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("settings.properties")).map(file -> Mappings.EXAMPLES.relativize(file).toString().replace('\\', '/'))
                .sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
