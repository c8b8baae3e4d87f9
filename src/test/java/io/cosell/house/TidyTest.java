package io.cosell.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing is left for later. */
class TidyTest {

    private static final List<String> ENDINGS = List.of(".java", ".yaml", ".json", ".md", ".properties", ".xml", ".sql", ".html", ".js",
        ".css");
    private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b|@Dis" + "abled");

    @Test
    void nothingIsLeftForLater() {
        List<Path> files = Stream.of("src", "routes", "mappings", "docs").map(Path::of).filter(Files::isDirectory)
            .flatMap(folder -> ENDINGS.stream().flatMap(ending -> Project.files(folder, ending).stream())).toList();
        assertThat(files).isNotEmpty();
        assertThat(Project.places(Stream.concat(files.stream(), Stream.of(Path.of("README.md"), Project.SETTINGS, Path.of("pom.xml")))
            .toList(),
            LEFT_FOR_LATER)).isEmpty();
    }

    @Test
    void noTestWaitsForTimeToPass() {
        assertThat(Project.places(Project.files(Path.of("src/test/java"), ".java"),
            Pattern.compile("Thread\\.sle" + "ep|TimeUnit\\.\\w+\\.sleep")))
            .isEmpty();
    }

    @Test
    void noClassIsCutOffFromItsFolder() {
        List<Path> sources = Stream.concat(Project.files(Project.MAIN, ".java").stream(),
            Project.files(Path.of("src/test/java"), ".java").stream()).toList();
        assertThat(sources).allSatisfy(file -> {
            String name = Path.of("src").relativize(file.getParent()).toString().replaceFirst("^(main|test).java.", "").replace('\\', '/')
                .replace('/', '.');
            assertThat(Project.text(file)).contains("package " + name + ";");
        });
    }
}
