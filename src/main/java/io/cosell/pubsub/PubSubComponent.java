package io.cosell.pubsub;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** Makes endpoints of {@code pub-sub:CHANNEL}. */
public final class PubSubComponent extends DefaultComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        PubSubEndpoint endpoint = new PubSubEndpoint(uri, this, "/" + remaining.replaceFirst("^/+", ""));
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
