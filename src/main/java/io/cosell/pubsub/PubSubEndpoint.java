package io.cosell.pubsub;

import io.cosell.store.Lease;
import io.cosell.webhook.TrustedCertificates;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.util.TimeUtils;

/** One channel, and how it is subscribed to. The setters are the parameters of the address in a route. */
public final class PubSubEndpoint extends DefaultEndpoint {

    private final String channel;
    private String address;
    private String session;
    private String account;
    private Lease lease;
    private int events = 100;
    private long gather = 1_000;
    private long firstPause = 5_000;
    private long longestPause = 300_000;
    private long answer = 30_000;
    private long silence = 360_000;

    PubSubEndpoint(String uri, PubSubComponent component, String channel) {
        super(uri, component);
        this.channel = channel;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("Nothing is published to " + channel + "; subscribe to it with from.");
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        PubSubConsumer consumer = new PubSubConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    /** Name of the channel, such as {@code /data/ChangeEvents}. */
    String channel() {
        return channel;
    }

    String address() {
        return address;
    }

    /** Host and port of the service; always spoken to over TLS. */
    public void setAddress(String address) {
        this.address = address;
    }

    String session() {
        return session;
    }

    /**
     * Endpoint that is asked before each subscription: its answer is a map with {@code metadata}, what signs the calls in, and
     * {@code replayId}, behind which event the stream begins (Base64), null for the newest. Header {@code renew} is true if the service did not
     * accept what it gave before.
     */
    public void setSession(String session) {
        this.session = session;
    }

    /** Group of settings with {@code change-events-trust-store} and its password; read here, so that no secret stands in a route. */
    public void setAccount(String account) {
        this.account = account;
    }

    Lease lease() {
        return lease;
    }

    /** Which of several processes subscribes; none if each does. */
    public void setLease(Lease lease) {
        this.lease = lease;
    }

    int events() {
        return events;
    }

    /** Most events that are under way at a time. */
    public void setEvents(int events) {
        this.events = events;
    }

    long gather() {
        return gather;
    }

    /** How long events are gathered, from the first one on, before they go to the route together. */
    public void setGather(String gather) {
        this.gather = TimeUtils.toMilliSeconds(gather);
    }

    long firstPause() {
        return firstPause;
    }

    /** Pause before a broken subscription is made anew; it doubles with each failure. */
    public void setFirstPause(String pause) {
        firstPause = TimeUtils.toMilliSeconds(pause);
    }

    long longestPause() {
        return longestPause;
    }

    /** The longest pause that doubling leads to. */
    public void setLongestPause(String pause) {
        longestPause = TimeUtils.toMilliSeconds(pause);
    }

    long answer() {
        return answer;
    }

    /** How long the service may take for its first answer. */
    public void setAnswer(String answer) {
        this.answer = TimeUtils.toMilliSeconds(answer);
    }

    long silence() {
        return silence;
    }

    /** After how long without any message, not even an empty one, the subscription counts as broken. The service sends one each 270 seconds. */
    public void setSilence(String silence) {
        this.silence = TimeUtils.toMilliSeconds(silence);
    }

    /** Who may vouch for the service: the authorities of the Java runtime, and those of a trust store in the settings. */
    TrustManager[] trustManagers() {
        String file = setting("change-events-trust-store");
        return TrustedCertificates.load(file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file)),
            setting("change-events-trust-store-password")).trustManagers();
    }

    private String setting(String name) {
        return getCamelContext().resolvePropertyPlaceholders("{{cosell." + account + "." + name + ":}}").strip();
    }
}
