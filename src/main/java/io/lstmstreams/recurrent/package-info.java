/**
 * The recurrent network: shape and immutable weights ({@link io.lstmstreams.recurrent.Network}), the same packed for a
 * kernel ({@link io.lstmstreams.recurrent.Network}), mutable state ({@link io.lstmstreams.recurrent.SequenceState}) and one
 * step ({@link io.lstmstreams.recurrent.Stepper}).
 *
 * <p>This package knows hot input lines, not events; it knows no bytes, no files and no Kafka.
 */
package io.lstmstreams.recurrent;
