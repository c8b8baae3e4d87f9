package io.cosell.flow;

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
 * Keeps the newest refresh token in a file that only its owner can read, because the sign-in service hands out a new one with each
 * use and lets the first one run out after 90 days. A token the operator sets anew wins over the file.
 */
public final class RefreshTokenFile {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path file;

    /** @param folder folder of the file; made if it is not there */
    public RefreshTokenFile(Path folder) {
        this.file = folder.resolve("partner-center.refresh-token");
    }

    /**
     * The token to use.
     *
     * @param configured the token of the settings, empty if the account has none
     * @return the newest one that stems from the configured one; empty if none is configured
     */
    public synchronized String newest(String configured) {
        if (configured.isEmpty() || !Files.exists(file)) {
            return configured;
        }
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() == 2 && lines.get(0).equals(fingerprint(configured)) ? lines.get(1) : configured;
        } catch (IOException e) {
            throw new UncheckedIOException("The refresh token can't be read from " + file + ".", e);
        }
    }

    /** Keeps a renewed token; does nothing for accounts without a configured one. */
    public synchronized void keep(String configured, String renewed) {
        if (configured.isEmpty() || renewed.equals(newest(configured))) {
            return;
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path next = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(next);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(next, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            Files.writeString(next, fingerprint(configured) + "\n" + renewed + "\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The renewed refresh token can't be written to " + file + ".", e);
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
