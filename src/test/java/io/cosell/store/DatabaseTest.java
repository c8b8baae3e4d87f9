package io.cosell.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening a store: only its owner reads what it makes, and if it can't be opened it says which it is, why, and what to look at. */
class DatabaseTest {

    @TempDir
    private Path folder;

    @Test
    void aFileThatIsNoDatabase() throws IOException {
        Path file = Files.writeString(folder.resolve("letter.db"), "Dear partner, ".repeat(1000));
        cannotBeOpened("jdbc:sqlite:" + file, "cosell.store.url = jdbc:sqlite:" + file, "not a database");
    }

    @Test
    void aFolderThatIsAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("data"), "");
        cannotBeOpened("jdbc:sqlite:" + file + "/cosell.db", "The file of the store, " + file + "/cosell.db, can't be made", "cosell.store.url");
    }

    @Test
    void aServerThatIsNotThere() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        String url = "jdbc:postgresql://127.0.0.1:" + free + "/cosell";
        cannotBeOpened(url + "?password=secret", "cosell.store.url = " + url + ")", "refused", "cosell.store.user");
    }

    @Test
    void onlyItsOwnerReadsTheFilesOfANewStoreWhateverTheFolder() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        try (HikariDataSource store = Database.open("jdbc:sqlite:" + folder.resolve("cosell.db"), null, null);
             Stream<Path> files = Files.list(folder)) {
            assertThat(store.isRunning()).isTrue();
            assertThat(files).hasSizeGreaterThan(1).allSatisfy(file ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
        }
    }

    private static void cannotBeOpened(String url, String... told) {
        assertThatThrownBy(() -> Database.open(url, null, null).close()).isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll(told).hasMessageNotContainingAny("secret", "pool");
    }
}
