package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefreshTokenFileTest {

    @TempDir
    Path folder;

    private RefreshTokenFile file() {
        return new RefreshTokenFile(folder.resolve("data"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data"))) {
            return files.toList();
        }
    }

    @Test
    void theRenewedTokenIsUsedAlsoAfterARestart() {
        assertThat(file().newest("first")).isEqualTo("first");
        file().keep("first", "second");
        assertThat(file().newest("first")).isEqualTo("second");
        file().keep("first", "third");
        assertThat(file().newest("first")).isEqualTo("third");
    }

    @Test
    void aTokenTheOperatorSetsAnewWins() {
        file().keep("first", "second");
        assertThat(file().newest("fresh")).isEqualTo("fresh");
        file().keep("fresh", "fresh-2");
        assertThat(file().newest("fresh")).isEqualTo("fresh-2");
        assertThat(file().newest("first")).isEqualTo("first");
    }

    @Test
    void onlyItsOwnerReadsTheFileAndTheConfiguredTokenIsNotInIt() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        file().keep("configured-token", "second");
        file().keep("configured-token", "third");
        assertThat(files()).singleElement().satisfies(file -> {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(Files.readString(file)).doesNotContain("configured-token").contains("third");
        });
    }

    @Test
    void accountsWithoutAConfiguredTokenKeepNone() {
        file().keep("", "second");
        assertThat(file().newest("")).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aFileThatIsNotWholeIsNotUsed() throws IOException {
        file().keep("first", "second");
        Files.writeString(files().get(0), "half");
        assertThat(file().newest("first")).isEqualTo("first");
        file().keep("first", "third");
        assertThat(file().newest("first")).isEqualTo("third");
    }

    @Test
    void whatACrashLeftHalfWrittenIsReplaced() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/partner-center.refresh-token.new"), "left over");
        file().keep("first", "second");
        assertThat(file().newest("first")).isEqualTo("second");
        assertThat(files()).hasSize(1);
    }
}
