package io.cosell.webhook;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;

/**
 * Proves that a webhook delivery comes from Microsoft (contracts/partner-center.md, section 4.3): the body's RSA signature must fit a
 * certificate that comes from an allowed host, chains to a trusted root, is valid now, and is issued by Microsoft Corporation.
 *
 * <p>Only the body is signed, and no time with it: a copy of an old delivery verifies too. That does no harm, as an event is only a hint.
 * Certificate revocation is not checked. Safe for use by many threads.
 */
public final class WebhookSignature {

    private static final String SCHEME = "Signature ";
    private static final String ISSUING_ORGANISATION = "Microsoft Corporation";
    private static final int MOST_ISSUERS = 3;
    private static final Map<String, String> ALGORITHMS = Map.of(
            "rsa-sha256", "SHA256withRSA", "rsa-sha384", "SHA384withRSA", "rsa-sha512", "SHA512withRSA");

    private final WebhookConfig config;
    private final TrustedCertificates trusted;
    private final CertificateSource certificates;
    private final Clock clock;

    /**
     * Loads the trusted certificates.
     *
     * @param clock tells the instant certificates must be valid at
     * @throws IllegalArgumentException when the configured trust store can't be read; the message names the file
     */
    public WebhookSignature(WebhookConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.trusted = TrustedCertificates.load(config.trustStore(), config.trustStorePassword());
        this.certificates = new CertificateSource(config, trusted, clock);
    }

    /** A refusal on the way through the checks. */
    private static final class Refused extends Exception {

        private final transient Verdict verdict;

        Refused(Verdict verdict) {
            super(verdict.reason(), null, false, false);
            this.verdict = verdict;
        }
    }

    /**
     * Checks one delivery. May download the certificate, and then waits at most the configured timeouts; never throws for anything a sender
     * can send.
     *
     * @param body   the request's body, byte for byte as it came
     * @param header looks a request header up by name, whatever its case; null when the request has no such header
     * @return 202, or 400 or 401 with the reason
     */
    public Verdict verify(byte[] body, UnaryOperator<String> header) {
        try {
            String signatureText = signature(header);
            String url = required(header, "X-MS-Certificate-Url", "certificate-url-missing");
            String algorithm = algorithm(required(header, "X-MS-Signature-Algorithm", "algorithm-missing"));
            URI address = certificateAddress(url);
            byte[] signature = decode(signatureText);
            X509Certificate certificate = certificate(address);
            check(certificate, algorithm, body, signature);
            return Verdict.ACCEPTED;
        } catch (Refused e) {
            return e.verdict;
        }
    }

    private static String signature(UnaryOperator<String> header) throws Refused {
        for (String name : List.of("Authorization", "x-ms-signature")) {
            String value = header.apply(name);
            if (value != null && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                return value.substring(SCHEME.length()).strip();
            }
        }
        throw new Refused(Verdict.untrusted("signature-missing",
                "The delivery has no signature: neither Authorization nor x-ms-signature begins with \"Signature\"."));
    }

    private static String required(UnaryOperator<String> header, String name, String code) throws Refused {
        String value = header.apply(name);
        if (value == null || value.isBlank()) {
            throw new Refused(Verdict.malformed(code, "The delivery has no " + name + " header."));
        }
        return value.strip();
    }

    private static String algorithm(String name) throws Refused {
        String algorithm = ALGORITHMS.get(name.toLowerCase(Locale.ROOT));
        if (algorithm == null) {
            throw new Refused(Verdict.malformed("algorithm-unknown",
                    "X-MS-Signature-Algorithm is none of rsa-sha256, rsa-sha384 and rsa-sha512."));
        }
        return algorithm;
    }

