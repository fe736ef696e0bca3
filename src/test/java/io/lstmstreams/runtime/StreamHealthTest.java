package io.lstmstreams.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

/** Health with injected metrics and time. */
class StreamHealthTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String ONE = "app-1-StreamThread-1";
    private static final String TWO = "app-1-StreamThread-2";

    private final Map<MetricName, Metric> metrics = new HashMap<>();
    private long now;
    private final StreamHealth health = new StreamHealth(() -> metrics, LIMIT, () -> now);

    private void set(String group, String name, Map<String, String> tags, double value) {
        MetricName named = new MetricName(name, group, "", tags);
        metrics.put(named, new Metric() {
            @Override
            public MetricName metricName() {
                return named;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        });
    }

    private void setPolls(String thread, double polls) {
        set("stream-thread-metrics", "poll-total", Map.of("thread-id", thread), polls);
    }

    private void setLag(double lag, double consumed) {
        setPolls(ONE, now);
        String consumer = ONE + "-consumer";
        String group = "consumer-fetch-manager-metrics";
        set(group, "records-lag", Map.of("client-id", consumer, "topic", "a.b", "partition", "0"), lag);
        set(group, "records-lag", Map.of("client-id", consumer, "topic", "a_b", "partition", "0"), lag);
        set(group, "records-lag", Map.of("client-id", ONE + "-restore-consumer", "topic", "c", "partition", "0"), 1e9);
        set(group, "records-consumed-total", Map.of("client-id", consumer), consumed);
    }

    private void sampleFor(Duration time, Runnable beforeEach) {
        for (long end = now + time.toNanos(); now < end; ) {
            now += Duration.ofSeconds(5).toNanos();
            beforeEach.run();
            health.sample();
        }
    }

    @Test
    void shouldNameTheThreadThatHasNotCompletedALoopInTime() {
        setPolls(TWO, 7);

        sampleFor(LIMIT.minusSeconds(5), () -> setPolls(ONE, now));
        assertThat(health.stalled()).isEmpty();

        sampleFor(Duration.ofSeconds(10), () -> setPolls(ONE, now));
        assertThat(health.stalled())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .isEqualTo("stream thread " + TWO + " has not completed a poll loop for 300 s"));

        setPolls(TWO, 8);
        sampleFor(Duration.ofSeconds(5), () -> setPolls(ONE, now));
        assertThat(health.stalled()).isEmpty();
    }

    @Test
    void shouldIgnoreAThreadThatHasEnded() {
        setPolls(ONE, 7);
        sampleFor(LIMIT.plusMinutes(1), () -> {});
        assertThat(health.stalled()).isPresent();

        metrics.clear();
        sampleFor(Duration.ofSeconds(5), () -> {});

        assertThat(health.stalled()).isEmpty();
    }

    @Test
    void shouldNotCountATimeInWhichTheWholeProcessStood() {
        setPolls(ONE, 7);
        sampleFor(Duration.ofSeconds(10), () -> {});

        now += LIMIT.multipliedBy(3).toNanos();
        health.sample();

        assertThat(health.stalled()).isEmpty();
    }

    @Test
    void shouldReportThatMetricsCannotBeReadIfTheyWaitForALock() {
        sampleFor(Duration.ofSeconds(10), () -> setPolls(ONE, now));

        now += LIMIT.plusSeconds(11).toNanos();

        assertThat(health.stalled())
                .hasValueSatisfying(reason -> assertThat(reason).contains("metrics could not be read"));
    }

    @Test
    void shouldNameAThreadInADeadlockAtOnce() throws InterruptedException {
        ReentrantLock first = new ReentrantLock();
        ReentrantLock second = new ReentrantLock();
        Thread thread = new Thread(() -> takeBoth(first, second), "deadlocked-StreamThread-1");
        Thread other = new Thread(() -> takeBoth(second, first), "deadlocked-other");
        thread.setDaemon(true);
        other.setDaemon(true);
        thread.start();
        other.start();
        setPolls(thread.getName(), 1);

        while (health.stalled().isEmpty()) {
            Thread.sleep(10);
            health.sample();
        }

        assertThat(health.stalled()).contains("stream thread deadlocked-StreamThread-1 is in a deadlock");
        thread.interrupt(); // otherwise it would be in the deadlock of every later test
        thread.join();
        other.join();
    }

    private static void takeBoth(ReentrantLock mine, ReentrantLock others) {
        mine.lock();
        try {
            while (!others.isLocked()) {
                Thread.onSpinWait();
            }
            others.lockInterruptibly();
            others.unlock();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            mine.unlock();
        }
    }

    @Test
    void shouldBeBehindWhileALargeLagDoesNotFall() {
        sampleFor(Duration.ofMinutes(6), () -> setLag(100_000 + seconds(), 1_000 * seconds()));

        assertThat(health.behind())
                .hasValueSatisfying(reason ->
                        assertThat(reason).isEqualTo("the lag of 100360 records has not fallen for 5 minutes"));
    }

    @Test
    void shouldBeBehindIfNothingIsProcessed() {
        sampleFor(Duration.ofMinutes(6), () -> setLag(3, 17));

        assertThat(health.behind()).isPresent();
    }

    @Test
    void shouldNotBeBehindWhileItCatchesUp() {
        sampleFor(Duration.ofMinutes(60), () -> {
            setLag(10_000_000 - 100 * seconds(), 1_000 * seconds());
            assertThat(health.behind()).isEmpty();
        });
    }

    @Test
    void shouldNotBeBehindWithASteadySmallLag() {
        sampleFor(Duration.ofMinutes(60), () -> {
            setLag(20_000 + seconds() % 7, 1_000 * seconds());
            assertThat(health.behind()).isEmpty();
        });
    }

    @Test
    void shouldNotFlapIfALargeLagRisesAndFalls() {
        sampleFor(Duration.ofMinutes(6), () -> setLag(100_000, 1_000 * seconds()));

        sampleFor(Duration.ofMinutes(60), () -> {
            setLag(100_000 + 5_000 * Math.sin(seconds()), 1_000 * seconds());
            assertThat(health.behind()).isPresent();
        });
    }

    @Test
    void shouldBeReadyAgainOnceTheLagHasFallenByATenth() {
        sampleFor(Duration.ofMinutes(6), () -> setLag(100_000, 1_000 * seconds()));
        assertThat(health.behind()).isPresent();

        sampleFor(Duration.ofSeconds(5), () -> setLag(89_000, 1_000 * seconds()));

        assertThat(health.behind()).isEmpty();
    }

    @Test
    void shouldRestartWithOtherPartitions() {
        sampleFor(Duration.ofMinutes(6), () -> setLag(100_000, 1_000 * seconds()));
        assertThat(health.behind()).isPresent();

        set(
                "consumer-fetch-manager-metrics",
                "records-lag",
                Map.of("client-id", ONE + "-consumer", "topic", "d", "partition", "1"),
                5);
        sampleFor(Duration.ofSeconds(5), () -> setLag(100_000, 1_000 * seconds()));

        assertThat(health.behind()).isEmpty();
    }

    private double seconds() {
        return Duration.ofNanos(now).toSeconds();
    }
}
