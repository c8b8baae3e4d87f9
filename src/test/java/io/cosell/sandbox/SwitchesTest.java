package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The document of the sandboxes shows every switch as it is. */
class SwitchesTest {

    private static final Path DOCUMENT = Path.of("docs/sandbox.md");

    @Test
    void theDocumentShowsEverySwitchOfEverySystemAndNoOther() throws IOException {
        List<String> shown = Files.readAllLines(DOCUMENT).stream().filter(line -> line.matches("\\| `[A-Z0-9_]+` \\| [\\d., ]+ \\|.*")).toList();
        try (Sandboxes sandboxes = Sandboxes.start()) {
            List<String> all = sandboxes.systems().stream().flatMap(system -> system.switches().all().stream()).map(SwitchesTest::row).toList();
            assertThat(shown).containsExactlyElementsOf(all);
        }
    }

    private static String row(Switch which) {
        return "| `" + which.name() + "` | " + which.section() + " | " + which.on().replace("|", "\\|") + " | "
            + which.off().replace("|", "\\|") + " |";
    }
}
