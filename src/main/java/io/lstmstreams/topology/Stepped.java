package io.lstmstreams.topology;

import io.lstmstreams.output.Prediction;
import io.lstmstreams.recurrent.SequenceState;
import org.apache.kafka.common.utils.Bytes;

/** A record on its way through a step: what it means, the state of its sequence, and what came out. Mutable. */
final class Stepped {
    final Bytes key;
    final long timestamp;
    final SequenceEvent event;

    /** The state's bytes before the step; null if there were none. */
    final byte[] stored;

    /** The model that makes the step. */
    final TaskModel model;

    /** The state before the step, and after it the one after it. */
    final SequenceState state;

    /** Whether the sequence had another state before, which this model could not go on with. */
    final boolean discarded;

    /** What came out; null before the step, and for a record without an event. */
    Prediction prediction;

    Stepped(Bytes key, long timestamp, SequenceEvent event, byte[] stored, SequenceStates.Opened opened) {
        this.key = key;
        this.timestamp = timestamp;
        this.event = event;
        this.stored = stored;
        this.model = opened.model();
        this.state = opened.state();
        this.discarded = opened.discarded();
    }

    /** The same record without its event. */
    Stepped withoutEvent() {
        SequenceEvent rest = new SequenceEvent(null, false, event.end(), event.unknown());
        return new Stepped(key, timestamp, rest, stored, new SequenceStates.Opened(model, state, discarded));
    }
}
