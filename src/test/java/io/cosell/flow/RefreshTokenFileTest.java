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
        assertThat(file().newest("partner-center", "first")).isEqualTo("first");
        file().keep("partner-center", "first", "second");
        assertThat(file().newest("partner-center", "first")).isEqualTo("second");
        file().keep("partner-center", "first", "third");
        assertThat(file().newest("partner-center", "first")).isEqualTo("third");
    }

    @Test
    void aTokenTheOperatorSetsAnewWins() {
        file().keep("partner-center", "first", "second");
        assertThat(file().newest("partner-center", "fresh")).isEqualTo("fresh");
        file().keep("partner-center", "fresh", "fresh-2");
        assertThat(file().newest("partner-center", "fresh")).isEqualTo("fresh-2");
        assertThat(file().newest("partner-center", "first")).isEqualTo("first");
    }

    @Test
    void onlyItsOwnerReadsTheFileAndTheConfiguredTokenIsNotInIt() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        file().keep("partner-center", "configured-token", "second");
        file().keep("partner-center", "configured-token", "third");
        assertThat(files()).singleElement().satisfies(file -> {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(Files.readString(file)).doesNotContain("configured-token").contains("third");
        });
    }

    @Test
    void theFolderItMakesIsOpenToItsOwnerAlone() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        file().signedIn("partner-center", "", "of the sign-in"); // login comes before the first start of the store
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data")))).isEqualTo("rwx------");
    }

    @Test
    void accountsWithoutAConfiguredTokenKeepNone() {
        file().keep("partner-center", "", "second");
        assertThat(file().newest("partner-center", "")).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void theTokenOfASignInStandsForTheConfiguredOneAndNeedsNone() {
        file().signedIn("partner-center", "", "of the sign-in");
        assertThat(file().newest("partner-center", "")).isEqualTo("of the sign-in");
        assertThat(file().newest("dynamics365", "")).as("another account").isEmpty();
        file().keep("partner-center", "", "renewed");
        assertThat(file().newest("partner-center", "")).isEqualTo("renewed");
        assertThat(file().newest("partner-center", "set later")).isEqualTo("set later");

        file().signedIn("partner-center", "set later", "of the next sign-in");
        assertThat(file().newest("partner-center", "set later")).isEqualTo("of the next sign-in");
        assertThat(file().newest("partner-center", "")).as("when the setting is taken away").isEqualTo("of the next sign-in");
    }

    @Test
    void aFileThatIsNotWholeIsNotUsed() throws IOException {
        file().keep("partner-center", "first", "second");
        Files.writeString(files().get(0), "half");
        assertThat(file().newest("partner-center", "first")).isEqualTo("first");
        file().keep("partner-center", "first", "third");
        assertThat(file().newest("partner-center", "first")).isEqualTo("third");
    }

    @Test
    void whatACrashLeftHalfWrittenIsReplaced() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/partner-center.refresh-token.new"), "left over");
        file().keep("partner-center", "first", "second");
        assertThat(file().newest("partner-center", "first")).isEqualTo("second");
        assertThat(files()).hasSize(1);
    }
}
