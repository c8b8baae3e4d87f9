package io.cosell.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A seed tells the whole run: played again, in a world that has seen others or in a new one, the connector makes the same calls. */
class ReplayTest {

    private static final List<Long> SEEDS = List.of(7L, 443L);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aSeedPlayedAgainMakesTheSameCalls(Subject subject) throws Exception {
        try (World first = world(subject, "first"); World second = world(subject, "second")) {
            for (long seed : SEEDS) {
                List<String> calls = Run.of(first, seed).trace();
                assertThat(calls).hasSizeGreaterThan(20);
                assertThat(Run.of(first, seed).trace()).as("calls of seed %d, played again", seed).isEqualTo(calls);
                assertThat(Run.of(second, seed).trace()).as("calls of seed %d in another world", seed).isEqualTo(calls);
            }
            assertThat(Run.of(first, SEEDS.get(0)).trace()).isNotEqualTo(Run.of(first, SEEDS.get(1)).trace());
        }
    }

    private World world(Subject subject, String name) throws Exception {
        return new World(Files.createDirectory(folder.resolve(name)), subject);
    }
}
