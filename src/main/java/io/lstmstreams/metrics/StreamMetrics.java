package io.lstmstreams.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an instance has done since it started. Safe for any number of threads; to count allocates nothing, so that it may be done
 * for each record.
 */
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
            "Time of the arithmetic of one step, of a sample of the steps",
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
            "From an event's timestamp to its result, which readers of committed records see with the next commit",
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
            "How little an event was expected: the negative natural logarithm of the probability predicted for it",
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

    /** Why a sequence ended. */
    public enum Cause {
        END_RECORD,
        IDLE,
        MAX_STEPS
    }

    /** Why a record could not be stepped. */
    public enum Reason {
        /** It cannot be read: value, headers, or the vector's length. */
        MALFORMED,
        /** It belongs to no sequence. */
        NO_SEQUENCE,
        /** The model does not know its event. */
        UNKNOWN_EVENT,
        /** It came after a later one. */
        LATE,
        /** It chooses a model that there is none of, or not the one of its sequence. */
        MODEL_CHOICE,
        /** The state of its sequence cannot be read. */
        DAMAGED_STATE,
        /** What has to be sent for it is larger than its topic takes. */
        TOO_LARGE,
        /** Its timestamp is one that a topic refuses. */
        TIMESTAMP,
        /** It would make the state of its sequence NaN or infinite. */
        NOT_FINITE
    }

    /** Events stepped. */
    public LongAdder steps() {
        return steps;
    }

    /** Sequences begun. */
    public LongAdder started() {
        return started;
    }

    /** Sequences ended, with a verdict. */
    public Tally<Cause> ended() {
        return ended;
    }

    /** Sequences that have a state now and have not ended, as far as they have been counted. */
    public LongAdder live() {
        return live;
    }

    /** Verdicts that were anomalous. */
    public LongAdder anomalousSequences() {
        return anomalousSequences;
    }

    /** Events that were anomalous. */
    public LongAdder anomalousEvents() {
        return anomalousEvents;
    }

    /** Records that could not be stepped. */
    public Tally<Reason> deadLetters() {
        return deadLetters;
    }

    /** Events that the model does not know, whatever became of them. */
    public LongAdder unknownEvents() {
        return unknownEvents;
    }

    /** Events that came too late, and so were left out or refused. */
    public LongAdder lateEvents() {
        return lateEvents;
    }

    /** Records that had been there before by their id, and so were left out. */
    public LongAdder repeatedEvents() {
        return repeatedEvents;
    }

    /** Stored states of other models that were not gone on with, so that their sequences began anew. */
    public LongAdder statesDiscarded() {
        return statesDiscarded;
    }

    /** Stored states that were damaged or of a later version. */
    public LongAdder statesUnreadable() {
        return statesUnreadable;
    }

    /** Steps that made the state of their sequence NaN or infinite. */
    public LongAdder statesNotFinite() {
        return statesNotFinite;
    }

    /** Results and verdicts with a number that is NaN or infinite. */
    public LongAdder resultsNotFinite() {
        return resultsNotFinite;
    }

    /** Models that became active while the application ran. */
    public LongAdder modelChanges() {
        return modelChanges;
    }

    /** Models that were published and could not be used. */
    public LongAdder modelsRefused() {
        return modelsRefused;
    }

    /** Seconds of the arithmetic of one step, of a sample of them. */
    public Histogram stepSeconds() {
        return stepSeconds;
    }

    /** Seconds from an event's timestamp to its result. */
    public Histogram eventToResultSeconds() {
        return eventToResultSeconds;
    }

    /** Negative log probabilities of the events that were scored. */
    public Histogram surpriseNats() {
        return surpriseNats;
    }

    /** All histograms. */
    public List<Histogram> histograms() {
        return List.of(stepSeconds, eventToResultSeconds, surpriseNats);
    }

    /** All numbers, those of one name beside each other. */
    public List<Reading> readings() {
        List<Reading> all = new ArrayList<>(List.of(
                Reading.total("steps", "Events stepped", steps::sum),
                Reading.total("sequences-started", "Sequences begun", started::sum)));
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
                    "Records that could not be stepped",
                    Map.of("reason", Tally.nameOf(reason)),
                    true,
                    () -> deadLetters.sum(reason)));
        }
        all.addAll(List.of(
                Reading.gauge("sequences-live", "Sequences that have a state and have not ended", live::sum),
                Reading.total("sequences-anomalous", "Verdicts that were anomalous", anomalousSequences::sum),
                Reading.total("events-anomalous", "Events that were anomalous", anomalousEvents::sum),
                Reading.total("events-unknown", "Events that the model does not know", unknownEvents::sum),
                Reading.total("events-late", "Events that came too late and were left out", lateEvents::sum),
                Reading.total("events-repeated", "Records that had been there before", repeatedEvents::sum),
                Reading.total("states-discarded", "States of other models, not gone on with", statesDiscarded::sum),
                Reading.total("states-unreadable", "States that were damaged", statesUnreadable::sum),
                Reading.total("states-not-finite", "Steps that made a state NaN or infinite", statesNotFinite::sum),
                Reading.total(
                        "results-not-finite",
                        "Results and verdicts with a NaN or infinite number",
                        resultsNotFinite::sum),
                Reading.total("models-changes", "Models that became active meanwhile", modelChanges::sum),
                Reading.total("models-refused", "Published models that cannot be used", modelsRefused::sum)));
        return all;
    }
}
