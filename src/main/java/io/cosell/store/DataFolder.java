package io.cosell.store;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder that holds the store and the refresh tokens. */
public final class DataFolder {

    private DataFolder() {
    }

    /**
     * Makes the folder if it is not there. It holds the partner's deals and tokens: others on the machine have no business in it. A
     * folder that is there keeps its permissions.
     */
    public static void make(Path folder) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(folder.toAbsolutePath(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(folder.toAbsolutePath());
        }
    }
}
