package io.cosell.webhook;

import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * The bean through which a route checks webhook deliveries, as in {@code bean: {ref: webhookVerifier, method: verify}}. Each method sets
 * the exchange variables {@code webhookStatus} (HTTP status to answer, an Integer), {@code webhookCode} and {@code webhookReason} (see
 * {@link Verdict}), and leaves the body in place, as bytes.
 */
public final class WebhookVerifier {

    private final WebhookConfig config;
    private final WebhookSignature signature;

    /** @throws IllegalArgumentException when the configured trust store can't be read; the message names the file */
    public WebhookVerifier(WebhookConfig config) {
        this(config, Clock.systemUTC());
    }

    /** @param clock tells the instant certificates must be valid at */
    public WebhookVerifier(WebhookConfig config, Clock clock) {
        this.config = config;
        this.signature = new WebhookSignature(config, clock);
    }

    /** Checks the signature of the message: status 202, or 400 or 401. */
    public void verify(Exchange exchange) {
        Message message = exchange.getMessage();
        set(exchange, signature.verify(body(message), name -> message.getHeader(name, String.class)));
    }

    /**
     * Reads the event of a verified message into the variable {@code webhookEvent} (a {@link WebhookEvent}): status 202, or 400 and no such
     * variable.
     */
    public void readEvent(Exchange exchange) {
        exchange.removeVariable("webhookEvent");
        try {
            exchange.setVariable("webhookEvent", WebhookEvent.parse(body(exchange.getMessage()), config.resourceHosts()));
            set(exchange, Verdict.ACCEPTED);
        } catch (WebhookEvent.Invalid e) {
            set(exchange, Verdict.malformed(e.code(), e.getMessage()));
        }
    }

    private static byte[] body(Message message) {
        byte[] body = message.getBody(byte[].class);
        byte[] bytes = body == null ? new byte[0] : body;
        message.setBody(bytes); // a stream could be read only once
        return bytes;
    }

    private static void set(Exchange exchange, Verdict verdict) {
        exchange.setVariable("webhookStatus", verdict.status());
        exchange.setVariable("webhookCode", verdict.code());
        exchange.setVariable("webhookReason", verdict.reason());
    }
}
