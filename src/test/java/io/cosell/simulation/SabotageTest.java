package io.cosell.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.Crm;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every protection is needed: without it, the simulation finds a seed on which the contract is broken. */
class SabotageTest {

    private static final long MOST = 1000;

    @TempDir
    static Path sound;
    private static World whole;

    @BeforeAll
    static void open() {
        whole = new World(sound, Crm.DYNAMICS_365);
    }

    @AfterAll
    static void close() {
        whole.close();
    }

    @ParameterizedTest
    @EnumSource
    void isCaught(Sabotage sabotage, @TempDir Path folder) {
        try (World world = new World(folder, Crm.DYNAMICS_365, sabotage)) {
            Optional<Long> caught = LongStream.concat(LongStream.of(sabotage.seed()), LongStream.rangeClosed(1, MOST)).boxed()
                .filter(seed -> !Run.of(world, seed).isGood()).findFirst();
            assertThat(caught).as("a seed that catches %s", sabotage).isPresent();
            assertThat(Run.of(whole, caught.get()).violations()).as("the same seed with nothing taken away").isEmpty();
        }
    }
}
