package io.cosell.sandbox;

import java.util.Set;

/**
 * Who makes a write.
 *
 * @param user    id of the user in the system's own terms
 * @param tag     what else the system tells its listeners of the call (Dataverse's {@code ?tag=}); null without
 * @param untold  ids of listeners that are not told of this write because the call asked for it; {@link #EVERYONE} means all of them
 */
public record Caller(String user, String tag, Set<String> untold) {

    /** Stands for every listener in {@link #untold()}. */
    public static final String EVERYONE = "*";

    public Caller {
        untold = Set.copyOf(untold);
    }

    /** A caller whose writes every listener is told of. */
    public Caller(String user, String tag) {
        this(user, tag, Set.of());
    }

    /** True if this listener is told of the writes. */
    public boolean tells(String listener) {
        return !untold.contains(EVERYONE) && !untold.contains(listener);
    }
}
