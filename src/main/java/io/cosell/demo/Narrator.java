package io.cosell.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Tells the story a line at a time, and what is called while it waits. */
final class Narrator {

    private static final int WIDTH = 100;
    private static final long PAUSE_NANOS = Duration.ofMillis(40).toNanos();

    private final PrintWriter out;
    private final Supplier<List<String>> news;
    private final Duration patience;
    private final Callable<List<String>> lastState;
    private int number;
    private String problem;
    private String title = "Start";

    /**
     * @param news      what was called since it was last asked, one line each
     * @param patience  how long a step may take
     * @param lastState tells how things stand when a step takes longer
     */
    Narrator(PrintWriter out, Supplier<List<String>> news, Duration patience, Callable<List<String>> lastState) {
        this.out = out;
        this.news = news;
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
        wrap("   ", text);
    }

    /** Says why the story ends before its end. */
    void fails(StoryFailure failure) {
        calls();
        print("");
        wrap("", failure.getMessage());
        failure.state().forEach(line -> wrap("  ", line));
    }

    private void wrap(String indent, String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.replaceAll("\\p{Cntrl}+", " ").split(" ")) {
            if (line.length() + word.length() > WIDTH) {
                print(indent + line.toString().strip());
                line.setLength(0);
            }
            line.append(word).append(' ');
        }
        print(indent + line.toString().strip());
    }

    /** Prints what was called since it was last printed. */
    void calls() {
        news.get().forEach(line -> print("     " + line));
    }

    /**
     * Waits until something holds, and prints what is called meanwhile.
     *
     * @param what what is waited for, in words that go on after "waited until"
     * @throws StoryFailure if it takes too long
     */
    void until(String what, Callable<Boolean> condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > end) {
                throw new StoryFailure((number == 0 ? title : "Step " + number + " (" + title + ")") + " did not come to its end within "
                    + patience.toSeconds() + " seconds: waited until " + what + ".", state());
            }
            calls();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        calls();
    }

    /** What is not there yet does not hold. */
    private boolean holds(Callable<Boolean> condition) {
        problem = null;
        try {
            return condition.call();
        } catch (Exception e) {
            problem = e.getMessage();
            return false;
        }
    }

    private List<String> state() {
        List<String> lines = new ArrayList<>();
        if (problem != null) {
            lines.add("Last problem: " + problem);
        }
        try {
            lines.addAll(lastState.call());
        } catch (Exception e) {
            lines.add("How things stand could not be read: " + e.getMessage());
        }
        return lines;
    }

    void print(String line) {
        out.println(line);
        out.flush();
    }

    void print(List<String> lines) {
        lines.forEach(this::print);
    }
}
