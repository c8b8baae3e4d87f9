package io.cosell.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Trouble that processes get into now and then, drawn from a seed. A process in trouble is left alone until it serves again; only one
 * whose disk is full may be killed on top of it.
 */
final class Striking {

    private static final int SHORTEST_MILLIS = 500;

    /** What may happen to a process. */
    enum Blow {
        KILL("killed"), PAUSE("paused"), FULL_DISK("without space");

        private final String words;

        Blow(String words) {
            this.words = words;
        }
    }

    private final List<Node> nodes;
    private final Random random;
    private final ScheduledExecutorService people = Executors.newScheduledThreadPool(3);
    private final List<Blow> blows;
    private final int spared;
    private final int longestMillis;
    private final Map<Blow, Integer> struck = new TreeMap<>();
    private final List<Node> full = new ArrayList<>();

    /**
     * @param nodes   the processes
     * @param random  draws who is struck by what
     * @param blows   what is drawn from; what is named twice comes twice as often
     * @param spared  how many processes are left serving
     * @param longest how long a pause or a full disk lasts at most
     */
    Striking(List<Node> nodes, Random random, List<Blow> blows, int spared, Duration longest) {
        this.nodes = nodes;
        this.random = random;
        this.blows = blows;
        this.spared = spared;
        longestMillis = Math.toIntExact(longest.toMillis());
    }

    /** Strikes while people act, then ends all trouble. */
    void whilePeopleAct(Deals deals, Duration time) throws InterruptedException {
        Future<?> acts = people.scheduleWithFixedDelay(deals::act, 0, 150, TimeUnit.MILLISECONDS);
        Future<?> strikes = people.scheduleWithFixedDelay(this::strike, 1000, 1500, TimeUnit.MILLISECONDS);
        assertThat(people.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS)).as("people stop by themselves").isFalse();
        assertThat(acts).as("somebody could not do what he wanted").isNotDone();
        assertThat(strikes).as("trouble could not be made").isNotDone();
        people.shutdownNow();
        assertThat(people.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        end();
    }

    private synchronized void strike() {
        List<Node> serving = nodes.stream().filter(Node::isServing).toList();
        if (serving.size() <= spared) {
            return;
        }
        Node node = serving.get(random.nextInt(serving.size()));
        if (full.contains(node) && random.nextInt(3) > 0) {
            return;
        }
        Blow blow = full.remove(node) ? Blow.KILL : blows.get(random.nextInt(blows.size()));
        int millis = SHORTEST_MILLIS + random.nextInt(longestMillis);
        switch (blow) {
            case KILL -> {
                node.kill();
                node.start();
            }
            case PAUSE -> {
                node.pause();
                people.schedule(node::resume, millis, TimeUnit.MILLISECONDS);
            }
            default -> {
                // At once, or when what is written next has filled it: then a write may be cut off in the middle.
                node.limitFiles(random.nextBoolean() ? 0 : node.largestFile() + random.nextInt(20_000));
                full.add(node);
                people.schedule(() -> makeSpace(node), millis, TimeUnit.MILLISECONDS);
            }
        }
        struck.merge(blow, 1, Integer::sum);
    }

    private synchronized void makeSpace(Node node) {
        if (full.remove(node)) {
            node.limitFiles(Node.NO_LIMIT);
        }
    }

    private synchronized void end() {
        nodes.stream().filter(Node::isPaused).forEach(Node::resume);
        List.copyOf(full).forEach(this::makeSpace);
    }

    /** How often it struck, with whatever. */
    synchronized int count() {
        return struck.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How often it struck with what, in words. */
    @Override
    public synchronized String toString() {
        return struck.entrySet().stream().map(blow -> blow.getKey().words + " " + blow.getValue() + " times")
            .collect(Collectors.joining(", "));
    }
}
