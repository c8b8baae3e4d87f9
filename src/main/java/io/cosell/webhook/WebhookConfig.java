package io.cosell.webhook;

import io.cosell.config.HostPatterns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a webhook delivery is checked against.
 *
 * @param certificateHosts   hosts a signing certificate may be downloaded from
 * @param resourceHosts      hosts an event may name as the home of its resource; they are never called because of an event
 * @param trustStore         PKCS12 or JKS file with certificates trusted beside those of the Java runtime, both to sign events and to
 *                           serve certificates. For a sandbox, or for an issuing certificate the runtime can't find
 * @param trustStorePassword password of that file; empty when it has none
 * @param cacheTime          how long a downloaded certificate is used before it is downloaded again
 * @param connectTimeout     longest wait for a connection to a certificate host
 * @param readTimeout        longest wait for the whole answer after that
 */
public record WebhookConfig(HostPatterns certificateHosts, HostPatterns resourceHosts, Optional<Path> trustStore, String trustStorePassword,
                            Duration cacheTime, Duration connectTimeout, Duration readTimeout) {

    /** Hosts Microsoft's certificates come from: the one the contract shows and Microsoft's own domain. */
    public static final String MICROSOFT_CERTIFICATE_HOSTS = "3psostorageacct.blob.core.windows.net,*.microsoft.com";

    /** Hosts of Partner Center's resources. */
    public static final String PARTNER_CENTER_HOSTS = "api.partnercenter.microsoft.com,api.partner.microsoft.com";

    public WebhookConfig {
        Objects.requireNonNull(certificateHosts, "certificateHosts");
        Objects.requireNonNull(resourceHosts, "resourceHosts");
        Objects.requireNonNull(trustStore, "trustStore");
        Objects.requireNonNull(trustStorePassword, "trustStorePassword");
        if (cacheTime.isNegative() || connectTimeout.compareTo(Duration.ZERO) <= 0 || readTimeout.compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("Webhook cache time must not be negative, webhook timeouts must be longer than zero.");
        }
    }

    /** The values for Microsoft's own service: certificates kept for six hours, five seconds to connect, five to read. */
    public static WebhookConfig defaults() {
        return new WebhookConfig(HostPatterns.parse(MICROSOFT_CERTIFICATE_HOSTS), HostPatterns.parse(PARTNER_CENTER_HOSTS),
                Optional.empty(), "", Duration.ofHours(6), Duration.ofSeconds(5), Duration.ofSeconds(5));
    }
}
