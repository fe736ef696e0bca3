package io.lstmstreams.faults;

import io.lstmstreams.load.Feed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** Injects the faults of the producer, and a busy disk. */
final class LoadFaults {
    private static final int MOST_RECORDS = 60;

    /** The furthest that a timestamp may lie ahead: a broker refuses records that are more than an hour ahead. */
    private static final Duration FURTHEST_AHEAD = Duration.ofMinutes(50);

    private static final Duration FURTHEST_BEHIND = Duration.ofDays(2);

    private final Feed feed;
    private final Path directory;

    LoadFaults(Feed feed, Path directory) {
        this.feed = feed;
        this.directory = directory;
    }

    /**
     * Injects a fault and repairs the damage.
     *
     * @return the target and further details, for people
     */
    String inject(Fault fault, Random random) throws InterruptedException, IOException {
        int count = 1 + random.nextInt(MOST_RECORDS);
        return switch (fault.kind()) {
            case POISON -> {
                feed.request((load, time) -> load.bad(count, time));
                yield "producer: " + count + " records";
            }
            case HOSTILE -> {
                int few = 1 + count / 10; // few, because they are large
                feed.request((load, time) -> load.hostile(few));
                yield "producer: " + few + " records";
            }
            case REPEAT -> {
                feed.request((load, time) -> load.repeated(count));
                yield "producer: at least " + count + " records";
            }
            case CLOCK_JUMP -> "producer: " + jump(fault, random);
            case SLOW_DISK -> "all: " + BusyDisk.keepBusy(directory, fault.millis()) + " MB forced to disk";
            default -> throw new IllegalArgumentException(fault.toString());
        };
    }

    private String jump(Fault fault, Random random) throws InterruptedException {
        long offset = random.nextBoolean()
                ? random.nextLong(FURTHEST_AHEAD.toMillis())
                : -random.nextLong(FURTHEST_BEHIND.toMillis());
        feed.clockOffset(offset);
        Thread.sleep(fault.millis());
        feed.clockOffset(0);
        return "by " + offset / 1000 + " s";
    }
}
