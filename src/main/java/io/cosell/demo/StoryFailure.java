package io.cosell.demo;

import java.util.List;

/** A step of the story did not come to its end; the message says which one and what it waited for. */
final class StoryFailure extends RuntimeException {

    private final transient List<String> state;

    /** @param state how things stood then, one line each */
    StoryFailure(String message, List<String> state) {
        super(message);
        this.state = List.copyOf(state);
    }

    List<String> state() {
        return state;
    }
}
