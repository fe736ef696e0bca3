package io.lstmstreams.topology;

import java.util.Optional;

/** A failure that names its sequence, so that its dead letter can do so without a record. */
interface SequenceFailure {
    /** Returns the bytes of the sequence id, if the failure has no record that holds them. */
    Optional<byte[]> sequence();

    /** Returns the stored bytes that the dead letter carries. */
    Optional<byte[]> state();
}
