package io.cosell.flow;

import io.cosell.store.DataFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Keeps the newest refresh token of an account in a file that only its owner can read, because the sign-in service hands out a new one with
 * each use and lets the first one run out after 90 days. The first one comes from the settings or from {@code login}; one that the
 * operator sets anew wins over the file.
 */
public final class RefreshTokenFile {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path folder;

    /** @param folder folder of the files; made if it is not there */
    public RefreshTokenFile(Path folder) {
        this.folder = folder;
    }

    /** Where the token of an account is kept, whether it is there or not. */
    public Path file(String account) {
        return folder.resolve(account + ".refresh-token");
    }

    /**
     * The token to use.
     *
     * @param account    settings group of the account, such as {@code partner-center}
     * @param configured the token of the settings, empty if they have none
     * @return the newest one that stems from the configured one; without a configured one, whatever the file holds; empty if there is none
     */
    public synchronized String newest(String account, String configured) {
        if (!Files.exists(file(account))) {
            return configured;
        }
        try {
            List<String> lines = Files.readAllLines(file(account));
            boolean stems = lines.size() == 2 && (configured.isEmpty() || lines.get(0).equals(fingerprint(configured)));
            return stems ? lines.get(1) : configured;
        } catch (IOException e) {
            throw new UncheckedIOException("The refresh token can't be read from " + file(account) + ".", e);
        }
    }

    /** Keeps a renewed token; does nothing for accounts that have none so far. */
    public synchronized void keep(String account, String configured, String renewed) {
        String newest = newest(account, configured);
        if (!newest.isEmpty() && !renewed.equals(newest)) {
            signedIn(account, configured, renewed);
        }
    }

    /** Keeps the token of a new sign-in. It is used from now on, also by a connector that runs, until another one is configured. */
    public synchronized void signedIn(String account, String configured, String token) {
        Path file = file(account);
        try {
            DataFolder.make(folder);
            Path next = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(next);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(next, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            Files.writeString(next, fingerprint(configured) + "\n" + token + "\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The refresh token can't be written to " + file + ".", e);
        }
    }

    private static String fingerprint(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
