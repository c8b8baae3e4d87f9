package io.cosell.sandbox;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Something a system tells somebody over HTTP.
 *
 * @param name  name in the system's own word, such as {@code referral-updated}; rules of a {@link FaultPlan} go by it
 * @param about the record it tells of; empty if none
 * @param body  the exact bytes to send
 * @param to    where to; asked before every attempt, must neither block nor take the system's monitor. Null ends the delivery: nobody
 *              listens any more
 */
public record Event(String name, String about, byte[] body, Supplier<Target> to) {

    /**
     * A receiver.
     *
     * @param url     its address
     * @param headers to send along, the content type among them
     */
    public record Target(String url, Map<String, String> headers) {

        /** The address without its query, which may hold secrets. */
        String shown() {
            return url.replaceFirst("[?#].*", "");
        }
    }
}
