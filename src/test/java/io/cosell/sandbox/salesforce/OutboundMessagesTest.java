package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.cosell.sandbox.Delivery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Section 3.7 of the contract, last row: outbound messages. */
class OutboundMessagesTest {

    private static final String ACK = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
        + "<notificationsResponse xmlns=\"http://soap.sforce.com/2005/09/outbound\"><Ack>%s</Ack></notificationsResponse>"
        + "</soapenv:Body></soapenv:Envelope>";

    private final SalesforceOrg org = new SalesforceOrg(SalesforceOptions.defaults().withRetryPause(Duration.ofMillis(1)));
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            String next = answers.poll();
            byte[] body = String.format(ACK, next == null ? "true" : next).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        receiver.start();
        org.sandbox.setOutboundMessage("deals", "opportunity", List.of("name", "Amount", "SystemModstamp"),
            "http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        org.close();
    }

    @Test
    void aSavedRecordIsToldInSoapWithoutASessionId() {
        String id = org.create("Opportunity", "{'Name':'Deal & more','StageName':'Prospecting','CloseDate':'2026-12-31','Amount':1000}");
        await().until(() -> received.size() == 1);
        assertThat(received.peek()).contains("<notifications xmlns=\"http://soap.sforce.com/2005/09/outbound\">", 
            "<SessionId xsi:nil=\"true\"", "xsi:type=\"sf:Opportunity\"", "<sf:Id>" + id + "</sf:Id>", "<sf:Name>Deal &amp; more</sf:Name>",
            "<sf:Amount>1000.0</sf:Amount>",
            "<sf:SystemModstamp>2026-11-20T10:00:00Z</sf:SystemModstamp>").doesNotContain("CloseDate");
    }

    @Test
    void itIsSentAgainUntilItIsAcknowledged() {
        answers.addAll(List.of("false", "false"));
        org.opportunity();
        await().until(() -> org.sandbox.events().deliveries().stream().map(Delivery::state).toList(),
            List.of(Delivery.State.DELIVERED)::equals);
        assertThat(received).hasSize(3);
        assertThat(List.copyOf(received)).allMatch(received.peek()::equals);
    }

    @Test
    void deletionsAndOtherObjectsAreNotTold() {
        org.create("Account", "{'Name':'Contoso'}");
        String id = org.opportunity();
        org.sandbox.delete("Opportunity", id);
        org.sandbox.create("Opportunity", Map.of("Name", "Last", "StageName", "Prospecting", "CloseDate", "2026-12-31"));
        await().until(() -> received.size() == 2);
        assertThat(org.sandbox.events().deliveries()).hasSize(2);
    }
}
