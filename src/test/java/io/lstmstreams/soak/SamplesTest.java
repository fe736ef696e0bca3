package io.lstmstreams.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.soak.Sample.StreamThread;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final double PER_SECOND = 100;
    private static final int COUNT = 20;
    private static final long MB = 1_000_000;

    private final Samples samples = new Samples(PER_SECOND);

    /** Returns a sample of a run in which figures change but none grows. */
    private static Sample flat(int number) {
        int swing = number % 3;
        return new Sample(
                10 * number,
                1000L * number,
                20 * swing,
                (50 + swing) * MB,
                (300 + 5 * swing) * MB,
                600 + swing,
                70 + swing,
                0.05,
                List.of(thread("one", 100L * number), thread("other", 90L * number)));
    }

    private static StreamThread thread(String name, long polls) {
        return thread(name, polls, polls);
    }

    private static StreamThread thread(String name, long polls, long computedMs) {
        return new StreamThread(name, polls, computedMs * 1_000_000, 0.2, 0.05);
    }

    private void run(UnaryOperator<Sample> change) {
        for (int i = 0; i < COUNT; i++) {
            samples.add(change.apply(flat(i)));
        }
    }

    private static Sample with(Sample from, long lag, long heap, long resident, long handles, long threads) {
        return new Sample(
                from.seconds(),
                from.sent(),
                lag,
                heap,
                resident,
                handles,
                threads,
                from.others(),
                from.streamThreads());
    }

    private void run(long lag, long heap, long resident, long handles, long threads) {
        run(flat -> with(
                flat,
                flat.lag() + Math.round(flat.seconds() * lag / 10),
                flat.heap() + Math.round(flat.seconds() * heap / 10),
                flat.resident() + Math.round(flat.seconds() * resident / 10),
                flat.handles() + Math.round(flat.seconds() * handles / 10),
                flat.threads() + Math.round(flat.seconds() * threads / 10)));
    }

    @Test
    void shouldAcceptFiguresThatFluctuate() {
        run(UnaryOperator.identity());

        assertThat(samples.complaints()).isEmpty();
        assertThat(samples.stuckThreads()).isEmpty();
    }

    @Test
    void shouldFindALagThatGrows() {
        run(200, 0, 0, 0, 0);

        assertThat(samples.complaints()).singleElement().asString().startsWith("lag must not grow, but grew by 1");
    }

    @Test
    void shouldFindAHeapThatGrows() {
        run(0, 2 * MB, 0, 0, 0);

        assertThat(samples.complaints()).singleElement().asString().startsWith("heap after GC must not grow");
    }

    @Test
    void shouldFindMemoryOutsideOfTheHeapThatGrows() {
        run(0, 0, 15 * MB, 0, 0);

        assertThat(samples.complaints()).singleElement().asString().startsWith("resident memory must not grow");
    }

    @Test
    void shouldFindHandlesAndThreadsThatAreNotClosed() {
        run(0, 0, 0, 20, 3);

        assertThat(samples.complaints()).hasSize(2);
    }

    @Test
    void shouldIgnoreGrowthInTheFirstHalf() {
        run(flat -> flat.seconds() < 80 ? with(flat, 0, 20 * MB, 100 * MB, 100, 10) : flat);

        assertThat(samples.complaints()).isEmpty();
    }

    @Test
    void shouldFindAThreadThatHangs() {
        run(flat -> flat.seconds() < 120 ? flat : with(flat, thread("one", 1_200, 500)));

        assertThat(samples.stuckThreads()).containsExactly("one");
    }

    @Test
    void shouldTolerateAThreadThatIsSlowInOneLoop() {
        run(flat -> flat.seconds() < 120 ? flat : with(flat, thread("one", 1_200, Math.round(flat.seconds()))));

        assertThat(samples.stuckThreads()).isEmpty();
    }

    @Test
    void shouldFindAThreadThatComputesAndCompletesNoLoop() {
        for (int i = 0; i < 2 * COUNT; i++) {
            samples.add(i < 5 ? flat(i) : with(flat(i), thread("one", 400, 20L * i)));
        }

        assertThat(samples.stuckThreads()).containsExactly("one");
    }

    private static Sample with(Sample from, StreamThread one) {
        return new Sample(
                from.seconds(),
                from.sent(),
                from.lag(),
                from.heap(),
                from.resident(),
                from.handles(),
                from.threads(),
                from.others(),
                List.of(one, from.streamThreads().get(1)));
    }

    @Test
    void shouldReportThatTheLoadHadToWait() {
        run(UnaryOperator.identity());
        samples.waited(Duration.ofSeconds(30));

        assertThat(samples.complaints()).singleElement().asString().contains("the load waited 30 s");
    }

    @Test
    void shouldNotBlameTheApplicationForOtherProcesses() {
        run(flat -> new Sample(
                flat.seconds(),
                flat.sent(),
                Math.round(flat.seconds() * 20),
                flat.heap(),
                flat.resident(),
                flat.handles(),
                flat.threads(),
                0.8,
                flat.streamThreads()));
        samples.waited(Duration.ofSeconds(30));

        assertThat(samples.isJudgeOfLag()).isFalse();
        assertThat(samples.complaints()).isEmpty();
    }

    @Test
    void shouldReportThatPunctuationsTakeMoreAndMoreTime() {
        run(flat -> with(
                flat, new StreamThread("one", flat.streamThreads().get(0).polls(), 0, 0.2, flat.seconds() / 1000)));

        assertThat(samples.complaints())
                .singleElement()
                .asString()
                .startsWith("the time of punctuations must not grow");
    }

    @Test
    void shouldReportThatPunctuationsTakeTheTimeOfRecords() {
        run(flat -> new Sample(
                flat.seconds(),
                flat.sent(),
                flat.lag(),
                flat.heap(),
                flat.resident(),
                flat.handles(),
                flat.threads(),
                0.8,
                List.of(new StreamThread("one", Math.round(flat.seconds()), 0, 0.01, 0.9))));

        assertThat(samples.complaints()).singleElement().asString().startsWith("punctuations must take at most 0.25");
    }
}
