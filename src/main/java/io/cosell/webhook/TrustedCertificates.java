package io.cosell.webhook;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The certificates trusted to begin a chain: those of the Java runtime and those of one more trust store, if there is one. */
public final class TrustedCertificates {

    private final Set<TrustAnchor> anchors;
    private final SSLContext sslContext;
    private final TrustManager[] managers;

    private TrustedCertificates(Set<TrustAnchor> anchors, SSLContext sslContext, TrustManager[] managers) {
        this.anchors = anchors;
        this.sslContext = sslContext;
        this.managers = managers;
    }

    /**
     * Reads them.
     *
     * @param trustStore PKCS12 or JKS file with further ones, if there is one
     * @param password   of that file
     * @throws IllegalArgumentException when the trust store can't be read; the message names the file
     */
    public static TrustedCertificates load(Optional<Path> trustStore, String password) {
        try {
            KeyStore merged = KeyStore.getInstance(KeyStore.getDefaultType());
            merged.load(null, null);
            int number = 0;
            for (X509Certificate certificate : acceptedBy(trustManagers(null))) {
                merged.setCertificateEntry("runtime-" + number++, certificate);
            }
            if (trustStore.isPresent()) {
                KeyStore extra = read(trustStore.get(), password);
                for (String alias : Collections.list(extra.aliases())) {
                    merged.setCertificateEntry("extra-" + number++, extra.getCertificate(alias));
                }
            }
            TrustManager[] managers = trustManagers(merged);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            Set<TrustAnchor> anchors = acceptedBy(managers).stream()
                    .map(certificate -> new TrustAnchor(certificate, null)).collect(Collectors.toUnmodifiableSet());
            return new TrustedCertificates(anchors, context, managers);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("The Java runtime's own trusted certificates can't be read: " + e.getMessage(), e);
        }
    }

    private static KeyStore read(Path file, String password) {
        try {
            return KeyStore.getInstance(new File(file.toString()), password.toCharArray());
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("The trust store " + file + " can't be read (" + e.getMessage()
                    + "). Give a PKCS12 or JKS file and its password.", e);
        }
    }

    private static TrustManager[] trustManagers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<X509Certificate> acceptedBy(TrustManager[] managers) {
        return Arrays.stream(managers).filter(X509TrustManager.class::isInstance).map(X509TrustManager.class::cast)
                .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers())).toList();
    }

    /** What a TLS client that trusts the same certificates decides by. */
    public TrustManager[] trustManagers() {
        return managers.clone();
    }

    /** TLS settings that trust the same certificates. */
    SSLContext sslContext() {
        return sslContext;
    }

    /**
     * True when a chain from the leaf over some of the helpers to a trusted certificate can be built and was valid at that instant.
     * Revocation is not checked.
     */
    boolean trusts(X509Certificate leaf, List<X509Certificate> helpers, Instant at) {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(helpers)));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
