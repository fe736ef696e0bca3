/**
 * Decoders that turn the bytes of a record into an event, and determine whether the sequence ends with it.
 *
 * <p>Decoders know formats, not vocabularies: the package {@code input} decides whether the model knows an event. This
 * package does not depend on Kafka.
 */
@NullMarked
package io.lstmstreams.event;

import org.jspecify.annotations.NullMarked;
