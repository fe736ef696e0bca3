package io.lstmstreams.input;

/** A field of a model's input vector. The fields follow one another in the vector. */
public sealed interface InputField {
    /** Returns the number of elements that the field has in the input vector. */
    int size();

    /** Returns the number of these elements that one event fills. */
    default int entries() {
        return 1;
    }

    /**
     * A symbol or index of a vocabulary, as a one-hot vector.
     *
     * @param pointer the JSON pointer (RFC 6901) of the value in the event
     * @param vocabulary the field's symbols
     * @param size the length of the one-hot vector; an end symbol that is only predicted has no element in it
     */
    record OneHot(String pointer, Vocabulary vocabulary, int size) implements InputField {}

    /**
     * A number {@code v}, whose input is {@code v * scale + offset}.
     *
     * @param pointer the JSON pointer (RFC 6901) of the number in the event
     * @param scale the factor
     * @param offset the summand
     */
    record Number(String pointer, double scale, double offset) implements InputField {
        @Override
        public int size() {
            return 1;
        }
    }

    /**
     * An array of numbers.
     *
     * @param pointer the JSON pointer (RFC 6901) of the array in the event
     * @param size the length of the array
     */
    record Vector(String pointer, int size) implements InputField {
        @Override
        public int entries() {
            return size;
        }
    }

    /**
     * The time t since the sequence's last event, by the records' timestamps, whose input is
     * {@code t * scale + offset}. t is 0 for the first event, for an event without a timestamp, and for a late event.
     *
     * @param unit the unit of t
     * @param scale the factor
     * @param offset the summand
     */
    record SinceLast(Unit unit, double scale, double offset) implements InputField {

        /** A unit of time. */
        public enum Unit {
            /** Seconds. */
            SECONDS("seconds-since-last"),
            /** Hours. */
            HOURS("hours-since-last"),
            /** The natural logarithm of 1 + seconds. */
            LOG_SECONDS("log-seconds-since-last");

            private final String specName;

            Unit(String specName) {
                this.specName = specName;
            }

            /** Returns the field's encoding in a model's spec. */
            public String specName() {
                return specName;
            }
        }

        @Override
        public int size() {
            return 1;
        }

        /** Returns the input for a time in milliseconds. */
        float value(long elapsedMs) {
            double seconds = elapsedMs / 1000.0;
            double t = switch (unit) {
                case SECONDS -> seconds;
                case HOURS -> seconds / 3600;
                case LOG_SECONDS -> Math.log1p(seconds);
            };
            return (float) (t * scale + offset);
        }
    }
}
