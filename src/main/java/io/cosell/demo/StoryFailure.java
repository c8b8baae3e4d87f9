package io.cosell.demo;

/** A step of the story did not come to its end; the message says which and how things stand. */
final class StoryFailure extends RuntimeException {

    StoryFailure(String message) {
        super(message);
    }
}
