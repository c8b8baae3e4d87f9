package io.cosell.pubsub;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether the subscription is up. Neither readiness nor liveness hang on it: without it changes are still noticed by polls, and a restart would not
 * bring the service back.
 */
final class PubSubHealth extends AbstractHealthCheck {

    private final PubSubConsumer consumer;

    PubSubHealth(String id, PubSubConsumer consumer) {
        super("cosell", id);
        this.consumer = consumer;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder result, Map<String, Object> options) {
        PubSubConsumer.State state = consumer.state();
        result.detail("since", state.since().toString());
        if (state.up()) {
            result.up();
        } else if (state.standsBy()) {
            result.detail("standsBy", "another process on the same store subscribes").up();
        } else {
            result.message("The subscription to change events is not up; polls go on. " + state.reason()).down();
        }
    }
}
