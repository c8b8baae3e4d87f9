package io.cosell.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/**
 * Downloads certificates and keeps them for a while. For one address there is at most one download at a time; whoever asks meanwhile waits
 * for the same one. A failure is kept only briefly, so that it neither outlives its cause nor lets a sender start a download per request.
 */
final class CertificateSource {

    static final int LARGEST_FILE = 64 * 1024;
    static final int MOST_ENTRIES = 64;
    static final Duration FAILURE_TIME = Duration.ofSeconds(1);

    private final HttpClient client;
    private final Duration longestDownload;
    private final Duration cacheTime;
    private final Clock clock;
    private final Map<URI, CompletableFuture<Download>> downloads = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, CompletableFuture<Download>> eldest) {
            return size() > MOST_ENTRIES;
        }
    };

    /** What a download brought: certificates, or the reason there are none. */
    record Download(List<X509Certificate> certificates, String failure, Instant until) {
    }

    CertificateSource(WebhookConfig config, TrustedCertificates trusted, Clock clock) {
        this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.connectTimeout()).sslContext(trusted.sslContext()).build();
        this.longestDownload = config.connectTimeout().plus(config.readTimeout());
        this.cacheTime = config.cacheTime();
        this.clock = clock;
    }

    /**
     * The certificates at an address, in the order of the file.
     *
     * @throws IOException when they can't be had; the message says why, in words
     */
    List<X509Certificate> get(URI address) throws IOException {
        CompletableFuture<Download> download;
        synchronized (downloads) {
            download = downloads.get(address);
            if (download == null || isStale(download)) {
                download = start(address);
                downloads.put(address, download);
            }
        }
        Download result = download.join();
        if (result.failure() != null) {
            throw new IOException(result.failure());
        }
        return result.certificates();
    }

    /**
     * Where a certificate says its issuer's certificate can be had (RFC 5280, section 4.2.2.1), as an https address: authorities publish
     * these over plain http, and Microsoft answers at both.
     */
    static Optional<URI> issuerAddress(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(Extension.authorityInfoAccess.getId());
        if (extension == null) {
            return Optional.empty();
        }
        try {
            var access = AuthorityInformationAccess.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension));
            return Arrays.stream(access.getAccessDescriptions())
                    .filter(description -> description.getAccessMethod().equals(AccessDescription.id_ad_caIssuers))
                    .map(AccessDescription::getAccessLocation)
                    .filter(location -> location.getTagNo() == GeneralName.uniformResourceIdentifier)
                    .map(location -> URI.create(location.getName().toString().replaceFirst("(?i)^http://", "https://")))
                    .filter(address -> "https".equalsIgnoreCase(address.getScheme()) && address.getRawUserInfo() == null)
                    .findFirst();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // not readable is the same as not there: the chain simply ends
        }
    }

    private boolean isStale(CompletableFuture<Download> download) {
        return download.isDone() && !clock.instant().isBefore(download.join().until());
    }

    private CompletableFuture<Download> start(URI address) {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(longestDownload).GET().build();
        CompletableFuture<HttpResponse<byte[]>> call = client.sendAsync(request, response -> new LimitedBody(LARGEST_FILE));
        // The request's own timeout ends with the headers; this one also bounds a body that trickles.
        CompletableFuture<HttpResponse<byte[]>> bounded = call.copy().orTimeout(longestDownload.toMillis(), TimeUnit.MILLISECONDS);
        return bounded.whenComplete((response, error) -> call.cancel(true)).handle(this::conclude);
    }

    private Download conclude(HttpResponse<byte[]> response, Throwable error) {
        try {
            if (error != null) {
                return failed(describe(error));
            }
            if (response.statusCode() != 200) {
                return failed("the server answered " + response.statusCode()
                        + (response.statusCode() / 100 == 3 ? ", and redirects are not followed" : ""));
            }
            List<X509Certificate> certificates = read(response.body());
            return certificates.isEmpty() ? failed("the file holds no certificate")
                    : new Download(certificates, null, clock.instant().plus(cacheTime));
        } catch (CertificateException e) {
            return failed("the file is not an X.509 certificate in DER or PEM form");
        }
    }

    private Download failed(String reason) {
        return new Download(List.of(), reason, clock.instant().plus(FAILURE_TIME));
    }

    private static String describe(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "the server did not answer in time";
        }
        return cause.getMessage() == null ? "the connection failed (" + cause.getClass().getSimpleName() + ")" : cause.getMessage();
    }

    private static List<X509Certificate> read(byte[] file) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(file)).stream()
                .map(X509Certificate.class::cast).toList();
    }
}
