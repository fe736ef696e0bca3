package io.lstmstreams.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What an instance has done since it started. Safe for any number of threads. */
public final class StreamMetrics {
    private final LongAdder steps = new LongAdder();
    private final LongAdder started = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder anomalousSequences = new LongAdder();
    private final LongAdder deadLetters = new LongAdder();
    private final LongAdder unknownEvents = new LongAdder();
    private final LongAdder lateEvents = new LongAdder();
    private final LongAdder repeatedEvents = new LongAdder();
    private final LongAdder statesDiscarded = new LongAdder();
    private final LongAdder statesUnreadable = new LongAdder();
    private final LongAdder modelChanges = new LongAdder();
    private final LongAdder modelsRefused = new LongAdder();

    /** Events stepped. */
    public LongAdder steps() {
        return steps;
    }

    /** Sequences begun. */
    public LongAdder started() {
        return started;
    }

    /** Sequences ended, with a verdict. */
    public LongAdder ended() {
        return ended;
    }

    /** Verdicts that were anomalous. */
    public LongAdder anomalousSequences() {
        return anomalousSequences;
    }

    /** Records that could not be stepped. */
    public LongAdder deadLetters() {
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

    /** Models that became active while the application ran. */
    public LongAdder modelChanges() {
        return modelChanges;
    }

    /** Models that were published and could not be used. */
    public LongAdder modelsRefused() {
        return modelsRefused;
    }
}
