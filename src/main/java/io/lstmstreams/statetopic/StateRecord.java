package io.lstmstreams.statetopic;

import io.lstmstreams.output.SequenceName;

/**
 * A sequence's state as the changelog has it.
 *
 * @param key the sequence's id
 * @param partition where it lies
 * @param value the state's bytes, damaged or not
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateRecord(byte[] key, int partition, byte[] value) {
    /** The sequence's id as text. */
    public String sequence() {
        return SequenceName.of(key);
    }
}
