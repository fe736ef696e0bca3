package io.lstmstreams.state;

import io.lstmstreams.recurrent.RunningVerdict;
import java.nio.ByteBuffer;

/**
 * The part of a stored state that can be read without the model.
 *
 * @param version the layout version
 * @param model the identity of the state's model
 * @param steps the number of steps so far
 * @param lastEventTime the timestamp of the last event, in milliseconds since the epoch
 * @param ended whether the sequence has ended and only the ids of its last events are stored
 * @param verdict the aggregate of the scores so far
 */
public record StoredHeader(
        int version, StoredModel model, long steps, long lastEventTime, boolean ended, RunningVerdict verdict) {
    /**
     * Reads the header from a state's bytes.
     *
     * @throws UnreadableStateException if the bytes are damaged or of a later version
     */
    public static StoredHeader of(byte[] bytes) {
        StoredModel model = StoredModel.of(bytes);
        ByteBuffer in = StateLayout.in(bytes).position(StateLayout.STEPS_AT);
        long steps = in.getLong();
        long lastEventTime = in.getLong();
        boolean anomalous = (in.get() & StateLayout.ANOMALOUS) != 0;
        RunningVerdict verdict = new RunningVerdict();
        verdict.restore(in.getDouble(), in.getDouble(), in.getLong(), in.getInt(), in.getLong(), anomalous);
        return new StoredHeader(bytes[0], model, steps, lastEventTime, StateLayout.isEnded(bytes), verdict);
    }
}
