package io.cosell.sandbox.partnercenter;

import io.cosell.sandbox.partnercenter.Delivery.Attempt;
import io.cosell.sandbox.partnercenter.Delivery.State;
import io.cosell.sandbox.partnercenter.SandboxCertificates.Signer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Delivers events to the registered address from one worker thread (section 4.3): first attempts in order, ten attempts each with a
 * pause between, 2xx is success. Guarded by its own monitor, which is never held while a receiver is called.
 */
final class WebhookSender implements AutoCloseable {

    private static final int ATTEMPTS = 10;

    private final SandboxCertificates certificates;
    private final Function<Signer, URI> certificateAddress;
    private final PartnerCenterOptions options;
    private final Clock clock;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "partner-center-events");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http;
    private final List<Delivery> deliveries = new ArrayList<>();
    private Registration registration;
    private boolean hold;
    private boolean drop;

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

    WebhookSender(SandboxCertificates certificates, Function<Signer, URI> certificateAddress, PartnerCenterOptions options, Clock clock) {
        this.certificates = certificates;
        this.certificateAddress = certificateAddress;
        this.options = options;
        this.clock = clock;
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(options.answerTimeout()).build();
    }

    synchronized Registration registration() {
        return registration;
    }

    synchronized void register(Registration other) {
        registration = other;
    }

    /** Takes an event if somebody registered for it. Returns the number of its delivery, 0 if there is none. */
    synchronized int event(String name, byte[] body) {
        if (registration == null || !registration.events().contains(name)) {
            return 0;
        }
        return add(name, body, drop ? State.DROPPED : hold ? State.HELD : State.WAITING);
    }

    private int add(String name, byte[] body, State state) {
        Delivery delivery = new Delivery(deliveries.size() + 1, name, body, List.of(), state);
        deliveries.add(delivery);
        if (state == State.WAITING) {
            schedule(delivery.number(), Duration.ZERO);
        }
        return delivery.number();
    }

    synchronized List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    synchronized Delivery delivery(int number) {
        return deliveries.get(number - 1);
    }

    synchronized void redeliver(Delivery delivery, int times) {
        for (int i = 0; i < times; i++) {
            add(delivery.event(), delivery.body(), State.WAITING);
        }
    }

    synchronized void hold(boolean on) {
        hold = on;
        if (!on) {
            deliverHeld(UnaryOperator.identity());
        }
    }

    synchronized void drop(boolean on) {
        drop = on;
    }

    /** Sends what was held in the given order; what the order leaves out is dropped, what it doubles is sent again. */
    synchronized void deliverHeld(UnaryOperator<List<Delivery>> order) {
        List<Delivery> held = deliveries.stream().filter(delivery -> delivery.state() == State.HELD).toList();
        Set<Integer> sent = new HashSet<>();
        for (Delivery delivery : order.apply(new ArrayList<>(held))) {
            if (sent.add(delivery.number())) {
                set(delivery.in(State.WAITING));
                schedule(delivery.number(), Duration.ZERO);
            } else {
                redeliver(delivery, 1);
            }
        }
        held.stream().filter(delivery -> !sent.contains(delivery.number())).forEach(delivery -> set(delivery.in(State.DROPPED)));
    }

    /** Waits until no delivery is waiting to be sent or tried again. */
    synchronized void awaitDelivered(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (deliveries.stream().anyMatch(delivery -> delivery.state() == State.WAITING)) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new IllegalStateException("Events still waiting after " + atMost + ": "
                    + deliveries.stream().filter(delivery -> delivery.state() == State.WAITING).toList());
            }
            wait(left);
        }
    }

    private synchronized void set(Delivery delivery) {
        deliveries.set(delivery.number() - 1, delivery);
        notifyAll();
    }

    private void schedule(int number, Duration pause) {
        worker.schedule(() -> attempt(number), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void attempt(int number) {
        Delivery delivery = delivery(number);
        Registration to = registration();
        if (to == null) {
            set(delivery.in(State.FAILED));
            return;
        }
        Attempt attempt = send(to, delivery.body(), Signer.TRUSTED, certificates.sign(delivery.body()));
        Delivery after = delivery.after(attempt);
        if (attempt.succeeded()) {
            set(after.in(State.DELIVERED));
        } else if (after.attempts().size() == ATTEMPTS) {
            set(after.in(State.FAILED));
        } else {
            set(after);
            schedule(number, options.retryPause());
        }
    }

    /** Sends once, in the caller's thread, with this signature and the certificate of this signer. */
    Attempt send(Registration to, byte[] body, Signer signer, String signature) {
        HttpRequest request = HttpRequest.newBuilder(to.url())
            .timeout(options.answerTimeout())
            .header("Content-Type", "application/json")
            .header(to.msSignatureHeader() ? "x-ms-signature" : "Authorization", "Signature " + signature)
            .header("X-MS-Certificate-Url", certificateAddress.apply(signer).toString())
            .header("X-MS-Signature-Algorithm", "rsa-sha256")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
        try {
            return new Attempt(clock.instant(), http.send(request, BodyHandlers.discarding()).statusCode(), "");
        } catch (IOException e) {
            return new Attempt(clock.instant(), 0, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attempt(clock.instant(), 0, e.toString());
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
