package io.cosell.flow;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;

/**
 * Lets two connectors look at the same deals while each is read once: one keeps the answers to what it reads, the other is given them.
 * Only the newest are kept; what is not there any more is read anew.
 */
public final class Answers {

    /** The name under which a connector's HTTP component finds its side of this. */
    public static final String BEAN = "answers";
    private static final int KEPT = 2000;

    private record Answer(int code, List<Header> headers, ContentType type, byte[] body) {
    }

    private final Map<String, Answer> answers = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Answer> eldest) {
            return size() > KEPT;
        }
    };

    /** Settings with which a connector uses its bean {@link #BEAN} for its calls. */
    public static Map<String, String> settings() {
        return Map.of("camel.component.http.httpClientConfigurer", "#bean:" + BEAN,
            "camel.component.https.httpClientConfigurer", "#bean:" + BEAN);
    }

    /** For the connector that reads. */
    public HttpClientConfigurer keeping() {
        return builder -> intercept(builder, false);
    }

    /** For the connector that is given what the other has read. */
    public HttpClientConfigurer giving() {
        return builder -> intercept(builder, true);
    }

    private void intercept(HttpClientBuilder builder, boolean gives) {
        builder.addExecInterceptorFirst(BEAN, (request, scope, chain) -> {
            if (!request.getMethod().equals("GET")) {
                return chain.proceed(request, scope);
            }
            String place = place(request);
            Answer known = gives ? known(place) : null;
            return response(known != null ? known : read(request, scope, chain, place));
        });
    }

    private synchronized Answer known(String place) {
        return answers.get(place);
    }

    private synchronized void keep(String place, Answer answer) {
        answers.remove(place); // so that it counts as the newest
        answers.put(place, answer);
    }

    private Answer read(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain, String place) throws IOException,
        HttpException {
        try (ClassicHttpResponse response = chain.proceed(request, scope)) {
            ContentType type = response.getEntity() == null ? null : ContentType.parse(response.getEntity().getContentType());
            byte[] body = response.getEntity() == null ? null : EntityUtils.toByteArray(response.getEntity());
            Answer answer = new Answer(response.getCode(), List.of(response.getHeaders()), type, body);
            keep(place, answer);
            return answer;
        }
    }

    private static ClassicHttpResponse response(Answer answer) {
        BasicClassicHttpResponse response = new BasicClassicHttpResponse(answer.code());
        answer.headers().forEach(response::addHeader);
        if (answer.body() != null) {
            response.setEntity(new ByteArrayEntity(answer.body(), answer.type()));
        }
        return response;
    }

    private static String place(ClassicHttpRequest request) {
        try {
            return request.getUri().toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
