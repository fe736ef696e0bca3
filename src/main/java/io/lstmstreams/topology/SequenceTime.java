package io.lstmstreams.topology;

import io.lstmstreams.config.IdleTime;
import io.lstmstreams.state.StateCodec;
import java.time.Duration;

/**
 * The time by which the stored states of one task expire. Idle sequences expire in event time or in wall-clock time,
 * as {@code lstm.sequence.idle.time} says; the event ids of ended sequences expire in wall-clock time. All times are
 * milliseconds since the epoch. Not thread-safe.
 *
 * <p>Event time is the latest timestamp of the task's records. While no record arrives, it advances with the
 * wall-clock time. A timestamp in the future counts as the present, so that one wrong clock does not end all
 * sequences.
 */
final class SequenceTime {
    /** The time for which the event ids of a sequence stay stored after its end. */
    static final long EVENT_IDS_MS = Duration.ofMinutes(10).toMillis();

    private final IdleTime unit;
    private final long timeoutMs; // 0 if sequences are never idle
    private long streamTime = -1;
    private long committedTime = -1; // Kafka's stream time of the task, which survives a restart
    private long observedAt; // wall-clock time of the latest record

    SequenceTime(StepOptions options, long wallClock) {
        this.unit = options.idleTime();
        this.timeoutMs = options.idleTimeout().toMillis();
        this.observedAt = wallClock;
    }

    /** Adds the timestamp of a record that arrives now. */
    void observe(long timestamp, long wallClock) {
        observedAt = wallClock;
        streamTime = Math.max(streamTime, Math.min(timestamp, wallClock));
    }

    /** Sets Kafka's stream time of the task. */
    void committed(long streamTimeMs) {
        committedTime = streamTimeMs;
    }

    /**
     * Returns the time by which sequences become idle; negative in event time before the first record.
     *
     * @param wallClock the wall-clock time now
     */
    long now(long wallClock) {
        if (unit == IdleTime.WALL_CLOCK) {
            return wallClock;
        }
        // Kafka's stream time counts up to the wall-clock time of the latest record only: a timestamp in the future
        // must not advance twice, by itself and with the clock.
        long seen = Math.max(streamTime, Math.min(committedTime, observedAt));
        return seen < 0 ? seen : seen + Math.max(0, wallClock - observedAt);
    }

    /**
     * Returns the time at which the sequence of a stored state becomes idle, or {@link ExpiryIndex#NEVER}. The state
     * of an unknown version never becomes idle, because its last event time cannot be read.
     */
    long idleAt(byte[] stored) {
        if (timeoutMs == 0 || StateCodec.isEnded(stored)) {
            return ExpiryIndex.NEVER;
        }
        long last = unit == IdleTime.WALL_CLOCK ? StateCodec.processedAt(stored) : 0;
        if (last == 0) { // in event time, or if the state was stored before states had the wall-clock time
            last = StateCodec.lastEventTime(stored);
        }
        return last > ExpiryIndex.NEVER - timeoutMs ? ExpiryIndex.NEVER : Math.max(0, last + timeoutMs);
    }

    /**
     * Returns the wall-clock time at which the event ids of an ended sequence become obsolete, or
     * {@link ExpiryIndex#NEVER}.
     */
    static long obsoleteAt(byte[] stored) {
        return StateCodec.isEnded(stored) ? StateCodec.processedAt(stored) + EVENT_IDS_MS : ExpiryIndex.NEVER;
    }
}
