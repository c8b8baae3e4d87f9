package io.cosell.benchmark;

/** What the figures were made on. */
final class Machine {

    /** Cores that this process may use at its start. */
    static final int CORES = Runtime.getRuntime().availableProcessors();

    private Machine() {
    }

    /** In one line, for people. */
    static String described() {
        return CORES + " cores, Java " + Runtime.version().feature() + " on " + System.getProperty("os.name") + " "
            + System.getProperty("os.arch") + (ConnectorProcess.isPinned() ? "; the connector has one core to itself, sandboxes, load"
            + " and the PostgreSQL server the rest" : "; all on all cores");
    }
}
