package io.cosell.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The four sentences of the contract, whatever users, network and processes do. One seed again: {@code -Dsimulation.seed=4711}; more of
 * them: {@code -Dsimulation.runs=10000}.
 */
@Execution(ExecutionMode.CONCURRENT)
class SimulationTest {

    private static final long FIRST = Long.getLong("simulation.seed", 1);
    private static final long RUNS = System.getProperty("simulation.seed") != null ? 1 : Long.getLong("simulation.runs", 300);

    @TempDir
    Path folder;

    @Test
    void theContractHoldsOnEvenSeeds() {
        holds(0);
    }

    @Test
    void theContractHoldsOnOddSeeds() {
        holds(1);
    }

    private void holds(int half) {
        long[] seeds = LongStream.range(FIRST, FIRST + RUNS).filter(seed -> seed % 2 == half).toArray();
        if (seeds.length == 0) {
            return;
        }
        try (World world = new World(folder, sandboxes -> new Dynamics365User(sandboxes.dynamics365()), List.of())) {
            for (long seed : seeds) {
                if (!Run.of(world, seed).isGood()) {
                    report(world, seed);
                }
            }
        }
    }

    /** Fails with the shortest list of steps, and with all that was written in it. */
    private static void report(World world, long seed) {
        List<Step> shortest = Shrinker.shrink(Step.of(seed), steps -> !new Run(world, seed, steps).play().isGood());
        Run.Outcome outcome = new Run(world, seed, shortest).play();
        assertThat(outcome.violations()).as("seed %d. Again: mvn -q -o test -Dtest=SimulationTest -Dsimulation.seed=%d%n%s%n%s%n%s%n%s",
            seed, seed, lines(shortest), lines(outcome.timeline().writes()), lines(outcome.trace()), lines(world.store().journal()))
            .isEmpty();
    }

    private static String lines(List<?> list) {
        return list.stream().map(String::valueOf).collect(Collectors.joining("\n  ", "  ", ""));
    }
}
