package io.lstmstreams.event;

import java.util.Map;

/** What happened, as the record says it: by name, by number, as a vector, or as fields of these. */
public sealed interface Event {

    /**
     * By name.
     *
     * @param name a symbol, which the model's vocabulary may or may not have
     */
    record Symbol(String name) implements Event {}

    /**
     * By index.
     *
     * @param value an index of the model's input, which may be out of its range
     */
    record Index(long value) implements Event {}

    /**
     * A number that is no index.
     *
     * @param value any
     */
    record Number(double value) implements Event {}

    /**
     * As a vector: one-hot, or dense where the model says so.
     *
     * @param values the input vector, of any length; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Vector(float[] values) implements Event {}

    /**
     * As several fields, which may have fields again.
     *
     * @param byName each field's value; what is null or neither text, number, array of numbers nor object is left out
     */
    record Fields(Map<String, Event> byName) implements Event {}
}
