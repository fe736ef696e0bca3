package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.trace.Anomaly;
import io.lstmstreams.trace.SequenceHistory;
import io.lstmstreams.trace.StepTrace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Histories contain exactly what the stream's results contained, gates and states included. */
class StepTraceTest {
    private static final int TOP_K = 3;
    private static final Models MODELS =
            Models.only(ModelVersion.of(null, TinyModels.events(), Kernels.named("scalar")));

    private final DrivenTopology topology = new DrivenTopology(
            MODELS, null, Map.of("lstm.output.include", "state,gates", "lstm.output.top.k", Integer.toString(TOP_K)));
    private final StepTrace trace = topology.trace();

    @AfterEach
    void close() {
        topology.close();
    }

    private void send(String sequence, int events) {
        for (int i = 0; i < events; i++) {
            topology.send(sequence, DrivenTopology.event(TinyModels.EVENTS.get(i * i % TinyModels.EVENTS.size())));
        }
    }

    private static List<String> again(SequenceHistory history) {
        OutputJson json = new OutputJson(TinyModels.events().vocabulary());
        List<String> results = new ArrayList<>();
        for (Prediction step : history.recompute(TOP_K).steps()) {
            results.add(new String(json.write(step), StandardCharsets.UTF_8));
        }
        return results;
    }

    @Test
    void shouldRecomputeEachStepToTheLastBit() {
        trace.watch();
        send("a", 9);
        List<String> results = topology.results();

        SequenceHistory history = trace.history("a");

        assertThat(history.first()).isEqualTo(1);
        assertThat(again(history)).isEqualTo(results);
    }

    @Test
    void shouldContinueFromTheStoredStateOfAnEarlierSequence() {
        send("a", 4);
        trace.watch();
        send("a", 5);
        List<String> results = topology.results();

        SequenceHistory history = trace.history("a");

        assertThat(history.first()).isEqualTo(5);
        assertThat(again(history)).isEqualTo(results.subList(4, 9));
        assertThat(history.recompute(TOP_K).expected()).hasSize(TOP_K);
    }

    @Test
    void shouldKeepTheLatestStepsOfALongSequence() {
        trace.watch();
        send("a", 1_000);
        List<String> results = topology.results();

        SequenceHistory history = trace.history("a");

        List<String> again = again(history);
        assertThat(again).hasSizeBetween(64, 128);
        assertThat(again).isEqualTo(results.subList(results.size() - again.size(), results.size()));
    }

    @Test
    void shouldRestartWithASequenceThatReturnsAfterItsEnd() {
        trace.watch();
        send("a", 5);
        topology.send("a", null);
        assertThat(trace.history("a").verdict().steps()).isEqualTo(5);
        send("a", 2);

        SequenceHistory history = trace.history("a");

        assertThat(history.verdict()).isNull();
        assertThat(history.recompute(TOP_K).steps()).hasSize(2);
    }

    @Test
    void shouldRecordNothingWithoutADashboard() {
        send("a", 5);

        assertThat(trace.summaries(Set.of("a"), 10)).isEmpty();
        assertThat(trace.latencies().count()).isZero();
    }

    @Test
    void shouldStayWithinItsPlacesHoweverManySequencesThereAre() {
        trace.watch();
        for (int i = 0; i < 3_000; i++) {
            send("s" + i, 2);
        }

        assertThat(trace.summaries(Set.of(), 10_000)).hasSizeLessThanOrEqualTo(1_024);
    }

    @Test
    void shouldRecordARequestedSequenceEvenIfAllSlotsAreUsed() {
        trace.watch();
        for (int i = 0; i < 2_000; i++) {
            send("s" + i, 1);
        }
        assertThat(trace.history("wanted")).isNull();

        send("wanted", 3);

        assertThat(again(trace.history("wanted"))).hasSizeBetween(1, 3);
    }

    @Test
    void shouldRecordAnomaliesAndTheExpectedEventsWithoutADashboard() {
        // Given: no dashboard is open; some sequences of 40 events hold an event that is not among the four most likely
        for (int i = 0; i < 40; i++) {
            topology.send("a", DrivenTopology.event(TinyModels.EVENTS.get(i * 7 % 5)));
        }
        List<String> results = topology.results();
        int first = 0;
        while (!results.get(first).contains("\"anomalous\":true")) {
            first++;
        }

        // When
        Anomaly anomaly = trace.anomalies(5).get(0);

        // Then: the expected events are those of the previous event's result
        assertThat(anomaly.sequence()).isEqualTo("a");
        assertThat(anomaly.step()).isEqualTo(first + 1);
        assertThat(anomaly.rank()).isGreaterThan(4);
        assertThat(anomaly.event()).isNotEqualTo(anomaly.expected().get(0).event());
        assertThat(results.get(first - 1))
                .contains("\"next\":[{\"event\":\"" + anomaly.expected().get(0).event() + "\"");
        assertThat(again(trace.history("a"))).isEqualTo(List.of(results.get(first)));
        assertThat(trace.anomalies(5)).hasSize(1); // one for each sequence, which counts the later ones
        assertThat(anomaly.more())
                .isEqualTo((int) results.stream()
                                .filter(result -> result.contains("\"anomalous\":true"))
                                .count()
                        - 1);
    }

    @Test
    void shouldShowTheHistoryOfAnAnomalyAfterItsSequenceHasRestarted() {
        // Given
        trace.watch();
        for (int i = 0; i < 40; i++) {
            topology.send("a", DrivenTopology.event(TinyModels.EVENTS.get(i * 7 % 5)));
        }
        topology.send("a", null);
        Anomaly anomaly = trace.anomalies(1).get(0);

        // When
        topology.send("a", DrivenTopology.event("open"));

        // Then
        assertThat(trace.history("a").recompute(TOP_K).steps()).hasSize(1);
        SequenceHistory history = trace.history("a", anomaly.step());
        assertThat(history.recompute(TOP_K).steps()).hasSize(40);
        assertThat(history.recompute(TOP_K)
                        .steps()
                        .get((int) anomaly.step() - 1)
                        .anomalous())
                .isTrue();
    }

    @Test
    void shouldReportAnEndThatIsAnAnomaly() {
        Anomaly anomaly = null;
        for (long seed = 1; anomaly == null; seed++) { // until one of five short sequences ends too early for the model
            Model model = TinyModels.events(seed);
            Models models = Models.only(ModelVersion.of(null, model, Kernels.named("scalar")));
            try (DrivenTopology other = new DrivenTopology(models, null, Map.of())) {
                for (String event : TinyModels.EVENTS) {
                    other.send(event, DrivenTopology.event(event));
                    other.send(event, null);
                }
                if (!other.trace().anomalies(1).isEmpty()) {
                    anomaly = other.trace().anomalies(1).get(0);
                    SequenceHistory history = other.trace().history(anomaly.sequence());
                    assertThat(history.verdict().anomalous()).isTrue();
                    assertThat(Math.exp(history.verdict().endLogProbability())).isEqualTo(anomaly.probability());
                }
            }
        }
        assertThat(anomaly.event()).isNull();
        assertThat(anomaly.step()).isEqualTo(2);
        assertThat(anomaly.expected()).hasSize(3);
    }
}
