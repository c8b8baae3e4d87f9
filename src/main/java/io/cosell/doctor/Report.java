package io.cosell.doctor;

import io.cosell.doctor.Diagnosis.Level;
import java.util.ArrayList;
import java.util.List;

/** Collects what examinations came to; the same thing is told once. */
final class Report {

    private final List<Diagnosis> all = new ArrayList<>();

    List<Diagnosis> all() {
        return List.copyOf(all);
    }

    void add(Level level, String system, String about, String message, String fix) {
        boolean told = all.stream().anyMatch(one -> one.system().equals(system) && one.message().equals(message));
        if (!told) {
            all.add(new Diagnosis(level, system, about, message, fix));
        }
    }

    void error(String system, String about, String message, String fix) {
        add(Level.ERROR, system, about, message, fix);
    }

    void warning(String system, String about, String message, String fix) {
        add(Level.WARNING, system, about, message, fix);
    }

    void unknown(String system, String about, String message, String fix) {
        add(Level.UNKNOWN, system, about, message, fix);
    }

    void ok(String system, String about, String message) {
        add(Level.OK, system, about, message, "");
    }

    /** Whether nothing is wrong so far with one thing of a system. */
    boolean isGood(String system, String about) {
        return all.stream().noneMatch(one -> one.isFinding() && one.system().equals(system) && one.about().equals(about));
    }
}
