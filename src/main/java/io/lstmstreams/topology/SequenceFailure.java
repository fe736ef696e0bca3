package io.lstmstreams.topology;

import java.util.Optional;

/** A failure that concerns a sequence, also where no record is at hand. */
interface SequenceFailure {
    /** Returns the sequence's id, if the failure knows it. */
    Optional<byte[]> sequence();

    /** Returns the bytes of the sequence's state that go with the dead letter. */
    Optional<byte[]> state();
}
