package io.cosell.flow;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The shared secret of a webhook that is not signed. Bean {@code doorKey}. */
public final class DoorKey {

    private final byte[] key;

    /** @param key the secret; with an empty one no key fits */
    public DoorKey(String key) {
        this.key = key.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a given key is the right one; takes the same time for a wrong key whatever is wrong about it. */
    public boolean fits(String given) {
        return key.length > 0 && given != null && MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
    }
}
