package io.lstmstreams.topology;

import io.lstmstreams.config.ModelChange;
import io.lstmstreams.event.BadEventException;
import io.lstmstreams.input.UnknownEventException;
import io.lstmstreams.metrics.StreamMetrics;
import io.lstmstreams.metrics.StreamMetrics.Cause;
import io.lstmstreams.metrics.StreamMetrics.Reason;
import io.lstmstreams.output.Prediction;
import io.lstmstreams.output.SequenceStep;
import io.lstmstreams.output.Verdict;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the records of one task count as, and what is said of them in the log. Belongs to a task. */
final class StepCounts {
    private static final Logger LOG = LoggerFactory.getLogger(LstmProcessor.class);

    /** Of so many products one is timed. */
    private static final int TIMED = 16;

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private final ProcessorContext<?, ?> context;
    private final StreamMetrics metrics;
    private final boolean restarts; // with another model, sequences are meant to restart
    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private int products;

    StepCounts(ProcessorContext<?, ?> context, StreamMetrics metrics, StepOptions options) {
        this.context = context;
        this.metrics = metrics;
        this.restarts = options.modelChange() == ModelChange.RESTART;
    }

    void repeated() {
        metrics.repeatedEvents().increment();
    }

    void late() {
        metrics.lateEvents().increment();
    }

    void refused(BadEventException e, Reason otherwise) {
        refused(metrics, e, otherwise);
    }

    /** A record of which nothing can be sent. */
    void refused(UnsendableException e) {
        refused(e, e.reason());
    }

    /** A record that cannot be processed; some failures have a reason of their own. */
    static void refused(StreamMetrics metrics, BadEventException e, Reason otherwise) {
        boolean unknown = e instanceof UnknownEventException;
        Reason own = e instanceof UnsendableException unsendable ? unsendable.reason() : otherwise;
        metrics.deadLetters().increment(unknown ? Reason.UNKNOWN_EVENT : own);
        if (unknown) {
            metrics.unknownEvents().increment();
        }
    }

    /** A stored state that is damaged. */
    void unreadable() {
        metrics.statesUnreadable().increment();
    }

    /** A step that has made a state NaN or infinite. */
    void notFinite() {
        metrics.statesNotFinite().increment();
    }

    /** A record that takes a damaged state with it. */
    void refusedWithState() {
        metrics.deadLetters().increment(Reason.DAMAGED_STATE);
    }

    /** Steps sequences together, and takes the time now and then. */
    List<Prediction> advance(TaskModel model, List<SequenceStep> steps) {
        if (products++ % TIMED != 0) {
            return model.predictor().advance(steps);
        }
        long begun = System.nanoTime();
        List<Prediction> predictions = model.predictor().advance(steps);
        metrics.stepSeconds().record((System.nanoTime() - begun) / NANOS / steps.size());
        return predictions;
    }

    /** A record whose turn has come. */
    void finished(Step step) {
        if (step.loaded.discarded()) {
            metrics.statesDiscarded().increment();
            if (!restarts) {
                warnings.log(
                        () -> "task %s: the stored state of a sequence is of another model; the sequence restarts%s"
                                .formatted(context.taskId(), at(context.recordMetadata())));
            }
        }
        if (step.isUnknown) {
            metrics.unknownEvents().increment();
        }
        if (step.prediction != null) {
            result(step.prediction);
        }
    }

    private static String at(Optional<RecordMetadata> record) {
        return record.map(at -> " with the record at topic %s partition %d offset %d"
                        .formatted(at.topic(), at.partition(), at.offset()))
                .orElse("");
    }

    private void result(Prediction prediction) {
        metrics.steps().increment();
        if (prediction.step() == 1) {
            metrics.started().increment();
        }
        if (prediction.score() != null) {
            metrics.surpriseNats().record(-prediction.score().logProbability());
        }
        if (prediction.anomalous()) {
            metrics.anomalousEvents().increment();
        }
        if (!prediction.isFinite()) {
            metrics.resultsNotFinite().increment();
        }
        if (prediction.time() >= 0) {
            long since = Math.max(0, System.currentTimeMillis() - prediction.time());
            metrics.eventToResultSeconds().record(since / MILLIS);
        }
    }

    /** A sequence that has ended. */
    void ended(Verdict verdict) {
        metrics.ended().increment(Cause.valueOf(verdict.ended().name()));
        if (verdict.anomalous()) {
            metrics.anomalousSequences().increment();
        }
        if (!verdict.isFinite()) {
            metrics.resultsNotFinite().increment();
        }
    }

    /** An idle sequence that there is no model for. */
    void forgotten() {
        metrics.statesDiscarded().increment();
        warnings.log(() -> "task %s: the stored state of an idle sequence is of a model that is not available; it is"
                        .formatted(context.taskId())
                + " forgotten");
    }
}
