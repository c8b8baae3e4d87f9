package io.cosell.sandbox.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages of a query by locator: contract salesforce.md, section 3.2. */
class QueryPagesTest {

    private static final int ACCOUNTS = 4100;
    private static final String ALL = "SELECT Id, Name FROM Account ORDER BY Name";

    private final Contoso contoso = new Contoso();

    @AfterEach
    void stop() {
        contoso.close();
    }

    @BeforeEach
    void accounts() {
        for (int i = 0; i < ACCOUNTS; i++) {
            contoso.sandbox.create("Account", Map.of("Name", "Account " + (10_000 + i)));
        }
    }

    @Test
    void leadsFromPageToPageUntilDone() {
        JsonNode page = contoso.query(ALL).json();
        assertThat(page.path("records")).hasSize(2000);
        assertThat(page.path("totalSize").asInt()).isEqualTo(ACCOUNTS);
        assertThat(page.path("done").asBoolean()).isFalse();
        assertThat(page.path("nextRecordsUrl").asText()).matches("/services/data/v60\\.0/query/01g\\w{15}-2000");
        Set<String> names = new HashSet<>();
        Contoso.list(page.path("records")).forEach(record -> names.add(record.path("Name").asText()));
        // Records made between two pages are not in the answer, and nothing is answered twice or left out
        contoso.sandbox.create("Account", Map.of("Name", "AAA"));
        while (!page.path("done").asBoolean()) {
            page = contoso.get(page.path("nextRecordsUrl").asText()).json();
            assertThat(page.path("totalSize").asInt()).isEqualTo(ACCOUNTS);
            Contoso.list(page.path("records")).forEach(record -> assertThat(names.add(record.path("Name").asText())).isTrue());
        }
        assertThat(names).hasSize(ACCOUNTS).doesNotContain("AAA");
        assertThat(page.path("records")).hasSize(100);
        assertThat(page.has("nextRecordsUrl")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"batchSize=250 | 250", "batchSize=1 | 200", "batchSize=9999 | 2000", "nonsense | 2000"})
    void takesTheSizeOfPagesAsAHintBetween200And2000(String options, int size) {
        JsonNode page = contoso.query(ALL, "Sforce-Query-Options", options).json();
        assertThat(page.path("records")).hasSize(size);
        String next = page.path("nextRecordsUrl").asText();
        assertThat(next).endsWith("-" + size);
        assertThat(contoso.get(next.replace("/query/", "/queryAll/")).json().path("nextRecordsUrl").asText()).endsWith("-" + 2 * size);
    }

    @Test
    void forgetsALocatorAfterTwoDays() {
        String next = contoso.query(ALL).json().path("nextRecordsUrl").asText();
        contoso.clock.move(Duration.ofDays(2).minusSeconds(1));
        contoso.signIn();
        assertThat(contoso.get(next).status()).isEqualTo(200);
        contoso.clock.move(Duration.ofSeconds(1));
        var answer = contoso.get(next);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_QUERY_LOCATOR");
    }

    @ParameterizedTest
    @CsvSource({"x", "01gSB0000000009YAA-2000"})
    void refusesALocatorItNeverGave(String locator) {
        assertThat(contoso.get("/query/" + locator).code()).isEqualTo("INVALID_QUERY_LOCATOR");
    }

    @Test
    void countsPastOnePageInOneAnswer() {
        assertThat(contoso.query("SELECT COUNT() FROM Account").json().path("totalSize").asInt()).isEqualTo(ACCOUNTS);
        assertThat(contoso.query(ALL + " LIMIT 3").json().path("totalSize").asInt()).isEqualTo(3);
        assertThat(contoso.records(ALL + " LIMIT 1 OFFSET 2000").get(0).path("Name").asText()).isEqualTo("Account 12000");
    }
}
