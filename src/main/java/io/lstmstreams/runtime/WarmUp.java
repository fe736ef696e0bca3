package io.lstmstreams.runtime;

import io.lstmstreams.input.EventModel;
import io.lstmstreams.kernel.Kernel;
import io.lstmstreams.output.OutputJson;
import io.lstmstreams.output.Predictor;
import io.lstmstreams.recurrent.InputEncoding;
import io.lstmstreams.recurrent.Network;
import io.lstmstreams.recurrent.SequenceState;
import io.lstmstreams.recurrent.SparseInput;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps a sequence that does not exist, while the application joins its group and restores its state: until the JVM has
 * compiled the vector kernel, a step takes milliseconds instead of microseconds, and the first events shall not wait for it.
 */
final class WarmUp implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int STEPS = 50_000; // several times what the compiler waits for
    private static final Duration AT_MOST = Duration.ofSeconds(5);

    private final EventModel model;
    private final Kernel kernel;

    private WarmUp(EventModel model, Kernel kernel) {
        this.model = model;
        this.kernel = kernel;
    }

    /** Begins in a thread of its own, which ends by itself. */
    static void start(EventModel model, Kernel kernel) {
        Thread thread = new Thread(new WarmUp(model, kernel), "warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        Predictor predictor = new Predictor(model, Network.of(model.network(), kernel), 1, Set.of());
        OutputJson json = new OutputJson(model.vocabulary());
        SequenceState state = new SequenceState(model.network());
        int lines = model.network().inputSize();
        InputEncoding encoding = model.network().encoding();
        long written = 0;
        long end = System.nanoTime() + AT_MOST.toNanos();
        for (int i = 0; i < STEPS && System.nanoTime() < end; i++) {
            SparseInput input = switch (encoding) {
                case ONE_HOT -> SparseInput.oneHot(i % lines);
                case DENSE, INDEX -> SparseInput.dense(new float[lines]);
                case FIELDS -> SparseInput.lines(SparseInput.DENSE, new int[0], new float[0]);
            };
            written += json.write(predictor.advance("warm-up", i, input, state)).length;
        }
        LOG.debug("warmed up, with results of {} bytes", written);
    }
}
