package io.lstmstreams.importer.tensorflow.format;

import io.lstmstreams.modelfile.tensor.ModelFileException.Malformed;

/** Checks that weights are finite numbers. */
final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * Checks numbers.
     *
     * @param where the file and the tensor, for the error
     */
    static void check(float[] values, String where) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new Malformed(where, "element " + i + " must be a finite number, but is " + values[i]);
            }
        }
    }
}
