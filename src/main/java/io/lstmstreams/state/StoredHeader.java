package io.lstmstreams.state;

import io.lstmstreams.recurrent.RunningVerdict;

/**
 * The part of a stored state that can be read without the model.
 *
 * @param version the layout version
 * @param model the identity of the state's model
 * @param steps the number of steps so far
 * @param lastEventTime the timestamp of the last event, in milliseconds since the epoch
 * @param ended true if the sequence has ended and only the ids of its last events are stored
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
        StateLayout layout = StateLayout.check(bytes);
        RunningVerdict verdict = new RunningVerdict();
        layout.readVerdict(bytes, verdict);
        return new StoredHeader(
                bytes[0],
                StoredModel.of(bytes, layout),
                layout.steps(bytes),
                layout.lastEventTime(bytes),
                layout.isEnded(bytes),
                verdict);
    }
}
