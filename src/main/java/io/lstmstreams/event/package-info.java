/**
 * Bytes to event: what happened, and whether the sequence ends with it.
 *
 * <p>Decoders know formats, not vocabularies: whether an event is one that the model was trained on is {@code input}'s
 * question. No Kafka here.
 */
package io.lstmstreams.event;
