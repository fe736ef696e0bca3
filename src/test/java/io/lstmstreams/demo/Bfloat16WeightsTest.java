package io.lstmstreams.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.lstmstreams.event.LineReader;
import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.output.Include;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Verdict;
import io.lstmstreams.recurrent.KernelNames;
import io.lstmstreams.replay.Replay;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The loss of accuracy by {@code lstm.kernel.weights=bfloat16}, on a trained model and sessions of its kind. */
class Bfloat16WeightsTest {
    private static final int SESSIONS = 500;

    /** The maximum difference of one probability of one event after one step. */
    private static final double LARGEST = 0.005;

    /** The maximum mean of these differences. */
    private static final double MEAN = 5e-5;

    /**
     * The maximum number of sessions whose verdict changes: those whose least likely event is close to the rule's
     * limit.
     */
    private static final int VERDICTS = 1;

    private static Outputs exact;
    private static Outputs rounded;

    /** The outputs, in order. */
    private record Outputs(List<double[]> probabilities, List<Boolean> anomalous) {}

    @BeforeAll
    static void scoreTheSameSessionsWithBoth() throws IOException {
        KernelNames.kernel("vector"); // skips the test without vector instructions
        Model model = ModelFile.load(Demo.class.getResource("hdfs.safetensors").toString());
        String sessions = Stream.generate(new BlockSessions(new SplittableRandom(7), 0.1))
                .limit(SESSIONS)
                .map(session -> String.join(" ", session.events()))
                .collect(Collectors.joining("\n"));
        exact = outputs(model, Kernels.named("vector", "float32"), sessions);
        rounded = outputs(model, Kernels.named("vector", "bfloat16"), sessions);
    }

    private static Outputs outputs(Model model, Kernel kernel, String sessions) throws IOException {
        Outputs outputs = new Outputs(new ArrayList<>(), new ArrayList<>());
        new Replay(model, kernel, 1, Set.of(Include.PROBABILITIES), output -> {
                    if (output instanceof Prediction prediction) {
                        outputs.probabilities.add(prediction.details().probabilities());
                    } else if (output instanceof Verdict verdict) {
                        outputs.anomalous.add(verdict.anomalous());
                    }
                })
                .sessions(new LineReader(new ByteArrayInputStream(sessions.getBytes(StandardCharsets.UTF_8))));
        return outputs;
    }

    @Test
    void shouldChangeProbabilitiesByNoMoreThanStated() {
        double largest = 0;
        double sum = 0;
        long count = 0;
        for (int step = 0; step < exact.probabilities.size(); step++) {
            double[] expected = exact.probabilities.get(step);
            double[] actual = rounded.probabilities.get(step);
            for (int event = 0; event < expected.length; event++) {
                double difference = Math.abs(expected[event] - actual[event]);
                largest = Math.max(largest, difference);
                sum += difference;
                count++;
            }
        }

        assertThat(largest).isPositive().isLessThan(LARGEST);
        assertThat(sum / count).isLessThan(MEAN);
    }

    @Test
    void shouldChangeHardlyAVerdict() {
        int changed = 0;
        for (int session = 0; session < SESSIONS; session++) {
            changed += exact.anomalous.get(session).equals(rounded.anomalous.get(session)) ? 0 : 1;
        }

        assertThat(exact.anomalous).hasSize(SESSIONS).contains(true, false);
        assertThat(changed).isLessThanOrEqualTo(VERDICTS);
    }
}
