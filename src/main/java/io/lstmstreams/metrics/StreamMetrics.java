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
    private final LongAdder statesDiscarded = new LongAdder();

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

    /** Stored states that could not be read, so that their sequences began anew. */
    public LongAdder statesDiscarded() {
        return statesDiscarded;
    }
}
