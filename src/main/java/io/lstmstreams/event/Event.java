package io.lstmstreams.event;

import java.util.Map;
import org.apiguardian.api.API;

/** An event as a record has it: a name, a number, a vector, or fields of these. */
@API(status = API.Status.STABLE)
public sealed interface Event {

    /**
     * An event by name.
     *
     * @param name a symbol, which the model's vocabulary may or may not have
     */
    record Symbol(String name) implements Event {}

    /**
     * An event by index.
     *
     * @param value an index of the model's vocabulary, which may be out of range
     */
    record Index(long value) implements Event {}

    /**
     * A number that is not an index.
     *
     * @param value any number
     */
    record Number(double value) implements Event {}

    /**
     * An event as a vector: one-hot, or dense if the model's input is dense.
     *
     * @param values the input vector, of any length; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Vector(float[] values) implements Event {}

    /**
     * An event of several fields, which may have fields themselves.
     *
     * @param byName the value of each field that is text, a number, an array of numbers or an object, by name
     */
    record Fields(Map<String, Event> byName) implements Event {}
}
