package io.cosell.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.cosell.config.SettingType;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every setting is described where it stands, listed in the documents, and there if something uses it. */
class SettingsFileTest {

    private static final Path DOCUMENT = Path.of("docs/settings.md");
    private static final Pattern USED = Pattern.compile("\\{\\{[?!]?(cosell\\.[A-Za-z0-9.-]+)(:[^}]*)?}}");
    private static final Pattern USED_IN_JAVA = Pattern.compile("\"(cosell\\.[a-z0-9-]+(\\.[a-z0-9-]+)*)\"");
    /** What the connector sets itself at its start, and the name of the store's file. */
    private static final Set<String> NO_SETTINGS = Set.of("cosell.mappings", "cosell.db");

    /** The file of the connector, and those in the folders of CRMs. */
    private static List<Path> files() {
        return Stream.concat(Stream.of(Project.SETTINGS), Project.files(Project.ROUTES, ".properties").stream()).toList();
    }

    private static Set<String> settings() {
        Properties properties = new Properties();
        for (Path path : files()) {
            try (Reader file = Files.newBufferedReader(path, UTF_8)) {
                properties.load(file);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return properties.stringPropertyNames().stream().filter(name -> name.startsWith("cosell."))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The comment lines directly above each setting. */
    private static Map<String, List<String>> comments() {
        Map<String, List<String>> comments = new LinkedHashMap<>();
        List<String> above = new ArrayList<>();
        for (String line : files().stream().flatMap(file -> Project.text(file).lines()).toList()) {
            if (line.startsWith("#")) {
                above.add(line.substring(1).strip());
            } else {
                if (line.startsWith("cosell.")) {
                    comments.put(line.substring(0, line.indexOf('=')).strip(), List.copyOf(above));
                }
                above.clear();
            }
        }
        return comments;
    }

    @Test
    void eachSettingHasADescriptionAndAType() {
        Map<String, List<String>> comments = comments();
        assertThat(comments.keySet()).containsExactlyInAnyOrderElementsOf(settings());
        assertThat(comments).allSatisfy((name, lines) -> {
            assertThat(lines).as("comment of " + name).hasSizeGreaterThanOrEqualTo(2);
            assertThat(lines.get(0)).as("description of " + name).matches("[A-Z].*[.].*");
            assertThat(lines.get(lines.size() - 1)).as("type of " + name).startsWith("type: ");
            assertThatCode(() -> SettingType.parse(lines.get(lines.size() - 1).substring("type: ".length())
                .replaceFirst(", (optional|if \\S+ is \\S+)$", ""), List.of()))
                .as("type of " + name).doesNotThrowAnyException();
        });
    }

    @Test
    void aCrmsOwnFileHoldsItsOwnSettingsOnly() {
        for (Path file : Project.files(Project.ROUTES, ".properties")) {
            String crm = file.getParent().getFileName().toString();
            assertThat(file.getFileName()).hasToString(crm + ".properties");
            assertThat(Project.text(file).lines().filter(line -> line.contains("=") && !line.startsWith("#")))
                .isNotEmpty().allMatch(line -> line.startsWith("cosell." + crm + "."));
        }
    }

    @Test
    void secretsHaveNoValueInTheFile() {
        String files = files().stream().map(Project::text).collect(Collectors.joining("\n"));
        comments().forEach((name, lines) -> {
            if (lines.get(lines.size() - 1).startsWith("type: secret")) {
                assertThat(files).as("value of " + name)
                    .containsPattern("(?m)^" + Pattern.quote(name) + " =( *| \\{\\{env:[A-Z0-9_]+:?}})$");
            }
        });
    }

    @Test
    void eachSettingIsInTheDocuments() {
        assertThat(DOCUMENT).exists();
        String document = Project.text(DOCUMENT);
        assertThat(settings()).allSatisfy(name -> assertThat(document).contains(name));
    }

    @Test
    void whatIsUsedIsThere() {
        Set<String> used = new TreeSet<>();
        Stream.of(Project.files(Project.ROUTES, ".yaml"), Project.files(Project.MAPPINGS, ".json"), files())
            .flatMap(List::stream).forEach(file -> USED.matcher(Project.text(file)).results().forEach(found -> used.add(found.group(1))));
        Project.files(Project.MAIN, ".java").forEach(file ->
            USED_IN_JAVA.matcher(Project.text(file)).results().forEach(found -> used.add(found.group(1))));
        used.removeAll(NO_SETTINGS);
        assertThat(used).isNotEmpty().isSubsetOf(settings());
    }

    @Test
    void whatIsThereIsUsed() {
        String everything = Stream.of(Project.files(Project.ROUTES, ".yaml"), Project.files(Project.MAPPINGS, ".json"),
            Project.files(Project.MAIN, ".java")).flatMap(List::stream).map(Project::text).collect(Collectors.joining("\n"));
        // Put together from names: secrets from the account's (io.cosell.flow.Tokens), the CRM's own fields from the CRM's.
        assertThat(settings()).filteredOn(name -> !name.matches(".*\\.(client-id|client-secret|refresh-token|user-name|key-store|key-store-password|key-alias)"))
            .filteredOn(name -> !name.matches("cosell\\.[a-z0-9]+\\.(deal-value-field|deal-currency-field|customer-country-field|name-length)"))
            .allSatisfy(name -> assertThat(everything).contains(name));
    }
}
