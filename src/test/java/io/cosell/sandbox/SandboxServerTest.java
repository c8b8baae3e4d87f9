package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.FaultPlan.Rule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server, the call log and the history that all sandboxes share. */
class SandboxServerTest {

    private final SmallSystem system = new SmallSystem("small");

    @AfterEach
    void stop() {
        system.close();
    }

    /** The first line of the answer to a request that no client would send. */
    private String raw(String requestLine) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(system.address()).getPort())) {
            socket.getOutputStream().write((requestLine + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things/[1", "/things/a|b", "/things/50%", "/things/%zz", "/things?a=%", "/things?a=%zz", "/things/<a>",
        "/th\\ings"})
    void anAddressThatIsNoneIs400(String path) throws IOException {
        assertThat(raw("GET " + path)).contains(" 400 ");
        assertThat(system.calls()).extracting(Call::status).containsExactly(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things/a(b='c')", "/things/{1}", "/things/a%20b", "/things/a'b", "/things/%C3%A9"})
    void oddAddressesThatAreSomeReachTheSystem(String path) throws IOException {
        assertThat(raw("GET " + path)).contains(" 404 ");
    }

    @Test
    void twoSlashesAtTheStartAreNoHost() throws IOException {
        raw("GET //things/1");
        assertThat(system.calls()).extracting(Call::path).containsExactly("//things/1");
    }

    @Test
    void whatTheSystemCannotHandleIs500AndTheNextCallIsAnswered() throws Exception {
        assertThat(system.call("DELETE", "/elsewhere", "").statusCode()).isEqualTo(500);
        assertThat(system.call("GET", "/things", "").statusCode()).isEqualTo(200);
        assertThat(system.calls()).extracting(Call::status).containsExactly(500, 200);
        assertThat(system.calls()).extracting(Call::number).containsExactly(1L, 2L);
    }

    @Test
    void aVeryLargeBodyIsTakenAndGiven() throws Exception {
        String large = "x".repeat(20_000_000);
        assertThat(system.call("PATCH", "/things/1", large).statusCode()).isEqualTo(204);
        assertThat(system.call("GET", "/things/1", "").body()).hasSameSizeAs(large);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void aLongAddressAndALongTokenAreTaken(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        client.send(system.request("GET", "/things", ""), BodyHandlers.ofString());
        assertThat(client.send(system.request("GET", "/things?filter=" + "y".repeat(30_000), "", "Authorization", "z".repeat(20_000)),
            BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    void callsAreCountedByKindStatusAndFault() throws Exception {
        system.plan(FaultPlan.of(1, Rule.everyNth(null, CallKind.LIST, Trouble.THROTTLED, 3)));
        for (int i = 0; i < 4; i++) {
            system.call("GET", "/things", "");
        }
        system.call("PATCH", "/things/1", "x");
        assertThat(system.counts()).containsExactly(new CallCount("small", CallKind.LIST, 200, null, 3),
            new CallCount("small", CallKind.LIST, 429, Trouble.THROTTLED, 1), new CallCount("small", CallKind.UPDATE, 204, null, 1));
        system.forgetCalls();
        assertThat(system.counts()).isEmpty();
        assertThat(system.calls()).isEmpty();
    }

    @Test
    void theLogKeepsTheNewestCallsAndCountsAll() {
        CallLog log = new CallLog("small", 3);
        LongStream.rangeClosed(1, 5).forEach(call ->
            log.add(new Call(log.nextNumber(), Instant.EPOCH, "small", CallKind.READ, "GET", "/", 200, null, false, List.of())));
        assertThat(log.calls()).extracting(Call::number).containsExactly(3L, 4L, 5L);
        assertThat(log.counts()).extracting(CallCount::calls).containsExactly(5L);
    }

    @Test
    void operationsInsideACallAreInTheLogAndAreNoCallsOfTheirOwn() throws Exception {
        system.call("POST", "/batch", "a\nb");
        Call batch = system.calls().get(0);
        assertThat(system.calls()).hasSize(1);
        assertThat(batch.wrote()).isTrue();
        assertThat(batch.inner()).extracting(Call::toString)
            .containsExactly("small PATCH /things/a -> 204", "small PATCH /things/b -> 204");
        assertThat(batch.inner()).extracting(Call::kind).containsOnly(CallKind.UPDATE);
        assertThat(system.counts()).extracting(CallCount::kind).containsExactly(CallKind.BATCH);
        system.call("POST", "/batch", "");
        assertThat(system.calls().get(1).wrote()).isFalse();
    }

    @Test
    void theHistoryHoldsCommittedWritesOldestFirst() throws Exception {
        system.call("PATCH", "/things/b", "1");
        system.call("PATCH", "/things/a", "2");
        assertThat(system.history()).extracting(RowChange::id).containsExactly("b", "a");
    }
}
