package io.lstmstreams.state;

import io.lstmstreams.recurrent.RunningVerdict;
import java.nio.ByteBuffer;

/**
 * What a stored state says before its numbers, which can be read without its model.
 *
 * @param version of the layout
 * @param model which model it belongs to
 * @param steps the events stepped so far
 * @param lastEventTime timestamp of the last event, in milliseconds since the epoch
 * @param ended whether the sequence has ended and only the ids of its last events are kept
 * @param verdict what the scores so far add up to
 */
public record StoredHeader(
        int version, StoredModel model, long steps, long lastEventTime, boolean ended, RunningVerdict verdict) {
    /**
     * Reads it from a state's bytes.
     *
     * @throws UnreadableStateException if they are damaged or of a later version
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
