package io.cosell.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.schema.CrmSchema.Column;
import io.cosell.schema.CrmSchema.Table;
import io.cosell.schema.Setup.Item;
import io.cosell.schema.Setup.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of tables that a CRM must have, and how it compares with what the CRM has. */
class CrmTablesTest {

    @TempDir
    private Path folder;

    private CrmTables read(String text) throws IOException {
        Path file = folder.resolve(CrmTables.FILE);
        Files.writeString(file, text);
        return CrmTables.read(file, filled -> filled.replace("{{name}}", "deal"));
    }

    private static CrmSchema schema(String table, String column, Column there) {
        return new CrmSchema("some-crm", Map.of(table, new Table(Map.of(column, there))));
    }

    private static Column column(String type, Integer length, Map<String, String> choices) {
        return new Column(type, length, false, choices);
    }

    @Test
    void settingsStandInItAndOtherTablesJoin() throws IOException {
        assertThat(read("tables: { '{{name}}': {}, part: { columns: {} } }").with(List.of("Deal", "person")).names())
            .containsExactly("deal", "part", "person");
        assertThat(CrmTables.read(folder.resolve("none.yaml"), text -> text).names()).isEmpty();
    }

    @Test
    void whatIsWrongIsToldWithItsPlace() {
        assertThatThrownBy(() -> read("tables:\n  deal: [")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tables.yaml:2");
        assertThatThrownBy(() -> read("deal: {}")).hasMessageContaining("there are no tables");
        assertThatThrownBy(() -> read("tables: { deal: { columns: { own: { length: 3 } } } }"))
            .hasMessageContaining("the column own of the table deal has no type");
    }

    @Test
    void aColumnIsThereMissingOrDifferent() throws IOException {
        CrmTables needed = read("tables: { deal: { columns: { own: { type: text, length: 10, choices: { a: A, b: Bee } } } } }");

        assertThat(states(needed, schema("DEAL", "OWN", column("Text", 10, Map.of("a", "A", "b", "B"))))).containsExactly(State.THERE);
        assertThat(states(needed, schema("deal", "other", column("text", 10, Map.of())))).containsExactly(State.MISSING);
        assertThat(why(needed, column("number", null, Map.of()))).isEqualTo("is of type number, must be text");
        assertThat(why(needed, column("text", 9, Map.of()))).isEqualTo("takes 9 characters, must take 10");
        assertThat(why(needed, column("text", 10, Map.of("a", "A")))).isEqualTo("has no choice b (Bee)");
    }

    @Test
    void onlyATableThatSaysHowCanBeMade() throws IOException {
        CrmTables needed = read("tables: { deal: { columns: { own: { type: text } } }, part: { make: { label: Part }, columns: { no: { type: text } } } }");
        Setup setup = Setup.of(needed, new CrmSchema("some-crm", Map.of()));

        assertThat(setup.all(State.DIFFERENT)).extracting(Item::name).containsExactly("deal");
        assertThat(setup.all(State.MISSING)).extracting(Item::name).containsExactly("part", "part.no");
        assertThat(setup.missing()).hasToString("{\"part\":{\"make\":{\"label\":\"Part\"},\"columns\":{\"no\":{\"type\":\"text\"}}}}");
        Setup half = Setup.of(needed, new CrmSchema("some-crm", Map.of("part", new Table(Map.of()))));
        assertThat(half.missing()).hasToString("{\"part\":{\"columns\":{\"no\":{\"type\":\"text\"}}}}");
    }

    private static List<State> states(CrmTables needed, CrmSchema schema) {
        return Setup.of(needed, schema).items().stream().map(Item::state).toList();
    }

    private static String why(CrmTables needed, Column there) {
        Item item = Setup.of(needed, schema("deal", "own", there)).items().get(0);
        assertThat(item.state()).isEqualTo(State.DIFFERENT);
        return item.why();
    }
}
