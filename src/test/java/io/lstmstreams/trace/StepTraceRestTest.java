package io.lstmstreams.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StepTraceRestTest {
    private final AtomicLong clock = new AtomicLong();
    private final StepTrace trace = new StepTrace(clock::get);

    @Test
    void shouldBeOffUntilADashboardOpens() {
        assertThat(trace.isWatched()).isFalse();
        trace.watch();
        assertThat(trace.isWatched()).isTrue();
    }

    @Test
    void shouldStopAMinuteAfterTheLastRequest() {
        trace.watch();
        clock.addAndGet(TimeUnit.SECONDS.toNanos(60));
        trace.unwatchIfUnused();
        assertThat(trace.isWatched()).isTrue();

        clock.addAndGet(1);
        trace.unwatchIfUnused();

        assertThat(trace.isWatched()).isFalse();
    }
}
