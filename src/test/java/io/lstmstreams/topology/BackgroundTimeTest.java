package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackgroundTimeTest {
    private static final long MS = 1_000_000;
    private static final long TICK = IdleScan.TICK_MS * MS;

    private long now = 1;
    private final BackgroundTime time = new BackgroundTime(() -> now);
    private final Map<Object, Long> taken = new HashMap<>();

    /** Runs one pass of Kafka Streams over tasks that always have work and use all of their time. */
    private long pass(List<?> tasks) {
        long begun = now;
        for (Object task : tasks) {
            long end = time.beginTurn(task, begun / MS);
            if (end != BackgroundTime.WAIT) {
                taken.merge(task, end - now, Long::sum);
                now = end;
                time.endTurn();
            }
        }
        return now - begun;
    }

    /** Processes records for this share of the time until the next tick. */
    private void records(double busy) {
        int records = 1_000;
        long each = (long) (TICK * busy / records);
        for (int i = 0; i < records; i++) {
            long begun = time.beginRecord();
            now += each;
            time.endRecord(begun);
        }
        now += TICK - records * each;
    }

    private double shareBesideRecords(double busy, List<?> tasks) {
        for (int i = 0; i < 500; i++) { // until the initial allowance is spent
            pass(tasks);
            records(busy);
        }
        taken.clear();
        long begun = now;
        for (int i = 0; i < 1_000; i++) {
            pass(tasks);
            records(busy);
        }
        return (double) taken.values().stream().mapToLong(Long::longValue).sum() / (now - begun);
    }

    @Test
    void shouldGrantATwentiethOfTheTimeToABusyThread() {
        assertThat(shareBesideRecords(0.95, List.of("task"))).isBetween(0.03, 0.06);
    }

    @Test
    void shouldGrantMoreTimeWithFewerRecords() {
        double few = shareBesideRecords(0.01, List.of("task"));
        double some = shareBesideRecords(0.27, List.of("task"));

        assertThat(few).isGreaterThan(0.15);
        assertThat(some).isLessThan(few).isGreaterThan(0.055);
    }

    @Test
    void shouldShareOneBudgetAmongAllTasksOfAThread() {
        List<Integer> tasks = IntStream.range(0, 64).boxed().toList();

        assertThat(shareBesideRecords(0.95, tasks)).isBetween(0.03, 0.06);
        Map<Object, Long> shares = new LinkedHashMap<>(taken);
        assertThat(shares).hasSize(64);
        long average = shares.values().stream().mapToLong(Long::longValue).sum() / 64;
        assertThat(shares.values()).allMatch(share -> share > average / 2 && share < 2 * average);
    }

    @Test
    void shouldNeverDelayRecordsForLongerThanATurn() {
        List<Integer> tasks = IntStream.range(0, 64).boxed().toList();

        for (int i = 0; i < 1_000; i++) {
            records(0.5);
            assertThat(pass(tasks)).isLessThanOrEqualTo(BackgroundTime.TURNS);
        }
    }

    @Test
    void shouldGrantALongerTurnToAThreadWithoutRecords() {
        pass(List.of("task"));
        now += 5 * TICK;

        assertThat(pass(List.of("task"))).isEqualTo(BackgroundTime.TURNS_AT_REST);
    }

    @Test
    void shouldNotWaitForATaskThatNoLongerRequestsTime() {
        // Given a task that had to wait and was closed, and a task that was only closed
        shareBesideRecords(0.95, List.of("a"));
        pass(List.of("a"));
        assertThat(time.beginTurn("gone", now / MS)).isEqualTo(BackgroundTime.WAIT);
        assertThat(time.beginTurn("left", now / MS)).isEqualTo(BackgroundTime.WAIT);

        // When
        time.leave("left");
        now += 1_100 * MS;

        // Then
        assertThat(time.beginTurn("b", now / MS)).isGreaterThan(now);
    }

    @Test
    void shouldKeepTheTimeOfThreadsApart() throws InterruptedException {
        // Given a thread without time left
        shareBesideRecords(0.95, List.of("a"));
        pass(List.of("a"));
        assertThat(time.beginTurn("a", 1)).isEqualTo(BackgroundTime.WAIT);

        // When
        long[] end = new long[1];
        Thread other = new Thread(() -> end[0] = time.beginTurn("b", now / MS));
        other.start();
        other.join();

        // Then
        assertThat(end[0]).isGreaterThan(now);
    }
}
