package io.cosell.odata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ODataBatchTest {

    private static final String ROOT = "/api/data/v9.2";
    private final ODataBatch batch = new ODataBatch();

    private Exchange written(List<?> operations) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        batch.write(operations, ROOT, exchange);
        return exchange;
    }

    /** The text of a batch, with the random boundaries replaced by short names in order of their appearance. */
    private String text(List<?> operations) {
        Exchange exchange = written(operations);
        String text = new String(exchange.getMessage().getBody(byte[].class), StandardCharsets.UTF_8);
        String boundary = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class).replace("multipart/mixed; boundary=", "");
        text = text.replace(boundary, "BATCH");
        for (int i = 1; text.contains("changeset_"); i++) {
            int at = text.indexOf("changeset_");
            text = text.replace(text.substring(at, at + "changeset_".length() + 36), "SET" + i);
        }
        return text;
    }

    private static Map<String, Object> operation(String method, String url, Object body) {
        Map<String, Object> operation = new LinkedHashMap<>(Map.of("method", method, "url", url));
        operation.put("body", body);
        return operation;
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    // ---- write

    @Test
    void writesThatFollowEachOtherAreOneChangeSetAndReadsStandAlone() {
        Map<String, Object> guarded = operation("PATCH", "opportunities(1)", Map.of("name", "✔ Deal"));
        guarded.put("headers", Map.of("If-Match", "W/\"1\""));
        assertThat(text(List.of(operation("POST", "accounts", Map.of("name", "Fabrikam")), guarded,
            operation("GET", "opportunities(1)?$select=name", null), operation("DELETE", "$1", null)))).isEqualTo(lines(
                "--BATCH", "Content-Type: multipart/mixed; boundary=SET1", "",
                "--SET1", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 1", "",
                "POST /api/data/v9.2/accounts HTTP/1.1", "Accept: application/json", "Content-Type: application/json", "",
                "{\"name\":\"Fabrikam\"}",
                "--SET1", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 2", "",
                "PATCH /api/data/v9.2/opportunities(1) HTTP/1.1", "Accept: application/json", "If-Match: W/\"1\"",
                "Content-Type: application/json", "", "{\"name\":\"✔ Deal\"}",
                "--SET1--",
                "--BATCH", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
                "GET /api/data/v9.2/opportunities(1)?$select=name HTTP/1.1", "Accept: application/json", "", "",
                "--BATCH", "Content-Type: multipart/mixed; boundary=SET2", "",
                "--SET2", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 3", "",
                "DELETE $1 HTTP/1.1", "Accept: application/json", "", "",
                "--SET2--",
                "--BATCH--"));
    }

    @Test
    void eachBatchHasItsOwnBoundary() {
        List<?> one = List.of(operation("GET", "accounts", null));
        assertThat(written(one).getMessage().getHeader(Exchange.CONTENT_TYPE)).isNotEqualTo(written(one).getMessage().getHeader(Exchange.CONTENT_TYPE));
    }

    @Test
    void nullsInABodyAreWritten() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("description", null);
        assertThat(text(List.of(operation("PATCH", "leads(1)", body)))).contains("{\"description\":null}");
    }

    @Test
    void theRootIsThePathOfTheAddress() {
        assertThat(batch.root("https://contoso.crm.dynamics.com/api/data/v9.2")).isEqualTo(ROOT);
        assertThat(batch.root("http://localhost:1234/api/data/v9.2/")).isEqualTo(ROOT);
    }

    // ---- read

    private static final String ANSWER = """
        --batchresponse_1
        Content-Type: multipart/mixed; boundary=changesetresponse_2

        --changesetresponse_2
        Content-Type: application/http
        Content-Transfer-Encoding: binary
        Content-ID: 1

        HTTP/1.1 204 No Content
        OData-Version: 4.0
        OData-EntityId: https://contoso.crm.dynamics.com/api/data/v9.2/accounts(1)


        --changesetresponse_2
        Content-Type: application/http
        Content-Transfer-Encoding: binary
        Content-ID: 2

        HTTP/1.1 201 Created
        Content-Type: application/json; odata.metadata=minimal

        {"name":"東京 ✔","estimatedvalue":123456789012.34,"description":null}
        --changesetresponse_2--
        --batchresponse_1
        Content-Type: application/http
        Content-Transfer-Encoding: binary

        HTTP/1.1 200 OK
        Content-Type: application/json

        {
          "value": []
        }
        --batchresponse_1--
        """;

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void answersAreReadInOrderWhateverEndsTheirLines(String lineEnd) {
        List<Map<String, Object>> answers = batch.read(ANSWER.replace("\n", lineEnd), "multipart/mixed; boundary=batchresponse_1");
        assertThat(answers).extracting(answer -> answer.get("status")).containsExactly(204, 201, 200);
        assertThat(answers.get(0)).containsEntry("body", null);
        assertThat((Map<?, ?>) answers.get(0).get("headers")).extracting("odata-entityid").asString().endsWith("/accounts(1)");
        assertThat((Map<?, ?>) answers.get(1).get("body")).extracting("name").isEqualTo("東京 ✔");
        assertThat(((Map<?, ?>) answers.get(1).get("body")).get("estimatedvalue")).hasToString("123456789012.34");
        assertThat(answers.get(2)).containsEntry("body", Map.of("value", List.of()));
        assertThat(batch.firstFailure(answers)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/mixed; boundary=\"batchresponse_1\"", "multipart/mixed;boundary=batchresponse_1; charset=utf-8",
        "Multipart/Mixed; Boundary=batchresponse_1"})
    void theBoundaryIsFoundInAnySpelling(String contentType) {
        assertThat(batch.read(ANSWER, contentType)).hasSize(3);
    }

    @Test
    void aChangeSetThatFailedIsOneAnswerAndTheFirstFailureIsFound() {
        String answer = lines("--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "", "HTTP/1.1 200 OK", "", "{}",
            "--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "Content-ID: 2", "",
            "HTTP/1.1 412 Precondition Failed", "Content-Type: application/json", "Retry-After: 7", "",
            "{\"error\":{\"code\":\"0x80060882\",\"message\":\"The version of the existing record doesn't match.\"}}", "--b--");
        List<Map<String, Object>> answers = batch.read(answer, "multipart/mixed; boundary=b");
        Map<String, Object> failure = batch.firstFailure(answers);
        assertThat(failure).containsEntry("status", 412);
        assertThat((Map<?, ?>) failure.get("headers")).extracting("retry-after").isEqualTo("7");
        assertThat(failure.get("body")).extracting("error").extracting("code").isEqualTo("0x80060882");
    }

    @Test
    void anAnswerWithoutPartsIsEmpty() {
        assertThat(batch.read("--b--\r\n", "multipart/mixed; boundary=b")).isEmpty();
        assertThat(batch.read("", "multipart/mixed; boundary=b")).isEmpty();
    }

    @Test
    void whatIsNoAnswerToABatchIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> batch.read(ANSWER, "application/json")).withMessageContaining("boundary");
        assertThatIllegalArgumentException().isThrownBy(() -> batch.read(ANSWER, null)).withMessageContaining("boundary");
        assertThatIllegalArgumentException().isThrownBy(() -> batch.read(lines("--b", "Content-Type: application/http", "", "nothing", "--b--"),
            "multipart/mixed; boundary=b")).withMessageContaining("status line");
        assertThatIllegalArgumentException().isThrownBy(() -> batch.read(lines("--b", "Content-Type: application/http", "", "HTTP/1.1 200 OK", "",
            "<html>", "--b--"), "multipart/mixed; boundary=b")).withMessageContaining("not JSON");
    }

    @Test
    void bodiesAreNamedAfterTheirOperations() {
        List<Map<String, Object>> operations = List.of(operation("POST", "accounts", Map.of()), new LinkedHashMap<>(Map.of("method", "GET",
            "url", "accounts", "name", "accounts")));
        List<Map<String, Object>> answers = Arrays.asList(new LinkedHashMap<>(Map.of("status", 204)),
            new LinkedHashMap<>(Map.of("status", 200, "body", Map.of("value", List.of(1)))));
        assertThat(batch.byName(operations, answers)).isEqualTo(Map.of("accounts", Map.of("value", List.of(1))));
        assertThatIllegalArgumentException().isThrownBy(() -> batch.byName(operations, answers.subList(0, 1)))
            .withMessageContaining("2 operations got 1 answers");
    }
}
