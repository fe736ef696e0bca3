package io.lstmstreams.runtime;

import io.lstmstreams.input.Model;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.PackedNetwork;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warms up the JVM while the application joins its group and restores its states: advances sequences that do not
 * exist, alone and together. Until the JVM has compiled the vector kernel, a step takes milliseconds instead of
 * microseconds, and the first events should not wait for that.
 */
final class WarmUp implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int STEPS = 50_000; // several times the threshold of the compiler
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Model model;
    private final Kernel kernel;
    private final int batchSize;

    private WarmUp(Model model, Kernel kernel, int batchSize) {
        this.model = model;
        this.kernel = kernel;
        this.batchSize = batchSize;
    }

    /** Starts a thread that warms up and ends by itself. */
    static void start(Model model, Kernel kernel, int batchSize) {
        Thread thread = new Thread(new WarmUp(model, kernel, batchSize), "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        Predictor predictor =
                new Predictor(model, PackedNetwork.of(model.network(), kernel), batchSize, 1, Set.of(), null);
        OutputJson json = new OutputJson(model.vocabulary());
        List<SequenceState> states = Stream.generate(() -> new SequenceState(model.network()))
                .limit(batchSize)
                .toList();
        int inputSize = model.network().inputSize();
        InputEncoding encoding = model.network().encoding();
        long written = 0;
        long end = System.nanoTime() + LIMIT.toNanos();
        for (int i = 0, done = 0; done < STEPS && System.nanoTime() < end; i++) {
            SparseInput input = switch (encoding) {
                case ONE_HOT -> SparseInput.oneHot(i % inputSize);
                case DENSE, INDEX -> SparseInput.dense(new float[inputSize]);
                case FIELDS -> SparseInput.sparse(SparseInput.NO_EVENT, new int[0], new float[0]);
            };
            long time = i;
            List<SequenceStep> steps = states.stream()
                    .limit(i % 2 == 0 ? 1 : batchSize)
                    .map(state -> new SequenceStep("warm-up", time, input, state))
                    .toList();
            for (Prediction prediction : predictor.advance(steps)) {
                written += json.write(prediction).length;
            }
            done += steps.size();
        }
        LOG.debug("warmed up; the results had {} bytes", written);
    }
}
