package io.cosell.flow;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;

/**
 * Times in the forms that systems write them in: ISO 8601 in UTC in documents, RFC 1123 in HTTP headers; whole seconds. For systems
 * that tell versions apart by the time of the last change. Bean {@code times}.
 */
public final class Times {

    private static final DateTimeFormatter HEADER = DateTimeFormatter.RFC_1123_DATE_TIME;
    /** Characters of a time down to its seconds. */
    private static final int SECONDS = "2026-11-21T03:04:05".length();

    private final Clock clock;

    /** @param clock tells the time where a system does not */
    public Times(Clock clock) {
        this.clock = clock;
    }

    /**
     * {@code Sat, 21 Nov 2026 03:04:05 GMT}.
     *
     * @param time begins with a time in UTC such as {@code 2026-11-21T03:04:05}
     */
    public String header(String time) {
        // RFC 1123 writes days below ten with one digit in Java, with two in HTTP (RFC 9110, 5.6.7).
        String text = HEADER.format(Instant.parse(time.substring(0, SECONDS) + "Z").atOffset(ZoneOffset.UTC));
        return text.charAt("Sat, 1".length()) == ' ' ? text.replaceFirst(", ", ", 0") : text;
    }

    /** {@code 2026-11-21T03:04:05Z} for the header Date of an answer; the time of this machine where there is none that can be read. */
    public String ofHeader(String header) {
        try {
            return Instant.from(HEADER.parse(header == null ? "" : header)).toString();
        } catch (DateTimeParseException e) {
            return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }

    /**
     * An earlier time.
     *
     * @param time   such as {@code 2026-11-21T03:04:05Z}
     * @param before how much earlier, as settings write durations
     */
    public String before(String time, Duration before) {
        return Instant.parse(time).minus(before).toString();
    }
}
