package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Fault;
import io.cosell.sandbox.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value that loses is kept before it is overwritten: whatever goes wrong afterwards, it is not gone. */
class LosingValueTest {

    @TempDir
    Path folder;

    @Test
    void aLosingValueIsKeptThoughTheAnswerToTheWriteIsLost() {
        try (Stage stage = Stage.open(folder, Map.of())) {
            String referral = stage.receivedDeal("First name");
            String record = stage.link(referral).recordId();
            stage.partnerCenter.holdWebhooks(true);
            stage.partnerCenter.fail(Fault.answerLost("PATCH", referral));

            stage.partnerCenter.partnerEdits(referral, Map.of("/name", "Name over there"));
            stage.crm.fail(Fault.instead("GET", "/opportunities(" + record + ")",
                Reply.json(503, Map.of("error", Map.of("code", "busy", "message", "Try later.")))));
            stage.crm.update("opportunity", record, Map.of("name", "Name over here"));
            stage.partnerCenter.holdWebhooks(false);
            stage.eventually(() -> "Name over here".equals(stage.partnerCenter.referral(referral).get("name")));
            stage.settled();

            List<Map<String, Object>> conflicts = stage.journal(referral).stream().filter(entry -> "conflict".equals(entry.get("kind"))).toList();
            assertThat(conflicts).singleElement().satisfies(entry -> assertThat(entry)
                .containsEntry("field", "/name").containsEntry("old_value", "Name over there").containsEntry("new_value", "Name over here"));
        }
    }
}
