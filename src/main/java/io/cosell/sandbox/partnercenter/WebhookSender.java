package io.cosell.sandbox.partnercenter;

import io.cosell.sandbox.Event;
import io.cosell.sandbox.EventPolicy;
import io.cosell.sandbox.EventSender;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Signs events and hands them to the sender that all sandboxes share, for the one address that is registered (section 4.3). */
final class WebhookSender {

    private static final int ATTEMPTS = 10;

    private final EventSender sender;
    private final SandboxCertificates certificates;
    private final Function<Signer, URI> certificateAddress;
    private volatile Registration registration;

    /**
     * Where events go.
     *
     * @param subscriberId       id of the registration
     * @param url                address of the receiver
     * @param events             names of the events it wants
     * @param msSignatureHeader  signature in {@code x-ms-signature} instead of {@code Authorization}
     */
    record Registration(String subscriberId, URI url, Set<String> events, boolean msSignatureHeader) {
    }

    WebhookSender(EventSender sender, SandboxCertificates certificates, Function<Signer, URI> certificateAddress) {
        this.sender = sender;
        this.certificates = certificates;
        this.certificateAddress = certificateAddress;
    }

    /** Ten attempts with a pause between, any 2xx is success (section 4.3). */
    static EventPolicy policy(PartnerCenterOptions options) {
        return new EventPolicy(ATTEMPTS, EventPolicy.Answer::is2xx, answer -> true, made -> options.retryPause(),
            options.answerTimeout(), true);
    }

    Registration registration() {
        return registration;
    }

    void register(Registration other) {
        registration = other;
    }

    /**
     * Takes an event if somebody registered for it. Returns the number of its delivery, 0 if there is none.
     *
     * @param about id of the referral or the validation event it tells of
     */
    int event(String name, String about, byte[] body) {
        Registration now = registration;
        if (now == null || !now.events().contains(name)) {
            return 0;
        }
        return sender.send(new Event(name, about, body, () -> target(body))); // a new registration gets what is still under way
    }

    private Event.Target target(byte[] body) {
        Registration now = registration;
        return now == null ? null : target(now, Signer.TRUSTED, certificates.sign(body));
    }

    private Event.Target target(Registration to, Signer signer, String signature) {
        return new Event.Target(to.url().toString(), Map.of("Content-Type", "application/json",
            to.msSignatureHeader() ? "x-ms-signature" : "Authorization", "Signature " + signature,
            "X-MS-Certificate-Url", certificateAddress.apply(signer).toString(),
            "X-MS-Signature-Algorithm", "rsa-sha256"));
    }

    /** Sends once, in the caller's thread, with this signature and the certificate of this signer. Returns the status, 0 for no answer. */
    int once(Registration to, byte[] body, Signer signer, String signature) {
        return sender.once(target(to, signer, signature), body).status();
    }
}
