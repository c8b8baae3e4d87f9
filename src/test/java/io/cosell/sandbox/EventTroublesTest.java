package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cosell.sandbox.Delivery.State;
import io.cosell.sandbox.EventPolicy.Answer;
import io.cosell.sandbox.FaultPlan.Rule;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What listeners see of each trouble that can befall an event. */
class EventTroublesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private SmallSystem system;

    @AfterEach
    void stop() {
        system.close();
    }

    private void start(boolean inOrder, Listener listener, Rule... rules) {
        system = new SmallSystem("small", new EventPolicy(1, Answer::is2xx, answer -> false, made -> Duration.ZERO, PATIENCE, inOrder));
        system.listen(listener.url());
        system.plan(FaultPlan.of(1, rules));
    }

    private void write(String... ids) throws Exception {
        for (String id : ids) {
            assertThat(system.call("PATCH", "/things/" + id, "x").statusCode()).isEqualTo(204);
        }
    }

    private static Rule second(Trouble trouble) {
        return Rule.everyNthEvent("small", "changed", trouble, 2).atMost(1);
    }

    private static List<String> written(String... ids) {
        return Arrays.stream(ids).map(id -> id + "=x").toList();
    }

    @Test
    void aLostEventNeverComes() throws Exception {
        try (Listener listener = new Listener()) {
            start(true, listener, second(Trouble.EVENT_LOST));
            write("a", "b", "c");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("a", "c"));
            assertThat(system.events().deliveries()).extracting(Delivery::state)
                .containsExactly(State.DELIVERED, State.DROPPED, State.DELIVERED);
            assertThat(system.events().deliveries()).extracting(Delivery::trouble).containsExactly(null, Trouble.EVENT_LOST, null);
        }
    }

    @Test
    void aDoubledEventComesTwice() throws Exception {
        try (Listener listener = new Listener()) {
            start(true, listener, second(Trouble.EVENT_DOUBLED));
            write("a", "b", "c");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("a", "b", "b", "c"));
            assertThat(system.events().deliveries()).extracting(Delivery::about).containsExactly("a", "b", "b", "c");
        }
    }

    @Test
    void aDelayedEventLetsOthersPass() throws Exception {
        try (Listener listener = new Listener()) {
            start(true, listener, second(Trouble.EVENT_DELAYED).delayed(3000));
            long start = System.nanoTime();
            write("a", "b", "c");
            system.events().awaitDelivered(PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
            assertThat(listener.bodies).containsExactlyInAnyOrderElementsOf(written("a", "b", "c")).endsWith("b=x");
        }
    }

    /** On systems that send in order and on those that do not: what is reordered comes after the next one either way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReorderedEventComesRightAfterTheNextOne(boolean inOrder) throws Exception {
        try (Listener listener = new Listener()) {
            start(inOrder, listener, second(Trouble.EVENT_REORDERED).delayed(60_000));
            write("a");
            system.events().awaitDelivered(PATIENCE);
            write("b", "c");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("a", "c", "b"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eventsThatAreAllReorderedComeBackwards(boolean inOrder) throws Exception {
        try (Listener listener = new Listener()) {
            start(inOrder, listener, Rule.everyNthEvent("small", null, Trouble.EVENT_REORDERED, 1).atMost(3).delayed(60_000));
            write("a", "b", "c", "d");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("d", "c", "b", "a"));
        }
    }

    @Test
    void reorderedEventsGoByThemselvesWhenNoOtherComes() throws Exception {
        try (Listener listener = new Listener()) {
            start(true, listener, Rule.everyNthEvent("small", null, Trouble.EVENT_REORDERED, 1).delayed(3000));
            write("a", "b");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("b", "a"));
        }
    }

    @Test
    void anEventToAnotherListenerOvertakesNobody() throws Exception {
        try (Listener one = new Listener(); Listener other = new Listener()) {
            start(true, one, second(Trouble.EVENT_REORDERED).delayed(60_000));
            write("a", "b");
            system.listen(other.url());
            write("c");
            system.listen(one.url());
            write("d");
            system.events().awaitDelivered(PATIENCE);
            assertThat(other.bodies).isEqualTo(written("c"));
            assertThat(one.bodies).isEqualTo(written("a", "d", "b"));
        }
    }

    /** The listener reads from the system and writes to it while the write's own answer is kept back. Nothing is held meanwhile. */
    @Test
    void anEventComesBeforeTheAnswerAndTheListenerMayCallBack() throws Exception {
        CountDownLatch listenersTurn = new CountDownLatch(1);
        List<String> read = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> under = new ArrayList<>();
        try (Listener listener = new Listener(body -> {
            if (body.startsWith("b")) {
                try {
                    listenersTurn.await(20, TimeUnit.SECONDS);
                    read.add(system.call("GET", "/things/b", "").body());
                    read.add("answered: " + under.get(0).isDone());
                    read.add("wrote: " + system.call("PATCH", "/things/c", "back").statusCode());
                } catch (Exception e) {
                    read.add(e.toString());
                }
            }
            return new Answer(200, "");
        })) {
            start(true, listener, second(Trouble.EVENT_BEFORE_ANSWER));
            write("a");
            under.add(system.begin("PATCH", "/things/b", "x"));
            listenersTurn.countDown();
            assertThat(under.get(0).get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(204);
            assertThat(read).containsExactly("x", "answered: false", "wrote: 204");
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).containsExactly("a=x", "b=x", "c=back");
        }
    }

    @Test
    void anAnswerDoesNotWaitForAnEventThatIsGivenUp() throws Exception {
        Listener gone = new Listener();
        gone.close();
        start(true, gone, Rule.everyNthEvent("small", null, Trouble.EVENT_BEFORE_ANSWER, 1));
        write("a");
        assertThat(system.events().deliveries()).extracting(Delivery::state, Delivery::trouble)
            .containsExactly(tuple(State.FAILED, Trouble.EVENT_BEFORE_ANSWER));
    }

    /** Events held back by hand are the hand's: the answer must not wait for them. */
    @Test
    void anAnswerDoesNotWaitForAnEventThatIsHeld() throws Exception {
        try (Listener listener = new Listener()) {
            start(true, listener, Rule.everyNthEvent("small", null, Trouble.EVENT_BEFORE_ANSWER, 1));
            system.events().hold(true);
            write("a");
            assertThat(listener.bodies).isEmpty();
            system.events().hold(false);
            system.events().awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(written("a"));
        }
    }
}
