package io.cosell.sandbox.partnercenter;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as Partner Center writes them: UTC with seven decimals, that is steps of 100 nanoseconds (section 2.1). */
final class Times {

    /** The smallest step between two times. */
    static final int STEP_NANOS = 100;

    private static final DateTimeFormatter SEVEN = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSS").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private Times() {
    }

    /** The clock's time, cut to what can be written. */
    static Instant now(Clock clock) {
        Instant now = clock.instant();
        return now.minusNanos(now.getNano() % STEP_NANOS);
    }

    /** Without a zone, such as {@code 2017-12-08T21:39:48.2386997}. */
    static String plain(Instant time) {
        return SEVEN.format(time);
    }

    /** As in referrals, such as {@code 2019-02-23T02:05:23.2931817Z}. */
    static String utc(Instant time) {
        return plain(time) + "Z";
    }

    /** As in analytics, such as {@code 2018-02-07T23:43:19}. */
    static String seconds(Instant time) {
        return SECONDS.format(time);
    }
}
