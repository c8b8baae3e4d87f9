package io.cosell.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that can't be opened says which it is, why, and what to look at. */
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
        cannotBeOpened("jdbc:sqlite:" + file + "/cosell.db", "The folder of the store, " + file + ", can't be made", "cosell.store.url");
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

    private static void cannotBeOpened(String url, String... told) {
        assertThatThrownBy(() -> Database.open(url, null, null).close()).isInstanceOf(IllegalStateException.class)
            .hasMessageContainingAll(told).hasMessageNotContainingAny("secret", "pool");
    }
}
