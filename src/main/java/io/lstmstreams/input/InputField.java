package io.lstmstreams.input;

/** One of the fields that stand side by side in a model's input vector. */
public sealed interface InputField {
    /** How many lines of the input vector it takes. */
    int size();

    /** How many of them one event fills. */
    default int entries() {
        return 1;
    }

    /**
     * A symbol or index of a vocabulary, one-hot.
     *
     * @param pointer where it stands in the event, a JSON pointer (RFC 6901)
     * @param vocabulary its symbols
     * @param size its lines; an end symbol that is predicted and never stepped takes none
     */
    record OneHot(String pointer, Vocabulary vocabulary, int size) implements InputField {}

    /**
     * A number {@code v}, which enters as {@code v * scale + offset}.
     *
     * @param pointer where it stands in the event, a JSON pointer (RFC 6901)
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
     * @param pointer where it stands in the event, a JSON pointer (RFC 6901)
     * @param size how many
     */
    record Vector(String pointer, int size) implements InputField {
        @Override
        public int entries() {
            return size;
        }
    }

    /**
     * The time since the sequence's last event, by the records' timestamps, which enters as {@code t * scale + offset}; 0 for
     * the first event, for one without a time, and for one that comes late.
     *
     * @param unit of t
     */
    record SinceLast(Unit unit, double scale, double offset) implements InputField {

        /** What time is measured in. */
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

            /** The field's encoding in a model's spec. */
            public String specName() {
                return specName;
            }
        }

        @Override
        public int size() {
            return 1;
        }

        /** What enters for so many milliseconds. */
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
