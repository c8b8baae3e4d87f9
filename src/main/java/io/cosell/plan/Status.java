package io.cosell.plan;

import java.util.Arrays;
import java.util.Optional;

/** The statuses of a deal with their substatuses, and the steps between them (contract partner-center 2.3). */
enum Status {
    NEW("New", "Pending"),
    ACTIVE("Active", "Accepted"),
    WON("Closed", "Won"),
    LOST("Closed", "Lost"),
    DECLINED("Closed", "Declined"),
    EXPIRED("Closed", "Expired"),
    ERROR("Closed", "Error");

    private final String status;
    private final String substatus;

    Status(String status, String substatus) {
        this.status = status;
        this.substatus = substatus;
    }

    String status() {
        return status;
    }

    String substatus() {
        return substatus;
    }

    boolean closed() {
        return closed(status);
    }

    /** Whether this status, whatever its substatus, is the end of a deal. */
    static boolean closed(String status) {
        return "Closed".equalsIgnoreCase(status);
    }

    /** Whether both are the end of a deal, won or not won alike: a CRM does not tell a lost deal from a declined or expired one. */
    boolean endsLike(Status other) {
        return closed() && other != null && other.closed() && (this == WON) == (other == WON);
    }

    /** How far along a deal is: 0 new, 1 active, 2 closed. */
    int progress() {
        return this == NEW ? 0 : this == ACTIVE ? 1 : 2;
    }

    /** The status of a pair of words, without regard to case. New/Received only says that a pending deal was read. */
    static Optional<Status> of(String status, String substatus) {
        if ("New".equalsIgnoreCase(status) && "Received".equalsIgnoreCase(substatus)) {
            return Optional.of(NEW);
        }
        return Arrays.stream(values())
            .filter(one -> one.status.equalsIgnoreCase(status) && one.substatus.equalsIgnoreCase(substatus))
            .findFirst();
    }

    /**
     * The next step a partner may take in Partner Center from this status towards {@code goal}: the goal itself, or Active/Accepted
     * where a deal must be accepted before it is won or lost; empty if there is no way.
     */
    Optional<Status> stepTowards(Status goal) {
        return Optional.ofNullable(switch (this) {
            case NEW -> switch (goal) {
                case ACTIVE, DECLINED -> goal;
                case WON, LOST -> ACTIVE;
                default -> null;
            };
            case ACTIVE -> switch (goal) {
                case WON, LOST, ERROR -> goal;
                default -> null;
            };
            default -> null;
        });
    }

    @Override
    public String toString() {
        return status + "/" + substatus;
    }
}
