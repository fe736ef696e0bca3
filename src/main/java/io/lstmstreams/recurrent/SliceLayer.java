package io.lstmstreams.recurrent;

/**
 * A layer that reads consecutive elements of a vector.
 *
 * @param inputSize the length of the vector
 * @param offset the index of the first element
 * @param outputSize the number of elements
 */
public record SliceLayer(int inputSize, int offset, int outputSize) implements Layer {
    /** Checks that the slice lies within the vector. */
    public SliceLayer {
        if (offset < 0 || outputSize < 1 || offset > inputSize - outputSize) {
            throw new IllegalArgumentException("a slice of " + outputSize + " elements from index " + offset
                    + " is not within a vector of " + inputSize);
        }
    }

    @Override
    public String specName() {
        return "slice";
    }

    @Override
    public long parameters() {
        return 0;
    }

    @Override
    public void addTo(Fingerprint fingerprint) {
        fingerprint.addText("slice " + inputSize + " " + offset + " " + outputSize);
    }
}
