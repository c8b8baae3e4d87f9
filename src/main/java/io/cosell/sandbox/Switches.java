package io.cosell.sandbox;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The switches of one system, and which are on now. Can be turned while the sandbox runs; guarded by its own monitor. */
public final class Switches {

    private final List<? extends Switch> all;
    private final Set<Switch> on = new LinkedHashSet<>();

    /**
     * @param all every switch of the system, in the order to show them
     * @param on  those that are on at first
     */
    public Switches(List<? extends Switch> all, Set<? extends Switch> on) {
        this.all = List.copyOf(all);
        this.on.addAll(on);
    }

    /** Every switch there is. */
    public List<? extends Switch> all() {
        return all;
    }

    public synchronized boolean has(Switch which) {
        return on.contains(which);
    }

    /** Turns a switch on or off. */
    public synchronized void turn(Switch which, boolean wanted) {
        if (wanted) {
            on.add(which);
        } else {
            on.remove(which);
        }
    }

    /**
     * The switch with this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Switch named(String name) {
        return all.stream().filter(candidate -> candidate.name().equals(name)).findFirst().orElseThrow(() ->
            new IllegalArgumentException("There is no switch " + name + ". There are " + all.stream().map(Switch::name).toList() + "."));
    }
}
