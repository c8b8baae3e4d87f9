package io.cosell.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void tellsWhichFilesWereSaved() throws Exception {
        Path crm = Files.createDirectories(folder.resolve("crm"));
        try (Watch watch = new Watch(folder)) {
            Files.writeString(crm.resolve("deal-in.json"), "[]");
            Files.writeString(crm.resolve("deal-in.json.swp"), "of an editor");
            assertThat(watch.next()).containsExactly(crm.resolve("deal-in.json"));

            Path later = Files.createDirectories(folder.resolve("later"));
            Files.writeString(folder.resolve("fields.yaml"), "fields: []");
            assertThat(watch.next()).contains(folder.resolve("fields.yaml"));
            Files.writeString(later.resolve("deal-out.json"), "[]");
            assertThat(watch.next()).contains(later.resolve("deal-out.json"));
        }
    }

    @Test
    void aSpecAndItsExamplesAreTestedAgainAloneAndAllAfterAnyOtherFile() {
        assertThat(Watch.specs(folder, Set.of(folder.resolve("crm/deal-in.json")))).accepts("crm/deal-in").rejects("crm/deal-out");
        assertThat(Watch.specs(folder, Set.of(folder.resolve("examples/crm/deal-out/full.expected.json")))).accepts("crm/deal-out")
            .rejects("crm/deal-in");
        assertThat(Watch.specs(folder, Set.of(folder.resolve("fields.yaml"), folder.resolve("crm/deal-in.json")))).accepts("crm/deal-out");
    }
}
