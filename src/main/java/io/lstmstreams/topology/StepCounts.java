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

/** Counts the records of one task, and warns of those that need an operator's attention. Belongs to a task. */
final class StepCounts {
    private static final Logger LOG = LoggerFactory.getLogger(LstmProcessor.class);

    /** The number of batches of which one is timed. */
    private static final int TIMED = 16;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final ProcessorContext<?, ?> context;
    private final StreamMetrics metrics;
    private final boolean expectsRestarts; // when another model becomes active
    private final LogThrottle warnings = new LogThrottle(LOG::warn, System::nanoTime);
    private int batches;

    StepCounts(ProcessorContext<?, ?> context, StreamMetrics metrics, StepOptions options) {
        this.context = context;
        this.metrics = metrics;
        this.expectsRestarts = options.modelChange() == ModelChange.RESTART;
    }

    /** Counts a repeated record. */
    void repeated() {
        metrics.repeatedEvents().increment();
    }

    /** Counts a late event. */
    void late() {
        metrics.lateEvents().increment();
    }

    /** Counts a record that cannot be processed; a failure with a reason of its own has that reason. */
    void refused(BadEventException e, Reason otherwise) {
        refused(metrics, e, otherwise);
    }

    /** Counts a record whose output cannot be sent. */
    void refused(UnsendableException e) {
        refused(e, e.reason());
    }

    /** Counts a record that cannot be processed; a failure with a reason of its own has that reason. */
    static void refused(StreamMetrics metrics, BadEventException e, Reason otherwise) {
        boolean unknown = e instanceof UnknownEventException;
        Reason own = e instanceof UnsendableException unsendable ? unsendable.reason() : otherwise;
        metrics.deadLetters().increment(unknown ? Reason.UNKNOWN_EVENT : own);
        if (unknown) {
            metrics.unknownEvents().increment();
        }
    }

    /** Counts a stored state that is damaged. */
    void unreadable() {
        metrics.statesUnreadable().increment();
    }

    /** Counts a step that has made a state NaN or infinite. */
    void notFinite() {
        metrics.statesNotFinite().increment();
    }

    /** Counts a record that becomes a dead letter together with a damaged state. */
    void refusedWithState() {
        metrics.deadLetters().increment(Reason.DAMAGED_STATE);
    }

    /** Advances sequences together, and measures the time of some batches. */
    List<Prediction> advance(TaskModel model, List<SequenceStep> steps) {
        if (batches++ % TIMED != 0) {
            return model.predictor().advance(steps);
        }
        long start = System.nanoTime();
        List<Prediction> predictions = model.predictor().advance(steps);
        metrics.stepSeconds().record((System.nanoTime() - start) / NANOS_PER_SECOND / steps.size());
        return predictions;
    }

    /** Counts a step that is about to be stored and forwarded. */
    void finished(Step step) {
        if (step.loaded.discarded()) {
            metrics.statesDiscarded().increment();
            if (!expectsRestarts) {
                warnings.log(() -> ("task %s: the stored state of a sequence belongs to another model; the sequence"
                                + " restarts%s")
                        .formatted(context.taskId(), at(context.recordMetadata())));
            }
        }
        if (step.isUnknown) {
            metrics.unknownEvents().increment();
        }
        if (step.prediction != null) {
            predicted(step.prediction);
        }
    }

    private static String at(Optional<RecordMetadata> record) {
        return record.map(at -> " with the record at topic %s partition %d offset %d"
                        .formatted(at.topic(), at.partition(), at.offset()))
                .orElse("");
    }

    private void predicted(Prediction prediction) {
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
            metrics.eventToResultSeconds().record(since / MILLIS_PER_SECOND);
        }
    }

    /** Counts a sequence that has ended. */
    void ended(Verdict verdict) {
        metrics.ended().increment(Cause.valueOf(verdict.ended().name()));
        if (verdict.anomalous()) {
            metrics.anomalousSequences().increment();
        }
        if (!verdict.isFinite()) {
            metrics.resultsNotFinite().increment();
        }
    }

    /** Counts an idle sequence whose model is not available, so that it ends without a verdict. */
    void discarded() {
        metrics.statesDiscarded().increment();
        warnings.log(() -> ("task %s: the model of an idle sequence is not available; its state is deleted, and it has"
                        + " no verdict")
                .formatted(context.taskId()));
    }
}
