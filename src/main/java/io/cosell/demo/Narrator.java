package io.cosell.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Tells the story a line at a time, and what is called while it waits. */
final class Narrator {

    private static final int WIDTH = 100;
    private static final long PAUSE_NANOS = Duration.ofMillis(40).toNanos();

    private final PrintWriter out;
    private final Trail trail;
    private final Duration patience;
    private final Callable<String> lastState;
    private int number;
    private String problem;
    private String title = "Start";

    /**
     * @param patience  how long a step may take
     * @param lastState tells how things stand when a step takes longer
     */
    Narrator(PrintWriter out, Trail trail, Duration patience, Callable<String> lastState) {
        this.out = out;
        this.trail = trail;
        this.patience = patience;
        this.lastState = lastState;
    }

    /** Begins the next step. */
    void step(String title) {
        this.title = title;
        number++;
        print("");
        print(number + ". " + title);
    }

    /** Says something about the step, wrapped. */
    void says(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.replaceAll("\\p{Cntrl}+", " ").split(" ")) {
            if (line.length() + word.length() > WIDTH) {
                print("   " + line.toString().strip());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        print("   " + line.toString().strip());
    }

    /** Prints what was called since it was last printed. */
    void calls() {
        trail.news().forEach(line -> print("     " + line));
    }

    /**
     * Waits until something holds, and prints what is called meanwhile.
     *
     * @param what what is waited for, in words that go on after "waited until"
     * @throws StoryFailure if it takes too long
     */
    void until(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + patience.toNanos();
        problem = null;
        while (!holds(condition)) {
            if (System.nanoTime() > end) {
                throw new StoryFailure((number == 0 ? title : "Step " + number + " (" + title + ")") + " did not come to its end within "
                    + patience.toSeconds() + " seconds: waited until " + what + "." + System.lineSeparator() + state());
            }
            calls();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        calls();
    }

    /** What is not there yet does not hold. */
    private boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            problem = e.getMessage();
            return false;
        }
    }

    private String state() {
        try {
            return (problem == null ? "" : problem + System.lineSeparator()) + "Last state:" + System.lineSeparator() + lastState.call();
        } catch (Exception e) {
            return "The last state could not be read: " + e.getMessage();
        }
    }

    void print(String line) {
        out.println(line);
        out.flush();
    }

    void print(List<String> lines) {
        lines.forEach(this::print);
    }
}
