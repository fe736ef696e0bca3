package io.lstmstreams.replay;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.output.Prediction.Score;
import io.lstmstreams.output.SequenceOutput;
import io.lstmstreams.output.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The anomalies of the first anomalous sequences of a replay, one of each sequence. It accepts the outputs in their
 * order. Not thread-safe.
 */
public final class FirstAnomalies implements Consumer<SequenceOutput> {
    private final int most;
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Set<String> reported = new HashSet<>(); // live sequences with an anomaly
    private final Map<String, Next> expected = new HashMap<>(); // the likeliest next event, by live sequence

    /** Creates a list of the anomalies of at most this many sequences. */
    public FirstAnomalies(int most) {
        this.most = most;
    }

    /** Returns the anomalies, in their order. */
    public List<Anomaly> anomalies() {
        return List.copyOf(anomalies);
    }

    @Override
    public void accept(SequenceOutput output) {
        if (anomalies.size() == most) {
            return;
        }
        if (output instanceof Prediction prediction) {
            Score score = prediction.score();
            if (score != null && score.anomalous() && reported.add(prediction.sequence())) {
                add(prediction.sequence(), prediction.step(), prediction.event(), score.probability(), score.rank());
            }
            if (!prediction.next().isEmpty()) {
                expected.put(prediction.sequence(), prediction.next().get(0));
            }
        } else if (output instanceof Verdict verdict) {
            if (!reported.remove(verdict.sequence()) && verdict.anomalous()) {
                add(verdict.sequence(), verdict.steps() + 1, null, Math.exp(verdict.endLogProbability()), 0);
            }
            expected.remove(verdict.sequence());
        }
    }

    private void add(String sequence, long step, @Nullable String event, double probability, int rank) {
        anomalies.add(new Anomaly(sequence, step, event, probability, rank, expected.get(sequence)));
    }
}
