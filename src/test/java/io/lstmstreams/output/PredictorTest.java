package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.lstmstreams.input.InputField.SinceLast;
import io.lstmstreams.input.Model;
import io.lstmstreams.input.Vocabulary;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Verdict.Ended;
import io.lstmstreams.recurrent.Activation;
import io.lstmstreams.recurrent.Execution;
import io.lstmstreams.recurrent.Head;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.InputShape;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.recurrent.LstmLayer;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.ScoringRule;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import io.lstmstreams.recurrent.TestNetwork;
import io.lstmstreams.recurrent.Wiring;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PredictorTest {
    private static final ScoringRule ALL_ANOMALOUS = new ScoringRule.ProbabilityBelow(1);
    private static final Vocabulary WITH_END = Vocabulary.of(3, List.of("a", "b"), "end", null);

    private static Model model(InputEncoding encoding, ScoringRule scoring, Vocabulary vocabulary) {
        return new Model(TestNetwork.of(5, encoding, vocabulary.size(), scoring, 4), vocabulary);
    }

    private static Predictor predictor(Model model, int topK, Set<Include> include) {
        return new Predictor(model, PackedNetwork.of(model.network(), KernelNames.kernel("scalar")), topK, include);
    }

    @Test
    void shouldRateAnEventByThePredictionMadeBeforeIt() {
        // Given
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, WITH_END);
        Predictor predictor = predictor(model, 3, Set.of());
        SequenceState state = new SequenceState(model.network());

        // When
        Prediction first = predictor.advance("s", 10, SparseInput.oneHot(0), state);
        Prediction second = predictor.advance("s", 20, SparseInput.oneHot(1), state);

        // Then
        Next foretold = first.next().stream()
                .filter(next -> next.event().equals("b"))
                .findFirst()
                .orElseThrow();
        assertThat(first.score()).isNull();
        assertThat(first.anomalous()).isFalse();
        assertThat(second.score().probability()).isEqualTo(foretold.probability());
        assertThat(second.score().logProbability()).isCloseTo(Math.log(foretold.probability()), within(1e-12));
        assertThat(second.score().rank()).isEqualTo(1 + first.next().indexOf(foretold));
        assertThat(second.anomalous()).isTrue();
        assertThat(second.step()).isEqualTo(2);
        assertThat(second.time()).isEqualTo(20);
        assertThat(second.event()).isEqualTo("b");
        assertThat(state.lastEventTime()).isEqualTo(20);
    }

    /**
     * Returns the outputs of a model whose input is the seconds since the last event, and whose head returns the
     * layer's output unchanged.
     */
    private static List<double[]> outputsAt(long... times) {
        LstmLayer layer = new LstmLayer(1, 1, new float[] {0.3f, 0, 0.7f, 1}, new float[4], new float[4]);
        Network network = new Network(
                "times",
                new InputShape(InputEncoding.FIELDS, 1, 0, 1),
                List.of(layer),
                Wiring.chain(1, 1),
                List.of(Head.identity("h", Activation.LINEAR, 1)),
                Execution.CARRY,
                new ScoringRule.None());
        Model model = new Model(network, Vocabulary.ofSize(1), List.of(new SinceLast(SinceLast.Unit.SECONDS, 1, 0)));
        Predictor predictor = predictor(model, 0, EnumSet.of(Include.OUTPUT));
        SequenceState state = new SequenceState(network);
        List<double[]> outputs = new ArrayList<>();
        for (long time : times) {
            SparseInput input = SparseInput.sparse(SparseInput.NO_EVENT, new int[1], new float[1]);
            outputs.add(predictor
                    .advance("s", time, input, state)
                    .details()
                    .output()
                    .get("h"));
        }
        return outputs;
    }

    @Test
    void shouldMeasureTimeFromTheLatestEventAfterALateEvent() {
        assertThat(outputsAt(1_000, 3_000, 2_000, 4_000)).containsExactlyElementsOf(outputsAt(0, 2_000, 2_000, 3_000));
    }

    @Test
    void shouldMeasureNoTimeToOrFromAnEventWithoutATimestamp() {
        long none = Prediction.NO_TIME;

        assertThat(outputsAt(none, 5_000, none, 6_000)).containsExactlyElementsOf(outputsAt(0, 0, 0, 1_000));
    }

    @Test
    void shouldPredictADistributionBestFirst() {
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, WITH_END);
        Predictor predictor = predictor(model, 9, Set.of());

        List<Next> next = predictor
                .advance("s", 1, SparseInput.oneHot(0), new SequenceState(model.network()))
                .next();

        assertThat(next).extracting(Next::event).containsExactlyInAnyOrder("a", "b", "end");
        assertThat(next).isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
        assertThat(next.stream().mapToDouble(Next::probability).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void shouldScoreTheEndAsAStepWithoutAdvancing() {
        // Given
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, WITH_END);
        Predictor predictor = predictor(model, 3, Set.of());
        SequenceState state = new SequenceState(model.network());
        Prediction only = predictor.advance("s", 10, SparseInput.oneHot(0), state);
        float[] before = state.h(0).clone();

        // When
        Verdict verdict = predictor.end("s", Ended.IDLE, state);

        // Then
        double end = only.next().stream()
                .filter(next -> next.event().equals("end"))
                .findFirst()
                .orElseThrow()
                .probability();
        assertThat(verdict.endLogProbability()).isCloseTo(Math.log(end), within(1e-12));
        assertThat(verdict.sumLogProbability()).isEqualTo(verdict.endLogProbability());
        assertThat(verdict.minAtStep()).isEqualTo(2);
        assertThat(verdict.steps()).isEqualTo(1);
        assertThat(verdict.anomalous()).isTrue();
        assertThat(verdict.ended()).isEqualTo(Ended.IDLE);
        assertThat(state.h(0)).isEqualTo(before);
        assertThat(state.steps()).isEqualTo(1);
    }

    @Test
    void shouldScoreNothingAfterOneEventWithoutAnEndSymbol() {
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, Vocabulary.ofSize(3));
        Predictor predictor = predictor(model, 3, Set.of());
        SequenceState state = new SequenceState(model.network());
        predictor.advance("s", 10, SparseInput.oneHot(0), state);

        Verdict verdict = predictor.end("s", Ended.END_RECORD, state);

        assertThat(verdict.hasScores()).isFalse();
        assertThat(verdict.anomalous()).isFalse();
        assertThat(verdict.endLogProbability()).isNaN();
    }

    @Test
    void shouldAddUpTheScoresInTheVerdict() {
        // Given
        Model model = model(InputEncoding.ONE_HOT, new ScoringRule.None(), Vocabulary.ofSize(3));
        Predictor predictor = predictor(model, 0, Set.of());
        SequenceState state = new SequenceState(model.network());
        predictor.advance("s", 1, SparseInput.oneHot(0), state);

        // When
        double second =
                predictor.advance("s", 2, SparseInput.oneHot(1), state).score().logProbability();
        double third =
                predictor.advance("s", 3, SparseInput.oneHot(2), state).score().logProbability();
        Verdict verdict = predictor.end("s", Ended.END_RECORD, state);

        // Then
        assertThat(verdict.sumLogProbability()).isEqualTo(second + third);
        assertThat(verdict.minLogProbability()).isEqualTo(Math.min(second, third));
        assertThat(verdict.minAtStep()).isEqualTo(second <= third ? 2 : 3);
        assertThat(verdict.anomalous()).isFalse();
    }

    @Test
    void shouldNeitherScoreNorPredictEventsOfADenseModel() {
        // Given
        Model model = model(InputEncoding.DENSE, ALL_ANOMALOUS, Vocabulary.ofSize(3));
        Predictor predictor = predictor(model, 3, EnumSet.of(Include.OUTPUT));
        SequenceState state = new SequenceState(model.network());

        // When
        predictor.advance("s", 1, SparseInput.dense(new float[] {1, 2, 3}), state);
        Prediction second = predictor.advance("s", 2, SparseInput.dense(new float[] {1, 2, 3}), state);

        // Then
        assertThat(second.score()).isNull();
        assertThat(second.next()).isEmpty();
        assertThat(second.event()).isNull();
        assertThat(second.details().output()).containsOnlyKeys("next");
    }

    @Test
    void shouldIncludeOnlyTheRequestedParts() {
        // Given
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, WITH_END);
        SequenceState state = new SequenceState(model.network());

        // When
        Details all = predictor(model, 0, EnumSet.allOf(Include.class))
                .advance("s", 1, SparseInput.oneHot(0), state)
                .details();
        Details logits = predictor(model, 0, EnumSet.of(Include.LOGITS))
                .advance("s", 1, SparseInput.oneHot(0), new SequenceState(model.network()))
                .details();

        // Then
        assertThat(all.output().get("next")).isEqualTo(all.probabilities());
        assertThat(all.state().get(0).h()).isEqualTo(state.h(0)).isNotSameAs(state.h(0));
        assertThat(all.state().get(0).c()).isEqualTo(state.c(0));
        assertThat(logits.logits()).isEqualTo(all.logits());
        assertThat(logits.probabilities()).isNull();
        assertThat(logits.output()).isNull();
        assertThat(logits.state()).isNull();
        assertThat(logits.gates()).isNull();
    }

    @Test
    void shouldNameTheGatesAsTheFormulasDo() {
        // Given: after the first step c = i * g and h = o * tanh(c), whatever f is
        Model model = model(InputEncoding.ONE_HOT, ALL_ANOMALOUS, WITH_END);
        SequenceState state = new SequenceState(model.network());
        Predictor predictor = predictor(model, 0, EnumSet.of(Include.GATES));

        // When
        Map<String, float[]> first = predictor
                .advance("s", 1, SparseInput.oneHot(0), state)
                .details()
                .gates()
                .get(0);
        float[] c = state.c(0).clone();
        float[] h = state.h(0).clone();
        Map<String, float[]> second = predictor
                .advance("s", 1, SparseInput.oneHot(1), state)
                .details()
                .gates()
                .get(0);

        // Then
        for (int k = 0; k < 4; k++) {
            assertThat(c[k]).isCloseTo(first.get("i")[k] * first.get("g")[k], within(1e-6f));
            assertThat(h[k]).isCloseTo((float) (first.get("o")[k] * Math.tanh(c[k])), within(1e-6f));
            assertThat(state.c(0)[k])
                    .isCloseTo(second.get("f")[k] * c[k] + second.get("i")[k] * second.get("g")[k], within(1e-6f));
        }
    }

    @Test
    void shouldReadTheNamesOfIncludes() {
        assertThat(Include.parse(List.of("state", " logits ")))
                .containsExactlyInAnyOrder(Include.STATE, Include.LOGITS);
        assertThat(Include.parse(List.of())).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Include.parse(List.of("states")))
                .withMessage("no part of a result is named \"states\"; choose from"
                        + " probabilities, logits, output, state, gates");
    }
}
