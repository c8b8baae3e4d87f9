package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentsTest {

    private final Documents documents = new Documents();

    @Test
    void membersMayBeNullAndKeepTheirOrder() {
        Map<String, Object> document = documents.of("b", null, "a", 1);
        assertThat(document).hasSize(2).containsEntry("b", null).containsEntry("a", 1);
        assertThat(document.keySet()).containsExactly("b", "a");
    }

    @Test
    void theDocumentGivenStaysAsItIs() {
        Map<String, Object> given = Map.of("a", 1);
        assertThat(documents.with(given, "a", 2)).containsExactly(Map.entry("a", 2));
        assertThat(given).containsExactly(Map.entry("a", 1));
    }
}