    private URI certificateAddress(String text) throws Refused {
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            throw refusedAddress("is not an address");
        }
        if (!"https".equalsIgnoreCase(address.getScheme())) {
            throw refusedAddress("is not https");
        }
        if (address.getHost() == null || address.getRawUserInfo() != null || address.getRawFragment() != null) {
            throw refusedAddress("has no host, or a user name or fragment it must not have");
        }
        if (!config.certificateHosts().allows(address)) {
            throw refusedAddress("names a host or port that is not allowed (allowed: " + config.certificateHosts() + ")");
        }
        return address;
    }

    private static Refused refusedAddress(String what) {
        return new Refused(Verdict.malformed("certificate-url-refused", "X-MS-Certificate-Url " + what + "."));
    }

    private static byte[] decode(String base64) throws Refused {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new Refused(Verdict.untrusted("signature-malformed", "The signature is not base64."));
        }
    }

    /** The certificate at the address, once it has proven itself; it does so anew for every delivery. */
    private X509Certificate certificate(URI address) throws Refused {
        List<X509Certificate> file;
        try {
            file = certificates.get(address);
        } catch (IOException e) {
            throw new Refused(Verdict.untrusted("certificate-unavailable",
                    "The certificate could not be had from " + address.getHost() + ": " + e.getMessage() + "."));
        }
        X509Certificate leaf = file.get(0);
        Instant now = clock.instant();
        if (Date.from(now).before(leaf.getNotBefore()) || Date.from(now).after(leaf.getNotAfter())) {
            throw new Refused(Verdict.untrusted("certificate-expired", "The certificate is valid from " + leaf.getNotBefore().toInstant()
                    + " to " + leaf.getNotAfter().toInstant() + " only."));
        }
        if (!chains(file, now)) {
            throw new Refused(Verdict.untrusted("certificate-untrusted", "The certificate does not chain to a trusted root. If it is "
                    + "Microsoft's, add the certificate that issued it to the webhook trust store."));
        }
        if (!issuedByMicrosoft(leaf.getIssuerX500Principal())) {
            throw new Refused(Verdict.untrusted("certificate-issuer", "The certificate is not issued by O=" + ISSUING_ORGANISATION + "."));
        }
        return leaf;
    }

    /**
     * True when the file's first certificate chains to a trusted root, be it over certificates the leaf and its issuers name as their own
     * issuer. These are downloaded under the rules of the first one: over https only, and from allowed hosts only.
     */
    private boolean chains(List<X509Certificate> file, Instant now) {
        List<X509Certificate> known = new ArrayList<>(file);
        X509Certificate last = file.get(0);
        for (int step = 0; !trusted.trusts(file.get(0), known, now); step++) {
            Optional<URI> issuer = CertificateSource.issuerAddress(last).filter(config.certificateHosts()::allows);
            if (step == MOST_ISSUERS || issuer.isEmpty()) {
                return false;
            }
            try {
                last = certificates.get(issuer.get()).get(0);
                known.add(last);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    private static boolean issuedByMicrosoft(X500Principal issuer) {
        try {
            for (var rdn : new LdapName(issuer.getName(X500Principal.RFC2253)).getRdns()) {
                // Looked up by type, so that a multi-valued part is found and a name that only contains the words is not.
                var organisation = Optional.ofNullable(rdn.toAttributes().get("O"));
                if (organisation.isPresent() && Collections.list(organisation.get().getAll()).contains(ISSUING_ORGANISATION)) {
                    return true;
                }
            }
            return false;
        } catch (InvalidNameException e) {
            return false;
        } catch (NamingException e) {
            throw new IllegalStateException("Attributes in memory can't fail to be read", e);
        }
    }

    private static void check(X509Certificate certificate, String algorithm, byte[] body, byte[] signature) throws Refused {
        if (!(certificate.getPublicKey() instanceof RSAPublicKey key)) {
            throw new Refused(Verdict.untrusted("certificate-not-rsa", "The certificate holds no RSA key."));
        }
        boolean genuine;
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(body);
            genuine = verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            genuine = false; // a signature of another length than the key's is an exception rather than a "no"
        }
        if (!genuine) {
            throw new Refused(Verdict.untrusted("signature-wrong",
                    "The signature does not fit the body: it was changed, or signed by another."));
        }
    }
}
