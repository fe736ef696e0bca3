package io.lstmstreams.recurrent;

/**
 * The model's input vector x.
 *
 * @param encoding what it looks like
 * @param size its length
 * @param events how many different events it can tell apart: the lines of the one-hot that stands for the event; 0 where
 *     an event is no index
 * @param entries how many of its lines one event fills at most
 */
public record InputShape(InputEncoding encoding, int size, int events, int entries) {
    /** A one-hot vector. */
    public static InputShape oneHot(int size) {
        return new InputShape(InputEncoding.ONE_HOT, size, size, 1);
    }

    /** A vector of numbers. */
    public static InputShape dense(int size) {
        return new InputShape(InputEncoding.DENSE, size, size, size);
    }

    /**
     * The event's index as one number.
     *
     * @param events how many different ones there are
     */
    public static InputShape index(int events) {
        return new InputShape(InputEncoding.INDEX, 1, events, 1);
    }

    /** One of those that need nothing but their size; an index may be any of as many events as an int holds. */
    static InputShape of(InputEncoding encoding, int size) {
        return switch (encoding) {
            case ONE_HOT -> oneHot(size);
            case DENSE -> dense(size);
            case INDEX -> index(Integer.MAX_VALUE);
            case FIELDS -> throw new IllegalArgumentException("fields have a shape of their own");
        };
    }
}
