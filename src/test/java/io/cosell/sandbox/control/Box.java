package io.cosell.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.sandbox.Act;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Event;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.RowChange;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.Switch;
import io.cosell.sandbox.Switches;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The smallest system there can be: a box of words that go bad after a day. A child can put in three, a program more; whoever listens
 * is told of each.
 */
final class Box extends SandboxSystem {

    /** What the box leaves open. */
    enum Open implements Switch {
        BOTTOMLESS;

        @Override
        public Point point() {
            return new Point("1.1", "takes any number of words", "takes three words");
        }
    }

    private static final int ROOM = 3;

    final List<String> words = new ArrayList<>();
    volatile String receiver;
    private final Switches switches = new Switches(List.of(Open.values()), Set.of());
    private Instant bad;

    Box(String name, SandboxClock clock) {
        super(name, clock);
        bad = clock.instant().plus(Duration.ofDays(1));
    }

    @Override
    protected Reply handle(Request request) {
        tick();
        if (request.method().equals("POST")) {
            add(request.text(), "a program");
        }
        return Reply.json(200, words);
    }

    @Override
    public CallKind kind(Request request) {
        return request.method().equals("POST") ? CallKind.CREATE : CallKind.LIST;
    }

    @Override
    public Switches switches() {
        return switches;
    }

    @Override
    public List<Act> acts() {
        return List.of(
            new Act("put-in", "a child", "Puts a word into the box.", Map.of("word", "the word", "times?", "how often, 1 without it"),
                this::putIn),
            new Act("shake", "a child", "Shakes the box.", Map.of(), parameters -> null),
            new Act("drop", "a child", "Drops the box, which breaks the sandbox.", Map.of(), parameters -> words.get(99)));
    }

    private Object putIn(JsonNode parameters) {
        if (!parameters.get("word").isTextual()) {
            throw new IllegalArgumentException("word must be a text.");
        }
        if (words.size() == ROOM && !switches.has(Open.BOTTOMLESS)) {
            throw new IllegalStateException("The box is full.");
        }
        for (int i = 0; i < parameters.path("times").asInt(1); i++) {
            add(parameters.get("word").textValue(), "a child");
        }
        return Map.of("words", words.size(), "at", clock.instant());
    }

    private void add(String word, String by) {
        words.add(word);
        changed(new RowChange(clock.instant(), by, null, "Create", "words", String.valueOf(words.size()), Map.of("word", word)));
        if (receiver != null) {
            String url = receiver;
            events().send(new Event("word-added", word, word.getBytes(StandardCharsets.UTF_8),
                () -> new Event.Target(url + "?key=hush", Map.of("X-Key", "hush"))));
        }
    }

    @Override
    public synchronized void tick() {
        if (!clock.instant().isBefore(bad)) {
            words.clear();
        }
    }

    @Override
    public synchronized ObjectNode state() {
        ObjectNode state = JSON.createObjectNode();
        ArrayNode array = state.putArray("words");
        words.forEach(array::add);
        return state;
    }

    @Override
    public synchronized void restore(ObjectNode state) {
        List<String> read = new ArrayList<>();
        for (JsonNode word : state.path("words")) {
            if (!word.isTextual()) {
                throw new IllegalArgumentException("words[" + read.size() + "] is " + word + ", which is no text.");
            }
            read.add(word.textValue());
        }
        words.clear();
        words.addAll(read);
    }
}
