package io.cosell.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every protection is needed: without it, the simulation finds a seed on which the contract is broken. With Salesforce the build takes away
 * what its routes and settings add; what they share with Dynamics 365 too with {@code -Dsimulation.crm=salesforce}.
 */
class SabotageTest {

    private static final long MOST = 1000;

    @TempDir
    static Path sound;
    /** With Salesforce, the protections that rest on its own routes or on the times that it tells. */
    private static final Set<Sabotage> OF_SALESFORCE = EnumSet.of(Sabotage.VERSION_TAGS, Sabotage.CREATION_KEY_OF_RECORDS,
        Sabotage.CURSOR_OVERLAP, Sabotage.WHOSE_CHANGE);
    private static final Optional<Subject> CHOSEN = Optional.ofNullable(System.getProperty("simulation.crm")).map(Subject::of);
    private static final Map<Subject, World> WHOLE = new EnumMap<>(Subject.class);

    private static Stream<Subject> subjects() {
        return Stream.of(Subject.DYNAMICS_365, Subject.SALESFORCE).filter(subject -> subject == CHOSEN.orElse(subject));
    }

    @BeforeAll
    static void open() throws Exception {
        for (Subject subject : subjects().toList()) {
            WHOLE.put(subject, new World(Files.createDirectory(sound.resolve(subject.name())), subject));
        }
    }

    @AfterAll
    static void close() {
        WHOLE.values().forEach(World::close);
    }

    static Stream<Arguments> protections() {
        return subjects().flatMap(subject -> Arrays.stream(Sabotage.values())
            .filter(sabotage -> sabotage.seed(subject.crm()) > 0 && (CHOSEN.isPresent() || subject != Subject.SALESFORCE || OF_SALESFORCE.contains(sabotage)))
            .map(sabotage -> Arguments.of(subject, sabotage)));
    }

    @ParameterizedTest
    @MethodSource("protections")
    void isCaught(Subject subject, Sabotage sabotage, @TempDir Path folder) {
        try (World world = new World(folder, subject, sabotage)) {
            Optional<Long> caught = LongStream.concat(LongStream.of(sabotage.seed(subject.crm())), LongStream.rangeClosed(1, MOST)).boxed()
                .filter(seed -> !Run.of(world, seed).isGood()).findFirst();
            assertThat(caught).as("a seed that catches %s with %s", sabotage, subject).isPresent();
            assertThat(Run.of(WHOLE.get(subject), caught.get()).violations()).as("the same seed with nothing taken away").isEmpty();
        }
    }

    /** Two changes of one user in one second, between which the record is read: too seldom for seeds, so their history is written down. */
    @Test
    void isCaughtByItsOwnHistory(@TempDir Path folder) {
        assumeTrue(WHOLE.containsKey(Subject.SALESFORCE));
        List<Step> history = Sabotage.SECOND_WAITED_OUT.history();
        try (World world = new World(folder, Subject.SALESFORCE, Sabotage.SECOND_WAITED_OUT)) {
            assertThat(new Run(world, 1, history).play().violations()).singleElement().asString().startsWith("3: a user's notes was lost");
        }
        assertThat(new Run(WHOLE.get(Subject.SALESFORCE), 1, history).play().violations()).as("with nothing taken away").isEmpty();
    }
}
