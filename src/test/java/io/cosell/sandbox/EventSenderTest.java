package io.cosell.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.sandbox.Delivery.Attempt;
import io.cosell.sandbox.Delivery.State;
import io.cosell.sandbox.EventPolicy.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How stubbornly events are delivered: the policy decides what success is, what is tried again, and after which pause. */
class EventSenderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Answer TAKEN = new Answer(200, "");

    private EventSender sender;

    @AfterEach
    void stop() {
        sender.close();
    }

    private void start(EventPolicy policy) {
        sender = new EventSender("small", new SandboxClock(), policy, new Faults("small"), end -> { });
    }

    private void send(String body, String url) {
        sender.send(new Event("changed", body, body.getBytes(StandardCharsets.UTF_8), () -> new Event.Target(url, Map.of("x-key", "k"))));
    }

    private List<Integer> statuses(int number) {
        return sender.delivery(number).attempts().stream().map(Attempt::status).toList();
    }

    /** As Salesforce's outbound messages need it: 200 alone is no success, the body has to say so; the pause grows. */
    @Test
    void successCanStandInTheBodyAndThePauseCanGrow() throws Exception {
        Queue<Answer> answers = new ConcurrentLinkedQueue<>(List.of(new Answer(200, "<Ack>false</Ack>"), new Answer(500, ""),
            new Answer(200, "<Ack>true</Ack>")));
        List<Integer> pauses = new CopyOnWriteArrayList<>();
        start(new EventPolicy(Integer.MAX_VALUE, answer -> answer.body().contains("<Ack>true</Ack>"), answer -> true, made -> {
            pauses.add(made);
            return Duration.ofMillis(made);
        }, PATIENCE, false));
        try (Listener listener = new Listener(body -> answers.poll())) {
            send("a", listener.url());
            sender.awaitDelivered(PATIENCE);
            assertThat(sender.delivery(1).state()).isEqualTo(State.DELIVERED);
            assertThat(statuses(1)).containsExactly(200, 500, 200);
            assertThat(pauses).containsExactly(1, 2);
        }
    }

    @Test
    void isTriedAgainOnlyAfterWhatThePolicyNamesAndAsOftenAsItSays() throws Exception {
        start(new EventPolicy(3, Answer::is2xx, answer -> answer.status() == 503, made -> Duration.ZERO, PATIENCE, true));
        try (Listener listener = new Listener(body -> new Answer(Integer.parseInt(body), ""))) {
            send("503", listener.url());
            send("500", listener.url());
            sender.awaitDelivered(PATIENCE);
            assertThat(statuses(1)).containsExactly(503, 503, 503);
            assertThat(statuses(2)).containsExactly(500);
            assertThat(sender.deliveries()).extracting(Delivery::state).containsOnly(State.FAILED);
        }
    }

    @Test
    void aListenerThatDoesNotAnswerInTimeIsAnAttemptWithoutStatus() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        start(new EventPolicy(2, Answer::is2xx, answer -> true, made -> Duration.ZERO, Duration.ofMillis(300), true));
        try (Listener listener = new Listener(body -> {
            try {
                never.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return TAKEN;
        })) {
            send("a", listener.url());
            sender.awaitDelivered(PATIENCE);
            never.countDown();
            assertThat(statuses(1)).containsExactly(0, 0);
            assertThat(sender.delivery(1).attempts()).allMatch(attempt -> attempt.message().contains("Timeout"));
        }
    }

    @Test
    void eventsAreSentInOrderWhenThePolicySaysSo() throws Exception {
        start(new EventPolicy(1, Answer::is2xx, answer -> false, made -> Duration.ZERO, PATIENCE, true));
        try (Listener listener = new Listener()) {
            List<String> order = IntStream.range(0, 200).mapToObj(String::valueOf).toList();
            order.forEach(body -> send(body, listener.url()));
            sender.awaitDelivered(PATIENCE);
            assertThat(listener.bodies).isEqualTo(order);
        }
    }

    /** Both listeners wait for each other: one after another neither would ever answer. */
    @Test
    void otherwiseAllAreSentAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        start(EventPolicy.ONCE);
        try (Listener listener = new Listener(body -> {
            both.countDown();
            try {
                return both.await(20, TimeUnit.SECONDS) ? TAKEN : new Answer(500, "");
            } catch (InterruptedException e) {
                return new Answer(500, "");
            }
        })) {
            send("a", listener.url());
            send("b", listener.url());
            sender.awaitDelivered(PATIENCE);
            assertThat(sender.deliveries()).extracting(Delivery::state).containsOnly(State.DELIVERED);
        }
    }

    @Test
    void theLogShowsNoSecretOfTheAddress() throws Exception {
        start(EventPolicy.ONCE);
        try (Listener listener = new Listener()) {
            send("a", listener.url());
            sender.awaitDelivered(PATIENCE);
            assertThat(sender.delivery(1).url()).isEqualTo(listener.url().replace("?key=secret", "")).doesNotContain("secret");
        }
    }

    @Test
    void anAddressThatIsNoneAndAListenerThatHasGoneFailAtOnce() throws Exception {
        start(EventPolicy.ONCE);
        send("a", "no address");
        sender.send(new Event("changed", "b", new byte[0], () -> null));
        sender.send(new Event("changed", "c", new byte[0], () -> {
            throw new IllegalStateException("the system's own mistake");
        }));
        sender.awaitDelivered(PATIENCE);
        assertThat(sender.deliveries()).extracting(Delivery::state).containsOnly(State.FAILED);
        assertThat(statuses(1)).containsExactly(0);
        assertThat(statuses(2)).isEmpty();
        assertThatThrownBy(() -> sender.delivery(4)).hasMessage("There is no delivery 4.");
    }

    @Test
    void droppedEventsAreGoneAndHeldOnesCanBeSentTwice() throws Exception {
        start(new EventPolicy(1, Answer::is2xx, answer -> false, made -> Duration.ZERO, PATIENCE, true));
        try (Listener listener = new Listener()) {
            sender.drop(true);
            send("a", listener.url());
            sender.drop(false);
            sender.hold(true);
            send("b", listener.url());
            send("c", listener.url());
            sender.deliverHeld(held -> List.of(held.get(1), held.get(1)));
            sender.awaitDelivered(PATIENCE);
            assertThat(listener.bodies).containsExactly("c", "c");
            assertThat(sender.deliveries()).extracting(Delivery::state)
                .containsExactly(State.DROPPED, State.DROPPED, State.DELIVERED, State.DELIVERED);
        }
    }
}
