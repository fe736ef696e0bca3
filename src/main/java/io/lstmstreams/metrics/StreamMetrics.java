package io.lstmstreams.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apiguardian.api.API;

/**
 * The metrics of an instance since its start. Safe for any number of threads. Counting allocates nothing, so it can be
 * done for each record.
 */
@API(status = API.Status.STABLE)
public final class StreamMetrics {
    private final LongAdder steps = new LongAdder();
    private final LongAdder started = new LongAdder();
    private final Tally<Cause> ended = new Tally<>(Cause.class);
    private final LongAdder live = new LongAdder();
    private final LongAdder anomalousSequences = new LongAdder();
    private final LongAdder anomalousEvents = new LongAdder();
    private final Tally<Reason> deadLetters = new Tally<>(Reason.class);
    private final LongAdder unknownEvents = new LongAdder();
    private final LongAdder lateEvents = new LongAdder();
    private final LongAdder repeatedEvents = new LongAdder();
    private final LongAdder statesDiscarded = new LongAdder();
    private final LongAdder statesUnreadable = new LongAdder();
    private final LongAdder statesNotFinite = new LongAdder();
    private final LongAdder resultsNotFinite = new LongAdder();
    private final LongAdder modelChanges = new LongAdder();
    private final LongAdder modelsRefused = new LongAdder();
    private final Histogram stepSeconds = new Histogram(
            "step-seconds",
            "Time of the arithmetic of one step, for a sample of the steps",
            1e-6,
            2e-6,
            5e-6,
            10e-6,
            20e-6,
            50e-6,
            100e-6,
            200e-6,
            500e-6,
            1e-3,
            10e-3);
    private final Histogram eventToResultSeconds = new Histogram(
            "event-to-result-seconds",
            "Time from an event's timestamp to its result, which read-committed consumers see with the next commit",
            0.001,
            0.002,
            0.005,
            0.01,
            0.02,
            0.05,
            0.1,
            0.2,
            0.5,
            1,
            2,
            5,
            10,
            60,
            600);
    private final Histogram surpriseNats = new Histogram(
            "surprise-nats",
            "Negative natural logarithm of the probability that was predicted for the observed event",
            0.001,
            0.01,
            0.1,
            0.25,
            0.5,
            1,
            2,
            3,
            4,
            5,
            6,
            8,
            10,
            15);

    /** The reasons why a sequence ends. */
    public enum Cause {
        END_RECORD,
        IDLE,
        MAX_STEPS
    }

    /** The reasons why a record cannot be processed. */
    public enum Reason {
        /** The value, a header or the vector's length is invalid. */
        MALFORMED,
        /** The record has no sequence id. */
        NO_SEQUENCE,
        /** The model does not know the event. */
        UNKNOWN_EVENT,
        /** The event is older than the last event of its sequence. */
        LATE,
        /** The record names a model that does not exist, or that is not the model of its sequence. */
        MODEL_CHOICE,
        /** The state of the record's sequence cannot be read. */
        DAMAGED_STATE,
        /** A record that would be sent for it is larger than the topic's limit. */
        TOO_LARGE,
        /** A topic does not accept the record's timestamp. */
        TIMESTAMP,
        /** The event would make the state of its sequence NaN or infinite. */
        NOT_FINITE
    }

    /** Returns the counter of processed events. */
    public LongAdder steps() {
        return steps;
    }

    /** Returns the counter of started sequences. */
    public LongAdder started() {
        return started;
    }

    /** Returns the counter of sequences that ended with a verdict. */
    public Tally<Cause> ended() {
        return ended;
    }

    /** Returns the number of sequences that have a state and have not ended, as far as they have been counted. */
    public LongAdder live() {
        return live;
    }

    /** Returns the counter of anomalous verdicts. */
    public LongAdder anomalousSequences() {
        return anomalousSequences;
    }

    /** Returns the counter of anomalous events. */
    public LongAdder anomalousEvents() {
        return anomalousEvents;
    }

    /** Returns the counter of records that could not be processed. */
    public Tally<Reason> deadLetters() {
        return deadLetters;
    }

