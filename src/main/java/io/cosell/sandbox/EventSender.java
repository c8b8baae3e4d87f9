package io.cosell.sandbox;

import io.cosell.sandbox.Delivery.Attempt;
import io.cosell.sandbox.Delivery.State;
import io.cosell.sandbox.Event.Target;
import io.cosell.sandbox.EventPolicy.Answer;
import io.cosell.sandbox.FaultPlan.Rule;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the events of one system to whoever listens, as stubbornly as its {@link EventPolicy} says, and lets go wrong on the way what
 * the fault plan or a test wants. Guarded by its own monitor, which is never held while a receiver is called; nor is the system's.
 */
public final class EventSender implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);
    private static final int DELIVERIES_KEPT = 100_000;

    /** One event on its way; guarded by the sender's monitor. */
    private static final class Entry {
        private final Event event;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private Delivery delivery;

        private Entry(Event event, Delivery delivery) {
            this.event = event;
            this.delivery = delivery;
        }
    }

    /** An attempt, and what the receiver answered. */
    private record Outcome(Attempt attempt, Answer answer) {
    }

    private final Clock clock;
    private final EventPolicy policy;
    private final Faults faults;
    private final Consumer<CompletableFuture<Void>> beforeAnswer;
    private final HttpClient http;
    private final ScheduledThreadPoolExecutor worker;
    private final Map<Integer, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Deque<Entry>> overtaken = new HashMap<>();
    private CompletableFuture<Void> lane = CompletableFuture.completedFuture(null);
    private int numbers;
    private int waiting;
    private boolean hold;
    private boolean drop;

    /**
     * @param system       name of the system
     * @param beforeAnswer given the end of every delivery that the answer to the present call has to wait for
     */
    EventSender(String system, Clock clock, EventPolicy policy, Faults faults, Consumer<CompletableFuture<Void>> beforeAnswer) {
        this.clock = clock;
        this.policy = policy;
        this.faults = faults;
        this.beforeAnswer = beforeAnswer;
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(policy.timeOut()).build();
        worker = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, system + "-events");
            thread.setDaemon(true);
            return thread;
        }, new ThreadPoolExecutor.DiscardPolicy()); // after close() nothing is sent any more
    }

    /** Takes an event that somebody listens to, and does not wait. Returns the number of its delivery. */
    public int send(Event event) {
        State kept = kept();
        if (kept != null) {
            return add(event, kept, null).delivery.number();
        }
        Rule rule = faults.onEvent(event.name());
        if (rule == null) {
            return start(add(event, State.WAITING, null));
        }
        Entry entry = add(event, rule.trouble() == Trouble.EVENT_LOST ? State.DROPPED : State.WAITING, rule.trouble());
        switch (rule.trouble()) {
            case EVENT_DELAYED -> later(Duration.ofMillis(rule.delay()), () -> start(entry));
            case EVENT_DOUBLED -> {
                start(entry);
                start(add(event, State.WAITING, rule.trouble()));
            }
            case EVENT_REORDERED -> letOvertake(entry, Duration.ofMillis(rule.delay()));
            case EVENT_BEFORE_ANSWER -> {
                beforeAnswer.accept(entry.ended);
                start(entry);
            }
            default -> LOG.debug("{} is lost on its way", event.name());
        }
        return entry.delivery.number();
    }

    private synchronized State kept() {
        return drop ? State.DROPPED : hold ? State.HELD : null;
    }

    private synchronized Entry add(Event event, State state, Trouble trouble) {
        Delivery delivery = new Delivery(++numbers, clock.instant(), event.name(), event.about(), "", event.body(), List.of(), state,
            trouble);
        Entry entry = new Entry(event, delivery);
        entries.put(delivery.number(), entry);
        waiting += state == State.WAITING ? 1 : 0;
        int oldest = numbers - DELIVERIES_KEPT;
        if (entries.containsKey(oldest) && entries.get(oldest).delivery.state() != State.WAITING) {
            entries.remove(oldest);
        }
        return entry;
    }

    // ---- one after another

    /** Makes the first attempt, and after it those of the events that this one overtakes, the newest first. */
    private int start(Entry entry) {
        Collection<Entry> behind = isAnyOvertaken() ? overtakenBy(entry) : List.of();
        synchronized (this) {
            CompletableFuture<Void> before = enqueue(entry);
            for (Entry next : behind) {
                before = policy.inOrder() ? enqueue(next) : before.thenCompose(done -> enqueue(next));
            }
        }
        return entry.delivery.number();
    }

    private synchronized boolean isAnyOvertaken() {
        return !overtaken.isEmpty();
    }

    private Collection<Entry> overtakenBy(Entry entry) {
        String receiver = receiver(entry);
        synchronized (this) {
            Deque<Entry> behind = overtaken.remove(receiver);
            return behind == null ? List.of() : behind;
        }
    }

    /** Keeps an event until another one to the same receiver has been sent; if none comes, it goes by itself. */
    private void letOvertake(Entry entry, Duration patience) {
        String receiver = receiver(entry);
        synchronized (this) {
            overtaken.computeIfAbsent(receiver, first -> new ArrayDeque<>()).push(entry);
        }
        later(patience, () -> {
            if (isNewestOvertaken(receiver, entry)) {
                start(entry);
            }
        });
    }

    /** True if no other event has come after this one; it is then no longer kept. */
    private synchronized boolean isNewestOvertaken(String receiver, Entry entry) {
        Deque<Entry> kept = overtaken.get(receiver);
        if (kept == null || kept.peek() != entry) {
            return false;
        }
        kept.pop();
        return true;
    }

    private static String receiver(Entry entry) {
        Target to = entry.event.to().get();
        return to == null ? "" : to.shown();
    }

    private synchronized CompletableFuture<Void> enqueue(Entry entry) {
        CompletableFuture<Void> before = policy.inOrder() ? lane : CompletableFuture.completedFuture(null);
        CompletableFuture<Void> done = before.thenComposeAsync(ready -> attempt(entry), worker).exceptionally(error -> {
            LOG.error("the event {} could not be sent", entry.event.name(), error);
            set(entry, entry.delivery.in(State.FAILED));
            return null;
        });
        lane = done;
        return done;
    }

    private void later(Duration pause, Runnable work) {
        worker.schedule(work, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    // ---- attempts

    private CompletableFuture<Void> attempt(Entry entry) {
        Target to = entry.event.to().get();
        if (to == null) {
            set(entry, entry.delivery.in(State.FAILED));
            return CompletableFuture.completedFuture(null);
        }
        return call(to, entry.event.body()).thenAccept(outcome -> attempted(entry, to, outcome));
    }

    private void attempted(Entry entry, Target to, Outcome outcome) {
        Delivery after = entry.delivery.after(to.shown(), outcome.attempt());
        int made = after.attempts().size();
        if (policy.success().test(outcome.answer())) {
            set(entry, after.in(State.DELIVERED));
        } else if (made < policy.attempts() && policy.again().test(outcome.answer())) {
            set(entry, after);
            later(policy.pause().apply(made), () -> enqueue(entry));
        } else {
            set(entry, after.in(State.FAILED));
        }
    }

    private CompletableFuture<Outcome> call(Target to, byte[] body) {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(to.url())).timeout(policy.timeOut());
            to.headers().forEach(request::header);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(noAnswer(e));
        }
        return http.sendAsync(request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofString())
            .orTimeout(policy.timeOut().toNanos(), TimeUnit.NANOSECONDS) // the request's own time-out ends with the answer's headers
            .handle((answer, error) -> error == null ? new Outcome(new Attempt(clock.instant(), answer.statusCode(), ""),
                new Answer(answer.statusCode(), answer.body())) : noAnswer(error));
    }

    private Outcome noAnswer(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return new Outcome(new Attempt(clock.instant(), 0, cause.toString()), new Answer(0, ""));
    }

    /**
     * Sends a body once and waits for the answer; leaves no trace in {@link #deliveries}. Must not be called under the monitor of the
     * system.
     */
    public Attempt once(Target to, byte[] body) {
        return call(to, body).join().attempt();
    }

    private void set(Entry entry, Delivery after) {
        synchronized (this) {
            waiting -= entry.delivery.state() == State.WAITING ? 1 : 0;
            waiting += after.state() == State.WAITING ? 1 : 0;
            entry.delivery = after;
            notifyAll();
        }
        if (after.state() != State.WAITING) {
            entry.ended.complete(null);
        }
    }

    // ---- what tests and people see and want

    /** The events so far, oldest first; of very many only the newest. */
    public synchronized List<Delivery> deliveries() {
        return entries.values().stream().map(entry -> entry.delivery).toList();
    }

    /**
     * The delivery with this number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public synchronized Delivery delivery(int number) {
        return entry(number).delivery;
    }

    private Entry entry(int number) {
        Entry entry = entries.get(number);
        if (entry == null) {
            throw new IllegalArgumentException("There is no delivery " + number + ".");
        }
        return entry;
    }

    /** Sends the same event again, this many times, each as a delivery of its own. */
    public void redeliver(Delivery delivery, int times) {
        Event event = eventOf(delivery);
        for (int i = 0; i < times; i++) {
            start(add(event, State.WAITING, null));
        }
    }

    private synchronized Event eventOf(Delivery delivery) {
        return entry(delivery.number()).event;
    }

    /** Keeps new events back (true), or lets them go, those kept back first (false). */
    public synchronized void hold(boolean on) {
        hold = on;
        if (!on) {
            deliverHeld(UnaryOperator.identity());
        }
    }

    /** Loses new events (true), or no longer (false). */
    public synchronized void drop(boolean on) {
        drop = on;
    }

    /** Sends what was kept back in the given order; what the order leaves out is dropped, what it doubles is sent again. */
    public synchronized void deliverHeld(UnaryOperator<List<Delivery>> order) {
        List<Delivery> held = deliveries().stream().filter(delivery -> delivery.state() == State.HELD).toList();
        Set<Integer> sent = new HashSet<>();
        for (Delivery delivery : order.apply(new ArrayList<>(held))) {
            if (sent.add(delivery.number())) {
                Entry entry = entry(delivery.number());
                set(entry, entry.delivery.in(State.WAITING));
                start(entry);
            } else {
                redeliver(delivery, 1);
            }
        }
        held.stream().filter(delivery -> !sent.contains(delivery.number()))
            .forEach(delivery -> set(entry(delivery.number()), delivery.in(State.DROPPED)));
    }

    /** Forgets every event that is not on its way, those kept back among them. */
    public synchronized void forget() {
        entries.values().removeIf(entry -> entry.delivery.state() != State.WAITING);
    }

    /** How many events are to be sent or tried again. */
    public synchronized int underWay() {
        return waiting;
    }

    /**
     * Waits until no event is waiting to be sent or tried again.
     *
     * @throws IllegalStateException if that takes too long
     */
    public synchronized void awaitDelivered(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (waiting > 0) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new IllegalStateException("Events still waiting after " + atMost + ": "
                    + deliveries().stream().filter(delivery -> delivery.state() == State.WAITING).toList());
            }
            wait(left);
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
