/**
 * Decoders that turn the bytes of a record into an event, and tell whether the sequence ends with it.
 *
 * <p>Decoders know formats, not vocabularies: the package {@code input} decides whether the model knows an event. This
 * package knows no Kafka.
 */
@NullMarked
package io.lstmstreams.event;

import org.jspecify.annotations.NullMarked;
