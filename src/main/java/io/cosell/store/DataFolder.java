package io.cosell.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The folder that holds the store and the refresh tokens. They hold the partner's deals and tokens: others on the machine have no
 * business in it, so what is made is open to its owner alone. What is there keeps its permissions.
 */
public final class DataFolder {

    private DataFolder() {
    }

    /** Makes the folder if it is not there. */
    public static void make(Path folder) throws IOException {
        Files.createDirectories(folder.toAbsolutePath(), ownersAlone("rwx------"));
    }

    /** Makes an empty file if it is not there, and its folder. */
    static void makeFile(Path file) throws IOException {
        make(file.toAbsolutePath().getParent());
        try {
            Files.createFile(file, ownersAlone("rw-------"));
        } catch (FileAlreadyExistsException e) {
            // It is there, and keeps its permissions.
        }
    }

    private static FileAttribute<?>[] ownersAlone(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
            : new FileAttribute<?>[0];
    }
}
