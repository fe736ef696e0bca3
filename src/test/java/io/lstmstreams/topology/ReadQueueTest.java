package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.Test;

/** The queue of reads, with time that passes as the test states. */
class ReadQueueTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private long now;
    private long worked;
    private final ReadQueue queue = new ReadQueue(() -> now, () -> worked);
    private final List<String> answered = new ArrayList<>();

    private StateRead<String> ask(String name, long passes, long works) {
        StateRead<String> read = new StateRead<>(null, queue, deadline -> {
            assertThat(deadline).isEqualTo(now + TimeAllowance.MAX_NANOS);
            now += passes;
            worked += works;
            answered.add(name);
            return name;
        });
        queue.add(read);
        return read;
    }

    @Test
    void shouldAnswerInOrderAsLongAsTheAllowanceLasts() {
        for (int i = 0; i < 5; i++) {
            ask("read " + i, MILLISECOND, MILLISECOND);
        }

        queue.answer();
        assertThat(answered).containsExactly("read 0", "read 1");

        queue.answer();
        assertThat(answered).hasSize(2);

        now += TimeAllowance.SHARE * MILLISECOND;
        queue.answer();
        assertThat(answered).containsExactly("read 0", "read 1", "read 2");
        assertThat(queue.isEmpty()).isFalse();
    }

    @Test
    void shouldPayBackTheTimeOfAReadBeyondTheAllowance() {
        ask("long", 200 * MILLISECOND, 200 * MILLISECOND);
        ask("next", 1, 1);

        queue.answer();
        now += TimeAllowance.SHARE * 190 * MILLISECOND;
        queue.answer();
        assertThat(answered).containsExactly("long");

        now += TimeAllowance.SHARE * MILLISECOND;
        queue.answer();
        assertThat(answered).containsExactly("long", "next");
    }

    @Test
    void shouldNotChargeReadsForOtherProcesses() {
        ask("displaced", 200 * MILLISECOND, MILLISECOND / 10);
        ask("next", 1, 1);

        queue.answer();
        now += TimeAllowance.SHARE * MILLISECOND;
        queue.answer();

        assertThat(answered).containsExactly("displaced", "next");
    }

    @Test
    void shouldFailTheReadAndNotTheStreamIfAStoreCannotAnswer() {
        StateRead<String> failing = new StateRead<>(null, queue, deadline -> {
            throw new IllegalStateException("the file is damaged");
        });
        queue.add(failing);
        ask("next", 1, 1);

        queue.answer();

        assertThat(answered).containsExactly("next");
        assertThatExceptionOfType(InvalidStateStoreException.class)
                .isThrownBy(() -> failing.await(System.nanoTime()))
                .withMessageContaining("damaged");
    }
}
