package io.cosell.sandbox.partnercenter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.EnumMap;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Keys and certificates of the sandbox's webhooks (section 4.3), new for every process. Immutable and thread-safe.
 *
 * <p>All signers use the same RSA key, so a receiver that skips the check of the chain or of the issuer takes the bad ones too.
 */
public final class SandboxCertificates {

    /** Password of every key store made here. */
    public static final String PASSWORD = "sandbox";

    /** Whose certificate goes with a signature. */
    public enum Signer {
        /** Issued by an authority that is trusted and whose name holds {@code O=Microsoft Corporation}: the good one. */
        TRUSTED("pcnotifications-dispatch.microsoft.com.cer"),
        /** The issuer has the right name, and is not in the trust store. */
        UNTRUSTED("untrusted.cer"),
        /** The issuer is in the trust store, and is not Microsoft. */
        WRONG_ISSUER("wrong-issuer.cer");

        private final String file;

        Signer(String file) {
            this.file = file;
        }

        /** File name under which the certificate is served. */
        public String file() {
            return file;
        }
    }

    private static final Date FROM = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final Date TO = Date.from(Instant.parse("2099-12-31T00:00:00Z"));
    private static final X500Name MICROSOFT = new X500Name("CN=Sandbox CA, O=Microsoft Corporation, C=US");
    private static final X500Name DISPATCH = new X500Name("CN=pcnotifications-dispatch.microsoft.com, O=Microsoft Corporation, C=US");

    private final KeyPair signing;
    private final Map<Signer, X509Certificate> leaves = new EnumMap<>(Signer.class);
    private final KeyStore trustStore;
    private final byte[] serverKeyStore;

    private record Authority(X500Name name, KeyPair keys, X509Certificate certificate) {
    }

    private SandboxCertificates() throws GeneralSecurityException, OperatorCreationException, IOException {
        signing = keys("RSA", 2048);
        Authority microsoft = authority(MICROSOFT);
        Authority stranger = authority(MICROSOFT);
        Authority other = authority(new X500Name("CN=Other CA, O=Fabrikam, C=US"));
        leaves.put(Signer.TRUSTED, issue(microsoft, DISPATCH, signing.getPublic(), false));
        leaves.put(Signer.UNTRUSTED, issue(stranger, DISPATCH, signing.getPublic(), false));
        leaves.put(Signer.WRONG_ISSUER, issue(other, DISPATCH, signing.getPublic(), false));
        trustStore = emptyStore();
        trustStore.setCertificateEntry("sandbox-ca", microsoft.certificate());
        trustStore.setCertificateEntry("other-ca", other.certificate());
        KeyPair server = keys("EC", 256);
        X509Certificate serverCertificate = issue(microsoft, new X500Name("CN=localhost"), server.getPublic(), false);
        KeyStore serverStore = emptyStore();
        serverStore.setKeyEntry("server", server.getPrivate(), PASSWORD.toCharArray(), new Certificate[] {serverCertificate});
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        serverStore.store(bytes, PASSWORD.toCharArray());
        serverKeyStore = bytes.toByteArray();
    }

    /** Those of this process. They are made when they are first asked for, which takes some tenths of a second. */
    public static SandboxCertificates ofThisProcess() {
        return OfThisProcess.CERTIFICATES;
    }

    private static final class OfThisProcess {
        private static final SandboxCertificates CERTIFICATES = make();

        private static SandboxCertificates make() {
            try {
                return new SandboxCertificates();
            } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
                throw new IllegalStateException("The sandbox could not make its certificates: " + e, e);
            }
        }
    }

    /** Signature of these bytes by the webhook key, RSA PKCS#1 v1.5 with SHA-256, in base64. */
    public String sign(byte[] body) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signing.getPrivate());
            signature.update(body);
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The sandbox could not sign: " + e, e);
        }
    }

    /** Signature as {@link #sign}, of a body that is not the one sent: never verifies. */
    String brokenSignature(byte[] body) {
        byte[] other = Arrays.copyOf(body, body.length + 1);
        return sign(other);
    }

    /** Certificate of a signer, issued directly by its authority. */
    public X509Certificate certificate(Signer signer) {
        return leaves.get(signer);
    }

    /** A key store of trusted authorities: the sandbox's own, and another one that is not Microsoft. */
    public KeyStore trustStore() {
        return trustStore;
    }

    /**
     * Writes {@link #trustStore} as PKCS12 with the password {@link #PASSWORD}.
     *
     * @param directory an existing directory
     * @return the file {@code sandbox-trust.p12} in it
     */
    public Path writeTrustStore(Path directory) {
        Path file = directory.resolve("sandbox-trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trustStore.store(out, PASSWORD.toCharArray());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The sandbox could not write its trust store to " + file + ": " + e, e);
        }
    }

    /** PKCS12 key store with the TLS certificate for 127.0.0.1 and localhost. */
    public byte[] serverKeyStore() {
        return serverKeyStore.clone();
    }

    private static Authority authority(X500Name name) throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPair keys = keys("EC", 256);
        Authority unsigned = new Authority(name, keys, null);
        return new Authority(name, keys, issue(unsigned, name, keys.getPublic(), true));
    }

    private static X509Certificate issue(Authority by, X500Name subject, PublicKey key, boolean authority)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        BigInteger serial = new BigInteger(64, new SecureRandom()).add(BigInteger.ONE);
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(by.name(), serial, FROM, TO, subject, key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
        }
        return new JcaX509CertificateConverter()
            .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.keys().getPrivate())));
    }

    private static KeyPair keys(String algorithm, int size) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(size);
        return generator.generateKeyPair();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
