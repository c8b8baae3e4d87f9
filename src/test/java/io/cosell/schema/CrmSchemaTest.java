package io.cosell.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.schema.CrmSchema.Column;
import io.cosell.schema.CrmSchema.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file a CRM's schema is kept in. */
class CrmSchemaTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        CrmSchema schema = new CrmSchema("some-crm", Map.of("deal", new Table(Map.of(
            "name", new Column("text", 300, true, Map.of()),
            "rating", new Column("picklist", null, false, Map.of("1", "Hot"))))));
        Path file = folder.resolve(CrmSchema.FILE);
        schema.write(file);
        assertThat(CrmSchema.read(file)).isEqualTo(schema);
    }

    @Test
    void theFileIsTheSameWhateverTheOrderWas() throws IOException {
        Path file = folder.resolve(CrmSchema.FILE);
        new CrmSchema("some-crm", Map.of("deal", new Table(Map.of("b", new Column("text", 300, true, Map.of()),
            "a", new Column("picklist", null, false, Map.of("1", "Hot")))))).write(file);
        assertThat(file).hasContent("""
            {
              "crm": "some-crm",
              "tables": {
                "deal": {
                  "columns": {
                    "a": {
                      "type": "picklist",
                      "required": false,
                      "choices": {
                        "1": "Hot"
                      }
                    },
                    "b": {
                      "type": "text",
                      "maxLength": 300,
                      "required": true
                    }
                  }
                }
              }
            }
            """);
    }

    @Test
    void whatIsNoSchemaIsToldWithItsPlace() throws IOException {
        Path file = folder.resolve(CrmSchema.FILE);
        Files.writeString(file, "{\"crm\": \"some-crm\",\n\"tables\": 3}");
        assertThatThrownBy(() -> CrmSchema.read(file)).isInstanceOf(IOException.class).hasMessageContaining(CrmSchema.FILE + ":2: ");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> CrmSchema.read(file)).isInstanceOf(IOException.class).hasMessageContaining("\"crm\" is missing");
    }
}
