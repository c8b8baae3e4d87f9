package io.cosell.webhook;

/**
 * The answer to a webhook delivery.
 *
 * @param status HTTP status to answer with: 202 when the delivery is genuine, else 400 (it is not a delivery as documented) or 401 (it is
 *               not proven to be Microsoft's)
 * @param code   short, stable name of the reason, such as {@code signature-wrong}; {@code accepted} when genuine
 * @param reason one plain sentence for a log or a person; never holds any part of the payload or the signature
 */
public record Verdict(int status, String code, String reason) {

    static final Verdict ACCEPTED = new Verdict(202, "accepted", "The delivery is signed by Microsoft.");

    static Verdict malformed(String code, String reason) {
        return new Verdict(400, code, reason);
    }

    static Verdict untrusted(String code, String reason) {
        return new Verdict(401, code, reason);
    }

    /** True when the delivery is genuine. */
    public boolean ok() {
        return status == 202;
    }
}
