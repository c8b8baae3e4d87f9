package io.cosell.lane;

import static io.cosell.store.Store.columns;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.cosell.store.Database;
import io.cosell.store.Link;
import io.cosell.store.Side;
import io.cosell.store.StaleClaimException;
import io.cosell.store.StepClock;
import io.cosell.store.Store;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaneRunnerTest {

    @TempDir
    Path folder;
    private final StepClock clock = new StepClock("2026-03-01T10:00:00Z");
    private final CamelContext camel = new DefaultCamelContext();
    /** What route "lane" does on its first, second, ... run; the last one again and again. */
    private final Deque<Processor> lane = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private Processor laneRests = exchange -> finish(exchange, "resting");
    private int rounds;
    private HikariDataSource dataSource;
    private Store store;
    private LaneRunner runner;
    private String link;

    @BeforeEach
    void open() throws Exception {
        dataSource = Database.open("jdbc:sqlite:" + folder.resolve("store.db"), null, null);
        store = new Store(dataSource, clock);
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:lane").process(exchange -> {
                    rounds++;
                    (lane.size() > 1 ? lane.poll() : lane.element()).process(exchange);
                });
                from("direct:lane-rests").process(exchange -> {
                    told.add(exchange.getVariable("reason", String.class));
                    laneRests.process(exchange);
                });
            }
        });
        camel.start();
        runner = new LaneRunner(camel.createProducerTemplate(), store, clock, Duration.ofSeconds(5), Duration.ofSeconds(60));
        link = store.newLink("partner-center", "R1", null);
        store.mark(link, Side.REFERRAL);
    }

    @AfterEach
    void close() {
        camel.stop();
        dataSource.close();
    }

    private void finish(Exchange exchange, String state) {
        Object body = exchange.getMessage().getBody();
        Link read = body instanceof Link claimed ? claimed : store.link((String) body);
        store.finish(read, columns("state", state, "failures", 0), List.of());
    }

    private Processor succeeds() {
        return exchange -> finish(exchange, "linked");
    }

    private static Processor fails(Exception failure) {
        return exchange -> {
            throw failure;
        };
    }

    private static Processor failsAndAsksFor(String retryAfter) {
        return exchange -> {
            exchange.setVariable("retryAfter", retryAfter);
            throw new TemporaryFailure("Partner Center can't answer just now (429).");
        };
    }

    private Link link() {
        return store.link(link);
    }

    private List<String> journal() {
        return store.journalOf(link).stream().map(row -> row.get("kind") + ": " + row.get("reason")).toList();
    }

    @Test
    void aLaneThatIsDoneRests() {
        lane.add(succeeds());
        assertThat(runner.run(link)).isEmpty();
        assertThat(rounds).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void aMarkThatCameMeanwhileIsWorkedOffInTheSameRun() {
        lane.add(exchange -> {
            Link read = link();
            store.mark(link, Side.RECORD);
            store.finish(read, columns(), List.of());
        });
        lane.add(succeeds());
        assertThat(runner.run(link)).isEmpty();
        assertThat(rounds).isEqualTo(2);
        assertThat(link().isMarked()).isFalse();
    }

    @Test
    void aLaneThatNeverComesToRestPauses() {
        lane.add(exchange -> {
            finish(exchange, "linked");
            store.mark(link, Side.NEITHER);
        });
        assertThat(runner.run(link)).contains(Duration.ofSeconds(5));
        assertThat(rounds).isEqualTo(LaneRunner.ROUND_LIMIT);
        assertThat(link().reason()).contains("do not come to rest");
    }

    @Test
    void aGracePeriodIsWaitedFor() {
        lane.add(exchange -> {
            finish(exchange, "linked");
            exchange.setVariable("waitSeconds", 301L);
        });
        assertThat(runner.run(link)).contains(Duration.ofSeconds(301));
        assertThat(link().failures()).isZero();
    }

    @Test
    void pausesDoubleUpToALimitAndEndWithTheFirstSuccess() {
        lane.add(fails(new TemporaryFailure("Partner Center can't answer just now (503).")));
        List<Optional<Duration>> pauses = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pauses.add(runner.run(link));
        }
        assertThat(pauses).extracting(pause -> pause.orElseThrow().toSeconds()).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(rounds).isEqualTo(6);
        assertThat(link()).matches(Link::isMarked).extracting(Link::failures).isEqualTo(6);
        assertThat(journal()).as("the same reason is journaled once").hasSize(1);
        assertThat(told).as("the seller is not bothered").isEmpty();

        lane.clear();
        lane.add(succeeds());
        assertThat(runner.run(link)).isEmpty();
        assertThat(link().failures()).isZero();
    }

    @Test
    void veryManyFailuresDoNotOverflow() {
        store.progress(link(), columns("failures", 1_000_000), List.of());
        lane.add(fails(new TemporaryFailure("down")));
        assertThat(runner.run(link)).contains(Duration.ofSeconds(60));
    }

    @Test
    void networkErrorsAreTemporaryAndTheirAddressesStayOutOfTheJournal() {
        lane.add(fails(new RuntimeException(new ConnectException("Connect to https://secret.example:443 failed"))));
        lane.add(fails(new IOException("https://secret.example closed the connection")));
        assertThat(runner.run(link)).isPresent();
        assertThat(runner.run(link)).isPresent();
        assertThat(link().failures()).isEqualTo(2);
        assertThat(journal()).hasSize(2).allSatisfy(entry -> assertThat(entry).doesNotContain("secret")
            .contains("could not be reached", "tries again by itself"));
    }

    @Test
    void aSystemThatIsNotReachedIsNamed() {
        lane.add(exchange -> {
            exchange.setVariable("calledSystem", "Tiny CRM");
            throw new ConnectException("Connect to https://secret.example:443 failed");
        });
        assertThat(runner.run(link)).isPresent();
        assertThat(journal()).singleElement().asString().contains("Tiny CRM could not be reached (ConnectException).");
    }

    @Test
    void retryAfterIsObeyedEvenBeyondTheLongestPause() {
        lane.add(failsAndAsksFor("600"));
        assertThat(runner.run(link)).contains(Duration.ofMinutes(10));
    }

    @Test
    void aShortRetryAfterDoesNotShortenThePause() {
        lane.add(failsAndAsksFor("1"));
        assertThat(runner.run(link)).contains(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvSource(value = {"57|57", " 57 |57", "0|0", "999999999|999999999", "Sun, 01 Mar 2026 10:02:00 GMT|120", "Sun, 01 Mar 2026 09:00:00 GMT|0"},
        delimiter = '|', ignoreLeadingAndTrailingWhitespace = false)
    void retryAfterIsSecondsOrADate(String value, long seconds) {
        assertThat(runner.retryAfter(value)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "-5", "1.5", "99999999999999999999", "Sun, 41 Mar 2026 10:02:00 GMT"})
    void aRetryAfterThatIsNeitherCountsAsNone(String value) {
        assertThat(runner.retryAfter(value)).isZero();
        assertThat(runner.retryAfter(null)).isZero();
    }

    @Test
    void afterAGuardRefusedAWriteTheLaneReadsBothSidesAndPlansAgain() {
        lane.add(fails(new StaleFailure("Changed in Partner Center since it was read (412).")));
        lane.add(fails(new RuntimeException("from an expression", new StaleClaimException("x"))));
        lane.add(fails(new NotFoundFailure("gone")));
        List<Boolean> moved = new ArrayList<>();
        lane.add(exchange -> {
            moved.add(link().referralMoved() && link().recordMoved());
            finish(exchange, "linked");
        });
        assertThat(runner.run(link)).isEmpty();
        assertThat(rounds).isEqualTo(4);
        assertThat(moved).containsExactly(true);
        assertThat(journal()).isEmpty();
    }

    @Test
    void afterTooManyRefusalsOfAGuardTheLanePauses() {
        lane.add(fails(new StaleFailure("Changed in Partner Center since it was read (412).")));
        assertThat(runner.run(link)).contains(Duration.ofSeconds(5));
        assertThat(rounds).isEqualTo(LaneRunner.STALE_LIMIT);
        assertThat(link().reason()).startsWith("Somebody keeps changing the deal");
    }

    @Test
    void aRefusalIsToldToTheRecordAndTheLaneRests() {
        lane.add(fails(new RefusedFailure("Deal value is missing or 0.")));
        assertThat(runner.run(link)).isEmpty();
        assertThat(told).containsExactly("Deal value is missing or 0.");
        assertThat(link()).matches(l -> !l.isMarked()).extracting(Link::state).isEqualTo("resting");
    }

    @Test
    void aFailureInsideAnExpressionIsFoundUnderWhatCamelWrapsAroundIt() {
        lane.add(fails(new IllegalStateException("outer", new RuntimeException("middle", new RefusedFailure("The currency XYZ is not set up.")))));
        runner.run(link);
        assertThat(told).containsExactly("The currency XYZ is not set up.");
    }

    @Test
    void anUnexpectedFailureRestsTheLaneAndTellsNoSecrets() {
        lane.add(fails(new IllegalStateException("password=1234")));
        assertThat(runner.run(link)).isEmpty();
        assertThat(told).containsExactly("The connector failed on this deal (IllegalStateException); its log says more.");
    }

    @Test
    void aMarkThatCameWhileTheRecordWasToldLeadsToOneMoreRound() {
        lane.add(fails(new RefusedFailure("no")));
        lane.add(succeeds());
        laneRests = exchange -> {
            Link read = link();
            store.mark(link, Side.RECORD);
            store.finish(read, columns("state", "resting"), List.of());
        };
        assertThat(runner.run(link)).isEmpty();
        assertThat(rounds).isEqualTo(2);
        assertThat(link().state()).isEqualTo("linked");
    }

    @Test
    void aRecordThatCanNotBeToldJustNowIsToldLater() {
        lane.add(fails(new RefusedFailure("no")));
        laneRests = fails(new TemporaryFailure("The CRM can't answer just now (503)."));
        assertThat(runner.run(link)).contains(Duration.ofSeconds(5));
        assertThat(link()).matches(l -> l.isMarked() && l.recordMoved() && l.failures() == 1);
        laneRests = fails(new StaleFailure("Changed in the CRM since it was read (412)."));
        assertThat(runner.run(link)).contains(Duration.ofSeconds(10));
    }

    @Test
    void aRecordThatTakesNoWordLeavesTheReasonInTheJournal() {
        lane.add(fails(new RefusedFailure("Deal value is missing or 0.")));
        laneRests = fails(new RefusedFailure("The CRM denies access (403)."));
        assertThat(runner.run(link)).isEmpty();
        assertThat(link()).matches(l -> !l.isMarked() && l.state().equals("resting") && l.reason().startsWith("Deal value"));
        assertThat(journal()).containsExactly("resting: Deal value is missing or 0.",
            "failed: The record could not be told: The CRM denies access (403).");
    }

    @Test
    void theJournalEntryOfAPauseComesAgainWhenTheReasonChanges() {
        lane.add(fails(new TemporaryFailure("first")));
        lane.add(fails(new TemporaryFailure("second")));
        runner.run(link);
        runner.run(link);
        assertThat(journal()).containsExactly("failed: first The lane tries again by itself.", "failed: second The lane tries again by itself.");
    }

    @Test
    void aLinkGivenUpForAnotherWhileItsLaneRanEndsAndDoesNotRest() {
        String kept = store.newLink("crm", "O1", "opportunity");
        lane.add(exchange -> {
            store.progress(store.link(kept), columns("referral_id", "R1"), List.of());
            throw new RefusedFailure("The record belongs to the deal of another referral.");
        });
        lane.add(exchange -> finish(exchange, "ended"));

        assertThat(runner.run(link)).isEmpty();

        assertThat(link().referralId()).isNull();
        assertThat(link().state()).isEqualTo("ended");
        assertThat(told).isEmpty();
    }
}
