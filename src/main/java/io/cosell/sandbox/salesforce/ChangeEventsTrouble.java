package io.cosell.sandbox.salesforce;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What can go wrong with change events, and what the service does now and then. */
public enum ChangeEventsTrouble {
    /** Every stream breaks off. */
    STREAMS_CUT,
    /** The service ends every stream in good order. */
    STREAMS_ENDED,
    /** The next subscriptions are refused for now. */
    SUBSCRIPTIONS_REFUSED,
    /** The next calls are taken and never answered. */
    CALLS_UNANSWERED,
    /** The next events are GAP_*: they tell the header alone. */
    GAPS,
    /** The next transaction is told by one GAP_OVERFLOW an object, without the ids of its records. */
    OVERFLOW,
    /** The next events come twice. */
    DOUBLED,
    /** The next events can't be read. */
    GARBLED,
    /** The next events do not come. */
    LOST,
    /** Replay ids of before are no longer known. */
    REPLAY_IDS_FORGOTTEN,
    /** An empty message to every subscriber, with a newer replay id. */
    SIGN_OF_LIFE;

    /** Their names as the control address takes them. */
    static List<String> names() {
        return Arrays.stream(values()).map(trouble -> trouble.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList();
    }

    static ChangeEventsTrouble of(String name) {
        int index = names().indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("'what' is one of " + names() + ", not " + name + ".");
        }
        return values()[index];
    }
}
