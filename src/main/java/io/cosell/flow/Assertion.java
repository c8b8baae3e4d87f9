package io.cosell.flow;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cosell.lane.TemporaryFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/** A signed assertion of who asks for a token (JWT, RS256), by the signature classes of the Java runtime. */
final class Assertion {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Assertion() {
    }

    /**
     * Signs.
     *
     * @param issuer   the app
     * @param subject  the user it vouches for
     * @param audience who is to believe it
     * @param end      until when
     * @param key      an RSA key
     */
    static String signed(String issuer, String subject, String audience, Instant end, PrivateKey key) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String text = encoded(json.objectNode().put("alg", "RS256").toString()) + "."
            + encoded(json.objectNode().put("iss", issuer).put("sub", subject).put("aud", audience).put("exp", end.getEpochSecond()).toString());
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new TemporaryFailure("The assertion for the sign-in can't be signed: " + e.getMessage() + " The key must be an RSA key.");
        }
    }

    private static String encoded(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The private key in a key store.
     *
     * @param file  PKCS12
     * @param alias name of the key; empty for the only one
     */
    static PrivateKey key(Path file, String password, String alias) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, password.toCharArray());
            List<String> names = alias.isEmpty() ? Collections.list(store.aliases()) : List.of(alias);
            if (names.size() == 1 && store.getKey(names.get(0), password.toCharArray()) instanceof PrivateKey key) {
                return key;
            }
            throw new TemporaryFailure("The key store " + file + " has " + (names.size() == 1 ? "no private key named " + names.get(0)
                : names.size() + " entries; name the one with the private key in key-alias") + ".");
        } catch (IOException | GeneralSecurityException e) {
            throw new TemporaryFailure("The key store " + file + " can't be read: " + e.getMessage() + ". Check the file and its password.");
        }
    }
}
