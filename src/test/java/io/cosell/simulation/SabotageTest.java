package io.cosell.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every protection is needed: without it, the simulation finds a seed, or a written history, on which the contract is broken. */
class SabotageTest {

    private static final long MOST = 1000;

    @TempDir
    static Path sound;
    private static World whole;

    @BeforeAll
    static void open() {
        whole = new World(sound, sandboxes -> new Dynamics365User(sandboxes.dynamics365()));
    }

    @AfterAll
    static void close() {
        whole.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CURSOR_OVERLAP")
    void isCaught(Sabotage sabotage, @TempDir Path folder) {
        try (World world = new World(folder, sandboxes -> new Dynamics365User(sandboxes.dynamics365()), sabotage)) {
            Optional<Long> caught = LongStream.concat(LongStream.of(sabotage.seed()), LongStream.rangeClosed(1, MOST)).boxed()
                .filter(seed -> !Run.of(world, seed).isGood()).findFirst();
            assertThat(caught).as("a seed that catches %s", sabotage).isPresent();
            assertThat(Run.of(whole, caught.get()).violations()).as("the same seed with nothing taken away").isEmpty();
        }
    }

    /** Needs two linked deals that nobody touches afterwards, which seeds bring about too seldom. */
    @Test
    void aMissingOverlapIsCaughtByAHistory(@TempDir Path folder) {
        List<Step> steps = List.of(step(Step.Kind.PARTNER_CREATES, 1), step(Step.Kind.EVENT_COMES, 0), step(Step.Kind.PARTNER_CREATES, 1),
            step(Step.Kind.EVENT_COMES, 2), step(Step.Kind.LANES, 0), step(Step.Kind.EVENT_COMES, 2), step(Step.Kind.LANES, 0),
            step(Step.Kind.PARTNER_EDITS_UNHEARD, 3));
        try (World world = new World(folder, sandboxes -> new Dynamics365User(sandboxes.dynamics365()), Sabotage.CURSOR_OVERLAP)) {
            assertThat(new Run(world, 1, steps).play().violations()).as("without overlap").isNotEmpty();
            assertThat(new Run(whole, 1, steps).play().violations()).as("with nothing taken away").isEmpty();
        }
    }

    private static Step step(Step.Kind kind, int a) {
        return new Step(kind, 0, a, 77, null);
    }
}