    /** Returns the counter of events that the model does not know, whatever the policy for unknown events. */
    public LongAdder unknownEvents() {
        return unknownEvents;
    }

    /** Returns the counter of events that were too late and so were left out or refused. */
    public LongAdder lateEvents() {
        return lateEvents;
    }

    /** Returns the counter of records that were left out because their id was repeated. */
    public LongAdder repeatedEvents() {
        return repeatedEvents;
    }

    /**
     * Returns the counter of stored states of other models that could not be used, so that their sequences restarted.
     */
    public LongAdder statesDiscarded() {
        return statesDiscarded;
    }

    /** Returns the counter of stored states that were damaged or of a later version. */
    public LongAdder statesUnreadable() {
        return statesUnreadable;
    }

    /** Returns the counter of steps that made the state of their sequence NaN or infinite. */
    public LongAdder statesNotFinite() {
        return statesNotFinite;
    }

    /** Returns the counter of results and verdicts with a number that is NaN or infinite. */
    public LongAdder resultsNotFinite() {
        return resultsNotFinite;
    }

    /** Returns the counter of models that became active while the application ran. */
    public LongAdder modelChanges() {
        return modelChanges;
    }

    /** Returns the counter of published models that could not be used. */
    public LongAdder modelsRefused() {
        return modelsRefused;
    }

    /** Returns the histogram of the seconds that the arithmetic of a step takes, for a sample of the steps. */
    public Histogram stepSeconds() {
        return stepSeconds;
    }

    /** Returns the histogram of the seconds from an event's timestamp to its result. */
    public Histogram eventToResultSeconds() {
        return eventToResultSeconds;
    }

    /** Returns the histogram of the negative log probabilities of scored events. */
    public Histogram surpriseNats() {
        return surpriseNats;
    }

    /** Returns all histograms. */
    public List<Histogram> histograms() {
        return List.of(stepSeconds, eventToResultSeconds, surpriseNats);
    }

    /** Returns all counters and gauges, those of one name one after the other. */
    @API(status = API.Status.INTERNAL)
    public List<Reading> readings() {
        List<Reading> all = new ArrayList<>(List.of(
                Reading.total("steps", "Events processed", steps::sum),
                Reading.total("sequences-started", "Sequences started", started::sum)));
        for (Cause cause : Cause.values()) {
            all.add(new Reading(
                    "sequences-ended",
                    "Sequences ended, with a verdict",
                    Map.of("cause", Tally.nameOf(cause)),
                    true,
                    () -> ended.sum(cause)));
        }
        for (Reason reason : Reason.values()) {
            all.add(new Reading(
                    "dead-letters",
                    "Records that could not be processed",
                    Map.of("reason", Tally.nameOf(reason)),
                    true,
                    () -> deadLetters.sum(reason)));
        }
        all.addAll(List.of(
                Reading.gauge("sequences-live", "Sequences that have a state and have not ended", live::sum),
                Reading.total("sequences-anomalous", "Verdicts that were anomalous", anomalousSequences::sum),
                Reading.total("events-anomalous", "Events that were anomalous", anomalousEvents::sum),
                Reading.total("events-unknown", "Events that the model does not know", unknownEvents::sum),
                Reading.total("events-late", "Events that were too late and were left out or refused", lateEvents::sum),
                Reading.total(
                        "events-repeated",
                        "Records that were left out because they were repeated",
                        repeatedEvents::sum),
                Reading.total(
                        "states-discarded", "States of other models that could not be used", statesDiscarded::sum),
                Reading.total("states-unreadable", "States that were damaged", statesUnreadable::sum),
                Reading.total("states-not-finite", "Steps that made a state NaN or infinite", statesNotFinite::sum),
                Reading.total(
                        "results-not-finite",
                        "Results and verdicts with a NaN or infinite number",
                        resultsNotFinite::sum),
                Reading.total(
                        "models-changes", "Models that became active while the application ran", modelChanges::sum),
                Reading.total("models-refused", "Published models that cannot be used", modelsRefused::sum)));
        return all;
    }
}
