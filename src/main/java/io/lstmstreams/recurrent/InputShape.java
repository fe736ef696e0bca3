package io.lstmstreams.recurrent;

/**
 * The shape of a network's input vector x.
 *
 * @param encoding the encoding of events
 * @param size the length of x
 * @param events the number of events that x distinguishes: the length of the event's one-hot vector; 0 if an event has
 *     no index
 * @param entries the maximum number of elements of x that one event fills
 */
public record InputShape(InputEncoding encoding, int size, int events, int entries) {
    /** Returns the shape of a one-hot vector. */
    public static InputShape oneHot(int size) {
        return new InputShape(InputEncoding.ONE_HOT, size, size, 1);
    }

    /** Returns the shape of a dense vector. */
    public static InputShape dense(int size) {
        return new InputShape(InputEncoding.DENSE, size, size, size);
    }

    /**
     * Returns the shape of an input that is the event's index as one number.
     *
     * @param events the number of events
     */
    public static InputShape index(int events) {
        return new InputShape(InputEncoding.INDEX, 1, events, 1);
    }

    /**
     * Returns the shape of an encoding that is described by its size alone. With {@code INDEX} any int may be an index.
     */
    static InputShape of(InputEncoding encoding, int size) {
        return switch (encoding) {
            case ONE_HOT -> oneHot(size);
            case DENSE -> dense(size);
            case INDEX -> index(Integer.MAX_VALUE);
            case FIELDS -> throw new IllegalArgumentException("the shape of fields does not follow from their size");
        };
    }
}
