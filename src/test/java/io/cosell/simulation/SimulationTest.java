package io.cosell.simulation;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The four sentences of the contract, whatever users, network and processes do, with every CRM. One seed again:
 * {@code -Dsimulation.seed=4711}; more of them: {@code -Dsimulation.runs=10000}; with one CRM: {@code -Dsimulation.crm=salesforce}, or
 * {@code salesforce-leads}, where offers are leads.
 */
@Execution(ExecutionMode.CONCURRENT)
class SimulationTest {

    private static final long FIRST = Long.getLong("simulation.seed", 1);
    /** Seeds for each CRM in the build. */
    private static final Map<Subject, Long> USUAL = Map.of(Subject.DYNAMICS_365, 200L, Subject.SALESFORCE, 60L, Subject.SALESFORCE_LEADS, 40L);
    private static final int HALVES = 2;
    private static final int MOST_FAILURES = 20;

    @TempDir
    Path folder;

    static Stream<Arguments> parts() {
        String chosen = System.getProperty("simulation.crm");
        return Arrays.stream(Subject.values()).filter(subject -> chosen == null || subject == Subject.of(chosen))
            .flatMap(subject -> IntStream.range(0, HALVES).mapToObj(half -> Arguments.of(subject, half)));
    }

    private static long runs(Subject subject) {
        return System.getProperty("simulation.seed") != null ? 1 : Long.getLong("simulation.runs", USUAL.get(subject));
    }

    @ParameterizedTest(name = "{0}, seeds that leave {1}")
    @MethodSource("parts")
    void theContractHolds(Subject subject, int half) {
        long[] seeds = LongStream.range(FIRST, FIRST + runs(subject)).filter(seed -> seed % HALVES == half).toArray();
        if (seeds.length == 0) {
            return;
        }
        Map<Long, String> failed = new TreeMap<>();
        try (World world = new World(folder, subject)) {
            for (long seed : seeds) {
                Run.Outcome outcome = Run.of(world, seed);
                if (!outcome.isGood() && failed.size() < MOST_FAILURES) {
                    failed.put(seed, outcome.violations().get(0));
                }
            }
            failed.keySet().stream().findFirst().ifPresent(seed -> report(world, subject, seed, failed));
        }
    }

    /** Fails with the shortest list of steps for the first seed, and with all that was written in it. */
    private static void report(World world, Subject subject, long seed, Map<Long, String> failed) {
        List<Step> shortest = Shrinker.shrink(Step.of(seed, subject), steps -> !new Run(world, seed, steps).play().isGood());
        Run.Outcome outcome = new Run(world, seed, shortest).play();
        fail("""
            The contract does not hold on seeds
            %s
            The shortest history of seed %d that does not:
            %s
            What was written on both sides:
            %s
            The connector's calls, with the step they were made in:
            %s
            The journal:
            %s
            What is wrong:
            %s
            Run it again: mvn -q -o test -Dtest=SimulationTest -Dsimulation.crm=%s -Dsimulation.seed=%d""".formatted(lines(failed.entrySet()), seed,
            lines(shortest), lines(outcome.timeline().writes()), lines(outcome.trace()), lines(world.store().journal()),
            lines(outcome.violations()), subject, seed));
    }

    private static String lines(Collection<?> list) {
        return list.stream().map(String::valueOf).collect(Collectors.joining("\n  ", "  ", ""));
    }
}
