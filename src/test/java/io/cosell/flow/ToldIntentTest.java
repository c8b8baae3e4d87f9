package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.zaxxer.hikari.HikariDataSource;
import io.cosell.store.Database;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By the audit text of the record the connector knows that a write was done whose answer it never got. */
class ToldIntentTest {

    private final Planning planning = new Planning(null, Clock.systemUTC(), Duration.ZERO);

    @Test
    void onlyTheVeryTextThatWasWrittenTellsThatItIsDone(@TempDir Path folder) {
        try (HikariDataSource dataSource = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null)) {
            Store store = new Store(dataSource, Clock.systemUTC());
            Link before = store.link(store.newLink("crm", "O1", "opportunity"));
            Link link = store.intend(before, JsonNodeFactory.instance.objectNode().put("told", "Notes.\nMade."));

            assertThat(planning.isUnheard(before)).isFalse();
            assertThat(planning.isUnheard(link)).isTrue();
            assertThat(planning.isDone(before, Map.of("audit", "Notes.\nMade."))).isFalse();
            assertThat(planning.isDone(link, Map.of("audit", "Notes.\nMade."))).isTrue();
            assertThat(planning.isDone(link, Map.of("audit", "Notes.\r\nMade.\r\n"))).as("with the line ends of a form").isTrue();
            assertThat(planning.isDone(link, Map.of("audit", "Made."))).isFalse();
            assertThat(planning.isDone(link, Map.of("audit", "Notes.\nNotes.\nMade."))).isFalse();
            assertThat(planning.isDone(link, Map.of())).as("of a mapping that does not read it").isFalse();
            assertThat(planning.isDone(link, null)).isFalse();
        }
    }
}
