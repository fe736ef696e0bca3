package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
    private final List<String> logged = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1; // System.nanoTime may overflow at any time
    private final LogThrottle throttle = new LogThrottle(logged::add, () -> now);

    private void log(int from, int to) {
        for (int i = from; i <= to; i++) {
            int number = i;
            throttle.log(() -> "line " + number);
        }
    }

    @Test
    void shouldLogEachLineWhileTheyAreFew() {
        for (int second = 0; second < 3; second++) {
            log(1, 10);
            now += Duration.ofSeconds(1).toNanos();
        }

        assertThat(logged).hasSize(30).allMatch(line -> line.startsWith("line "));
    }

    @Test
    void shouldReportOncePerSecondTheNumberOfOmittedLines() {
        // When
        log(1, 1_000);
        now += Duration.ofMillis(1_500).toNanos();
        log(1_001, 1_001);

        // Then
        assertThat(logged).hasSize(13).startsWith("line 1", "line 2").endsWith("line 1001");
        assertThat(logged.get(9)).isEqualTo("line 10");
        assertThat(logged.get(10)).startsWith("more records like these are counted");
        assertThat(logged.get(11)).startsWith("990 more records");
    }

    @Test
    void shouldNotFormatALineThatIsNotLogged() {
        log(1, 10);

        throttle.log(() -> {
            throw new AssertionError("the line of a record that is only counted");
        });

        assertThat(logged).hasSize(11);
    }
}
