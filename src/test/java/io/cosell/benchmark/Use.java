package io.cosell.benchmark;

/**
 * What a number of updates took.
 *
 * @param updates     how many
 * @param nanos       elapsed time
 * @param cpuNanos    processor time of the connector
 * @param compilerNanos time in which the compiler of the connector's JVM was at work, a part of cpuNanos
 * @param serverNanos processor time of the database server, 0 for the embedded store
 * @param calls       calls to both systems
 */
record Use(int updates, long nanos, long cpuNanos, long compilerNanos, long serverNanos, long calls) {

    double callsEach() {
        return (double) calls / updates;
    }

    double perSecond() {
        return updates * 1e9 / nanos;
    }

    /** Processor time of the connector for 1,000 of them, in milliseconds; the same number as microseconds each. */
    double cpuMillisPerThousand() {
        return cpuNanos / 1e3 / updates;
    }

    double compilerMillisPerThousand() {
        return compilerNanos / 1e3 / updates;
    }

    double serverMillisPerThousand() {
        return serverNanos / 1e3 / updates;
    }

    /** How many a second one core could do, were it never kept waiting. */
    double perSecondOfCore() {
        return updates * 1e9 / cpuNanos;
    }
}
