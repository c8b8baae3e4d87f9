package io.cosell.store;

import java.time.Duration;

/**
 * Lets one of several processes on a store do something at a time. A process has the lease from the moment it takes it until it did not take
 * it again for a while, or gives it up.
 */
public final class Lease {

    /** How often it is taken again while it lasts: one try may fail. */
    private static final int TRIES = 3;

    private final Store store;
    private final String name;
    private final String owner;
    private final Duration lasts;

    /**
     * @param name  what is done
     * @param owner name of this process, different from that of any other
     * @param lasts how long it lasts from one taking to the next
     */
    public Lease(Store store, String name, String owner, Duration lasts) {
        this.store = store;
        this.name = name;
        this.owner = owner;
        this.lasts = lasts;
    }

    /** Takes it, or takes it again; false if another process has it. */
    public boolean take() {
        return store.takeLease(name, owner, lasts);
    }

    /** Lets another process have it at once, if this one does have it. */
    public void giveUp() {
        store.giveUpLease(name, owner);
    }

    /** How soon it should be taken again. */
    public Duration again() {
        return lasts.dividedBy(TRIES);
    }
}
