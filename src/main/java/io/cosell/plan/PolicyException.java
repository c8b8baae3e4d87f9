package io.cosell.plan;

import java.util.List;

/** A file of field rules that cannot be used. Carries everything that is wrong with it, not only the first thing. */
public final class PolicyException extends RuntimeException {

    private final transient List<String> problems;

    PolicyException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** One line for each problem, in the order of the file: "file:line: what is wrong and what is expected". */
    public List<String> problems() {
        return problems;
    }
}
