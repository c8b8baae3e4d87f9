package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The store as one document, and its look-up by value. */
class StoreStateTest {

    private static final Map<String, Object> VALUES = Map.of("name", "Contoso", "value", new BigDecimal("5.50"), "closing",
        LocalDate.of(2026, 11, 20), "parent", new Ref("account", "A"));

    private final Store store = new Store("version", 10, changes -> { });

    private static Object read(String table, String column, JsonNode json) {
        return switch (column) {
            case "name" -> json.textValue();
            case "value" -> json.decimalValue().setScale(2); // JSON forgets zeros at the end; the type of the column knows
            case "closing" -> LocalDate.parse(json.textValue());
            case "parent" -> new Ref(json.path("table").textValue(), json.path("id").textValue());
            default -> throw new IllegalArgumentException("no column " + column);
        };
    }

    @Test
    void aRestoredStoreHoldsTheSameRowsVersionsAndDeletionsAndGoesOnCounting() throws Exception {
        store.put("deal", "1", VALUES);
        store.put("deal", "2", Map.of("name", "Gone"));
        store.put("deal", "1", VALUES);
        store.remove(store.find("deal", "2"));
        JsonNode document = SandboxSystem.JSON.readTree(store.state().toString());
        Store other = new Store("version", 0, changes -> { });
        other.put("deal", "9", Map.of("name", "Not in the document"));
        other.restore(document, StoreStateTest::read);
        assertThat(other.rows("deal")).isEqualTo(store.rows("deal"));
        assertThat(other.deletedSince("deal", 0)).isEqualTo(store.deletedSince("deal", 0)).hasSize(1);
        assertThat(other.changedSince("deal", 12)).isEqualTo(store.changedSince("deal", 12));
        assertThat(other.put("deal", "3", Map.of())).isEqualTo(store.put("deal", "3", Map.of()));
    }

    @Test
    void aDocumentThatIsNoStateChangesNothing() throws Exception {
        store.put("deal", "1", VALUES);
        String good = store.state().toString();
        for (String bad : List.of("{}", good.replace("\"version\":11,\"sequence\":1,\"tables\"", "\"tables\""),
            good.replace("\"name\"", "\"nothing\""), good.replaceFirst("\"version\":11", "\"version\":10"))) {
            assertThatThrownBy(() -> store.restore(SandboxSystem.JSON.readTree(bad), StoreStateTest::read)).as(bad)
                .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(store.state()).hasToString(good);
    }

    @Test
    void rowsAreFoundByValueThroughChangesDeletionsAndUndoneTransactions() {
        store.put("deal", "1", VALUES);
        assertThat(store.rowsWith("deal", "name", "CONTOSO")).hasSize(1);
        assertThat(store.rowsWith("deal", "value", new BigDecimal("5.5"))).hasSize(1);
        assertThat(store.rowsWith("deal", "parent", new Ref("account", "A"))).hasSize(1);
        assertThatThrownBy(() -> store.transaction(() -> {
            store.put("deal", "1", Map.of("name", "Other"));
            assertThat(store.rowsWith("deal", "name", "Contoso")).isEmpty();
            assertThat(store.rowsWith("deal", "name", "other")).hasSize(1);
            throw new IllegalStateException("undone");
        })).hasMessage("undone");
        assertThat(store.rowsWith("deal", "name", "Contoso")).hasSize(1);
        assertThat(store.rowsWith("deal", "name", "Other")).isEmpty();
        store.remove(store.find("deal", "1"));
        assertThat(store.rowsWith("deal", "name", "Contoso")).isEmpty();
    }
}
