package io.lstmstreams.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.output.Details;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.output.Verdict.Ended;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstAnomaliesTest {
    private static final Next READ = new Next(1, "read", 0.75);
    private static final Next CLOSE = new Next(4, "close", 0.5);

    private static Prediction step(String sequence, long step, String event, boolean anomalous, Next next) {
        Score score = step == 1 ? null : new Score(0.25, Math.log(0.25), 3, anomalous);
        return new Prediction(sequence, step, 0, 0, event, score, List.of(next), Details.NONE, null);
    }

    private static Verdict end(String sequence, long steps, boolean anomalous) {
        return new Verdict(sequence, steps, Ended.END_RECORD, 0, 0, 1, 3, 2, Math.log(0.125), anomalous, null);
    }

    @Test
    void shouldReportTheFirstAnomalyOfASequenceWithTheEventExpectedBeforeIt() {
        // Given
        FirstAnomalies first = new FirstAnomalies(10);

        // When
        first.accept(step("s", 1, "open", false, READ));
        first.accept(step("t", 1, "open", false, CLOSE));
        first.accept(step("s", 2, "sync", true, CLOSE));
        first.accept(step("s", 3, "open", true, CLOSE));
        first.accept(end("s", 3, true));

        // Then
        assertThat(first.anomalies()).containsExactly(new Anomaly("s", 2, "sync", 0.25, 3, READ));
    }

    @Test
    void shouldReportAnEndThatIsTheOnlyAnomaly() {
        FirstAnomalies first = new FirstAnomalies(10);

        first.accept(step("s", 1, "open", false, READ));
        first.accept(end("s", 1, true));

        assertThat(first.anomalies()).containsExactly(new Anomaly("s", 2, null, Math.exp(Math.log(0.125)), 0, READ));
    }

    @Test
    void shouldReportASequenceAgainThatStartsAgain() {
        FirstAnomalies first = new FirstAnomalies(10);

        for (int i = 0; i < 2; i++) {
            first.accept(step("s", 1, "open", false, READ));
            first.accept(step("s", 2, "sync", true, CLOSE));
            first.accept(end("s", 2, true));
        }

        assertThat(first.anomalies()).hasSize(2);
    }

    @Test
    void shouldReportNoMoreThanItsLimit() {
        FirstAnomalies first = new FirstAnomalies(1);

        first.accept(step("s", 2, "sync", true, CLOSE));
        first.accept(step("t", 2, "sync", true, CLOSE));

        assertThat(first.anomalies()).extracting(Anomaly::sequence).containsExactly("s");
    }
}
