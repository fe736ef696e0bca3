package io.lstmstreams.statetopic;

import io.lstmstreams.output.SequenceName;

/**
 * A sequence's state in the changelog.
 *
 * @param key the sequence's id
 * @param partition the record's partition
 * @param value the state's bytes, not checked for damage
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record StateRecord(byte[] key, int partition, byte[] value) {
    /** Returns the sequence's id as text. */
    public String sequence() {
        return SequenceName.of(key);
    }
}
