package io.lstmstreams.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernels;
import io.lstmstreams.modelfile.ModelFile;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A sequence that moves between instances with different kernels, as it does in a rebalance of different machines. */
class KernelsTakeTurnsTest {
    /** The bound that src/docs/kernels.md states. */
    private static final double TOLERANCE = 1e-4;

    private static final int SEQUENCES = 20;
    private static final int STEPS = 500;
    private static final int TURN = 7;

    @Test
    void shouldStayWithinTheStatedTolerance() throws URISyntaxException {
        // Given: the demo's model, which was trained
        Model model = ModelFile.load(Path.of(
                getClass().getResource("/io/lstmstreams/demo/hdfs.safetensors").toURI()));
        List<Predictor> kernels = Stream.of("scalar", "vector", "portable", "ojalgo")
                .map(name -> new Predictor(model, PackedNetwork.of(model.network(), Kernels.named(name)), 3, Set.of()))
                .toList();
        SplittableRandom random = new SplittableRandom(5);
        double worst = 0;
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            SequenceState turns = new SequenceState(model.network());
            SequenceState one = new SequenceState(model.network());
            for (int step = 0; step < STEPS; step++) {
                // When
                SparseInput event = SparseInput.oneHot(random.nextInt(28));
                Prediction moved = kernels.get(step / TURN % kernels.size()).advance("s", step, event, turns);
                Prediction stayed = kernels.get(0).advance("s", step, event, one);

                // Then
                if (step > 0) {
                    double difference = Math.abs(
                            moved.score().logProbability() - stayed.score().logProbability());
                    worst = Math.max(worst, difference);
                }
            }
            assertThat(turns.h(0)[3]).isCloseTo(one.h(0)[3], within((float) TOLERANCE));
        }
        assertThat(worst).as("difference of log probabilities").isPositive().isLessThan(TOLERANCE);
        System.out.println("kernels that take turns: log probabilities differ by at most " + worst);
    }
}
