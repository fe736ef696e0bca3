package io.lstmstreams.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.output.Prediction.Next;
import io.lstmstreams.runtime.LstmApplication;
import io.lstmstreams.trace.Anomaly;
import io.lstmstreams.trace.Latencies;
import io.lstmstreams.trace.SequenceSummary;
import io.lstmstreams.trace.StepTrace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Samples of the counters, latencies, sequences and anomalies, as JSON for the dashboard. Not thread-safe. */
final class Samples {
    private static final int ANOMALIES = 12;
    private static final int LATENCIES = 20; // five seconds of samples

    private final DisplayedSequences displayed = new DisplayedSequences();
    private final Deque<Latencies> recent = new ArrayDeque<>();

    String next(LstmApplication running) {
        StepTrace trace = running.trace();
        ObjectNode sample = JsonNodeFactory.instance.objectNode();
        sample.put("time", System.currentTimeMillis());
        sample.put("state", running.state());
        counts(running.metrics(), sample.putObject("counts"));
        latency(trace.latencies(), sample);
        ArrayNode sequences = sample.putArray("sequences");
        displayed.next(trace).forEach(summary -> summary(summary, sequences.addObject()));
        ArrayNode anomalies = sample.putArray("anomalies");
        trace.anomalies(ANOMALIES).forEach(anomaly -> anomaly(anomaly, anomalies.addObject()));
        return sample.toString();
    }

    private static void counts(StreamMetrics metrics, ObjectNode to) {
        to.put("steps", metrics.steps().sum())
                .put("started", metrics.started().sum())
                .put("ended", metrics.ended().sum())
                .put("live", metrics.live().sum())
                .put("anomalous", metrics.anomalousSequences().sum())
                .put("deadLetters", metrics.deadLetters().sum())
                .put("unknown", metrics.unknownEvents().sum());
    }

    private void latency(Latencies now, ObjectNode sample) {
        recent.addLast(now);
        if (recent.size() > LATENCIES) {
            recent.removeFirst();
        }
        Latencies all = new Latencies();
        recent.forEach(all::add);
        if (all.count() > 0) {
            sample.putObject("latency").put("p50", all.quantile(0.5)).put("p99", all.quantile(0.99));
        }
    }

    private static void summary(SequenceSummary summary, ObjectNode to) {
        to.put("sequence", summary.sequence())
                .put("step", summary.step())
                .put("event", summary.event())
                .put("anomalous", summary.anomalous())
                .put("ended", summary.ended());
        ArrayNode probabilities = to.putArray("probabilities");
        for (float probability : summary.probabilities()) {
            probabilities.add(Float.isFinite(probability) ? Float.valueOf(probability) : null);
        }
    }

    private static void anomaly(Anomaly anomaly, ObjectNode to) {
        to.put("sequence", anomaly.sequence())
                .put("step", anomaly.step())
                .put("event", anomaly.event())
                .put("rank", anomaly.rank())
                .put("at", anomaly.at())
                .put("more", anomaly.more());
        probability(anomaly.probability(), to);
        next(anomaly.expected(), to.putArray("expected"));
    }

    private static void next(List<Next> expected, ArrayNode to) {
        for (Next next : expected) {
            probability(next.probability(), to.addObject().put("event", next.event()));
        }
    }

    private static void probability(double probability, ObjectNode to) {
        to.put("probability", Double.isFinite(probability) ? Double.valueOf(probability) : null);
    }
}
