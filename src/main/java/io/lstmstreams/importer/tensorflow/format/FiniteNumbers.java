package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;

/** The rule that a weight is a finite number. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Checks numbers.
     *
     * @param where the file and the tensor in it, for the error
     */
    static void check(float[] values, String where) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(where, "element " + i + " is " + values[i] + ", not a finite number");
            }
        }
    }
}
