package io.lstmstreams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.trace.Anomaly;
import io.lstmstreams.trace.StepTrace;
import io.lstmstreams.trace.Way;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a looker is told of the steps is what the stream had said in its results, gates and states included. */
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

    private static List<String> again(Way way) {
        OutputJson json = new OutputJson(TinyModels.events().vocabulary());
        List<String> results = new ArrayList<>();
        for (Prediction step : way.again(TOP_K).steps()) {
            results.add(new String(json.write(step), StandardCharsets.UTF_8));
        }
        return results;
    }

    @Test
    void shouldMakeEachStepAgainToTheLastBit() {
        trace.look();
        send("a", 9);
        List<String> results = topology.results();

        Way way = trace.way("a");

        assertThat(way.first()).isEqualTo(1);
        assertThat(again(way)).isEqualTo(results);
    }

    @Test
    void shouldGoOnFromTheStoredStateWhereASequenceHadBegunBeforeSomebodyLooked() {
        send("a", 4);
        trace.look();
        send("a", 5);
        List<String> results = topology.results();

        Way way = trace.way("a");

        assertThat(way.first()).isEqualTo(5);
        assertThat(again(way)).isEqualTo(results.subList(4, 9));
        assertThat(way.again(TOP_K).expected()).hasSize(TOP_K);
    }

    @Test
    void shouldKeepTheLatestStepsOfALongSequence() {
        trace.look();
        send("a", 1_000);
        List<String> results = topology.results();

        Way way = trace.way("a");

        List<String> again = again(way);
        assertThat(again).hasSizeBetween(64, 128);
        assertThat(again).isEqualTo(results.subList(results.size() - again.size(), results.size()));
    }

    @Test
    void shouldBeginAnewWithASequenceThatComesBackAfterItsEnd() {
        trace.look();
        send("a", 5);
        topology.send("a", null);
        assertThat(trace.way("a").verdict().steps()).isEqualTo(5);
        send("a", 2);

        Way way = trace.way("a");

        assertThat(way.verdict()).isNull();
        assertThat(way.again(TOP_K).steps()).hasSize(2);
    }

    @Test
    void shouldFollowNothingWhileNobodyLooks() {
        send("a", 5);

        assertThat(trace.glances(Set.of("a"), 10)).isEmpty();
        assertThat(trace.latencies().count()).isZero();
    }

    @Test
    void shouldStayWithinItsPlacesHoweverManySequencesThereAre() {
        trace.look();
        for (int i = 0; i < 3_000; i++) {
            send("s" + i, 2);
        }

        assertThat(trace.glances(Set.of(), 10_000)).hasSizeLessThanOrEqualTo(1_024);
    }

    @Test
    void shouldFollowASequenceThatSomebodyAsksForThoughAllPlacesAreTaken() {
        trace.look();
        for (int i = 0; i < 2_000; i++) {
            send("s" + i, 1);
        }
        assertThat(trace.way("wanted")).isNull();

        send("wanted", 3);

        assertThat(again(trace.way("wanted"))).hasSizeBetween(1, 3);
    }

    @Test
    void shouldRememberAnomaliesThoughNobodyLooksAndWhatHadBeenExpectedInstead() {
        // Given: nobody looks; of ways of 40 events some hold one that was not among the four likeliest
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

        // Then: as the result of the event before had said
        assertThat(anomaly.sequence()).isEqualTo("a");
        assertThat(anomaly.step()).isEqualTo(first + 1);
        assertThat(anomaly.rank()).isGreaterThan(4);
        assertThat(anomaly.event()).isNotEqualTo(anomaly.expected().get(0).event());
        assertThat(results.get(first - 1))
                .contains("\"next\":[{\"event\":\"" + anomaly.expected().get(0).event() + "\"");
        assertThat(again(trace.way("a"))).isEqualTo(List.of(results.get(first)));
        assertThat(trace.anomalies(5)).hasSize(1); // one a sequence, which counts those after it
        assertThat(anomaly.more())
                .isEqualTo((int) results.stream()
                                .filter(result -> result.contains("\"anomalous\":true"))
                                .count()
                        - 1);
    }

    @Test
    void shouldStillShowTheWayToAnAnomalyWhenItsSequenceHasBegunAnew() {
        // Given
        trace.look();
        for (int i = 0; i < 40; i++) {
            topology.send("a", DrivenTopology.event(TinyModels.EVENTS.get(i * 7 % 5)));
        }
        topology.send("a", null);
        Anomaly anomaly = trace.anomalies(1).get(0);

        // When
        topology.send("a", DrivenTopology.event("open"));

        // Then
        assertThat(trace.way("a").again(TOP_K).steps()).hasSize(1);
        Way way = trace.way("a", anomaly.step());
        assertThat(way.again(TOP_K).steps()).hasSize(40);
        assertThat(way.again(TOP_K).steps().get((int) anomaly.step() - 1).anomalous())
                .isTrue();
    }

    @Test
    void shouldTellOfAnEndThatWasTheAnomaly() {
        Anomaly anomaly = null;
        for (long seed = 1;
                anomaly == null;
                seed++) { // until a model finds one of its five shortest sequences too short
            Model model = TinyModels.events(seed);
            Models models = Models.only(ModelVersion.of(null, model, Kernels.named("scalar")));
            try (DrivenTopology other = new DrivenTopology(models, null, Map.of())) {
                for (String event : TinyModels.EVENTS) {
                    other.send(event, DrivenTopology.event(event));
                    other.send(event, null);
                }
                if (!other.trace().anomalies(1).isEmpty()) {
                    anomaly = other.trace().anomalies(1).get(0);
                    Way way = other.trace().way(anomaly.sequence());
                    assertThat(way.verdict().anomalous()).isTrue();
                    assertThat(Math.exp(way.verdict().endLogProbability())).isEqualTo(anomaly.probability());
                }
            }
        }
        assertThat(anomaly.event()).isNull();
        assertThat(anomaly.step()).isEqualTo(2);
        assertThat(anomaly.expected()).hasSize(3);
    }
}
