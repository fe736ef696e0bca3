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

    /** The state before the step, and after it the one after it. */
    final SequenceState state;

    /** What came out; null before the step, and for a record without an event. */
    Prediction prediction;

    Stepped(Bytes key, long timestamp, SequenceEvent event, byte[] stored, SequenceState state) {
        this.key = key;
        this.timestamp = timestamp;
        this.event = event;
        this.stored = stored;
        this.state = state;
    }
}
