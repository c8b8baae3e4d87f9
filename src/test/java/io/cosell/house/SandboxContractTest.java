package io.cosell.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/sandbox-contract.md names a test for each behaviour of the sandboxes; every one of them is there. */
class SandboxContractTest {

    private static final Path DOCUMENT = Path.of("docs/sandbox-contract.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern TEST = Pattern.compile("(?:([a-z]+)\\.)?([A-Z]\\w*)?(?:\\.(\\w+|\\*))?");
    private static final int FEWEST_ROWS = 150;

    @Test
    void everyTestThatTheDocumentNamesIsThere() {
        Map<String, List<Path>> classes = Project.files(Path.of("src/test/java/io/cosell"), ".java").stream()
            .collect(Collectors.groupingBy(file -> file.getFileName().toString().replace(".java", "")));
        List<String> rows = Project.text(DOCUMENT).lines().filter(line -> line.startsWith("| ") && !line.startsWith("| Behaviour |"))
            .toList();
        List<String> missing = new ArrayList<>();
        for (String row : rows) {
            String[] cells = row.split("(?<!\\\\)\\|");
            List<Path> named = List.of();
            Matcher code = CODE.matcher(cells[cells.length - 1]);
            boolean any = false;
            while (code.find()) {
                any = true;
                Matcher test = TEST.matcher(code.group(1));
                if (!test.matches()) {
                    missing.add(code.group(1) + " is no name of a test: " + row);
                    continue;
                }
                named = test.group(2) == null ? named : in(test.group(1), classes.getOrDefault(test.group(2), List.of()));
                if (named.stream().noneMatch(file -> has(file, test.group(3)))) {
                    missing.add(code.group(1) + " is not there: " + row);
                }
            }
            if (!any) {
                missing.add("no test is named: " + row);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(rows).hasSizeGreaterThan(FEWEST_ROWS);
    }

    private static List<Path> in(String folder, List<Path> files) {
        return folder == null ? files : files.stream().filter(file -> file.getParent().getFileName().toString().equals(folder)).toList();
    }

    private static boolean has(Path file, String method) {
        return method == null || method.equals("*") || Pattern.compile("\\b" + method + "\\(").matcher(Project.text(file)).find();
    }
}
