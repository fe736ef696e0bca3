package io.lstmstreams.recurrent;

/**
 * Some elements of a vector that stand side by side.
 *
 * @param inputSize the length of that vector
 * @param offset the first of them
 * @param outputSize how many
 */
public record SliceLayer(int inputSize, int offset, int outputSize) implements Layer {
    /** Checks that the slice lies within the vector. */
    public SliceLayer {
        if (offset < 0 || outputSize < 1 || offset > inputSize - outputSize) {
            throw new IllegalArgumentException(
                    "a slice of " + outputSize + " elements from " + offset + " on is not within " + inputSize);
        }
    }

    @Override
    public String cell() {
        return "slice";
    }

    @Override
    public long parameters() {
        return 0;
    }

    @Override
    public void fingerprint(Fingerprint fingerprint) {
        fingerprint.text("slice " + inputSize + " " + offset + " " + outputSize);
    }
}
