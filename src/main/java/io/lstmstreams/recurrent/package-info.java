/**
 * Recurrent networks: layers and immutable weights ({@link io.lstmstreams.recurrent.Network}), the weights laid out for
 * a kernel ({@link io.lstmstreams.recurrent.PackedNetwork}), the mutable state of a sequence
 * ({@link io.lstmstreams.recurrent.SequenceState}) and its steps ({@link io.lstmstreams.recurrent.Stepper}).
 *
 * <p>This package knows input indexes, not events. It knows no bytes, no files and no Kafka.
 */
@NullMarked
package io.lstmstreams.recurrent;

import org.jspecify.annotations.NullMarked;
