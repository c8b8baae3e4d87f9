package io.cosell.sandbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The one clock of all sandboxes: runs with the real time plus an offset, or stands still. Always UTC. */
public final class SandboxClock extends Clock {

    private Duration offset = Duration.ZERO;
    private Instant stoppedAt;

    @Override
    public synchronized Instant instant() {
        return stoppedAt != null ? stoppedAt : Instant.now().plus(offset);
    }

    /** Moves the clock, forward or (negative) back. */
    public synchronized void move(Duration by) {
        if (stoppedAt != null) {
            stoppedAt = stoppedAt.plus(by);
        } else {
            offset = offset.plus(by);
        }
    }

    /** Sets the clock to a time; it goes on from there unless it is stopped. */
    public synchronized void set(Instant time) {
        if (stoppedAt != null) {
            stoppedAt = time;
        } else {
            offset = Duration.between(Instant.now(), time);
        }
    }

    /** Stops the clock at its present time. */
    public synchronized void stop() {
        stoppedAt = instant();
    }

    /** Lets a stopped clock go on from where it stands. */
    public synchronized void resume() {
        if (stoppedAt != null) {
            offset = Duration.between(Instant.now(), stoppedAt);
            stoppedAt = null;
        }
    }

    /** True while the clock stands still. */
    public synchronized boolean isStopped() {
        return stoppedAt != null;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(instant(), zone);
    }
}
