package io.lstmstreams.output;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/**
 * Writes a result as numbers alone: the first head's output, four bytes for each element, IEEE 754, big-endian (as
 * Kafka's {@code FloatSerializer} writes one element). Requires {@link Include#OUTPUT}.
 */
public final class PredictionFloats {
    private PredictionFloats() {}

    /** Returns the record's value. */
    public static byte[] write(Prediction prediction) {
        Map<String, double[]> heads =
                Objects.requireNonNull(prediction.details().output(), "the result has no output");
        double[] output = heads.values().iterator().next();
        ByteBuffer bytes = ByteBuffer.allocate(output.length * Float.BYTES);
        for (double value : output) {
            bytes.putFloat((float) value);
        }
        return bytes.array();
    }
}
