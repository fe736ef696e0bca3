package io.lstmstreams.event;

/** What happened, as the record says it: by name, by number, or as a vector. */
public sealed interface Event {

    /**
     * By name.
     *
     * @param name a symbol, which the model's vocabulary may or may not have
     */
    record Symbol(String name) implements Event {}

    /**
     * By number.
     *
     * @param value an index of the model's input, which may be out of its range
     */
    record Index(long value) implements Event {}

    /**
     * As a vector: one-hot, or dense where the model says so.
     *
     * @param values the input vector, of any length; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Vector(float[] values) implements Event {}
}
