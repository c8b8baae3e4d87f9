package io.cosell.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Times between documents and headers. */
class TimesTest {

    private final Times times = new Times(Clock.fixed(Instant.parse("2026-11-21T03:04:05.678Z"), ZoneOffset.UTC));

    @Test
    void aTimeOfADocumentBecomesAHeaderWithTwoDigitsForTheDay() {
        assertThat(times.header("2026-11-01T03:04:05.000+0000/2026-11-01T03:04:05.000+0000/005")).isEqualTo("Sun, 01 Nov 2026 03:04:05 GMT");
        assertThat(times.header("2026-11-21T03:04:05Z")).isEqualTo("Sat, 21 Nov 2026 03:04:05 GMT");
    }

    @Test
    void aHeaderBecomesATimeAndWithoutOneTheClockTells() {
        assertThat(times.ofHeader("Sun, 01 Nov 2026 03:04:00 GMT")).isEqualTo("2026-11-01T03:04:00Z");
        assertThat(times.ofHeader(null)).isEqualTo("2026-11-21T03:04:05Z");
        assertThat(times.ofHeader("yesterday")).isEqualTo("2026-11-21T03:04:05Z");
    }

    @Test
    void anEarlierTime() {
        assertThat(times.before("2026-11-21T03:04:05Z", Duration.ofMinutes(10))).isEqualTo("2026-11-21T02:54:05Z");
    }
}
