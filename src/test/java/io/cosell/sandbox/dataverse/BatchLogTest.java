package io.cosell.sandbox.dataverse;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Call;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Section 3.5, in the call log: a batch is one call, and its operations can be seen inside it. */
class BatchLogTest {

    private final Organisation org = new Organisation();

    @AfterEach
    void stop() {
        org.close();
    }

    private Call batch(String... changes) {
        StringBuilder body = new StringBuilder("\r\n--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n");
        for (int i = 0; i < changes.length; i++) {
            body.append("--c\r\nContent-Type: application/http\r\nContent-ID: ").append(i + 1).append("\r\n\r\nPOST accounts HTTP/1.1\r\n")
                .append("Content-Type: application/json\r\n\r\n").append(changes[i]).append("\r\n");
        }
        body.append("--c--\r\n--b\r\nContent-Type: application/http\r\n\r\nGET accounts?$select=name HTTP/1.1\r\n\r\n\r\n--b--\r\n");
        org.sandbox.forgetCalls();
        org.post("$batch", body.toString(), "Content-Type", "multipart/mixed;boundary=b", "Prefer", "odata.continue-on-error");
        assertThat(org.sandbox.calls()).hasSize(1);
        return org.sandbox.calls().get(0);
    }

    @Test
    void aBatchIsOneCallAndShowsItsOperations() {
        Call batch = batch("{\"name\":\"Contoso\"}", "{\"name\":\"Fabrikam\"}");
        assertThat(batch.wrote()).isTrue();
        assertThat(batch.inner()).extracting(Call::toString).containsExactly("dynamics365 POST /api/data/v9.2/accounts -> 204",
            "dynamics365 POST /api/data/v9.2/accounts -> 204", "dynamics365 GET /api/data/v9.2/accounts?$select=name -> 200");
    }

    @Test
    void aChangeSetThatIsUndoneHasWrittenNothing() {
        Call batch = batch("{\"name\":\"Contoso\"}", "{\"nme\":\"Fabrikam\"}");
        assertThat(batch.wrote()).isFalse();
        assertThat(batch.inner()).extracting(Call::status).containsExactly(204, 400, 200);
        assertThat(batch.inner()).noneMatch(Call::wrote);
    }
}
